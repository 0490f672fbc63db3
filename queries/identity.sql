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

-- name: IdentityJoinsByImport :many
-- How many pairs each of these imports joined, by rule.
select import_id::bigint as import_id, rule, count(*) as pairs
  from identity_join
 where import_id = any (sqlc.arg(imports)::bigint[])
 group by import_id, rule
 order by import_id, rule;

-- name: IdentityJoinCandidates :many
-- Persons of one name, known to different sources, that no rule took for one and
-- nobody parted. A name that many have says nothing.
select a.id as left_id, a.name as left_name, a.kind as left_kind, a.external_id as left_key, sa.name as left_source, a.email as left_email, a.department as left_department, a.status as left_status,
       b.id as right_id, b.name as right_name, b.kind as right_kind, b.external_id as right_key, sb.name as right_source, b.email as right_email, b.department as right_department, b.status as right_status
  from identity a
  join identity b on lower(b.name) collate "C" = lower(a.name) collate "C" and b.source_id <> a.source_id and b.id > a.id
                 and b.kind in ('person', 'contractor') and b.ended_at is null
  join source sa  on sa.id = a.source_id
  join source sb  on sb.id = b.source_id
 where a.kind in ('person', 'contractor') and a.ended_at is null and strpos(btrim(a.name), ' ') > 0
   and (a.id, b.id) > (sqlc.arg(after_left)::bigint, sqlc.arg(after_right)::bigint)
   and not exists (select from identity_join j where j.identity_id = a.id and j.other_id = b.id and j.lapsed_at is null)
   and not exists (select from identity_member x join identity_member y on y.person_id = x.person_id where x.identity_id = a.id and y.identity_id = b.id)
   and (select count(*) from (select from identity c where lower(c.name) collate "C" = lower(a.name) collate "C" limit 5) k) < 5
   and (sqlc.arg(text)::text = '' or a.name ilike sqlc.arg(text)::text or a.external_id ilike sqlc.arg(text)::text or b.external_id ilike sqlc.arg(text)::text)
 order by a.id, b.id
 limit sqlc.arg(most)::integer;

-- name: IdentityPersons :many
-- Those of these identities that are persons in their sources now.
select id, name from identity where id = any (sqlc.arg(ids)::bigint[]) and kind in ('person', 'contractor') and ended_at is null order by id;

-- name: IdentityJoinByHand :one
insert into identity_join (identity_id, other_id, rule, evidence, joined_at, joined_by, reason)
values (sqlc.arg(identity_id)::bigint, sqlc.arg(other_id)::bigint, 'by_hand', sqlc.arg(evidence)::text, sqlc.arg(at)::timestamptz, sqlc.arg(joined_by)::text, sqlc.arg(reason)::text)
returning id;

-- name: IdentityJoinUndo :many
with undone as (
  update identity_join
     set undone_at = sqlc.arg(at)::timestamptz, undone_by = sqlc.arg(undone_by)::text, undone_reason = sqlc.arg(reason)::text
   where undone_at is null and lapsed_at is null and sqlc.arg(identity)::bigint in (identity_id, other_id)
  returning id, identity_id, other_id
)
select id, identity_id, other_id from undone order by id;

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

-- Ownership: offered, answered, ended.

-- name: IdentityLivePeople :many
-- Who these e-mails are, of the people who are here.
select lower(e.address)::text as address, (min(s.identity_id))::bigint as identity_id, (min(s.name))::text as name
  from unnest(sqlc.arg(addresses)::text[]) as e (address)
  join identity i          on i.email = lower(e.address)
  join identity_standing s on s.identity_id = i.id and s.is_live_person and s.status = 'active'
 group by lower(e.address)
 order by 1;

-- name: IdentityOwned :many
-- The things asked for, with who owns them now.
select o.subject, o.subject_id, o.name, o.owner_id, o.owner_email, o.standing, coalesce(o.named_by, '')::text as named_by,
       coalesce(is_same_person(o.owner_email, sqlc.arg(actor)::text), false)::boolean as is_mine
  from (select unnest(sqlc.arg(subjects)::text[]) as subject, unnest(sqlc.arg(ids)::bigint[]) as id) t
  join lateral (select w.subject, w.subject_id, w.name, w.owner_id, w.owner_email, w.standing, w.named_by
                  from ownership w where w.subject = t.subject and w.subject_id = t.id offset 0) o on true
 order by o.subject, o.subject_id;

