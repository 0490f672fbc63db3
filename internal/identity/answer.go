package identity

import (
	"context"
	"slices"
	"strings"

	"interlock/internal/authz"
	"interlock/internal/errs"
	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// Answer accepts or declines what the actor is offered: all of it or, if one has
// changed meanwhile, none. Accepting ends whatever counted before.
func (s *Service) Answer(ctx context.Context, offers []int64, yes bool, note string) error {
	what, action := accept, "ownership.accepted"
	if note = strings.TrimSpace(note); !yes {
		what, action = decline, "ownership.declined"
		if note == "" {
			return errs.InvalidField("note", "Say why you decline: it helps to find who should own it.")
		}
	}
	return s.db.Write(ctx, "ownership:own", func(tx *store.Tx) error {
		to, err := settle(ctx, tx, offers, what, func(r sqlc.IdentityOffersForUpdateRow) bool { return r.IsMine })
		if err != nil {
			return err
		}
		if yes {
			if err := tx.IdentityTransferReplace(ctx, sqlc.IdentityTransferReplaceParams{Ids: offers, By: tx.Actor.ID(), At: tx.Now}); err != nil {
				return err
			}
		}
		tx.Record(action, store.Object{Kind: "ownership", ID: offers[0]}, map[string]any{"offers": offers, "note": note})
		return tx.IdentityOfferAnswer(ctx, sqlc.IdentityOfferAnswerParams{Ids: offers, State: string(to), By: tx.Actor.ID(), At: tx.Now, Note: note})
	})
}

// Withdraw takes offers back that nobody has answered: one's own, or with
// ownership:offer anybody's.
func (s *Service) Withdraw(ctx context.Context, offers []int64) error {
	return s.db.Write(ctx, "ownership:own", func(tx *store.Tx) error {
		whole := authz.Can(tx.Actor, "ownership:offer")
		to, err := settle(ctx, tx, offers, withdraw, func(r sqlc.IdentityOffersForUpdateRow) bool { return whole || r.OfferedBy == tx.Actor.ID() })
		if err != nil {
			return err
		}
		tx.Record("ownership.withdrawn", store.Object{Kind: "ownership", ID: offers[0]}, map[string]any{"offers": offers})
		return tx.IdentityOfferAnswer(ctx, sqlc.IdentityOfferAnswerParams{Ids: offers, State: string(to), By: tx.Actor.ID(), At: tx.Now})
	})
}

// End lets what the source says count again.
func (s *Service) End(ctx context.Context, transfer int64, reason string) error {
	if reason = strings.TrimSpace(reason); reason == "" {
		return errs.InvalidField("reason", "Say why the source should count again.")
	}
	return s.db.Write(ctx, "ownership:offer", func(tx *store.Tx) error {
		if _, err := settle(ctx, tx, []int64{transfer}, end, func(sqlc.IdentityOffersForUpdateRow) bool { return true }); err != nil {
			return err
		}
		tx.Record("ownership.ended", store.Object{Kind: "ownership", ID: transfer}, map[string]any{"reason": reason})
		return tx.IdentityTransferEnd(ctx, sqlc.IdentityTransferEndParams{ID: transfer, By: tx.Actor.ID(), At: tx.Now, Reason: reason})
	})
}

// settle locks the transfers, refuses those that are not the actor's to settle as
// if they were not there, and says where the step leads.
func settle(ctx context.Context, tx *store.Tx, ids []int64, what step, mine func(sqlc.IdentityOffersForUpdateRow) bool) (to Transfer, err error) {
	if len(ids) == 0 {
		return "", errs.Invalidf("Nothing is ticked: tick at least one offer.")
	}
	rows, err := tx.IdentityOffersForUpdate(ctx, sqlc.IdentityOffersForUpdateParams{Ids: ids, Actor: tx.Actor.Email})
	if err != nil {
		return "", err
	}
	rows = slices.DeleteFunc(rows, func(r sqlc.IdentityOffersForUpdateRow) bool { return !mine(r) })
	if len(rows) != len(ids) {
		return "", errs.NotFoundf("There is no such offer for you. Load the page again.")
	}
	for _, r := range rows {
		if to, err = next(Transfer(r.State).at(tx.Now, r.ExpiresAt), what); err != nil {
			return "", err
		}
	}
	return to, nil
}
