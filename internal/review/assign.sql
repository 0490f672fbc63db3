-- Every grant in scope with its risk, what speaks for and against it, and who
-- reviews it. What stands in double braces is composed in assign.go. $1 is now,
-- $2, $3 and $4 are 30, 90 and 180 days before.
-- An offset of nothing keeps the planner from repeating an expression wherever it
-- is used; written as text it is one that the planner also shares among workers.
with {{parts}},
gap as ( -- what assets cannot do though their level asks for it, and under which exception until when
  select g.asset_id, array_agg(g.capability || coalesce(':' || x.id || ':' || to_char(x.valid_to at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), '') order by g.capability) as gaps
    from exception_gap g
    left join exception x on x.asset_id = g.asset_id and x.capability = g.capability and x.state = 'approved'
     and exception_state_at(x.state, x.valid_from, x.valid_to, x.suspended_at, exception_drifted_since(x.id, $1::timestamptz), $1::timestamptz, exception_grace()) = 'active'
   group by g.asset_id
),
fact as ( -- as access_fact, but each identity, right and conduit is joined once and not once a grant
  select g.*, i.*, e.*, c.*, crosses_boundary(i.identity_domain, e.zone_domain) as crosses_boundary
    from grant_fact g
    join (
      select i.*, s.here, s.circle, s.peer_group, s.peers,
             r.assets as reach_assets, r.safety as reach_safety, r.crossing as reach_crossing, r.levels as reach_levels, r.highest as reach_highest,
             w.findings as identity_findings, w.said as identity_said,
             i.identity_kind not in ('person', 'contractor') and i.owner_status is distinct from 'active' as unowned,
             answering(i.owner_kind, i.owner_status, i.owner_email) as owner_answers, answering(i.manager_kind, i.manager_status, i.manager_email) as manager_answers
        from identity_fact i
        left join seat s  on s.identity_id = i.identity_id
        left join reach r on r.identity_id = i.identity_id
        left join wrong w on w.about = 'identity' and w.id = i.identity_id
      offset '0') i on i.identity_id = g.grant_identity_id
    join (
      select e.*, p.gaps, ew.findings || aw.findings as right_findings, concat_ws(',', ew.said, aw.said) as right_said,
             answering(e.entitlement_owner_kind, e.entitlement_owner_status, e.entitlement_owner_email) as entitlement_owner_answers,
             answering(e.asset_owner_kind, e.asset_owner_status, e.asset_owner_email) as asset_owner_answers
        from entitlement_fact e
        left join wrong ew on ew.about = 'entitlement' and ew.id = e.entitlement_id
        left join wrong aw on aw.about = 'asset' and aw.id = e.asset_id
        left join gap p    on p.asset_id = e.asset_id
      offset '0') e on e.entitlement_id = g.grant_entitlement_id
    left join (select * from conduit_fact offset '0') c on c.conduit_id = g.grant_conduit_id
),
scoped as (
  select f.*,
         w.email                        as grantor_email,
         w.name                         as grantor_name,
         w.emails                       as grantor_emails,
         f.identity_emails || w.emails  as barred,
         u.source_id is not null        as use_known,
         p.decision                     as previous_decision,
         p.reviewer                     as previous_by,
         p.decided_at                   as previous_at,
         case when f.circle is not null then (coalesce(h.holders, 0) - f.here)::integer end as peers_holding,
         gw.findings || f.identity_findings || f.right_findings as findings,
         concat_ws(',', gw.said, f.identity_said, nullif(f.right_said, '')) as found,
         coalesce(f.last_used_at, f.granted_at, f.seen_from) as idle_since,
         (f.crosses_boundary and f.entitlement_privilege in ('engineer', 'admin')) is true as changes_across,
         (f.entitlement_privilege in ('engineer', 'admin')) is true                        as can_change,
         f.identity_kind = 'vendor' and f.expires_at is null                               as standing_vendor,
         f.crosses_boundary and (f.entitlement_privilege is distinct from 'view' or f.zone_domain = 'ot') as works_across
    from fact f
    left join grantor w  on w.source_id = f.grant_source_id and w.granted_by = f.granted_by
    left join uses u     on u.source_id = f.grant_source_id
    left join review_last_answer p on p.grant_id = f.grant_id
    left join holding h  on h.circle = f.circle and h.entitlement_id = f.entitlement_id
    left join wrong gw   on gw.about = 'grant' and gw.id = f.grant_id
   where {{scope}}
  offset '0'
),
compared as (
  select s.*,
         (peers_holding * 10 < peers and (entitlement_privilege is distinct from 'view' or crosses_boundary)) is true as rare,
         (peers_holding * 2 >= peers) is true as usual
    from scoped s
),
weighed as (
  select s.*,
         case when not (changes_across or asset_safety_related or standing_vendor)
              then case when can_change and not usual or identity_status <> 'active' or unowned or rare or found <> ''
                          or (crosses_boundary and (entitlement_privilege is distinct from 'view'
                                                    or (zone_domain = 'ot' and (conduit_mfa is false or conduit_recorded is false))))
                          or (use_known and idle_since < $3::timestamptz) then 2 else 1 end
              when can_change and (asset_safety_related or standing_vendor or zone_level <= 1) then 4
              else 3 end::smallint as risk,
         concat_ws(',',
           case when identity_status in ('left', 'disabled') then '-' || identity_status end,
           case when identity_contract_end < $1::timestamptz then '-contract_over' end,
           case when standing_vendor then '-standing_vendor' end,
           case when unowned then case when owner_status is null then '-no_owner' else '-owner_gone' end end,
           case when changes_across then '-changes_across' end,
           case when asset_safety_related then '-safety' end,
           nullif(found, ''),
           case when conduit_mfa is false and works_across then '-no_mfa' end,
           case when conduit_recorded is false and works_across then '-not_recorded' end,
           case when can_change and reach_safety > 0 and not asset_safety_related then '-reaches_safety' end,
           case when can_change and reach_crossing > 0 and not crosses_boundary then '-reaches_across' end,
           case when rare then '-rare' end,
           case when not use_known then '?use_unknown'
                when last_used_at is null then '-never_used'
                when last_used_at < $4::timestamptz then '-unused_180'
                when last_used_at < $3::timestamptz then '-unused_90'
                when last_used_at >= $2::timestamptz then '+used_30' end,
           case when usual then '+usual' end,
           case when ticket is not null then '+ticket' when changes_across then '-no_ticket' end,
           case when expires_at is not null then '+ends' end,
           case when previous_decision = 'certify' then '+certified_before'
                when previous_decision = 'revoke' then '-revoked_before' end) as said,
         {{candidates}}
    from compared s
  offset '0'
),
assigned as (
  select n.*, string_to_array(said, ',') as reasons,
         {{reviewer}} as reviewer,
         {{assigned_by}} as assigned_by,
         case when identity_status in ('left', 'disabled') or identity_contract_end < $1::timestamptz
                or position('-unused_180' in said) > 0 or (position('-never_used' in said) > 0 and idle_since < $4::timestamptz) then 'revoke'
              when risk >= 3 or position('-' in said) > 0 or position('+' in said) = 0 then 'look_closer'
              else 'certify' end as recommendation,
         case when asset_safety_related then 'safety' when zone_domain in ('ot', 'dmz') then 'ot' else 'it' end as consequence
    from weighed n
)
