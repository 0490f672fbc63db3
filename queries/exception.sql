-- name: ExceptionAssets :many
-- The live assets of these, and whether each lacks the capability.
select a.id, a.name, c.capability::text as capability, coalesce(a.capabilities ->> c.capability, 'unknown')::text as answer
  from asset a
 cross join (select unnest(sqlc.arg(capabilities)::text[]) as capability) c
 where a.id = any (sqlc.arg(assets)::bigint[]) and a.ended_at is null
 order by a.name, a.id, c.capability;

-- name: ExceptionInsert :one
insert into exception (asset_id, capability, risk_owner, requested_by, requested_at)
values ($1, $2, $3, $4, $5)
returning id;

-- name: ExceptionRevisionInsert :exec
insert into exception_revision (exception_id, number, requested_by, created_at)
values ($1, $2, $3, $4);

-- name: ExceptionForUpdate :one
select e.*, a.name as asset_name, a.ended_at as asset_ended_at,
       exception_state_at(e.state, e.valid_from, e.valid_to, e.suspended_at, exception_drifted_since(e.id, sqlc.arg(now)), sqlc.arg(now)::timestamptz, make_interval(secs => sqlc.arg(grace)::double precision))::text as now_state
  from exception e
  join asset a on a.id = e.asset_id
 where e.id = sqlc.arg(id)::bigint
   for update of e;

-- name: ExceptionRevisionForUpdate :one
select * from exception_revision where exception_id = $1 and number = $2 for update;

-- name: ExceptionRevisionSave :exec
update exception_revision
   set reason = $3, justification = $4, likelihood = $5, people = $6, environment = $7, supply = $8,
       left_likelihood = $9, left_people = $10, left_environment = $11, left_supply = $12,
       way_out = $13, replace_on = $14, outage = $15, budget = $16, ends_at = $17, saved = saved + 1
 where exception_id = $1 and number = $2;

-- name: ExceptionRevisionMove :exec
update exception_revision
   set state = sqlc.arg(state)::text,
       submitted_at = case when sqlc.arg(state)::text = 'submitted' then sqlc.arg(now)::timestamptz else submitted_at end,
       saved = saved + 1
 where exception_id = sqlc.arg(exception_id)::bigint and number = sqlc.arg(number)::integer;

-- name: ExceptionRevisionAnswer :exec
update exception_revision
   set state = sqlc.arg(state)::text, approver = sqlc.arg(approver)::text, answered_at = sqlc.arg(now)::timestamptz,
       answer_reason = sqlc.arg(reason)::text, saved = saved + 1
 where exception_id = sqlc.arg(exception_id)::bigint and number = sqlc.arg(number)::integer;

-- name: ExceptionMove :exec
update exception set state = sqlc.arg(state)::text where id = sqlc.arg(id)::bigint;

-- name: ExceptionRiskOwnerSet :exec
update exception set risk_owner = $2 where id = $1;

-- name: ExceptionRevise :exec
update exception set revision = sqlc.arg(revision)::integer where id = sqlc.arg(id)::bigint;

-- name: ExceptionBegin :exec
-- An approval, first or renewed, runs from the moment it is given.
update exception
   set state = 'approved', valid_from = coalesce(valid_from, sqlc.arg(now)::timestamptz), valid_to = sqlc.arg(ends_at)::timestamptz,
       first_valid_from = coalesce(first_valid_from, sqlc.arg(now)::timestamptz), suspended_at = null
 where id = sqlc.arg(id)::bigint;

-- name: ExceptionEnd :exec
update exception
   set state = sqlc.arg(state)::text, ended_at = sqlc.arg(now)::timestamptz, ended_by = sqlc.arg(by)::text, ended_why = sqlc.arg(why)::text,
       valid_to = case when valid_from is not null then greatest(least(valid_to, sqlc.arg(now)::timestamptz), valid_from + interval '1 microsecond') end
 where id = sqlc.arg(id)::bigint;

