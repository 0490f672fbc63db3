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

-- name: FindingTrend :many
-- What the last evaluation of each day found, for a quarter of a year.
select (e.day::timestamp at time zone sqlc.arg(zone)::text)::timestamptz as day, sum(t.found)::bigint as open, coalesce(sum(t.found) filter (where t.severity >= 3), 0)::bigint as high
  from (select distinct on ((finished_at at time zone sqlc.arg(zone)::text)::date) id, (finished_at at time zone sqlc.arg(zone)::text)::date as day
          from finding_evaluation
         where finished_at > sqlc.arg(now)::timestamptz - interval '90 days'
         order by (finished_at at time zone sqlc.arg(zone)::text)::date, id desc) e
  join finding_tally t on t.evaluation_id = e.id and t.rule <> 'legacy_excepted'
 group by e.day
 order by e.day;

-- name: FindingSites :many
select id, name
  from site
 where ended_at is null
 order by lower(name), id;

-- One finding.

-- name: FindingOf :one
select f.part, f.closed_at, i.ended_at is not null as is_gone, coalesce(is_same_person(i.email, lower(sqlc.arg(reader)::text)), false)::boolean as is_about_reader
  from finding f
  left join identity i on i.id = f.identity_id
 where f.id = sqlc.arg(id)::bigint;

-- name: FindingSpells :many
-- Every time that this was so, the latest first: what is open and what is closed have
-- an index each.
with this as (select f.rule, f.subject_id, f.part from finding f where f.id = $1)
select s.id, s.opened_at, s.closed_at, s.note
  from this
 cross join lateral (
   select o.id, o.opened_at, o.closed_at, o.note
     from finding o
    where o.rule = this.rule and o.subject_id = this.subject_id and o.part = this.part and o.closed_at is null
    union all
   select c.id, c.opened_at, c.closed_at, c.note
     from finding c
    where c.rule = this.rule and c.subject_id = this.subject_id and c.part = this.part and c.closed_at is not null) s
 order by s.id desc
 limit 20;

-- name: FindingAcknowledgements :many
select a.reason, a.at, a.actor, a.until
  from finding_acknowledgement a
 where a.finding_id = $1
 order by a.id desc
 limit 50;

-- name: FindingGrant :one
select f.entitlement_name, f.entitlement_description, f.entitlement_privilege, f.granted_at, f.granted_by, f.expires_at, f.last_used_at, f.ticket,
       f.conduit_external_id, f.conduit_kind, f.crosses_boundary
  from access_fact f
 where f.grant_id = $1;

-- name: FindingCredential :one
select c.external_id, c.kind, c.issued_at, c.rotated_at, c.expires_at, c.rotation_days, c.storage, c.stored_on_id, a.name as stored_on
  from credential c
  left join asset a on a.id = c.stored_on_id
 where c.id = $1;

-- name: FindingAnswers :many
-- Who is accountable for what the finding is about.
select o.subject, o.owner_id, o.owner_name, o.owner_email, o.standing
  from ownership o
 where (o.subject = 'identity' and o.subject_id = sqlc.arg(identity)::bigint) or (o.subject = 'asset' and o.subject_id = sqlc.arg(asset)::bigint)
 order by o.subject desc;

-- name: FindingAcknowledge :exec
insert into finding_acknowledgement (finding_id, reason, at, actor, until)
values ($1, $2, $3, $4, $5);

-- What is allowed, and what must not come together.

-- name: FindingPolicies :many
select p.id, p.identity_id, p.credential_id, si.name as source, coalesce(i.id, ci.id)::bigint as subject_id, coalesce(i.external_id, ci.external_id)::text as identity,
       coalesce(i.name, ci.name)::text as identity_name, coalesce(i.kind, ci.kind)::text as kind, c.external_id as credential,
       p.why, p.owner_id, w.name as owner_name, w.email as owner_email, coalesce(w.is_live_person, false)::boolean as is_live_person,
       p.created_at, p.created_by, p.ends_at, p.ended_at, p.ended_by
  from finding_policy p
  left join identity i on i.id = p.identity_id
  left join credential c on c.id = p.credential_id
  left join identity ci on ci.id = c.identity_id
  join source si on si.id = coalesce(i.source_id, ci.source_id)
  join identity_standing w on w.identity_id = p.owner_id
 order by p.ended_at is not null, p.ends_at <= sqlc.arg(now)::timestamptz, p.ends_at, p.id
 limit 500;

-- name: FindingPolicyInsert :one
insert into finding_policy (identity_id, credential_id, why, owner_id, created_at, created_by, ends_at)
values (sqlc.narg(identity_id), sqlc.narg(credential_id), $1, $2, $3, $4, $5)
returning id;

-- name: FindingPolicyEnd :execrows
update finding_policy
   set ended_at = sqlc.arg(now)::timestamptz, ended_by = sqlc.arg(actor)::text
 where id = sqlc.arg(id)::bigint and ended_at is null;

-- name: FindingPerson :many
-- A live person by e-mail, also by that of another identity of theirs.
select i.id
  from identity i
  join identity_standing w on w.identity_id = i.id
 where w.is_live_person and i.ended_at is null and (i.email = sqlc.arg(email)::text or w.email = sqlc.arg(email)::text)
 order by i.kind <> 'person', i.id
 limit 1;

-- name: FindingToxicList :many
select t.id, t.name, t.why, w.name as owner_name, w.email as owner_email, coalesce(w.is_live_person, false)::boolean as is_live_person,
       t.first_words, t.first_classes, t.first_domains, t.first_privileges, t.second_words, t.second_classes, t.second_domains, t.second_privileges,
       t.created_at, t.created_by,
       (select count(*) from finding f where f.rule = 'toxic_combination' and f.part = t.id and f.closed_at is null) as open
  from finding_toxic t
  left join identity_standing w on w.identity_id = t.owner_id
 where t.ended_at is null
 order by lower(t.name), t.id;

-- name: FindingToxicInsert :one
insert into finding_toxic (name, why, owner_id, first_words, first_classes, first_domains, first_privileges, second_words, second_classes, second_domains, second_privileges, created_at, created_by)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
returning id;

-- name: FindingToxicEnd :execrows
update finding_toxic
   set ended_at = sqlc.arg(now)::timestamptz, ended_by = sqlc.arg(actor)::text
 where id = sqlc.arg(id)::bigint and ended_at is null;

-- name: FindingToxicOwner :execrows
update finding_toxic
   set owner_id = sqlc.arg(owner)::bigint
 where id = sqlc.arg(id)::bigint and ended_at is null;

-- name: FindingLastUse :one
select greatest(i.last_seen_at, (select max(s.started_at) from access_session s where s.identity_id = i.id and s.ended_at is null),
                (select max(g.last_used_at) from access_grant g where g.identity_id = i.id and g.ended_at is null), 'epoch')::timestamptz as used_at
  from identity i
 where i.id = $1;

-- name: FindingUseReviewInsert :exec
insert into finding_use_review (identity_id, used_until, reviewer, reviewed_at, note)
values ($1, $2, $3, $4, $5);
