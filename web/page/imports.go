package page

import "interlock/web/ui"

// Imports is GET /imports: what was imported, newest first.
//
// Query: before (what Pager carries).
type Imports struct {
	Shell   ui.Shell
	Tabs    []ui.View
	Lede    string // "12 sources, 11 of them not older than a week."
	Rows    []ImportRow
	Pager   ui.Pager
	NewHref string // /imports/new; "" for those who may not import
}

// ImportRow is one import.
type ImportRow struct {
	Number   string // "214"
	Source   string
	When     string // "12 Nov 2026, 06:10"
	By       string
	Changes  []ImportChange // by kind; those without any are left out
	Rejected int
	Ignored  []string  // columns and files that were ignored
	Joined   []ui.Link // "2 pairs joined by the same e-mail", to them
}

// ImportChange is what an import did, or would do, to one kind of thing.
type ImportChange struct {
	Kind    string // "Grants"
	Added   int
	Changed int
	Ended   int
}

// ImportNew is GET /imports/new, and what a refused POST /imports (422) shows.
//
// POST /imports is multipart: source, bundle (the zip), allow_rejects and
// accept_drop (yes or nothing). It starts a dry run and answers 303 to its job,
// which leads to the report (ImportReport).
type ImportNew struct {
	Shell        ui.Shell
	Source       string
	Sources      []string // known by name, to choose from
	AllowRejects bool
	AcceptDrop   bool
	MaxSize      string // "1 GB"
	SourceError  string
	BundleError  string
	Error        string
}

// ImportReport is GET /imports/uploads/{id}: what the bundle would change.
//
// Confirm posts to ConfirmAction (allow_rejects and accept_drop, yes or nothing)
// and answers 303 to the job that imports; Drop posts to DropAction without fields.
type ImportReport struct {
	Shell         ui.Shell
	Source        string
	File          string // "plant-a.zip, 4.2 MB"
	When          string // "12 Nov 2026, 14:06, by Oluwaseun Adeyemi"
	Refusal       string // why it would be refused as it is; "" when it would not
	RejectsBlock  bool   // because of rejected rows: the box to allow them is offered
	DropBlocks    bool   // because too many grants would end: the box to accept that is offered
	DropText      string // "1,204 of 5,310 grants would end (23 %)."
	AllowRejects  bool   // as chosen
	AcceptDrop    bool
	Counts        []ImportChange // every kind in the bundle
	Rejects       []ImportReject // the first of them
	Rejected      int            // all of them
	RejectsCSV    string         // address of all as a file; "" when there is none
	Joined        []string       // "2 pairs of identities joined by the same e-mail"
	Ignored       []string       // columns: "assets.csv: colour"
	IgnoredFiles  []string
	Notes         []Remark // anything else: the inventory changed since, the same bundle was imported before
	ConfirmAction string   // "" when it cannot be confirmed at all
	DropAction    string
	Error         string
}

// ImportReject is one bad row.
type ImportReject struct {
	File   string
	Line   int
	Column string
	Value  string
	Reason string
}

// ImportFile is a file of a bundle with its columns.
type ImportFile struct {
	Name     string
	Needs    string
	Optional string
}

var bundleFiles = []ImportFile{
	{"sites.csv", "id, name", "timezone, country"},
	{"zones.csv", "id, name", "site, level, domain"},
	{"conduits.csv", "id, from_zone, to_zone", "kind, mfa, recorded, vaulted, project"},
	{"assets.csv", "id, name", "zone, class, vendor, model, owner, criticality, safety_related, installed_on, support_ends_on, mfa, federation, individual_accounts, rbac, central_logging, rotation, encryption, lockout, service_identity"},
	{"identities.csv", "id, name", "kind, email, manager, owner, department, organisation, domain, status, contract_end, auth_method, last_seen_at"},
	{"entitlements.csv", "id, name", "asset, privilege, owner, description"},
	{"implies.csv", "entitlement, implied", ""},
	{"grants.csv", "identity, entitlement", "via, granted_at, granted_by, expires_at, last_used_at, ticket"},
	{"credentials.csv", "id, identity, kind", "issued_at, rotated_at, expires_at, rotation_days, storage, stored_on"},
	{"holders.csv", "identity, person", "since, until"},
	{"sessions.csv", "id, identity, asset", "person, ticket, started_at, ended_at, window_from, window_to, recording"},
}

func (c ImportChange) empty() bool { return c.Added+c.Changed+c.Ended == 0 }

// said is a change in words: "12 added, 3 ended".
func (c ImportChange) said() string {
	s := ""
	for _, p := range []struct {
		n    int
		verb string
	}{{c.Added, " added"}, {c.Changed, " changed"}, {c.Ended, " ended"}} {
		if p.n == 0 {
			continue
		}
		if s != "" {
			s += ", "
		}
		s += ui.Thousands(p.n) + p.verb
	}
	return s
}

func (p ImportReport) nothing() bool {
	for _, c := range p.Counts {
		if !c.empty() {
			return false
		}
	}
	return true
}

func (p ImportReport) blocked() bool { return p.Refusal != "" }
