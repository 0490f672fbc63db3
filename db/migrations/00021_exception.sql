-- +goose Up

-- In PostgreSQL's own contrib, trusted since 13: whoever may create tables may add it.
create extension if not exists btree_gist;

create table exception_requirement (
  level      numeric(2, 1) not null,
  capability text not null,
  primary key (level, capability),
  constraint requirement_level_is_purdue check (level in (0, 1, 2, 3, 3.5, 4, 5)),
  constraint requirement_capability_is_known check (capability in ('mfa', 'federation', 'individual_accounts', 'rbac', 'central_logging', 'rotation', 'encryption', 'lockout', 'service_identity'))
);
comment on table exception_requirement is 'What an asset at a Purdue level has to be able to do; who runs the register changes it. Shipped: nothing of sensors, accountability and secrets of controllers, more of operator stations, everything from site operations up.';
insert into exception_requirement (level, capability)
select l.level, c.name
  from (values (1.0, 1), (2.0, 2), (3.0, 3), (3.5, 3), (4.0, 3), (5.0, 3)) l (level, rank)
  join (values ('individual_accounts', 1), ('rotation', 1), ('encryption', 1),
               ('mfa', 2), ('rbac', 2), ('lockout', 2), ('service_identity', 2),
               ('federation', 3), ('central_logging', 3)) c (name, rank) on c.rank <= l.rank;

create table exception_band (
  band     text primary key,
  from_score smallint not null,
  max_days integer not null,
  constraint band_begins_at_its_own_score unique (from_score),
  constraint band_is_known check (band in ('low', 'medium', 'high', 'critical')),
  constraint band_lasts_at_least_a_day check (max_days between 1 and 366)
);
comment on table exception_band is 'Residual score, likelihood x worst consequence (1-25), to band and the longest an exception of it may last, in days.';
insert into exception_band values ('low', 1, 365), ('medium', 5, 180), ('high', 10, 90), ('critical', 20, 30);

create table exception_approver (
  email    text primary key,
  up_to    text not null,
  added_by text not null,
  added_at timestamptz not null,
  constraint approver_rank_is_known check (up_to in ('low', 'medium', 'high', 'critical', 'beyond')),
  constraint nobody_makes_themselves_approver check (email <> added_by)
);
comment on table exception_approver is 'How high a risk officer may approve, when not the default of high. beyond: also critical ones past their renewals.';

create table exception (
  id           bigint generated always as identity primary key,
  asset_id     bigint not null references asset (id),
  capability   text not null,
  state        text not null default 'draft',
  revision     integer not null default 1, -- the latest
  risk_owner   text not null,
  requested_by text not null,
  requested_at timestamptz not null,
  valid_from   timestamptz,
  valid_to     timestamptz,
  first_valid_from timestamptz, -- how long the asset has really been one
  suspended_at timestamptz,
  ended_at     timestamptz,
  ended_by     text,
  ended_why    text,
  constraint exception_state_is_known check (state in ('draft', 'submitted', 'changes_requested', 'approved', 'rejected', 'withdrawn', 'expired', 'revoked', 'closed')),
  constraint exception_capability_is_known check (capability in ('mfa', 'federation', 'individual_accounts', 'rbac', 'central_logging', 'rotation', 'encryption', 'lockout', 'service_identity')),
  constraint exception_always_ends check (num_nulls(valid_from, valid_to) in (0, 2) and valid_from < valid_to and (state not in ('approved', 'expired', 'revoked') or valid_to is not null)),
  constraint exception_ended_says_who_and_why check ((state in ('rejected', 'withdrawn', 'expired', 'revoked', 'closed')) = (ended_at is not null) and num_nulls(ended_at, ended_by, ended_why) in (0, 3)),
  constraint one_live_exception_per_asset_and_capability
    exclude using gist (asset_id with =, capability with =, tstzrange(valid_from, valid_to) with &&) where (state = 'approved')
);
comment on table exception is 'An asset that cannot do what its level asks for, until a date. approved is stored; whether it is ahead, active, drifted, suspended or over is worked out at the time asked for (exception_at).';
create unique index only_one_request_waits on exception (asset_id, capability) where state in ('draft', 'submitted', 'changes_requested');
create index exception_by_asset on exception (asset_id);
create index exception_by_end on exception (valid_to) where state = 'approved';

