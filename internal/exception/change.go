package exception

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"interlock/internal/errs"
	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// held is an exception and its latest revision, locked.
type held struct {
	sqlc.ExceptionForUpdateRow
	rev sqlc.ExceptionRevision
}

func (h held) state() State { return State(h.NowState) }

// hold locks an exception, then its latest revision.
func hold(ctx context.Context, tx *store.Tx, id int64) (held, error) {
	e, err := tx.ExceptionForUpdate(ctx, sqlc.ExceptionForUpdateParams{Now: tx.Now, Grace: Grace.Seconds(), ID: id})
	if err != nil {
		return held{}, err
	}
	rev, err := tx.ExceptionRevisionForUpdate(ctx, sqlc.ExceptionRevisionForUpdateParams{ExceptionID: id, Number: e.Revision})
	return held{e, rev}, err
}

// unchanged refuses when somebody saved the revision after it was read. saved is
// what the reader saw; 0 says that they did not look.
func (h held) unchanged(saved int32) error {
	if saved != 0 && saved != h.rev.Saved {
		return errs.Conflictf("Somebody changed this while you had it open. Load the page again, read what changed, then decide.")
	}
	return nil
}

// mine refuses who did not ask for the revision.
func (h held) mine(tx *store.Tx) error {
	if h.rev.RequestedBy != tx.Actor.ID() {
		return errs.Forbiddenf("Only %s, who asks for this, can change it.", h.rev.RequestedBy)
	}
	return nil
}

// step records a move of an exception, for the register and the audit log.
func step(ctx context.Context, tx *store.Tx, id int64, number int32, event string, was, became State, reason string, changed map[string]any) error {
	if changed == nil {
		changed = map[string]any{}
	}
	detail, err := json.Marshal(changed)
	if err != nil {
		return err
	}
	p := sqlc.ExceptionStepInsertParams{ExceptionID: id, Revision: number, At: tx.Now, Actor: tx.Actor.ID(), Event: event, Became: string(became), Reason: reason, Changed: detail}
	if was != "" {
		from := string(was)
		p.Was = &from
	}
	tx.Record("exception."+strings.ReplaceAll(event, " ", "_"), store.Object{Kind: "exception", ID: id},
		map[string]any{"revision": number, "was": was, "became": became, "reason": reason, "changed": changed})
	return tx.ExceptionStepInsert(ctx, p)
}

// Save keeps a draft, or what was sent back. It returns what to show as saved next
// time.
func (s *Service) Save(ctx context.Context, id int64, saved int32, f Fields) (next int32, err error) {
	if err := f.check(); err != nil {
		return 0, err
	}
	err = s.db.Write(ctx, "exception:request", func(tx *store.Tx) error {
		h, err := hold(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := h.editable(tx, saved); err != nil {
			return err
		}
		next = h.rev.Saved
		changed := differences(fieldsOf(h.rev), f)
		if len(changed) == 0 {
			return store.ErrNothing
		}
		next++
		if err := tx.ExceptionRevisionSave(ctx, f.params(id, h.rev.Number)); err != nil {
			return err
		}
		return step(ctx, tx, id, h.rev.Number, "save", State(h.rev.State), State(h.rev.State), "", changed)
	})
	return next, err
}

func (h held) editable(tx *store.Tx, saved int32) error {
	if err := h.mine(tx); err != nil {
		return err
	}
	if s := State(h.rev.State); s != Draft && s != ChangesRequested {
		return errs.Conflictf("This request is %s; it can no longer be changed.", s.Words())
	}
	return h.unchanged(saved)
}

// differences tells what changed, as {field: [before, after]}.
func differences(before, after Fields) map[string]any {
	changed := map[string]any{}
	a, b := reflect.ValueOf(before), reflect.ValueOf(after)
	for i := range a.NumField() {
		name := strings.ToLower(a.Type().Field(i).Name)
		was, is := fmt.Sprint(plain(a.Field(i))), fmt.Sprint(plain(b.Field(i)))
		if was != is {
			changed[name] = []string{was, is}
		}
	}
	return changed
}

// plain is a field's value, without its pointer.
func plain(v reflect.Value) any {
	if v.Kind() != reflect.Pointer {
		return v.Interface()
	}
	if v.IsNil() {
		return ""
	}
	return v.Elem().Interface()
}

// Submit asks for an answer. What was submitted does not change any more.
func (s *Service) Submit(ctx context.Context, id int64, saved int32) error {
	return s.db.Write(ctx, "exception:request", func(tx *store.Tx) error {
		if err := submit(ctx, tx, id, saved); err != nil {
			return err
		}
		return asked(ctx, tx, []int64{id})
	})
}

func submit(ctx context.Context, tx *store.Tx, id int64, saved int32) error {
	h, err := hold(ctx, tx, id)
	if err != nil {
		return err
	}
	if err := h.editable(tx, saved); err != nil {
		return err
	}
	if err := h.whole(ctx, tx); err != nil {
		return err
	}
	if err := h.covered(ctx, tx); err != nil {
		return err
	}
	return h.move(ctx, tx, Submit, "")
}

// whole refuses what is not complete, or lasts longer than its band allows.
func (h held) whole(ctx context.Context, tx *store.Tx) error {
	l, err := limits(ctx, tx)
	if err != nil {
		return err
	}
	return fieldsOf(h.rev).whole(tx.Now, l)
}

// covered refuses a request without a compensating control.
func (h held) covered(ctx context.Context, tx *store.Tx) error {
	controls, err := tx.ExceptionControls(ctx, h.ID)
	if err != nil {
		return err
	}
	for _, c := range controls {
		if c.DroppedAt == nil {
			return nil
		}
	}
	return errs.InvalidField("controls", "Name at least one control that protects the asset meanwhile.")
}

// move moves the revision and, when it is the first, its exception with it.
func (h held) move(ctx context.Context, tx *store.Tx, e Event, reason string) error {
	became, err := nextRevision(State(h.rev.State), e)
	if err != nil {
		return err
	}
	if err := tx.ExceptionRevisionMove(ctx, sqlc.ExceptionRevisionMoveParams{State: string(became), Now: tx.Now, ExceptionID: h.ID, Number: h.rev.Number}); err != nil {
		return err
	}
	if h.first() {
		if err := h.follow(ctx, tx, became, reason); err != nil {
			return err
		}
	}
	return step(ctx, tx, h.ID, h.rev.Number, string(e), State(h.rev.State), became, reason, nil)
}

// first tells whether the exception was never approved, so that what becomes of
// its revision becomes of it.
func (h held) first() bool { return h.ValidFrom == nil }

func (h held) follow(ctx context.Context, tx *store.Tx, became State, reason string) error {
	if became == Withdrawn || became == Rejected {
		return end(ctx, tx, h.ID, became, reason)
	}
	return tx.ExceptionMove(ctx, sqlc.ExceptionMoveParams{State: string(became), ID: h.ID})
}

func end(ctx context.Context, tx *store.Tx, id int64, became State, why string) error {
	return tx.ExceptionEnd(ctx, sqlc.ExceptionEndParams{State: string(became), Now: tx.Now, By: tx.Actor.ID(), Why: why, ID: id})
}

// Withdraw takes a request back.
func (s *Service) Withdraw(ctx context.Context, id int64, reason string) error {
	return s.db.Write(ctx, "exception:request", func(tx *store.Tx) error {
		h, err := hold(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := h.mine(tx); err != nil {
			return err
		}
		return h.move(ctx, tx, Withdraw, strings.TrimSpace(reason))
	})
}
