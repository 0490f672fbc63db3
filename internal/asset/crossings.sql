select id, fresh
  from live
 where (@before::bigint = 0 or id < @before)
   and (@home::text = '' or home = @home)
   and (cardinality(@sites::bigint[]) = 0 or site_id = any(@sites))
   and (cardinality(@zones::bigint[]) = 0 or zone_id = any(@zones))
   and (cardinality(@conduits::bigint[]) = 0 or conduit_id = any(@conduits))
   and (not @strong::boolean or strong)
   and (not @new::boolean or fresh)
 order by id desc
 limit @page
