-- +goose Up

-- What is known of each grant, in parts: of the grant itself, of who holds it, of
-- what it gives and of the way there. A launch joins each part once for each
-- identity, right and conduit rather than once for each grant; access_fact is all
-- of them together.
create view grant_fact as
select g.id             as grant_id,
       g.granted_at, g.granted_by, g.expires_at, g.last_used_at, g.ticket, g.seen_from,
       gs.name          as grant_source,
       g.source_id      as grant_source_id,
       g.identity_id    as grant_identity_id,
       g.entitlement_id as grant_entitlement_id,
       g.conduit_id     as grant_conduit_id
  from access_grant g
  join source gs on gs.id = g.source_id
 where g.ended_at is null;
comment on view grant_fact is 'Every live grant, with the keys of what it joins.';

create view identity_fact as
select i.id                        as identity_id,
       i.external_id               as identity_external_id,
       i.name                      as identity_name,
       i.kind                      as identity_kind,
       i.email                     as identity_email,
       i.department                as identity_department,
       i.organisation              as identity_organisation,
       i.domain                    as identity_domain,
       case when ip.status = 'left' or i.ended_at is not null then 'left' else i.status end as identity_status,
       i.contract_end              as identity_contract_end,
       i.auth_method               as identity_auth_method,
       s.name                      as identity_source,
       ip.emails                   as identity_emails,
       o.name                      as owner_name,
       coalesce(op.email, o.email) as owner_email,
       o.kind                      as owner_kind,
       coalesce(op.status, case when o.ended_at is null then o.status else 'left' end) as owner_status,
       o.external_id               as owner_external_id,
       i.manager_id,
       m.name                      as manager_name,
       coalesce(mp.email, m.email) as manager_email,
       m.kind                      as manager_kind,
       coalesce(mp.status, case when m.ended_at is null then m.status else 'left' end) as manager_status,
       m.external_id               as manager_external_id
  from identity i
  join source s on s.id = i.source_id
  left join identity_member im on im.identity_id = i.id
  left join identity_person ip on ip.id = im.person_id
  left join ownership_in_force f on f.subject = 'identity' and f.subject_id = i.id
  left join identity o on o.id = coalesce(f.owner_id, i.owner_id)
  left join identity_member om on om.identity_id = o.id
  left join identity_person op on op.id = om.person_id
  left join identity m on m.id = i.manager_id
  left join identity_member mm on mm.identity_id = m.id
  left join identity_person mp on mp.id = mm.person_id;
comment on view identity_fact is 'Every identity with its owner, who agreed to be, and its manager. A person counts as one.';

create view entitlement_fact as
select e.id                          as entitlement_id,
       e.external_id                 as entitlement_external_id,
       e.name                        as entitlement_name,
       e.description                 as entitlement_description,
       e.privilege                   as entitlement_privilege,
       coalesce(eop.email, eo.email) as entitlement_owner_email,
       eo.kind                       as entitlement_owner_kind,
       coalesce(eop.status, case when eo.ended_at is null then eo.status else 'left' end) as entitlement_owner_status,
       a.id                          as asset_id,
       a.external_id                 as asset_external_id,
       a.name                        as asset_name,
       a.class                       as asset_class,
       a.vendor                      as asset_vendor,
       a.criticality                 as asset_criticality,
       a.safety_related              as asset_safety_related,
       a.capabilities                as asset_capabilities,
       s.name                        as asset_source,
       ao.name                       as asset_owner_name,
       coalesce(aop.email, ao.email) as asset_owner_email,
       ao.kind                       as asset_owner_kind,
       coalesce(aop.status, case when ao.ended_at is null then ao.status else 'left' end) as asset_owner_status,
       z.name                        as zone_name,
       z.level                       as zone_level,
       z.domain                      as zone_domain,
       z.external_id                 as zone_external_id,
       st.name                       as site_name,
       st.external_id                as site_external_id
  from entitlement e
  join asset a on a.id = e.asset_id
  join source s on s.id = a.source_id
  left join zone z on z.id = a.zone_id
  left join site st on st.id = z.site_id
  left join ownership_in_force ef on ef.subject = 'entitlement' and ef.subject_id = e.id
  left join ownership_in_force af on af.subject = 'asset' and af.subject_id = a.id
  left join identity eo on eo.id = coalesce(ef.owner_id, e.owner_id)
  left join identity_member eom on eom.identity_id = eo.id
  left join identity_person eop on eop.id = eom.person_id
  left join identity ao on ao.id = coalesce(af.owner_id, a.owner_id)
  left join identity_member aom on aom.identity_id = ao.id
  left join identity_person aop on aop.id = aom.person_id;
comment on view entitlement_fact is 'Every entitlement with its asset, where that stands, and who owns both.';

create view conduit_fact as
select c.id          as conduit_id,
       c.external_id as conduit_external_id,
       c.kind        as conduit_kind,
       c.mfa         as conduit_mfa,
       c.recorded    as conduit_recorded,
       c.vaulted     as conduit_vaulted,
       c.project     as conduit_project,
       z.name        as from_zone_name,
       z.level       as from_zone_level,
       z.domain      as from_zone_domain
  from conduit c
  left join zone z on z.id = c.from_zone_id;
comment on view conduit_fact is 'Every conduit and where it leads from.';

drop view access_fact;
create view access_fact as
select g.*, i.*, e.*, c.*, crosses_boundary(i.identity_domain, e.zone_domain) as crosses_boundary
  from grant_fact g
  join identity_fact i on i.identity_id = g.grant_identity_id
  join entitlement_fact e on e.entitlement_id = g.grant_entitlement_id
  left join conduit_fact c on c.conduit_id = g.grant_conduit_id;
comment on view access_fact is 'Every live grant with all that is known of it; what filters, previews and campaigns read.';
