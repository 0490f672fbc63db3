-- What is a finding. Each rule is a comment and one select, up to the next rule:
--
--   rule      its id, in CEL scopes finding("id")
--   severity  critical, high, medium or low
--   about     what subject_id is: identity, asset, entitlement, grant or credential
--   title, means, why, do   in plain words
--   controls  of NIST CSF 2.0, NIST SP 800-207 section 2.1 (T1 to T7) and the OWASP
--             Non-Human Identities Top 10 2025
--
-- A select gives subject_id, part, identity_id, asset_id and note, one row for
-- each subject_id and part. A note tells dates, not ages, so that it stays as it
-- is until the fact changes. {now} is the moment, {name} a setting:
--
-- setting dormant_days 90: no use for so long makes a grant dormant (ours)
-- setting unused_days 30: a grant may wait so long for its first use (ours)
-- setting assessed_days 365: what an asset can do is assessed anew after so long (M-27)
-- setting human_use_days 90: a person acted as a machine within so long (ours)
-- setting grace_days 14: an exception whose control failed or was not tested holds so long (as the register)
-- setting break_glass_days 2: working days within which the use of a break-glass identity is reviewed (ours)
--
-- Rules may read these, besides the tables:

-- shared
live_identity as not materialized (
  select * from identity where ended_at is null and status in ('active', 'leave')
),
live_asset as not materialized (
  select a.*, z.domain, z.level, z.name as zone_name
    from asset a
    left join zone z on z.id = a.zone_id
   where a.ended_at is null
),
live_grant as not materialized (
  select g.id, g.source_id, g.identity_id, g.entitlement_id, g.conduit_id, g.granted_at, g.granted_by, g.expires_at, g.last_used_at, g.ticket, g.seen_from,
         e.privilege, e.name as entitlement_name, e.asset_id
    from access_grant g
    join entitlement e on e.id = g.entitlement_id
   where g.ended_at is null and (g.expires_at is null or g.expires_at > {now}) and (g.granted_at is null or g.granted_at <= {now})
),
live_credential as not materialized (
  select * from credential where ended_at is null and (expires_at is null or expires_at > {now}) and (issued_at is null or issued_at <= {now})
),
crossing_policy as not materialized (
  select p.identity_id, p.credential_id
    from finding_policy p
    join identity_standing w on w.identity_id = p.owner_id
   where p.ended_at is null and p.created_at <= {now} and p.ends_at > {now} and w.is_live_person
),
excepted (asset_id, capability, exception_id, ends) as not materialized (
  select x.asset_id, x.capability, x.id, x.valid_to
    from exception x
   where x.state = 'approved'
     and exception_state_at(x.state, x.valid_from, x.valid_to, x.suspended_at, exception_drifted_since(x.id, {now}), {now}, interval '{grace_days} days') = 'active'
),
readable_storage (word) as (
  values ('file'), ('code'), ('script'), ('note'), ('config'), ('configuration'), ('spreadsheet'), ('wiki'), ('chat'), ('email')
)

-- rule no_owner
-- severity: high
-- about: identity
-- title: No accountable owner
-- means: Nobody answers for this identity.
-- why: When it misbehaves, is attacked or is no longer needed, nobody is asked, and nobody notices. Reviews of it go to the fallback.
-- do: Name a person who answers for it, in the system it comes from or by offering its ownership here. If nobody will, it is not needed: remove it.
-- controls: CSF GV.RR-02, CSF PR.AA-01, SP 800-207 T1, NHI1:2025
select o.subject_id, 0, o.subject_id, null, case o.standing when 'none' then 'No owner is known' else o.owner_name || ' is named, who is no person' end
  from ownership o
 where o.subject = 'identity' and o.standing in ('none', 'no_person')

-- rule owner_left
-- severity: high
-- about: identity
-- title: Owner has left
-- means: Who answered for this identity is no longer here.
-- why: It goes on working with nobody responsible. This is how stale machine identities and vendor accounts survive.
-- do: Offer its ownership to the former owner's manager or to the owner of the asset it works on.
-- controls: CSF GV.RR-02, CSF PR.AA-01, NHI1:2025
select o.subject_id, 0, o.subject_id, null, o.owner_name || case o.owner_status when 'disabled' then ' is disabled' else ' has left' end
  from ownership o
 where o.subject = 'identity' and o.standing = 'gone'

-- rule asset_no_owner
-- severity: medium
-- about: asset
-- title: Asset without owner
-- means: Nobody answers for this asset.
-- why: Nobody decides who may reach it, and reviews of access to it go elsewhere.
-- do: Name its owner in the system it comes from, or offer its ownership here.
-- controls: CSF GV.RR-02, CSF ID.AM-01, SP 800-207 T1
select o.subject_id, 0, null, o.subject_id, case o.standing when 'none' then 'No owner is known' else o.owner_name || ' is named, who is no person' end
  from ownership o
 where o.subject = 'asset' and o.standing in ('none', 'no_person')

