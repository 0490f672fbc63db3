-- +goose Up

-- Who assessed what an asset can do, and when, comes with the asset. The history
-- takes former rows column by column, so it is made anew with the new columns.
alter table asset add column assessed_at timestamptz, add column assessed_by text;

-- +goose StatementBegin
do $$
begin
  alter table asset_history rename to asset_history_before;
  alter index asset_history_by_id rename to asset_history_before_by_id;
  create table asset_history (like asset, seen_until timestamptz not null);
  insert into asset_history (id, source_id, external_id, name, zone_id, class, vendor, model, owner_id, criticality, safety_related, installed_on, support_ends_on, capabilities, seen_from, ended_at, seen_until)
  select id, source_id, external_id, name, zone_id, class, vendor, model, owner_id, criticality, safety_related, installed_on, support_ends_on, capabilities, seen_from, ended_at, seen_until
    from asset_history_before;
  drop table asset_history_before;
  create index asset_history_by_id on asset_history (id, seen_from);
  comment on table asset_history is 'Former versions of asset; append-only.';
  create trigger append_only before update or delete on asset_history for each row execute function refuse_change('history_is_append_only');
  create trigger never_emptied before truncate on asset_history for each statement execute function refuse_change('history_is_append_only');
end $$;
-- +goose StatementEnd

create table finding_severity (
  severity  smallint primary key,
  name      text not null,
  most_days integer not null
);
comment on table finding_severity is 'How grave a finding is, and for how many days at most one may be acknowledged.';
insert into finding_severity values (1, 'low', 365), (2, 'medium', 180), (3, 'high', 90), (4, 'critical', 30);

create table finding (
  id          bigint generated always as identity primary key,
  rule        text not null,
  severity    smallint not null,
  about       text not null,
  subject_id  bigint not null,
  part        bigint not null default 0,
  identity_id bigint,
  asset_id    bigint,
  note        text not null,
  opened_at   timestamptz not null,
  closed_at   timestamptz,
  constraint finding_severity_is_known check (severity between 1 and 4),
  constraint finding_about_is_known check (about in ('identity', 'asset', 'entitlement', 'grant', 'credential')),
  constraint finding_closes_after_it_opens check (closed_at >= opened_at)
);
comment on table finding is 'A fact that breaks a rule, for as long as it was there: one that comes back is a new row, with an age of its own. subject_id is the id of what it is about, part tells apart several of one rule on it. No foreign keys, as for access_grant.';
create unique index finding_is_open_once on finding (rule, subject_id, part) where closed_at is null;
create index finding_worst_first on finding ((-severity), opened_at, id) where closed_at is null;
create index finding_by_identity on finding (identity_id) where closed_at is null;
create index finding_by_asset on finding (asset_id) where closed_at is null;
create index finding_spells on finding (subject_id, rule) where closed_at is not null;
create trigger never_deleted before delete on finding for each row execute function refuse_change('finding_is_never_deleted');
create trigger never_emptied before truncate on finding for each statement execute function refuse_change('finding_is_never_deleted');
create trigger stays_what_it_was before update on finding for each row
  when (old.closed_at is not null or (old.rule, old.about, old.subject_id, old.part, old.opened_at) is distinct from (new.rule, new.about, new.subject_id, new.part, new.opened_at))
  execute function refuse_change('finding_stays_what_it_was');

create table finding_evaluation (
  id          bigint generated always as identity primary key,
  started_at  timestamptz not null,
  finished_at timestamptz not null,
  opened      bigint not null,
  closed      bigint not null
);
comment on table finding_evaluation is 'One look at the whole inventory by every rule.';

create table finding_tally (
  evaluation_id bigint not null references finding_evaluation (id),
  rule          text not null,
  severity      smallint not null,
  found         bigint not null,
  opened        bigint not null,
  closed        bigint not null,
  milliseconds  bigint not null,
  primary key (evaluation_id, rule)
);
comment on table finding_tally is 'What one rule found in one evaluation, and how long it took.';

create table finding_acknowledgement (
  id         bigint generated always as identity primary key,
  finding_id bigint not null references finding (id),
  reason     text not null,
  at         timestamptz not null,
  actor      text not null,
  until      timestamptz not null,
  constraint acknowledgement_says_why check (btrim(reason) <> ''),
  constraint acknowledgement_ends_after_it_begins check (until >= at)
);
comment on table finding_acknowledgement is 'Somebody knows of a finding and lives with it until a day; the latest counts. One that ends when it begins takes the former back.';
create index finding_acknowledgement_latest on finding_acknowledgement (finding_id, id desc);
create trigger append_only before update or delete on finding_acknowledgement for each row execute function refuse_change('acknowledgement_is_append_only');
create trigger never_emptied before truncate on finding_acknowledgement for each statement execute function refuse_change('acknowledgement_is_append_only');

-- +goose StatementBegin
create function finding_refuse_acknowledgement() returns trigger language plpgsql as $$
declare
  it record;
