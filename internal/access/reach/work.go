package reach

import (
	"context"
	"runtime/debug"
	"time"

	"github.com/riverqueue/river"

	"interlock/internal/authz"
	"interlock/internal/job"
	"interlock/internal/store"
)

// Queue is where the computation waits: a process works one at a time.
const Queue = "reach"

const (
	jobKind = "reach"
	everyID = "reach:all"
)

// RecomputeArgs ask for everyone's reach to be computed and kept.
type RecomputeArgs struct {
	Progress int64 `json:"progress"`
}

// Kind names the job for River.
func (RecomputeArgs) Kind() string { return "reach_recompute" }

// InsertOpts puts it in a queue of its own.
func (RecomputeArgs) InsertOpts() river.InsertOpts { return river.InsertOpts{Queue: Queue} }

// Ask has everyone's reach computed after the transaction commits, unless that
// waits to be done already.
func Ask(ctx context.Context, tx *store.Tx) error {
	if waits, err := job.Waits(ctx, tx, jobKind, everyID); err != nil || waits {
		return err
	}
	_, err := job.Start(ctx, tx, jobKind, "Finding how far everyone gets", everyID, func(id int64) river.JobArgs {
		return RecomputeArgs{Progress: id}
	})
	return err
}

// Worker works RecomputeArgs.
type Worker struct {
	river.WorkerDefaults[RecomputeArgs]
	Reach *Service
	Jobs  *job.Service
}

// Timeout leaves the limit to the computation itself.
func (w *Worker) Timeout(*river.Job[RecomputeArgs]) time.Duration { return 3 * limit }

// thrift is by how many percent memory may grow over what is needed before it is
// cleaned up. A whole inventory is held while this works, beside what the server does.
const thrift = 25

// Work computes. What an earlier try kept is computed again, which changes nothing.
func (w *Worker) Work(ctx context.Context, j *river.Job[RecomputeArgs]) error {
	defer debug.SetGCPercent(debug.SetGCPercent(thrift))
	return w.Jobs.Run(ctx, j.Args.Progress, 2*limit, j.Attempt >= j.MaxAttempts, func(ctx context.Context, r *job.Report) (any, error) {
		return w.Reach.Recompute(ctx, r.Step)
	})
}

// DueArgs ask for a computation if the one that is kept is too old.
type DueArgs struct{}

// Kind names the job for River.
func (DueArgs) Kind() string { return "reach_due" }

// DueWorker works DueArgs.
type DueWorker struct {
	river.WorkerDefaults[DueArgs]
	Reach *Service
}

// Work asks for a computation where it is due.
func (w *DueWorker) Work(ctx context.Context, _ *river.Job[DueArgs]) error {
	return w.Reach.Due(authz.System(ctx, "reach"))
}

// fresh is how long what was computed counts as today's: grants and secrets begin
// and end by themselves.
const fresh = 24 * time.Hour

// Due asks for a computation if there is none of the newest import or of the last
// day, and none goes on.
func (s *Service) Due(ctx context.Context) error {
	return s.db.Upkeep(ctx, func(tx *store.Tx) error {
		due, err := tx.ReachIsDue(ctx, tx.Now.Add(-fresh))
		if err != nil || !due {
			return err
		}
		if on, err := job.GoesOn(ctx, tx, jobKind, everyID); err != nil || on > 0 {
			return err
		}
		return Ask(ctx, tx)
	})
}