-- name: ExceptionSuspend :exec
update exception set suspended_at = sqlc.arg(now)::timestamptz where id = sqlc.arg(id)::bigint;

-- name: ExceptionStepInsert :exec
insert into exception_step (exception_id, revision, at, actor, event, was, became, reason, changed)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: ExceptionSteps :many
select * from exception_step where exception_id = $1 order by id desc;

-- name: ExceptionRevisions :many
select * from exception_revision where exception_id = $1 order by number desc;

-- name: ExceptionControlInsert :one
insert into exception_control (exception_id, title, owner, method, evidence, every_days, since, next_due)
values ($1, $2, $3, $4, $5, $6, $7, $8)
returning id;

-- name: ExceptionControlForUpdate :one
select c.*, e.state as exception_state, e.revision
  from exception_control c
  join exception e on e.id = c.exception_id
 where c.id = $1
   for update of c, e;

-- name: ExceptionControlDrop :exec
update exception_control set dropped_at = sqlc.arg(now)::timestamptz, dropped_by = sqlc.arg(by)::text where id = sqlc.arg(id)::bigint;

-- name: ExceptionControls :many
select c.*, coalesce((select t.note from exception_test t where t.control_id = c.id order by t.id desc limit 1), '')::text as last_note,
       coalesce((select t.tested_by from exception_test t where t.control_id = c.id order by t.id desc limit 1), '')::text as last_by
  from exception_control c
 where c.exception_id = $1
 order by c.dropped_at nulls first, c.id;

-- name: ExceptionTestInsert :exec
insert into exception_test (control_id, tested_by, tested_at, passed, note, next_due)
values ($1, $2, $3, $4, $5, $6);

-- name: ExceptionTests :many
select t.* from exception_test t join exception_control c on c.id = t.control_id where c.exception_id = $1 order by t.id desc;

-- name: ExceptionApproverRank :one
select coalesce((select up_to from exception_approver where email = $1), 'high')::text as up_to;

-- name: ExceptionOverdue :many
-- What the time has brought, or the inventory, and a job has to note: oldest first.
select e.id, s.state::text as now_state,
       (a.ended_at is not null)::boolean as asset_gone,
       (coalesce(a.capabilities ->> e.capability, '') in ('native', 'via_proxy'))::boolean as gained,
       coalesce(d.since, '0001-01-01Z')::timestamptz as drifted_since
  from exception e
  join asset a on a.id = e.asset_id
 cross join lateral (select exception_drifted_since(e.id, sqlc.arg(now)) as since) d
 cross join lateral (
   select exception_state_at(e.state, e.valid_from, e.valid_to, e.suspended_at, d.since, sqlc.arg(now)::timestamptz, make_interval(secs => sqlc.arg(grace)::double precision)) as state) s
 where e.ended_at is null
   and (a.ended_at is not null
        or coalesce(a.capabilities ->> e.capability, '') in ('native', 'via_proxy')
        or s.state = 'expired'
        or (s.state = 'suspended' and e.suspended_at is null)
        or (s.state = 'active' and d.since is not null
            and not exists (select from exception_step p where p.exception_id = e.id and p.event in ('drift', 'test failed') and p.at >= d.since)))
 order by e.id
 limit sqlc.arg(page)::integer;

-- name: ExceptionWarn :many
-- Marks and returns what ends within one of these numbers of days: only the nearest
-- of them, once for each approval, and none that had passed when it was approved.
with due as (
  select e.id, r.number, r.answered_at, e.valid_to, min(m.days) as days
    from exception e
   cross join lateral (select x.number, x.answered_at from exception_revision x where x.exception_id = e.id and x.state = 'approved' order by x.number desc limit 1) r
    join unnest(sqlc.arg(marks)::integer[]) m (days) on e.valid_to <= sqlc.arg(now)::timestamptz + m.days * interval '24 hours'
   where e.state = 'approved' and e.valid_to > sqlc.arg(now)::timestamptz
   group by e.id, r.number, r.answered_at, e.valid_to
), warned as (
  insert into exception_warning (exception_id, revision, days, sent_at)
  select d.id, d.number, d.days, sqlc.arg(now)::timestamptz
    from due d
   where d.answered_at < d.valid_to - d.days * interval '24 hours'
     and not exists (select from exception_warning w where w.exception_id = d.id and w.revision = d.number and w.days <= d.days)
   order by d.id
  on conflict do nothing
  returning exception_id, days
)
select exception_id, days from warned order by exception_id;

