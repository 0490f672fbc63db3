package intake

import "slices"

// kind is what the values of a column are.
type kind int

const (
	text   kind = iota
	key         // the row's own id
	ref         // another row's id
	choice      // one of a few words
	email
	zone // an IANA time zone
	when
	flag
	rank       // criticality
	days       // a whole number of days
	capability // one of the nine, gathered in one jsonb
)

// column is one column of a file and where it goes.
type column struct {
	name      string
	kind      kind
	required  bool
	words     []string // of a choice
	refers    string   // inventory table of a ref
	otherwise string   // SQL for no value
}

// table is one file of a bundle and the inventory table it fills.
type table struct {
	file    string // without .csv
	name    string // of the inventory table
	rows    string // what a person calls one row
	columns []column
	spans   [][2]string // columns of which the second is no earlier than the first
}

// keyed tells whether the rows have an id of their own; other rows are known by
// the rows they bring together.
func (t *table) keyed() bool { return t.columns[0].kind == key }

func (t *table) refs() []column {
	return slices.DeleteFunc(slices.Clone(t.columns), func(c column) bool { return c.kind != ref })
}

func (t *table) column(name string) column {
	return t.columns[slices.IndexFunc(t.columns, func(c column) bool { return c.name == name })]
}

func (t *table) required() []string {
	var names []string
	for _, c := range t.columns {
		if c.required {
			names = append(names, c.name)
		}
	}
	return names
}

var (
	domains      = []string{"it", "dmz", "ot", "external"}
	levels       = []string{"0", "1", "2", "3", "3.5", "4", "5"}
	conduitKinds = []string{"direct", "vpn", "jump_host", "remote_gateway", "data_diode"}
	kinds        = []string{"person", "contractor", "vendor", "shared", "service", "api_key", "certificate", "workload", "agent"}
	statuses     = []string{"active", "leave", "disabled", "left"}
	privileges   = []string{"view", "operate", "engineer", "admin"}
	answers      = []string{"native", "via_proxy", "partial", "no", "unknown"}
	capabilities = []string{"mfa", "federation", "individual_accounts", "rbac", "central_logging", "rotation", "encryption", "lockout", "service_identity"}
)

// tables are in an order in which every reference points back, or to its own table.
var tables = []*table{
	{file: "sites", name: "site", rows: "site", columns: []column{
		id(), name(), {name: "timezone", kind: zone}, {name: "country"},
	}},
	{file: "zones", name: "zone", rows: "zone", columns: []column{
		id(), name(), to("site", "site"), {name: "level", kind: choice, words: levels}, {name: "domain", kind: choice, words: domains},
	}},
	{file: "conduits", name: "conduit", rows: "conduit", columns: []column{
		id(), must("from_zone", "zone"), must("to_zone", "zone"), {name: "kind", kind: choice, words: conduitKinds},
		{name: "mfa", kind: flag}, {name: "recorded", kind: flag}, {name: "vaulted", kind: flag}, {name: "project"},
	}},
	{file: "identities", name: "identity", rows: "identity", columns: []column{
		id(), name(), {name: "kind", kind: choice, words: kinds, otherwise: "'person'"}, {name: "email", kind: email},
		to("manager", "identity"), to("owner", "identity"), {name: "department"}, {name: "organisation"},
		{name: "domain", kind: choice, words: domains}, {name: "status", kind: choice, words: statuses, otherwise: "'active'"},
		{name: "contract_end", kind: when}, {name: "auth_method"}, {name: "last_seen_at", kind: when},
	}},
	{file: "assets", name: "asset", rows: "asset", columns: append([]column{
		id(), name(), to("zone", "zone"), {name: "class"}, {name: "vendor"}, {name: "model"}, to("owner", "identity"),
		{name: "criticality", kind: rank}, {name: "safety_related", kind: flag, otherwise: "false"},
		{name: "installed_on", kind: when}, {name: "support_ends_on", kind: when},
		{name: "assessed_at", kind: when}, {name: "assessed_by"},
	}, capabilityColumns()...)},
	{file: "entitlements", name: "entitlement", rows: "entitlement", columns: []column{
		id(), name(), {name: "asset", kind: ref, refers: "asset", otherwise: "{own}"},
		{name: "privilege", kind: choice, words: privileges}, to("owner", "identity"), {name: "description"},
	}},
	{file: "implies", name: "implication", rows: "implication", columns: []column{
		must("entitlement", "entitlement"), must("implied", "entitlement"),
	}},
	{file: "grants", name: "access_grant", rows: "grant", columns: []column{
		must("identity", "identity"), must("entitlement", "entitlement"), to("via", "conduit"), {name: "granted_at", kind: when},
		{name: "granted_by"}, {name: "expires_at", kind: when}, {name: "last_used_at", kind: when}, {name: "ticket"},
	}},
	{file: "credentials", name: "credential", rows: "credential", spans: [][2]string{{"issued_at", "expires_at"}}, columns: []column{
		id(), must("identity", "identity"), {name: "kind", required: true}, {name: "issued_at", kind: when}, {name: "rotated_at", kind: when},
		{name: "expires_at", kind: when}, {name: "rotation_days", kind: days}, {name: "storage"}, to("stored_on", "asset"),
	}},
	{file: "holders", name: "holder", rows: "holder", spans: [][2]string{{"since", "until"}}, columns: []column{
		must("identity", "identity"), must("person", "identity"), {name: "since", kind: when}, {name: "until", kind: when},
	}},
	{file: "sessions", name: "access_session", rows: "session", spans: [][2]string{{"started_at", "ended_at"}, {"window_from", "window_to"}}, columns: []column{
		id(), must("identity", "identity"), must("asset", "asset"), to("person", "identity"), {name: "ticket"}, {name: "started_at", kind: when},
		{name: "ended_at", kind: when}, {name: "window_from", kind: when}, {name: "window_to", kind: when}, {name: "recording"},
	}},
}

func id() column                   { return column{name: "id", kind: key, required: true} }
func name() column                 { return column{name: "name", required: true} }
func to(name, table string) column { return column{name: name, kind: ref, refers: table} }

func must(name, table string) column {
	return column{name: name, kind: ref, refers: table, required: true}
}

func capabilityColumns() []column {
	var list []column
	for _, c := range capabilities {
		list = append(list, column{name: c, kind: capability, words: answers})
	}
	return list
}

func tableOf(file string) *table {
	i := slices.IndexFunc(tables, func(t *table) bool { return t.file+".csv" == file })
	if i < 0 {
		return nil
	}
	return tables[i]
}
