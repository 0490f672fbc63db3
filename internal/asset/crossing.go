package asset

import (
	"context"
	_ "embed"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

//go:embed crossings.sql
var crossingsSQL string

// Choice selects grants that cross the boundary. A field left empty leaves its
// matter open.
type Choice struct {
	Home     string
	Site     int64 // NoSite: at none
	Zone     int64
	Conduits []int64   // 0 among them: not known
	Facet    string    // strong, new, unknown, around, unrecorded, single
	At       time.Time // live then; zero: now
	Before   int64     // the grant that the page goes on after
	Page     int32
}

// Crossing is one live grant that crosses the boundary.
type Crossing struct {
	sqlc.AssetCrossingsRow
	New bool // since the last import of its source
}

// Crossings lists grants that cross, newest first.
func (s *Service) Crossings(ctx context.Context, c Choice) (list []Crossing, err error) {
	err = s.db.Read(ctx, "inventory:read", func(tx *store.Tx) error {
		list, err = crossings(ctx, tx, c)
		return err
	})
	return list, err
}

func crossings(ctx context.Context, tx *store.Tx, c Choice) ([]Crossing, error) {
	through, possible, err := c.through(ctx, tx)
	if err != nil || !possible {
		return nil, err
	}
	fresh, ids, err := c.grants(ctx, tx, through)
	if err != nil {
		return nil, err
	}
	rows, err := tx.AssetCrossings(ctx, ids)
	list := make([]Crossing, len(rows))
	for i, r := range rows {
		list[i] = Crossing{r, fresh[r.GrantID]}
	}
	return list, err
}

// through gives the conduits that the choice leaves; none leave it open, unless
// there can be none that fit.
func (c Choice) through(ctx context.Context, tx *store.Tx) (list []int64, possible bool, err error) {
	if c.Facet == FacetUnknown {
		return []int64{0}, len(c.Conduits) == 0 || slices.Contains(c.Conduits, 0), nil
	}
	if !ByConduit(c.Facet) {
		return append([]int64{}, c.Conduits...), true, nil
	}
	all, err := conduits(ctx, tx)
	if err != nil {
		return nil, false, err
	}
	for _, id := range pick(all, c.Facet) {
		if len(c.Conduits) == 0 || slices.Contains(c.Conduits, id) {
			list = append(list, id)
		}
	}
	return list, len(list) > 0, nil
}

func (c Choice) grants(ctx context.Context, tx *store.Tx, through []int64) (fresh map[int64]bool, ids []int64, err error) {
	at := c.At
	if at.IsZero() {
		at = tx.Now
	}
	only := func(id int64) []int64 {
		if id == 0 {
			return []int64{}
		}
		return []int64{id}
	}
	rows, err := tx.Raw().Query(ctx, liveSQL+crossingsSQL, pgx.NamedArgs{
		"at": at, "before": c.Before, "home": c.Home, "sites": only(c.Site), "zones": only(c.Zone), "conduits": through,
		"strong": c.Facet == FacetStrong, "new": c.Facet == FacetNew, "page": c.Page,
	})
	if err != nil {
		return nil, nil, err
	}
	fresh, ids = map[int64]bool{}, []int64{}
	var id int64
	var isNew bool
	_, err = pgx.ForEachRow(rows, []any{&id, &isNew}, func() error {
		ids, fresh[id] = append(ids, id), isNew
		return nil
	})
	return fresh, ids, err
}
