-- Joins: which identities are one person.

-- name: IdentityJoinTurn :exec
-- Two imports at once would each miss the other's people.
select pg_advisory_xact_lock(hashtextextended('identity:join', 0));

-- name: IdentityJoinLapse :execrows
with changed as (
  select id from identity where source_id = sqlc.arg(source)::bigint and seen_from = sqlc.arg(at)::timestamptz
)
update identity_join j
   set lapsed_at = sqlc.arg(at)::timestamptz
 where j.lapsed_at is null and j.undone_at is null and j.import_id is not null
   and (j.identity_id in (select id from changed) or j.other_id in (select id from changed))
   and not exists (select from identity a join identity b on b.id = j.other_id
                    where a.id = j.identity_id and a.kind in ('person', 'contractor') and b.kind in ('person', 'contractor')
                      and (j.rule <> 'same_email' or (a.email = j.evidence and b.email = j.evidence)));

-- name: IdentityJoinMake :many
-- An e-mail that many share is a mailbox, not a person.
with changed as materialized (
  select id, email, external_id, name
    from identity
   where source_id = sqlc.arg(source)::bigint and seen_from = sqlc.arg(at)::timestamptz and ended_at is null and kind in ('person', 'contractor')
), shared as (
  select o.email
    from identity o
   where o.email in (select email from changed) and o.ended_at is null and o.kind in ('person', 'contractor')
   group by o.email
  having count(*) between 2 and sqlc.arg(most)::integer
), pair as (
  select least(c.id, o.id) as identity_id, greatest(c.id, o.id) as other_id, 'same_email' as rule, c.email as evidence
    from shared s
    join changed c  on c.email = s.email
    join identity o on o.email = s.email and o.id <> c.id and o.ended_at is null and o.kind in ('person', 'contractor')
   union
  select least(c.id, o.id), greatest(c.id, o.id), 'same_number', c.external_id
    from changed c
    join identity o on o.external_id = c.external_id and o.source_id <> sqlc.arg(source)::bigint and o.ended_at is null and o.kind in ('person', 'contractor')
   where c.external_id ~ '[0-9]{4}'
     and lower(regexp_replace(btrim(c.name), '\s+', ' ', 'g')) = lower(regexp_replace(btrim(o.name), '\s+', ' ', 'g'))
), made as (
  insert into identity_join (identity_id, other_id, rule, evidence, joined_at, import_id, joined_by, reason)
  select p.identity_id, p.other_id, p.rule, p.evidence, sqlc.arg(at)::timestamptz, sqlc.narg(import)::bigint, sqlc.narg(joined_by)::text, sqlc.narg(reason)::text
    from pair p
   where not exists (select from identity_join j where j.identity_id = p.identity_id and j.other_id = p.other_id and j.rule = p.rule and j.lapsed_at is null)
  returning rule
)
select rule, count(*) as pairs from made group by rule order by rule;

-- name: IdentityRegroupChanged :exec
select identity_regroup(array(
  select unnest(array[j.identity_id, j.other_id]) from identity_join j where sqlc.arg(at)::timestamptz in (j.joined_at, j.lapsed_at)
   union
  select m.identity_id from identity_member m join identity i on i.id = m.identity_id
   where i.source_id = sqlc.arg(source)::bigint and sqlc.arg(at)::timestamptz in (i.seen_from, i.ended_at)));

-- name: IdentityJoinList :many
select j.id, j.rule, j.evidence, j.joined_at, j.import_id, j.joined_by, j.reason, j.lapsed_at, j.undone_at, j.undone_by, j.undone_reason,
       a.id as left_id, a.name as left_name, a.kind as left_kind, a.external_id as left_key, sa.name as left_source, a.email as left_email,
       case when a.ended_at is null then a.status else 'ended' end::text as left_status,
       b.id as right_id, b.name as right_name, b.kind as right_kind, b.external_id as right_key, sb.name as right_source, b.email as right_email,
       case when b.ended_at is null then b.status else 'ended' end::text as right_status,
       coalesce(p.status, '')::text as person_status,
       (select count(*) from identity_member x where x.person_id = m.person_id) as person_size
  from identity_join j
  join identity a on a.id = j.identity_id
  join source sa  on sa.id = a.source_id
  join identity b on b.id = j.other_id
  join source sb  on sb.id = b.source_id
  left join identity_member m on m.identity_id = j.identity_id
  left join identity_person p on p.id = m.person_id
 where (sqlc.arg(id)::bigint = 0 or j.id = sqlc.arg(id)::bigint)
   and (sqlc.arg(before)::bigint = 0 or j.id < sqlc.arg(before)::bigint)
   and case sqlc.arg(state)::text when 'counts' then j.undone_at is null and j.lapsed_at is null
                                  when 'undone' then j.undone_at is not null
                                  when 'lapsed' then j.lapsed_at is not null else true end
   and (sqlc.arg(rule)::text = '' or j.rule = sqlc.arg(rule)::text)
   and (sqlc.arg(import)::bigint = 0 or j.import_id = sqlc.arg(import)::bigint)
   and (sqlc.arg(identity)::bigint = 0 or sqlc.arg(identity)::bigint in (j.identity_id, j.other_id))
   and (sqlc.arg(text)::text = '' or a.name ilike sqlc.arg(text)::text or b.name ilike sqlc.arg(text)::text or j.evidence ilike sqlc.arg(text)::text
        or a.external_id ilike sqlc.arg(text)::text or b.external_id ilike sqlc.arg(text)::text)
   and (not sqlc.arg(contradicted)::boolean or lower(a.name) <> lower(b.name) or (a.ended_at is null and b.ended_at is null and a.status <> b.status))
 order by j.id desc
 limit sqlc.arg(most)::integer;

-- name: IdentityJoinCounts :one
select count(*) filter (where undone_at is null and lapsed_at is null) as counts,
       count(*) filter (where undone_at is not null) as undone,
       count(*) filter (where lapsed_at is not null) as lapsed,
       (select count(*) from identity_person) as persons
  from identity_join;

-- name: IdentityJoinUndo :many
update identity_join
   set undone_at = sqlc.arg(at)::timestamptz, undone_by = sqlc.arg(undone_by)::text, undone_reason = sqlc.arg(reason)::text
 where undone_at is null and lapsed_at is null and sqlc.arg(identity)::bigint in (identity_id, other_id)
returning id, identity_id, other_id;

-- name: IdentityJoinAgain :one
insert into identity_join (identity_id, other_id, rule, evidence, joined_at, joined_by, reason)
select j.identity_id, j.other_id, j.rule, j.evidence, sqlc.arg(at)::timestamptz, sqlc.arg(joined_by)::text, sqlc.arg(reason)::text
  from identity_join j
 where j.id = sqlc.arg(id)::bigint
returning id;

-- name: IdentityRegroup :exec
select identity_regroup(sqlc.arg(identities)::bigint[]);

-- name: IdentityIsActor :one
-- Whether one of these identities is who has this e-mail.
select exists (select from identity i where i.id = any (sqlc.arg(identities)::bigint[]) and is_same_person(i.email, sqlc.arg(email)::text));

-- Reading.

-- name: IdentitySources :many
select name
  from source
 order by name;
