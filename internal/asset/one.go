package asset

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"interlock/internal/access"
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

// Profile is all that a page tells of one asset.
type Profile struct {
	sqlc.AssetGetRow
	At           time.Time
	Limited      bool              // the reader sees one site only
	Has          map[string]string // the capabilities that were assessed, by name
	Totals       sqlc.AssetTotalsRow
	Conduits     []sqlc.AssetConduitsRow // into its zone
	Entitlements []sqlc.AssetEntitlementsRow
	Grants       []access.Held
	Secrets      []sqlc.AssetSecretsRow // stored on it
	Sessions     []sqlc.AssetSessionsRow
	Decisions    []sqlc.AssetDecisionsRow
	States       []record.State        // of its record, newest first
	Reached      *sqlc.AssetReachedRow // who gets to it in the end, now; nil while that is not computed
}

// Capability is how the asset has one: a word of Support.
func (p Profile) Capability(name string) string {
	if v := p.Has[name]; v != "" {
		return v
	}
	return "unknown"
}

// Asked is what a reader wants to see of an asset.
type Asked struct {
	ID        int64
	At        time.Time // the zero moment is now
	AllGrants bool
	Day       func(*time.Time) string // how a day is written
}

// Profile reads an asset; one that is not at the reader's sites is not there.
func (s *Service) Profile(ctx context.Context, ask Asked) (p Profile, err error) {
	id := ask.ID
	err = s.db.Inventory(ctx, "inventory:read", ask.At, func(tx *store.Tx) error {
		p = Profile{At: tx.At, Limited: !tx.Sites.All, Has: map[string]string{}}
		if err := p.readSelf(ctx, tx, id); err != nil {
			return err
		}
		if err := p.readAccess(ctx, tx, ask.AllGrants); err != nil {
			return err
		}
		if p.Secrets, err = tx.AssetSecrets(ctx, &id); err != nil {
			return err
		}
		if p.Sessions, err = tx.AssetSessions(ctx, sqlc.AssetSessionsParams{Asset: id, At: tx.At, Most: mostSessions}); err != nil {
			return err
		}
		if p.Decisions, err = tx.AssetDecisions(ctx, sqlc.AssetDecisionsParams{Asset: id, At: tx.At, Most: mostAnswers}); err != nil {
			return err
		}
		if p.Reached, err = reached(ctx, tx, id); err != nil {
			return err
		}
		p.States, err = history(ctx, tx, id, ask.Day)
		return err
	})
	return p, err
}

func (p *Profile) readSelf(ctx context.Context, tx *store.Tx, id int64) (err error) {
	if p.AssetGetRow, err = tx.AssetGet(ctx, sqlc.AssetGetParams{Asset: id, Everywhere: tx.Sites.All, Sites: tx.Sites.IDs}); err != nil {
		return err
	}
	if err := json.Unmarshal(p.Capabilities, &p.Has); err != nil {
		return fmt.Errorf("capabilities of asset %d: %w", id, err)
	}
	if p.ZoneID != nil {
		p.Conduits, err = tx.AssetConduits(ctx, *p.ZoneID)
	}
	return err
}

func (p *Profile) readAccess(ctx context.Context, tx *store.Tx, all bool) (err error) {
	if p.Totals, err = tx.AssetTotals(ctx, p.ID); err != nil {
		return err
	}
	if p.Entitlements, err = tx.AssetEntitlements(ctx, p.ID); err != nil {
		return err
	}
	most := fewGrants
	if all {
		most = manyGrants
	}
	p.Grants, err = access.HeldOn(ctx, tx, p.ID, most)
	return err
}

// reached is how many get to an asset in the end: kept of now only, and of all sites.
func reached(ctx context.Context, tx *store.Tx, id int64) (*sqlc.AssetReachedRow, error) {
	if !tx.Sites.All || !tx.At.Equal(tx.Now) {
		return nil, nil //nolint:nilnil // it is not known
	}
	row, err := tx.AssetReached(ctx, id)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil //nolint:nilnil // it is not known
	}
	return &row, err
}
