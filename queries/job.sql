-- name: JobProgressInsert :one
insert into job_progress (kind, title, object, created_by, created_at, updated_at)
values ($1, $2, $3, $4, $5, $5)
returning id;

-- name: JobProgressGet :one
select id, kind, title, object, state, done, total, message, result, cancel_asked, created_by, created_at, updated_at
  from job_progress
 where id = $1
   and (sqlc.arg(everyone)::boolean or created_by = sqlc.arg(actor)::text);

-- name: JobProgressList :many
select id, kind, title, object, state, done, total, message, result, cancel_asked, created_by, created_at, updated_at
  from job_progress
 where kind = $1
   and (sqlc.arg(everyone)::boolean or created_by = sqlc.arg(actor)::text)
 order by id desc
 limit 50;

-- name: JobProgressBegin :one
update job_progress
   set state = 'running', updated_at = $2
 where id = $1 and state in ('waiting', 'running')
returning created_by, cancel_asked;

-- name: JobProgressReport :one
update job_progress
   set done = $2, total = $3, message = $4, updated_at = $5
 where id = $1 and state = 'running'
returning cancel_asked;

-- name: JobProgressEnd :exec
update job_progress
   set state = sqlc.arg(state)::text, message = $2, result = $3, updated_at = $4,
       done = case when sqlc.arg(state)::text = 'done' then total else done end
 where id = $1 and state in ('waiting', 'running'); -- whoever ends it first

-- name: JobProgressSilent :many
select id, kind, object, cancel_asked
  from job_progress
 where state in ('waiting', 'running') and updated_at < $1
 order by id
 limit 100;

-- name: JobProgressStillSilent :one
select cancel_asked
  from job_progress
 where id = $1 and state in ('waiting', 'running') and updated_at < $2
   for update;

-- name: JobProgressAskCancel :execrows
update job_progress
   set cancel_asked = true, updated_at = $2
 where id = $1 and state in ('waiting', 'running')
   and (sqlc.arg(everyone)::boolean or created_by = sqlc.arg(actor)::text);

-- name: JobProgressOf :one
select id, kind, title, object, state, done, total, message, result, cancel_asked, created_by, created_at, updated_at
  from job_progress
 where object = $1
   and (sqlc.arg(everyone)::boolean or created_by = sqlc.arg(actor)::text)
 order by id desc
 limit 1;

-- name: JobProgressGoesOn :one
select coalesce(max(id), 0)::bigint as id
  from job_progress
 where object = $1 and kind = $2 and state in ('waiting', 'running');

-- name: JobProgressWaits :one
select exists (
  select from job_progress
   where object = $1 and kind = $2 and state = 'waiting');
