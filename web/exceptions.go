package web

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"interlock/internal/authz"
	"interlock/internal/exception"
	"interlock/web/page"
	"interlock/web/ui"
)

var exceptionParams = []string{"view", "capability", "asset", "cell", "month"}

// exceptionFilter reads the filter; what is not known is as if it were not there.
func exceptionFilter(q url.Values) exception.Filter {
	f := exception.Filter{State: "live", Capability: q.Get("capability"), Page: listPage + 1}
	if v := q.Get("view"); v != "" {
		f.State = strings.TrimSuffix(v, "all")
	}
	f.Asset, _ = strconv.ParseInt(q.Get("asset"), 10, 64)
	if n, err := fmt.Sscanf(q.Get("cell"), "%dx%d", &f.Likelihood, &f.Consequence); n != 2 || err != nil {
		f.Likelihood, f.Consequence = 0, 0
	}
	if at, err := time.Parse("2006-01", q.Get("month")); err == nil {
		f.Month = &at
	}
	if a, b, ok := strings.Cut(q.Get("after"), "_"); ok {
		residual, notScore := strconv.ParseInt(a, 10, 16)
		id, notID := strconv.ParseInt(b, 10, 64)
		if notScore == nil && notID == nil {
			f.After = &exception.Cursor{Residual: int16(residual), ID: id}
		}
	}
	return f
}

func (s *server) exceptions(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	o, err := s.Exception.Overview(r.Context())
	if err != nil {
		return err
	}
	rows, err := s.Exception.List(r.Context(), exceptionFilter(q))
	if err != nil {
		return err
	}
	keep := kept(q, exceptionParams)
	p := page.Exceptions{
		Shell: s.shell(r, "Exceptions", "/exceptions"),
		Lede:  "Old equipment that cannot do what our rules ask for, the reason, what protects it meanwhile, and when that ends.",
		CSV:   address("/exceptions.csv", keep...), Ask: authz.Can(authz.From(r.Context()), "exception:request"),
		Figures: exceptionFigures(o), Capability: q.Get("capability"), Options: capabilityOptions(), Views: exceptionViews(q.Get("view"), o),
	}
	if o.Waiting > 0 {
		p.Waiting = ui.Plural(int(o.Waiting), "request waits for a decision.", "requests wait for a decision.")
	}
	s.exceptionPictures(&p, o)
	s.exceptionRows(&p, q, rows, keep)
	return s.show(w, r, http.StatusOK, p.Page())
}

func exceptionFigures(o exception.Overview) []ui.Figure {
	of := "of " + ui.Plural(int(o.Gaps), "gap", "gaps")
	figures := []ui.Figure{
		{Title: "Covered", Value: number(o.Covered), Of: of, Href: "/exceptions?view=in_force", Sub: "An exception is in force and every control holds."},
		{Title: "Uncovered", Value: number(o.Uncovered), Of: of, Href: "/exceptions/uncovered", Sub: fmt.Sprintf("%s never asked for. %s safety-related.", number(o.NeverAsked), number(o.UncoveredSafety))},
		{Title: "Drifting", Value: number(o.Drifting), Of: of, Href: "/exceptions?view=drifting", Sub: fmt.Sprintf("A control failed its test (%s) or the test is overdue (%s). Suspends after %d days.", number(o.Failing), number(o.Drifting-o.Failing), int(exception.Grace.Hours()/24))},
	}
	if o.Uncovered > 0 {
		figures[1].Tone = "bad"
	}
	if o.Drifting > 0 {
		figures[2].Tone = "warn"
	}
	return figures
}

func exceptionViews(current string, o exception.Overview) []ui.View {
	var views []ui.View
	for _, v := range []struct {
		key, label string
		count      int64
	}{{"live", "Live and expired", -1}, {"waiting", "For decision", o.Waiting}, {"drifting", "Drifting", o.Drifting}, {"ending", "Ends in 30 days", -1}, {"all", "All", -1}} {
		views = append(views, ui.View{Label: v.label, Href: address("/exceptions", "view", v.key), Count: int(v.count), Current: v.key == current || v.key == "live" && current == ""})
	}
	return views
}

func capabilityOptions() (list []ui.Option) {
	for _, c := range exception.Capabilities() {
		list = append(list, ui.Option{Value: c.Name, Label: c.Words})
	}
	return list
}

