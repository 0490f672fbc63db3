package exception

import (
	"context"

	"github.com/riverqueue/river"

	"interlock/internal/authz"
	"interlock/internal/errs"
	"interlock/internal/review"
	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// noted is how many exceptions one transaction writes down, and so the most that
// one mail is about.
const noted = 500

// Note writes down what the time and the inventory have brought, and tells whom it
// concerns: exceptions that expired, drifted or are suspended, and those whose
// asset is gone or learned what it could not do. Nothing but the mails depends on
// when it runs: who asks is always told what holds at that moment. It returns how
// many it wrote down.
func (s *Service) Note(ctx context.Context) (all int, err error) {
	for {
		n, err := s.noteSome(ctx)
		if all += n; err != nil || n < noted {
			return all, err
		}
	}
}

// noteSome writes some down and sends the mails of all of them, in one transaction.
func (s *Service) noteSome(ctx context.Context) (n int, err error) {
	err = s.db.Write(ctx, "exception:note", func(tx *store.Tx) error {
		due, err := tx.ExceptionOverdue(ctx, sqlc.ExceptionOverdueParams{Now: tx.Now, Grace: Grace.Seconds(), Page: noted})
		if n = len(due); err != nil {
			return err
		}
		happened := happenings{reopen: map[int64]string{}, over: map[int64]string{}, suspended: map[int64]string{}, drifting: map[int64]string{}}
		for _, d := range due {
			if err := happened.note(ctx, tx, d); err != nil {
				return err
			}
		}
		if !tx.Recorded() {
			return store.ErrNothing
		}
		return happened.tell(ctx, tx)
	})
	return n, err
}

// happenings is what a run wrote down: what is told of each exception, and of each
// asset whose access was certified under one why that opens again. Campaigns are
// locked after all exceptions, as whoever ends one by hand does.
type happenings struct{ over, suspended, drifting, reopen map[int64]string }

// note looks again under the lock: somebody may have renewed it meanwhile.
func (n happenings) note(ctx context.Context, tx *store.Tx, d sqlc.ExceptionOverdueRow) error {
	h, err := hold(ctx, tx, d.ID)
	if err != nil {
		return err
	}
	switch {
	case h.EndedAt != nil:
		return nil
	case d.AssetGone, d.Gained:
		why := "The asset can do it now."
		if d.AssetGone {
			why = "The asset is no longer in the inventory."
		}
		if !h.first() {
			n.over[h.ID] = "closed. " + why
		}
		return h.finish(ctx, tx, Close, Closed, why)
	case h.state() == Expired:
		n.over[h.ID] = "expired"
		n.reopen[h.AssetID] = h.reopens("expired")
		return h.expire(ctx, tx)
	case h.state() == Suspended && h.SuspendedAt == nil:
		n.suspended[h.ID] = "suspended"
		n.reopen[h.AssetID] = h.reopens("suspended")
		if err := tx.ExceptionSuspend(ctx, sqlc.ExceptionSuspendParams{Now: tx.Now, ID: h.ID}); err != nil {
			return err
		}
		return step(ctx, tx, h.ID, h.rev.Number, string(Suspend), Active, Suspended, "A control stayed failed or overdue.", nil)
	case h.state() == Active && !d.DriftedSince.IsZero():
		n.drifting[h.ID] = "a test is overdue"
		return step(ctx, tx, h.ID, h.rev.Number, "drift", Active, Active, "A control was not tested in time.", nil)
	}
	return nil
}

func (n happenings) tell(ctx context.Context, tx *store.Tx) error {
	if err := review.Reopen(ctx, tx, n.reopen); err != nil {
		return err
	}
	suspended := news{template: "exception_suspended", subject: "Suspended: ", what: n.suspended, view: "/exceptions?view=suspended", testers: true}
	for _, told := range []news{over(n.over, ""), suspended, drifting(n.drifting, "")} {
		if err := told.tell(ctx, tx); err != nil {
			return err
		}
	}
	return nil
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

// Marks is how many days before the end people are warned.
func Marks() []int32 { return []int32{30, 14, 7, 1} }

// Warn warns of ends that come near, once at each mark, also across restarts and
// replicas: the mark and the mail are one transaction. After a standstill only the
// nearest mark is told.
func (s *Service) Warn(ctx context.Context) (warned int, err error) {
	err = s.db.Write(ctx, "exception:note", func(tx *store.Tx) error {
		rows, err := tx.ExceptionWarn(ctx, sqlc.ExceptionWarnParams{Now: tx.Now, Marks: Marks()})
		if warned = len(rows); err != nil {
			return err
		}
		if warned == 0 {
			return store.ErrNothing
		}
		ends, marks := map[int64]string{}, map[int64]int32{}
		for _, r := range rows {
			ends[r.ExceptionID], marks[r.ExceptionID] = "ends within "+errs.Count(int(r.Days), "day", "days"), r.Days
		}
		tx.Record("exception.warned", store.Object{Kind: "exceptions", ID: "ending"}, map[string]any{"days": marks})
		return news{template: "exception_ending", subject: "Ends soon: ", what: ends, view: "/exceptions?view=ending"}.tell(ctx, tx)
	})
	return warned, err
}

// soonTested is how long before a test is due its tester is reminded.
const soonTested = 7 * day

// Remind reminds of tests that are due soon, each once.
func (s *Service) Remind(ctx context.Context) (reminded int, err error) {
	err = s.db.Write(ctx, "exception:note", func(tx *store.Tx) error {
		rows, err := tx.ExceptionControlsRemind(ctx, sqlc.ExceptionControlsRemindParams{Now: tx.Now, Soon: tx.Now.Add(soonTested)})
		if reminded = len(rows); err != nil {
			return err
		}
		if reminded == 0 {
			return store.ErrNothing
		}
		var mails letters
		for _, r := range rows {
			d := mails.to(r.Owner, r.Name)
			if d.Items++; d.Items <= listed {
				d.Things = append(d.Things, r.Title+", on "+r.AssetName)
			}
			if d.Title = errs.Count(int(d.Items), "control", "controls"); d.Items == 1 {
				d.Title, d.Due = r.Title, r.NextDue // the first is the next
			}
			d.Path = "/exceptions/mine"
		}
		tx.Record("exception.tests_reminded", store.Object{Kind: "exceptions", ID: "tests"}, map[string]any{"controls": reminded, "testers": len(mails.order)})
		return mails.send(ctx, tx, "exception_tests", "To be tested: ", "")
	})
	return reminded, err
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

// Work notes what is due, then warns of what comes.
func (w *NoteWorker) Work(ctx context.Context, _ *river.Job[NoteArgs]) error {
	ctx = authz.System(ctx, "exception")
	for _, do := range []func(context.Context) (int, error){w.Exception.Note, w.Exception.Warn, w.Exception.Remind} {
		if _, err := do(ctx); err != nil {
			return err
		}
	}
	return nil
}
