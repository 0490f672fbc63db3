-- name: ReviewDefinitionSave :one
insert into review_definition (name, revision, text, created_by, created_at)
select sqlc.arg(name)::text, coalesce(max(d.revision), 0) + 1, sqlc.arg(text)::text, sqlc.arg(created_by)::text, sqlc.arg(created_at)::timestamptz
  from review_definition d
 where d.name = sqlc.arg(name)::text
returning id;

-- name: ReviewDefinitionSame :one
select d.id
  from review_definition d
 where d.name = $1 and d.text = $2
   and d.revision = (select max(o.revision) from review_definition o where o.name = d.name);

-- name: ReviewCampaignInsert :one
insert into review_campaign (definition_id, title, created_by, created_at)
values ($1, $2, $3, $4)
returning id;

-- name: ReviewCampaignForUpdate :one
select c.id, c.title, c.state, c.due_at, d.text as definition
  from review_campaign c
  join review_definition d on d.id = c.definition_id
 where c.id = $1
   for update of c;

-- name: ReviewState :one
select state
  from review_campaign
 where id = $1;

-- name: ReviewFallback :one
select d.text as definition
  from review_campaign c
  join review_definition d on d.id = c.definition_id
 where c.id = $1;

-- name: ReviewCampaignMove :exec
update review_campaign set state = $2 where id = $1;

-- name: ReviewCampaignLaunched :exec
update review_campaign
   set state = 'active', launched_at = $2, due_at = $3, items = $4, fallback_items = $5
 where id = $1;

-- name: ReviewLockShared :exec
select pg_advisory_xact_lock_shared(72101, sqlc.arg(campaign)::integer);

-- name: ReviewLock :exec
select pg_advisory_xact_lock(72101, sqlc.arg(campaign)::integer);

-- name: ReviewLockName :exec
select pg_advisory_xact_lock(72102, hashtext(sqlc.arg(name)::text));

-- name: ReviewRunning :many
select c.id, c.title, c.state
  from review_campaign c
  join review_definition d on d.id = c.definition_id
 where d.name = sqlc.arg(name)::text and c.id <> sqlc.arg(but)::bigint and c.state in ('launching', 'active', 'paused', 'signing')
 order by c.id desc
 limit 1;

-- name: ReviewReviewersInsert :many
insert into review_reviewer (campaign_id, reviewer, name)
select sqlc.arg(campaign_id)::bigint, e.reviewer, coalesce(max(p.name), e.reviewer)
  from (select unnest(sqlc.arg(emails)::text[]) as reviewer) e
  left join identity p on p.email = e.reviewer and p.kind in ('person', 'contractor') and p.ended_at is null
 group by e.reviewer
 order by e.reviewer
returning reviewer, name;

-- name: ReviewStaleSources :many
select s.name, max(m.finished_at)::timestamptz as imported_at
  from source s
  join import m on m.source_id = s.id
 group by s.name
having max(m.finished_at) < sqlc.arg(since)::timestamptz
 order by s.name;

-- name: ReviewGonePeople :many
select distinct email::text as email
  from identity i
 where email = any (sqlc.arg(emails)::text[]) and kind in ('person', 'contractor')
   and not exists (select from identity l where l.email = i.email and l.status = 'active' and l.ended_at is null)
 order by 1;

-- name: ReviewStrangers :many
select e.email::text as email
  from unnest(sqlc.arg(emails)::text[]) as e(email)
 where not exists (select from identity i where i.email = e.email and i.ended_at is null)
   and not exists (select from account a where a.email = e.email)
 order by 1;

-- name: ReviewInbox :many
select c.id, c.title, c.state, c.due_at, c.launched_at, d.text as definition, r.signed_at,
       count(i.id) as items,
       count(i.id) filter (where i.decision is not null) as decided,
       count(i.id) filter (where i.decision is null and i.risk = 1) as low,
       count(i.id) filter (where i.decision is null and i.risk = 2) as medium,
       count(i.id) filter (where i.decision is null and i.risk = 3) as high,
       count(i.id) filter (where i.decision is null and i.risk = 4) as critical,
       coalesce(min(i.site_name), '')::text as first_site, coalesce(max(i.site_name), '')::text as last_site
  from review_reviewer r
  join review_campaign c   on c.id = r.campaign_id
  join review_definition d on d.id = c.definition_id
  left join review_item i  on i.campaign_id = r.campaign_id and i.reviewer = r.reviewer
 where r.reviewer = $1 and r.signed_at is null and c.state in ('active', 'signing', 'paused')
 group by c.id, d.id, r.signed_at
