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
