package review

import (
	"context"
	"errors"
	"maps"
	"time"

	"interlock/internal/errs"
	"interlock/internal/store"
)

// recording bounds how long a refusal takes to be put on record.
const recording = 10 * time.Second

// onRecord returns err and, if it is a refusal that the audit log keeps, puts it
// there: what was tried, and why it was refused. Who hangs up does not erase it.
func (s *Service) onRecord(ctx context.Context, campaign int64, tried map[string]any, err error) error {
	if !kept(err) {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recording)
	defer cancel()
	detail := maps.Clone(tried)
	detail["reason"] = err.Error()
	return errors.Join(err, s.db.Write(ctx, "", func(tx *store.Tx) error {
		tx.Record("review.refused", about(campaign), detail)
		return nil
	}))
}

// kept tells a refusal that the audit log keeps: not theirs, not allowed, not
// now, or in bulk. What the form can mend (a missing note) it does not.
func kept(err error) bool {
	e, ok := errors.AsType[*errs.Error](err)
	return ok && (e.Kind == errs.Forbidden || e.Kind == errs.NotFound || e.Kind == errs.Conflict || (e.Kind == errs.Invalid && e.Field == ""))
}