create table exception_revision (
  exception_id  bigint not null references exception (id),
  number        integer not null,
  state         text not null default 'draft',
  reason        text,
  justification text not null default '',
  likelihood    smallint, -- without controls
  people        smallint,
  environment   smallint,
  supply        smallint,
  left_likelihood  smallint, -- with controls
  left_people      smallint,
  left_environment smallint,
  left_supply      smallint,
  inherent      smallint generated always as (likelihood * greatest(people, environment, supply) + 0 * (people + environment + supply)) stored, -- null until all are rated
  residual      smallint generated always as (left_likelihood * greatest(left_people, left_environment, left_supply) + 0 * (left_people + left_environment + left_supply)) stored,
  way_out       text not null default '', -- replacement or change that ends it
  replace_on    timestamptz,
  outage        text not null default '',
  budget        text not null default '',
  ends_at       timestamptz,
  requested_by  text not null,
  created_at    timestamptz not null,
  submitted_at  timestamptz,
  approver      text,
  answered_at   timestamptz,
  answer_reason text,
  saved         integer not null default 1, -- grows with each change: who decides names the one they read
  primary key (exception_id, number),
  constraint revision_state_is_known check (state in ('draft', 'submitted', 'changes_requested', 'approved', 'rejected', 'withdrawn')),
  constraint revision_reason_is_known check (reason in ('technical', 'vendor_warranty', 'safety_certification', 'outage_window', 'cost')),
  constraint revision_scores_are_one_to_five check (
    likelihood between 1 and 5 and people between 1 and 5 and environment between 1 and 5 and supply between 1 and 5
    and left_likelihood between 1 and 5 and left_people between 1 and 5 and left_environment between 1 and 5 and left_supply between 1 and 5),
  constraint revision_is_whole_when_submitted check (
    state not in ('submitted', 'approved', 'rejected')
    or (num_nulls(reason, inherent, residual, ends_at, submitted_at) = 0 and btrim(justification) <> '' and btrim(way_out) <> '')),
  constraint revision_leaves_no_more_risk_than_there_was check (state not in ('submitted', 'approved', 'rejected') or residual <= inherent),
  constraint revision_answer_says_who_and_why check (num_nulls(approver, answered_at, answer_reason) in (0, 3) and (state not in ('approved', 'rejected', 'changes_requested') or approver is not null))
  );
comment on table exception_revision is 'What was asked for, first and at each renewal, with its scores (5x5; the worst of people, environment and supply counts).';
create index exception_revision_waiting on exception_revision (submitted_at) where state = 'submitted';

create table exception_control (
  id           bigint generated always as identity primary key,
  exception_id bigint not null references exception (id),
  title        text not null,
  owner        text not null,
  method       text not null,
  evidence     text not null default '',
  every_days   integer not null,
  since        timestamptz not null,
  tested_at    timestamptz,
  passed       boolean,
  next_due     timestamptz not null,
  dropped_at   timestamptz,
  dropped_by   text,
  constraint control_says_what_and_how check (btrim(title) <> '' and btrim(owner) <> '' and btrim(method) <> ''),
  constraint control_is_tested_at_least_yearly check (every_days between 1 and 366),
  constraint control_result_has_its_time check ((tested_at is null) = (passed is null)),
  constraint control_dropped_says_by_whom check ((dropped_at is null) = (dropped_by is null))
);
comment on table exception_control is 'A compensating control of an exception. tested_at, passed and next_due follow its tests.';
create index exception_control_by_exception on exception_control (exception_id) where dropped_at is null;

create table exception_test (
  id         bigint generated always as identity primary key,
  control_id bigint not null references exception_control (id),
  tested_by  text not null,
  tested_at  timestamptz not null,
  passed     boolean not null,
  note       text not null,
  next_due   timestamptz not null,
  constraint test_says_what_was_seen check (btrim(note) <> ''),
  constraint test_is_due_again_later check (next_due > tested_at)
);
create index exception_test_by_control on exception_test (control_id, id desc);
create trigger append_only before update or delete on exception_test for each row execute function refuse_change('tests_are_append_only');
create trigger never_emptied before truncate on exception_test for each statement execute function refuse_change('tests_are_append_only');