-- name: IdentityOffersLapse :many
-- What nobody answered in time is expired; asked for all, or before a new offer for these.
with lapsed as (
  update ownership_transfer
     set state = 'expired', answered_at = sqlc.arg(at)::timestamptz, answered_by = sqlc.arg(by)::text
   where state = 'offered' and expires_at <= sqlc.arg(at)::timestamptz
  returning id
)
select id from lapsed order by id;

-- name: IdentityOffer :many
with offered as (
  insert into ownership_transfer (subject, subject_id, owner_id, email, former_owner_id, proposal, note, offered_by, offered_at, expires_at)
  select t.subject, t.id, t.owner, t.email, nullif(t.former, 0), t.proposal, sqlc.arg(note)::text, sqlc.arg(by)::text, sqlc.arg(at)::timestamptz, sqlc.arg(until)::timestamptz
    from (select unnest(sqlc.arg(subjects)::text[]) as subject, unnest(sqlc.arg(ids)::bigint[]) as id, unnest(sqlc.arg(owners)::bigint[]) as owner,
                 unnest(sqlc.arg(emails)::text[]) as email, unnest(sqlc.arg(formers)::bigint[]) as former, unnest(sqlc.arg(proposals)::text[]) as proposal) t
  returning id
)
select id from offered order by id;

-- name: IdentityOffersForUpdate :many
select t.id, t.subject, t.subject_id, t.owner_id, t.email, t.state, t.expires_at, t.offered_by, t.answered_at,
       coalesce(is_same_person(t.email, sqlc.arg(actor)::text), false)::boolean as is_mine
  from ownership_transfer t
 where t.id = any (sqlc.arg(ids)::bigint[])
 order by t.id
   for update of t;

-- name: IdentityOfferAnswer :exec
update ownership_transfer t
   set state = sqlc.arg(state)::text, answered_by = sqlc.arg(by)::text, answered_at = sqlc.arg(at)::timestamptz, answer_note = sqlc.arg(note)::text,
       source_owner_id = case when sqlc.arg(state)::text = 'accepted' then
         (select i.owner_id from identity i where t.subject = 'identity' and i.id = t.subject_id
           union all select a.owner_id from asset a where t.subject = 'asset' and a.id = t.subject_id
           union all select e.owner_id from entitlement e where t.subject = 'entitlement' and e.id = t.subject_id) end
 where t.id = any (sqlc.arg(ids)::bigint[]);

-- name: IdentityTransferReplace :exec
-- Whoever took these over before is followed by who takes them over now.
update ownership_transfer old
   set state = 'ended', ended_by = sqlc.arg(by)::text, ended_at = sqlc.arg(at)::timestamptz, ended_reason = 'taken over by ' || n.email
  from ownership_transfer n
 where n.id = any (sqlc.arg(ids)::bigint[]) and old.subject = n.subject and old.subject_id = n.subject_id and old.state = 'accepted';

-- name: IdentityTransferEnd :exec
update ownership_transfer
   set state = 'ended', ended_by = sqlc.arg(by)::text, ended_at = sqlc.arg(at)::timestamptz, ended_reason = sqlc.arg(reason)::text
 where id = sqlc.arg(id)::bigint;

-- name: IdentityOffersOf :many
-- What a person is offered and has not answered.
select t.id, t.subject, t.subject_id, o.name, coalesce(o.kind, '')::text as kind, s.name as source, o.external_id, a.name as asset_name, t.proposal, t.note, t.offered_by, t.offered_at, t.expires_at,
       f.name as former_name, f.status as former_status
  from ownership_transfer t
  join lateral (select w.name, w.kind, w.source_id, w.external_id, w.asset_id from ownership w where w.subject = t.subject and w.subject_id = t.subject_id offset 0) o on true
  join source s                   on s.id = o.source_id
  left join asset a               on a.id = o.asset_id
  left join identity_standing f   on f.identity_id = t.former_owner_id
 where t.state = 'offered' and t.expires_at > sqlc.arg(at)::timestamptz
   and (t.email = sqlc.arg(email)::text
        or t.email in (select unnest(p.emails) from identity i join identity_member m on m.identity_id = i.id join identity_person p on p.id = m.person_id where i.email = sqlc.arg(email)::text))
 order by t.expires_at, t.id
 limit sqlc.arg(most)::integer;

