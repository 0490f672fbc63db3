-- Every grant in scope with its risk, what speaks for and against it, and who
-- reviews it. What stands in double braces is composed in assign.go; $1 is now.
-- An offset of nothing keeps the planner from repeating an expression wherever it
-- is used. Written as text it is one that it may also share among its workers.
with fact as ( -- as access_fact, but each identity, right and conduit is joined once and not once a grant
  select g.*, i.*, e.*, c.*, crosses_boundary(i.identity_domain, e.zone_domain) as crosses_boundary
    from grant_fact g
    join (select * from identity_fact offset '0') i on i.identity_id = g.grant_identity_id
    join (select * from entitlement_fact offset '0') e on e.entitlement_id = g.grant_entitlement_id
    left join (select * from conduit_fact offset '0') c on c.conduit_id = g.grant_conduit_id
),
alias as materialized ( -- every e-mail of who has more than one
  select distinct on (i.email) i.email, p.emails
    from identity_person p
    join identity_member m on m.person_id = p.id
    join identity i        on i.id = m.identity_id
   where cardinality(p.emails) > 1
),
known_grantor as (
  select distinct on (k.source_id, k.granted_by) k.source_id, k.granted_by,
         coalesce(own.email, other.email, case when btrim(k.granted_by) ~ '^[^@\s]+@[^@\s]+$' then lower(btrim(k.granted_by)) end) as email,
         coalesce(own.name, other.name, k.granted_by) as name
    from (select distinct source_id, granted_by from access_grant where ended_at is null and granted_by is not null) k
    left join identity own   on own.source_id = k.source_id and own.external_id = k.granted_by
    left join source s       on starts_with(k.granted_by, s.name || ':')
    left join identity other on other.source_id = s.id and other.external_id = substr(k.granted_by, length(s.name) + 2)
),
grantor as materialized (
  select k.source_id, k.granted_by, k.email, k.name, a.emails
    from known_grantor k
    left join alias a on a.email = k.email
),
uses as materialized (
  select s.id as source_id
    from source s
   where exists (select from access_grant g where g.source_id = s.id and g.last_used_at is not null)
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
         coalesce(f.last_used_at, f.granted_at, f.seen_from) as idle_since,
         (f.crosses_boundary and f.entitlement_privilege in ('engineer', 'admin')) is true as changes_across,
         f.identity_kind = 'vendor' and f.expires_at is null                              as standing_vendor,
         f.identity_kind not in ('person', 'contractor') and f.owner_status is distinct from 'active' as unowned
    from fact f
    left join grantor w  on w.source_id = f.grant_source_id and w.granted_by = f.granted_by
    left join uses u     on u.source_id = f.grant_source_id
    left join review_last_answer p on p.grant_id = f.grant_id
   where {{scope}}
  offset '0'
),
weighed as (
  select s.*,
         case when not (changes_across or asset_safety_related or standing_vendor)
              then case when entitlement_privilege in ('engineer', 'admin') or identity_status <> 'active' or unowned
                          or (crosses_boundary and (entitlement_privilege is distinct from 'view'
                                                    or (zone_domain = 'ot' and (conduit_mfa is false or conduit_recorded is false))))
                          or (use_known and idle_since < $1::timestamptz - interval '90 days') then 2 else 1 end
              when entitlement_privilege in ('engineer', 'admin') and (asset_safety_related or standing_vendor or zone_level <= 1) then 4
              else 3 end as risk,
         array_remove(array[
           case when identity_status in ('left', 'disabled') then '-' || identity_status end,
           case when identity_contract_end < $1::timestamptz then '-contract_over' end,
           case when standing_vendor then '-standing_vendor' end,
           case when unowned then case when owner_status is null then '-no_owner' else '-owner_gone' end end,
           case when changes_across then '-changes_across' end,
           case when asset_safety_related then '-safety' end,
           case when conduit_mfa is false and crosses_boundary and (entitlement_privilege is distinct from 'view' or zone_domain = 'ot') then '-no_mfa' end,
           case when conduit_recorded is false and crosses_boundary and (entitlement_privilege is distinct from 'view' or zone_domain = 'ot') then '-not_recorded' end,
           case when not use_known then '?use_unknown'
                when last_used_at is null then '-never_used'
                when last_used_at < $1::timestamptz - interval '180 days' then '-unused_180'
                when last_used_at < $1::timestamptz - interval '90 days' then '-unused_90'
                when last_used_at >= $1::timestamptz - interval '30 days' then '+used_30' end,
           case when ticket is not null then '+ticket' when changes_across then '-no_ticket' end,
           case when expires_at is not null then '+ends' end,
           case when previous_decision = 'certify' then '+certified_before'
                when previous_decision = 'revoke' then '-revoked_before' end
         ], null) as reasons,
         {{candidates}}
    from scoped s
  offset '0'
),
assigned as (
  select n.*,
         {{reviewer}} as reviewer,
         {{assigned_by}} as assigned_by,
         case when identity_status in ('left', 'disabled') or identity_contract_end < $1::timestamptz
                or '-unused_180' = any (reasons) or ('-never_used' = any (reasons) and idle_since < $1::timestamptz - interval '180 days') then 'revoke'
              when risk >= 3 or position('-' in reasons::text) > 0 or position('+' in reasons::text) = 0 then 'look_closer'
              else 'certify' end as recommendation,
         case when asset_safety_related then 'safety' when zone_domain in ('ot', 'dmz') then 'ot' else 'it' end as consequence
    from weighed n
)
