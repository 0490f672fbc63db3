package finding

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"interlock/internal/errs"
	"interlock/internal/store"
)

// Filter narrows a list; what is empty does not. What is not acknowledged is not
// excepted either, unless that rule is asked for.
type Filter struct {
	Rule         string   `json:"rule,omitempty"`
	Severity     Severity `json:"severity,omitempty"`
	Site         int64    `json:"site,omitempty"`
	Identity     int64    `json:"identity,omitempty"`
	Asset        int64    `json:"asset,omitempty"`
	Part         int64    `json:"part,omitempty"` // with Rule: one toxic combination
	Older        int      `json:"older_than_days,omitempty"`
	Newer        int      `json:"newer_than_days,omitempty"`
	Acknowledged *bool    `json:"acknowledged,omitempty"`
	After        *Cursor  `json:"-"`
	Page         int      `json:"-"`
}

// Cursor is where a page ended.
type Cursor struct {
	Severity Severity
	OpenedAt time.Time
	ID       int64
}

// Row is one open finding with the names of what it is about.
type Row struct {
	ID                int64      `json:"finding"`
	Rule              string     `json:"rule"`
	Severity          Severity   `json:"severity"`
	About             string     `json:"about"`
	SubjectID         int64      `json:"-"`
	IdentityID        *int64     `json:"-"`
	IdentitySource    *string    `json:"identity_source,omitempty"`
	IdentityKey       *string    `json:"identity,omitempty"`
	IdentityName      *string    `json:"identity_name,omitempty"`
	IdentityKind      *string    `json:"identity_kind,omitempty"`
	AssetID           *int64     `json:"-"`
	AssetSource       *string    `json:"asset_source,omitempty"`
	AssetKey          *string    `json:"asset,omitempty"`
	AssetName         *string    `json:"asset_name,omitempty"`
	Level             *float64   `json:"level,omitempty"`
	Domain            *string    `json:"domain,omitempty"`
	Site              *string    `json:"site,omitempty"`
	Note              string     `json:"note"`
	OpenedAt          time.Time  `json:"opened_at"`
	AcknowledgedUntil *time.Time `json:"acknowledged_until,omitempty"`
}

// Cursor is where this row stands in the list.
func (r Row) Cursor() *Cursor { return &Cursor{r.Severity, r.OpenedAt, r.ID} }

// AcknowledgedAt tells whether somebody lives with it at a moment.
func (r Row) AcknowledgedAt(now time.Time) bool {
	return r.AcknowledgedUntil != nil && r.AcknowledgedUntil.After(now)
}

const columns = `select f.id, f.rule, f.severity, f.about, f.subject_id, f.identity_id, si.name, i.external_id, i.name, i.kind,
       f.asset_id, sa.name, a.external_id, a.name, z.level, z.domain, st.name, f.note, f.opened_at, f.acknowledged_until
  from %s f
  left join identity i on i.id = f.identity_id
  left join source si on si.id = i.source_id
  left join asset a on a.id = f.asset_id
  left join source sa on sa.id = a.source_id
  left join zone z on z.id = a.zone_id
  left join site st on st.id = z.site_id`

// onSite is what touches a site: an asset there, or an identity with access there.
const onSite = `(z.site_id = ? or f.asset_id is null and exists (
  select from access_grant g join entitlement e on e.id = g.entitlement_id join asset ga on ga.id = e.asset_id join zone gz on gz.id = ga.zone_id
   where g.identity_id = f.identity_id and g.ended_at is null and gz.site_id = ?))`

func (f Filter) query(ctx context.Context, tx *store.Tx) (pgx.Rows, error) {
	var all []string
	var args []any
	add := func(condition string, values ...any) {
		for _, v := range values {
			args = append(args, v)
			condition = strings.Replace(condition, "?", fmt.Sprintf("$%d", len(args)), 1)
		}
		all = append(all, condition)
	}
	f.conditions(tx.Now, add)
	sql := fmt.Sprintf(columns, "finding_open")
	if len(all) > 0 {
		sql += ` where ` + strings.Join(all, ` and `)
	}
	sql += ` order by -f.severity, f.opened_at, f.id`
	if f.Page > 0 {
		sql += fmt.Sprintf(` limit %d`, f.Page)
	}
	return tx.Raw().Query(ctx, sql, args...)
}

func (f Filter) conditions(now time.Time, add func(string, ...any)) {
	if f.Rule != "" {
		add(`f.rule = ?`, f.Rule)
	}
	if f.Severity != 0 {
		add(`f.severity = ?`, int16(f.Severity))
	}
	if f.Identity != 0 {
		add(`f.identity_id = ?`, f.Identity)
	}
	if f.Asset != 0 {
		add(`f.asset_id = ?`, f.Asset)
	}
	if f.Part != 0 {
		add(`f.part = ?`, f.Part)
	}
	if f.Site != 0 {
		add(onSite, f.Site, f.Site)
	}
	if f.Older > 0 {
		add(`f.opened_at < ?`, now.AddDate(0, 0, -f.Older))
	}
	if f.Newer > 0 {
		add(`f.opened_at >= ?`, now.AddDate(0, 0, -f.Newer))
	}
	if f.Acknowledged != nil && *f.Acknowledged {
		add(`f.acknowledged_until > ?`, now)
	}
	if f.Acknowledged != nil && !*f.Acknowledged {
		add(`(f.acknowledged_until is null or f.acknowledged_until <= ?)`, now)
		if f.Rule != Excepted {
			add(`f.rule <> ?`, Excepted)
		}
	}
	if c := f.After; c != nil {
		add(`(-f.severity, f.opened_at, f.id) > (?, ?, ?)`, -int16(c.Severity), c.OpenedAt, c.ID)
	}
}

func scan(row pgx.CollectableRow) (r Row, err error) {
	err = row.Scan(&r.ID, &r.Rule, &r.Severity, &r.About, &r.SubjectID, &r.IdentityID, &r.IdentitySource, &r.IdentityKey, &r.IdentityName, &r.IdentityKind,
		&r.AssetID, &r.AssetSource, &r.AssetKey, &r.AssetName, &r.Level, &r.Domain, &r.Site, &r.Note, &r.OpenedAt, &r.AcknowledgedUntil)
	return r, err
}

// List returns open findings, the worst first and among equals the oldest.
func (s *Service) List(ctx context.Context, f Filter) (list []Row, err error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, "finding:read", func(tx *store.Tx) error {
		rows, err := f.query(ctx, tx)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, scan)
		return err
	})
	return list, err
}

func (f Filter) check() error {
	if f.Rule != "" {
		if _, err := RuleOf(f.Rule); err != nil {
			return err
		}
	}
	if f.Older < 0 || f.Newer < 0 {
		return errs.InvalidField("age", "An age is a number of days.")
	}
	return nil
}

// Each calls fn with every finding that the filter lets through, in order.
func (s *Service) Each(ctx context.Context, f Filter, fn func(Row) error) error {
	if err := f.check(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, working)
	defer cancel()
	return s.db.Read(ctx, "finding:read", func(tx *store.Tx) error {
		rows, err := f.query(ctx, tx)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			r, err := scan(rows)
			if err != nil {
				return err
			}
			if err := fn(r); err != nil {
				return err
			}
		}
		return rows.Err()
	})
}