-- rule asset_owner_left
-- severity: medium
-- about: asset
-- title: Owner of an asset has left
-- means: Who answered for this asset is no longer here.
-- why: Nobody decides who may reach it, and reviews of access to it go elsewhere.
-- do: Offer its ownership to the former owner's manager.
-- controls: CSF GV.RR-02, CSF ID.AM-01
select o.subject_id, 0, null, o.subject_id, o.owner_name || case o.owner_status when 'disabled' then ' is disabled' else ' has left' end
  from ownership o
 where o.subject = 'asset' and o.standing = 'gone'

-- rule entitlement_owner_left
-- severity: low
-- about: entitlement
-- title: Owner of a right has left
-- means: Who decided about this right is no longer here.
-- why: Requests and reviews of it find nobody who knows what it is for.
-- do: Name another owner; until then the owner of the asset decides.
-- controls: CSF GV.RR-02
select o.subject_id, 0, null, o.asset_id, o.owner_name || ' owned "' || o.name || '"'
  from ownership o
 where o.subject = 'entitlement' and o.standing = 'gone' and o.named_by <> 'asset'

-- rule leaver_active
-- severity: critical
-- about: identity
-- title: Leaver still has access
-- means: This person has left or is disabled, and what they could reach is still open.
-- why: Access that outlives the job is the first thing an attacker or an angry former colleague tries, and nobody sees it used.
-- do: End every grant today, take the shared secrets this person knows out of use, then find out why leaving did not end them.
-- controls: CSF GV.RR-04, CSF PR.AA-05, SP 800-207 T6
select i.id, 0, i.id, null,
       case when i.ended_at is not null then 'No longer known to its source' when w.status = 'disabled' then 'Disabled' when i.status <> 'left' then 'Left, says another source' else 'Left' end
       || ', still holds ' || concat_ws(' and ', case when g.n > 0 then g.n || case g.n when 1 then ' grant' else ' grants' end end,
            case when h.n > 0 then h.n || case h.n when 1 then ' shared secret' else ' shared secrets' end end)
  from identity i
  join identity_standing w on w.identity_id = i.id
  left join (select identity_id, count(*) as n from live_grant group by identity_id) g on g.identity_id = i.id
  left join (select h.person_id, count(*) as n
               from holder h
               join live_identity s on s.id = h.identity_id and s.kind = 'shared'
              where h.ended_at is null and (h.until is null or h.until > {now})
              group by h.person_id) h on h.person_id = i.id
 where i.kind in ('person', 'contractor', 'vendor') and (i.ended_at is not null or w.status in ('left', 'disabled'))
   and (g.n > 0 or h.n > 0)

-- rule vendor_no_end
-- severity: medium
-- about: identity
-- title: Vendor without contract end
-- means: No end of contract is known for this vendor or contractor.
-- why: Access that is tied to no contract ends with none.
-- do: Ask the sponsor for the contract's end and enter it in the source.
-- controls: CSF GV.SC-10, CSF GV.SC-07, NHI3:2025
select i.id, 0, i.id, null, coalesce(i.organisation, 'Its firm is unknown') || ', no end of contract'
  from live_identity i
 where i.kind in ('vendor', 'contractor') and i.contract_end is null

-- rule vendor_contract_over
-- severity: high
-- about: identity
-- title: Vendor past the end of contract
-- means: The contract is over, and the identity is still active.
-- why: Nobody is bound by anything who now uses this way into the plant.
-- do: Disable it today. If the work goes on, renew the contract first.
-- controls: CSF GV.SC-10, CSF PR.AA-05, NHI3:2025
select i.id, 0, i.id, null, coalesce(i.organisation || ', contract', 'Contract') || ' ended on ' || to_char(i.contract_end at time zone 'UTC', 'FMDD Mon YYYY')
  from live_identity i
 where i.kind in ('vendor', 'contractor') and i.contract_end < {now}

-- rule vendor_standing
-- severity: high
-- about: grant
-- title: Standing vendor access
-- means: A vendor holds this access with no end.
-- why: A maker's account that is always open is open to whoever takes over the maker's laptop. It should be opened for a task and close by itself.
-- do: Give it an end, or replace it by sessions that are approved one by one.
-- controls: CSF GV.SC-07, CSF DE.CM-06, SP 800-207 T3, NHI3:2025
select g.id, 0, i.id, g.asset_id, '"' || g.entitlement_name || '" has no end'
  from live_grant g
  join live_identity i on i.id = g.identity_id
 where i.kind = 'vendor' and g.expires_at is null

-- rule dormant_grant
-- severity: medium
-- about: grant
-- title: Dormant access
-- means: This access was used once and has not been for long.
-- why: What nobody uses nobody misses when it is taken away, but it serves whoever steals the identity.
-- do: Remove it. Who needs it again can ask again.
-- controls: CSF PR.AA-05, SP 800-207 T3, NHI5:2025
select g.id, 0, g.identity_id, g.asset_id, '"' || g.entitlement_name || '" last used on ' || to_char(g.last_used_at at time zone 'UTC', 'FMDD Mon YYYY')
  from live_grant g
 where g.last_used_at < {now} - interval '{dormant_days} days'

