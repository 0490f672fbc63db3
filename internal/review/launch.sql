-- The items of a campaign, as review_item has them. An item's id tells its campaign
-- and its grant, so that the rows can be made side by side.
select {{campaign}}::bigint * 10000000000 + grant_id as id,
       {{campaign}}::bigint as campaign_id, grant_id,
       identity_id, identity_external_id as identity_key, identity_name, identity_kind, identity_email, identity_emails, identity_status, identity_domain,
       identity_department as department, identity_organisation as organisation, identity_contract_end as contract_end, owner_name, owner_status, manager_name,
       entitlement_id, entitlement_external_id as entitlement_key, entitlement_name, entitlement_description as description, entitlement_privilege as privilege,
       asset_id, asset_external_id as asset_key, asset_name, asset_class, asset_owner_name, asset_criticality as criticality, asset_safety_related as safety_related,
       zone_level as level, zone_domain as asset_domain, zone_name, site_name,
       conduit_external_id as conduit_key, conduit_kind, conduit_mfa, conduit_recorded, conduit_vaulted,
       from_zone_name as from_zone, from_zone_level as from_level, from_zone_domain as from_domain, crosses_boundary as crosses,
       granted_at, grantor_name as granted_by, grantor_email, grantor_emails, ticket, expires_at, last_used_at, seen_from,
       peer_group, peers, peers_holding, reach_assets, reach_safety, reach_crossing, reach_levels, reach_highest, findings, gaps,
       consequence, risk, recommendation, reasons, previous_decision, previous_by, previous_at,
       assigned_by, reviewer, {{second}} as next_reviewer
  from assigned
