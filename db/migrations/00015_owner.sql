-- +goose Up

-- One person is often known to several sources. Which identities are the same
-- person is found by rules at import; each join is a row that is seen and undone.
create table identity_join (
  id            bigint generated always as identity primary key,
  identity_id   bigint not null references identity (id),
  other_id      bigint not null references identity (id),
  rule          text not null,
  evidence      text not null,
  joined_at     timestamptz not null,
  import_id     bigint references import (id),
  joined_by     text,
  reason        text,
  lapsed_at     timestamptz,
  undone_at     timestamptz,
  undone_by     text,
  undone_reason text,
  constraint join_is_of_two_identities check (identity_id < other_id),
  constraint join_rule_is_known check (rule in ('same_email', 'same_number')),
  constraint join_is_by_an_import_or_a_person check (num_nulls(import_id, joined_by) = 1 and (joined_by is null) = (nullif(btrim(reason), '') is null)),
  constraint join_undone_says_who_and_why check (num_nulls(undone_at, undone_by, nullif(btrim(undone_reason), '')) in (0, 3)),
  constraint join_ends_one_way check (lapsed_at is null or undone_at is null)
);
comment on table identity_join is 'Two identities taken for one person: by which rule, on what evidence, since when, by which import or which person. It ends when its evidence is gone (lapsed) or a person undoes it; what was undone is joined again by that rule only if a person says so.';
create unique index identity_join_counts_once on identity_join (identity_id, other_id, rule) where lapsed_at is null and undone_at is null;
create index identity_join_by_pair on identity_join (identity_id, other_id, rule, id desc);
create index identity_join_by_other on identity_join (other_id);

-- +goose StatementBegin
create function identity_join_only_ends() returns trigger language plpgsql as $$
begin
  if (old.id, old.identity_id, old.other_id, old.rule, old.evidence, old.joined_at, old.import_id, old.joined_by, old.reason)
     is distinct from (new.id, new.identity_id, new.other_id, new.rule, new.evidence, new.joined_at, new.import_id, new.joined_by, new.reason)
     or old.undone_at is not null or old.lapsed_at is not null then
    raise exception using errcode = '23514', constraint = 'join_only_ends', message = 'a join only ends, once';
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger only_ends before update on identity_join for each row execute function identity_join_only_ends();
create trigger never_deleted before delete on identity_join for each row execute function refuse_change('join_only_ends');
create trigger never_emptied before truncate on identity_join for each statement execute function refuse_change('join_only_ends');

create view identity_link as
select identity_id, other_id from identity_join where lapsed_at is null and undone_at is null
 union all
select other_id, identity_id from identity_join where lapsed_at is null and undone_at is null;
comment on view identity_link is 'The joins that count, from either side.';

create table identity_person (
  id     bigint primary key,
  email  text,
  status text not null,
  emails text[] not null
);
comment on table identity_person is 'A person of several identities, worked out of the joins by identity_regroup; id is the oldest of them. Left in one source is left, unless another has them as active since; an account that was disabled or removed says nothing of the person while they are elsewhere.';

create table identity_member (
  identity_id bigint primary key,
  person_id   bigint not null
);
comment on table identity_member is 'The identities of identity_person. An identity that is not here is a person of its own.';
create index identity_member_by_person on identity_member (person_id);

-- +goose StatementBegin
create function identity_status_since(i identity) returns timestamptz language sql stable as $$
  select coalesce((select min(h.seen_from) from identity_history h
                    where h.id = i.id and h.status = i.status and h.ended_at is null
                      and h.seen_from >= coalesce((select max(o.seen_until) from identity_history o
                                                    where o.id = i.id and (o.status <> i.status or o.ended_at is not null)), '-infinity')),
                  i.seen_from)
$$;