-- rule never_used
-- severity: low
-- about: grant
-- title: Never used
-- means: This access was given and never used.
-- why: It was not needed, or was copied from somebody who needed it.
-- do: Remove it. Who needs it again can ask again.
-- controls: CSF PR.AA-05, SP 800-207 T3, NHI5:2025
select g.id, 0, g.identity_id, g.asset_id, '"' || g.entitlement_name || '" ' ||
       coalesce('granted on ' || to_char(g.granted_at at time zone 'UTC', 'FMDD Mon YYYY'), 'known since ' || to_char(g.seen_from at time zone 'UTC', 'FMDD Mon YYYY'))
  from live_grant g
 where g.last_used_at is null and coalesce(g.granted_at, g.seen_from) < {now} - interval '{unused_days} days'
   and g.source_id in (select s.id from source s where exists (select from access_grant u where u.source_id = s.id and u.last_used_at is not null))

-- rule privileged_no_end
-- severity: medium
-- about: grant
-- title: Privileged access without end
-- means: This right to engineer or administer never ends by itself.
-- why: The strongest rights should be the shortest. Without an end they stay when the task, the project or the person's job is over.
-- do: Give it an end, a year ahead at most, or let it be asked for when needed.
-- controls: CSF PR.AA-05, SP 800-207 T3, NHI5:2025
select g.id, 0, g.identity_id, g.asset_id, '"' || g.entitlement_name || '", ' || g.privilege || ', has no end'
  from live_grant g
 where g.expires_at is null and g.privilege in ('engineer', 'admin')

-- rule no_authorization
-- severity: medium
-- about: grant
-- title: No authorization record
-- means: No ticket says that somebody approved this access.
-- why: Nobody can show why it was given, so nobody can say whether it still should be.
-- do: Find the request it was approved under and enter it in the source, or remove the access.
-- controls: CSF PR.AA-05, CSF GV.PO-01
select g.id, 0, g.identity_id, g.asset_id, '"' || g.entitlement_name || '" has no ticket' || coalesce(', granted by ' || g.granted_by, '')
  from live_grant g
 where g.ticket is null

-- rule identity_domain_unset
-- severity: low
-- about: identity
-- title: Home domain unknown
-- means: Nothing says on which side this identity is at home.
-- why: Whether its access crosses between office and plant cannot be told, so it counts as not crossing.
-- do: Enter its domain in the source: it, dmz, ot or external.
-- controls: CSF ID.AM-02, SP 800-207 T1
select i.id, 0, i.id, null, g.n || case g.n when 1 then ' grant' else ' grants' end || ', whether they cross is unknown'
  from live_identity i
  join (select identity_id, count(*) as n from live_grant group by identity_id) g on g.identity_id = i.id
 where i.domain is null

-- rule asset_domain_unset
-- severity: medium
-- about: asset
-- title: Asset in no known domain
-- means: This asset is in no zone, or its zone is in no domain.
-- why: Whether access to it crosses between office and plant cannot be told, so it counts as not crossing.
-- do: Put it into a zone, and say of the zone whether it is it, dmz, ot or external.
-- controls: CSF ID.AM-01, SP 800-207 T1
select a.id, 0, null, a.id, case when a.zone_id is null then 'In no zone' else 'In zone ' || a.zone_name || ', whose domain is unknown' end
  from live_asset a
 where a.domain is null
   and exists (select from entitlement e where e.asset_id = a.id and e.ended_at is null)

-- rule shared_no_exception
-- severity: medium
-- about: identity
-- title: Shared identity without exception
-- means: Several people use this identity, and nobody has accepted that.
-- why: What is done with it cannot be traced to one person.
-- do: Give each person an account of their own. Where an asset cannot have them, request an exception for it.
-- controls: CSF PR.AA-01, CSF PR.AA-03, CSF ID.RA-07
select i.id, 0, i.id, null, coalesce('On ' || g.n || case g.n when 1 then ' asset' else ' assets' end || ', such as ' || g.name, 'Holds no grant')
  from live_identity i
  left join (select g.identity_id, count(distinct a.id) as n, min(a.name) as name, bool_and(x.asset_id is not null) as all_excepted
               from live_identity s
               join live_grant g on g.identity_id = s.id
               join asset a on a.id = g.asset_id
               left join excepted x on x.asset_id = g.asset_id and x.capability = 'individual_accounts'
              where s.kind = 'shared'
              group by g.identity_id) g on g.identity_id = i.id
 where i.kind = 'shared' and g.all_excepted is not true