-- name: ExceptionControlsRemind :many
-- Marks and returns the controls that are to be tested soon, each once.
with due as (
  update exception_control c
     set reminded_for = c.next_due
    from exception e
   where e.id = c.exception_id and e.state = 'approved' and e.valid_to > sqlc.arg(now)::timestamptz and c.dropped_at is null
     and c.next_due <= sqlc.arg(soon)::timestamptz and c.reminded_for is distinct from c.next_due
  returning c.id, c.exception_id, c.title, c.owner, c.next_due
)
select d.id, d.exception_id, d.title, d.owner, d.next_due, a.name as asset_name,
       coalesce((select min(i.name) from identity i where i.email = d.owner), '')::text as name
  from due d
  join exception e on e.id = d.exception_id
  join asset a on a.id = e.asset_id
 where not person_is_gone(d.owner)
 order by d.owner, d.next_due, d.id;

-- name: ExceptionAudience :many
-- Who is told of these: owner of the asset, who asked, risk owner and risk officers,
-- and who tests, if so asked. reads: whether they may open the register.
with about as (
  select e.id, a.name as asset_name, e.capability, e.valid_to, z.site_id, e.risk_owner, r.requested_by, coalesce(op.email, o.email) as asset_owner
    from exception e
    join asset a on a.id = e.asset_id
    join exception_revision r on r.exception_id = e.id and r.number = e.revision
    left join zone z on z.id = a.zone_id
    left join ownership_in_force f on f.subject = 'asset' and f.subject_id = a.id
    left join identity o on o.id = coalesce(f.owner_id, a.owner_id)
    left join identity_member om on om.identity_id = o.id
    left join identity_person op on op.id = om.person_id
   where e.id = any (sqlc.arg(exceptions)::bigint[])
), told as (
  select id, unnest(array[risk_owner, requested_by, asset_owner]) as email from about
   union
  select b.id, c.email
    from about b
    join account_role r on r.role = 'risk_officer' and (r.site_id is null or r.site_id = b.site_id)
    join account c on c.id = r.account_id and c.disabled_at is null
   union
  select b.id, c.owner from about b join exception_control c on c.exception_id = b.id and c.dropped_at is null where sqlc.arg(testers)::boolean
)
select b.id, b.asset_name, b.capability, b.valid_to, t.email::text as email,
       coalesce((select min(i.name) from identity i where i.email = t.email), (select c.name from account c where c.email = t.email), '')::text as name,
       exists (select from account c join account_role r on r.account_id = c.id where c.email = t.email and r.role <> 'member' and r.site_id is null) as reads
  from told t
  join about b on b.id = t.id
 where t.email like '%_@_%' and not person_is_gone(t.email)
 order by t.email, b.valid_to, b.id;

-- name: ExceptionApprovers :many
-- The risk officers who may answer: not who asked, nor who owns a control; rank is
-- how high they may approve.
select e.id, a.name as asset_name, e.capability, r.number as revision, r.residual, r.ends_at, c.email, c.name,
       coalesce((select p.up_to from exception_approver p where p.email = c.email), 'high')::text as up_to
  from exception e
  join asset a on a.id = e.asset_id
  join exception_revision r on r.exception_id = e.id and r.number = e.revision
  left join zone z on z.id = a.zone_id
  join account_role o on o.role = 'risk_officer' and (o.site_id is null or o.site_id = z.site_id)
  join account c on c.id = o.account_id and c.disabled_at is null
 where e.id = any (sqlc.arg(exceptions)::bigint[])
   and not is_same_person(c.email, r.requested_by)
   and not exists (select from exception_control x where x.exception_id = e.id and x.dropped_at is null and is_same_person(c.email, x.owner))
   and not person_is_gone(c.email)
 order by c.email, e.id;

