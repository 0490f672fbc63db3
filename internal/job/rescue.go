package job

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"interlock/internal/authz"
	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// silence is how long a running job says nothing before its process is taken for
// dead; one that lives says something at every beat.
const silence = 30 * time.Second

const (
	wasCancelled = "Cancelled. The server that carried it out ended before."
	wasSpent     = "The server that carried this out ended before it was done, and so did every further try. See in its log why; what was not finished was not kept."
)

// Abandoned sets what is to be put right when a job of this kind ends without
// its work having had the last word: what it was about, as kind:id, is handed over.
func (s *Service) Abandoned(kind string, mend func(ctx context.Context, object string) error) {
	s.abandoned[kind] = mend
}

// Rescue looks after jobs whose process ended in the middle. One that was asked
// to stop, or has no try left, ends; any other is worked again by whoever comes first.
func (s *Service) Rescue(ctx context.Context) error {
	return s.rescueAll(ctx, s.db.Now().Add(-silence))
}

// TakeOver is Rescue for a program that is alone on its database and works no job
// yet: whatever is running there ran in one that died, and need not be waited for.
func (s *Service) TakeOver(ctx context.Context) error {
	if err := s.rescueAll(ctx, s.db.Now()); err != nil {
		return err
	}
	return s.db.Upkeep(authz.System(ctx, "rescue"), func(tx *store.Tx) error {
		_, err := tx.Raw().Exec(ctx, `update river_job set state = 'available', scheduled_at = now() where state = 'running'`)
		return err
	})
}

func (s *Service) rescueAll(ctx context.Context, before time.Time) error {
	ctx = authz.System(ctx, "rescue")
	var silent []sqlc.JobProgressSilentRow
	err := s.db.Upkeep(ctx, func(tx *store.Tx) (err error) {
		silent, err = tx.JobProgressSilent(ctx, before)
		return err
	})
	var failures []error
	for _, j := range silent {
		if err := s.rescue(ctx, j, before); err != nil {
			failures = append(failures, fmt.Errorf("rescue job %d: %w", j.ID, err))
		}
	}
	return errors.Join(err, errors.Join(failures...))
}

func (s *Service) rescue(ctx context.Context, j sqlc.JobProgressSilentRow, before time.Time) error {
	state, message := "", ""
	err := s.db.Upkeep(ctx, func(tx *store.Tx) error {
		asked, err := tx.JobProgressStillSilent(ctx, sqlc.JobProgressStillSilentParams{ID: j.ID, UpdatedAt: before})
		if err != nil {
			return err
		}
		state, message, err = resume(ctx, tx, j.ID, asked)
		return err
	})
	if errors.Is(err, pgx.ErrNoRows) { // it said something after all, or another replica was first
		return nil
	}
	if err != nil || state == "" {
		return err
	}
	// What was about to be made is put right first: until the job has ended, Rescue comes again.
	if mend := s.abandoned[j.Kind]; mend != nil {
		if err := mend(ctx, j.Object); err != nil {
			return err
		}
	}
	return s.db.Upkeep(ctx, func(tx *store.Tx) error {
		if err := finish(ctx, tx, j.ID, state); err != nil {
			return err
		}
		return tx.JobProgressEnd(ctx, sqlc.JobProgressEndParams{ID: j.ID, State: state, Message: message, Result: json.RawMessage("null"), UpdatedAt: tx.Now})
	})
}

// resume hands River's job to whoever comes first, or tells how the job ends.
func resume(ctx context.Context, tx *store.Tx, id int64, asked bool) (state, message string, err error) {
	var carried struct {
		id    int64
		state string
		spent bool
	}
	err = tx.Raw().QueryRow(ctx, `
		select id, state::text, attempt >= max_attempts from river_job where metadata @> $1 order by id desc limit 1 for update`, tag(id)).
		Scan(&carried.id, &carried.state, &carried.spent)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return "", "", err
	}
	running := carried.state == "running"
	waiting := carried.state == "available" || carried.state == "scheduled" || carried.state == "retryable" || carried.state == "pending"
	switch {
	case asked:
		return "cancelled", wasCancelled, nil
	case waiting: // it will be worked
		return "", "", nil
	case !running || carried.spent:
		return "failed", wasSpent, nil
	}
	// River's own client touches no running job: it cannot know, as the silence tells us, that it is not.
	_, err = tx.Raw().Exec(ctx, `update river_job set state = 'available', scheduled_at = now() where id = $1 and state = 'running'`, carried.id)
	return "", "", err
}

// finish ends River's job with ours.
func finish(ctx context.Context, tx *store.Tx, id int64, state string) error {
	over := map[string]string{"cancelled": "cancelled", "failed": "discarded"}[state]
	_, err := tx.Raw().Exec(ctx, `
		update river_job set state = $2::river_job_state, finalized_at = now() where metadata @> $1 and finalized_at is null`, tag(id), over)
	return err
}

// RescueArgs ask for a Rescue.
type RescueArgs struct{}

// Kind names the job.
func (RescueArgs) Kind() string { return "job_rescue" }

// RescueWorker works RescueArgs.
type RescueWorker struct {
	river.WorkerDefaults[RescueArgs]
	Jobs *Service
}

// Work rescues.
func (w *RescueWorker) Work(ctx context.Context, _ *river.Job[RescueArgs]) error {
	return w.Jobs.Rescue(ctx)
}
