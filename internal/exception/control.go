package exception

import (
	"context"
	"strings"
	"time"

	"interlock/internal/errs"
	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// AddControl adds a compensating control. Its first test is due after one interval.
func (s *Service) AddControl(ctx context.Context, id int64, c Control) error {
	return s.db.Write(ctx, "exception:request", func(tx *store.Tx) error {
		h, err := hold(ctx, tx, id)
		if err != nil {
			return err
		}
		if h.state().Over() {
			return errs.Conflictf("This exception is %s; its controls no longer change.", h.state().Words())
		}
		if State(h.rev.State) == Submitted {
			return errs.Conflictf("A request waits for its answer; its controls do not change meanwhile.")
		}
		control, err := add(ctx, tx, id, c)
		if err != nil {
			return err
		}
		return step(ctx, tx, id, h.rev.Number, "add control", h.state(), h.state(), "", map[string]any{"control": control, "title": c.Title, "owner": c.Owner})
	})
}

func add(ctx context.Context, tx *store.Tx, id int64, c Control) (int64, error) {
	c.Title, c.Owner, c.Method, c.Evidence = strings.TrimSpace(c.Title), strings.ToLower(strings.TrimSpace(c.Owner)), strings.TrimSpace(c.Method), strings.TrimSpace(c.Evidence)
	switch {
	case c.Title == "":
		return 0, errs.InvalidField("controls", "Say what the control is.")
	case c.Owner == "":
		return 0, errs.InvalidField("controls", "Say who owns the control %q: an e-mail.", c.Title)
	case c.Owner == tx.Actor.ID():
		return 0, errs.InvalidField("controls", "Who asks never tests: give the control %q to somebody else.", c.Title)
	case c.Method == "":
		return 0, errs.InvalidField("controls", "Say how the control %q is tested.", c.Title)
	case c.EveryDays < 1 || c.EveryDays > 366:
		return 0, errs.InvalidField("controls", "The control %q is tested every 1 to 366 days.", c.Title)
	case len(c.Title)+len(c.Method)+len(c.Evidence) > maxText:
		return 0, errs.InvalidField("controls", "The texts of the control are longer than %d characters: shorten them.", maxText)
	}
	return tx.ExceptionControlInsert(ctx, sqlc.ExceptionControlInsertParams{
		ExceptionID: id, Title: c.Title, Owner: c.Owner, Method: c.Method, Evidence: c.Evidence,
		EveryDays: c.EveryDays, Since: tx.Now, NextDue: tx.Now.AddDate(0, 0, int(c.EveryDays)),
	})
}

// DropControl takes a control out of use, with the reason why the rest is enough.
// While the exception is in force that is a risk officer's to do.
func (s *Service) DropControl(ctx context.Context, control int64, reason string) error {
	if reason = strings.TrimSpace(reason); reason == "" {
		return errs.InvalidField("reason", "Say why: it stays with the exception.")
	}
	return s.db.Write(ctx, "exception:approve", func(tx *store.Tx) error {
		c, h, err := holdControl(ctx, tx, control)
		if err != nil {
			return err
		}
		if State(h.rev.State) == Submitted {
			return errs.Conflictf("A request waits for its answer; its controls do not change meanwhile.")
		}
		if err := tx.ExceptionControlDrop(ctx, sqlc.ExceptionControlDropParams{Now: tx.Now, By: tx.Actor.ID(), ID: control}); err != nil {
			return err
		}
		return step(ctx, tx, h.ID, h.rev.Number, "drop control", h.state(), h.state(), reason, map[string]any{"control": control, "title": c.Title})
	})
}

// holdControl locks a control in use, its exception first.
func holdControl(ctx context.Context, tx *store.Tx, control int64) (sqlc.ExceptionControlForUpdateRow, held, error) {
	c, err := tx.ExceptionControlForUpdate(ctx, control)
	if err != nil {
		return c, held{}, err
	}
	h, err := hold(ctx, tx, c.ExceptionID)
	switch {
	case err != nil:
	case c.DroppedAt != nil:
		err = errs.Conflictf("This control is no longer in use.")
	case h.state().Over():
		err = errs.Conflictf("This exception is %s; its controls no longer change.", h.state().Words())
	}
	return c, h, err
}

// Test records what a test of a control showed. Only its owner tests it; a failed
// test makes the exception drift from that moment.
func (s *Service) Test(ctx context.Context, control int64, passed bool, note string) error {
	if note = strings.TrimSpace(note); note == "" {
		return errs.InvalidField("note", "Say what you saw: it is the evidence.")
	}
	return s.db.Write(ctx, "exception:test", func(tx *store.Tx) error {
		c, h, err := holdControl(ctx, tx, control)
		if err != nil {
			return err
		}
		if c.Owner != tx.Actor.ID() {
			return errs.NotFoundf("There is no such control of yours to test.")
		}
		due := tx.Now.AddDate(0, 0, int(c.EveryDays))
		err = tx.ExceptionTestInsert(ctx, sqlc.ExceptionTestInsertParams{ControlID: control, TestedBy: c.Owner, TestedAt: tx.Now, Passed: passed, Note: note, NextDue: due})
		if err != nil {
			return err
		}
		event := "test passed"
		if !passed {
			event = "test failed"
		}
		if !passed && !h.first() {
			if err := drifting(map[int64]string{h.ID: c.Title + " failed its test"}, note).tell(ctx, tx); err != nil {
				return err
			}
		}
		return step(ctx, tx, h.ID, h.rev.Number, event, h.state(), h.state(), note, map[string]any{"control": control, "title": c.Title, "next_due": due.Format(time.DateOnly)})
	})
}
