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