having count(i.id) > 0
 order by c.due_at, c.id;

-- name: ReviewSignedBy :many
select c.id, c.title, c.state, r.signed_at::timestamptz as signed_at,
       count(i.id) as items,
       count(i.id) filter (where i.decision in ('revoke', 'reduce')) as removed
  from review_reviewer r
  join review_campaign c  on c.id = r.campaign_id
  left join review_item i on i.campaign_id = r.campaign_id and i.reviewer = r.reviewer
 where r.reviewer = $1 and r.signed_at is not null
 group by c.id, r.signed_at
 order by r.signed_at desc
 limit 20;

-- name: ReviewWaiting :one
select count(*)
  from review_reviewer r
  join review_campaign c on c.id = r.campaign_id
 where r.reviewer = $1 and r.signed_at is null and c.state in ('active', 'signing')
   and exists (select from review_item i where i.campaign_id = r.campaign_id and i.reviewer = r.reviewer);

-- name: ReviewSheetHead :one
select c.id, c.title, c.state, c.due_at, c.launched_at, d.name as definition_name, d.text as definition, r.signed_at, r.statement
  from review_reviewer r
  join review_campaign c   on c.id = r.campaign_id
  join review_definition d on d.id = c.definition_id
 where c.id = $1 and r.reviewer = $2 and c.state not in ('draft', 'launching');

-- name: ReviewSheetCounts :many
select risk, decision, count(*) as items, coalesce(min(site_name), '')::text as first_site, coalesce(max(site_name), '')::text as last_site
  from review_item
 where campaign_id = $1 and reviewer = $2
 group by risk, decision
 order by risk, decision;

-- name: ReviewZone :one
-- The time zone of the sites of this name, or of all; '' where they differ.
select coalesce(case when count(distinct s.timezone) = 1 then min(s.timezone) end, '')::text as zone
  from site s
 where s.ended_at is null and (s.name = sqlc.arg(site)::text or sqlc.arg(site)::text = '');

-- name: ReviewSheetOpen :many
select id, risk, identity_id, identity_name, identity_kind, identity_status, organisation, department, owner_name, identity_domain, contract_end,
       entitlement_name, privilege, asset_id, asset_name, level, asset_domain, from_level, from_domain, safety_related, last_used_at, granted_at, expires_at,
       recommendation, reasons, conduit_kind, peers, peers_holding, ''::text as sort_key
  from review_item
 where campaign_id = $1 and reviewer = $2 and decision is null
   and risk between sqlc.arg(lowest)::smallint and sqlc.arg(highest)::smallint
   and (sqlc.arg(words)::text = '' or identity_name ilike sqlc.arg(words)::text or entitlement_name ilike sqlc.arg(words)::text or asset_name ilike sqlc.arg(words)::text)
   and (sqlc.arg(entitlement)::bigint = 0 or entitlement_id = sqlc.arg(entitlement)::bigint)
   and (risk < sqlc.arg(after_risk)::smallint or (risk = sqlc.arg(after_risk)::smallint and id > sqlc.arg(after_id)::bigint))
 order by risk desc, id
 limit sqlc.arg(page)::integer;

-- name: ReviewSheetByKey :many
select id, risk, identity_id, identity_name, identity_kind, identity_status, organisation, department, owner_name, identity_domain, contract_end,
       entitlement_name, privilege, asset_id, asset_name, level, asset_domain, from_level, from_domain, safety_related, last_used_at, granted_at, expires_at,
       recommendation, reasons, conduit_kind, peers, peers_holding,
       case sqlc.arg(key)::text when 'identity' then identity_name else asset_name end::text as sort_key
  from review_item
 where campaign_id = $1 and reviewer = $2 and decision is null
   and risk between sqlc.arg(lowest)::smallint and sqlc.arg(highest)::smallint
   and (sqlc.arg(words)::text = '' or identity_name ilike sqlc.arg(words)::text or entitlement_name ilike sqlc.arg(words)::text or asset_name ilike sqlc.arg(words)::text)
   and (case sqlc.arg(key)::text when 'identity' then identity_name else asset_name end, -risk, id)
     > (sqlc.arg(after_key)::text, -sqlc.arg(after_risk)::smallint, sqlc.arg(after_id)::bigint)
 order by case sqlc.arg(key)::text when 'identity' then identity_name else asset_name end, -risk, id
 limit sqlc.arg(page)::integer;