-- Who is one person, worked out anew for the persons that these identities are or
-- were part of. A person has few identities, so each is walked to all of its own.
create function identity_regroup(moved bigint[]) returns void language plpgsql as $$
begin
  create temp table regrouped on commit drop as
  with recursive touched as (
    select unnest(moved) as id
     union
    select b.identity_id from unnest(moved) as a (id) join identity_member x on x.identity_id = a.id join identity_member b on b.person_id = x.person_id
  ), walk as (
    select id, id as seen from touched
     union
    select w.id, l.other_id from walk w join identity_link l on l.identity_id = w.seen
  )
  select id, min(seen) as person_id, count(*) as size from walk group by id;

  delete from identity_member m using regrouped r where m.identity_id = r.id and r.size = 1;
  insert into identity_member as m
  select id, person_id from regrouped where size > 1
      on conflict (identity_id) do update set person_id = excluded.person_id where m.person_id <> excluded.person_id;
  delete from identity_person p using regrouped r where p.id = r.id and r.id <> r.person_id or p.id = r.id and r.size = 1;

  insert into identity_person as p
  with word as ( -- what each source says
    select r.person_id, i.source_id,
           bool_or(i.ended_at is null and i.status = 'active') as active,
           bool_or(i.ended_at is null and i.status = 'leave') as leave,
           bool_or(i.ended_at is null and i.status = 'disabled') as disabled,
           max(identity_status_since(i)) filter (where i.ended_at is null and i.status in ('active', 'leave')) as here_since,
           max(identity_status_since(i)) filter (where i.status = 'left') as left_since
      from regrouped r
      join identity i on i.id = r.id
     where r.size > 1
     group by r.person_id, i.source_id
  ), said as (
    select person_id, bool_or(active) as active, bool_or(leave) as leave, bool_or(disabled) as disabled,
           max(here_since) as here_since, max(left_since) filter (where here_since is null) as left_since
      from word
     group by person_id
  ), address as (
    select r.person_id,
           (array_agg(i.email order by (i.ended_at is null and i.status = 'active') desc, i.id) filter (where i.email is not null))[1] as email,
           coalesce(array_agg(distinct i.email) filter (where i.email is not null), '{}') as emails
      from regrouped r
      join identity i on i.id = r.id
     where r.size > 1
     group by r.person_id
  )
  select s.person_id, a.email,
         case when s.left_since >= coalesce(s.here_since, '-infinity') then 'left'
              when s.active then 'active' when s.leave then 'leave' when s.disabled then 'disabled' else 'left' end,
         a.emails
    from said s
    join address a using (person_id)
      on conflict (id) do update set email = excluded.email, status = excluded.status, emails = excluded.emails
   where (p.email, p.status, p.emails) is distinct from (excluded.email, excluded.status, excluded.emails);
  drop table regrouped;
end $$;

create function is_same_person(address text, other text) returns boolean language sql stable as $$
  select address = other
      or exists (select from identity a join identity_member x on x.identity_id = a.id
                   join identity_member y on y.person_id = x.person_id join identity b on b.id = y.identity_id
                  where a.email = address and b.email = other)
$$;
-- +goose StatementEnd
comment on function identity_status_since is 'Since when an identity has the status it has.';
comment on function identity_regroup is 'To be called with the identities of every join that was made or ended, and every member of a person that changed.';
comment on function is_same_person is 'Whether two e-mails belong to one person.';

create view identity_standing as
select i.id as identity_id, i.kind, i.name, m.person_id,
       coalesce(p.email, i.email) as email,
       coalesce(p.status, case when i.ended_at is null then i.status else 'left' end) as status,
       i.kind in ('person', 'contractor') and coalesce(p.status, case when i.ended_at is null then i.status else 'left' end) in ('active', 'leave') as is_live_person
  from identity i
  left join identity_member m on m.identity_id = i.id
  left join identity_person p on p.id = m.person_id;
comment on view identity_standing is 'Each identity as the person it belongs to: their e-mail, their status, whether they can own and answer.';

