, made as (
insert into review_item (
  campaign_id, grant_id, identity_id, identity_key, identity_name, identity_kind, identity_email, identity_status, identity_domain,
  department, organisation, contract_end, owner_name, owner_status, manager_name,
  entitlement_id, entitlement_key, entitlement_name, description, privilege,
  asset_id, asset_key, asset_name, asset_class, asset_owner_name, criticality, safety_related, level, asset_domain, zone_name, site_name,
  conduit_key, conduit_kind, conduit_mfa, conduit_recorded, conduit_vaulted, from_zone, from_level, from_domain, crosses,
  granted_at, granted_by, grantor_email, identity_emails, grantor_emails, ticket, expires_at, last_used_at, seen_from,
  consequence, risk, recommendation, reasons, previous_decision, previous_by, previous_at, assigned_by, reviewer, next_reviewer)
select
  {{campaign}}, grant_id, identity_id, identity_external_id, identity_name, identity_kind, identity_email, identity_status, identity_domain,
  identity_department, identity_organisation, identity_contract_end, owner_name, owner_status, manager_name,
  entitlement_id, entitlement_external_id, entitlement_name, entitlement_description, entitlement_privilege,
  asset_id, asset_external_id, asset_name, asset_class, asset_owner_name, asset_criticality, asset_safety_related, zone_level, zone_domain, zone_name, site_name,
  conduit_external_id, conduit_kind, conduit_mfa, conduit_recorded, conduit_vaulted, from_zone_name, from_zone_level, from_zone_domain, crosses_boundary,
  granted_at, grantor_name, grantor_email, identity_emails, grantor_emails, ticket, expires_at, last_used_at, seen_from,
  consequence, risk, recommendation, reasons, previous_decision, previous_by, previous_at, assigned_by, reviewer, {{second}}
  from assigned
  returning reviewer, assigned_by
)
select reviewer, count(*) as items, count(*) filter (where assigned_by = 'fallback') as fallback
  from made
 group by reviewer