-- rule shared_no_holders
-- severity: high
-- about: identity
-- title: Shared identity without holders
-- means: Nobody is known to hold the secret of this shared identity.
-- why: It is used all the same. Who knows the secret cannot be reviewed, and nobody is asked to forget it.
-- do: Ask its owner who knows the secret, and list them in the source.
-- controls: CSF PR.AA-01, CSF DE.CM-03
select i.id, 0, i.id, null, case h.n when 0 then 'No holder is known' else 'None is left of ' || h.n || case h.n when 1 then ' holder' else ' holders' end end
  from live_identity i
 cross join lateral (select count(*) as n, count(*) filter (where h.ended_at is null and (h.until is null or h.until > {now})) as live
                       from holder h
                      where h.identity_id = i.id) h
 where i.kind = 'shared' and h.live = 0

-- rule shared_not_rotated
-- severity: high
-- about: identity
-- title: Secret not changed since a holder left
-- means: Somebody who knew this shared secret no longer should, and the secret is the same.
-- why: A shared secret leaves with whoever knows it. It opens the same doors from outside.
-- do: Change the secret at the next stop, tell it to those who need it, and enter the day in the source.
-- controls: CSF PR.AA-01, CSF GV.RR-04, NHI1:2025
select i.id, 0, i.id, null, l.name || case l.others when 0 then '' when 1 then ' and another' else ' and ' || l.others || ' others' end || ' stopped holding it by '
       || to_char(l.at at time zone 'UTC', 'FMDD Mon YYYY') || coalesce('; last changed on ' || to_char(c.at at time zone 'UTC', 'FMDD Mon YYYY'), '; not known ever to be changed')
  from live_identity i
 cross join lateral (
        select (array_agg(x.name order by x.at desc, x.id))[1] as name, count(*) - 1 as others, max(x.at) as at
          from (select p.id, p.name, least(h.until, h.ended_at, case when w.status in ('left', 'disabled') then coalesce(p.ended_at, greatest(identity_status_since(p), (select min(h.seen_from) from identity_history h where h.id = p.id), case when identity_status_since(p) = '-infinity' then p.seen_from end)) end) as at
                  from holder h
                  join identity p on p.id = h.person_id
                  join identity_standing w on w.identity_id = p.id
                 where h.identity_id = i.id and (h.ended_at is not null or h.until is not null or w.status in ('left', 'disabled'))) x
         where x.at <= {now}) l
 cross join lateral (select max(coalesce(c.rotated_at, c.issued_at)) as at from live_credential c where c.identity_id = i.id) c
 where i.kind = 'shared' and l.at is not null and (c.at is null or c.at < l.at)

-- rule credential_overdue
-- severity: medium
-- about: credential
-- title: Secret past its window
-- means: This secret should have been changed by now.
-- why: The longer a secret lives, the more places it has been copied to.
-- do: Change it. If changing it stops the plant, plan it for the next stop and acknowledge this until then.
-- controls: CSF PR.AA-01, NHI7:2025
select c.id, 0, c.identity_id, c.stored_on_id, regexp_replace(upper(left(c.kind, 1)) || replace(substr(c.kind, 2), '_', ' '), '^Api ', 'API ') || case when c.rotated_at is not null then ' last changed on ' when c.issued_at is not null then ' never changed since ' else ' not known to be changed since ' end
       || to_char(coalesce(c.rotated_at, c.issued_at, c.seen_from) at time zone 'UTC', 'FMDD Mon YYYY') || ', due every ' || c.rotation_days || ' days'
  from live_credential c
  join live_identity i on i.id = c.identity_id
 where coalesce(c.rotated_at, c.issued_at, c.seen_from) < {now} - make_interval(days => c.rotation_days)

-- rule credential_no_expiry
-- severity: medium
-- about: credential
-- title: Secret that never ends
-- means: Nothing ends this secret: it has no expiry, and a password no day to be changed by either.
-- why: Once it is copied, the copy works for ever.
-- do: Issue it anew with an expiry, or set a window in which it is changed.
-- controls: CSF PR.AA-01, NHI7:2025
select c.id, 0, c.identity_id, c.stored_on_id, regexp_replace(upper(left(c.kind, 1)) || replace(substr(c.kind, 2), '_', ' '), '^Api ', 'API ') || ' without expiry' || coalesce(', issued on ' || to_char(c.issued_at at time zone 'UTC', 'FMDD Mon YYYY'), '')
  from live_credential c
  join live_identity i on i.id = c.identity_id
 where c.expires_at is null and (c.rotation_days is null or c.kind not in ('password', 'pin', 'passphrase', 'smart_card', 'badge'))

-- rule credential_in_the_open
-- severity: high
-- about: credential
-- title: Secret in a file or in code
-- means: This secret is kept where whoever gets to the machine or the code can read it.
-- why: One machine taken over, or one repository copied, is enough to act as this identity everywhere.
-- do: Put it into the vault, have it fetched from there, then change it: the old one has been read.
-- controls: CSF PR.AA-01, NHI2:2025
select c.id, 0, c.identity_id, c.stored_on_id, regexp_replace(upper(left(c.kind, 1)) || replace(substr(c.kind, 2), '_', ' '), '^Api ', 'API ') || ' in ' || case lower(c.storage) when 'code' then 'code' when 'email' then 'an e-mail' else 'a ' || lower(c.storage) end || coalesce(' on ' || a.name, '')
  from live_credential c
  join live_identity i on i.id = c.identity_id
  left join asset a on a.id = c.stored_on_id
 where lower(c.storage) in (select word from readable_storage)

