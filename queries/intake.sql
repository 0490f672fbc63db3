-- name: IntakeLockSource :exec
select pg_advisory_xact_lock(hashtextextended('import:' || sqlc.arg(source)::text, 0));

-- name: IntakeSource :one
insert into source (name, created_at)
values ($1, $2)
on conflict (name) do update set name = excluded.name
returning id;

-- name: IntakeLatest :one
select coalesce(max(started_at), 'epoch')::timestamptz as started_at
  from import
 where source_id = $1;

-- name: IntakeImportInsert :one
insert into import (source_id, file_hash, actor, started_at, finished_at, counts, rejected, ignored)
values ($1, $2, $3, $4, $5, $6, $7, $8)
returning id;

-- name: IntakeImportList :many
select i.id, s.name as source, i.file_hash, i.actor, i.started_at, i.finished_at, i.counts, i.rejected, i.ignored
  from import i
  join source s on s.id = i.source_id
 where sqlc.arg(after)::bigint = 0 or i.id < sqlc.arg(after)::bigint
 order by i.id desc
 limit sqlc.arg(most)::integer;

-- name: IntakeUploadInsert :one
insert into intake_upload (source, file_name, content, created_by, created_at)
values ($1, $2, $3, $4, $5)
returning id;

-- name: IntakeUploadGet :one
select id, source, file_name, length(content)::bigint as size, created_by, created_at
  from intake_upload
 where id = $1;

-- name: IntakeUploadContent :one
select source, content
  from intake_upload
 where id = $1;

-- name: IntakeUploadSweep :exec
delete from intake_upload
 where created_at < $1;

-- name: IntakeUploadDrop :execrows
delete from intake_upload
 where id = $1;

-- name: IntakeFreshness :one
select count(*) as sources, coalesce(min(l.finished_at), now())::timestamptz as oldest, coalesce(max(l.finished_at), now())::timestamptz as newest
  from source s
  join lateral (select m.finished_at from import m where m.source_id = s.id order by m.id desc limit 1) l on true;
