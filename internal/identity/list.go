package identity

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
)

// Filter selects and orders identities; zero fields select all that are there.
type Filter struct {
	At         time.Time // the zero moment is now
	Kind       string
	Status     string // as the inventory has it, or gone: no longer in its source
	Source     string
	Domain     string // or none
	Department string
	Owner      string // an e-mail, an id or a name; none; or gone: has left
	Text       string // in name, e-mail or id
	Where      string // CEL
	Access     string // standing: a grant without end; crossing; none: no grant at all; safety: gets to a safety-related asset in the end, as last computed
	Contract   string // of vendors and contractors: past, or none
	Sort       string // one of sorts, with a minus to turn it round
	After      int64  // the last one seen
}

// Row is an identity in a list, with what it can do in short.
type Row struct {
	ID           int64
	Source       string
	Key          string
	Name         string
	Kind         string
	Email        *string
	Department   *string
	Organisation *string
	Domain       *string
	Status       string
	Gone         bool // its source no longer has it
	ContractEnd  *time.Time
	LastSeen     *time.Time
	OwnerID      *int64 // who is accountable: of a person or contractor the manager
	OwnerName    *string
	OwnerKey     *string // source:id
	OwnerGone    *bool
	Grants       int64
	Standing     int64  // of them without an end
	Crossing     int64  // of them to the other side
	Highest      string // of their privileges
	Sessions     int64
	LastSession  *time.Time
}

// sorts are what a list can be ordered by.
var sorts = map[string]string{
	"name":       `lower(i.name) collate "C"`,
	"kind":       `i.kind`,
	"department": `coalesce(i.department, '')`,
	"seen":       `coalesce(i.last_seen_at, '-infinity')`,
	"contract":   `coalesce(i.contract_end, 'infinity')`,
}

// Sorts are the names that Filter.Sort knows.
func Sorts() []string { return []string{"name", "kind", "department", "seen", "contract"} }

// personal are the kinds whose manager answers for them; all others have an owner.
const personal = `('person', 'contractor')`

// accountable is who answers for an identity i.
const accountable = `case when i.kind in ` + personal + ` then i.manager_id
 else coalesce((select f.owner_id from ownership_in_force f where f.subject = 'identity' and f.subject_id = i.id), i.owner_id) end`

const rowsSQL = `
with page as materialized (select i.* from identity i where %[1]s order by %[2]s, i.id %[3]s %[4]s),
held as (
  select g.identity_id, count(*) as grants, count(*) filter (where g.expires_at is null) as standing,
         count(*) filter (where crosses_boundary(p.domain, z.domain)) as crossing,
         coalesce((array['view', 'operate', 'engineer', 'admin'])[max(array_position(array['view', 'operate', 'engineer', 'admin'], e.privilege))], '') as highest
    from page p
    join access_grant g on g.identity_id = p.id and g.ended_at is null
    join entitlement e on e.id = g.entitlement_id
    join asset a on a.id = e.asset_id
    left join zone z on z.id = a.zone_id
   where %[5]s
   group by g.identity_id),
met as (
  select x.identity_id, count(*) as sessions, max(x.started_at) as last_session
    from page p join access_session x on x.identity_id = p.id and x.ended_at is null and x.started_at <= %[6]s
    join asset a on a.id = x.asset_id
    left join zone z on z.id = a.zone_id
   where %[5]s
   group by x.identity_id)
select i.id, s.name, i.external_id, i.name, i.kind, i.email, i.department, i.organisation, i.domain, i.status, i.ended_at is not null, i.contract_end, i.last_seen_at,
       o.id, o.name, os.name || ':' || o.external_id, o.ended_at is not null or not stands.is_live_person,
       coalesce(held.grants, 0), coalesce(held.standing, 0), coalesce(held.crossing, 0), coalesce(held.highest, ''), coalesce(met.sessions, 0), met.last_session
  from page i
  join source s on s.id = i.source_id
  left join identity o on o.id = ` + accountable + `
  left join identity_standing stands on stands.identity_id = o.id
  left join source os on os.id = o.source_id
  left join held on held.identity_id = i.id
  left join met on met.identity_id = i.id
 order by %[2]s, i.id %[3]s`

// List gives a page of identities, and whether there are more.
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
	there, now := "true", w.Bind(tx.At)
	if !tx.Sites.All {
		there = "z.site_id = any (" + w.Bind(tx.Sites.IDs) + ")"
	}
	return tx.Raw().Query(ctx, fmt.Sprintf(rowsSQL, w.SQL(), key+" "+direction, direction, limit, there, now), w.Args...)
}