-- name: IdentityOffersWaiting :one
select count(*)
  from ownership_transfer t
 where t.state = 'offered' and t.expires_at > sqlc.arg(at)::timestamptz
   and (t.email = sqlc.arg(email)::text
        or t.email in (select unnest(p.emails) from identity i join identity_member m on m.identity_id = i.id join identity_person p on p.id = m.person_id where i.email = sqlc.arg(email)::text));

-- name: IdentityProposals :many
-- Who might own things that are owned by nobody who is here, and why: whoever
-- managed the owner before or manages the thing itself, who owns where it is at
-- home, and who granted access with it last.
with thing as materialized (
  select t.subject, t.id, o.owner_id, o.asset_id, i.manager_id
    from (select unnest(sqlc.arg(subjects)::text[]) as subject, unnest(sqlc.arg(ids)::bigint[]) as id) t
    join lateral (select w.owner_id, w.asset_id from ownership w where w.subject = t.subject and w.subject_id = t.id offset 0) o on true
    left join identity i on t.subject = 'identity' and i.id = t.id
), candidate as (
  select t.subject, t.id, 1 as place, 'manager' as rule, m.id as person_id, f.name as about, null::bigint as things, null::timestamptz as at, null::text as ticket
    from thing t
    join identity f on f.id = t.owner_id
   cross join lateral (select x.id from identity b join identity x on x.id in (b.manager_id, (select up.manager_id from identity up where up.id = b.manager_id))
                                   join identity_standing xs on xs.identity_id = x.id and xs.is_live_person
                        where b.id = f.id
                        order by (x.id = b.manager_id) desc
                        limit 1) m
   union all
  select t.subject, t.id, 2, 'manager', t.manager_id, null, null, null, null from thing t where t.manager_id is not null
   union all
  select t.subject, t.id, 3, 'asset_owner', w.owner_id, w.name, w.things, null, null
    from thing t
   cross join lateral (select coalesce(fa.owner_id, a.owner_id) as owner_id, min(a.name) as name, count(distinct a.id) as things
                         from access_grant g
                         join entitlement e on e.id = g.entitlement_id
                         join asset a       on a.id = e.asset_id
                         left join ownership_in_force fa on fa.subject = 'asset' and fa.subject_id = a.id
                         join identity_standing s on s.identity_id = coalesce(fa.owner_id, a.owner_id) and s.is_live_person
                        where g.identity_id = t.id and g.ended_at is null
                        group by 1
                        order by max(array_position(array['view', 'operate', 'engineer', 'admin'], e.privilege)) desc nulls last, count(*) desc, 1
                        limit 1) w
   where t.subject = 'identity'
   union all
  select t.subject, t.id, 3, 'asset_owner', w.owner_id, w.name, w.things, null, null
    from thing t
    join asset h on h.id = t.asset_id
    join zone z  on z.id = h.zone_id
   cross join lateral (select coalesce(fa.owner_id, a.owner_id) as owner_id, z.name, count(*) as things
                         from asset a
                         left join ownership_in_force fa on fa.subject = 'asset' and fa.subject_id = a.id
                         join identity_standing s on s.identity_id = coalesce(fa.owner_id, a.owner_id) and s.is_live_person
                        where a.zone_id = h.zone_id and a.id <> h.id and a.ended_at is null
                        group by 1
                        order by 3 desc, 1
                        limit 1) w
   where t.subject = 'asset'
   union all
  select t.subject, t.id, 3, 'asset_owner', ao.owner_id, a.name, 1, null, null
    from thing t
    join asset a      on a.id = t.asset_id
    join lateral (select w.owner_id from ownership w where w.subject = 'asset' and w.subject_id = a.id and w.standing = 'owned' offset 0) ao on true
   where t.subject = 'entitlement'
   union all
  select t.subject, t.id, 4, 'last_granter', w.identity_id, null, null, w.granted_at, w.ticket
    from thing t
   cross join lateral (
     select s.identity_id, k.granted_at, k.ticket
       from (select g.source_id, g.granted_by, g.granted_at, g.ticket
               from (select b.id, b.source_id, b.granted_by, b.granted_at, b.ticket, b.ended_at from access_grant b where t.subject = 'identity' and b.identity_id = t.id
                      union all
                     select b.id, b.source_id, b.granted_by, b.granted_at, b.ticket, b.ended_at from access_grant b where t.subject = 'entitlement' and b.entitlement_id = t.id
                      union all
                     select b.id, b.source_id, b.granted_by, b.granted_at, b.ticket, b.ended_at
                       from entitlement e join access_grant b on b.entitlement_id = e.id where t.subject = 'asset' and e.asset_id = t.id) g
              where g.ended_at is null and g.granted_by is not null
              order by g.granted_at desc nulls last, g.id desc
              limit 20) k
       join lateral ( -- each by an index of its own
              select x.id from identity x where x.source_id = k.source_id and x.external_id = k.granted_by
               union
              select x.id from identity x
               where x.external_id = substr(k.granted_by, strpos(k.granted_by, ':') + 1)
                 and x.source_id = (select src.id from source src where src.name = split_part(k.granted_by, ':', 1))
               union
              select x.id from identity x where x.email = lower(btrim(k.granted_by))) who on true
       join identity_standing s on s.identity_id = who.id and s.is_live_person
      order by k.granted_at desc nulls last
      limit 1) w
)
select c.subject::text as subject, c.id::bigint as id, c.rule::text as rule, s.identity_id, s.name, s.email::text as email, coalesce(c.about, '')::text as about, c.things, c.at, c.ticket
  from candidate c
  join thing t             on t.subject = c.subject and t.id = c.id
  join identity_standing s on s.identity_id = c.person_id and s.is_live_person and s.status = 'active' and s.email is not null
 where s.identity_id is distinct from t.owner_id
 order by c.subject, c.id, c.place;