begin
  select f.closed_at, f.opened_at, s.most_days, i.email into it
    from finding f
    join finding_severity s on s.severity = f.severity
    left join identity i on i.id = f.identity_id
   where f.id = new.finding_id
     for share of f;
  if it.closed_at is not null then
    raise exception using errcode = '23514', constraint = 'acknowledgement_is_of_an_open_finding', message = 'the finding is closed';
  elsif new.until > new.at + make_interval(days => it.most_days) then
    raise exception using errcode = '23514', constraint = 'acknowledgement_ends_in_time', message = format('%s days are the most', it.most_days);
  elsif is_same_person(it.email, lower(new.actor)) then
    raise exception using errcode = '23514', constraint = 'nobody_acknowledges_a_finding_about_themselves', message = 'the finding is about the actor';
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger refuse_acknowledgement before insert on finding_acknowledgement for each row execute function finding_refuse_acknowledgement();

create view finding_open as
select f.id, f.rule, f.severity, f.about, f.subject_id, f.part, f.identity_id, f.asset_id,
       case when f.about = 'grant' then f.subject_id end as grant_id,
       f.note, f.opened_at, a.until as acknowledged_until
  from finding f
  left join (select distinct on (finding_id) finding_id, until from finding_acknowledgement order by finding_id, id desc) a on a.finding_id = f.id
 where f.closed_at is null;
comment on view finding_open is 'What is wrong now. An acknowledgement holds while acknowledged_until is ahead.';

create view finding_mark as
select case f.about when 'credential' then 'identity' else f.about end as about,
       case f.about when 'credential' then f.identity_id else f.subject_id end as subject_id,
       array_agg(distinct f.rule order by f.rule) as rules,
       max(f.severity) as worst
  from finding f
 where f.closed_at is null
 group by 1, 2;
comment on view finding_mark is 'The rules that every identity (its credentials included), asset, entitlement and grant breaks now, acknowledged or not. What speaks about a grant joins it four times.';

create table finding_policy (
  id            bigint generated always as identity primary key,
  identity_id   bigint references identity (id),
  credential_id bigint references credential (id),
  why           text not null,
  owner_id      bigint not null references identity (id),
  created_at    timestamptz not null,
  created_by    text not null,
  ends_at       timestamptz not null,
  ended_at      timestamptz,
  ended_by      text,
  constraint crossing_policy_is_about_one check (num_nonnulls(identity_id, credential_id) = 1),
  constraint crossing_policy_says_why check (btrim(why) <> ''),
  constraint crossing_policy_ends_after_it_begins check (ends_at > created_at),
  constraint crossing_policy_ends_within_a_year check (ends_at <= created_at + interval '366 days'),
  constraint crossing_policy_end_has_a_name check ((ended_at is null) = (ended_by is null))
);
comment on table finding_policy is 'A crossing policy: this identity or credential may be used on both sides, until a day, and a live person answers for it.';
create trigger never_deleted before delete on finding_policy for each row execute function refuse_change('crossing_policy_stays_what_it_was');
create trigger never_emptied before truncate on finding_policy for each statement execute function refuse_change('crossing_policy_stays_what_it_was');
create trigger stays_what_it_was before update on finding_policy for each row
  when (old.ended_at is not null or (old.identity_id, old.credential_id, old.why, old.owner_id, old.created_at, old.created_by, old.ends_at)
        is distinct from (new.identity_id, new.credential_id, new.why, new.owner_id, new.created_at, new.created_by, new.ends_at))
  execute function refuse_change('crossing_policy_stays_what_it_was');

-- +goose StatementBegin
create function finding_refuse_owner() returns trigger language plpgsql as $$
begin
  if new.owner_id is not null and not exists (select from identity_standing s where s.identity_id = new.owner_id and s.is_live_person) then
    raise exception using errcode = '23514', constraint = tg_argv[0], message = 'the owner is not a live person';
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger refuse_owner before insert on finding_policy for each row execute function finding_refuse_owner('crossing_policy_owner_is_a_live_person');

create table finding_toxic (
  id                bigint generated always as identity primary key,
  name              text not null,
  why               text not null,
  owner_id          bigint references identity (id),
  first_words       text[] not null default '{}',
  first_classes     text[] not null default '{}',
  first_domains     text[] not null default '{}',
  first_privileges  text[] not null default '{}',
  second_words      text[] not null default '{}',
  second_classes    text[] not null default '{}',
  second_domains    text[] not null default '{}',
  second_privileges text[] not null default '{}',
  created_at        timestamptz not null,
  created_by        text not null,
  ended_at          timestamptz,
  ended_by          text,
  constraint toxic_rule_has_a_name check (btrim(name) <> ''),
  constraint toxic_rule_says_why check (btrim(why) <> ''),
  constraint toxic_rule_has_two_sides check (cardinality(first_words || first_classes || first_domains || first_privileges) > 0 and cardinality(second_words || second_classes || second_domains || second_privileges) > 0),
  constraint toxic_rule_domains_are_known check (first_domains || second_domains <@ array['it', 'dmz', 'ot', 'external']),
  constraint toxic_rule_privileges_are_known check (first_privileges || second_privileges <@ array['view', 'operate', 'engineer', 'admin']),
  constraint toxic_rule_end_has_a_name check ((ended_at is null) = (ended_by is null))
);
comment on table finding_toxic is 'Two rights that one identity should not hold together. A side is every entitlement whose name has all the words, on an asset of one of the classes and domains, with one of the privileges; an empty list is any.';
create unique index toxic_rule_name_is_unique on finding_toxic (lower(name)) where ended_at is null;
create trigger never_deleted before delete on finding_toxic for each row execute function refuse_change('toxic_rule_stays_what_it_was');
create trigger never_emptied before truncate on finding_toxic for each statement execute function refuse_change('toxic_rule_stays_what_it_was');
create trigger stays_what_it_was before update on finding_toxic for each row
  when (old.ended_at is not null or (old.name, old.why, old.first_words, old.first_classes, old.first_domains, old.first_privileges, old.second_words, old.second_classes, old.second_domains, old.second_privileges, old.created_at, old.created_by)
        is distinct from (new.name, new.why, new.first_words, new.first_classes, new.first_domains, new.first_privileges, new.second_words, new.second_classes, new.second_domains, new.second_privileges, new.created_at, new.created_by))
  execute function refuse_change('toxic_rule_stays_what_it_was');

