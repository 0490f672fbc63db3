-- name: ReachLock :exec
lock table reach in share row exclusive mode;

-- name: ReachIsNewer :one
select exists (select from reach_run where at > $1);

-- name: ReachRunInsert :exec
insert into reach_run (import_id, at, finished_at, identities, moved) values ($1, $2, $3, $4, $5);

-- name: ReachNewestImport :one
-- The newest import that is in the inventory as of a moment.
select coalesce(max(id), 0)::bigint from import where started_at <= $1;

-- name: ReachStanding :one
select r.at, r.finished_at, r.import_id, s.name as source, i.finished_at as imported_at, r.identities, r.moved,
       exists (select from import n where n.id > coalesce(r.import_id, 0)) as newer_import
  from reach_run r
  left join import i on i.id = r.import_id
  left join source s on s.id = i.source_id
 order by r.at desc
 limit 1;

-- name: ReachKept :many
select identity_id, assets, safety, crossing, levels, highest, target_id, alike, way, changed_at,
       was_assets, was_safety, was_crossing, was_levels, was_highest
  from reach
 where identity_id = any (sqlc.arg(identities)::bigint[])
 order by identity_id;

-- name: ReachIsDue :one
-- What is kept is of an earlier import than the newest, or older than a moment.
select (exists (select from import)
   and not exists (select from reach_run where at > $1 and coalesce(import_id, 0) >= (select max(id) from import)))::boolean;

-- name: ReachSubject :one
select i.id, i.external_id, i.name, i.kind, i.domain, i.status, i.ended_at, s.name as source
  from identity i
  join source s on s.id = i.source_id
 where i.id = $1;