-- name: ReviewSheetGroups :many
select entitlement_id, min(entitlement_name)::text as entitlement_name, min(coalesce(privilege, ''))::text as privilege,
       min(asset_id)::bigint as asset_id, min(asset_name)::text as asset_name, coalesce(min(level), -1)::numeric as level, min(coalesce(asset_domain, ''))::text as asset_domain,
       min(identity_kind)::text as kind, count(distinct identity_kind) as kinds,
       min(coalesce(identity_domain, ''))::text as home, count(distinct coalesce(identity_domain, '')) as homes,
       min(coalesce(department, ''))::text as department, count(distinct coalesce(department, '')) as departments,
       min(recommendation)::text as recommendation, count(distinct recommendation) as recommendations,
       coalesce(bool_and(last_used_at >= sqlc.arg(recently)::timestamptz), false)::boolean as all_used,
       coalesce(bool_and('+ticket' = any (reasons)), false)::boolean as all_ticket,
       count(*) as items
  from review_item
 where campaign_id = $1 and reviewer = $2 and decision is null and risk = 1
   and (sqlc.arg(words)::text = '' or identity_name ilike sqlc.arg(words)::text or entitlement_name ilike sqlc.arg(words)::text or asset_name ilike sqlc.arg(words)::text)
 group by entitlement_id
 order by count(*) desc, entitlement_id
 limit sqlc.arg(page)::integer offset sqlc.arg(skip)::integer;

-- name: ReviewSheetDecided :many
-- What the reviewer answered: of their items, and of those they passed on, however
-- far these went since.
with given as (
  select i.id as item_id, i.decision_id as said
    from review_item i
   where i.campaign_id = $1 and i.reviewer = $2 and i.decision is not null and i.decision_id < sqlc.arg(before)::bigint
   union all
  select d.item_id, d.id
    from review_decision d
    join review_item i on i.id = d.item_id and i.reviewer <> d.decided_by
   where d.campaign_id = $1 and d.decided_by = $2 and d.decision = 'unsure' and d.id < sqlc.arg(before)::bigint
     and not exists (select from review_decision u where u.item_id = d.item_id and u.decided_by = d.decided_by and u.id > d.id)
   order by said desc
   limit sqlc.arg(page)::integer
)
select i.id, d.id as decision_id, i.risk, i.identity_name, i.identity_kind, i.entitlement_name, i.privilege, i.asset_name,
       d.decision, d.reduce_to, e.name as reduce_name, d.note, d.decided_at, d.open_ms, d.bulk, d.entered_by,
       i.reviewer as now_with, coalesce(w.name, i.reviewer) as now_with_name, i.decision as now_decision,
       (i.reviewer = d.decided_by or (i.passed_from is not distinct from d.decided_by and i.decision is null))::boolean as may_undo
  from given
  join review_decision d      on d.id = given.said
  join review_item i          on i.id = given.item_id
  left join review_reviewer w on w.campaign_id = i.campaign_id and w.reviewer = i.reviewer
  left join entitlement e     on e.id = d.reduce_to
 order by d.id desc;

-- name: ReviewItemCase :one
select i.*
  from review_item i
 where i.campaign_id = $1 and i.id = $2 and i.reviewer = $3;

-- name: ReviewAnswer :one
select decided_by, decided_at, entered_by, note
  from review_decision
 where id = $1;

-- name: ReviewGaps :many
-- What assets cannot do though their level asks for it, as it is now: with the
-- exception in force for it, or none.
select a.id::bigint as asset_id, g.capability::text as capability, coalesce(g.exception_id, 0)::bigint as exception_id, coalesce(g.valid_to, '0001-01-01Z')::timestamptz as ends_at
  from unnest(sqlc.arg(assets)::bigint[]) a (id)
 cross join lateral exception_gaps_of(a.id, sqlc.arg(now)::timestamptz) g
 order by a.id, g.capability;

