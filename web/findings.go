package web

import (
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"interlock/internal/authz"
	"interlock/internal/finding"
	"interlock/web/page"
	"interlock/web/ui"
)

var findingParams = []string{"rule", "severity", "site", "age", "known", "identity", "asset", "part"}

// findingFilter reads the filter; what is not known is as if it were not there.
func findingFilter(q url.Values) finding.Filter {
	f := finding.Filter{Rule: q.Get("rule"), After: findingCursor(q.Get("after")), Page: listPage + 1}
	f.Severity, _ = finding.SeverityOf(q.Get("severity"))
	f.Site, _ = strconv.ParseInt(q.Get("site"), 10, 64)
	f.Identity, _ = strconv.ParseInt(q.Get("identity"), 10, 64)
	f.Asset, _ = strconv.ParseInt(q.Get("asset"), 10, 64)
	f.Part, _ = strconv.ParseInt(q.Get("part"), 10, 64)
	switch q.Get("age") {
	case "week":
		f.Newer = 7
	case "month":
		f.Newer = 30
	case "old":
		f.Older = 30
	case "older":
		f.Older = 90
	}
	if known := q.Get("known"); known == "yes" || known == "no" {
		yes := known == "yes"
		f.Acknowledged = &yes
	}
	return f
}

// findingCursor reads what findingAfter wrote; anything else is the beginning.
func findingCursor(s string) *finding.Cursor {
	part := strings.Split(s, "_")
	if len(part) != 3 {
		return nil
	}
	severity, known := finding.SeverityOf(part[0])
	at, notTime := strconv.ParseInt(part[1], 10, 64)
	id, notID := strconv.ParseInt(part[2], 10, 64)
	if !known || notTime != nil || notID != nil {
		return nil
	}
	return &finding.Cursor{Severity: severity, OpenedAt: time.UnixMicro(at), ID: id}
}

func findingAfter(c *finding.Cursor) string {
	return c.Severity.String() + "_" + strconv.FormatInt(c.OpenedAt.UnixMicro(), 10) + "_" + strconv.FormatInt(c.ID, 10)
}

func (s *server) findings(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	f := findingFilter(q)
	rows, err := s.Finding.List(r.Context(), f)
	if err != nil {
		return err
	}
	n, err := s.Finding.Numbers(r.Context())
	if err != nil {
		return err
	}
	keep := kept(q, findingParams)
	p := page.Findings{
		Shell: s.shell(r, "Findings", "/findings"), Tabs: findingTabs("/findings"), Title: "Findings", Lede: s.findingsLede(n), Figures: findingFigures(n), Filter: findingTyped(q, n),
		CSV: address("/findings.csv", keep...), Evaluate: authz.Can(authz.From(r.Context()), "finding:acknowledge"), Never: n.EvaluatedAt.IsZero(),
	}
	for _, name := range []string{"identity", "asset", "part"} {
		if v := q.Get(name); v != "" {
			p.Hidden = append(p.Hidden, ui.Param{Name: name, Value: v})
		}
	}
	s.findingRules(&p, q, n)
	shown := rows[:min(len(rows), listPage)]
	for _, row := range shown {
		p.Rows = append(p.Rows, s.findingRow(row))
	}
	p.Filter.Only = onlyOf(f, shown)
	p.Pager = ui.Pager{Text: ui.Plural(len(shown), "finding", "findings") + ", the worst first, then the oldest"}
	if len(rows) > listPage {
		p.Pager.Next = address("/findings", append(keep, "after", findingAfter(shown[listPage-1].Cursor()))...)
	}
	return s.show(w, r, http.StatusOK, p.Page())
}

func (s *server) findingsLede(n finding.Numbers) string {
	if n.EvaluatedAt.IsZero() {
		return "Facts of the inventory that break a rule."
	}
	return "Facts of the inventory that break a rule. Looked at " + s.recent(n.EvaluatedAt) + "; again after each import and every night."
}

func findingFigures(n finding.Numbers) []ui.Figure {
	var list []ui.Figure
	var known int64
	for sev := finding.Critical; sev >= finding.Low; sev-- {
		c := n.Of(sev)
		known += c.Acknowledged
		open := c.Open - c.Acknowledged
		fig := ui.Figure{Title: capital(sev.String()), Value: number(open), Href: address("/findings", "severity", sev.String(), "known", "no"), Sub: number(c.Fresh) + " new this week"}
		if open > 0 && sev >= finding.High {
			fig.Tone = map[finding.Severity]string{finding.Critical: "bad", finding.High: "warn"}[sev]
		}
		list = append(list, fig)
	}
	return append(list, ui.Figure{Title: "Acknowledged", Value: number(known), Href: address("/findings", "known", "yes"), Sub: "somebody lives with them until a day"},
		ui.Figure{Title: "Excepted", Value: number(n.Open(finding.Excepted)), Href: address("/findings", "rule", finding.Excepted), Sub: "assets under an exception in force"})
}

