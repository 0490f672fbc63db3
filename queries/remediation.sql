-- name: RemediationOpen :execrows
insert into remediation (item_id, campaign_id, grant_id, work, reduce_to, opened_at)
select i.id, i.campaign_id, i.grant_id, case i.outcome when 'revoked' then 'remove' else 'reduce' end, d.reduce_to, sqlc.arg(at)::timestamptz
  from review_item i
  left join review_decision d on d.id = i.decision_id and d.decision = 'reduce'
 where i.campaign_id = $1 and i.outcome in ('revoked', 'reduced');

-- name: RemediationCounts :many
select state, count(*) as items
  from remediation
 where campaign_id = $1
 group by state
 order by state;

-- name: RemediationList :many
select r.id, r.campaign_id, c.title as campaign, r.work, r.state, r.opened_at, e.name as reduce_to,
       i.identity_id, i.identity_name, i.identity_kind, i.entitlement_name, i.privilege, i.asset_id, i.asset_name, i.level, i.asset_domain, i.risk, i.decision, i.reviewer
  from remediation r
  join review_item i     on i.id = r.item_id
  join review_campaign c on c.id = r.campaign_id
  left join entitlement e on e.id = r.reduce_to
 where r.id > sqlc.arg(after)::bigint
   and (sqlc.arg(campaign)::bigint = 0 or r.campaign_id = sqlc.arg(campaign)::bigint)
   and (sqlc.arg(state)::text = '' or r.state = sqlc.arg(state)::text)
 order by r.id
 limit sqlc.arg(page)::integer;
