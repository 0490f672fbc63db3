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
