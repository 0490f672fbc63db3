-- A page of things with who owns them, what is offered of them, and what is allowed
-- with them. What stands in double braces is composed in owner.go; $1 is now, $2
-- how many.
with page as materialized (
  select o.*
    from {{from}}
   where {{where}}
   order by o.name, o.subject, o.subject_id
   limit $2
)
select p.subject, p.subject_id, s.name as source, p.external_id, p.name, coalesce(p.kind, '') as kind, p.asset_id, coalesce(a.name, '') as asset_name,
       p.owner_id, coalesce(p.owner_name, '') as owner_name, coalesce(p.owner_email, '') as owner_email, coalesce(p.owner_status, '') as owner_status,
       p.standing, coalesce(p.named_by, '') as named_by, p.transfer_id, p.since, coalesce(n.name, '') as source_owner, p.is_contradicted,
       w.id as offer_id, coalesce(wp.name, '') as offered_to, w.expires_at as offered_until,
       g.grants, coalesce((array['view', 'operate', 'engineer', 'admin'])[g.highest], '') as highest
  from page p
  join source s         on s.id = p.source_id
  left join asset a     on a.id = p.asset_id and p.subject = 'entitlement'
  left join identity n  on n.id = p.source_owner_id
  left join ownership_transfer w on w.subject = p.subject and w.subject_id = p.subject_id and w.state = 'offered' and w.expires_at > $1
  left join identity wp on wp.id = w.owner_id
 cross join lateral (
   select count(*) as grants, max(array_position(array['view', 'operate', 'engineer', 'admin'], e.privilege)) as highest
     from access_grant x
     join entitlement e on e.id = x.entitlement_id
    where x.ended_at is null and x.identity_id = p.subject_id and p.subject = 'identity'
   having p.subject = 'identity'
    union all
   select count(*), max(array_position(array['view', 'operate', 'engineer', 'admin'], e.privilege))
     from entitlement e
     join access_grant x on x.entitlement_id = e.id
    where x.ended_at is null and (p.subject = 'entitlement' and e.id = p.subject_id or p.subject = 'asset' and e.asset_id = p.subject_id)
   having p.subject <> 'identity') g
 order by p.name, p.subject, p.subject_id