-- name: ReviewReopenedAt :one
-- When an item that had been certified under an exception was opened again without
-- its reviewer, if nothing was answered since.
select coalesce((select case when d.decision = 'undo' and d.entered_by not like 'cli:%' then d.decided_at end
                   from review_decision d
                  where d.item_id = sqlc.arg(item)::bigint
                  order by d.id desc
                  limit 1), '0001-01-01Z')::timestamptz as at;

-- name: ReviewTakingAnswers :many
select id from review_campaign where state in ('active', 'signing') order by id;

-- name: ReviewUnderException :many
-- Items of campaigns that take answers, certified under an exception of these
-- assets by who has not signed off.
select i.campaign_id, i.reviewer, i.asset_id, array_agg(i.id order by i.id)::bigint[] as items, min(r.name)::text as name, c.title, c.due_at,
       count(*) filter (where i.risk >= 3) as high, coalesce(min(i.site_name), '')::text as first_site, coalesce(max(i.site_name), '')::text as last_site
  from review_item i
  join review_campaign c on c.id = i.campaign_id and c.state in ('active', 'signing')
  join review_reviewer r on r.campaign_id = i.campaign_id and r.reviewer = i.reviewer and r.signed_at is null
 where i.asset_id = any (sqlc.arg(assets)::bigint[]) and i.decision = 'certify_under_exception'
 group by i.campaign_id, i.reviewer, i.asset_id, c.id
 order by i.campaign_id, i.reviewer, i.asset_id;

-- name: ReviewNoLongerExcepted :many
-- Of a reviewer's items, those certified under an exception that is not in force any more.
select i.id, i.asset_name
  from review_item i
 where i.campaign_id = $1 and i.reviewer = $2 and i.decision = 'certify_under_exception'
   and review_refuses(i.decision, i.asset_id, sqlc.arg(now)::timestamptz) is not null
 order by i.id;

-- name: ReviewLowerEntitlements :many
select e.id, e.name, coalesce(e.privilege, '') as privilege
  from entitlement e
 where e.asset_id = $1 and e.ended_at is null and e.id <> $2
   and array_position(array['view', 'operate', 'engineer', 'admin'], e.privilege)
     < array_position(array['view', 'operate', 'engineer', 'admin'], sqlc.arg(privilege)::text)
 order by array_position(array['view', 'operate', 'engineer', 'admin'], e.privilege) desc, e.name
 limit 50;

-- name: ReviewItemsForDecision :many
-- The campaign's lock is taken before the rows', as closing does. What is read here
-- of the campaign and the reviewer may be older than the lock; the guard of
-- review_decision looks again. offset 0 hides how many items there are from the
-- planner, which would plan anew for every answer otherwise.
select i.id, i.risk, i.decision, c.state, r.signed_at
  from (select pg_advisory_xact_lock_shared(72101, sqlc.arg(lock)::integer)::text as held offset 0) l
  join review_campaign c on l.held is not null and c.id = sqlc.arg(campaign_id)::bigint
  join review_reviewer r on r.campaign_id = c.id and r.reviewer = sqlc.arg(reviewer)::text
  join review_item i on i.campaign_id = c.id and i.reviewer = r.reviewer
   and i.id in (select unnest(a.items) from (select sqlc.arg(items)::bigint[] as items offset 0) a)
 order by i.id
   for update of i;

-- name: ReviewItemsWhose :many
select id, campaign_id, reviewer
  from review_item
 where id = any (sqlc.arg(ids)::bigint[])
 order by id;

-- name: ReviewStanding :one
select c.state, r.signed_at
  from review_reviewer r
  join review_campaign c on c.id = r.campaign_id
 where r.campaign_id = $1 and r.reviewer = $2;

-- name: ReviewDecide :exec
-- The guard of review_decision keeps the rules, writes the answer on its item and
-- notes what was recommended.
insert into review_decision (item_id, campaign_id, decision, reduce_to, note, decided_by, decided_at, entered_by, open_ms, bulk, shown)
values ($1, $2, $3, nullif(sqlc.arg(reduce_to)::bigint, 0), $4, $5, $6, $7, $8, $9, $10);