create or replace function person_is_gone(address text) returns boolean language sql stable as $$
  select exists (select from identity i where i.email = address and i.kind in ('person', 'contractor'))
     and not exists (select from identity i join identity_standing s on s.identity_id = i.id
                      where i.email = address and s.is_live_person and (i.ended_at is null or s.person_id is not null))
$$;

-- Who answers for an identity, an asset or an entitlement is what its source says,
-- until somebody agrees to take it over.
create table ownership_transfer (
  id              bigint generated always as identity primary key,
  subject         text not null,
  subject_id      bigint not null,
  owner_id        bigint not null references identity (id),
  email           text not null,
  former_owner_id bigint references identity (id),
  proposal        text not null,
  note            text not null default '',
  offered_by      text not null,
  offered_at      timestamptz not null,
  expires_at      timestamptz not null,
  state           text not null default 'offered',
  answered_by     text,
  answered_at     timestamptz,
  answer_note     text not null default '',
  source_owner_id bigint references identity (id),
  ended_by        text,
  ended_at        timestamptz,
  ended_reason    text,
  constraint transfer_subject_is_known check (subject in ('identity', 'asset', 'entitlement')),
  constraint transfer_proposal_is_known check (proposal in ('manager', 'asset_owner', 'last_granter', 'named')),
  constraint transfer_state_is_known check (state in ('offered', 'accepted', 'declined', 'withdrawn', 'expired', 'ended')),
  constraint transfer_expires_after_it_is_offered check (expires_at > offered_at),
  constraint transfer_answer_says_who_and_when check ((state = 'offered') = (answered_at is null) and (answered_at is null) = (answered_by is null)),
  constraint transfer_is_accepted_in_time check (state not in ('accepted', 'ended') or answered_at < expires_at),
  constraint transfer_end_says_who_and_why check ((state = 'ended') = (ended_at is not null) and num_nulls(ended_at, ended_by, nullif(btrim(ended_reason), '')) in (0, 3))
);
comment on table ownership_transfer is 'Ownership offered to a person (owner_id, who answers by email) and what they said. Accepted counts over what the source says, until ended. former_owner_id: who owned it when it was offered; source_owner_id: whom the source named when it was accepted; proposal: why this person.';
create unique index only_one_offer_waits on ownership_transfer (subject, subject_id) where state = 'offered';
create unique index only_one_transfer_counts on ownership_transfer (subject, subject_id) where state = 'accepted';
create index ownership_transfer_by_email on ownership_transfer (email, state);
create index ownership_transfer_by_subject on ownership_transfer (subject, subject_id, id desc);

-- +goose StatementBegin
-- Nobody is made owner without agreeing, on any path: a row begins as an offer,
-- its terms stay, and it is accepted only by the person it names.
create function ownership_transfer_guard() returns trigger language plpgsql as $$
declare broken text;
begin
  if tg_op = 'INSERT' then
    if new.state <> 'offered' then
      broken := 'nobody_owns_without_agreeing';
    elsif not exists (select from identity_standing s where s.identity_id = new.owner_id and s.is_live_person and is_same_person(s.email, new.email)) then
      broken := 'owner_is_a_live_person';
    end if;
  elsif (old.id, old.subject, old.subject_id, old.owner_id, old.email, old.former_owner_id, old.proposal, old.note, old.offered_by, old.offered_at, old.expires_at)
        is distinct from (new.id, new.subject, new.subject_id, new.owner_id, new.email, new.former_owner_id, new.proposal, new.note, new.offered_by, new.offered_at, new.expires_at)
        or (old.state <> 'offered' and (old.answered_by, old.answered_at, old.answer_note, old.source_owner_id) is distinct from (new.answered_by, new.answered_at, new.answer_note, new.source_owner_id)) then
    broken := 'transfer_terms_never_change';
  elsif not ((old.state = 'offered' and new.state in ('accepted', 'declined', 'withdrawn', 'expired')) or (old.state = 'accepted' and new.state = 'ended')) then
    broken := 'transfer_moves_on_only';
  elsif new.state in ('accepted', 'declined') and not is_same_person(new.email, new.answered_by) then
    broken := 'nobody_owns_without_agreeing';
  elsif new.state = 'accepted' and not exists (select from identity_standing s where s.identity_id = new.owner_id and s.is_live_person) then
    broken := 'owner_is_a_live_person';
  end if;
  if broken is not null then
    raise exception using errcode = '23514', constraint = broken, message = 'transfer refused: ' || broken;
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger guard before insert or update on ownership_transfer for each row execute function ownership_transfer_guard();
create trigger never_deleted before delete on ownership_transfer for each row execute function refuse_change('transfer_moves_on_only');
create trigger never_emptied before truncate on ownership_transfer for each statement execute function refuse_change('transfer_moves_on_only');