create table exception_step (
  id           bigint generated always as identity primary key,
  exception_id bigint not null references exception (id),
  revision     integer not null,
  at           timestamptz not null,
  actor        text not null,
  event        text not null,
  was          text,
  became       text not null,
  reason       text not null default '',
  changed      jsonb not null default '{}'
);
comment on table exception_step is 'Every move of an exception: by whom, when, why, and what changed ({field: [before, after]}).';
create index exception_step_by_exception on exception_step (exception_id, id);
create trigger append_only before update or delete on exception_step for each row execute function refuse_change('steps_are_append_only');
create trigger never_emptied before truncate on exception_step for each statement execute function refuse_change('steps_are_append_only');

create table exception_warning (
  exception_id bigint not null references exception (id),
  revision     integer not null,
  days         integer not null,
  sent_at      timestamptz not null,
  primary key (exception_id, revision, days)
);
comment on table exception_warning is 'Which warnings went out before the end, so that each goes once.';

create table exception_attachment (
  id           bigint generated always as identity primary key,
  exception_id bigint not null references exception (id),
  name         text not null,
  type         text not null,
  size         integer not null,
  sha256       bytea not null,
  content      bytea not null,
  added_by     text not null,
  added_at     timestamptz not null,
  constraint attachment_has_a_name check (btrim(name) <> '' and length(name) <= 255),
  constraint attachment_is_at_most_20_mb check (size between 1 and 20971520 and size = octet_length(content)),
  constraint attachment_is_what_its_hash_says check (sha256 = sha256(content))
);
create index exception_attachment_by_exception on exception_attachment (exception_id);
create trigger append_only before update or delete on exception_attachment for each row execute function refuse_change('attachments_are_append_only');
create trigger never_emptied before truncate on exception_attachment for each statement execute function refuse_change('attachments_are_append_only');

create table exception_view (
  id       bigint generated always as identity primary key,
  owner    text not null,
  name     text not null,
  query    text not null,
  saved_at timestamptz not null,
  constraint view_name_is_unique unique (owner, name),
  constraint view_has_a_name check (btrim(name) <> '' and length(name) <= 80)
);
comment on table exception_view is 'Filters of the register that somebody keeps.';

-- +goose StatementBegin
-- Requester, approver and tester of an exception are different people, in either order of doing.
create function exception_parts_differ() returns trigger language plpgsql as $$
declare broken text;
begin
  if tg_table_name = 'exception_test' then
    if exists (select from exception_control c join exception_revision r using (exception_id)
                where c.id = new.control_id and is_same_person(new.tested_by, r.requested_by)) then
      broken := 'requester_never_tests';
    elsif exists (select from exception_control c join exception_revision r using (exception_id)
                   where c.id = new.control_id and r.state = 'approved' and is_same_person(new.tested_by, r.approver)) then
      broken := 'approver_never_tests';
    end if;
  elsif new.approver is not null and new.state in ('approved', 'rejected', 'changes_requested') then
    if is_same_person(new.approver, new.requested_by) then
      broken := 'requester_never_approves';
    elsif new.state = 'approved' and exists (select from exception_control c left join exception_test t on t.control_id = c.id
                                              where c.exception_id = new.exception_id and c.dropped_at is null
                                                and (is_same_person(new.approver, c.owner) or is_same_person(new.approver, t.tested_by))) then
      broken := 'approver_never_tests';
    end if;
  end if;
  if broken is not null then
    raise exception using errcode = '23514', constraint = broken, message = 'refused: ' || broken;
  end if;
  return new;
end $$;

-- What was submitted stays as it was read, until it comes back or is answered.
create function exception_revision_moves() returns trigger language plpgsql as $$
declare unmoved text[] := array['state', 'approver', 'answered_at', 'answer_reason', 'saved', 'inherent', 'residual']; -- the scores are worked out afterwards
begin
  if old.state in ('approved', 'rejected', 'withdrawn') then
    raise exception using errcode = '23514', constraint = 'revision_is_answered_once', message = 'the revision is answered';
  end if;
  if old.state = 'submitted'
     and (to_jsonb(new) - unmoved) <> (to_jsonb(old) - unmoved) then
    raise exception using errcode = '23514', constraint = 'submitted_revision_does_not_change', message = 'a submitted revision does not change';
  end if;
  return new;