-- name: IdentityOwnershipCounts :one
select count(*) as things,
       count(*) filter (where standing = 'owned') as owned,
       count(*) filter (where standing = 'none') as none,
       count(*) filter (where standing in ('gone', 'no_person')) as gone,
       count(*) filter (where is_contradicted) as contradicted,
       (select count(*) from ownership_transfer t where t.state = 'offered' and t.expires_at > sqlc.arg(at)::timestamptz) as offered
  from ownership;

-- name: IdentityOwnershipClasses :many
-- The same by class of things, as of whatever moment is read.
select (case when subject <> 'identity' then subject when kind in ('shared', 'vendor') then kind else 'machine' end)::text as class,
       count(*) as things,
       count(*) filter (where standing = 'none') as none,
       count(*) filter (where standing in ('gone', 'no_person')) as gone,
       count(*) filter (where is_contradicted) as contradicted
  from ownership
 group by 1
 order by 1;

-- name: IdentityOffersOpen :one
-- How many offers wait for an answer, anybody's.
select count(*) from ownership_transfer where state = 'offered' and expires_at > sqlc.arg(at)::timestamptz;

-- name: IdentityGoneOwners :many
-- Who owns things but is gone, those who own most first.
select o.owner_id::bigint as owner_id, o.owner_name::text as name, o.owner_status::text as status, count(*) as things
  from ownership o
 where o.standing in ('gone', 'no_person')
 group by o.owner_id, o.owner_name, o.owner_status
 order by 4 desc, 2, 1
 limit sqlc.arg(most)::integer;

-- name: IdentityTransferList :many
-- Offers, newest first.
select t.id, t.subject, t.subject_id, coalesce(i.name, a.name, e.name, '')::text as name, coalesce(i.kind, a.class, e.privilege, '')::text as kind,
       n.name as owner_name, t.email, f.name as former_name, t.proposal, t.note, t.offered_by, t.offered_at, t.expires_at,
       case when t.state = 'offered' and t.expires_at <= sqlc.arg(at)::timestamptz then 'expired' else t.state end::text as state,
       t.answered_by, t.answered_at, t.answer_note, t.ended_by, t.ended_at, t.ended_reason
  from ownership_transfer t
  join identity n         on n.id = t.owner_id
  left join identity f    on f.id = t.former_owner_id
  left join identity i    on t.subject = 'identity' and i.id = t.subject_id
  left join asset a       on t.subject = 'asset' and a.id = t.subject_id
  left join entitlement e on t.subject = 'entitlement' and e.id = t.subject_id
 where (sqlc.arg(before)::bigint = 0 or t.id < sqlc.arg(before)::bigint)
   and (sqlc.arg(by)::text = '' or t.offered_by = sqlc.arg(by)::text)
   and (sqlc.arg(subject)::text = '' or (t.subject = sqlc.arg(subject)::text and t.subject_id = sqlc.arg(subject_id)::bigint))
   and case sqlc.arg(tab)::text when 'waiting' then t.state = 'offered' and t.expires_at > sqlc.arg(at)::timestamptz
                                when 'answered' then t.state <> 'offered' or t.expires_at <= sqlc.arg(at)::timestamptz else true end
   and (sqlc.arg(text)::text = '' or t.email ilike sqlc.arg(text)::text or i.name ilike sqlc.arg(text)::text or a.name ilike sqlc.arg(text)::text or e.name ilike sqlc.arg(text)::text)
 order by t.id desc
 limit sqlc.arg(most)::integer;

