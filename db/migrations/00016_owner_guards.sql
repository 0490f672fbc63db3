-- +goose Up

-- Nobody says of themselves which identities are theirs: to be parted from one
-- would let them decide on its access.
-- +goose StatementBegin
create function identity_join_by_others() returns trigger language plpgsql as $$
declare who text := case tg_op when 'INSERT' then new.joined_by else new.undone_by end;
begin
  if who is not null and exists (select from identity i where i.id in (new.identity_id, new.other_id) and is_same_person(i.email, who)) then
    raise exception using errcode = '23514', constraint = 'nobody_says_who_they_are', message = 'nobody says who they are themselves';
  end if;
  return new;
end $$;

-- What the first import of a source says may have been so for long: an account
-- that is first seen after its person left has not brought them back.
create or replace function identity_status_since(i identity) returns timestamptz language sql stable as $$
  with began as (
    select coalesce((select min(h.seen_from) from identity_history h
                      where h.id = i.id and h.status = i.status and h.ended_at is null
                        and h.seen_from >= coalesce((select max(o.seen_until) from identity_history o
                                                      where o.id = i.id and (o.status <> i.status or o.ended_at is not null)), '-infinity')),
                    i.seen_from) as at
  )
  select case when at <= (select min(m.started_at) from import m where m.source_id = i.source_id and (m.counts -> 'identities' ->> 'added')::bigint > 0)
              then '-infinity' else at end
    from began
$$;

-- Answers come one at a time, and most subjects and grantors have one identity.
create or replace function review_decision_same_person() returns trigger language plpgsql as $$
declare broken text;
begin
  select case when new.decided_by = any (i.identity_emails)
                or exists (select from identity_member x join identity_member y on y.person_id = x.person_id join identity o on o.id = y.identity_id
                            where x.identity_id = i.identity_id and o.email = new.decided_by)
              then 'nobody_reviews_their_own_access_by_another_name'
              when new.decided_by = any (i.grantor_emails) or (i.grantor_email is not null and is_same_person(i.grantor_email, new.decided_by))
              then 'nobody_reviews_a_grant_they_gave_by_another_name' end into broken
    from review_item i
   where i.id = new.item_id;
  if broken is not null then
    raise exception using errcode = '23514', constraint = broken, message = 'decision refused: ' || broken;
  end if;
  return null;
end $$;
-- +goose StatementEnd
comment on function identity_status_since is 'Since when an identity is known to have the status it has; for ever, if its source has never said otherwise.';
create trigger by_others before insert or update on identity_join for each row execute function identity_join_by_others();
drop trigger same_person on review_decision;
create trigger same_person after insert on review_decision for each row execute function review_decision_same_person();

-- What lists of owners are read by.
create index identity_unowned on identity (owner_id) where kind not in ('person', 'contractor') and ended_at is null;
create index asset_by_owner on asset (owner_id) where owner_id is not null;
create index entitlement_by_owner on entitlement (owner_id) where owner_id is not null;
create index ownership_transfer_by_owner on ownership_transfer (owner_id) where state = 'accepted';