end $$;

-- At most the band's longest, and at least one control, when it is approved.
create function exception_approval_holds() returns trigger language plpgsql as $$
declare longest integer;
begin
  select b.max_days into longest from exception_band b where b.from_score <= new.residual order by b.from_score desc limit 1;
  if new.ends_at > new.answered_at + make_interval(days => longest) then
    raise exception using errcode = '23514', constraint = 'exception_ends_within_its_band', message = 'longer than its band allows';
  end if;
  if new.ends_at <= new.answered_at then
    raise exception using errcode = '23514', constraint = 'exception_ends_after_it_begins', message = 'it would end before it begins';
  end if;
  if not exists (select from exception_control c where c.exception_id = new.exception_id and c.dropped_at is null) then
    raise exception using errcode = '23514', constraint = 'exception_has_a_control', message = 'no compensating control';
  end if;
  return null;
end $$;

create function exception_test_counts() returns trigger language plpgsql as $$
begin
  update exception_control set tested_at = new.tested_at, passed = new.passed, next_due = new.next_due where id = new.control_id and dropped_at is null;
  if not found then
    raise exception using errcode = '23514', constraint = 'test_is_of_a_control_in_use', message = 'the control is not in use';
  end if;
  return null;
end $$;

-- Ended is ended.
create function exception_moves() returns trigger language plpgsql as $$
begin
  if old.ended_at is not null then
    raise exception using errcode = '23514', constraint = 'exception_ends_once', message = 'the exception has ended';
  end if;
  if (new.asset_id, new.capability, new.requested_by, new.requested_at) is distinct from (old.asset_id, old.capability, old.requested_by, old.requested_at) then
    raise exception using errcode = '23514', constraint = 'exception_stays_what_it_is_for', message = 'an exception is for one asset and capability';
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger parts_differ before insert or update on exception_revision for each row execute function exception_parts_differ();
create trigger parts_differ before insert on exception_test for each row execute function exception_parts_differ();
create trigger moves before update on exception_revision for each row execute function exception_revision_moves();
create trigger approval after insert or update on exception_revision for each row when (new.state = 'approved') execute function exception_approval_holds();
create trigger counts after insert on exception_test for each row execute function exception_test_counts();
create trigger moves before update on exception for each row execute function exception_moves();
create trigger never_deleted before delete on exception for each row execute function refuse_change('register_is_never_deleted');
create trigger never_deleted before delete on exception_revision for each row execute function refuse_change('register_is_never_deleted');
create trigger never_deleted before delete on exception_control for each row execute function refuse_change('register_is_never_deleted');

-- +goose StatementBegin
-- Since when a control of an exception has been failed or overdue; null when none is.
create function exception_drifted_since(exception bigint, at timestamptz) returns timestamptz language sql stable as $$
  select min(case when not c.passed then c.tested_at else c.next_due end)
    from exception_control c
   where c.exception_id = exception and c.dropped_at is null and (not c.passed or c.next_due <= at)
$$;

-- What an exception is at a moment, whatever a job has done. grace: how long a
-- control may be failed or overdue before it suspends.
create function exception_state_at(state text, valid_from timestamptz, valid_to timestamptz, suspended_at timestamptz, drifted_since timestamptz, at timestamptz, grace interval)
returns text language sql immutable as $$
  select case when state <> 'approved' then state
              when valid_to <= at then 'expired'
              when valid_from > at then 'approved'
              when suspended_at is not null or drifted_since + grace <= at then 'suspended'
              else 'active' end
$$;
-- +goose StatementEnd

create view exception_gap as
select a.id as asset_id, q.capability, a.capabilities ->> q.capability as answer, z.level, z.site_id, a.safety_related, a.criticality
  from asset a
  join zone z on z.id = a.zone_id and z.ended_at is null
  join exception_requirement q on q.level = z.level and a.capabilities ->> q.capability in ('no', 'partial')
 where a.ended_at is null;
comment on view exception_gap is 'What assets cannot do by themselves or through a proxy and their level asks for. What is unknown is a finding, not a gap.';
