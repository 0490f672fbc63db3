package exception

import (
	"context"

	"github.com/riverqueue/river"

	"interlock/internal/authz"
	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// Note writes down what the time and the inventory have brought: exceptions that
// expired or are suspended, and those whose asset is gone or learned what it could
// not do. Nothing depends on when it runs: who asks is always told what holds at
// that moment. It returns how many it wrote down.
func (s *Service) Note(ctx context.Context) (noted int, err error) {
	var due []sqlc.ExceptionOverdueRow
	err = s.db.Read(ctx, "exception:note", func(tx *store.Tx) (err error) {
		due, err = tx.ExceptionOverdue(ctx, sqlc.ExceptionOverdueParams{Now: tx.Now, Grace: Grace.Seconds()})
		return err
	})
	for _, d := range due {
		if err == nil {
			err = s.note(ctx, d)
		}
		if err != nil {
			return noted, err
		}
		noted++
	}
	return noted, err
}

// note looks again under the lock: somebody may have renewed it meanwhile.
func (s *Service) note(ctx context.Context, d sqlc.ExceptionOverdueRow) error {
	return s.db.Write(ctx, "exception:note", func(tx *store.Tx) error {
		h, err := hold(ctx, tx, d.ID)
		if err != nil {
			return err
		}
		switch {
		case h.EndedAt != nil:
			return store.ErrNothing
		case d.AssetGone:
			return h.finish(ctx, tx, Close, Closed, "The asset is no longer in the inventory.")
		case d.Gained:
			return h.finish(ctx, tx, Close, Closed, "The asset can do it now.")
		case h.state() == Expired:
			return h.expire(ctx, tx)
		case h.state() == Suspended && h.SuspendedAt == nil:
			if err := tx.ExceptionSuspend(ctx, sqlc.ExceptionSuspendParams{Now: tx.Now, ID: h.ID}); err != nil {
				return err
			}
			return step(ctx, tx, h.ID, h.rev.Number, string(Suspend), Active, Suspended, "A control stayed failed or overdue.", nil)
		}
		return store.ErrNothing
	})
}

// expire writes down the end that came by itself, and takes a waiting renewal with it.
func (h held) expire(ctx context.Context, tx *store.Tx) error {
	if !h.answered() {
		if err := tx.ExceptionRevisionMove(ctx, sqlc.ExceptionRevisionMoveParams{State: string(Withdrawn), Now: tx.Now, ExceptionID: h.ID, Number: h.rev.Number}); err != nil {
			return err
		}
	}
	if err := end(ctx, tx, h.ID, Expired, "Its time was over."); err != nil {
		return err
	}
	return step(ctx, tx, h.ID, h.rev.Number, string(Expire), Active, Expired, "Its time was over.", nil)
}

// NoteArgs is the job that runs Note.
type NoteArgs struct{}

// Kind names the job.
func (NoteArgs) Kind() string { return "exception_note" }

// NoteWorker works NoteArgs.
type NoteWorker struct {
	river.WorkerDefaults[NoteArgs]
	Exception *Service
}

// Work notes what is due.
func (w *NoteWorker) Work(ctx context.Context, _ *river.Job[NoteArgs]) error {
	_, err := w.Exception.Note(authz.System(ctx, "exception"))
	return err
}
