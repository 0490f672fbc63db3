-- +goose Up

-- An identity that its source no longer has is gone, whatever status it had last:
-- it reviews nothing, and what it owns has no live owner.
create or replace view access_fact as
select g.id                                              as grant_id,
       g.granted_at, g.granted_by, g.expires_at, g.last_used_at, g.ticket, g.seen_from,
       gs.name                                           as grant_source,
       g.source_id                                       as grant_source_id,
       i.id                                              as identity_id,
       i.external_id                                     as identity_external_id,
       i.name                                            as identity_name,
       i.kind                                            as identity_kind,
       i.email                                           as identity_email,
       i.department                                      as identity_department,
       i.organisation                                    as identity_organisation,
       i.domain                                          as identity_domain,
       case when i.ended_at is null then i.status else 'left' end as identity_status,
       i.contract_end                                    as identity_contract_end,
       i.auth_method                                     as identity_auth_method,
       ids.name                                          as identity_source,
       o.name                                            as owner_name,
       o.email                                           as owner_email,
       o.kind                                            as owner_kind,
       case when o.ended_at is null then o.status else 'left' end as owner_status,
       o.external_id                                     as owner_external_id,
       m.name                                            as manager_name,
       m.email                                           as manager_email,
       m.kind                                            as manager_kind,
       case when m.ended_at is null then m.status else 'left' end as manager_status,
       m.external_id                                     as manager_external_id,
       e.id                                              as entitlement_id,
       e.external_id                                     as entitlement_external_id,
       e.name                                            as entitlement_name,
       e.description                                     as entitlement_description,
       e.privilege                                       as entitlement_privilege,
       eo.email                                          as entitlement_owner_email,
       eo.kind                                           as entitlement_owner_kind,
       case when eo.ended_at is null then eo.status else 'left' end as entitlement_owner_status,
       a.id                                              as asset_id,
       a.external_id                                     as asset_external_id,
       a.name                                            as asset_name,
       a.class                                           as asset_class,
       a.vendor                                          as asset_vendor,
       a.criticality                                     as asset_criticality,
       a.safety_related                                  as asset_safety_related,
       a.capabilities                                    as asset_capabilities,
       ass.name                                          as asset_source,
       ao.name                                           as asset_owner_name,
       ao.email                                          as asset_owner_email,
       ao.kind                                           as asset_owner_kind,
       case when ao.ended_at is null then ao.status else 'left' end as asset_owner_status,
       z.name                                            as zone_name,
       z.level                                           as zone_level,
       z.domain                                          as zone_domain,
       z.external_id                                     as zone_external_id,
       st.name                                           as site_name,
       st.external_id                                    as site_external_id,
       c.id                                              as conduit_id,
       c.external_id                                     as conduit_external_id,
       c.kind                                            as conduit_kind,
       c.mfa                                             as conduit_mfa,
       c.recorded                                        as conduit_recorded,
       c.vaulted                                         as conduit_vaulted,
       c.project                                         as conduit_project,
       fz.name                                           as from_zone_name,
       fz.level                                          as from_zone_level,
       fz.domain                                         as from_zone_domain,
       crosses_boundary(i.domain, z.domain)              as crosses_boundary
  from access_grant g
  join identity i         on i.id = g.identity_id
  join entitlement e      on e.id = g.entitlement_id
  join asset a            on a.id = e.asset_id
  join source gs          on gs.id = g.source_id
  join source ids         on ids.id = i.source_id
  join source ass         on ass.id = a.source_id
  left join zone z        on z.id = a.zone_id
  left join site st       on st.id = z.site_id
  left join conduit c     on c.id = g.conduit_id
  left join zone fz       on fz.id = c.from_zone_id
  left join identity o    on o.id = i.owner_id
  left join identity m    on m.id = i.manager_id
  left join identity eo   on eo.id = e.owner_id
  left join identity ao   on ao.id = a.owner_id
 where g.ended_at is null;
