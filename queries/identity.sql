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
  select j.identity_id from identity_join j where sqlc.arg(at)::timestamptz in (j.joined_at, j.lapsed_at)
   union
  select m.identity_id from identity_member m join identity i on i.id = m.identity_id
   where i.source_id = sqlc.arg(source)::bigint and sqlc.arg(at)::timestamptz in (i.seen_from, i.ended_at)));
