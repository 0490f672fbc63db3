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
       (coalesce(a.capabilities ->> e.capability, '') in ('native', 'via_proxy'))::boolean as gained
  from exception e
  join asset a on a.id = e.asset_id
 cross join lateral (
   select exception_state_at(e.state, e.valid_from, e.valid_to, e.suspended_at, exception_drifted_since(e.id, sqlc.arg(now)), sqlc.arg(now)::timestamptz, make_interval(secs => sqlc.arg(grace)::double precision)) as state) s
 where e.ended_at is null
   and (a.ended_at is not null
        or coalesce(a.capabilities ->> e.capability, '') in ('native', 'via_proxy')
        or s.state = 'expired'
        or (s.state = 'suspended' and e.suspended_at is null))
 order by e.id;

-- name: ExceptionGet :one
select e.*, a.name as asset_name, a.class as asset_class, a.vendor, a.model, z.level, z.domain, z.name as zone_name, s.name as site_name,
       a.safety_related, a.criticality, a.capabilities ->> e.capability as answer, coalesce(d.since, '0001-01-01Z')::timestamptz as drifted_since,
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
