-- +goose Up

create table review_definition (
  id         bigint generated always as identity primary key,
  name       text not null,
  revision   integer not null,
  text       text not null,
  created_by text not null,
  created_at timestamptz not null,
  constraint review_definition_revision_is_unique unique (name, revision),
  constraint review_definition_name_is_well_formed check (name ~ '^[a-z0-9][a-z0-9-]{0,62}$')
);
comment on table review_definition is 'Campaign definitions as written (YAML), every revision kept.';
create trigger append_only before update or delete on review_definition for each row execute function refuse_change('definition_is_append_only');

create table review_campaign (
  id            bigint generated always as identity primary key,
  definition_id bigint not null references review_definition (id),
  title         text not null,
  state         text not null default 'draft',
  items         bigint not null default 0,
  fallback_items bigint not null default 0,
  decided       bigint not null default 0,
  created_by    text not null,
  created_at    timestamptz not null,
  launched_at   timestamptz,
  due_at        timestamptz,
  closed_at     timestamptz,
  closed_by     text,
  constraint campaign_state_is_known check (state in ('draft', 'launching', 'active', 'signing', 'remediating', 'closed', 'cancelled', 'paused')),
  constraint campaign_running_has_a_due_date check (state in ('draft', 'launching', 'cancelled') or (launched_at is not null and due_at is not null))
);
comment on table review_campaign is 'One run of a review. decided: how many items had an answer a minute ago, for lists of large campaigns.';

create table review_reviewer (
  campaign_id  bigint not null references review_campaign (id),
  reviewer     text not null,
  name         text not null default '',
  first_seen_at timestamptz,
  last_seen_at timestamptz,
  signed_at    timestamptz,
  statement    text,
  entered_by   text,
  primary key (campaign_id, reviewer),
  constraint sign_off_states_what_is_attested check ((signed_at is null) = (statement is null))
);
comment on table review_reviewer is 'Who reviews in a campaign, by e-mail, and when they signed off. entered_by: who entered the sign-off on their behalf; null when they signed themselves.';
create index review_reviewer_by_person on review_reviewer (reviewer, campaign_id desc);

create table review_item (
  id                bigint generated always as identity primary key,
  campaign_id       bigint not null,
  grant_id          bigint not null,
  -- what the reviewer sees, frozen at launch
  identity_id       bigint not null,
  identity_key      text not null,
  identity_name     text not null,
  identity_kind     text not null,
  identity_email    text,
  identity_status   text not null,
  identity_domain   text,
  department        text,
  organisation      text,
  contract_end      timestamptz,
  owner_name        text,
  owner_status      text,
  manager_name      text,
  entitlement_id    bigint not null,
  entitlement_key   text not null,
  entitlement_name  text not null,
  description       text,
  privilege         text,
  asset_id          bigint not null,
  asset_key         text not null,
  asset_name        text not null,
  asset_class       text,
  asset_owner_name  text,
  criticality       smallint,
  safety_related    boolean not null,
  level             numeric(2, 1),
  asset_domain      text,
  zone_name         text,
  site_name         text,
  conduit_key       text,
  conduit_kind      text,
  conduit_mfa       boolean,
  conduit_recorded  boolean,
  conduit_vaulted   boolean,
  from_zone         text,
  from_level        numeric(2, 1),
  from_domain       text,
  crosses           boolean not null,
  granted_at        timestamptz,
  granted_by        text,
  grantor_email     text,
  ticket            text,
  expires_at        timestamptz,
  last_used_at      timestamptz,
  seen_from         timestamptz not null,
  consequence       text not null,
  risk              smallint not null,
  recommendation    text not null,
  reasons           text[] not null,
  previous_decision text,
  previous_by       text,
  previous_at       timestamptz,
  assigned_by       text not null,
  -- what the review makes of it
  reviewer          text not null,
  next_reviewer     text,
  passed_from       text,
  decision          text,
  decision_id       bigint,
  decided_at        timestamptz,
  outcome           text,
  constraint nobody_reviews_their_own_access check (reviewer is distinct from identity_email),
  constraint nobody_reviews_a_grant_they_gave check (reviewer is distinct from grantor_email),
  constraint item_consequence_is_known check (consequence in ('it', 'ot', 'safety')),
  constraint item_risk_is_one_to_four check (risk between 1 and 4),
  constraint item_recommendation_is_known check (recommendation in ('certify', 'look_closer', 'revoke')),
  constraint item_decision_is_known check (decision in ('certify', 'revoke', 'reduce', 'unsure')),
  constraint item_outcome_is_known check (outcome in ('certified', 'revoked', 'reduced', 'kept', 'escalated'))
) with (fillfactor = 90); -- room for an answered row beside the open one, so that no index changes
comment on table review_item is 'One grant under review with its facts frozen. risk: 1 low, 2 medium, 3 high, 4 critical. No foreign keys: a campaign of a million items is one insert from rows that cannot go away.';
create index review_item_by_reviewer on review_item (campaign_id, reviewer, risk desc, id);
create index review_item_by_risk on review_item (campaign_id, risk desc, id);
create index review_item_by_rare_answer on review_item (campaign_id, decision, risk desc, id) where decision in ('revoke', 'reduce', 'unsure');
create index review_item_passed on review_item (campaign_id, passed_from) where passed_from is not null;

