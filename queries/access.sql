-- name: AccessHeldBy :many
-- What an identity can do, what reaches farthest first; at some sites only, unless everywhere.
select f.grant_id, f.grant_source, f.granted_at, coalesce(grantor_name(f.grant_source_id, f.granted_by), '')::text as granted_by, f.ticket, f.expires_at, f.last_used_at, f.seen_from,
       f.identity_id, f.identity_name, f.identity_kind, f.identity_domain, f.identity_status::text as identity_status,
       f.entitlement_id, f.entitlement_name, f.entitlement_description, f.entitlement_privilege,
       f.asset_id, f.asset_name, f.asset_class, f.asset_safety_related,
       f.zone_name, f.zone_level, f.zone_domain, f.site_name,
       f.conduit_external_id, f.conduit_kind, f.conduit_mfa, f.conduit_recorded, f.conduit_vaulted, f.from_zone_name, f.from_zone_level, f.from_zone_domain,
       f.crosses_boundary,
       p.decision as last_decision, coalesce(w.name, p.reviewer, '')::text as last_reviewer, p.decided_at as last_decided_at
  from access_fact f
  join asset a on a.id = f.asset_id
  left join zone z on z.id = a.zone_id
  left join review_last_answer p on p.grant_id = f.grant_id and p.decided_at <= sqlc.arg(at)::timestamptz
  left join review_reviewer w on w.campaign_id = p.campaign_id and w.reviewer = p.reviewer
 where f.identity_id = sqlc.arg(identity)::bigint
   and (sqlc.arg(everywhere)::boolean or z.site_id = any (sqlc.arg(sites)::bigint[]))
 order by f.crosses_boundary desc, array_position(array['view', 'operate', 'engineer', 'admin'], f.entitlement_privilege) desc nulls last, lower(f.asset_name), f.grant_id
 limit sqlc.arg(most)::integer;

-- name: AccessHeldOn :many
-- Who can do what on an asset, who can do most first. Its grants are looked up first:
-- the view joins too much for the planner to begin there by itself.
select f.grant_id, f.grant_source, f.granted_at, coalesce(grantor_name(f.grant_source_id, f.granted_by), '')::text as granted_by, f.ticket, f.expires_at, f.last_used_at, f.seen_from,
       f.identity_id, f.identity_name, f.identity_kind, f.identity_domain, f.identity_status::text as identity_status,
       f.entitlement_id, f.entitlement_name, f.entitlement_description, f.entitlement_privilege,
       f.asset_id, f.asset_name, f.asset_class, f.asset_safety_related,
       f.zone_name, f.zone_level, f.zone_domain, f.site_name,
       f.conduit_external_id, f.conduit_kind, f.conduit_mfa, f.conduit_recorded, f.conduit_vaulted, f.from_zone_name, f.from_zone_level, f.from_zone_domain,
       f.crosses_boundary,
       p.decision as last_decision, coalesce(w.name, p.reviewer, '')::text as last_reviewer, p.decided_at as last_decided_at
  from access_fact f
  left join review_last_answer p on p.grant_id = f.grant_id and p.decided_at <= sqlc.arg(at)::timestamptz
  left join review_reviewer w on w.campaign_id = p.campaign_id and w.reviewer = p.reviewer
 where f.grant_id = any (array(select g.id from entitlement e join access_grant g on g.entitlement_id = e.id where e.asset_id = sqlc.arg(asset)::bigint and g.ended_at is null))
 order by array_position(array['view', 'operate', 'engineer', 'admin'], f.entitlement_privilege) desc nulls last, f.crosses_boundary desc, lower(f.identity_name), f.grant_id
 limit sqlc.arg(most)::integer;
