-- name: MailAdd :many
insert into mail_message (recipient, subject, template, data, created_at, due_at)
select m.recipient, m.subject, m.template, m.data::jsonb, sqlc.arg(now)::timestamptz, sqlc.arg(now)::timestamptz
  from (select unnest(sqlc.arg(recipients)::text[]) as recipient, unnest(sqlc.arg(subjects)::text[]) as subject,
               unnest(sqlc.arg(templates)::text[]) as template, unnest(sqlc.arg(datas)::text[]) as data,
               generate_subscripts(sqlc.arg(recipients)::text[], 1) as position) m
 order by m.position
returning id;

-- name: MailTry :one
update mail_message
   set attempts = attempts + 1
 where id = $1 and state = 'waiting'
returning id, recipient, subject, template, data, attempts, created_at;

-- name: MailLinked :exec
update mail_message set linked = $2 where id = $1;

-- name: MailPark :exec
update mail_message set due_at = null where id = $1 and state = 'waiting';

-- name: MailSent :exec
update mail_message
   set state = 'sent', sent_at = sqlc.arg(now)::timestamptz, last_error = null, due_at = null
 where id = $1 and state = 'waiting';

-- name: MailPutOff :exec
update mail_message
   set last_error = $2, due_at = $3
 where id = $1 and state = 'waiting';

-- name: MailFail :exec
update mail_message
   set state = 'failed', last_error = $2, due_at = null
 where id = $1 and state = 'waiting';

-- name: MailRetry :execrows
update mail_message
   set state = 'waiting', due_at = $2
 where id = $1 and state = 'failed';

-- name: MailResume :many
with resumed as (
  update mail_message
     set due_at = sqlc.arg(now)::timestamptz
   where state = 'waiting' and (due_at is null or due_at < sqlc.arg(lost)::timestamptz)
  returning id
)
select id from resumed order by id;

-- name: MailList :many
select id, recipient, subject, template, state, attempts, last_error, created_at, due_at, sent_at, coalesce(data->>'name', '')::text as name
  from mail_message
 where (sqlc.arg(state)::text = '' or state = sqlc.arg(state)::text)
   and (sqlc.arg(before)::bigint = 0 or id < sqlc.arg(before)::bigint)
 order by id desc
 limit sqlc.arg(count);

-- name: MailGet :one
select id, recipient, subject, template, data, linked, state, attempts, last_error, created_at, due_at, sent_at
  from mail_message
 where id = $1;
