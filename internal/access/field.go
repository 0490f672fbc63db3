package access

import (
	"slices"
	"strings"

	"interlock/internal/finding"
)

// A kind is what an operand is made of.
type kind int

const (
	boolean kind = iota
	text
	integer
	decimal
	moment
)

func (k kind) String() string {
	return [...]string{"yes or no", "text", "a number", "a number with decimals", "a time"}[k]
}

func (k kind) numeric() bool { return k == integer || k == decimal }

// Field is a name that scopes know, for the help beside a filter box.
type Field struct {
	Name   string
	Type   string
	Values []string
	Doc    string
}

// A column says how a field is read from access_fact.
type column struct {
	Field
	kind     kind
	sql      string
	nullable bool
	dear     bool // costs a subquery: name it once
	ordered  bool
}

// since counts whole days up to now; {now} becomes its parameter.
func since(t string) string {
	return "floor(extract(epoch from {now} - " + t + ") / 86400)"
}

const lastDecision = `(select max(r.decided_at) from review_item r where r.grant_id = f.grant_id and r.decision in ('certify', 'reduce'))`

const longestUnchanged = `(select min(coalesce(s.rotated_at, s.issued_at)) from credential s where s.identity_id = f.identity_id and s.ended_at is null and (s.expires_at is null or s.expires_at > {now}))`

var (
	kinds        = []string{"person", "contractor", "vendor", "shared", "service", "api_key", "certificate", "workload", "agent"}
	domains      = []string{"it", "dmz", "ot", "external"}
	statuses     = []string{"active", "leave", "disabled", "left"}
	privileges   = []string{"view", "operate", "engineer", "admin"}
	capabilities = []string{"mfa", "federation", "individual_accounts", "rbac", "central_logging", "rotation", "encryption", "lockout", "service_identity"}
	supports     = []string{"native", "via_proxy", "partial", "no", "unknown"}
	levels       = []string{"0.0", "1.0", "2.0", "3.0", "3.5", "4.0", "5.0"}
)

// catalogue is every name, in the order in which people read them.
var catalogue = []column{
	words("identity.id", "identity_external_id", "its id in its source", known),
	words("identity.kind", "identity_kind", "what sort of identity it is", known, kinds...),
	words("identity.name", "identity_name", "its name", known),
	words("identity.email", "identity_email", "its mail address", maybe),
	words("identity.department", "identity_department", "its department", maybe),
	words("identity.organisation", "identity_organisation", "the firm it belongs to", maybe),
	words("identity.domain", "identity_domain", "the side it is at home on", maybe, domains...),
	words("identity.status", "identity_status", "whether it is still in use", known, statuses...),
	words("identity.source", "identity_source", "the system that reported it", known),
	words("identity.owner", "owner_external_id", "the id of the person accountable for it", maybe),
	words("identity.manager", "manager_external_id", "the id of the person's manager", maybe),
	words("asset.id", "asset_external_id", "its id in its source", known),
	words("asset.name", "asset_name", "its name", known),
	words("asset.class", "asset_class", "what sort of system it is, such as PLC", maybe),
	words("asset.vendor", "asset_vendor", "who made it", maybe),
	words("asset.site", "site_external_id", "the id of its site", maybe),
	words("asset.zone", "zone_external_id", "the id of its network zone", maybe),
	value("asset.level", decimal, "f.zone_level", "its Purdue level", maybe, levels...),
	words("asset.domain", "zone_domain", "the side its zone is on", maybe, domains...),
	value("asset.criticality", integer, "f.asset_criticality", "how much depends on it, 1 to 5", maybe, "1", "2", "3", "4", "5"),
	value("asset.safety_related", boolean, "f.asset_safety_related", "whether people's safety depends on it", known),
	words("asset.source", "asset_source", "the system that reported it", known),
	words("entitlement.id", "entitlement_external_id", "its id in its source", known),
	words("entitlement.name", "entitlement_name", "the right in plain language", known),
	inOrder(words("entitlement.privilege", "entitlement_privilege", "how much it allows; in this order", maybe, privileges...)),
	value("grant.id", integer, "f.grant_id", "its number", known),
	value("grant.crosses_boundary", boolean, "f.crosses_boundary", "whether it leads from one side to the other", known),
	value("grant.age_days", integer, since("coalesce(f.granted_at, f.seen_from)"), "days since it was granted, or else first seen", known),
	value("grant.unused_days", integer, since("coalesce(f.last_used_at, f.granted_at, f.seen_from)"), "days since it was used, or else granted", known),
	value("grant.expires", moment, "f.expires_at", "when it ends by itself", maybe),
	words("grant.project", "conduit_project", "the project that added its conduit", maybe),
	words("grant.conduit", "conduit_external_id", "the id of the connection it uses", maybe),
	words("grant.source", "grant_source", "the system that reported it", known),
	dear(value("credential.age_days", integer, since(longestUnchanged), "days since the oldest secret of the identity was changed", maybe)),
	dear(value("grant.last_decision_days", integer, since(lastDecision), "days since it was last certified or reduced", maybe)),
}

// certainty tells whether the inventory may not know a field.
type certainty bool

const (
	known certainty = false
	maybe certainty = true
)

func words(name, col, doc string, c certainty, values ...string) column {
	return value(name, text, "f."+col, doc, c, values...)
}

func value(name string, k kind, sql, doc string, c certainty, values ...string) column {
	return column{Field: Field{name, k.String(), values, doc}, kind: k, sql: sql, nullable: bool(c)}
}

func inOrder(c column) column {
	c.ordered = true
	return c
}

func dear(c column) column {
	c.dear = true
	return c
}

func capability(name string) column {
	sql := "coalesce(f.asset_capabilities ->> '" + name + "', 'unknown')"
	return words("", "", "whether it can do this by itself", known, supports...).as(`asset.capability["`+name+`"]`, sql)
}

func (c column) as(name, sql string) column {
	c.Name, c.sql = name, sql
	return c
}

// Fields lists every name with its type and known values.
func Fields() []Field {
	var all []Field
	for _, c := range catalogue {
		c.Values = slices.Clone(c.Values)
		all = append(all, c.Field)
	}
	for _, name := range capabilities {
		all = append(all, capability(name).Field)
	}
	return append(all,
		Field{Name: `finding("no_owner")`, Type: boolean.String(), Values: finding.RuleIDs(), Doc: "whether a rule finds something wrong with the grant, its identity, its right or its asset"},
		Field{Name: "now", Type: moment.String(), Doc: "this moment"})
}

func lookup(record, field string) (column, bool) {
	for _, list := range [][]column{catalogue, register} {
		if i := slices.IndexFunc(list, func(c column) bool { return c.Name == record+"."+field }); i >= 0 {
			return list[i], true
		}
	}
	return column{}, false
}

var records = []string{"identity", "asset", "entitlement", "grant", "credential"}

// fieldNames are the names that follow record and a dot.
func fieldNames(record string) []string {
	var names []string
	for _, c := range append(slices.Clone(catalogue), register...) {
		if after, ok := strings.CutPrefix(c.Name, record+"."); ok {
			names = append(names, after)
		}
	}
	if record == "asset" {
		names = append(names, "capability")
	}
	return names
}
