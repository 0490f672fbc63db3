package exception

import (
	"context"
	"fmt"
	"strings"

	"interlock/internal/errs"
	"interlock/internal/review"
	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// Answer is a risk officer's to a request.
type Answer struct {
	Event  Event // Approve, SendBack or Reject
	Reason string
	Saved  int32 // of the revision as it was read
}

// Answer answers a request. Who asked never answers, nor who owns or tests one of
// its controls; how high one may approve is on the list of approvers.
func (s *Service) Answer(ctx context.Context, id int64, a Answer) error {
	if a.Reason = strings.TrimSpace(a.Reason); a.Reason == "" {
		return errs.InvalidField("reason", "Say why: it stays with the exception.")
	}
	return s.db.Write(ctx, "exception:approve", func(tx *store.Tx) error {
		h, err := hold(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := h.unchanged(a.Saved); err != nil {
			return err
		}
		became, err := nextRevision(State(h.rev.State), a.Event)
		if err != nil {
			return err
		}
		if h.rev.RequestedBy == tx.Actor.ID() {
			return errs.Forbiddenf("You asked for this: somebody else answers it.")
		}
		if a.Event == Approve {
			if err := h.approvable(ctx, tx); err != nil {
				return err
			}
		}
		return h.answer(ctx, tx, a, became)
	})
}

// approvable refuses what may not be approved now, or not by this person.
func (h held) approvable(ctx context.Context, tx *store.Tx) error {
	if h.AssetEndedAt != nil {
		return errs.Conflictf("%s is no longer in the inventory: there is nothing to approve.", h.AssetName)
	}
	if _, err := next(h.state(), Approve); err != nil {
		return err
	}
	if err := h.whole(ctx, tx); err != nil {
		return err
	}
	if err := h.controlsHold(ctx, tx); err != nil {
		return err
	}
	rank, err := tx.ExceptionApproverRank(ctx, tx.Actor.ID())
	if err != nil {
		return err
	}
	band := BandOf(fieldsOf(h.rev).Residual.Value())
	want := band.Wants(int(h.rev.Number) - 1)
	if Band(rank).rank() >= want.rank() {
		return nil
	}
	if want != band {
		return errs.Forbiddenf("This is renewal %d, more than %d: it wants the next higher approver (%s).", h.rev.Number-1, Renewals, want)
	}
	return errs.Forbiddenf("The risk that stays is %s, and you may approve up to %s: it wants a higher approver.", band, rank)
}

// controlsHold refuses while a control has failed or was not tested in time.
func (h held) controlsHold(ctx context.Context, tx *store.Tx) error {
	controls, err := tx.ExceptionControls(ctx, h.ID)
	if err != nil {
		return err
	}
	for _, c := range controls {
		switch {
		case c.DroppedAt != nil:
		case c.Passed != nil && !*c.Passed:
			return errs.Conflictf("The control %q failed its last test: an exception is not approved while a control fails.", c.Title)
		case !h.first() && !c.NextDue.After(tx.Now):
			return errs.Conflictf("The control %q is past its test: have it tested first.", c.Title)
		}
	}
	return nil
}

func (h held) answer(ctx context.Context, tx *store.Tx, a Answer, became State) error {
	err := tx.ExceptionRevisionAnswer(ctx, sqlc.ExceptionRevisionAnswerParams{
		State: string(became), Approver: tx.Actor.ID(), Now: tx.Now, Reason: a.Reason, ExceptionID: h.ID, Number: h.rev.Number,
	})
	if err != nil {
		return err
	}
	switch {
	case became == Approved:
		err = tx.ExceptionBegin(ctx, sqlc.ExceptionBeginParams{Now: tx.Now, EndsAt: *h.rev.EndsAt, ID: h.ID})
	case h.first():
		err = h.follow(ctx, tx, became, a.Reason)
	}
	if err != nil {
		return err
	}
	if err := h.tellAnswer(ctx, tx, became, a.Reason); err != nil {
		return err
	}
	return step(ctx, tx, h.ID, h.rev.Number, string(a.Event), State(h.rev.State), became, a.Reason, nil)
}

func (h held) answered() bool {
	s := State(h.rev.State)
	return s == Approved || s == Rejected || s == Withdrawn
}

// Revoke ends an exception before its time.
func (s *Service) Revoke(ctx context.Context, id int64, reason string) error {
	return s.finish(ctx, id, Revoke, Revoked, reason)
}

// Close ends an exception that is no longer needed.
func (s *Service) Close(ctx context.Context, id int64, reason string) error {
	return s.finish(ctx, id, Close, Closed, reason)
}

func (s *Service) finish(ctx context.Context, id int64, e Event, to State, reason string) error {
	if reason = strings.TrimSpace(reason); reason == "" {
		return errs.InvalidField("reason", "Say why: it stays with the exception.")
	}
	return s.db.Write(ctx, "exception:approve", func(tx *store.Tx) error {
		h, err := hold(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := h.finish(ctx, tx, e, to, reason); err != nil {
			return err
		}
		if h.first() { // it never covered anything
			return nil
		}
		if err := review.Reopen(ctx, tx, map[int64]string{h.AssetID: h.reopens(string(to))}); err != nil {
			return err
		}
		return over(map[int64]string{h.ID: string(to)}, reason).tell(ctx, tx)
	})
}

// reopens says why what was certified under the exception opens again.
func (h held) reopens(became string) string {
	return fmt.Sprintf("%s, for %s, is %s.", Number(h.ID), h.AssetName, became)
}

// finish ends the exception and, with it, a request that still waits.
func (h held) finish(ctx context.Context, tx *store.Tx, e Event, to State, reason string) error {
	if _, err := next(h.state(), e); err != nil {
		return err
	}
	if !h.answered() {
		if err := tx.ExceptionRevisionMove(ctx, sqlc.ExceptionRevisionMoveParams{State: string(Withdrawn), Now: tx.Now, ExceptionID: h.ID, Number: h.rev.Number}); err != nil {
			return err
		}
	}
	if err := end(ctx, tx, h.ID, to, reason); err != nil {
		return err
	}
	return step(ctx, tx, h.ID, h.rev.Number, string(e), h.state(), to, reason, nil)
}
