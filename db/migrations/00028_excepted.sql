-- +goose Up

-- Launches share their work among workers, which they may only with what is safe there.
alter function exception_state_at(text, timestamptz, timestamptz, timestamptz, timestamptz, timestamptz, interval) parallel safe;
alter function exception_drifted_since(bigint, timestamptz) parallel safe;

-- +goose StatementBegin
create function exception_grace() returns interval language sql immutable parallel safe as $$ select interval '14 days' $$;

create function exception_gaps_of(asset bigint, at timestamptz)
returns table (capability text, exception_id bigint, valid_to timestamptz) language sql stable parallel safe as $$
  select g.capability, x.id, x.valid_to
    from exception_gap g
    left join exception x on x.asset_id = g.asset_id and x.capability = g.capability and x.state = 'approved'
     and exception_state_at(x.state, x.valid_from, x.valid_to, x.suspended_at, exception_drifted_since(x.id, at), at, exception_grace()) = 'active'
   where g.asset_id = asset
$$;

create function review_refuses(decision text, asset bigint, at timestamptz) returns text language sql stable parallel safe as $$
  select case when bool_or(capability = 'individual_accounts' and exception_id is null) then 'unaccountable_access_wants_an_exception'
              when decision = 'certify' and count(exception_id) > 0 then 'excepted_access_is_not_certified'
              when decision = 'certify_under_exception' and count(exception_id) = 0 then 'no_exception_is_in_force' end
    from exception_gaps_of(asset, at)
$$;
-- +goose StatementEnd
comment on function exception_grace is 'How long a control may be failed or overdue before its exception is suspended.';
comment on function exception_gaps_of is 'What an asset cannot do though its level asks for it, each with the exception that is in force for it, if one is.';
comment on function review_refuses is 'Which rule keeps access to an asset from being certified so at a moment: without an exception where nobody can tell users apart, as it is where an exception is in force, under one where none is.';

alter table review_item add column gaps text[];
comment on column review_item.gaps is 'What the asset could not do though its level asked for it: the capability, and where an exception was in force :its number:its end. Null when nothing.';

alter table review_decision drop constraint decision_is_known;
alter table review_decision add constraint decision_is_known check (decision in ('certify', 'certify_under_exception', 'revoke', 'reduce', 'unsure', 'undo'));
alter table review_last_answer drop constraint last_answer_is_known;
alter table review_last_answer add constraint last_answer_is_known check (decision in ('certify', 'certify_under_exception', 'revoke', 'reduce'));

-- What changes of review_item changes of its heirs: see review_items_adopt.
-- +goose StatementBegin
do $$
declare
  one regclass;
  columns text;
begin
  select string_agg(quote_ident(attname), ', ') into columns
    from pg_attribute
   where attrelid = 'review_item'::regclass and attnum > 0 and not attisdropped
     and attname not in ('id', 'reviewer', 'next_reviewer', 'passed_from', 'decision', 'decision_id', 'decided_at', 'outcome');
  for one in select 'review_item'::regclass union all select inhrelid::regclass from pg_inherits where inhparent = 'review_item'::regclass
  loop
    execute format('drop trigger frozen on %s', one);
    execute format('create trigger frozen before update of %s on %s for each row execute function review_item_frozen()', columns, one);
    execute format('alter table %s drop constraint item_decision_is_known', one);
    execute format('alter table %s drop constraint item_outcome_is_known', one);
    execute format('create index on %s (asset_id) where decision = ''certify_under_exception''', one);
  end loop;
end $$;

-- As it was, and what an exception asks for.
create or replace function review_decision_guard() returns trigger language plpgsql as $$
declare
  held  text := pg_advisory_xact_lock_shared(72101, (new.campaign_id & 2147483647)::integer);
  found record;
begin
  with looked as (
    select i.recommendation,
           case when i.id is null then 'decision_has_an_item'
                when i.campaign_id <> new.campaign_id then 'decision_is_on_its_own_campaign'
                when c.state not in ('active', 'signing') then 'decisions_need_an_open_campaign'
                when new.decided_by = i.identity_email then 'nobody_reviews_their_own_access'
                when new.decided_by = i.grantor_email then 'nobody_reviews_a_grant_they_gave'
                when new.decided_by = any (i.identity_emails) then 'nobody_reviews_their_own_access_by_another_name'
                when new.decided_by = any (i.grantor_emails) then 'nobody_reviews_a_grant_they_gave_by_another_name'
                when r.signed_at is not null then 'decisions_end_with_sign_off'
                when new.decided_by <> i.reviewer then 'item_is_decided_by_its_reviewer'
                when exists (select from identity a join identity_member x on x.identity_id = a.id
                               join identity_member y on y.person_id = x.person_id
                              where a.email = new.decided_by and y.identity_id = i.identity_id) then 'nobody_reviews_their_own_access_by_another_name'
                when exists (select from identity a join identity_member x on x.identity_id = a.id
                               join identity_member y on y.person_id = x.person_id join identity b on b.id = y.identity_id
                              where a.email = new.decided_by and b.email = i.grantor_email) then 'nobody_reviews_a_grant_they_gave_by_another_name'
                when new.decision = 'undo' then null
                when i.decision is not null then 'item_is_answered_once'
                when i.risk >= 3 and new.bulk then 'high_risk_is_never_decided_in_bulk'
                when i.risk >= 3 and coalesce(new.note, '') = '' then 'high_risk_says_why'
                when new.decision = 'certify_under_exception' or (new.decision = 'certify' and i.gaps is not null)
                  then review_refuses(new.decision, i.asset_id, new.decided_at)
           end as broken
      from (values (1)) one
      left join review_item i on i.id = new.item_id
      left join review_campaign c on c.id = new.campaign_id
      left join review_reviewer r on r.campaign_id = new.campaign_id and r.reviewer = new.decided_by
  ), written as (
    update review_item i
       set decision = new.decision, decision_id = nextval('review_decision_id_seq'), decided_at = new.decided_at
      from looked
     where looked.broken is null and new.decision <> 'undo' -- who takes back also says whose item it is again
       and i.id = new.item_id and i.reviewer = new.decided_by and i.decision is null
    returning i.decision_id as id
  )
  select l.recommendation, w.id, coalesce(l.broken, case when w.id is null and new.decision <> 'undo' then 'item_is_answered_once' end) as broken
    into found
    from looked l
    left join written w on true;
  if found.broken is not null then
    raise exception using errcode = '23514', constraint = found.broken, message = 'decision refused: ' || found.broken;
  end if;
  new.recommendation := found.recommendation;
  new.id := coalesce(found.id, new.id);
  return new;
end $$;
-- +goose StatementEnd
alter table review_item add constraint item_decision_is_known check (decision in ('certify', 'certify_under_exception', 'revoke', 'reduce', 'unsure'));
alter table review_item add constraint item_outcome_is_known check (outcome in ('certified', 'excepted', 'revoked', 'reduced', 'kept', 'escalated'));