func (f Filter) order() (key, direction string, err error) {
	name, turned := strings.CutPrefix(f.Sort, "-")
	if name == "" {
		name = "name"
	}
	key, ok := sorts[name]
	if !ok {
		return "", "", errs.InvalidField("sort", "Lists of identities are sorted by %s, not %q.", strings.Join(Sorts(), ", "), name)
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
	w.Add(fmt.Sprintf("(%s, i.id) %s ((select %[1]s from identity i where i.id = %[3]s), %[3]s)", key, than, id))
}

func (f Filter) where(tx *store.Tx) (*store.Where, error) {
	w := &store.Where{}
	f.state(w)
	if f.Kind != "" {
		w.Add("i.kind = ?", f.Kind)
	}
	if f.Source != "" {
		w.Add("i.source_id = (select id from source where name = ?)", f.Source)
	}
	switch f.Domain {
	case "":
	case "none":
		w.Add("i.domain is null")
	default:
		w.Add("i.domain = ?", f.Domain)
	}
	if f.Department != "" {
		w.Add("i.department = ?", f.Department)
	}
	if f.Text != "" {
		w.Add("strpos(lower(concat_ws(' ', i.name, i.email, i.external_id)), lower(?)) > 0", f.Text)
	}
	f.owner(w)
	if f.Access == "safety" && (!tx.Sites.All || tx.At.Before(tx.Now)) {
		return nil, errs.InvalidField("access", "Who gets to a safety-related asset in the end is known for all sites together and as of now.")
	}
	f.access(w, tx)
	atSites(w, tx.Sites, "i.id")
	if f.Where == "" {
		return w, nil
	}
	scope, err := access.Compile(f.Where, tx.At)
	if err != nil {
		return nil, err
	}
	scope.AddIdentity(w)
	return w, nil
}

func (f Filter) state(w *store.Where) {
	if f.Status == "gone" {
		w.Add("i.ended_at is not null")
		return
	}
	w.Add("i.ended_at is null")
	if f.Status != "" {
		w.Add("i.status = ?", f.Status)
	}
}

func (f Filter) owner(w *store.Where) {
	switch f.Owner {
	case "":
	case "none":
		w.Add("i.kind not in " + personal + " and " + accountable + " is null")
	case "gone":
		w.Add("i.kind not in " + personal + " and exists (select from identity_standing o where o.identity_id = " + accountable + " and not o.is_live_person)")
	default:
		w.Add(accountable+` in (
  select o.id from identity o where o.email = lower(?) or o.external_id = ? or lower(o.name) collate "C" = lower(?))`, f.Owner)
	}
}

func (f Filter) access(w *store.Where, tx *store.Tx) {
	grants := "select from access_grant g where g.identity_id = i.id and g.ended_at is null"
	switch f.Access {
	case "standing":
		w.Add("exists (" + grants + " and g.expires_at is null)")
	case "crossing":
		w.Add("exists (select from access_fact f where f.identity_id = i.id and f.crosses_boundary)")
	case "none":
		w.Add("not exists (" + grants + ")")
	case "safety":
		w.Add("exists (select from reach r where r.identity_id = i.id and r.safety > 0)")
	}
	switch f.Contract {
	case "past":
		w.Add("i.contract_end < ?", tx.At)
	case "none":
		w.Add("i.contract_end is null")
	}
}

// Count is how many there are of a kind.
type Count struct {
	Kind string
	N    int64
}

// Counts counts by kind what the filter selects but for its kind.
func (s *Service) Counts(ctx context.Context, f Filter) (list []Count, err error) {
	f.Kind = ""
	err = s.db.Inventory(ctx, "inventory:read", f.At, func(tx *store.Tx) error {
		w, err := f.where(tx)
		if err != nil {
			return err
		}
		rows, err := tx.Raw().Query(ctx, "select i.kind, count(*) from identity i where "+w.SQL()+" group by i.kind", w.Args...)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, pgx.RowToStructByPos[Count])
		return err
	})
	slices.SortFunc(list, func(a, b Count) int { return slices.Index(Kinds, a.Kind) - slices.Index(Kinds, b.Kind) })
	return list, err
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
			if err := tx.Raw().QueryRow(ctx, "select count(*) from identity i where "+w.SQL(), w.Args...).Scan(&totals[i]); err != nil {
				return err
			}
		}
		return nil
	})
	return totals, err
}

// Sources are the names of all sources.
func (s *Service) Sources(ctx context.Context) (names []string, err error) {
	err = s.db.Inventory(ctx, "inventory:read", time.Time{}, func(tx *store.Tx) error {
		names, err = tx.IdentitySources(ctx)
		return err
	})
	return names, err
}
