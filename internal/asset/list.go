package asset

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"interlock/internal/access"
	"interlock/internal/errs"
	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// Filter selects and orders assets; zero fields select all that are there.
type Filter struct {
	At          time.Time // the zero moment is now
	Site        int64
	Zone        int64
	Level       string // 0 to 5, or none
	Domain      string // or none
	Class       string
	Criticality int
	Safety      bool
	Owner       string // an e-mail, an id or a name; none; or gone: has left
	Capability  string // one of Capabilities; with Support. Support alone: any of the nine
	Support     string // as assessed, or Able
	Source      string
	Text        string // in name, id, vendor or model
	Where       string // CEL
	Gone        bool   // no longer in its source, instead of those that are
	Sort        string // one of sorts, with a minus to turn it round
	After       int64  // the last one seen
}

// Row is an asset in a list, with who can do what on it in short.
type Row struct {
	ID           int64
	Source       string
	Key          string
	Name         string
	Class        *string
	Vendor       *string
	Model        *string
	Criticality  *int16
	Safety       bool
	Gone         bool
	Capabilities map[string]string
	Zone         *string
	Level        *float64
	Domain       *string
	Site         *string
	OwnerID      *int64
	OwnerName    *string
	OwnerKey     *string // source:id
	OwnerGone    *bool
	Holders      int64 // identities with a grant on it
	Strong       int64 // of them with engineer or admin
	Crossing     int64 // of them from the other side
	Secrets      int64 // credentials stored on it
}

// sorts are what a list can be ordered by.
var sorts = map[string]string{
	"name":        `lower(a.name) collate "C"`,
	"level":       `coalesce(z.level, 9)`,
	"criticality": `coalesce(a.criticality, 0)`,
	"class":       `coalesce(a.class, '')`,
	"unknown":     `(9 - (select count(*) from jsonb_each_text(a.capabilities) c where c.value <> 'unknown'))`,
}

// Sorts are the names that Filter.Sort knows.
func Sorts() []string { return []string{"name", "level", "criticality", "class", "unknown"} }

// accountable is who answers for an asset a.
const accountable = `coalesce((select f.owner_id from ownership_in_force f where f.subject = 'asset' and f.subject_id = a.id), a.owner_id)`

const rowsSQL = `
with page as materialized (
  select a.*, z.name as zone, z.level, z.domain, z.site_id from asset a left join zone z on z.id = a.zone_id where %[1]s order by %[2]s, a.id %[3]s %[4]s),
used as (
  select p.id, count(distinct g.identity_id) as holders,
         count(distinct g.identity_id) filter (where e.privilege in ('engineer', 'admin')) as strong,
         count(distinct g.identity_id) filter (where crosses_boundary(i.domain, p.domain)) as crossing
    from page p
    join entitlement e on e.asset_id = p.id
    join access_grant g on g.entitlement_id = e.id and g.ended_at is null
    join identity i on i.id = g.identity_id
   group by p.id),
kept as (select c.stored_on_id as id, count(*) as secrets from page p join credential c on c.stored_on_id = p.id and c.ended_at is null group by 1)
select a.id, s.name, a.external_id, a.name, a.class, a.vendor, a.model, a.criticality, a.safety_related, a.ended_at is not null, a.capabilities,
       a.zone, a.level, a.domain, st.name, o.id, o.name, os.name || ':' || o.external_id, o.ended_at is not null or not stands.is_live_person,
       coalesce(used.holders, 0), coalesce(used.strong, 0), coalesce(used.crossing, 0), coalesce(kept.secrets, 0)
  from page a
  join source s on s.id = a.source_id
  left join site st on st.id = a.site_id
  left join identity o on o.id = ` + accountable + `
  left join identity_standing stands on stands.identity_id = o.id
  left join source os on os.id = o.source_id
  left join used on used.id = a.id
  left join kept on kept.id = a.id
 order by %[5]s, a.id %[3]s`

// List gives a page of assets, and whether there are more.
func (s *Service) List(ctx context.Context, f Filter, page int) (rows []Row, more bool, err error) {
	err = s.db.Inventory(ctx, "inventory:read", f.At, func(tx *store.Tx) error {
		found, err := f.query(ctx, tx, fmt.Sprintf("limit %d", page+1))
		if err != nil {
			return err
		}
		rows, err = pgx.CollectRows(found, pgx.RowToStructByPos[Row])
		return err
	})
	if len(rows) > page {
		return rows[:page], true, err
	}
	return rows, false, err
}

func (f Filter) query(ctx context.Context, tx *store.Tx, limit string) (pgx.Rows, error) {
	w, err := f.where(tx)
	if err != nil {
		return nil, err
	}
	key, direction, err := f.order()
	if err != nil {
		return nil, err
	}
	if f.After != 0 {
		f.after(w, key, direction)
	}
	outer := strings.ReplaceAll(key, "z.level", "a.level")
	return tx.Raw().Query(ctx, fmt.Sprintf(rowsSQL, w.SQL(), key+" "+direction, direction, limit, outer+" "+direction), w.Args...)
}

func (f Filter) order() (key, direction string, err error) {
	name, turned := strings.CutPrefix(f.Sort, "-")
	if name == "" {
		name = "name"
	}
	key, ok := sorts[name]
	if !ok {
		return "", "", errs.InvalidField("sort", "Lists of assets are sorted by %s, not %q.", strings.Join(Sorts(), ", "), name)
	}
	if turned {
		return key, "desc", nil
	}
	return key, "asc", nil
}