-- An accepted transfer stands though its source goes on naming whom it named, or
-- names somebody else: that is shown, not followed. Only when its owner is gone
-- and the source has named another live person since, the source counts again.
create view ownership_in_force as
select t.id as transfer_id, t.subject, t.subject_id, t.answered_at as since, t.named_id as source_owner_id,
       case when not ts.is_live_person and t.named_id is distinct from t.source_owner_id and ns.is_live_person
            then t.named_id else t.owner_id end as owner_id,
       t.named_id is distinct from t.source_owner_id and t.named_id is distinct from t.owner_id
         and (ns.person_id is null or ns.person_id is distinct from ts.person_id) as is_contradicted
  from (select c.id, c.subject, c.subject_id, c.owner_id, c.answered_at, c.source_owner_id, coalesce(i.owner_id, a.owner_id, e.owner_id) as named_id
          from ownership_transfer c
          left join identity i    on c.subject = 'identity' and i.id = c.subject_id
          left join asset a       on c.subject = 'asset' and a.id = c.subject_id
          left join entitlement e on c.subject = 'entitlement' and e.id = c.subject_id
         where c.state = 'accepted') t
  left join identity_standing ts on ts.identity_id = t.owner_id
  left join identity_standing ns on ns.identity_id = t.named_id;
comment on view ownership_in_force is 'Whatever somebody agreed to own: who owns it now, whom its source names, and whether the source has changed its mind against the owner since.';

create view ownership as
with owned as (
  select 'identity' as subject, i.id as subject_id, i.source_id, i.external_id, i.name, i.kind as kind, null::bigint as asset_id,
         i.owner_id as source_owner_id, f.owner_id as taken_by, f.transfer_id, f.since, f.is_contradicted, null::bigint as asset_owner_id
    from identity i
    left join ownership_in_force f on f.subject = 'identity' and f.subject_id = i.id
   where i.kind not in ('person', 'contractor') and i.ended_at is null and i.status <> 'left'
   union all
  select 'asset', a.id, a.source_id, a.external_id, a.name, a.class, a.id,
         a.owner_id, f.owner_id, f.transfer_id, f.since, f.is_contradicted, null
    from asset a
    left join ownership_in_force f on f.subject = 'asset' and f.subject_id = a.id
   where a.ended_at is null
   union all
  select 'entitlement', e.id, e.source_id, e.external_id, e.name, e.privilege, a.id,
         e.owner_id, f.owner_id, f.transfer_id, f.since, f.is_contradicted, coalesce(af.owner_id, a.owner_id)
    from entitlement e
    join asset a on a.id = e.asset_id
    left join ownership_in_force f on f.subject = 'entitlement' and f.subject_id = e.id
    left join ownership_in_force af on af.subject = 'asset' and af.subject_id = a.id
   where e.ended_at is null
)
select w.subject, w.subject_id, w.source_id, w.external_id, w.name, w.kind, w.asset_id, o.identity_id as owner_id, o.name as owner_name, o.email as owner_email, o.status as owner_status,
       case when o.identity_id is null then 'none'
            when o.is_live_person then 'owned'
            when o.kind in ('person', 'contractor') then 'gone'
            else 'no_person' end as standing,
       case when o.identity_id is null then null
            when w.taken_by is not null then case when o.identity_id = w.taken_by and w.taken_by is distinct from w.source_owner_id then 'transfer' else 'source' end
            when w.source_owner_id is not null then 'source' else 'asset' end as named_by,
       w.transfer_id, w.since, w.source_owner_id, coalesce(w.is_contradicted, false) as is_contradicted
  from owned w
  left join identity_standing o on o.identity_id = coalesce(w.taken_by, w.source_owner_id, w.asset_owner_id);