-- name: IdentityGet :one
select i.id, i.source_id, s.name as source, i.external_id, i.name, i.kind, i.email, i.department, i.organisation, i.domain, i.status, i.contract_end, i.auth_method,
       i.last_seen_at, i.ended_at,
       me.status::text as person_status, coalesce(me.person_id, 0)::bigint as person_id,
       o.id as owner_id, o.name as owner_name, o.email as owner_email, coalesce(os.is_live_person, false) as owner_lives, f.since as owner_since,
       m.id as manager_id, m.name as manager_name, m.email as manager_email, coalesce(ms.is_live_person, false) as manager_lives
  from identity i
  join source s on s.id = i.source_id
  join identity_standing me on me.identity_id = i.id
  left join ownership_in_force f on f.subject = 'identity' and f.subject_id = i.id
  left join identity o on o.id = coalesce(f.owner_id, i.owner_id)
  left join identity_standing os on os.identity_id = o.id
  left join identity m on m.id = i.manager_id
  left join identity_standing ms on ms.identity_id = m.id
 where i.id = $1;

-- name: IdentityTotals :one
-- What an identity can do in all, at some sites only unless everywhere.
select count(*) as grants, count(*) filter (where g.expires_at is null) as standing, count(*) filter (where crosses_boundary(i.domain, z.domain)) as crossing,
       count(distinct a.id) as assets, coalesce(max(g.last_used_at), 'epoch')::timestamptz as last_used,
       coalesce((array['view', 'operate', 'engineer', 'admin'])[max(array_position(array['view', 'operate', 'engineer', 'admin'], e.privilege))], '')::text as highest
  from access_grant g
  join identity i on i.id = g.identity_id
  join entitlement e on e.id = g.entitlement_id
  join asset a on a.id = e.asset_id
  left join zone z on z.id = a.zone_id
 where g.identity_id = sqlc.arg(identity)::bigint and g.ended_at is null
   and (sqlc.arg(everywhere)::boolean or z.site_id = any (sqlc.arg(sites)::bigint[]));

-- name: IdentityCredentials :many
-- Where a secret lies is only told of assets that may be seen.
select c.id, c.external_id, c.kind, c.issued_at, c.rotated_at, c.expires_at, c.rotation_days, c.storage, a.id as asset_id, a.name as asset_name, z.level, z.domain,
       coalesce(sqlc.arg(everywhere)::boolean or z.site_id = any (sqlc.arg(sites)::bigint[]), false)::boolean as asset_is_seen
  from credential c
  left join asset a on a.id = c.stored_on_id
  left join zone z on z.id = a.zone_id
 where c.identity_id = sqlc.arg(identity)::bigint and c.ended_at is null
 order by c.kind, c.external_id, c.id;

-- name: IdentityHolders :many
-- Who knows a shared identity's secret, or whose secrets a person knows.
select h.id, h.since, h.until, p.id as other_id, p.name, p.kind, p.status, s.is_live_person,
       (select count(*) from access_grant g where g.identity_id = p.id and g.ended_at is null) as grants
  from holder h
  join identity p on p.id = case when sqlc.arg(shared)::boolean then h.person_id else h.identity_id end
  join identity_standing s on s.identity_id = p.id
 where case when sqlc.arg(shared)::boolean then h.identity_id else h.person_id end = sqlc.arg(identity)::bigint and h.ended_at is null
   and (sqlc.arg(shared)::boolean or sqlc.arg(everywhere)::boolean
        or exists (select from access_grant g join entitlement e on e.id = g.entitlement_id join asset a on a.id = e.asset_id join zone z on z.id = a.zone_id
                    where g.identity_id = p.id and g.ended_at is null and z.site_id = any (sqlc.arg(sites)::bigint[])))
 order by (h.until <= sqlc.arg(at)::timestamptz) nulls first, lower(p.name), h.id;

