package finding

import (
	"context"
	"time"

	"github.com/riverqueue/river"

	"interlock/internal/authz"
	"interlock/internal/job"
	"interlock/internal/store"
)

// jobKind is how the progress of an evaluation is kept.
const jobKind = "findings"

// EvaluateArgs is the job that evaluates.
type EvaluateArgs struct {
	Progress int64 `json:"progress"`
}

// Kind names the job.
func (EvaluateArgs) Kind() string { return "finding_evaluate" }

// Ask has all rules looked at once tx is committed. An evaluation that waits
// already will see what tx changed, so then none is added; one that has begun
// will not.
func Ask(ctx context.Context, tx *store.Tx) error {
	_, err := ask(ctx, tx)
	return err
}

func ask(ctx context.Context, tx *store.Tx) (progress int64, err error) {
	if err := tx.FindingAskLock(ctx); err != nil {
		return 0, err
	}
	waiting, err := tx.FindingWaits(ctx) // locked, so that it does not begin before tx is committed
	if err != nil || len(waiting) > 0 {
		return append(waiting, 0)[0], err
	}
	return job.Start(ctx, tx, jobKind, "Looking for what is wrong", "findings:all", func(id int64) river.JobArgs { return EvaluateArgs{id} })
}

// Start has all rules looked at now, and returns the job's progress.
func (s *Service) Start(ctx context.Context) (progress int64, err error) {
	err = s.db.Write(ctx, "finding:acknowledge", func(tx *store.Tx) error {
		tx.Record("finding.evaluation_asked", store.Object{Kind: "findings", ID: "all"}, struct{}{})
		progress, err = ask(ctx, tx)
		return err
	})
	return progress, err
}

// Worker works EvaluateArgs.
type Worker struct {
	river.WorkerDefaults[EvaluateArgs]
	Finding *Service
	Jobs    *job.Service
}

// Timeout leaves the limit to the evaluation itself.
func (w *Worker) Timeout(*river.Job[EvaluateArgs]) time.Duration { return working + time.Minute }

// Work evaluates.
func (w *Worker) Work(ctx context.Context, j *river.Job[EvaluateArgs]) error {
	return w.Jobs.Run(ctx, j.Args.Progress, working, j.Attempt >= j.MaxAttempts, func(ctx context.Context, r *job.Report) (any, error) {
		return w.Finding.Evaluate(ctx, r.Step)
	})
}

// NightlyArgs is the job that evaluates once a night: contracts end and access
// goes unused without anybody importing anything.
type NightlyArgs struct{}

// Kind names the job.
func (NightlyArgs) Kind() string { return "finding_nightly" }

// NightlyWorker works NightlyArgs.
type NightlyWorker struct {
	river.WorkerDefaults[NightlyArgs]
	Finding *Service
}

// Work asks for an evaluation if this night had none.
func (w *NightlyWorker) Work(ctx context.Context, _ *river.Job[NightlyArgs]) error {
	return w.Finding.db.Write(authz.System(ctx, "findings"), "finding:evaluate", func(tx *store.Tx) error {
		latest, err := tx.FindingLatest(ctx)
		if err != nil {
			return err
		}
		if !latest.EvaluatedAt.Before(lastNight(tx.Now)) {
			return store.ErrNothing
		}
		tx.Record("finding.evaluation_asked", store.Object{Kind: "findings", ID: "all"}, struct{}{})
		return Ask(ctx, tx)
	})
}

// nightly is when in the day, in UTC, an evaluation is due.
const nightly = 2 * time.Hour

// lastNight is the last time that it was due.
func lastNight(now time.Time) time.Time {
	return now.UTC().Add(-nightly).Truncate(24 * time.Hour).Add(nightly)
}

// Current evaluates, unless that was done since the last import and this night:
// for who cannot wait for the job.
func (s *Service) Current(ctx context.Context) error {
	return s.db.Write(ctx, "finding:evaluate", func(tx *store.Tx) error {
		latest, err := tx.FindingLatest(ctx)
		if err != nil {
			return err
		}
		if latest.EvaluatedAt.After(latest.ImportedAt) && !latest.EvaluatedAt.Before(lastNight(tx.Now)) {
			return store.ErrNothing
		}
		_, err = evaluate(ctx, tx, s.db.Now, func(int64, int64, string) {})
		return err
	})
}
