package review

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/riverqueue/river"

	"interlock/internal/errs"
	"interlock/internal/job"
	"interlock/internal/store"
)

// LaunchArgs is the job that launches a campaign.
type LaunchArgs struct {
	Progress int64 `json:"progress"`
	Campaign int64 `json:"campaign"`
}

// Kind names the job.
func (LaunchArgs) Kind() string { return "review_launch" }

// StartLaunch launches a draft as a job and returns the job's progress.
func (s *Service) StartLaunch(ctx context.Context, campaign int64) (progress int64, err error) {
	err = s.db.Write(ctx, "campaign:run", func(tx *store.Tx) error {
		if err := advance(ctx, tx, campaign, start); err != nil {
			return err
		}
		c, err := tx.ReviewCampaignForUpdate(ctx, campaign)
		if err != nil {
			return err
		}
		tx.Record("campaign.launch_asked", about(campaign), struct{}{})
		progress, err = job.Start(ctx, tx, "launch", "Launching "+c.Title, fmt.Sprintf("campaign:%d", campaign), func(id int64) river.JobArgs {
			return LaunchArgs{Progress: id, Campaign: campaign}
		})
		return err
	})
	return progress, err
}

// LaunchWorker works LaunchArgs.
type LaunchWorker struct {
	river.WorkerDefaults[LaunchArgs]
	Review *Service
	Jobs   *job.Service
}

// Timeout leaves the limit to the job itself.
func (w *LaunchWorker) Timeout(*river.Job[LaunchArgs]) time.Duration { return working + time.Minute }

// Work launches the campaign; a refusal makes it a draft again.
func (w *LaunchWorker) Work(ctx context.Context, j *river.Job[LaunchArgs]) error {
	last := j.Attempt >= j.MaxAttempts
	return w.Jobs.Run(ctx, j.Args.Progress, working, last, func(ctx context.Context, r *job.Report) (any, error) {
		r.Step(0, 0, "Freezing what is in scope and giving each item its reviewer")
		made, err := w.Review.Launch(ctx, j.Args.Campaign)
		if was, ok := w.Review.launchedBefore(ctx, j, err); ok {
			return was, nil
		}
		if err != nil && (last || ctx.Err() != nil || errs.KindOf(err) != errs.Internal) {
			return made, w.Review.backToDraft(context.WithoutCancel(ctx), j.Args.Campaign, err)
		}
		return made, err
	})
}

// launchedBefore finds what an earlier try made whose process ended before it
// could say so.
func (s *Service) launchedBefore(ctx context.Context, j *river.Job[LaunchArgs], err error) (Launched, bool) {
	if j.Attempt == 1 || !errs.Is(err, errs.Conflict) {
		return Launched{}, false
	}
	c, err := s.Campaign(ctx, j.Args.Campaign)
	if err != nil || c.State != Active {
		return Launched{}, false
	}
	reviewers, err := s.Reviewers(ctx, c.ID, "", math.MaxInt32)
	return Launched{Campaign: c.ID, State: c.State, Items: c.Items, Reviewers: int64(len(reviewers)), FallbackItems: c.FallbackItems}, err == nil
}

func (s *Service) backToDraft(ctx context.Context, campaign int64, cause error) error {
	if err := s.move(ctx, campaign, failed, "campaign.launch_failed"); err != nil {
		return fmt.Errorf("%w (and: %w)", cause, err)
	}
	return cause
}

// CloseArgs is the job that closes a campaign.
type CloseArgs struct {
	Progress int64 `json:"progress"`
	Campaign int64 `json:"campaign"`
}

// Kind names the job.
func (CloseArgs) Kind() string { return "review_close" }

// StartClose closes a campaign as a job and returns the job's progress. What
// cannot be closed now is refused at once.
func (s *Service) StartClose(ctx context.Context, campaign int64) (progress int64, err error) {
	err = s.db.Write(ctx, "campaign:run", func(tx *store.Tx) error {
		c, err := tx.ReviewCampaignForUpdate(ctx, campaign)
		if err != nil {
			return err
		}
		if _, err := next(State(c.State), end); err != nil {
			return err
		}
		tx.Record("campaign.close_asked", about(campaign), struct{}{})
		progress, err = job.Start(ctx, tx, "close", "Closing "+c.Title, fmt.Sprintf("campaign:%d", campaign), func(id int64) river.JobArgs {
			return CloseArgs{Progress: id, Campaign: campaign}
		})
		return err
	})
	return progress, err
}

// CloseWorker works CloseArgs.
type CloseWorker struct {
	river.WorkerDefaults[CloseArgs]
	Review *Service
	Jobs   *job.Service
}

// Timeout leaves the limit to the job itself.
func (w *CloseWorker) Timeout(*river.Job[CloseArgs]) time.Duration { return working + time.Minute }

// Work closes the campaign.
func (w *CloseWorker) Work(ctx context.Context, j *river.Job[CloseArgs]) error {
	return w.Jobs.Run(ctx, j.Args.Progress, working, j.Attempt >= j.MaxAttempts, func(ctx context.Context, r *job.Report) (any, error) {
		r.Step(0, 0, "Applying what silence means, and opening removals")
		return w.Review.Close(ctx, j.Args.Campaign)
	})
}

// RemindArgs is the job that sends the digests that are due.
type RemindArgs struct{}

// Kind names the job.
func (RemindArgs) Kind() string { return "review_remind" }

// RemindWorker works RemindArgs.
type RemindWorker struct {
	river.WorkerDefaults[RemindArgs]
	Review *Service
}

// Work sends what is due, and counts the answers of large campaigns on the way.
func (w *RemindWorker) Work(ctx context.Context, _ *river.Job[RemindArgs]) error {
	return errors.Join(w.Review.Remind(ctx), w.Review.Refresh(ctx))
}