-- rule credential_both_sides
-- severity: high
-- about: credential
-- title: Secret on one side that opens the other
-- means: This secret lies on one side of the boundary, outside a vault, and opens systems on the other.
-- why: Whoever takes over the machine it lies on is across the boundary, past every conduit.
-- do: Keep it in a vault on the side where it is used, with another secret for the other side. If it must be, say so in a crossing policy.
-- controls: CSF PR.IR-01, CSF PR.AA-01, NHI8:2025, NHI9:2025
select c.id, 0, c.identity_id, c.stored_on_id, 'Lies on ' || at.name || ' (' || at.domain || ') and opens ' || min(g.name) || ' (' || case at.domain when 'ot' then 'it' else 'ot' end || ')'
       || case count(distinct g.id) when 1 then '' else ' and ' || count(distinct g.id) - 1 || ' more' end
  from live_credential c
  join live_identity i on i.id = c.identity_id
  join live_asset at on at.id = c.stored_on_id
  join live_grant h on h.identity_id = c.identity_id
  join live_asset g on g.id = h.asset_id
 where lower(c.storage) is distinct from 'vault'
   and (at.domain in ('it', 'external') and g.domain = 'ot' or at.domain = 'ot' and g.domain in ('it', 'external'))
   and not exists (select from crossing_policy p where p.identity_id = c.identity_id or p.credential_id = c.id)
 group by c.id, c.identity_id, c.stored_on_id, at.name, at.domain

-- rule reuse_both_sides
-- severity: high
-- about: identity
-- title: One identity on both sides
-- means: This identity works on both sides of the boundary: a machine's at all, a person's with rights to engineer or administer.
-- why: Taken over on one side it is already on the other. Nothing between the two sees a difference.
-- do: Split it into one for each side. If it must be one, say so in a crossing policy with an owner and an end.
-- controls: CSF PR.IR-01, CSF PR.AA-05, NHI8:2025, NHI9:2025
select i.id, 0, i.id, null, 'Office: ' || s.it_asset || case s.it when 1 then '' else ' and ' || s.it - 1 || ' more' end || '; plant: ' || s.ot_asset || case s.ot when 1 then '' else ' and ' || s.ot - 1 || ' more' end
  from live_identity i
  join (select g.identity_id,
               count(*) filter (where a.domain in ('it', 'external')) as it, min(a.name) filter (where a.domain in ('it', 'external')) as it_asset,
               count(*) filter (where a.domain = 'ot') as ot, min(a.name) filter (where a.domain = 'ot') as ot_asset
          from live_grant g
          join live_asset a on a.id = g.asset_id
          join identity w on w.id = g.identity_id
         where w.kind not in ('person', 'contractor', 'vendor') or g.privilege in ('engineer', 'admin')
         group by g.identity_id) s on s.identity_id = i.id
 where s.it > 0 and s.ot > 0
   and not exists (select from crossing_policy p where p.identity_id = i.id)

-- rule human_use
-- severity: medium
-- about: identity
-- title: A person uses a machine's identity
-- means: Somebody acted as a service, or knows its secret.
-- why: The log names the service and not the person, and the person's second factor was not asked for.
-- do: Give the person access of their own for this task, then change the secret.
-- controls: CSF DE.CM-03, CSF PR.AA-03, NHI10:2025
select i.id, 0, i.id, s.asset_id, coalesce(s.person || ' was on ' || s.asset || ' with it on ' || to_char(s.started_at at time zone 'UTC', 'FMDD Mon YYYY'), h.name || ' knows its secret')
  from live_identity i
  left join lateral (select p.name as person, a.id as asset_id, a.name as asset, s.started_at
                       from access_session s
                       join identity p on p.id = s.person_id
                       join asset a on a.id = s.asset_id
                      where s.identity_id = i.id and s.ended_at is null and s.started_at >= {now} - interval '{human_use_days} days'
                        and not exists (select from live_credential c where c.identity_id = i.id and c.rotated_at > s.started_at)
                      order by s.started_at desc, s.id
                      limit 1) s on true
  left join lateral (select p.name
                       from holder h
                       join identity p on p.id = h.person_id
                      where h.identity_id = i.id and h.ended_at is null and (h.until is null or h.until > {now})
                      order by p.name, p.id
                      limit 1) h on true
 where i.kind in ('service', 'api_key', 'certificate', 'workload', 'agent') and (s.person is not null or h.name is not null)

