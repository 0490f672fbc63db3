-- name: ControlCampaign :one
select c.id, c.title, c.state, c.items, c.fallback_items, c.created_by, c.created_at,
       c.launched_at, c.due_at, c.closed_at, c.closed_by,
       d.name, d.revision, d.text as definition,
       (select count(*) from review_item i where i.campaign_id = c.id and i.decision is not null) as decided,
       (select count(*) from review_decision r where r.campaign_id = c.id) as decisions,
       (select count(*) from remediation m where m.campaign_id = c.id) as remediations,
       (select count(*) from audit_event e where e.campaign_id = c.id) as events
  from review_campaign c
  join review_definition d on d.id = c.definition_id
 where c.id = $1;

-- name: ControlReviewers :many
select reviewer, name, first_seen_at, last_seen_at, signed_at, statement, entered_by
  from review_reviewer
 where campaign_id = $1
 order by reviewer;
