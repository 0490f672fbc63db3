-- name: AuditTryLock :one
select pg_try_advisory_xact_lock($1)::boolean as held;

-- name: AuditLock :exec
select pg_advisory_xact_lock($1);

-- name: AuditTreeSize :one
select (coalesce(max(seq), -1) + 1)::bigint as size
  from audit_leaf;

-- name: AuditHashes :many
select index, hash
  from audit_hash
 where index = any(sqlc.arg(indexes)::bigint[])
 order by index;

-- name: AuditCheckpointLast :one
select size, root, note, at
  from audit_checkpoint
 order by size desc
 limit 1;

-- name: AuditCheckpointInsert :exec
insert into audit_checkpoint (size, root, note, at)
values ($1, $2, $3, $4);

-- name: AuditKeyInsert :exec
insert into audit_key (verifier, first_used)
values ($1, $2)
on conflict do nothing;

-- name: AuditKeys :many
select verifier
  from audit_key
 order by first_used, verifier;

-- name: AuditLate :one
select count(*) as late
  from (select event_id as id from audit_pending
         union
        select id from (select id from audit_event order by id desc limit 10000) newest) candidate
  left join audit_event e on e.id = candidate.id
 where (e.at is null or e.at < $1)
   and not exists (select from audit_leaf l where l.event_id = candidate.id);

-- name: AuditStanding :one
select (select coalesce(max(id), 0)::bigint from audit_event) as events,
       coalesce(max(c.size), 0)::bigint as signed,
       coalesce(max(c.at), now())::timestamptz as signed_at
  from audit_checkpoint c;
