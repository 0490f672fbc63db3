-- name: FindingLock :exec
select pg_advisory_xact_lock(hashtext('finding: evaluating')), set_config('work_mem', '64MB', true);

-- name: FindingCloseOthers :execrows
update finding
   set closed_at = $1
 where closed_at is null and rule <> all(sqlc.arg(known)::text[]);

-- name: FindingRefresh :exec
analyze finding;

-- name: FindingEvaluationInsert :one
insert into finding_evaluation (started_at, finished_at, opened, closed)
values ($1, $2, $3, $4)
returning id;

-- name: FindingTallyInsert :exec
insert into finding_tally (evaluation_id, rule, severity, found, opened, closed, milliseconds)
values ($1, $2, $3, $4, $5, $6, $7);

-- name: FindingLatest :one
select coalesce(max(finished_at), 'epoch')::timestamptz as evaluated_at,
       coalesce((select max(i.finished_at) from import i), 'epoch')::timestamptz as imported_at
  from finding_evaluation;

-- name: FindingAskLock :exec
select pg_advisory_xact_lock(hashtext('finding: asking'));

-- name: FindingWaits :many
select id
  from job_progress
 where kind = 'findings' and state = 'waiting' and not cancel_asked
 order by id
   for update;

-- name: FindingNumbers :many
select f.rule, f.severity,
       count(*) as open,
       count(*) filter (where f.acknowledged_until > sqlc.arg(now)::timestamptz) as acknowledged,
       count(*) filter (where f.opened_at > sqlc.arg(now)::timestamptz - interval '7 days') as fresh,
       min(f.opened_at)::timestamptz as oldest
  from finding_open f
 group by f.rule, f.severity
 order by f.severity desc, count(*) desc, f.rule;

-- name: FindingStanding :many
-- What the last evaluation found by each rule, from its tally, without counting the
-- findings; and what has changed since the last evaluation that is a week old.
with latest as (select max(id) as id from finding_evaluation),
former as (select max(id) as id from finding_evaluation where finished_at <= sqlc.arg(now)::timestamptz - interval '7 days'),
known as (
  select f.rule, count(*) as findings
    from (select distinct on (finding_id) finding_id, until from finding_acknowledgement order by finding_id, id desc) a
    join finding f on f.id = a.finding_id and f.closed_at is null
   where a.until > sqlc.arg(now)::timestamptz
   group by f.rule)
select t.rule, t.severity, t.found::bigint as open, coalesce(k.findings, 0)::bigint as acknowledged,
       (former.id is not null)::boolean as compared, (t.found - coalesce(b.found, 0))::bigint as more
  from finding_tally t
 cross join former
  left join finding_tally b on b.evaluation_id = former.id and b.rule = t.rule
  left join known k on k.rule = t.rule
 where t.evaluation_id = (select id from latest)
 order by t.severity desc, t.found desc, t.rule;

-- name: FindingSites :many
select id, name
  from site
 where ended_at is null
 order by lower(name), id;
