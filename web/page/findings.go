package page

import "interlock/web/ui"

// Findings is GET /findings: what is wrong now, the worst first.
//
// Query: rule, severity, site (number), age, known, identity and asset (numbers),
// after (what Pager carries). /findings.csv takes the same.
type Findings struct {
	Shell    ui.Shell
	Tabs     []ui.View
	Title    string
	Lede     string
	Figures  []ui.Figure
	Rules    []FindingRule
	All      ui.Link   // to every rule, when one is chosen
	Rule     *RuleText // of the one chosen
	Filter   FindingFilter
	Hidden   []ui.Param // of the filter, carried by its form
	Rows     []FindingRow
	Pager    ui.Pager
	CSV      string
	Evaluate bool // may have everything looked at now
	Never    bool // nothing was looked at yet
}

// FindingFilter is the filter as typed.
type FindingFilter struct {
	Rule, Severity, Site, Age, Known string
	Rules, Sites                     []ui.Option
	Only                             string // "Only of Jan Berg"; "" for no one
	Error                            string
}

func (f FindingFilter) any() bool {
	return f.Rule+f.Severity+f.Site+f.Age+f.Known+f.Only != ""
}

// FindingRule is a rule with what it found.
type FindingRule struct {
	Title    string
	Href     string
	Severity string
	Open     int
	Known    int // acknowledged, of the open ones
	Fresh    int // new within a week
	Current  bool
}

// RuleText is what a rule says.
type RuleText struct {
	Means, Why, Do string
	Controls       []Control
}

// Control is an entry of a framework.
type Control struct{ Framework, ID string }

// FindingRow is one finding.
type FindingRow struct {
	Href      string
	Severity  string
	Title     string
	Note      string
	Kind      string // of the identity
	Who       string
	WhoHref   string
	Place     ui.Place
	Asset     string
	AssetHref string
	Site      string
	Since     string // "12 Oct 2026"
	Age       string // "31 days"
	Until     string // acknowledged until; "" when it is not
}

var severityOptions = []ui.Option{{Value: "critical", Label: "Critical"}, {Value: "high", Label: "High"}, {Value: "medium", Label: "Medium"}, {Value: "low", Label: "Low"}}

var ageOptions = []ui.Option{{Value: "week", Label: "at most a week"}, {Value: "month", Label: "at most 30 days"}, {Value: "old", Label: "over 30 days"}, {Value: "older", Label: "over 90 days"}}

var knownOptions = []ui.Option{{Value: "no", Label: "neither that nor excepted"}, {Value: "yes", Label: "acknowledged"}}

func (p Findings) crumbs() []ui.Link {
	if p.Rule == nil {
		return nil
	}
	return []ui.Link{{Label: "Findings", Href: "/findings"}, {Label: p.Title}}
}

// sub says what is special about a rule's findings.
func (r FindingRule) sub() string {
	switch {
	case r.Known > 0 && r.Fresh > 0:
		return ui.Thousands(r.Known) + " acknowledged, " + ui.Thousands(r.Fresh) + " new this week"
	case r.Known > 0:
		return ui.Thousands(r.Known) + " acknowledged"
	case r.Fresh > 0:
		return ui.Thousands(r.Fresh) + " new this week"
	}
	return ""
}
