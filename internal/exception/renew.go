package exception

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"interlock/internal/errs"
	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// Renew opens a new revision, with a new score and an answer of its own. Until
// then the old end stands.
func (s *Service) Renew(ctx context.Context, id int64) error {
	return s.db.Write(ctx, "exception:request", func(tx *store.Tx) error {
		_, err := renew(ctx, tx, id)
		return err
	})
}

// renew returns what the new revision says so far.
func renew(ctx context.Context, tx *store.Tx, id int64) (f Fields, err error) {
	h, err := hold(ctx, tx, id)
	if err != nil {
		return f, err
	}
	if _, err := next(h.state(), Renew); err != nil {
		return f, err
	}
	if !h.answered() {
		return f, errs.Conflictf("Renewal %d is %s already.", h.rev.Number-1, State(h.rev.State).Words())
	}
	number := h.rev.Number + 1
	if err := tx.ExceptionRevise(ctx, sqlc.ExceptionReviseParams{Revision: number, ID: id}); err != nil {
		return f, err
	}
	if err := tx.ExceptionRevisionInsert(ctx, sqlc.ExceptionRevisionInsertParams{ExceptionID: id, Number: number, RequestedBy: tx.Actor.ID(), CreatedAt: tx.Now}); err != nil {
		return f, err
	}
	f = fieldsOf(h.rev).again()
	if err := tx.ExceptionRevisionSave(ctx, f.params(id, number)); err != nil {
		return f, err
	}
	return f, step(ctx, tx, id, number, string(Renew), h.state(), h.state(), "", nil)
}

// again keeps what is told of the asset and leaves the score of what is left and
// the end to be given anew.
func (f Fields) again() Fields {
	f.Residual, f.EndsAt = Score{}, nil
	return f
}

// Renewal asks to renew one of several, with its own new score and end.
type Renewal struct {
	ID       int64
	Residual Score
	EndsAt   *time.Time
}

// RenewAll asks to renew several at once: all or, if one is refused, none. Each is
// scored anew; what its last request says besides stays. A refusal names the
// exception in its field, as residual_7.
func (s *Service) RenewAll(ctx context.Context, all []Renewal) error {
	switch {
	case len(all) == 0:
		return errs.Invalidf("Nothing is ticked: tick at least one exception.")
	case len(all) > maxAtOnce:
		return errs.Invalidf("That is %d exceptions at once, more than %d: choose fewer.", len(all), maxAtOnce)
	}
	all = slices.SortedFunc(slices.Values(all), func(a, b Renewal) int { return cmp.Compare(a.ID, b.ID) }) // as every other way locks them
	return s.db.Write(ctx, "exception:request", func(tx *store.Tx) error {
		ids := make([]int64, len(all))
		for i, r := range all {
			if err := r.ask(ctx, tx); err != nil {
				return r.named(err)
			}
			ids[i] = r.ID
		}
		return asked(ctx, tx, ids)
	})
}

func (r Renewal) ask(ctx context.Context, tx *store.Tx) error {
	f, err := renew(ctx, tx, r.ID)
	if err != nil {
		return err
	}
	if f.Residual, f.EndsAt = r.Residual, r.EndsAt; f.Residual == (Score{}) {
		return errs.InvalidField("residual", "Score it anew: a renewal is not the old score again.")
	}
	if err := f.check(); err != nil {
		return err
	}
	h, err := hold(ctx, tx, r.ID)
	if err != nil {
		return err
	}
	if err := tx.ExceptionRevisionSave(ctx, f.params(r.ID, h.rev.Number)); err != nil {
		return err
	}
	return submit(ctx, tx, r.ID, 0)
}

// named is a refusal with the number of the exception.
func (r Renewal) named(err error) error {
	e, ok := errors.AsType[*errs.Error](err)
	if !ok {
		return err
	}
	field := e.Field
	if field == "" {
		field = "renew"
	}
	return &errs.Error{Kind: e.Kind, Field: fmt.Sprintf("%s_%d", field, r.ID), Message: Number(r.ID) + ": " + e.Message}
}