insert into finding_toxic (name, why, first_words, first_classes, first_privileges, second_classes, second_privileges, created_at, created_by) values
  ('Recipe approval and engineering', 'Who releases recipes and also changes the programs that run them can change a product with nobody else looking.',
   '{approve,recipe}', '{}', '{}', '{plc,ews,dcs}', '{engineer,admin}', now(), 'system:interlock'),
  ('Safety program and process program', 'The safety system protects against errors of the control program only while different people change the two.',
   '{}', '{sis}', '{engineer,admin}', '{plc,ews,dcs,scada}', '{engineer,admin}', now(), 'system:interlock'),
  ('Lets vendors in and comes in like one', 'Who approves remote sessions and also opens them needs nobody''s leave.',
   '{approve}', '{remote_access}', '{}', '{remote_access}', '{operate}', now(), 'system:interlock'),
  ('Firewall and controllers', 'Who opens the network between office and plant and also programs controllers needs nobody else to reach them from outside.',
   '{}', '{network}', '{engineer,admin}', '{plc,sis,dcs}', '{engineer,admin}', now(), 'system:interlock');
insert into finding_toxic (name, why, first_classes, first_domains, first_privileges, second_classes, second_domains, second_privileges, created_at, created_by) values
  ('Directories of both sides', 'Whoever takes over this one account makes accounts in the office and in the plant.',
   '{directory}', '{it}', '{engineer,admin}', '{directory}', '{ot,dmz}', '{engineer,admin}', now(), 'system:interlock');
-- after the rows above, which have no owner yet
create trigger refuse_owner before insert or update of owner_id on finding_toxic for each row execute function finding_refuse_owner('toxic_rule_owner_is_a_live_person');

create table finding_use_review (
  id          bigint generated always as identity primary key,
  identity_id bigint not null references identity (id),
  used_until  timestamptz not null,
  reviewer    text not null,
  reviewed_at timestamptz not null,
  note        text not null,
  constraint use_review_says_what_was_found check (btrim(note) <> ''),
  constraint use_review_looks_back check (used_until <= reviewed_at)
);
comment on table finding_use_review is 'Somebody looked at every use of a break-glass identity up to a moment.';
create index finding_use_review_latest on finding_use_review (identity_id, used_until desc);
create trigger append_only before update or delete on finding_use_review for each row execute function refuse_change('use_review_is_append_only');
create trigger never_emptied before truncate on finding_use_review for each statement execute function refuse_change('use_review_is_append_only');

-- +goose StatementBegin
create function finding_refuse_use_review() returns trigger language plpgsql as $$
begin
  if exists (select from access_session s join identity p on p.id = s.person_id
              where s.identity_id = new.identity_id and s.started_at <= new.used_until and is_same_person(p.email, lower(new.reviewer))
                and s.started_at > coalesce((select max(r.used_until) from finding_use_review r where r.identity_id = new.identity_id), '-infinity')) then
    raise exception using errcode = '23514', constraint = 'nobody_reviews_their_own_use', message = 'the reviewer used it';
  end if;
  return new;
end $$;

create function is_break_glass(external_id text, name text) returns boolean language sql immutable parallel safe as $$
  select (external_id || ' ' || name) ~* '(break.?glass|fire.?call|emergency)'
$$;

create function working_days_before(moment timestamptz, days integer) returns timestamptz language sql stable parallel safe as $$
  select moment - make_interval(days => n)
    from generate_series(1, days * 2 + 8) n
   where (select count(*) from generate_series(1, n) d where extract(isodow from (moment at time zone 'UTC') - make_interval(days => d)) < 6) = days
   order by n
   limit 1
$$;
-- +goose StatementEnd
create trigger refuse_use_review before insert on finding_use_review for each row execute function finding_refuse_use_review();
comment on function is_break_glass is 'Whether an identity is kept for emergencies, told by its id or name: no source says it otherwise.';
comment on function working_days_before is 'The same time of day so many working days, Monday to Friday, before a moment.';