comment on view ownership is 'Who is accountable for every identity that is no person, every asset and every entitlement; the owner of an asset answers for its entitlements that have none of their own. standing: owned by a live person, by none, by a person who is gone, or by what is no person. named_by: a transfer, the source, or the asset.';

-- A person counts as one, and an owner is who agreed to be.
create or replace view access_fact as
select g.id                                              as grant_id,
       g.granted_at, g.granted_by, g.expires_at, g.last_used_at, g.ticket, g.seen_from,
       gs.name                                           as grant_source,
       g.source_id                                       as grant_source_id,
       i.id                                              as identity_id,
       i.external_id                                     as identity_external_id,
       i.name                                            as identity_name,
       i.kind                                            as identity_kind,
       i.email                                           as identity_email,
       i.department                                      as identity_department,
       i.organisation                                    as identity_organisation,
       i.domain                                          as identity_domain,
       case when ip.status = 'left' or i.ended_at is not null then 'left' else i.status end as identity_status,
       i.contract_end                                    as identity_contract_end,
       i.auth_method                                     as identity_auth_method,
       ids.name                                          as identity_source,
       o.name                                            as owner_name,
       coalesce(op.email, o.email)                       as owner_email,
       o.kind                                            as owner_kind,
       coalesce(op.status, case when o.ended_at is null then o.status else 'left' end) as owner_status,
       o.external_id                                     as owner_external_id,
       m.name                                            as manager_name,
       coalesce(mp.email, m.email)                       as manager_email,
       m.kind                                            as manager_kind,
       coalesce(mp.status, case when m.ended_at is null then m.status else 'left' end) as manager_status,
       m.external_id                                     as manager_external_id,
       e.id                                              as entitlement_id,
       e.external_id                                     as entitlement_external_id,
       e.name                                            as entitlement_name,
       e.description                                     as entitlement_description,
       e.privilege                                       as entitlement_privilege,
       coalesce(eop.email, eo.email)                     as entitlement_owner_email,
       eo.kind                                           as entitlement_owner_kind,
       coalesce(eop.status, case when eo.ended_at is null then eo.status else 'left' end) as entitlement_owner_status,
       a.id                                              as asset_id,
       a.external_id                                     as asset_external_id,
       a.name                                            as asset_name,
       a.class                                           as asset_class,
       a.vendor                                          as asset_vendor,
       a.criticality                                     as asset_criticality,
       a.safety_related                                  as asset_safety_related,
       a.capabilities                                    as asset_capabilities,
       ass.name                                          as asset_source,
       ao.name                                           as asset_owner_name,
       coalesce(aop.email, ao.email)                     as asset_owner_email,
       ao.kind                                           as asset_owner_kind,
       coalesce(aop.status, case when ao.ended_at is null then ao.status else 'left' end) as asset_owner_status,
       z.name                                            as zone_name,
       z.level                                           as zone_level,
       z.domain                                          as zone_domain,
       z.external_id                                     as zone_external_id,
       st.name                                           as site_name,
       st.external_id                                    as site_external_id,
       c.id                                              as conduit_id,
       c.external_id                                     as conduit_external_id,
       c.kind                                            as conduit_kind,
       c.mfa                                             as conduit_mfa,
       c.recorded                                        as conduit_recorded,
       c.vaulted                                         as conduit_vaulted,
       c.project                                         as conduit_project,
       fz.name                                           as from_zone_name,
       fz.level                                          as from_zone_level,
       fz.domain                                         as from_zone_domain,
       crosses_boundary(i.domain, z.domain)              as crosses_boundary,
       ip.emails                                         as identity_emails
  from access_grant g
  join identity i         on i.id = g.identity_id
  join entitlement e      on e.id = g.entitlement_id
  join asset a            on a.id = e.asset_id
  join source gs          on gs.id = g.source_id
  join source ids         on ids.id = i.source_id
  join source ass         on ass.id = a.source_id
  left join zone z on z.id = a.zone_id
  left join site st on st.id = z.site_id
  left join conduit c on c.id = g.conduit_id
  left join zone fz on fz.id = c.from_zone_id
  left join identity_member im on im.identity_id = i.id
  left join identity_person ip on ip.id = im.person_id
  left join ownership_in_force io on io.subject = 'identity' and io.subject_id = i.id
  left join ownership_in_force ef on ef.subject = 'entitlement' and ef.subject_id = e.id
  left join ownership_in_force af on af.subject = 'asset' and af.subject_id = a.id
  left join identity o on o.id = coalesce(io.owner_id, i.owner_id)
  left join identity_member om on om.identity_id = o.id
  left join identity_person op on op.id = om.person_id
  left join identity m on m.id = i.manager_id
  left join identity_member mm on mm.identity_id = m.id
  left join identity_person mp on mp.id = mm.person_id
  left join identity eo on eo.id = coalesce(ef.owner_id, e.owner_id)
  left join identity_member eom on eom.identity_id = eo.id
  left join identity_person eop on eop.id = eom.person_id
  left join identity ao on ao.id = coalesce(af.owner_id, a.owner_id)
  left join identity_member aom on aom.identity_id = ao.id
  left join identity_person aop on aop.id = aom.person_id
 where g.ended_at is null;

