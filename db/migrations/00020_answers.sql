-- +goose Up

-- An answer and what it makes of its item are one statement and one look-up: the
-- guard of the answer also writes it on the item. Row by row, because most answers
-- come alone, and a transition table costs more than the answer itself.
-- +goose StatementBegin
create or replace function review_decision_guard() returns trigger language plpgsql as $$
declare broken text;
begin
  select case when c.state not in ('active', 'signing') then 'decisions_need_an_open_campaign'
              when i.campaign_id <> new.campaign_id then 'decision_is_on_its_own_campaign'
              when new.decided_by = i.identity_email then 'nobody_reviews_their_own_access'
              when new.decided_by = i.grantor_email then 'nobody_reviews_a_grant_they_gave'
              when r.signed_at is not null then 'decisions_end_with_sign_off'
              when i.id is null then 'decision_has_an_item'
              when new.decided_by <> i.reviewer then 'item_is_decided_by_its_reviewer'
              when new.bulk and i.risk >= 3 and new.decision <> 'undo' then 'high_risk_is_never_decided_in_bulk'
         end into broken
    from (values (1)) one
    left join review_item i on i.id = new.item_id
    left join review_campaign c on c.id = new.campaign_id
    left join review_reviewer r on r.campaign_id = new.campaign_id and r.reviewer = new.decided_by;
  if broken is not null then
    raise exception using errcode = '23514', constraint = broken, message = 'decision refused: ' || broken;
  end if;
  if new.decision <> 'undo' then -- who takes back also says whose item it is again
    update review_item set decision = new.decision, decision_id = new.id, decided_at = new.decided_at where id = new.item_id;
  end if;
  return null;
end $$;

-- Events come one or two at a time, so row by row here too.
create or replace function audit_event_queue() returns trigger language plpgsql as $$
begin
  insert into audit_pending (event_id) values (new.id);
  return null;
end $$;
-- +goose StatementEnd

drop trigger guard on review_decision;
create trigger guard after insert on review_decision for each row execute function review_decision_guard();

-- The guard has looked already when it writes the answer.
drop trigger closed on review_item;
create trigger closed before update of decision, decision_id, decided_at, reviewer, next_reviewer, passed_from on review_item
  for each row when (pg_trigger_depth() = 0) execute function review_item_closed();

drop trigger queue on audit_event;
create trigger queue after insert on audit_event for each row execute function audit_event_queue();
