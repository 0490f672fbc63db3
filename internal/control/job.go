package control

import (
	"context"
	"fmt"
	"time"

	"github.com/riverqueue/river"

	"interlock/internal/errs"
	"interlock/internal/job"
	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// JobKind names the jobs that make packs.
const JobKind = "evidence"

// Object is how the progress of such a job names its campaign.
func Object(campaign int64) string { return fmt.Sprintf("evidence:%d", campaign) }

// PackArgs is the job that makes a pack and keeps it.
type PackArgs struct {
	Progress int64 `json:"progress"`
	Campaign int64 `json:"campaign"`
}

// Kind names the job for River.
func (PackArgs) Kind() string { return "evidence_pack" }

// Start makes a campaign's pack as a job and returns the job's progress; where one
// is being made already, that one's.
func (s *Service) Start(ctx context.Context, campaign int64) (progress int64, err error) {
	if err := s.MayExport(ctx, campaign); err != nil {
		return 0, err
	}
	err = s.db.Write(ctx, "evidence:export", func(tx *store.Tx) error {
		c, err := tx.ControlLock(ctx, sqlc.ControlLockParams{ID: campaign, Campaign: int32(campaign)}) //nolint:gosec // a lock's key may wrap
		if err != nil {
			return err
		}
		if c.LaunchedAt == nil {
			return errs.Conflictf("This campaign was never launched: there is nothing to show yet.")
		}
		if progress, err = job.GoesOn(ctx, tx, JobKind, Object(campaign)); err != nil || progress != 0 {
			return nothing(err)
		}
		tx.Record("evidence.asked", object(campaign), struct{}{})
		progress, err = job.Start(ctx, tx, JobKind, "Evidence of "+c.Title, Object(campaign), func(id int64) river.JobArgs {
			return PackArgs{Progress: id, Campaign: campaign}
		})
		return err
	})
	return progress, err
}

// nothing is err or, if there is none, that nothing was to be done.
func nothing(err error) error {
	if err != nil {
		return err
	}
	return store.ErrNothing
}

// Worker works PackArgs.
type Worker struct {
	river.WorkerDefaults[PackArgs]
	Control *Service
	Jobs    *job.Service
}

// Timeout leaves the limit to the job itself.
func (w *Worker) Timeout(*river.Job[PackArgs]) time.Duration { return limit + time.Minute }

// Work makes the pack on behalf of who asked for it.
func (w *Worker) Work(ctx context.Context, j *river.Job[PackArgs]) error {
	return w.Jobs.Run(ctx, j.Args.Progress, limit, j.Attempt >= j.MaxAttempts, func(ctx context.Context, r *job.Report) (any, error) {
		return w.Control.keep(ctx, j.Args, func(done, total int64, what string) { r.Step(done, total, "Reading "+what) })
	})
}