-- name: ExceptionGet :one
select e.*, a.name as asset_name, a.ended_at as asset_ended_at, a.class as asset_class, a.installed_on, a.vendor, a.model, z.level, z.domain, z.name as zone_name, s.name as site_name,
       a.safety_related, a.criticality, coalesce(a.capabilities ->> e.capability, 'unknown')::text as answer, coalesce(d.since, '0001-01-01Z')::timestamptz as drifted_since,
       exception_state_at(e.state, e.valid_from, e.valid_to, e.suspended_at, d.since, sqlc.arg(now)::timestamptz, make_interval(secs => sqlc.arg(grace)::double precision))::text as now_state
  from exception e
  join asset a on a.id = e.asset_id
  left join zone z on z.id = a.zone_id
  left join site s on s.id = z.site_id
  left join (select c.exception_id, min(case when not c.passed then c.tested_at else c.next_due end)::timestamptz as since
               from exception_control c
              where c.dropped_at is null and (not c.passed or c.next_due <= sqlc.arg(now)::timestamptz)
              group by c.exception_id) d on d.exception_id = e.id
 where e.id = sqlc.arg(id)::bigint;

-- name: ExceptionNumbers :one
with live as (
  select e.asset_id, e.capability,
         exception_state_at(e.state, e.valid_from, e.valid_to, e.suspended_at, exception_drifted_since(e.id, sqlc.arg(now)), sqlc.arg(now)::timestamptz, make_interval(secs => sqlc.arg(grace)::double precision)) as state,
         exists (select from exception_control c where c.exception_id = e.id and c.dropped_at is null and not c.passed) as failed,
         exception_drifted_since(e.id, sqlc.arg(now)) is not null as drifts
    from exception e
   where e.state = 'approved'
), gap as (
  select g.safety_related, l.state = 'active' as covered, l.drifts, l.failed,
         exists (select from exception o where o.asset_id = g.asset_id and o.capability = g.capability and o.first_valid_from is not null) as before
    from exception_gap g
    left join live l on l.asset_id = g.asset_id and l.capability = g.capability and l.state in ('active', 'suspended')
)
select count(*) as gaps,
       count(*) filter (where covered and not drifts) as covered,
       count(*) filter (where covered and drifts) as drifting,
       count(*) filter (where covered and drifts and failed) as failing,
       count(*) filter (where covered is not true) as uncovered,
       count(*) filter (where covered is not true and not before) as never_asked,
       count(*) filter (where covered is not true and safety_related) as uncovered_safety,
       (select count(*) from exception_revision r where r.state = 'submitted') as waiting
  from gap;

-- name: ExceptionCovered :many
-- Assets that cannot, with an exception in force, by the domain of their zone.
select coalesce(z.domain, '')::text as domain, e.capability, count(*) as assets
  from exception e
  join asset a     on a.id = e.asset_id and a.ended_at is null
  left join zone z on z.id = a.zone_id
 where e.state = 'approved'
   and coalesce(a.capabilities ->> e.capability, 'unknown') not in ('native', 'via_proxy')
   and exception_state_at(e.state, e.valid_from, e.valid_to, e.suspended_at, exception_drifted_since(e.id, sqlc.arg(now)), sqlc.arg(now)::timestamptz, make_interval(secs => sqlc.arg(grace)::double precision)) = 'active'
 group by 1, 2
 order by 1, 2;

