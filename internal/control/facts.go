package control

// itemFacts is all that was frozen of an item, and what the review made of it.
var itemFacts = []column{
	{"item", "i.id", literal},
	{"grant", "i.grant_id", literal},
	{"identity_id", "i.identity_id", literal},
	{"identity_key", "i.identity_key", text},
	{"identity_name", "i.identity_name", text},
	{"identity_kind", "i.identity_kind", text},
	{"identity_email", "i.identity_email", text},
	{"identity_status", "i.identity_status", text},
	{"identity_domain", "i.identity_domain", text},
	{"department", "i.department", text},
	{"organisation", "i.organisation", text},
	{"contract_end", "i.contract_end", moment},
	{"owner_name", "i.owner_name", text},
	{"owner_status", "i.owner_status", text},
	{"manager_name", "i.manager_name", text},
	{"entitlement_id", "i.entitlement_id", literal},
	{"entitlement_key", "i.entitlement_key", text},
	{"entitlement_name", "i.entitlement_name", text},
	{"description", "i.description", text},
	{"privilege", "i.privilege", text},
	{"asset_id", "i.asset_id", literal},
	{"asset_key", "i.asset_key", text},
	{"asset_name", "i.asset_name", text},
	{"asset_class", "i.asset_class", text},
	{"asset_owner_name", "i.asset_owner_name", text},
	{"criticality", "i.criticality", literal},
	{"safety_related", "i.safety_related", literal},
	{"level", "i.level", literal},
	{"asset_domain", "i.asset_domain", text},
	{"zone_name", "i.zone_name", text},
	{"site_name", "i.site_name", text},
	{"conduit_key", "i.conduit_key", text},
	{"conduit_kind", "i.conduit_kind", text},
	{"conduit_mfa", "i.conduit_mfa", literal},
	{"conduit_recorded", "i.conduit_recorded", literal},
	{"conduit_vaulted", "i.conduit_vaulted", literal},
	{"from_zone", "i.from_zone", text},
	{"from_level", "i.from_level", literal},
	{"from_domain", "i.from_domain", text},
	{"crosses", "i.crosses", literal},
	{"granted_at", "i.granted_at", moment},
	{"granted_by", "i.granted_by", text},
	{"grantor_email", "i.grantor_email", text},
	{"ticket", "i.ticket", text},
	{"expires_at", "i.expires_at", moment},
	{"last_used_at", "i.last_used_at", moment},
	{"seen_from", "i.seen_from", moment},
	{"peer_group", "i.peer_group", text},
	{"peers", "i.peers", literal},
	{"peers_holding", "i.peers_holding", literal},
	{"reach_assets", "i.reach_assets", literal},
	{"reach_safety", "i.reach_safety", literal},
	{"reach_crossing", "i.reach_crossing", literal},
	{"reach_levels", "array_to_json(i.reach_levels)", literal},
	{"reach_highest", "i.reach_highest", text},
	{"findings", "i.findings", list},
	{"gaps", "i.gaps", list},
	{"gaps", "i.gaps", list},
	{"consequence", "i.consequence", text},
	{"risk", "i.risk", literal},
	{"recommendation", "i.recommendation", text},
	{"reasons", "i.reasons", list},
	{"previous_decision", "i.previous_decision", text},
	{"previous_by", "i.previous_by", text},
	{"previous_at", "i.previous_at", moment},
	{"assigned_by", "i.assigned_by", text},
	{"reviewer", "i.reviewer", text},
	{"next_reviewer", "i.next_reviewer", text},
	{"passed_from", "i.passed_from", text},
	{"decision", "i.decision", text},
	{"decision_id", "i.decision_id", literal},
	{"decided_at", "i.decided_at", moment},
	{"outcome", "i.outcome", text},
}

const itemsFrom = `  from review_item i
 where i.campaign_id = $1
 order by i.id`

// decisionFacts is every answer given, also those taken back: who, when, and what
// was on the screen.
var decisionFacts = []column{
	{"decision_id", "d.id", literal},
	{"item", "d.item_id", literal},
	{"identity", "i.identity_key", text},
	{"entitlement", "i.entitlement_key", text},
	{"asset", "i.asset_key", text},
	{"decision", "d.decision", text},
	{"reduce_to", "e.external_id", text},
	{"reduce_to_id", "d.reduce_to", literal},
	{"note", "d.note", text},
	{"decided_by", "d.decided_by", text},
	{"decided_at", "d.decided_at", moment},
	{"entered_by", "d.entered_by", text},
	{"open_ms", "d.open_ms", literal},
	{"bulk", "d.bulk", literal},
	{"recommendation", "d.recommendation", text},
	{"shown", "d.shown", text},
	{"stands", "coalesce(i.decision_id = d.id, false)", literal},
}

const decisionsFrom = `  from review_decision d
  left join review_item i on i.id = d.item_id
  left join entitlement e on e.id = d.reduce_to
 where d.campaign_id = $1
 order by d.id`

// remediationFacts is the work that the decisions oblige.
var remediationFacts = []column{
	{"remediation", "m.id", literal},
	{"item", "m.item_id", literal},
	{"grant", "m.grant_id", literal},
	{"identity", "i.identity_key", text},
	{"entitlement", "i.entitlement_key", text},
	{"asset", "i.asset_key", text},
	{"work", "m.work", text},
	{"reduce_to", "e.external_id", text},
	{"state", "m.state", text},
	{"opened_at", "m.opened_at", moment},
}

const remediationsFrom = `  from remediation m
  left join review_item i on i.id = m.item_id
  left join entitlement e on e.id = m.reduce_to
 where m.campaign_id = $1
 order by m.id`
