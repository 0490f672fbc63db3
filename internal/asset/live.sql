with last_import as (
  select source_id, max(started_at) as at
    from import
   group by source_id
  having count(*) > 1
),
live as (
  select g.id, g.identity_id, i.domain as home, coalesce(g.conduit_id, 0) as conduit_id, z.id as zone_id, coalesce(z.site_id, -1) as site_id, z.level,
         e.privilege in ('engineer', 'admin') as strong,
         l.at is not null and not exists (select from access_grant_history h where h.id = g.id and h.seen_until = g.seen_from) as fresh
    from access_grant g
    join identity i         on i.id = g.identity_id
    join entitlement e      on e.id = g.entitlement_id
    join asset a            on a.id = e.asset_id
    join zone z             on z.id = a.zone_id
    left join last_import l on l.source_id = g.source_id and l.at = g.seen_from
   where g.ended_at is null
     and (g.granted_at is null or g.granted_at <= @at)
     and (g.expires_at is null or g.expires_at > @at)
     and crosses_boundary(i.domain, z.domain)
)
