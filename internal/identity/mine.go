package identity

import (
	"context"
	"time"

	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// GoneOwner is somebody who owns things and is gone.
type GoneOwner = sqlc.IdentityGoneOwnersRow

// GoneOwners returns the twenty who were gone at a moment and owned most.
func (s *Service) GoneOwners(ctx context.Context, at time.Time) (list []GoneOwner, err error) {
	err = s.everywhere(ctx, at, func(tx *store.Tx) (err error) {
		list, err = tx.IdentityGoneOwners(ctx, 20)
		return err
	})
	return list, err
}

// Handing is one transfer of ownership as lists show it.
type Handing = sqlc.IdentityTransferListRow

// HandingFilter narrows the list of transfers. Tab is waiting, answered or both when
// empty; By is who offered; Before is the id to go on from.
type HandingFilter struct {
	Tab    string
	By     string
	Of     Thing
	Text   string
	Before int64
}

// Handings returns the newest fifty transfers that match, and whether there are more.
func (s *Service) Handings(ctx context.Context, f HandingFilter) (list []Handing, more bool, err error) {
	err = s.db.Read(ctx, "inventory:read", func(tx *store.Tx) (err error) {
		list, more, err = f.read(ctx, tx)
		return err
	})
	return list, more, err
}

func (f HandingFilter) read(ctx context.Context, tx *store.Tx) ([]Handing, bool, error) {
	list, err := tx.IdentityTransferList(ctx, sqlc.IdentityTransferListParams{
		Tab: f.Tab, By: f.By, Subject: f.Of.Subject, SubjectID: f.Of.ID, Text: like(f.Text), Before: f.Before, Most: pageOf + 1, At: tx.Now,
	})
	if len(list) > pageOf {
		return list[:pageOf], true, err
	}
	return list, false, err
}

// Waiting is one offer that waits for the actor's answer.
type Waiting = sqlc.IdentityOffersOfRow

// Mine is what the actor is offered, what they have offered and nobody has answered,
// and the first things they own.
type Mine struct {
	Offers []Waiting
	Made   []Handing
	Owned  []Ownership
	More   bool // there are more that they own
}

// Mine returns what the actor is offered, has offered and owns. After is the thing to
// go on from.
func (s *Service) Mine(ctx context.Context, f OwnershipFilter) (m Mine, err error) {
	err = s.db.Read(ctx, "ownership:own", func(tx *store.Tx) (err error) {
		m = Mine{}
		if tx.Actor.Email == "" {
			return nil
		}
		m.Offers, err = tx.IdentityOffersOf(ctx, sqlc.IdentityOffersOfParams{Email: tx.Actor.Email, At: tx.Now, Most: MaxOffered})
		if err != nil {
			return err
		}
		m.Made, _, err = HandingFilter{Tab: "waiting", By: tx.Actor.ID()}.read(ctx, tx)
		if err != nil {
			return err
		}
		m.Owned, m.More, err = f.read(ctx, tx, tx.Actor.Email)
		return err
	})
	return m, err
}

// OffersWaiting counts the offers that wait for the actor's answer.
func (s *Service) OffersWaiting(ctx context.Context) (n int64, err error) {
	err = s.db.Read(ctx, "ownership:own", func(tx *store.Tx) (err error) {
		n, err = tx.IdentityOffersWaiting(ctx, sqlc.IdentityOffersWaitingParams{Email: tx.Actor.Email, At: tx.Now})
		return err
	})
	return n, err
}