// after goes on behind the last row that was seen, by its key as it is now.
func (f Filter) after(w *store.Where, key, direction string) {
	than := map[string]string{"asc": ">", "desc": "<"}[direction]
	id := w.Bind(f.After)
	w.Add(fmt.Sprintf("(%s, a.id) %s ((select %[1]s from asset a left join zone z on z.id = a.zone_id where a.id = %[3]s), %[3]s)", key, than, id))
}

func (f Filter) where(tx *store.Tx) (*store.Where, error) {
	w := &store.Where{}
	w.Add(map[bool]string{false: "a.ended_at is null", true: "a.ended_at is not null"}[f.Gone])
	f.place(w)
	f.kind(w)
	f.owner(w)
	f.ability(w)
	atSites(w, tx.Sites)
	if f.Where == "" {
		return w, nil
	}
	scope, err := access.Compile(f.Where, tx.At)
	if err != nil {
		return nil, err
	}
	scope.AddAsset(w)
	return w, nil
}

func (f Filter) place(w *store.Where) {
	if f.Site != 0 {
		w.Add("z.site_id = ?", f.Site)
	}
	if f.Zone != 0 {
		w.Add("a.zone_id = ?", f.Zone)
	}
	switch f.Level {
	case "":
	case "none":
		w.Add("z.level is null")
	default:
		w.Add("trim_scale(z.level)::text = ?", f.Level)
	}
	switch f.Domain {
	case "":
	case "none":
		w.Add("z.domain is null")
	default:
		w.Add("z.domain = ?", f.Domain)
	}
}

func (f Filter) kind(w *store.Where) {
	if f.Class != "" {
		w.Add("a.class = ?", f.Class)
	}
	if f.Criticality != 0 {
		w.Add("a.criticality = ?", f.Criticality)
	}
	if f.Safety {
		w.Add("a.safety_related")
	}
	if f.Source != "" {
		w.Add("a.source_id = (select id from source where name = ?)", f.Source)
	}
	if f.Text != "" {
		w.Add("strpos(lower(concat_ws(' ', a.name, a.external_id, a.vendor, a.model)), lower(?)) > 0", f.Text)
	}
}

func (f Filter) owner(w *store.Where) {
	switch f.Owner {
	case "":
	case "none":
		w.Add(accountable + " is null")
	case "gone":
		w.Add("exists (select from identity_standing o where o.identity_id = " + accountable + " and not o.is_live_person)")
	default:
		w.Add(accountable+` in (select o.id from identity o where o.email = lower(?) or o.external_id = ? or lower(o.name) collate "C" = lower(?))`, f.Owner)
	}
}

// Able is what an asset is that has a capability by itself or through a proxy.
const Able = "able"

// Ability is how many assets of a domain have a capability.
type Ability = sqlc.AssetAbilitiesRow

// Abilities counts the assets that have each of these capabilities, by the domain
// of their zone; "" is a domain that nobody has said.
func (s *Service) Abilities(ctx context.Context, capabilities ...string) (list []Ability, err error) {
	err = s.db.Inventory(ctx, "inventory:read", time.Time{}, func(tx *store.Tx) error {
		list, err = tx.AssetAbilities(ctx, sqlc.AssetAbilitiesParams{Capabilities: capabilities, Everywhere: tx.Sites.All, Sites: tx.Sites.IDs})
		return err
	})
	return list, err
}

// ability asks for one capability, or for any of them.
func (f Filter) ability(w *store.Where) {
	switch {
	case f.Support == "":
	case f.Support == Able && f.Capability != "":
		w.Add("a.capabilities ->> ? in ('native', 'via_proxy')", f.Capability)
	case f.Support == Able:
		w.Add("exists (select from jsonb_each_text(a.capabilities) c where c.value in ('native', 'via_proxy'))")
	case f.Capability != "":
		w.Add("coalesce(a.capabilities ->> " + w.Bind(f.Capability) + ", 'unknown') = " + w.Bind(f.Support))
	case f.Support == "unknown":
		w.Add("(select count(*) from jsonb_each_text(a.capabilities) c where c.value <> 'unknown') < 9")
	default:
		w.Add("exists (select from jsonb_each_text(a.capabilities) c where c.value = ?)", f.Support)
	}
}

// Known are the values that a filter offers, of what there is.
type Known struct {
	Sites   []Named
	Classes []string
	Sources []string
}

// Named is a row that a filter offers.
type Named struct {
	ID   int64
	Name string
}

// Known reads the values that a filter offers.
func (s *Service) Known(ctx context.Context, at time.Time) (k Known, err error) {
	err = s.db.Inventory(ctx, "inventory:read", at, func(tx *store.Tx) error {
		sites, err := tx.AssetSites(ctx)
		if err != nil {
			return err
		}
		k = Known{}
		for _, row := range sites {
			if tx.Sites.All || slices.Contains(tx.Sites.IDs, row.ID) {
				k.Sites = append(k.Sites, Named(row))
			}
		}
		if k.Classes, err = tx.AssetClasses(ctx); err != nil {
			return err
		}
		k.Sources, err = tx.AssetSources(ctx)
		return err
	})
	return k, err
}

// Totals counts what each filter selects, all at one moment.
func (s *Service) Totals(ctx context.Context, at time.Time, filters ...Filter) ([]int64, error) {
	totals := make([]int64, len(filters))
	err := s.db.Inventory(ctx, "inventory:read", at, func(tx *store.Tx) error {
		for i, f := range filters {
			w, err := f.where(tx)
			if err != nil {
				return err
			}
			if err := tx.Raw().QueryRow(ctx, "select count(*) from asset a left join zone z on z.id = a.zone_id where "+w.SQL(), w.Args...).Scan(&totals[i]); err != nil {
				return err
			}
		}
		return nil
	})
	return totals, err
}
