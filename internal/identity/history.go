package identity

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"interlock/internal/record"
	"interlock/internal/store"
)

// version is a state that the record of an identity had.
type version struct {
	Name, Kind                              string
	Email, Department, Organisation, Domain *string
	Status                                  string
	ContractEnd                             *time.Time
	AuthMethod                              *string
	From                                    time.Time
	Ended                                   *time.Time
	Manager, Owner                          *string
	Import                                  int64 // that brought it; 0 when that is not known
}

// versionsSQL reads every state up to a moment, newest first; sqlc does not know
// former rows.
const versionsSQL = `
select v.name, v.kind, v.email, v.department, v.organisation, v.domain, v.status, v.contract_end, v.auth_method, v.seen_from,
       case when v.ended_at <= $2 then v.ended_at end, m.name, o.name, coalesce(n.id, 0)
  from (select c.id, c.source_id, c.name, c.kind, c.email, c.manager_id, c.owner_id, c.department, c.organisation, c.domain, c.status, c.contract_end, c.auth_method, c.seen_from, c.ended_at
          from public.identity c where c.id = $1
         union all
        select h.id, h.source_id, h.name, h.kind, h.email, h.manager_id, h.owner_id, h.department, h.organisation, h.domain, h.status, h.contract_end, h.auth_method, h.seen_from, h.ended_at
          from public.identity_history h where h.id = $1) v
  left join public.identity m on m.id = v.manager_id
  left join public.identity o on o.id = v.owner_id
  left join import n on n.source_id = v.source_id and n.started_at = v.seen_from
 where v.seen_from <= $2
 order by v.seen_from desc
 limit $3`

// history reads the states of an identity, newest first. When it was last seen is
// a use and no change.
func history(ctx context.Context, tx *store.Tx, id int64, day func(*time.Time) string) ([]record.State, error) {
	rows, err := tx.Raw().Query(ctx, versionsSQL, id, tx.At, mostVersions)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (record.State, error) {
		v, err := pgx.RowToStructByPos[version](row)
		return record.State{From: v.From, Ended: v.Ended, Import: v.Import, Fields: []record.Field{
			{Name: "name", Value: v.Name}, {Name: "kind", Value: v.Kind}, {Name: "status", Value: v.Status}, {Name: "e-mail", Value: text(v.Email)},
			{Name: "owner", Value: text(v.Owner)}, {Name: "manager", Value: text(v.Manager)}, {Name: "department", Value: text(v.Department)},
			{Name: "organisation", Value: text(v.Organisation)}, {Name: "home", Value: text(v.Domain)}, {Name: "contract end", Value: day(v.ContractEnd)},
			{Name: "sign-in", Value: text(v.AuthMethod)},
		}}, err
	})
}