-- name: ReviewNotLower :many
-- Items whose reduction leads to no lower right that is there on the same asset.
select a.item_id::bigint as item
  from (select unnest(sqlc.arg(items)::bigint[]) as item_id, unnest(sqlc.arg(reductions)::bigint[]) as reduce_to) a
  join review_item i on i.id = a.item_id
 where not exists (
   select from entitlement e
    where e.id = a.reduce_to and e.asset_id = i.asset_id and e.id <> i.entitlement_id and e.ended_at is null
      and array_position(array['view', 'operate', 'engineer', 'admin'], e.privilege)
        < array_position(array['view', 'operate', 'engineer', 'admin'], i.privilege))
 order by a.item_id;

-- name: ReviewPass :many
-- What the reviewer is unsure of goes to who is frozen as next, else to the first
-- of the fallback, who may decide, has not said unsure, has not signed off and is
-- not known to have left; whoever would come after is next then.
with passed as (
  select i.id, array_agg(n.email order by n.place) as after
    from review_item i
   cross join lateral (
     select c.email, min(c.place) as place
       from unnest(array_prepend(i.next_reviewer, sqlc.arg(fallback)::text[])) with ordinality c (email, place)
      where c.email is distinct from i.identity_email and c.email is distinct from i.grantor_email and c.email <> i.reviewer
        and (c.email = any (i.identity_emails || i.grantor_emails)) is not true
        and not exists (select from review_reviewer r where r.campaign_id = i.campaign_id and r.reviewer = c.email and r.signed_at is not null)
        and 'unsure' is distinct from (select d.decision from review_decision d where d.item_id = i.id and d.decided_by = c.email order by d.id desc limit 1)
        and (not exists (select from identity p where p.email = c.email and p.kind in ('person', 'contractor'))
             or exists (select from identity p join identity_standing s on s.identity_id = p.id
                         where p.email = c.email and p.ended_at is null and s.is_live_person and s.status = 'active'))
      group by c.email
      order by min(c.place)
      limit 2) n
   where i.id = any (sqlc.arg(ids)::bigint[]) and i.decision = 'unsure'
   group by i.id
)
update review_item i
   set reviewer = p.after[1], next_reviewer = p.after[2], passed_from = i.reviewer, decision = null, decided_at = null
  from passed p
 where i.id = p.id
returning i.reviewer;

-- name: ReviewReviewersAdd :many
insert into review_reviewer (campaign_id, reviewer, name)
select sqlc.arg(campaign_id)::bigint, e.email, coalesce((select min(p.name) from identity p where p.email = e.email), e.email)
  from (select distinct unnest(sqlc.arg(emails)::text[]) as email) e
 order by e.email
    on conflict do nothing
returning reviewer, name;

-- name: ReviewItemsToUndo :many
select i.id, d.decision, i.passed_from, i.reviewer
  from review_item i
  join review_decision d on d.id = i.decision_id
 where i.campaign_id = $1 and i.id = any (sqlc.arg(items)::bigint[])
   and ((i.reviewer = sqlc.arg(reviewer)::text and i.decision is not null) or (i.passed_from = sqlc.arg(reviewer)::text and i.decision is null))
 order by i.id
   for update of i;

-- name: ReviewTakeBack :exec
-- What stands again is the answer of who passed the item on, if somebody did.
with before as (
  select distinct on (d.item_id) d.item_id, d.id, d.decided_by
    from review_decision d
   where d.item_id = any (sqlc.arg(items)::bigint[]) and d.decision = 'unsure' and d.decided_by <> sqlc.arg(decided_by)::text
     and not exists (select from review_decision u where u.item_id = d.item_id and u.decided_by = d.decided_by and u.id > d.id)
   order by d.item_id, d.id desc
)
update review_item i
   set decision = null, decision_id = before.id, decided_at = null,
       next_reviewer = case when i.passed_from = sqlc.arg(decided_by)::text then i.reviewer else i.next_reviewer end,
       reviewer = case when i.passed_from = sqlc.arg(decided_by)::text then i.passed_from else i.reviewer end,
       passed_from = before.decided_by
  from unnest(sqlc.arg(items)::bigint[]) as back (item_id)
  left join before on before.item_id = back.item_id
 where i.id = back.item_id;

