package page

import "interlock/web/ui"

// Remediation is GET /remediation: the work that revokes and reductions oblige,
// oldest first.
//
// Query: state, campaign (number), after (what Pager carries).
type Remediation struct {
	Shell     ui.Shell
	Lede      string      // "22 of 71 are open."
	Views     []ui.View   // by state
	Campaign  string      // number of the one chosen
	Campaigns []ui.Option // to choose from, value is the number
	State     string      // chosen, carried by the form
	Rows      []RemediationRow
	Pager     ui.Pager
	CSV       string // "" when there is none
}

// RemediationRow is one piece of work.
type RemediationRow struct {
	State     string // open, scheduled, done, verified, reappeared, held, impossible
	ReduceTo  string // the lower right; "" when all of it goes
	Kind      string
	Who       string
	WhoHref   string
	Right     string
	Privilege string
	Place     ui.Place
	Asset     string
	AssetHref string
	Risk      string
	Silent    bool // nobody answered: it goes by the campaign's rule
	Campaign  ui.Link
	Opened    string // "19 Nov 2026"
}

func (p Remediation) filtered() bool { return p.Campaign != "" || p.State != "" }
