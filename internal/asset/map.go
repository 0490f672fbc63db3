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

var (
	//go:embed live.sql
	liveSQL string
	//go:embed counts.sql
	countsSQL string
)

// NoSite stands for the site of zones that are at none.
const NoSite = -1

// MapSite is a site of the map.
type MapSite = sqlc.AssetSitesRow

// MapZone is a zone with how many assets are in it; SiteID 0 is none.
type MapZone = sqlc.AssetMapZonesRow

// MapConduit is an allowed connection, with the domains that it joins.
type MapConduit struct {
	sqlc.AssetMapConduitsRow
	From, To string // domains; "" is unknown
}

// Around tells that a conduit leads from outside or the offices straight into the
// plant: past any jump host or gateway that could see and end what happens there.
func (c MapConduit) Around() bool {
	leads := (c.From == "it" || c.From == "external") && c.To == "ot"
	return leads && !slices.Contains([]string{"jump_host", "remote_gateway", "data_diode"}, word(c.Kind))
}

// Carries tells that access can go through; a data diode lets none.
func (c MapConduit) Carries() bool { return word(c.Kind) != "data_diode" }

func word(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// Facets are what crossing identities are counted by.
const (
	FacetAll        = "all"
	FacetLevel      = "level"
	FacetZone       = "zone"
	FacetConduit    = "conduit"
	FacetWay        = "way"        // home domain, conduit or none, zone
	FacetStrong     = "strong"     // engineer or admin
	FacetNew        = "new"        // since the last import of their source
	FacetUnknown    = "unknown"    // which conduit is not known
	FacetAround     = "around"     // by a conduit around the jump host
	FacetUnrecorded = "unrecorded" // by a conduit that records nothing
	FacetSingle     = "single"     // by a conduit without a second factor
)

// Tally counts identities that cross the boundary by a live grant of their own, and
// those grants. What does not matter for its facet is zero; SiteID 0 is all of them.
type Tally struct {
	Facet      string
	Home       string
	SiteID     int64
	Level      float64 // -1: unknown
	ZoneID     int64
	ConduitID  int64 // 0: not known
	Identities int64
	Grants     int64
}

// Map is the plant by level and zone, and who crosses the boundary in it.
type Map struct {
	At       time.Time // what was live then is counted
	Behind   bool      // an import since then is not counted yet
	Sites    []MapSite
	Zones    []MapZone
	Conduits []MapConduit
	Tallies  []Tally
}

// Map reads the plant and counts who crosses.
func (s *Service) Map(ctx context.Context) (m Map, err error) {
	err = s.db.Read(ctx, "inventory:read", func(tx *store.Tx) error {
		m, err = readMap(ctx, tx)
		return err
	})
	return m, err
}

func readMap(ctx context.Context, tx *store.Tx) (Map, error) {
	m := Map{At: tx.Now}
	var err error
	if m.Sites, err = tx.AssetSites(ctx); err != nil {
		return m, err
	}
	if m.Zones, err = tx.AssetMapZones(ctx); err != nil {
		return m, err
	}
	if m.Conduits, err = readConduits(ctx, tx, m.Zones); err != nil {
		return m, err
	}
	return m, m.tally(ctx, tx)
}

// tally reads the newest count; before the first one it counts now.
func (m *Map) tally(ctx context.Context, tx *store.Tx) error {
	last, err := latest(ctx, tx)
	if err != nil {
		return err
	}
	if last == nil {
		m.Tallies, err = count(ctx, tx, m.Conduits)
		return err
	}
	m.At, m.Behind = last.CountedAt, last.Behind
	rows, err := tx.AssetTallies(ctx)
	for _, r := range rows {
		m.Tallies = append(m.Tallies, Tally(r))
	}
	return err
}

func readConduits(ctx context.Context, tx *store.Tx, zones []MapZone) ([]MapConduit, error) {
	rows, err := tx.AssetMapConduits(ctx)
	if err != nil {
		return nil, err
	}
	domains := map[int64]string{}
	for _, z := range zones {
		domains[z.ID] = word(z.Domain)
	}
	list := make([]MapConduit, len(rows))
	for i, r := range rows {
		list[i] = MapConduit{r, domains[r.FromZoneID], domains[r.ToZoneID]}
	}
	return list, nil
}

// guarded gives the conduits that a facet is about.
var guarded = map[string]func(MapConduit) bool{
	FacetAround:     MapConduit.Around,
	FacetUnrecorded: func(c MapConduit) bool { return c.Recorded != nil && !*c.Recorded },
	FacetSingle:     func(c MapConduit) bool { return c.Mfa != nil && !*c.Mfa },
}

// ByConduit tells that a facet is about what a conduit guards.
func ByConduit(facet string) bool { return guarded[facet] != nil }

// Is tells whether a facet that is about conduits holds for this one.
func (c MapConduit) Is(facet string) bool { return guarded[facet](c) }

func pick(conduits []MapConduit, facet string) []int64 {
	ids := []int64{}
	for _, c := range conduits {
		if c.Is(facet) {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

func countArgs(at time.Time, conduits []MapConduit) pgx.NamedArgs {
	args := pgx.NamedArgs{"at": at}
	for facet := range guarded {
		args[facet] = pick(conduits, facet)
	}
	return args
}

func count(ctx context.Context, tx *store.Tx, conduits []MapConduit) ([]Tally, error) {
	rows, err := tx.Raw().Query(ctx, liveSQL+countsSQL, countArgs(tx.Now, conduits))
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[Tally])
}

// Count sums a facet over the homes that cross; site 0 is all of them.
func (m Map) Count(facet string, site int64) (identities, grants int64) {
	for _, t := range m.Tallies {
		if t.Facet == facet && t.SiteID == site {
			identities, grants = identities+t.Identities, grants+t.Grants
		}
	}
	return identities, grants
}