-- name: ReviewUndo :exec
-- Whose item it is again says so: its guard wants ReviewTakeBack first.
insert into review_decision (item_id, campaign_id, decision, decided_by, decided_at, entered_by, shown)
select unnest(sqlc.arg(items)::bigint[]), sqlc.arg(campaign_id)::bigint, 'undo', sqlc.arg(decided_by)::text, sqlc.arg(decided_at)::timestamptz, sqlc.narg(entered_by)::text, 'list';

-- name: ReviewLastDecided :one
select i.id
  from review_item i
 where i.campaign_id = $1
   and ((i.reviewer = $2 and i.decision is not null) or (i.passed_from = $2 and i.decision is null))
 order by i.decision_id desc
 limit 1;

-- name: ReviewSeen :exec
update review_reviewer
   set first_seen_at = coalesce(first_seen_at, sqlc.arg(at)::timestamptz), last_seen_at = sqlc.arg(at)::timestamptz
 where campaign_id = $1 and reviewer = $2
   and (last_seen_at is null or last_seen_at < sqlc.arg(at)::timestamptz - interval '1 minute');

-- name: ReviewStillOpen :one
select count(*) filter (where decision is null) as open, count(*) as items
  from review_item
 where campaign_id = $1 and reviewer = $2;

-- name: ReviewSign :execrows
update review_reviewer
   set signed_at = sqlc.arg(at)::timestamptz, statement = sqlc.arg(statement)::text, entered_by = sqlc.narg(entered_by)::text
 where campaign_id = $1 and reviewer = $2 and signed_at is null;

-- name: ReviewUnsigned :one
select count(*)
  from review_reviewer r
 where r.campaign_id = $1 and r.signed_at is null
   and exists (select from review_item i where i.campaign_id = r.campaign_id and i.reviewer = r.reviewer);

-- name: ReviewSettle :many
-- What was certified under an exception that is no longer in force has no answer.
with settled as (
  update review_item
     set outcome = case when decision = 'certify' then 'certified'
                        when decision = 'certify_under_exception' and review_refuses(decision, asset_id, sqlc.arg(now)::timestamptz) is null then 'excepted'
                        when decision = 'revoke' then 'revoked'
                        when decision = 'reduce' then 'reduced'
                        else case case consequence when 'it' then sqlc.arg(it)::text when 'ot' then sqlc.arg(ot)::text else sqlc.arg(safety)::text end
                             when 'revoke' then 'revoked' when 'keep' then 'kept' else 'escalated' end
                   end
   where campaign_id = $1
  returning outcome, decision, risk
)
select outcome::text as outcome, (decision is null or decision = 'unsure' or (decision = 'certify_under_exception' and outcome <> 'excepted'))::boolean as silent, count(*) as items,
       count(*) filter (where risk >= 3) as high
  from settled
 group by 1, 2
 order by 1, 2;

-- name: ReviewLastAnswersKeep :exec
insert into review_last_answer (grant_id, campaign_id, decision, reviewer, decided_at)
select i.grant_id, i.campaign_id, i.decision, i.reviewer, i.decided_at
  from review_item i
 where i.campaign_id = $1 and (i.decision in ('certify', 'revoke', 'reduce') or (i.decision = 'certify_under_exception' and i.outcome = 'excepted'))
 order by i.grant_id
    on conflict (grant_id) do update
   set campaign_id = excluded.campaign_id, decision = excluded.decision, reviewer = excluded.reviewer, decided_at = excluded.decided_at;

-- name: ReviewNames :many
select e.email::text as email, coalesce(min(p.name), e.email)::text as name
  from (select unnest(sqlc.arg(emails)::text[]) as email) e
  left join identity p on p.email = e.email
 group by e.email
 order by e.email;

-- name: ReviewResult :one
select detail
  from audit_event
 where campaign_id = sqlc.arg(campaign)::bigint and action = sqlc.arg(action)::text
 order by id desc
 limit 1;

-- name: ReviewCampaignClosed :exec
update review_campaign
   set state = $2, closed_at = $3, closed_by = $4
 where id = $1;