-- name: ExceptionWhere :many
-- The gaps by site and by capability, and how they stand.
with live as (
  select e.asset_id, e.capability, exception_drifted_since(e.id, sqlc.arg(now)) is not null as drifts
    from exception e
   where e.state = 'approved'
     and exception_state_at(e.state, e.valid_from, e.valid_to, e.suspended_at, exception_drifted_since(e.id, sqlc.arg(now)), sqlc.arg(now)::timestamptz, exception_grace()) = 'active'
)
select coalesce(g.site_id, 0)::bigint as site_id, coalesce(case when grouping(g.site_id) = 0 then min(s.name) end, '')::text as site_name, coalesce(g.capability, '')::text as capability, count(*) as gaps,
       count(*) filter (where l.drifts is false) as covered, count(*) filter (where l.drifts) as drifting, count(*) filter (where l.drifts is null) as uncovered
  from exception_gap g
  left join site s on s.id = g.site_id
  left join live l on l.asset_id = g.asset_id and l.capability = g.capability
 group by grouping sets ((g.site_id), (g.capability))
 order by count(*) filter (where l.drifts is null) desc, count(*) desc, min(s.name), g.capability;

-- name: ExceptionAges :many
-- How long the assets in force have been exceptions, over all renewals and earlier
-- exceptions for the same, in days, and which is the oldest of each span.
with aged as (
  select e.id, extract(epoch from sqlc.arg(now)::timestamptz - (select min(o.first_valid_from) from exception o where o.asset_id = e.asset_id and o.capability = e.capability)) / 86400 as days
    from exception e
   where e.state = 'approved' and e.valid_to > sqlc.arg(now)::timestamptz and e.valid_from <= sqlc.arg(now)::timestamptz
)
select width_bucket(days, array[90, 180, 365, 730]::numeric[])::integer as span, count(*) as exceptions, max(days)::float8 as oldest, sum(days)::float8 as days
  from aged
 group by 1
 order by 1;

-- name: ExceptionMedianAge :one
select coalesce(percentile_cont(0.5) within group (order by extract(epoch from sqlc.arg(now)::timestamptz - (select min(o.first_valid_from) from exception o where o.asset_id = e.asset_id and o.capability = e.capability)) / 86400), 0)::float8 as days
  from exception e
 where e.state = 'approved' and e.valid_to > sqlc.arg(now)::timestamptz and e.valid_from <= sqlc.arg(now)::timestamptz;

-- name: ExceptionViews :many
select id, name, query from exception_view where owner = $1 order by name;

-- name: ExceptionViewSave :one
insert into exception_view (owner, name, query, saved_at)
values ($1, $2, $3, $4)
on conflict (owner, name) do update set query = excluded.query, saved_at = excluded.saved_at
returning id;

-- name: ExceptionViewCount :one
select count(*) from exception_view where owner = $1 and name <> $2;

-- name: ExceptionViewDrop :execrows
delete from exception_view where id = $1 and owner = $2;

-- name: ExceptionCells :many
-- Those in force, by likelihood and consequence after the controls.
select r.left_likelihood::smallint as likelihood, greatest(r.left_people, r.left_environment, r.left_supply)::smallint as consequence, count(*) as exceptions
  from exception e
  join exception_revision r on r.exception_id = e.id and r.state = 'approved'
   and r.number = (select max(x.number) from exception_revision x where x.exception_id = e.id and x.state = 'approved')
 where e.state = 'approved' and e.valid_to > sqlc.arg(now)::timestamptz
 group by 1, 2
 order by 1, 2;

-- name: ExceptionMonths :many
-- What ends in each of the next twelve months, by band.
select date_trunc('month', e.valid_to at time zone 'UTC')::timestamptz as month,
       count(*) filter (where r.residual < 5) as low, count(*) filter (where r.residual between 5 and 9) as medium, count(*) filter (where r.residual >= 10) as high
  from exception e
  join exception_revision r on r.exception_id = e.id and r.state = 'approved'
   and r.number = (select max(x.number) from exception_revision x where x.exception_id = e.id and x.state = 'approved')
 where e.state = 'approved' and e.valid_to > sqlc.arg(now)::timestamptz
 group by 1
 order by 1;