func findingTyped(q url.Values, n finding.Numbers) page.FindingFilter {
	t := page.FindingFilter{Rule: q.Get("rule"), Severity: q.Get("severity"), Site: q.Get("site"), Age: q.Get("age"), Known: q.Get("known")}
	for _, r := range finding.Rules() {
		t.Rules = append(t.Rules, ui.Option{Value: r.ID, Label: r.Title})
	}
	for _, x := range n.Sites {
		t.Sites = append(t.Sites, ui.Option{Value: strconv.FormatInt(x.ID, 10), Label: x.Name})
	}
	return t
}

// findingRules lists what each rule found, and tells of the one chosen.
func (s *server) findingRules(p *page.Findings, q url.Values, n finding.Numbers) {
	for _, c := range n.Counts {
		p.Rules = append(p.Rules, page.FindingRule{
			Title: c.Rule.Title, Href: address("/findings", "rule", c.Rule.ID), Severity: c.Rule.Severity.String(),
			Open: int(c.Open - c.Acknowledged), Known: int(c.Acknowledged), Fresh: int(c.Fresh), Current: c.Rule.ID == q.Get("rule"),
		})
	}
	if rule, err := finding.RuleOf(q.Get("rule")); err == nil {
		p.Title, p.Lede, p.Rule = rule.Title, rule.Means, ruleText(rule)
		p.All = ui.Link{Label: "Show all", Href: "/findings"}
	}
}

func ruleText(r finding.Rule) *page.RuleText {
	t := &page.RuleText{Means: r.Means, Why: r.Why, Do: r.Do}
	for _, c := range r.Controls {
		t.Controls = append(t.Controls, controlOf(c))
	}
	return t
}

// controlOf splits a control into its framework and its own id.
func controlOf(c string) page.Control {
	switch {
	case strings.HasPrefix(c, "CSF "):
		return page.Control{Framework: "NIST CSF 2.0", ID: strings.TrimPrefix(c, "CSF ")}
	case strings.HasPrefix(c, "SP 800-207 T"):
		return page.Control{Framework: "SP 800-207 §2.1", ID: "tenet " + strings.TrimPrefix(c, "SP 800-207 T")}
	}
	return page.Control{Framework: "OWASP NHI", ID: c}
}

func (s *server) findingRow(f finding.Row) page.FindingRow {
	row := page.FindingRow{
		Href: findingHref(f.ID), Severity: f.Severity.String(), Title: f.Rule, Note: f.Note, Kind: text(f.IdentityKind), Who: text(f.IdentityName),
		Place: place(f.Level, f.Domain), Asset: text(f.AssetName), Site: text(f.Site), Since: s.date(&f.OpenedAt), Age: s.age(f.OpenedAt),
	}
	if f.IdentityID != nil {
		row.WhoHref = identityHref(*f.IdentityID)
	}
	if f.AssetID != nil {
		row.AssetHref = assetHref(*f.AssetID)
	}
	if rule, err := finding.RuleOf(f.Rule); err == nil {
		row.Title = rule.Title
	}
	if f.AcknowledgedAt(s.Now()) {
		row.Until = s.date(f.AcknowledgedUntil)
	}
	return row
}

// age says for how long something has been so.
func (s *server) age(since time.Time) string {
	days := dayNumber(s.Now().In(s.Zone)) - dayNumber(since.In(s.Zone))
	if days <= 0 {
		return "since today"
	}
	return ui.Plural(days, "day", "days")
}

// onlyOf names whose findings are shown, when that was asked.
func onlyOf(f finding.Filter, rows []finding.Row) string {
	switch {
	case f.Identity == 0 && f.Asset == 0:
		return ""
	case len(rows) == 0:
		return "Only of one identity or asset."
	case f.Identity != 0:
		return "Only of " + text(rows[0].IdentityName) + "."
	}
	return "Only of " + text(rows[0].AssetName) + "."
}

func (s *server) findingsCSV(w http.ResponseWriter, r *http.Request) error {
	f := findingFilter(r.URL.Query())
	f.After, f.Page = nil, 0
	return s.download(w, r, "findings.csv", func(to io.Writer) error { return s.Finding.Export(r.Context(), f, to) })
}

func (s *server) evaluateFindings(w http.ResponseWriter, r *http.Request) error {
	job, err := s.Finding.Start(r.Context())
	if err != nil {
		return err
	}
	return see(w, r, "/jobs/"+strconv.FormatInt(job, 10))
}