-- name: ReviewOverdueReviewers :many
select c.id as campaign_id, c.title, c.due_at::timestamptz as due_at, r.reviewer, r.name,
       count(i.id) as open,
       count(i.id) filter (where i.risk >= 3) as high,
       coalesce(min(i.site_name), '')::text as first_site, coalesce(max(i.site_name), '')::text as last_site
  from review_campaign c
  join review_reviewer r on r.campaign_id = c.id and r.signed_at is null
  join review_item i     on i.campaign_id = c.id and i.reviewer = r.reviewer and i.decision is null
 where c.state in ('active', 'signing')
   and (sqlc.arg(step)::text = 'opened' or c.due_at < sqlc.arg(at)::timestamptz)
   and not exists (select from review_notice n where n.campaign_id = c.id and n.reviewer = r.reviewer and n.step = sqlc.arg(step)::text)
 group by c.id, r.reviewer, r.name
 order by c.id, r.reviewer;

-- name: ReviewRemind :many
-- Who has open items and was not written to within the last while, marked as
-- reminded: of two who ask at once, one finds nobody.
with behind as (
  select i.reviewer, count(*) as open, count(*) filter (where i.risk >= 3) as high,
         coalesce(min(i.site_name), '')::text as first_site, coalesce(max(i.site_name), '')::text as last_site
    from review_item i
   where i.campaign_id = sqlc.arg(campaign)::bigint and i.decision is null
     and (sqlc.arg(reviewer)::text = '' or i.reviewer = sqlc.arg(reviewer)::text)
   group by i.reviewer
), reminded as (
  update review_reviewer r
     set reminded_at = sqlc.arg(now)::timestamptz
    from behind b
   where r.campaign_id = sqlc.arg(campaign)::bigint and r.reviewer = b.reviewer
     and coalesce(r.reminded_at, '-infinity') <= sqlc.arg(before)::timestamptz
     and not exists (select from review_notice n where n.campaign_id = r.campaign_id and n.reviewer = r.reviewer and n.sent_at > sqlc.arg(before)::timestamptz)
  returning r.reviewer, r.name, b.open, b.high, b.first_site, b.last_site
)
select reviewer, name, open, high, first_site, last_site
  from reminded
 order by reviewer;

-- name: ReviewCandidate :one
-- What is known of somebody who is to review, as a person and as an account.
select coalesce((select min(p.name) from identity p where p.email = e.email), a.name, e.email)::text as name,
       exists (select from identity p where p.email = e.email and p.kind in ('person', 'contractor')) as known,
       exists (select from identity p join identity_standing s on s.identity_id = p.id
                where p.email = e.email and p.ended_at is null and s.is_live_person and s.status = 'active') as live,
       (a.id is not null)::boolean as account, (a.disabled_at is not null)::boolean as disabled,
       array(select r.role from account_role r where r.account_id = a.id and r.site_id is null order by r.role)::text[] as roles,
       coalesce((select r.signed_at is not null from review_reviewer r where r.campaign_id = sqlc.arg(campaign)::bigint and r.reviewer = e.email), false)::boolean as signed
  from (select sqlc.arg(email)::text as email) e
  left join account a on a.email = e.email;

-- name: ReviewReassign :many
-- A reviewer's open items to somebody else: those that they may decide and were
-- not unsure of.
update review_item i
   set reviewer = sqlc.arg(to_reviewer)::text, next_reviewer = nullif(i.next_reviewer, sqlc.arg(to_reviewer)::text),
       passed_from = nullif(i.passed_from, sqlc.arg(to_reviewer)::text)
 where i.campaign_id = sqlc.arg(campaign)::bigint and i.reviewer = sqlc.arg(from_reviewer)::text and i.decision is null
   and i.identity_email is distinct from sqlc.arg(to_reviewer)::text and i.grantor_email is distinct from sqlc.arg(to_reviewer)::text
   and (sqlc.arg(to_reviewer)::text = any (i.identity_emails || i.grantor_emails)) is not true
   and is_same_person(i.identity_email, sqlc.arg(to_reviewer)::text) is not true and is_same_person(i.grantor_email, sqlc.arg(to_reviewer)::text) is not true
   and 'unsure' is distinct from (select d.decision from review_decision d where d.item_id = i.id and d.decided_by = sqlc.arg(to_reviewer)::text order by d.id desc limit 1)
