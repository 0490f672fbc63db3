-- The entries x of the register with their assets a, as they stand at $1. What stands
-- in double braces is composed in list.go.
with entry as (
  select e.id, e.asset_id, a.name as asset_name, e.capability, z.level, z.domain, z.name as zone_name, z.site_id, s.name as site_name, a.safety_related,
         e.risk_owner, coalesce((select min(p.name) from identity p where p.email = e.risk_owner), e.risk_owner) as risk_owner_name,
         e.valid_to, coalesce((select min(o.first_valid_from) from exception o where o.asset_id = e.asset_id and o.capability = e.capability and o.first_valid_from <= $1::timestamptz), e.requested_at) as since,
         e.revision - 1 as renewals, r.reason,
         coalesce(r.left_likelihood, 0)::smallint as likelihood, coalesce(greatest(r.left_people, r.left_environment, r.left_supply), 0)::smallint as consequence,
         coalesce(r.residual, 0)::smallint as residual,
         exception_state_at(e.state, e.valid_from, e.valid_to, e.suspended_at, exception_drifted_since(e.id, $1::timestamptz), $1::timestamptz, exception_grace()) as now_state,
         l.state as latest_state, l.requested_by as latest_by, c.controls, c.failed, c.overdue, c.untested, c.drifted_since
    from exception e
    join asset a on a.id = e.asset_id
    left join zone z on z.id = a.zone_id
    left join site s on s.id = z.site_id
    join exception_revision l on l.exception_id = e.id and l.number = e.revision
    join lateral (select * from exception_revision r where r.exception_id = e.id order by (r.state = 'approved') desc, r.number desc limit 1) r on true
    join lateral (select count(*) as controls, count(*) filter (where not passed) as failed, count(*) filter (where passed is not false and next_due <= $1::timestamptz) as overdue,
                         count(*) filter (where passed is null and next_due > $1::timestamptz) as untested,
                         min(case when not passed then tested_at else next_due end) filter (where not passed or next_due <= $1::timestamptz) as drifted_since
                    from exception_control c where c.exception_id = e.id and c.dropped_at is null) c on true
)
select x.id, x.asset_id, x.asset_name, x.capability, x.level::float8 as level, x.domain, x.zone_name, x.site_name, x.safety_related, x.risk_owner, x.risk_owner_name, x.valid_to, x.since, x.renewals,
       x.likelihood, x.consequence, x.residual, x.now_state, x.latest_state, x.latest_by, x.controls, x.failed, x.overdue, x.untested, x.drifted_since, ({{sort}})::float8 as key
  from entry x
  join asset a on a.id = x.asset_id
 where {{where}}
 order by {{sort}}, x.id desc