-- name: ExceptionUncovered :many
-- Gaps without an exception in force, the most consequential first.
select g.asset_id, a.name as asset_name, g.capability, g.answer::text as answer, g.level, z.domain, z.name as zone_name, s.name as site_name, g.safety_related,
       coalesce((select o.id from exception o where o.asset_id = g.asset_id and o.capability = g.capability order by o.id desc limit 1), 0)::bigint as last_id
  from exception_gap g
  join asset a on a.id = g.asset_id
  join zone z on z.id = a.zone_id
  left join site s on s.id = z.site_id
 where not exists (
   select from exception e
    where e.asset_id = g.asset_id and e.capability = g.capability
      and exception_state_at(e.state, e.valid_from, e.valid_to, e.suspended_at, exception_drifted_since(e.id, sqlc.arg(now)), sqlc.arg(now)::timestamptz, make_interval(secs => sqlc.arg(grace)::double precision)) = 'active')
   and (sqlc.arg(capability)::text = '' or g.capability = sqlc.arg(capability)::text)
   and (sqlc.arg(site)::bigint = 0 or g.site_id = sqlc.arg(site)::bigint)
   and (sqlc.arg(asset)::bigint = 0 or g.asset_id = sqlc.arg(asset)::bigint)
   and (g.asset_id, g.capability) > (sqlc.arg(after_asset)::bigint, sqlc.arg(after_capability)::text)
 order by g.asset_id, g.capability
 limit sqlc.arg(page)::integer;

-- name: ExceptionLeaning :many
-- Who holds rights on the asset: the grants that lean on its exception.
select i.id as identity_id, i.name, i.kind, e.name as entitlement, coalesce(e.privilege, '')::text as privilege, g.last_used_at
  from entitlement e
  join access_grant g on g.entitlement_id = e.id and g.ended_at is null and (g.expires_at is null or g.expires_at > sqlc.arg(now)::timestamptz)
  join identity i on i.id = g.identity_id and i.ended_at is null
 where e.asset_id = sqlc.arg(asset)::bigint and e.ended_at is null
 order by array_position(array['admin', 'engineer', 'operate', 'view'], e.privilege), i.name, g.id
 limit 200;

-- name: ExceptionNames :many
select p.email::text as email, min(p.name)::text as name
  from identity p
 where p.email = any (sqlc.arg(emails)::text[])
 group by p.email
 order by p.email;

-- name: ExceptionMineCount :one
-- How many controls somebody tests of exceptions that are not over.
select count(*)
  from exception_control c
  join exception e on e.id = c.exception_id
 where c.owner = $1 and c.dropped_at is null and e.ended_at is null;

-- name: ExceptionMyControls :many
-- The controls somebody tests: of what is approved, the first due first, then the others.
select c.id, c.exception_id, c.title, c.method, c.evidence, c.every_days, c.tested_at, c.passed, c.next_due, e.capability, a.name as asset_name,
       z.level, z.domain, z.name as zone_name, s.name as site_name, a.safety_related,
       coalesce((select t.note from exception_test t where t.control_id = c.id order by t.id desc limit 1), '')::text as last_note,
       exception_state_at(e.state, e.valid_from, e.valid_to, e.suspended_at, exception_drifted_since(e.id, sqlc.arg(now)), sqlc.arg(now)::timestamptz, exception_grace())::text as now_state
  from exception_control c
  join exception e on e.id = c.exception_id
  join asset a on a.id = e.asset_id
  left join zone z on z.id = a.zone_id
  left join site s on s.id = z.site_id
 where c.owner = sqlc.arg(owner)::text and c.dropped_at is null and e.ended_at is null
 order by (e.state = 'approved') desc, c.next_due, c.id
 limit 500;

