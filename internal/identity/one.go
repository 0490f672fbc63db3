package identity

import (
	"context"
	"time"

	"interlock/internal/access"
	"interlock/internal/errs"
	"interlock/internal/record"
	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// What a page shows of each sort at once.
const (
	fewGrants    = 20
	manyGrants   = 2000
	mostSessions = 20
	mostAnswers  = 20
	mostVersions = 200
)

// Profile is all that a page tells of one identity.
type Profile struct {
	sqlc.IdentityGetRow
	At          time.Time
	Limited     bool // only what is at the reader's sites is shown
	Totals      sqlc.IdentityTotalsRow
	Grants      []access.Held
	Credentials []sqlc.IdentityCredentialsRow
	Holders     []sqlc.IdentityHoldersRow // of a shared login
	Shared      []sqlc.IdentityHoldersRow // logins that it knows the secret of
	Sessions    []sqlc.IdentitySessionsRow
	Decisions   []sqlc.IdentityDecisionsRow
	Joined      []sqlc.IdentityJoinedRow
	Owns        sqlc.IdentityOwnsRow
	Events      []record.Event
}

// Asked is what a reader wants to see of an identity.
type Asked struct {
	ID        int64
	At        time.Time // the zero moment is now
	AllGrants bool
	Day       func(*time.Time) string // how a day is written
}

// Profile reads an identity; one that is not at the reader's sites is not there.
func (s *Service) Profile(ctx context.Context, ask Asked) (p Profile, err error) {
	err = s.db.Inventory(ctx, "inventory:read", ask.At, func(tx *store.Tx) error {
		p = Profile{At: tx.At, Limited: !tx.Sites.All}
		if err := mayRead(ctx, tx, ask.ID); err != nil {
			return err
		}
		if p.IdentityGetRow, err = tx.IdentityGet(ctx, ask.ID); err != nil {
			return err
		}
		for _, read := range []func(context.Context, *store.Tx, Asked) error{p.readGrants, p.readSecrets, p.readUse, p.readPerson} {
			if err := read(ctx, tx, ask); err != nil {
				return err
			}
		}
		states, err := history(ctx, tx, ask.ID, ask.Day)
		p.Events = record.Events(states)
		return err
	})
	return p, err
}

// mayRead refuses an identity that is not at the reader's sites, as if it were not.
func mayRead(ctx context.Context, tx *store.Tx, id int64) error {
	if tx.Sites.All {
		return nil
	}
	w := &store.Where{}
	w.Add("i.id = ?", id)
	atSites(w, tx.Sites, "i.id")
	var there bool
	if err := tx.Raw().QueryRow(ctx, "select exists (select from identity i where "+w.SQL()+")", w.Args...).Scan(&there); err != nil {
		return err
	}
	if !there {
		return errs.NotFoundf("There is no such identity, or it is not at your sites.")
	}
	return nil
}

func (p *Profile) readGrants(ctx context.Context, tx *store.Tx, ask Asked) (err error) {
	most := fewGrants
	if ask.AllGrants {
		most = manyGrants
	}
	if p.Totals, err = tx.IdentityTotals(ctx, sqlc.IdentityTotalsParams{Identity: ask.ID, Everywhere: tx.Sites.All, Sites: tx.Sites.IDs}); err != nil {
		return err
	}
	p.Grants, err = access.HeldBy(ctx, tx, ask.ID, most)
	return err
}

func (p *Profile) readSecrets(ctx context.Context, tx *store.Tx, ask Asked) (err error) {
	if p.Credentials, err = tx.IdentityCredentials(ctx, sqlc.IdentityCredentialsParams{Identity: ask.ID, Everywhere: tx.Sites.All, Sites: tx.Sites.IDs}); err != nil {
		return err
	}
	if p.Holders, err = tx.IdentityHolders(ctx, sqlc.IdentityHoldersParams{Shared: true, Identity: ask.ID, At: tx.At, Everywhere: tx.Sites.All, Sites: tx.Sites.IDs}); err != nil {
		return err
	}
	p.Shared, err = tx.IdentityHolders(ctx, sqlc.IdentityHoldersParams{Shared: false, Identity: ask.ID, At: tx.At, Everywhere: tx.Sites.All, Sites: tx.Sites.IDs})
	return err
}

func (p *Profile) readUse(ctx context.Context, tx *store.Tx, ask Asked) (err error) {
	p.Sessions, err = tx.IdentitySessions(ctx, sqlc.IdentitySessionsParams{Identity: ask.ID, At: tx.At, Everywhere: tx.Sites.All, Sites: tx.Sites.IDs, Most: mostSessions})
	if err != nil {
		return err
	}
	p.Decisions, err = tx.IdentityDecisions(ctx, sqlc.IdentityDecisionsParams{Identity: ask.ID, At: tx.At, Everywhere: tx.Sites.All, Sites: tx.Sites.IDs, Most: mostAnswers})
	return err
}

// readPerson reads what spans sites, so it is for who sees them all.
func (p *Profile) readPerson(ctx context.Context, tx *store.Tx, ask Asked) (err error) {
	if p.Limited {
		return nil
	}
	if p.Joined, err = tx.IdentityJoined(ctx, ask.ID); err != nil {
		return err
	}
	p.Owns, err = tx.IdentityOwns(ctx, ask.ID)
	return err
}
