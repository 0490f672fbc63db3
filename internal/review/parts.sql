-- What is worked out once, before any single grant is looked at. Each part is one
-- select, which may read the parts before it.

-- part alias: every e-mail of who has more than one
select distinct on (i.email) i.email, p.emails
  from identity_person p
  join identity_member m on m.person_id = p.id
  join identity i        on i.id = m.identity_id
 where cardinality(p.emails) > 1

-- part grantor: who gave grants, as their sources name them
select distinct on (k.source_id, k.granted_by) k.source_id, k.granted_by, n.email, n.name, a.emails
  from (select distinct source_id, granted_by from access_grant where ended_at is null and granted_by is not null) k
  left join identity own   on own.source_id = k.source_id and own.external_id = k.granted_by
  left join source s       on starts_with(k.granted_by, s.name || ':')
  left join identity other on other.source_id = s.id and other.external_id = substr(k.granted_by, length(s.name) + 2)
 cross join lateral (
    select coalesce(own.email, other.email, case when btrim(k.granted_by) ~ '^[^@\s]+@[^@\s]+$' then lower(btrim(k.granted_by)) end) as email,
           coalesce(own.name, other.name, k.granted_by) as name) n
  left join alias a on a.email = n.email

-- part uses: the sources that say when access was used
select s.id as source_id
  from source s
 where exists (select from access_grant g where g.source_id = s.id and g.last_used_at is not null)

-- part who: every identity with what its peers could share with it
select i.identity_id, i.identity_kind as kind, (i.identity_status in ('active', 'leave'))::integer as here,
       nullif(btrim(i.identity_department), '') as department, i.manager_id,
       case when i.identity_kind in ('vendor', 'contractor') then nullif(btrim(i.identity_organisation), '') end as organisation -- of others it is ours
  from identity_fact i

-- part circle: everyone who is here, of the same kind, in the same department, under the same manager or of the same organisation
select row_number() over () as circle, kind, department, manager_id, organisation, count(*) as size
  from who
 where here = 1
 group by grouping sets ((kind, department), (kind, manager_id), (kind, organisation))
having num_nonnulls(department, manager_id, organisation) = 1

-- part seat: whom each identity is compared with: its department, else its manager's people, else its organisation, where
-- at least five others are (of fewer, one alone would be a fifth); where all are too few, no circle, but which they are
select identity_id, here, circles, peer_group,
       case peer_group when 'department' then in_department when 'manager' then under_manager else of_organisation end::integer as peers,
       case when greatest(in_department, under_manager, of_organisation) >= 5
            then case peer_group when 'department' then circles[1] when 'manager' then circles[2] else circles[3] end end as circle
  from (select *, case when in_department >= 5 then 'department' when under_manager >= 5 then 'manager' when of_organisation >= 5 then 'organisation'
                       when in_department is not null then 'department' when under_manager is not null then 'manager' when of_organisation is not null then 'organisation' end as peer_group
          from (select w.identity_id, w.here, array[d.circle, m.circle, o.circle] as circles,
                       case when w.department is not null then coalesce(d.size, 0) - w.here end as in_department,
                       case when w.manager_id is not null then coalesce(m.size, 0) - w.here end as under_manager,
                       case when w.organisation is not null then coalesce(o.size, 0) - w.here end as of_organisation
                  from who w
                  left join circle d on d.kind = w.kind and d.department = w.department
                  left join circle m on m.kind = w.kind and m.manager_id = w.manager_id
                  left join circle o on o.kind = w.kind and o.organisation = w.organisation) n) s

-- part member: everyone who is here, in each circle that somebody is compared with
select s.identity_id, c.circle
  from seat s
 cross join lateral unnest(s.circles) c (circle)
 where s.here = 1 and c.circle in (select circle from seat where circle is not null)

-- part holding: how many of a circle hold an entitlement, by whatever grants
select m.circle, h.entitlement_id, count(*) as holders
  from (select distinct identity_id, entitlement_id from access_grant where ended_at is null) h
  join member m on m.identity_id = h.identity_id
 group by m.circle, h.entitlement_id

-- part wrong: what was found wrong, and of that what is grave and no other reason tells
select about, id, array_agg(severity || ':' || rule order by grave desc, rule) as findings,
       string_agg('-finding:' || rule, ',' order by grave desc, rule)
         filter (where grave >= 3 and not rule = any ('{{told}}')) as said
  from (select distinct case f.about when 'credential' then 'identity' else f.about end as about,
               case f.about when 'credential' then f.identity_id else f.subject_id end as id, f.rule, f.severity as grave, s.name as severity
          from finding f
          join finding_severity s on s.severity = f.severity
         where f.closed_at is null) f
 group by about, id
