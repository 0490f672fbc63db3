-- The map: the plant by level and zone, and who crosses the boundary.

-- name: AssetMapZones :many
select z.id, z.name, coalesce(z.site_id, 0)::bigint as site_id, z.level, z.domain,
       count(a.id) as assets, count(a.id) filter (where a.safety_related) as safety
  from zone z
  left join asset a on a.zone_id = z.id and a.ended_at is null
 where z.ended_at is null
 group by z.id
 order by z.level desc nulls last, z.name, z.id;

-- name: AssetMapConduits :many
select c.id, c.external_id, c.from_zone_id, c.to_zone_id, c.kind, c.mfa, c.recorded, c.vaulted, c.project
  from conduit c
 where c.ended_at is null
 order by c.external_id, c.id;

-- name: AssetCrossings :many
select grant_id, identity_id, identity_name, identity_kind, identity_email, identity_status::text as identity_status, identity_domain, identity_organisation, owner_name,
       entitlement_name, entitlement_privilege as privilege, asset_id, asset_name, asset_safety_related as safety,
       zone_name, zone_level, zone_domain, conduit_id, granted_at, last_used_at
  from access_fact
 where grant_id = any(sqlc.arg(grants)::bigint[])
 order by grant_id desc;

-- name: AssetSites :many
select id, name
  from site
 where ended_at is null
 order by name, id;

-- name: AssetClasses :many
select distinct class::text
  from asset
 where ended_at is null and class is not null
 order by 1;

-- name: AssetSources :many
select s.name
  from source s
 where exists (select from asset a where a.source_id = s.id)
 order by s.name;

-- name: AssetCountLock :exec
select pg_advisory_xact_lock(hashtextextended('asset_map', 0));

-- name: AssetCountLatest :one
select counted_at, (import_id is distinct from (select max(m.id) from import m))::boolean as behind
  from asset_map_run
 order by id desc
 limit 1;

-- name: AssetCountClear :exec
delete from asset_map_tally;

-- name: AssetCountDone :exec
insert into asset_map_run (import_id, counted_at)
select max(id), sqlc.arg(at)::timestamptz
  from import;

-- name: AssetTallies :many
select facet, home, site_id, level, zone_id, conduit_id, identities, grants
  from asset_map_tally
 order by facet, home, site_id, level, zone_id, conduit_id;

-- name: AssetGet :one
select a.id, a.source_id, s.name as source, a.external_id, a.name, a.class, a.vendor, a.model, a.criticality, a.safety_related, a.installed_on, a.support_ends_on,
       a.capabilities, a.assessed_at, a.assessed_by, a.seen_from, a.ended_at,
       z.id as zone_id, z.name as zone, z.level, z.domain, z.site_id, st.name as site, st.timezone,
       o.id as owner_id, o.name as owner_name, coalesce(os.is_live_person, false) as owner_lives, f.since as owner_since
  from asset a
  join source s on s.id = a.source_id
  left join zone z on z.id = a.zone_id
  left join site st on st.id = z.site_id
  left join ownership_in_force f on f.subject = 'asset' and f.subject_id = a.id
  left join identity o on o.id = coalesce(f.owner_id, a.owner_id)
  left join identity_standing os on os.identity_id = o.id
 where a.id = sqlc.arg(asset)::bigint and (sqlc.arg(everywhere)::boolean or z.site_id = any (sqlc.arg(sites)::bigint[]));

-- name: AssetTotals :one
select count(distinct g.identity_id) as holders, count(*) as grants,
       count(distinct g.identity_id) filter (where e.privilege in ('engineer', 'admin')) as strong,
       count(distinct g.identity_id) filter (where crosses_boundary(i.domain, z.domain)) as crossing,
       coalesce(max(g.last_used_at), 'epoch')::timestamptz as last_used
  from entitlement e
  join access_grant g on g.entitlement_id = e.id and g.ended_at is null
  join identity i on i.id = g.identity_id
  join asset a on a.id = e.asset_id
  left join zone z on z.id = a.zone_id
 where e.asset_id = $1;

-- name: AssetEntitlements :many
select e.id, e.external_id, e.name, e.description, e.privilege, count(g.id) as grants
  from entitlement e
  left join access_grant g on g.entitlement_id = e.id and g.ended_at is null
 where e.asset_id = $1 and e.ended_at is null
 group by e.id, e.external_id, e.name, e.description, e.privilege
 order by array_position(array['view', 'operate', 'engineer', 'admin'], e.privilege) desc nulls last, lower(e.name), e.id;

