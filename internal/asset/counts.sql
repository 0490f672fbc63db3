, crossing as (
  select identity_id, home, conduit_id, zone_id, site_id, coalesce(level, -1) as level, count(*) as grants, coalesce(bool_or(strong), false) as strong, bool_or(fresh) as fresh
    from live
   group by identity_id, home, conduit_id, zone_id, site_id, level
),
by_zone as (
  select identity_id, home, zone_id, site_id, level, sum(grants) as grants
    from crossing
   group by identity_id, home, zone_id, site_id, level
),
by_conduit as (
  select identity_id, home, conduit_id, sum(grants) as grants
    from crossing
   group by identity_id, home, conduit_id
),
by_level as (
  select identity_id, home, coalesce(site_id, 0) as site_id, level, sum(grants) as grants
    from by_zone
   group by grouping sets ((identity_id, home, site_id, level), (identity_id, home, level))
),
marked as (
  select identity_id, home, coalesce(site_id, 0) as site_id, sum(grants) as grants,
         sum(grants) filter (where strong) as strong,
         sum(grants) filter (where fresh) as fresh,
         sum(grants) filter (where conduit_id = 0) as unknown,
         sum(grants) filter (where conduit_id = any(@around)) as around,
         sum(grants) filter (where conduit_id = any(@unrecorded)) as unrecorded,
         sum(grants) filter (where conduit_id = any(@single)) as single
    from crossing
   group by grouping sets ((identity_id, home, site_id), (identity_id, home))
),
mark as (
  select home, site_id, count(*) as all_n, sum(grants) as all_g, count(strong) as strong_n, sum(strong) as strong_g, count(fresh) as fresh_n, sum(fresh) as fresh_g,
         count(unknown) as unknown_n, sum(unknown) as unknown_g, count(around) as around_n, sum(around) as around_g,
         count(unrecorded) as unrecorded_n, sum(unrecorded) as unrecorded_g, count(single) as single_n, sum(single) as single_g
    from marked
   group by home, site_id
)
select 'way' as facet, home, site_id, level::float8, zone_id, conduit_id, count(*) as identities, sum(grants)::bigint as grants
  from crossing
 group by home, site_id, level, zone_id, conduit_id
 union all
select 'zone', home, site_id, level::float8, zone_id, 0, count(*), sum(grants)::bigint
  from by_zone
 group by home, site_id, level, zone_id
 union all
select 'conduit', home, 0, -1, 0, conduit_id, count(*), sum(grants)::bigint
  from by_conduit
 group by home, conduit_id
 union all
select 'level', home, site_id, level::float8, 0, 0, count(*), sum(grants)::bigint
  from by_level
 group by home, site_id, level
 union all
select x.facet, m.home, m.site_id, -1, 0, 0, x.identities, x.grants::bigint
  from mark m
 cross join lateral (values ('all', all_n, all_g), ('strong', strong_n, strong_g), ('new', fresh_n, fresh_g), ('unknown', unknown_n, unknown_g),
                            ('around', around_n, around_g), ('unrecorded', unrecorded_n, unrecorded_g), ('single', single_n, single_g)) x (facet, identities, grants)
 where x.identities > 0