-- name: ExceptionMyAssets :many
-- The exceptions of assets that somebody owns, or is risk owner of, that are not
-- over or ended within 90 days; the first to end first.
select e.id, e.capability, e.valid_to, e.risk_owner, a.name as asset_name, z.level, z.domain, z.name as zone_name, s.name as site_name, a.safety_related,
       coalesce((select r.way_out from exception_revision r where r.exception_id = e.id order by (r.state = 'approved') desc, r.number desc limit 1), '')::text as way_out,
       (exception_drifted_since(e.id, sqlc.arg(now)) is not null)::boolean as drifts,
       exception_state_at(e.state, e.valid_from, e.valid_to, e.suspended_at, exception_drifted_since(e.id, sqlc.arg(now)), sqlc.arg(now)::timestamptz, exception_grace())::text as now_state
  from exception e
  join asset a on a.id = e.asset_id
  left join zone z on z.id = a.zone_id
  left join site s on s.id = z.site_id
  left join ownership_in_force f on f.subject = 'asset' and f.subject_id = a.id
  left join identity_standing o on o.identity_id = coalesce(f.owner_id, a.owner_id)
 where (o.email = sqlc.arg(owner)::text or e.risk_owner = sqlc.arg(owner)::text)
   and e.state not in ('draft', 'withdrawn', 'rejected')
   and (e.ended_at is null or e.valid_to > sqlc.arg(now)::timestamptz - interval '90 days')
 order by e.valid_to nulls last, e.id
 limit 500;

-- name: ExceptionAttachments :many
select id, name, type, size, sha256, added_by, added_at
  from exception_attachment
 where exception_id = $1
 order by id;

-- name: ExceptionAttachmentInsert :one
insert into exception_attachment (exception_id, name, type, size, sha256, content, added_by, added_at)
values ($1, $2, $3, $4, $5, $6, $7, $8)
returning id;

-- name: ExceptionAttachmentGet :one
select id, exception_id, name, type, size, sha256, content, added_by, added_at
  from exception_attachment
 where id = $1 and exception_id = $2;

-- name: ExceptionAttachedBefore :one
-- How many files the exception has, and whether this one is among them.
select count(*) as files, coalesce(bool_or(sha256 = sqlc.arg(sha256)::bytea), false)::boolean as same
  from exception_attachment
 where exception_id = sqlc.arg(exception_id)::bigint;

-- name: ExceptionIsTester :one
-- Whether somebody tests a control of it.
select exists (select from exception_control c where c.exception_id = $1 and c.owner = $2 and c.dropped_at is null);

-- name: ExceptionBands :many
select band, from_score, max_days from exception_band order by from_score;

-- name: ExceptionBandSet :exec
update exception_band set max_days = $2 where band = $1;

-- name: ExceptionRequirements :many
select level::text as level, capability from exception_requirement order by level, capability;

-- name: ExceptionRequirementsAdd :exec
insert into exception_requirement (level, capability)
select unnest(sqlc.arg(levels)::text[])::numeric, unnest(sqlc.arg(capabilities)::text[])
on conflict do nothing;

-- name: ExceptionRequirementsDrop :exec
delete from exception_requirement q
 using (select unnest(sqlc.arg(levels)::text[])::numeric as level, unnest(sqlc.arg(capabilities)::text[]) as capability) d
 where q.level = d.level and q.capability = d.capability;

-- name: ExceptionGapCount :one
select count(*) from exception_gap;

-- name: ExceptionOfficers :many
-- The risk officers, with how high they may approve and who said so.
select c.email, c.name, coalesce(p.up_to, 'high')::text as up_to, coalesce(p.added_by, '')::text as added_by, coalesce(p.added_at, '0001-01-01Z')::timestamptz as added_at,
       array(select coalesce(s.name, '') from account_role o left join site s on s.id = o.site_id where o.account_id = c.id and o.role = 'risk_officer' order by s.name nulls first)::text[] as sites
  from account c
  left join exception_approver p on p.email = c.email
 where c.disabled_at is null and exists (select from account_role o where o.account_id = c.id and o.role = 'risk_officer')
 order by c.name, c.email;

-- name: ExceptionApproverSet :exec
insert into exception_approver (email, up_to, added_by, added_at)
values ($1, $2, $3, $4)
on conflict (email) do update set up_to = excluded.up_to, added_by = excluded.added_by, added_at = excluded.added_at;