// exceptionPictures are the matrix of what is left and what ends when.
func (s *server) exceptionPictures(p *page.Exceptions, o exception.Overview) {
	count, inForce, over := map[[2]int16]int{}, 0, 0
	for _, c := range o.Cells {
		count[[2]int16{c.Likelihood, c.Consequence}] = int(c.Exceptions)
		if inForce += int(c.Exceptions); c.Likelihood*c.Consequence >= exception.Appetite {
			over += int(c.Exceptions)
		}
	}
	p.HeatLede = fmt.Sprintf("%s in force. Framed: %s above appetite (score %d or more).", ui.Thousands(inForce), ui.Thousands(over), exception.Appetite)
	for l := int16(5); l >= 1; l-- {
		row := page.HeatRow{Likelihood: int(l), Word: []string{"rare", "unlikely", "possible", "likely", "almost certain"}[l-1]}
		for c := int16(1); c <= 5; c++ {
			row.Cells = append(row.Cells, page.HeatCell{
				Count: count[[2]int16{l, c}], Score: int(l * c), Band: string(exception.BandOf(l * c)), Over: l*c >= exception.Appetite,
				Href: address("/exceptions", "view", "in_force", "cell", fmt.Sprintf("%dx%d", l, c)),
			})
		}
		p.Heat = append(p.Heat, row)
	}
	s.exceptionMonths(p, o)
}

func (s *server) exceptionMonths(p *page.Exceptions, o exception.Overview) {
	ending := map[string]page.Month{}
	for _, m := range o.Months {
		ending[m.Month.UTC().Format("2006-01")] = page.Month{Low: int(m.Low), Mid: int(m.Medium), High: int(m.High)}
	}
	if len(ending) == 0 {
		return
	}
	var knot page.Month
	first := time.Date(s.Now().UTC().Year(), s.Now().UTC().Month(), 1, 0, 0, 0, 0, time.UTC)
	for i := range 12 {
		at := first.AddDate(0, i, 0)
		m := ending[at.Format("2006-01")]
		m.Label, m.Short, m.Href = at.Format("January 2006"), at.Format("Jan"), address("/exceptions", "view", "all", "month", at.Format("2006-01"))
		if m.Low+m.Mid+m.High > knot.Low+knot.Mid+knot.High {
			knot = m
		}
		p.Months = append(p.Months, m)
	}
	p.Months = page.Bars(p.Months)
	most := knot.Low + knot.Mid + knot.High
	p.MonthsLede = fmt.Sprintf("Exceptions ending by month. The most, %d, end in %s, %d of them high or critical.", most, knot.Label, knot.High)
	p.Knot, p.KnotLink = fmt.Sprintf("%s sees the most: %d end.", knot.Label, most), ui.Link{Label: "See them", Href: knot.Href}
}

func (s *server) exceptionRows(p *page.Exceptions, q url.Values, rows []exception.Row, keep []string) {
	for _, name := range []string{"view", "asset", "cell", "month"} {
		if v := q.Get(name); v != "" {
			p.Hidden = append(p.Hidden, ui.Param{Name: name, Value: v})
		}
	}
	switch {
	case q.Get("cell") != "":
		p.Only = "Only of one field of the matrix."
	case q.Get("month") != "":
		p.Only = "Only what ends in one month."
	case q.Get("asset") != "":
		p.Only = "Only of one asset."
	}
	shown := rows[:min(len(rows), listPage)]
	for _, row := range shown {
		p.Rows = append(p.Rows, s.exceptionRow(row))
	}
	p.Pager = ui.Pager{Text: ui.Plural(len(shown), "exception", "exceptions") + ", the riskiest first"}
	if len(rows) > listPage {
		last := shown[listPage-1]
		p.Pager.Next = address("/exceptions", append(keep, "after", fmt.Sprintf("%d_%d", last.Residual, last.ID))...)
	}
}

func (s *server) exceptionRow(e exception.Row) page.ExceptionRow {
	row := page.ExceptionRow{
		Href: exception.Address(e.ID), ID: exception.Number(e.ID), Place: place(e.Level, e.Domain), Asset: e.AssetName, AssetHref: assetHref(e.AssetID),
		Where: joined(text(e.SiteName), text(e.ZoneName)), Safety: e.SafetyRelated, Cannot: exception.CapabilityOf(e.Capability).Words, Owner: e.RiskOwnerName,
		Age: s.age(e.Since), Renewed: fmt.Sprintf("renewed %d of %d", e.Revision-1, exception.Renewals), State: exceptionChip(e), Controls: controlsChip(e),
	}
	if e.Residual > 0 {
		row.Band, row.Score = string(exception.BandOf(e.Residual)), fmt.Sprintf("%d × %d = %d", e.Likelihood, e.Consequence, e.Residual)
	}
	if e.ValidTo != nil {
		days := dayNumber(e.ValidTo.In(s.Zone)) - dayNumber(s.Now().In(s.Zone))
		row.Ends, row.Late, row.EndNote = s.date(e.ValidTo), days <= 30, "in "+ui.Plural(days, "day", "days")
		if days < 0 {
			row.EndNote = "ended " + ui.Plural(-days, "day", "days") + " ago"
		}
	}
	return row
}