returning i.id, i.risk, coalesce(i.site_name, '')::text as site;

-- name: ReviewCandidates :many
-- Who reviews in the campaign besides, to choose from.
select r.reviewer, r.name
  from review_reviewer r
 where r.campaign_id = $1 and r.reviewer <> $2 and r.signed_at is null
 order by r.name, r.reviewer
 limit 200;

-- name: ReviewNoticeKeep :exec
insert into review_notice (campaign_id, reviewer, step, sent_at)
values ($1, $2, $3, $4)
    on conflict do nothing;

-- name: ReviewNoticesInsert :exec
insert into review_notice (campaign_id, reviewer, step, sent_at)
select unnest(sqlc.arg(campaigns)::bigint[]), unnest(sqlc.arg(reviewers)::text[]), sqlc.arg(step)::text, sqlc.arg(at)::timestamptz;

-- name: ReviewCampaigns :many
select c.id, c.title, c.state, c.items, c.created_by, c.created_at, c.launched_at, c.due_at, c.closed_at, d.name as definition_name, d.revision,
       case when c.items <= 20000 then (select count(*) from review_item i where i.campaign_id = c.id and i.decision is not null)
            else c.decided end::bigint as decided
  from review_campaign c
  join review_definition d on d.id = c.definition_id
 where c.id < sqlc.arg(before)::bigint
   and (sqlc.arg(state)::text = '' or c.state = sqlc.arg(state)::text)
 order by c.id desc
 limit sqlc.arg(page)::integer;

-- name: ReviewCampaignGet :one
select c.id, c.title, c.state, c.items, c.fallback_items, c.created_by, c.created_at, c.launched_at, c.due_at, c.closed_at, c.closed_by,
       d.name as definition_name, d.revision, d.text as definition
  from review_campaign c
  join review_definition d on d.id = c.definition_id
 where c.id = $1;

-- name: ReviewCampaignCounts :many
select decision, outcome, risk, consequence, safety_related,
       coalesce(to_char(decided_at at time zone sqlc.arg(zone)::text, 'YYYY-MM-DD'), '')::text as day, count(*) as items
  from review_item
 where campaign_id = sqlc.arg(campaign)::bigint
 group by decision, outcome, risk, consequence, safety_related, day
 order by decision, outcome, risk;

-- name: ReviewCampaignReviewers :many
select r.reviewer, r.name, r.last_seen_at, r.signed_at, r.entered_by, r.reminded_at,
       count(i.id) as items,
       count(i.id) filter (where i.decision is not null) as decided,
       count(i.id) filter (where i.decision is null and i.risk >= 3) as high_open,
       count(i.id) filter (where i.decision in ('certify', 'certify_under_exception')) as kept,
       count(i.id) filter (where d.bulk) as bulk,
       coalesce(percentile_cont(0.5) within group (order by d.open_ms) filter (where d.open_ms is not null and not d.bulk), -1)::float8 as median_ms,
       coalesce(sum(d.open_ms) filter (where not d.bulk), 0)::bigint as spent_ms
  from review_reviewer r
  left join review_item i     on i.campaign_id = r.campaign_id and i.reviewer = r.reviewer
  left join review_decision d on d.id = i.decision_id and i.decision is not null -- of one passed on, the answer is another's
 where r.campaign_id = $1
   and (sqlc.arg(after)::text = '' or r.reviewer > sqlc.arg(after)::text)
 group by r.campaign_id, r.reviewer
 order by r.reviewer
 limit sqlc.arg(page)::integer;

-- name: ReviewReviewerCount :one
select count(*)
  from review_reviewer
 where campaign_id = $1;

-- name: ReviewCampaignTitles :many
select id, title
  from review_campaign
 where state in ('remediating', 'closed')
 order by id desc
 limit 100;

-- name: ReviewRefreshDecided :exec
update review_campaign c
   set decided = (select count(*) from review_item i where i.campaign_id = c.id and i.decision is not null)
 where c.items > 20000 and (c.state in ('active', 'signing', 'paused') or c.closed_at > sqlc.arg(since)::timestamptz);
