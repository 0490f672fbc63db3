-- name: LoginAccountByEmail :one
select id, email, name, password_hash, disabled_at, person_is_gone(email) as gone
  from account
 where email = $1;

-- name: LoginActor :one
select a.email, a.name, a.disabled_at,
       person_is_gone(a.email) as gone,
       array_agg(r.role order by r.role, r.site_id) filter (where r.role is not null)::text[] as roles,
       array_agg(coalesce(r.site_id::text, '*') order by r.role, r.site_id) filter (where r.role is not null)::text[] as sites
  from account a
  left join account_role r on r.account_id = a.id
 where a.id = $1
 group by a.id;

-- name: LoginAccountAdd :one
insert into account (email, name, created_at)
values (sqlc.arg(email)::text,
        coalesce(nullif(sqlc.arg(name)::text, ''),
                 (select i.name from identity i where i.email = sqlc.arg(email) and i.kind = 'person' order by i.ended_at nulls first, i.id limit 1),
                 sqlc.arg(email)),
        sqlc.arg(now))
on conflict (email) do nothing
returning id;

-- name: LoginRoleAdd :execrows
insert into account_role (account_id, role, site_id, granted_at, granted_by)
values ($1, $2, $3, $4, $5)
on conflict do nothing;

-- name: LoginRoleTake :execrows
delete from account_role
 where account_id = $1 and role = $2 and site_id is not distinct from sqlc.narg(site_id);

-- name: LoginDisable :execrows
update account set disabled_at = sqlc.arg(now)::timestamptz where id = $1 and disabled_at is null;

-- name: LoginEnable :execrows
update account set disabled_at = null where id = $1 and disabled_at is not null;

-- name: LoginOwn :one
select a.email, a.name, a.password_at, a.signed_in_at,
       (select array_agg(r.role || coalesce(' at ' || s.name, '') order by r.role, s.name)
          from account_role r
          left join site s on s.id = r.site_id
         where r.account_id = a.id)::text[] as roles
  from account a
 where a.id = $1;

-- name: LoginSites :many
select s.id
  from site s
 where s.ended_at is null and (s.external_id = sqlc.arg(site)::text or s.name = sqlc.arg(site)::text)
 order by s.id
 limit 2;

-- name: LoginAccountsEnsure :execrows
insert into account (email, name, created_at)
select distinct on (lower(p.email)) lower(p.email), coalesce(nullif(p.name, ''), lower(p.email)), sqlc.arg(now)::timestamptz
  from (select unnest(sqlc.arg(emails)::text[]) as email, unnest(sqlc.arg(names)::text[]) as name) p
 where p.email like '%_@_%'
 order by lower(p.email), p.name desc
on conflict (email) do nothing;

-- name: LoginMembersEnsure :execrows
insert into account_role (account_id, role, granted_at, granted_by)
select a.id, 'member', sqlc.arg(now)::timestamptz, sqlc.arg(granted_by)::text
  from account a
 where a.email in (select lower(e) from unnest(sqlc.arg(emails)::text[]) as e)
 order by a.id
on conflict do nothing;

-- name: LoginAttempt :one
-- No row comes back while the e-mail is locked out: a try then neither counts nor
-- prolongs. Counting comes before the password is looked at, so that a hundred
-- tries at once are five.
insert into login_failure as f (email, failures, last_at)
values (sqlc.arg(email), 1, sqlc.arg(now))
on conflict (email) do update
   set failures = case when f.locked_until is null then f.failures + 1 else 1 end,
       locked_until = case when f.locked_until is null and f.failures + 1 >= sqlc.arg(allowed)::integer
                           then sqlc.arg(until)::timestamptz end,
       last_at = excluded.last_at
 where f.locked_until is null or f.locked_until <= excluded.last_at
returning locked_until;

-- name: LoginShut :one
-- A try during the lock-out: counted, and due on record at most once a minute.
with was as (
  select f.email, f.last_at <= sqlc.arg(now)::timestamptz - interval '1 minute' as due
    from login_failure f
   where f.email = sqlc.arg(email)
     for update
)
update login_failure f
   set failures = f.failures + 1,
       last_at = case when was.due then sqlc.arg(now)::timestamptz else f.last_at end
  from was
 where f.email = was.email
returning f.locked_until, f.failures, was.due::boolean as due;

-- name: LoginFailuresForget :exec
delete from login_failure where email = $1;

-- name: LoginFailuresSweep :exec
delete from login_failure where last_at < $1;

-- name: LoginSignedIn :exec
update account set signed_in_at = $2 where id = $1;

-- name: LoginPasswordSet :exec
update account set password_hash = $2, password_at = $3 where id = $1;

-- name: LoginTokenMint :exec
-- Takes the place of an unused link, so that an account has one at most.
insert into login_token (hash, account_id, expires_at)
values ($1, $2, $3)
on conflict (account_id) where used_at is null do update
   set hash = excluded.hash, expires_at = excluded.expires_at;

-- name: LoginTokenFind :one
select a.id, a.email, a.name, t.expires_at
  from login_token t
  join account a on a.id = t.account_id
 where t.hash = $1 and t.used_at is null and t.expires_at > sqlc.arg(now)::timestamptz and a.disabled_at is null;

-- name: LoginTokenUse :one
update login_token t
   set used_at = sqlc.arg(now)::timestamptz
  from account a
 where t.hash = $1 and t.used_at is null and t.expires_at > sqlc.arg(now)::timestamptz
   and a.id = t.account_id and a.disabled_at is null
returning a.id, a.email;

-- name: LoginTokensSweep :exec
delete from login_token where expires_at < $1;

-- name: LoginNeedsPassword :one
select id
  from account
 where email = $1 and password_hash is null and disabled_at is null;

-- name: LoginAccounts :many
select a.id, a.email, a.name, a.signed_in_at, a.disabled_at, (a.password_hash is not null)::boolean as has_password,
       (select array_agg(r.role || coalesce(' at ' || s.name, '') order by r.role, s.name)
          from account_role r
          left join site s on s.id = r.site_id
         where r.account_id = a.id)::text[] as roles,
       exists (select from login_failure f where f.email = a.email and f.locked_until > sqlc.arg(now)::timestamptz) as locked,
       person_is_gone(a.email) as gone
  from account a
 where a.email > sqlc.arg(after)::text
 order by a.email
 limit sqlc.arg(count);

-- name: LoginSessionFind :one
select data, seen_at
  from session
 where token_hash = $1 and ended_at is null
   and expires_at > sqlc.arg(now)::timestamptz and seen_at > sqlc.arg(idle_since)::timestamptz;

-- name: LoginSessionTouch :exec
update session
   set seen_at = sqlc.arg(now)::timestamptz
 where token_hash = $1 and ended_at is null and seen_at < sqlc.arg(now)::timestamptz;

-- name: LoginSessionCommit :exec
insert into session as s (token_hash, account_id, data, created_at, seen_at, expires_at)
values ($1, $2, $3, sqlc.arg(now), sqlc.arg(now), sqlc.arg(expires_at))
on conflict (token_hash) do update
   set data = excluded.data, account_id = excluded.account_id, seen_at = excluded.seen_at
 where s.ended_at is null;

-- name: LoginSessionEnd :exec
update session
   set ended_at = $2, data = ''
 where token_hash = $1 and ended_at is null;

-- name: LoginSessionsEnd :execrows
update session
   set ended_at = $2, data = ''
 where account_id = $1 and ended_at is null;

-- name: LoginSessionsSweep :exec
delete from session where expires_at < $1;