var exceptionChips = map[exception.State]ui.Chip{
	exception.Draft: {Text: "Draft", Tone: "plain"}, exception.Submitted: {Text: "Waits for decision", Tone: "info", Icon: "send"}, exception.ChangesRequested: {Text: "Sent back", Tone: "warn", Icon: "edit"},
	exception.Approved: {Text: "Approved", Tone: "plain"}, exception.Active: {Text: "Active", Tone: "plain"}, exception.Suspended: {Text: "Suspended", Tone: "bad", Icon: "alert-triangle"},
	exception.Expired: {Text: "Expired", Tone: "bad", Icon: "clock"}, exception.Rejected: {Text: "Refused", Tone: "plain"}, exception.Withdrawn: {Text: "Withdrawn", Tone: "plain"},
	exception.Revoked: {Text: "Revoked", Tone: "plain"}, exception.Closed: {Text: "Closed", Tone: "plain"},
}

func exceptionChip(e exception.Row) ui.Chip {
	if e.LatestState == string(exception.Submitted) && e.NowState != string(exception.Submitted) {
		return ui.Chip{Text: "Renewal waits", Tone: "info", Icon: "send"}
	}
	return exceptionChips[exception.State(e.NowState)]
}

func controlsChip(e exception.Row) ui.Chip {
	switch {
	case e.Controls == 0:
		return ui.Chip{Text: "none", Tone: "unknown"}
	case e.Failed > 0:
		return ui.Chip{Text: fmt.Sprintf("Drifting: %d of %d failed", e.Failed, e.Controls), Tone: "bad", Icon: "alert-triangle"}
	case e.Overdue > 0:
		return ui.Chip{Text: fmt.Sprintf("Drifting: %d of %d overdue", e.Overdue, e.Controls), Tone: "warn", Icon: "clock"}
	case e.Untested > 0:
		return ui.Chip{Text: fmt.Sprintf("%d of %d not tested yet", e.Untested, e.Controls), Tone: "unknown"}
	}
	return ui.Chip{Text: fmt.Sprintf("%d of %d verified", e.Controls, e.Controls), Tone: "good", Icon: "shield-check"}
}

func (s *server) exceptionsCSV(w http.ResponseWriter, r *http.Request) error {
	f := exceptionFilter(r.URL.Query())
	return s.download(w, r, "exceptions.csv", func(to io.Writer) error { return s.Exception.Export(r.Context(), f, to) })
}

func (s *server) gaps(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	f := exception.GapFilter{Capability: q.Get("capability"), Page: listPage + 1}
	f.Asset, _ = strconv.ParseInt(q.Get("asset"), 10, 64)
	if a, b, ok := strings.Cut(q.Get("after"), "."); ok {
		f.AfterAsset, _ = strconv.ParseInt(a, 10, 64)
		f.AfterCapability = b
	}
	rows, err := s.Exception.Uncovered(r.Context(), f)
	if err != nil {
		return err
	}
	p := page.Gaps{Shell: s.shell(r, "What no exception covers", "/exceptions"), Capability: f.Capability, Options: capabilityOptions(), Ask: authz.Can(authz.From(r.Context()), "exception:request")}
	shown := rows[:min(len(rows), listPage)]
	for _, g := range shown {
		row := page.GapRow{
			Value: gapKey(g.AssetID, g.Capability), Place: place(g.Level, g.Domain), Asset: g.AssetName, AssetHref: assetHref(g.AssetID),
			Where: joined(text(g.SiteName), g.ZoneName), Safety: g.SafetyRelated, Cannot: exception.CapabilityOf(g.Capability).Words, Partly: g.Answer == "partial",
		}
		if g.LastID != 0 {
			row.Last = ui.Link{Label: exception.Number(g.LastID), Href: exception.Address(g.LastID)}
		}
		p.Rows = append(p.Rows, row)
	}
	p.Pager = ui.Pager{Text: ui.Plural(len(shown), "gap", "gaps")}
	if len(rows) > listPage {
		last := shown[listPage-1]
		p.Pager.Next = address("/exceptions/uncovered", append(kept(q, []string{"capability", "asset"}), "after", gapKey(last.AssetID, last.Capability))...)
	}
	return s.show(w, r, http.StatusOK, p.Page())
}

func gapKey(asset int64, capability string) string {
	return strconv.FormatInt(asset, 10) + "." + capability
}