-- name: IdentitySessions :many
select x.id, x.external_id, x.ticket, x.started_at, x.finished_at, x.window_from, x.window_to, x.recording,
       a.id as asset_id, a.name as asset_name, z.level, z.domain, i.id as identity_id, i.name as identity_name, i.kind as identity_kind, p.id as person_id, p.name as person_name
  from access_session x
  join asset a on a.id = x.asset_id
  left join zone z on z.id = a.zone_id
  join identity i on i.id = x.identity_id
  left join identity p on p.id = x.person_id
 where (x.identity_id = sqlc.arg(identity)::bigint or x.person_id = sqlc.arg(identity)::bigint) and x.ended_at is null
   and (x.started_at is null or x.started_at <= sqlc.arg(at)::timestamptz)
   and (sqlc.arg(everywhere)::boolean or z.site_id = any (sqlc.arg(sites)::bigint[]))
 order by x.started_at desc nulls last, x.id desc
 limit sqlc.arg(most)::integer;

-- name: IdentityDecisions :many
select c.id as campaign_id, c.title, i.entitlement_name, i.privilege, i.asset_id, i.asset_name, i.level, i.asset_domain,
       i.decision, i.outcome, coalesce(w.name, d.decided_by, '')::text as decided_by, d.decided_at, d.note, d.bulk, coalesce(d.decided_at, c.closed_at)::timestamptz as at
  from public.access_grant g
  join review_item i on i.grant_id = g.id
  join review_campaign c on c.id = i.campaign_id
  left join review_decision d on d.id = i.decision_id
  left join review_reviewer w on w.campaign_id = i.campaign_id and w.reviewer = d.decided_by
  left join asset a on a.id = i.asset_id
  left join zone z on z.id = a.zone_id
 where g.identity_id = sqlc.arg(identity)::bigint and coalesce(d.decided_at, c.closed_at) <= sqlc.arg(at)::timestamptz
   and (i.decision is not null or i.outcome is not null)
   and (sqlc.arg(everywhere)::boolean or z.site_id = any (sqlc.arg(sites)::bigint[]))
 order by coalesce(d.decided_at, c.closed_at) desc, i.id desc
 limit sqlc.arg(most)::integer;

-- name: IdentityOwns :one
-- What a person answers for: as its source says, unless somebody else agreed to, and what they agreed to.
select ((select count(*) from identity i where i.owner_id = sqlc.arg(owner)::bigint and i.ended_at is null and i.kind not in ('person', 'contractor')
           and not exists (select from ownership_in_force f where f.subject = 'identity' and f.subject_id = i.id and f.owner_id <> sqlc.arg(owner)::bigint))
     + (select count(*) from ownership_in_force f join identity i on i.id = f.subject_id
         where f.subject = 'identity' and f.owner_id = sqlc.arg(owner)::bigint and i.owner_id is distinct from sqlc.arg(owner)::bigint and i.ended_at is null))::bigint as identities,
       ((select count(*) from asset a where a.owner_id = sqlc.arg(owner)::bigint and a.ended_at is null
           and not exists (select from ownership_in_force f where f.subject = 'asset' and f.subject_id = a.id and f.owner_id <> sqlc.arg(owner)::bigint))
     + (select count(*) from ownership_in_force f join asset a on a.id = f.subject_id
         where f.subject = 'asset' and f.owner_id = sqlc.arg(owner)::bigint and a.owner_id is distinct from sqlc.arg(owner)::bigint and a.ended_at is null))::bigint as assets,
       (select count(*) from identity i where i.manager_id = sqlc.arg(owner)::bigint and i.ended_at is null) as people;

-- name: IdentityJoined :many
-- The other identities of the same person.
select i.id, i.name, i.kind, i.external_id, s.name as source, i.status, i.ended_at
  from identity_member me
  join identity_member m on m.person_id = me.person_id and m.identity_id <> me.identity_id
  join identity i on i.id = m.identity_id
  join source s on s.id = i.source_id
 where me.identity_id = $1
 order by s.name, i.external_id;