-- rule toxic_combination
-- severity: high
-- about: identity
-- title: Toxic combination
-- means: One identity holds two rights that must not come together.
-- why: Each right is guarded by the other being in other hands.
-- do: Take one of the two away. Who must hold both for a while gets an end date and a second pair of eyes.
-- controls: CSF PR.AA-05
with recursive match as (
  select t.id as toxic_id, t.name as toxic, s.side, e.id as entitlement_id
    from finding_toxic t
   cross join lateral (values (1, t.first_words, t.first_classes, t.first_domains, t.first_privileges), (2, t.second_words, t.second_classes, t.second_domains, t.second_privileges)) s (side, words, classes, domains, privileges)
    join entitlement e on e.ended_at is null
    join live_asset a on a.id = e.asset_id
   where t.ended_at is null
     and (s.classes = '{}' or lower(a.class) = any (s.classes))
     and (s.domains = '{}' or a.domain = any (s.domains))
     and (s.privileges = '{}' or e.privilege = any (s.privileges))
     and not exists (select from unnest(s.words) w where strpos(lower(e.name), lower(w)) = 0)
   union
  select m.toxic_id, m.toxic, m.side, x.entitlement_id
    from match m
    join implication x on x.implied_id = m.entitlement_id and x.ended_at is null
)
select unnest(h.identities), h.toxic_id, unnest(h.identities), null, h.toxic || ': "' || h.first || '" and "' || h.second || '"'
  from (select m.toxic_id, m.toxic, array_agg(distinct i.id) as identities,
               min(g.entitlement_name) filter (where m.side = 1) as first, min(g.entitlement_name) filter (where m.side = 2) as second
          from match m
          join live_grant g on g.entitlement_id = m.entitlement_id
          join live_identity i on i.id = g.identity_id
          left join identity_member w on w.identity_id = i.id
         group by coalesce(w.person_id, i.id), m.toxic_id, m.toxic
        having count(distinct m.side) = 2) h

-- rule capability_unknown
-- severity: low
-- about: asset
-- title: Unknown what an asset can do
-- means: Nobody has found out whether this plant asset supports what our rules ask for.
-- why: What is not known cannot be excepted, protected or planned for. Unknown is not a pass.
-- do: Ask its maker or test it, and enter the answers with the day.
-- controls: CSF ID.AM-01, SP 800-207 T5
select a.id, 0, null, a.id, 'Unknown: ' || string_agg(replace(c.name, '_', ' '), ', ' order by c.place)
  from live_asset a
 cross join unnest(array['mfa', 'federation', 'individual_accounts', 'rbac', 'central_logging', 'rotation', 'encryption', 'lockout', 'service_identity']) with ordinality as c (name, place)
 where a.domain in ('ot', 'dmz') and coalesce(a.capabilities ->> c.name, 'unknown') = 'unknown'
 group by a.id

-- rule capability_stale
-- severity: low
-- about: asset
-- title: Assessment of an asset is stale
-- means: What this plant asset can do was last found out over a year ago.
-- why: Firmware changes, proxies come and go. Exceptions and reviews lean on an answer that may no longer be true.
-- do: Assess it again and enter the day.
-- controls: CSF ID.AM-01, SP 800-207 T5
select a.id, 0, null, a.id, coalesce('Assessed on ' || to_char(a.assessed_at at time zone 'UTC', 'FMDD Mon YYYY') || coalesce(' by ' || a.assessed_by, ''), 'Unchanged since ' || to_char(k.since at time zone 'UTC', 'FMDD Mon YYYY') || ', no day of assessment')
  from live_asset a
 cross join lateral (select coalesce((select max(h.seen_until) from asset_history h where h.id = a.id and h.capabilities <> a.capabilities),
                                     (select min(h.seen_from) from asset_history h where h.id = a.id), a.seen_from) as since) k
 where a.domain in ('ot', 'dmz') and coalesce(a.assessed_at, k.since) < {now} - interval '{assessed_days} days'
   and exists (select from jsonb_each_text(a.capabilities) c where c.value <> 'unknown')

-- rule legacy_no_exception
-- severity: medium
-- about: asset
-- title: Legacy asset without exception
-- means: This plant asset cannot do what its level asks for, somebody has access to it, and nobody has accepted the risk.
-- why: An exception in somebody's head has no end, no protection meanwhile and no plan.
-- do: Request an exception with what protects it meanwhile, or end the access.
-- controls: CSF ID.RA-07, CSF ID.RA-06, SP 800-207 T5
select g.asset_id, 0, null, g.asset_id, 'Cannot: ' || string_agg(replace(g.capability, '_', ' '), ', ' order by g.capability)
  from exception_gap g
  join live_asset a on a.id = g.asset_id
 where a.domain in ('ot', 'dmz')
   and g.asset_id in (select h.asset_id from live_grant h)
   and not exists (select from excepted x where x.asset_id = g.asset_id and x.capability = g.capability)
   and not exists (select from exception x where x.asset_id = g.asset_id and x.capability = g.capability and x.state in ('approved', 'expired') and x.valid_to <= {now})
 group by g.asset_id

