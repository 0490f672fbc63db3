-- name: ControlCampaign :one
select c.id, c.title, c.state, c.items, c.fallback_items, c.created_by, c.created_at,
       c.launched_at, c.due_at, c.closed_at, c.closed_by,
       d.name, d.revision, d.text as definition,
       (select count(*) from review_item i where i.campaign_id = c.id and i.decision is not null) as decided,
       (select count(*) from review_decision r where r.campaign_id = c.id) as decisions,
       (select count(*) from remediation m where m.campaign_id = c.id) as remediations,
       (select count(*) from audit_event e where e.campaign_id = c.id) as events
  from review_campaign c
  join review_definition d on d.id = c.definition_id
 where c.id = $1;

-- name: ControlReviewers :many
select reviewer, name, first_seen_at, last_seen_at, signed_at, statement, entered_by
  from review_reviewer
 where campaign_id = $1
 order by reviewer;

-- name: ControlLock :one
-- Who asks for a pack of the same campaign waits until this transaction ends.
with turn as materialized (select pg_advisory_xact_lock(72103, sqlc.arg(campaign)::integer))
select c.title, d.name, c.launched_at
  from turn, review_campaign c
  join review_definition d on d.id = c.definition_id
 where c.id = sqlc.arg(id)::bigint;

-- name: ControlPackInsert :one
insert into control_pack (campaign_id, job_id, name, size, sha256, made_by, made_at, expires_at)
values ($1, $2, $3, $4, $5, $6, $7, $8)
returning id;

-- name: ControlChunkInsert :exec
insert into control_pack_chunk (pack_id, position, content)
values ($1, $2, $3);

-- name: ControlChunk :one
select content
  from control_pack_chunk
 where pack_id = $1 and position = $2;

-- name: ControlPackOfJob :one
select id, campaign_id, name, size, sha256, made_by, made_at, expires_at
  from control_pack
 where job_id = $1;

-- name: ControlPack :one
select id, campaign_id, name, size, sha256, made_by, made_at, expires_at
  from control_pack
 where campaign_id = $1 and id = $2 and expires_at > sqlc.arg(now)::timestamptz;

-- name: ControlPacks :many
select id, campaign_id, name, size, sha256, made_by, made_at, expires_at
  from control_pack
 where campaign_id = $1 and expires_at > sqlc.arg(now)::timestamptz
 order by id desc
 limit 20;

-- name: ControlPacksSweep :exec
delete from control_pack
 where expires_at <= $1;

-- The front page.

-- name: ControlWork :many
select state, count(*) as items
  from remediation
 group by state
 order by state;

-- name: ControlSources :many
select s.name, max(m.finished_at)::timestamptz as imported_at
  from source s
  join import m on m.source_id = s.id
 group by s.name
 order by imported_at, s.name;

-- name: ControlSafety :one
select exists (select from reach_run) as computed, count(*) filter (where safety > 0) as identities
  from reach;
