package review

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"interlock/internal/errs"
	"interlock/internal/job"
	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// LaunchArgs is the job that launches a campaign.
type LaunchArgs struct {
	Progress int64 `json:"progress"`
	Campaign int64 `json:"campaign"`
}

// Kind names the job.
func (LaunchArgs) Kind() string { return "review_launch" }

// StartLaunch launches a draft as a job and returns the job's progress.
func (s *Service) StartLaunch(ctx context.Context, campaign int64, o ...LaunchOption) (progress int64, err error) {
	err = s.db.Write(ctx, "campaign:run", func(tx *store.Tx) (err error) {
		progress, err = startLaunch(ctx, tx, campaign, o)
		return err
	})
	return progress, err
}

// DraftAndStartLaunch drafts a campaign and launches it as a job; when that is
// refused, there is no campaign.
func (s *Service) DraftAndStartLaunch(ctx context.Context, text string, o ...LaunchOption) (campaign int64, err error) {
	d, err := s.ready(text)
	if err != nil {
		return 0, err
	}
	err = s.db.Write(ctx, "campaign:run", func(tx *store.Tx) (err error) {
		if campaign, err = draft(ctx, tx, d, text); err != nil {
			return err
		}
		_, err = startLaunch(ctx, tx, campaign, o)
		return err
	})
	return campaign, err
}

func startLaunch(ctx context.Context, tx *store.Tx, campaign int64, o []LaunchOption) (progress int64, err error) {
	c, err := lockSoon(ctx, tx, campaign)
	if err != nil {
		return 0, err
	}
	if err := advance(ctx, tx, campaign, start); err != nil {
		return 0, err
	}
	d, err := Parse(c.Definition)
	if err != nil {
		return 0, err
	}
	if err := alone(ctx, tx, d.Name, campaign, o); err != nil {
		return 0, err
	}
	tx.Record("campaign.launch_asked", about(campaign), struct{}{})
	return job.Start(ctx, tx, "launch", "Launching "+c.Title, object(campaign), func(id int64) river.JobArgs {
		return LaunchArgs{Progress: id, Campaign: campaign}
	})
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
		if w.Review.doneBefore(ctx, j.JobRow, j.Args.Campaign, "campaign.launched", err, &made) {
			return made, nil
		}
		if err != nil && (last || final(ctx, err)) {
			return made, w.Review.backToDraft(context.WithoutCancel(ctx), j.Args.Campaign, err)
		}
		return made, err
	})
}

// final tells an error after which the job is not tried again: a refusal, or
// somebody asked it to stop. A program that is shutting down is none.
func final(ctx context.Context, err error) bool {
	kind := errs.KindOf(err)
	return job.Asked(ctx) || kind != errs.Internal && kind != errs.Unavailable
}

// doneBefore finds, when a later try is refused, what an earlier one did whose
// process ended before it could say so: the audit log has it, whatever state the
// campaign is in by now.
func (s *Service) doneBefore(ctx context.Context, j *rivertype.JobRow, campaign int64, action string, refusal error, result any) bool {
	if j.Attempt == 1 || !errs.Is(refusal, errs.Conflict) {
		return false
	}
	err := s.db.Read(ctx, "campaign:read", func(tx *store.Tx) error {
		detail, err := tx.ReviewResult(ctx, sqlc.ReviewResultParams{Campaign: campaign, Action: action})
		if err != nil {
			return err
		}
		return json.Unmarshal(detail, result)
	})
	return err == nil
}

func (s *Service) backToDraft(ctx context.Context, campaign int64, cause error) error {
	if err := s.move(ctx, campaign, failed, "campaign.launch_failed"); err != nil {
		return fmt.Errorf("%w (and: %w)", cause, err)
	}
	return cause
}

// object is how the progress of a job names its campaign.
func object(campaign int64) string { return fmt.Sprintf("campaign:%d", campaign) }

// LaunchAbandoned makes a campaign a draft again whose launch ended in the middle
// and is not tried again; one that is not being launched stays as it is.
func (s *Service) LaunchAbandoned(ctx context.Context, campaign int64) error {
	err := s.move(ctx, campaign, failed, "campaign.launch_failed")
	if errs.Is(err, errs.Conflict) {
		return nil
	}
	return err
}

// CloseArgs is the job that closes a campaign.
type CloseArgs struct {
	Progress int64 `json:"progress"`
	Campaign int64 `json:"campaign"`
}

// Kind names the job.
func (CloseArgs) Kind() string { return "review_close" }

// StartClose closes a campaign as a job and returns the job's progress. What
// cannot be closed now, or is being closed, is refused at once.
func (s *Service) StartClose(ctx context.Context, campaign int64) (progress int64, err error) {
	err = s.db.Write(ctx, "campaign:run", func(tx *store.Tx) error {
		c, err := lockSoon(ctx, tx, campaign)
		if err != nil {
			return err
		}
		if _, err := next(State(c.State), end); err != nil {
			return err
		}
		goes, err := job.GoesOn(ctx, tx, "close", object(campaign))
		if err != nil {
			return err
		}
		if goes != 0 {
			return errs.Conflictf("It is being closed already.")
		}
		tx.Record("campaign.close_asked", about(campaign), struct{}{})
		progress, err = job.Start(ctx, tx, "close", "Closing "+c.Title, object(campaign), func(id int64) river.JobArgs {
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

// Work closes the campaign; a later try finds what an earlier one closed.
func (w *CloseWorker) Work(ctx context.Context, j *river.Job[CloseArgs]) error {
	return w.Jobs.Run(ctx, j.Args.Progress, working, j.Attempt >= j.MaxAttempts, func(ctx context.Context, r *job.Report) (any, error) {
		r.Step(0, 0, "Applying what silence means, and opening removals")
		done, err := w.Review.Close(ctx, j.Args.Campaign)
		if w.Review.doneBefore(ctx, j.JobRow, j.Args.Campaign, "campaign.closed", err, &done) {
			return done, nil
		}
		return done, err
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
