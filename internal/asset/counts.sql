, crossing as (
  select identity_id, home, conduit_id, zone_id, site_id, level, count(*) as grants, coalesce(bool_or(strong), false) as strong, bool_or(fresh) as fresh
    from live
   group by identity_id, home, conduit_id, zone_id, site_id, level
),
counted as (
  select c.identity_id, c.home, f.facet, f.site_id, f.level, f.zone_id, f.conduit_id, sum(c.grants) as grants
    from crossing c
   cross join lateral (
     select 'zone', c.site_id, c.level, c.zone_id, 0::bigint
      union all
     select 'conduit', 0, null, 0, c.conduit_id
      union all
     select 'way', c.site_id, c.level, c.zone_id, c.conduit_id
      union all
     select x.facet, s.site_id, x.level, 0, 0
       from (values (0::bigint), (c.site_id)) s (site_id)
      cross join (values ('all', null::numeric, true), ('level', c.level, true), ('strong', null, c.strong), ('new', null, c.fresh),
                         ('unknown', null, c.conduit_id = 0), ('around', null, c.conduit_id = any(@around)),
                         ('unrecorded', null, c.conduit_id = any(@unrecorded)), ('single', null, c.conduit_id = any(@single))) x (facet, level, so)
      where x.so
   ) f (facet, site_id, level, zone_id, conduit_id)
   group by c.identity_id, c.home, f.facet, f.site_id, f.level, f.zone_id, f.conduit_id
)
select facet, home, site_id, coalesce(level, -1)::float8, zone_id, conduit_id, count(*), sum(grants)::bigint
  from counted
 group by facet, home, site_id, level, zone_id, conduit_id