create table review_decision (
  id             bigint generated always as identity primary key,
  item_id        bigint not null,
  campaign_id    bigint not null,
  decision       text not null,
  reduce_to      bigint,
  note           text not null default '',
  decided_by     text not null,
  decided_at     timestamptz not null,
  entered_by     text,
  open_ms        bigint,
  bulk           boolean not null default false,
  recommendation text not null,
  shown          text not null,
  constraint decision_is_known check (decision in ('certify', 'revoke', 'reduce', 'unsure', 'undo')),
  constraint decision_reduce_names_the_lower_entitlement check ((decision = 'reduce') = (reduce_to is not null)),
  constraint decision_open_time_is_not_negative check (open_ms >= 0),
  constraint decision_shown_is_known check (shown in ('item', 'group', 'list', 'file'))
);
comment on table review_decision is 'Every answer given, also those taken back; append-only. entered_by: who entered it on behalf of decided_by; null when they answered themselves. open_ms: how long the item was open, in milliseconds; shown: the item in full, its group, a list row or the exported file.';
create index review_decision_by_item on review_decision (item_id, id desc);
create trigger append_only before update or delete on review_decision for each row execute function refuse_change('decisions_are_append_only');

-- +goose StatementBegin
-- It sees the items as they are after the statement that decides: who takes back
-- what they passed on is its reviewer again.
create function review_decision_guard() returns trigger language plpgsql as $$
declare broken text;
begin
  select case when c.state not in ('active', 'signing') then 'decisions_need_an_open_campaign'
              when i.campaign_id <> n.campaign_id then 'decision_is_on_its_own_campaign'
              when n.decided_by = i.identity_email then 'nobody_reviews_their_own_access'
              when n.decided_by = i.grantor_email then 'nobody_reviews_a_grant_they_gave'
              when r.signed_at is not null then 'decisions_end_with_sign_off'
              when i.id is null then 'decision_has_an_item'
              when n.decided_by <> i.reviewer then 'item_is_decided_by_its_reviewer'
              when n.bulk and i.risk >= 3 and n.decision <> 'undo' then 'high_risk_is_never_decided_in_bulk'
         end into broken
    from new_decisions n
    left join review_item i on i.id = n.item_id
    left join review_campaign c on c.id = n.campaign_id
    left join review_reviewer r on r.campaign_id = n.campaign_id and r.reviewer = n.decided_by
   where c.state is null or c.state not in ('active', 'signing') or i.campaign_id <> n.campaign_id
      or n.decided_by = i.identity_email or n.decided_by = i.grantor_email or n.decided_by <> i.reviewer
      or r.signed_at is not null or i.id is null
      or (n.bulk and i.risk >= 3 and n.decision <> 'undo')
   limit 1;
  if broken is not null then
    raise exception using errcode = '23514', constraint = broken, message = 'decision refused: ' || broken;
  end if;
  return null;
