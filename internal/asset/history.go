package asset

import (
	"context"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"interlock/internal/record"
	"interlock/internal/store"
)

// version is a state that the record of an asset had.
type version struct {
	Name                       string
	Class, Vendor, Model       *string
	Criticality                *int16
	Safety                     bool
	InstalledOn, SupportEndsOn *time.Time
	Capabilities               map[string]string
	AssessedAt                 *time.Time
	AssessedBy                 *string
	From                       time.Time
	Ended                      *time.Time
	Zone, Owner                *string
	Import                     int64 // that brought it; 0 when that is not known
}

// versionsSQL reads every state up to a moment, newest first; sqlc does not know
// former rows.
const versionsSQL = `
select v.name, v.class, v.vendor, v.model, v.criticality, v.safety_related, v.installed_on, v.support_ends_on, v.capabilities, v.assessed_at, v.assessed_by, v.seen_from,
       case when v.ended_at <= $2 then v.ended_at end, z.name, o.name, coalesce(n.id, 0)
  from (select c.id, c.source_id, c.name, c.class, c.vendor, c.model, c.criticality, c.safety_related, c.installed_on, c.support_ends_on, c.capabilities, c.assessed_at, c.assessed_by, c.zone_id, c.owner_id, c.seen_from, c.ended_at
          from public.asset c where c.id = $1
         union all
        select h.id, h.source_id, h.name, h.class, h.vendor, h.model, h.criticality, h.safety_related, h.installed_on, h.support_ends_on, h.capabilities, h.assessed_at, h.assessed_by, h.zone_id, h.owner_id, h.seen_from, h.ended_at
          from public.asset_history h where h.id = $1) v
  left join public.zone z on z.id = v.zone_id
  left join public.identity o on o.id = v.owner_id
  left join import n on n.source_id = v.source_id and n.started_at = v.seen_from
 where v.seen_from <= $2
 order by v.seen_from desc
 limit $3`

// history reads the states of an asset, newest first.
func history(ctx context.Context, tx *store.Tx, id int64, day func(*time.Time) string) ([]record.State, error) {
	rows, err := tx.Raw().Query(ctx, versionsSQL, id, tx.At, mostVersions)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (record.State, error) {
		v, err := pgx.RowToStructByPos[version](row)
		return record.State{From: v.From, Ended: v.Ended, Import: v.Import, Fields: v.fields(day)}, err
	})
}

func (v version) fields(day func(*time.Time) string) []record.Field {
	list := []record.Field{
		{Name: "name", Value: v.Name}, {Name: "zone", Value: text(v.Zone)}, {Name: "owner", Value: text(v.Owner)}, {Name: "class", Value: text(v.Class)},
		{Name: "vendor", Value: text(v.Vendor)}, {Name: "model", Value: text(v.Model)}, {Name: "criticality", Value: rank(v.Criticality)},
		{Name: "safety-related", Value: strconv.FormatBool(v.Safety)}, {Name: "installed on", Value: day(v.InstalledOn)}, {Name: "support ends on", Value: day(v.SupportEndsOn)},
	}
	for _, c := range Capabilities {
		list = append(list, record.Field{Name: c, Value: v.Capabilities[c]})
	}
	return append(list, record.Field{Name: "assessed on", Value: day(v.AssessedAt)}, record.Field{Name: "assessed by", Value: text(v.AssessedBy)})
}

func rank(n *int16) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(int(*n))
}
