-- +goose Up

-- An answer comes to the database as one statement: its guard takes the campaign's
-- lock, looks once at the item, at who answers and at the campaign, keeps every
-- rule, writes the answer on the item and notes what was recommended. Before, it
-- took four looks, one of which parsed a function anew for every answer.
--
-- The lock is that of whoever answers (internal/review/lock.go); signing and closing
-- wait for it. Each statement below sees what was committed until it begins, so what
-- is looked at after the lock is current. The update asks again for what somebody
-- else could have changed between the two. The answer gets its number when its item
-- is held: the numbers of an item's answers are in the order in which they were given.
-- +goose StatementBegin
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

drop trigger guard on review_decision;
create trigger guard before insert on review_decision for each row execute function review_decision_guard();
drop trigger same_person on review_decision;
drop function review_decision_same_person();

-- The guard has looked already when it writes the answer. A trigger's condition is
-- parsed anew for every statement, a function is not.
-- +goose StatementBegin
create or replace function review_item_closed() returns trigger language plpgsql as $$
begin
  if pg_trigger_depth() > 1 then
    return new;
  end if;
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

do $$
declare items regclass;
begin
  for items in select 'review_item'::regclass union all select inhrelid from pg_inherits where inhparent = 'review_item'::regclass loop
    execute format('drop trigger closed on %s', items);
    execute format('create trigger closed before update of decision, decision_id, decided_at, reviewer, next_reviewer, passed_from on %s for each row execute function review_item_closed()', items);
  end loop;
end $$;
-- +goose StatementEnd
