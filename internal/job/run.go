package job

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"interlock/internal/authz"
	"interlock/internal/errs"
	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// beat is how often a running job looks whether it was asked to stop, and tells
// how far it is.
const beat = 500 * time.Millisecond

// errAsked is why the work's context ends when somebody asked the job to stop.
var errAsked = errors.New("asked to stop")

// Asked tells whether the work was asked to stop, rather than that the program is
// being shut down or the time is over.
func Asked(ctx context.Context) bool { return errors.Is(context.Cause(ctx), errAsked) }

// Report is how a job tells how far it is. Safe for one goroutine.
type Report struct {
	step chan sqlc.JobProgressReportParams
}

// Step tells how much of total is done, and what is being done.
func (r *Report) Step(done, total int64, message string) {
	p := sqlc.JobProgressReportParams{Done: done, Total: total, Message: message}
	select {
	case <-r.step:
	default:
	}
	r.step <- p
}

// Run carries out a long job on behalf of who asked for it and keeps its
// progress. A refusal ends the job with its sentence; any other error is
// returned, so that it is tried again. limit bounds the whole run.
func (s *Service) Run(ctx context.Context, id int64, limit time.Duration, last bool, fn func(context.Context, *Report) (any, error)) error {
	ctx = authz.System(ctx, "job")
	begun, err := s.begin(ctx, id)
	if err != nil || begun.CreatedBy == "" {
		return err
	}
	limited, cancel := context.WithTimeout(authz.OnBehalf(ctx, begun.CreatedBy), limit)
	defer cancel()
	work, stop := context.WithCancelCause(limited)
	defer stop(nil)
	report := &Report{step: make(chan sqlc.JobProgressReportParams, 1)}
	watched := make(chan struct{})
	asked := begun.CancelAsked
	go func() {
		defer close(watched)
		if s.watch(work, id, report) {
			asked = true
			stop(errAsked)
		}
	}()
	if begun.CancelAsked {
		stop(errAsked)
	}
	result, err := fn(work, report)
	cancel()
	<-watched
	return s.end(context.WithoutCancel(ctx), id, result, err, asked, last)
}

func (s *Service) begin(ctx context.Context, id int64) (row sqlc.JobProgressBeginRow, err error) {
	err = s.db.Upkeep(ctx, func(tx *store.Tx) error {
		row, err = tx.JobProgressBegin(ctx, sqlc.JobProgressBeginParams{ID: id, UpdatedAt: tx.Now})
		return err
	})
	if errs.Is(err, errs.NotFound) { // ended already: the job was worked twice
		return row, nil
	}
	return row, err
}

// watch writes progress down until the work ends; true when it was asked to stop.
func (s *Service) watch(ctx context.Context, id int64, r *Report) bool {
	tick := time.NewTicker(beat)
	defer tick.Stop()
	now := sqlc.JobProgressReportParams{}
	for {
		select {
		case <-ctx.Done():
			return false
		case <-tick.C:
		}
		select {
		case now = <-r.step:
		default:
		}
		if s.reported(context.WithoutCancel(ctx), id, now) {
			return true
		}
	}
}

func (s *Service) reported(ctx context.Context, id int64, p sqlc.JobProgressReportParams) (asked bool) {
	ctx = authz.System(ctx, "job")
	err := s.db.Upkeep(ctx, func(tx *store.Tx) (err error) {
		p.ID, p.UpdatedAt = id, tx.Now
		asked, err = tx.JobProgressReport(ctx, p)
		return err
	})
	return asked || errs.Is(err, errs.NotFound) // given up by Rescue: this process was silent for too long
}

func (s *Service) end(ctx context.Context, id int64, result any, cause error, asked, last bool) error {
	state, message := ending(cause, asked, last)
	if state == "" {
		return cause
	}
	body, err := json.Marshal(result)
	if err != nil {
		return fmt.Errorf("job %d result: %w", id, err)
	}
	err = s.db.Upkeep(ctx, func(tx *store.Tx) error {
		return tx.JobProgressEnd(ctx, sqlc.JobProgressEndParams{ID: id, State: state, Message: message, Result: body, UpdatedAt: tx.Now})
	})
	if state == "failed" {
		return errors.Join(cause, err)
	}
	return err
}

// ending names the state a job ends in; none when it is to be tried again.
func ending(cause error, asked, last bool) (state, message string) {
	refusal, refused := errors.AsType[*errs.Error](cause)
	switch {
	case cause == nil:
		return "done", ""
	case asked:
		return "cancelled", "Cancelled. Nothing was changed."
	case refused && refusal.Kind != errs.Unavailable:
		return "refused", refusal.Message
	case last:
		return "failed", "This did not work after several tries. Nothing was changed; the log says why."
	}
	return "", ""
}