-- Who is joined to the subject, or to who gave a grant, decides on it as little as they do.
alter table review_item
  add column identity_emails text[],
  add column grantor_emails  text[],
  add constraint nobody_reviews_their_own_access_by_another_name check (reviewer <> all (identity_emails)),
  add constraint nobody_reviews_a_grant_they_gave_by_another_name check (reviewer <> all (grantor_emails));

-- +goose StatementBegin
create function review_decision_same_person() returns trigger language plpgsql as $$
declare broken text;
begin
  select case when is_same_person(i.grantor_email, n.decided_by) or n.decided_by = any (i.grantor_emails) then 'nobody_reviews_a_grant_they_gave_by_another_name'
              else 'nobody_reviews_their_own_access_by_another_name' end into broken
    from new_decisions n
    join review_item i on i.id = n.item_id
   where n.decided_by = any (i.identity_emails || i.grantor_emails)
      or is_same_person(i.grantor_email, n.decided_by)
      or exists (select from identity_member x join identity_member y on y.person_id = x.person_id join identity o on o.id = y.identity_id
                  where x.identity_id = i.identity_id and o.email = n.decided_by)
   limit 1;
  if broken is not null then
    raise exception using errcode = '23514', constraint = broken, message = 'decision refused: ' || broken;
  end if;
  return null;
end $$;

do $$
declare columns text;
begin
  select string_agg(quote_ident(attname), ', ') into columns
    from pg_attribute
   where attrelid = 'review_item'::regclass and attnum > 0 and not attisdropped
     and attname not in ('id', 'reviewer', 'next_reviewer', 'passed_from', 'decision', 'decision_id', 'decided_at', 'outcome');
  execute 'drop trigger frozen on review_item';
  execute format('create trigger frozen before update of %s on review_item for each row execute function review_item_frozen()', columns);
end $$;
-- +goose StatementEnd
create trigger same_person after insert on review_decision referencing new table as new_decisions for each statement execute function review_decision_same_person();