-- rule legacy_excepted
-- severity: low
-- about: asset
-- title: Legacy asset under an exception
-- means: This plant asset cannot do what its level asks for, and the risk is accepted until a day. That is excepted, not solved.
-- why: What is accepted still has to end: by a replacement, a change or an outage. Until then it depends on what protects it meanwhile.
-- do: Keep its controls tested and follow the way out. When the exception ends, this becomes a gap again.
-- controls: CSF ID.RA-07, CSF ID.RA-06
select g.asset_id, 0, null, g.asset_id,
       string_agg(replace(g.capability, '_', ' ') || ' until ' || to_char(x.ends at time zone 'UTC', 'FMDD Mon YYYY') || ' under EX-' || lpad(x.exception_id::text, greatest(4, length(x.exception_id::text)), '0'), '; ' order by g.capability)
  from exception_gap g
  join excepted x on x.asset_id = g.asset_id and x.capability = g.capability
 group by g.asset_id

-- rule excepted_ended
-- severity: medium
-- about: grant
-- title: Certified under an exception that has ended
-- means: The last review kept this access because an exception covered its asset. No exception is in force there now.
-- why: An exception never makes access count as certified. Without it, nobody has said that this may stay.
-- do: Review it again, take it away, or have an exception approved.
-- controls: CSF PR.AA-05, CSF ID.RA-07
select g.id, 0, g.identity_id, g.asset_id, '"' || g.entitlement_name || '" certified by ' || l.reviewer || ' on ' || to_char(l.decided_at at time zone 'UTC', 'FMDD Mon YYYY')
  from review_last_answer l
  join live_grant g on g.id = l.grant_id
 where l.decision = 'certify_under_exception'
   and exists (select from exception_gap q where q.asset_id = g.asset_id)
   and (not exists (select from exception_gap q join excepted x on x.asset_id = q.asset_id and x.capability = q.capability where q.asset_id = g.asset_id)
        or exists (select from exception_gap q
                    where q.asset_id = g.asset_id and q.capability = 'individual_accounts'
                      and not exists (select from excepted x where x.asset_id = q.asset_id and x.capability = q.capability)))

-- rule exception_expired
-- severity: high
-- about: asset
-- title: Exception expired
-- means: The risk of this legacy asset was accepted until a day, the day is over, and nothing has changed.
-- why: An exception that nobody ends or renews is a rule that nobody keeps. What protected it meanwhile may be gone as well.
-- do: Renew it with a new score, or do what it was waiting for.
-- controls: CSF ID.RA-07, CSF ID.RA-06
select g.asset_id, 0, null, g.asset_id, string_agg('For ' || replace(g.capability, '_', ' ') || ' until ' || to_char(e.ended at time zone 'UTC', 'FMDD Mon YYYY'), '; ' order by g.capability)
  from exception_gap g
 cross join lateral (select max(x.valid_to) as ended
                       from exception x
                      where x.asset_id = g.asset_id and x.capability = g.capability and x.state in ('approved', 'expired') and x.valid_to <= {now}) e
 where e.ended is not null
   and not exists (select from excepted x where x.asset_id = g.asset_id and x.capability = g.capability)
 group by g.asset_id

-- rule around_jump_host
-- severity: high
-- about: grant
-- title: Way around the jump host
-- means: This access comes into the plant by a direct way or a VPN instead of the jump host.
-- why: Nothing on this way asks for a second factor at the plant's door or records what was done.
-- do: Have the access go by the jump host or the gateway, then close the other way.
-- controls: CSF PR.IR-01, CSF PR.AA-03, SP 800-207 T2
select g.id, 0, g.identity_id, g.asset_id, case when v.id is null then 'No way is named, and ' || w.external_id || ' is open' else 'By ' || v.external_id end || ', ' || case coalesce(v.kind, w.kind) when 'vpn' then 'a VPN' else 'a direct connection' end || ' into ' || a.zone_name
  from live_grant g
  join live_identity i on i.id = g.identity_id
  join live_asset a on a.id = g.asset_id
  left join conduit v on v.id = g.conduit_id and v.ended_at is null
  left join (select distinct on (c.to_zone_id, z.domain) c.to_zone_id, z.domain, c.external_id, c.kind
               from conduit c
               join zone z on z.id = c.from_zone_id
              where c.ended_at is null and c.kind in ('direct', 'vpn') and z.ended_at is null
              order by c.to_zone_id, z.domain, c.id) w on v.id is null and w.to_zone_id = a.zone_id and w.domain = i.domain
 where a.domain = 'ot' and crosses_boundary(i.domain, a.domain) and (v.kind in ('direct', 'vpn') or w.kind is not null)