-- name: AssetConduits :many
-- The ways into a zone.
select c.id, c.external_id, c.kind, c.mfa, c.recorded, c.vaulted, c.project, f.name as from_zone, f.level as from_level, f.domain as from_domain,
       coalesce(t.name, '')::text as to_zone, t.level as to_level, t.domain as to_domain
  from conduit c
  join zone f on f.id = c.from_zone_id
  join zone t on t.id = c.to_zone_id
 where c.to_zone_id = $1 and c.ended_at is null
 order by (f.domain is distinct from t.domain) desc, c.external_id, c.id;

-- name: AssetSecrets :many
select c.id, c.external_id, c.kind, c.issued_at, c.rotated_at, c.expires_at, c.rotation_days, c.storage, i.id as identity_id, i.name as identity_name, i.kind as identity_kind
  from credential c
  join identity i on i.id = c.identity_id
 where c.stored_on_id = $1 and c.ended_at is null
 order by lower(i.name), c.external_id, c.id
 limit 100;

-- name: AssetSessions :many
select x.id, x.external_id, x.ticket, x.started_at, x.finished_at, x.window_from, x.window_to, x.recording,
       i.id as identity_id, i.name as identity_name, i.kind as identity_kind, p.id as person_id, p.name as person_name
  from access_session x
  join identity i on i.id = x.identity_id
  left join identity p on p.id = x.person_id
 where x.asset_id = sqlc.arg(asset)::bigint and x.ended_at is null and (x.started_at is null or x.started_at <= sqlc.arg(at)::timestamptz)
 order by x.started_at desc nulls last, x.id desc
 limit sqlc.arg(most)::integer;

-- name: AssetDecisions :many
select c.id as campaign_id, c.title, i.entitlement_name, i.identity_id, i.identity_name, i.identity_kind,
       i.decision, i.outcome, coalesce(w.name, d.decided_by, '')::text as decided_by, d.note, coalesce(d.decided_at, c.closed_at)::timestamptz as at
  from public.entitlement e
  join public.access_grant g on g.entitlement_id = e.id
  join review_item i on i.grant_id = g.id
  join review_campaign c on c.id = i.campaign_id
  left join review_decision d on d.id = i.decision_id
  left join review_reviewer w on w.campaign_id = i.campaign_id and w.reviewer = d.decided_by
 where e.asset_id = sqlc.arg(asset)::bigint and coalesce(d.decided_at, c.closed_at) <= sqlc.arg(at)::timestamptz
   and (i.decision is not null or i.outcome is not null)
 order by coalesce(d.decided_at, c.closed_at) desc, i.id desc
 limit sqlc.arg(most)::integer;

-- An incident is looked at with what is known now: sessions are told of after they were.

-- name: AssetSessionsWithin :many
select x.id, x.external_id, x.ticket, x.started_at, x.finished_at, x.window_from, x.window_to, x.recording,
       i.id as identity_id, i.name as identity_name, i.kind as identity_kind, p.id as person_id, p.name as person_name
  from access_session x
  join identity i on i.id = x.identity_id
  left join identity p on p.id = x.person_id
 where x.asset_id = sqlc.arg(asset)::bigint and x.ended_at is null
   and x.started_at < sqlc.arg(until)::timestamptz and (x.finished_at is null or x.finished_at > sqlc.arg(since)::timestamptz)
 order by x.started_at, x.id;

-- name: AssetHoldersWithin :many
-- Who knew the secrets of these identities at some time within.
select distinct h.identity_id, p.id as person_id, p.name as person_name
  from holder h
  join identity p on p.id = h.person_id
 where h.identity_id = any (sqlc.arg(identities)::bigint[])
   and (h.since is null or h.since < sqlc.arg(until)::timestamptz) and (h.until is null or h.until > sqlc.arg(since)::timestamptz)
   and (h.ended_at is null or h.ended_at > sqlc.arg(since)::timestamptz)
 order by p.name, p.id;

-- name: AssetChangedWithin :one
select exists (select from import where started_at > sqlc.arg(since)::timestamptz and started_at <= sqlc.arg(until)::timestamptz);

-- name: AssetReached :one
-- How many get to an asset in the end, as it was last computed.
select identities, acting
  from reach_asset
 where asset_id = $1;

-- name: AssetAbilities :many
-- By the domain of their zone, how many assets can do what makes access accountable.
select coalesce(z.domain, '')::text as domain, c.capability::text as capability, count(*) as assets,
       count(*) filter (where c.answer in ('native', 'via_proxy')) as able,
       count(*) filter (where c.answer = 'unknown') as unknown
  from asset a
  left join zone z on z.id = a.zone_id
 cross join lateral (select name as capability, coalesce(a.capabilities ->> name, 'unknown') as answer from unnest(sqlc.arg(capabilities)::text[]) name) c
 where a.ended_at is null
   and (sqlc.arg(everywhere)::boolean or z.site_id = any (sqlc.arg(sites)::bigint[]))
 group by 1, 2
 order by 1, 2;