end $$;

create function review_item_frozen() returns trigger language plpgsql as $$
begin
  raise exception using errcode = '23514', constraint = 'frozen_item_never_changes', message = 'a frozen item never changes';
end $$;

-- What a review makes of an item is closed as well: the answer once the campaign is
-- not open or the reviewer, old or new, signed off; the outcome once it is set, which
-- closing does before it moves the campaign on.
create function review_item_closed() returns trigger language plpgsql as $$
begin
  perform from review_campaign c where c.id = old.campaign_id and c.state in ('active', 'signing');
  if not found then
    raise exception using errcode = '23514', constraint = 'decisions_need_an_open_campaign', message = 'the campaign is not open';
  end if;
  perform from review_reviewer r where r.campaign_id = old.campaign_id and r.reviewer in (old.reviewer, new.reviewer) and r.signed_at is not null;
  if found then
    raise exception using errcode = '23514', constraint = 'decisions_end_with_sign_off', message = 'the reviewer signed off';
  end if;
  return new;
end $$;

create function review_item_settled() returns trigger language plpgsql as $$
begin
  if old.outcome is not null then
    raise exception using errcode = '23514', constraint = 'outcome_is_set_once_by_closing', message = 'the outcome is set';
  end if;
  perform from review_campaign c where c.id = old.campaign_id and c.state in ('active', 'signing');
  if not found then
    raise exception using errcode = '23514', constraint = 'outcome_is_set_once_by_closing', message = 'the campaign is not being closed';
  end if;
  return new;
end $$;

do $$
declare columns text;
begin
  select string_agg(quote_ident(attname), ', ') into columns
    from pg_attribute
   where attrelid = 'review_item'::regclass and attnum > 0
     and attname not in ('id', 'reviewer', 'next_reviewer', 'passed_from', 'decision', 'decision_id', 'decided_at', 'outcome');
  execute format('create trigger frozen before update of %s on review_item for each row execute function review_item_frozen()', columns);
end $$;
-- +goose StatementEnd
create trigger guard after insert on review_decision referencing new table as new_decisions for each statement execute function review_decision_guard();
create trigger closed before update of decision, decision_id, decided_at, reviewer, next_reviewer, passed_from on review_item for each row execute function review_item_closed();
create trigger settled before update of outcome on review_item for each row execute function review_item_settled();
create trigger never_deleted before delete on review_item for each row execute function refuse_change('frozen_item_never_changes');

create table review_last_answer (
  grant_id    bigint primary key,
  campaign_id bigint not null,
  decision    text not null,
  reviewer    text not null,
  decided_at  timestamptz not null,
  constraint last_answer_is_known check (decision in ('certify', 'revoke', 'reduce'))
);
comment on table review_last_answer is 'The last answer to each grant in a campaign that was closed, for the next campaign to show. Written by closing.';

create table review_notice (
  campaign_id bigint not null,
  reviewer    text not null,
  step        text not null,
  sent_at     timestamptz not null,
  primary key (campaign_id, reviewer, step),
  constraint notice_step_is_known check (step in ('opened', 'overdue'))
);
comment on table review_notice is 'Which digest a reviewer was sent, so that each goes once.';

create table remediation (
  id          bigint generated always as identity primary key,
  item_id     bigint not null,
  campaign_id bigint not null,
  grant_id    bigint not null,
  work        text not null,
  reduce_to   bigint,
  state       text not null default 'open',
  opened_at   timestamptz not null,
  constraint remediation_is_one_per_item unique (item_id),
  constraint remediation_work_is_known check (work in ('remove', 'reduce')),
  constraint remediation_state_is_known check (state in ('open', 'scheduled', 'done', 'verified', 'reappeared', 'held', 'impossible'))
);
comment on table remediation is 'The work a revoke or a reduction obliges.';
create index remediation_by_campaign on remediation (campaign_id, state, id);