-- rule break_glass_unreviewed
-- severity: high
-- about: identity
-- title: Break-glass use not reviewed
-- means: An emergency identity was used, and nobody has looked at what was done.
-- why: It passes every control, so its use is looked at afterwards or not at all.
-- do: Find out who used it and for what, and enter that here.
-- controls: CSF PR.AA-03, CSF DE.CM-03, SP 800-207 T6
select i.id, 0, i.id, null, 'Used on ' || to_char(u.at at time zone 'UTC', 'FMDD Mon YYYY') || coalesce(', reviewed up to ' || to_char(r.at at time zone 'UTC', 'FMDD Mon YYYY'), ', never reviewed')
  from live_identity i
 cross join lateral (select greatest(i.last_seen_at, (select max(s.started_at) from access_session s where s.identity_id = i.id and s.ended_at is null),
                                     (select max(g.last_used_at) from access_grant g where g.identity_id = i.id and g.ended_at is null)) as at) u
 cross join lateral (select max(r.used_until) as at from finding_use_review r where r.identity_id = i.id) r
 where is_break_glass(i.external_id, i.name) and u.at < working_days_before({now}, {break_glass_days}) and (r.at is null or r.at < u.at)

-- rule break_glass_not_rotated
-- severity: high
-- about: identity
-- title: Break-glass secret not changed after use
-- means: An emergency identity was used, and its secret is still the one that was handed out.
-- why: Whoever used it in the emergency can use it again without one.
-- do: Change the secret, seal it again, and enter the day in the source.
-- controls: CSF PR.AA-03, CSF PR.AA-01
select i.id, 0, i.id, null, 'Used on ' || to_char(u.at at time zone 'UTC', 'FMDD Mon YYYY') || coalesce(', secret last changed on ' || to_char(c.at at time zone 'UTC', 'FMDD Mon YYYY'), ', its secret is not known ever to be changed')
  from live_identity i
 cross join lateral (select greatest(i.last_seen_at, (select max(s.started_at) from access_session s where s.identity_id = i.id and s.ended_at is null),
                                     (select max(g.last_used_at) from access_grant g where g.identity_id = i.id and g.ended_at is null)) as at) u
 cross join lateral (select max(coalesce(c.rotated_at, c.issued_at)) as at from live_credential c where c.identity_id = i.id) c
 where is_break_glass(i.external_id, i.name) and u.at < working_days_before({now}, {break_glass_days}) and (c.at is null or c.at < u.at)

-- rule two_owners
-- severity: medium
-- about: identity
-- title: Sources name different owners
-- means: Two sources, or a source and an agreement made here, name different owners of one identity.
-- why: Each of the two thinks the other answers for it.
-- do: Ask both, and have the wrong one corrected in its source.
-- controls: CSF GV.RR-02
select min(k.subject_id), 0, min(k.subject_id), null, string_agg(k.source || ' names ' || k.owner, ', ' order by k.source, k.subject_id)
  from (select o.subject_id, s.name as source, w.name as owner, coalesce(w.person_id, w.identity_id) as owner_person, o.source_id,
               coalesce('person ' || m.person_id, o.kind || ' ' || lower(o.external_id) || ' ' || lower(o.name)) as same
          from ownership o
          join source s on s.id = o.source_id
          join identity_standing w on w.identity_id = o.source_owner_id
          left join identity_member m on m.identity_id = o.subject_id
         where o.subject = 'identity') k
 group by k.same
having count(distinct k.source_id) > 1 and count(distinct k.owner_person) > 1
 union all
select o.subject_id, 1, o.subject_id, null, s.name || ' names ' || w.name || ', but ' || o.owner_name || ' agreed to own it'
  from ownership o
  join source s on s.id = o.source_id
  join identity w on w.id = o.source_owner_id
 where o.subject = 'identity' and o.is_contradicted

-- rule asset_two_owners
-- severity: medium
-- about: asset
-- title: Sources name different owners of an asset
-- means: Two sources, or a source and an agreement made here, name different owners of one asset.
-- why: Each of the two thinks the other decides who may reach it.
-- do: Ask both, and have the wrong one corrected in its source.
-- controls: CSF GV.RR-02, CSF ID.AM-01
select min(k.subject_id), 0, null, min(k.subject_id), string_agg(k.source || ' names ' || k.owner, ', ' order by k.source, k.subject_id)
  from (select o.subject_id, s.name as source, w.name as owner, coalesce(w.person_id, w.identity_id) as owner_person, o.source_id,
               lower(o.external_id) || ' ' || lower(o.name) as same
          from ownership o
          join source s on s.id = o.source_id
          join identity_standing w on w.identity_id = o.source_owner_id
         where o.subject = 'asset') k
 group by k.same
having count(distinct k.source_id) > 1 and count(distinct k.owner_person) > 1
 union all
select o.subject_id, 1, null, o.subject_id, s.name || ' names ' || w.name || ', but ' || o.owner_name || ' agreed to own it'
  from ownership o
  join source s on s.id = o.source_id
  join identity w on w.id = o.source_owner_id
 where o.subject = 'asset' and o.is_contradicted
