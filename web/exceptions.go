package web

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"interlock/internal/authz"
	"interlock/internal/exception"
	"interlock/web/page"
	"interlock/web/ui"
)

var exceptionParams = []string{"view", "capability", "site", "asset", "cell", "month", "where", "sort"}

// exceptionFilter reads the filter; what is not known is as if it were not there.
func exceptionFilter(q url.Values) exception.Filter {
	f := exception.Filter{State: "live", Capability: q.Get("capability"), Where: strings.TrimSpace(q.Get("where")), Sort: q.Get("sort"), Page: listPage + 1}
	if v := q.Get("view"); v != "" {
		f.State = strings.TrimSuffix(v, "all")
	}
	f.Asset, _ = strconv.ParseInt(q.Get("asset"), 10, 64)
	f.Site, _ = strconv.ParseInt(q.Get("site"), 10, 64)
	if n, err := fmt.Sscanf(q.Get("cell"), "%dx%d", &f.Likelihood, &f.Consequence); n != 2 || err != nil {
		f.Likelihood, f.Consequence = 0, 0
	}
	if at, err := time.Parse("2006-01", q.Get("month")); err == nil {
		f.Month = &at
	}
	if a, b, ok := strings.Cut(q.Get("after"), "_"); ok {
		key, noKey := strconv.ParseFloat(a, 64)
		id, noID := strconv.ParseInt(b, 10, 64)
		if noKey == nil && noID == nil {
			f.After = &exception.Cursor{Key: key, ID: id}
		}
	}
	return f
}

func (s *server) exceptions(w http.ResponseWriter, r *http.Request) error {
	return s.showRegister(w, r, http.StatusOK, "")
}

func (s *server) showRegister(w http.ResponseWriter, r *http.Request, status int, nameProblem string) error {
	q := r.URL.Query()
	o, err := s.Exception.Overview(r.Context())
	if err != nil {
		return err
	}
	keep := kept(q, exceptionParams)
	actor := authz.From(r.Context())
	p := page.Exceptions{
		Shell: s.shell(r, "Exceptions", "/exceptions"),
		Lede:  "Old equipment that cannot do what our rules ask for, the reason, what protects it meanwhile, and when that ends.",
		CSV:   address("/exceptions.csv", keep...), Ask: authz.Can(actor, "exception:request"),
		Figures: exceptionFigures(o), Capability: q.Get("capability"), Options: capabilityOptions(), Site: q.Get("site"), Where: q.Get("where"), Sort: q.Get("sort"),
		Filtered: q.Get("capability")+q.Get("site")+q.Get("where")+q.Get("asset")+q.Get("cell")+q.Get("month") != "",
	}
	for _, f := range s.registerFields {
		p.Names = append(p.Names, page.ScopeField(f))
	}
	if o.Waiting > 0 {
		p.Waiting = ui.Plural(int(o.Waiting), "request waits for a decision.", "requests wait for a decision.")
	}
	if err := s.exceptionViews(r, &p, o); err != nil {
		return err
	}
	p.KeepError = nameProblem
	s.exceptionPictures(&p, o)
	rows, err := s.Exception.List(r.Context(), exceptionFilter(q))
	if e := refusal(err); e != nil {
		p.WhereError, rows, status = e.Message, nil, statuses[e.Kind]
	} else if err != nil {
		return err
	}
	s.exceptionRows(&p, q, rows, keep)
	return s.show(w, r, status, p.Page())
}

// exceptionViews are the usual filters and those that the reader keeps.
func (s *server) exceptionViews(r *http.Request, p *page.Exceptions, o exception.Overview) error {
	q := r.URL.Query()
	now := address("/exceptions", kept(q, exceptionParams)...)
	kept, err := s.Exception.Views(r.Context())
	if err != nil {
		return err
	}
	mine := false
	for _, v := range kept {
		view := page.KeptView{Name: v.Name, Href: "/exceptions?" + v.Query, Drop: "/exceptions/views/" + strconv.FormatInt(v.ID, 10) + "/drop"}
		view.Current = view.Href == now
		mine = mine || view.Current
		p.Kept = append(p.Kept, view)
	}
	if p.KeepQuery = strings.TrimPrefix(strings.TrimPrefix(now, "/exceptions"), "?"); mine {
		p.KeepQuery = ""
	}
	for _, v := range []struct {
		key, label string
		count      int64
	}{{"live", "Live and expired", -1}, {"waiting", "For decision", o.Waiting}, {"drifting", "Drifting", o.Drifting}, {"ending", "Ends in 30 days", -1}, {"all", "All", -1}} {
		p.Views = append(p.Views, ui.View{Label: v.label, Href: address("/exceptions", "view", v.key), Count: int(v.count), Current: !mine && (v.key == q.Get("view") || v.key == "live" && q.Get("view") == "")})
	}
	return nil
}

func (s *server) keepView(w http.ResponseWriter, r *http.Request) error {
	q, err := url.ParseQuery(r.PostFormValue("query"))
	if err != nil {
		return errNoPage
	}
	to := address("/exceptions", kept(q, exceptionParams)...)
	err = s.Exception.Keep(r.Context(), r.PostFormValue("name"), strings.TrimPrefix(strings.TrimPrefix(to, "/exceptions"), "?"))
	if e := refusal(err); e != nil {
		r.URL.RawQuery = q.Encode()
		return s.showRegister(w, r, statuses[e.Kind], e.Message)
	}
	if err != nil {
		return err
	}
	s.tell(r, "Kept. It is with your views.", "")
	return see(w, r, to)
}

func (s *server) dropView(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "view")
	if err != nil {
		return err
	}
	if err := s.Exception.Drop(r.Context(), id); err != nil {
		return err
	}
	s.tell(r, "Dropped.", "")
	return see(w, r, "/exceptions")
}

func capabilityOptions() (list []ui.Option) {
	for _, c := range exception.Capabilities() {
		list = append(list, ui.Option{Value: c.Name, Label: c.Words})
	}
	return list
}

func (s *server) exceptionRows(p *page.Exceptions, q url.Values, rows []exception.Row, keep []string) {
	for _, name := range []string{"view", "asset", "cell", "month", "sort"} {
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
	order := sortWords[orElse(q.Get("sort"), "risk")]
	p.Order = order
	p.Pager = ui.Pager{Text: ui.Plural(len(shown), "exception", "exceptions") + ", " + order}
	if len(rows) > listPage {
		last := shown[listPage-1]
		p.Pager.Next = address("/exceptions", append(keep, "after", strconv.FormatFloat(last.Key, 'f', -1, 64)+"_"+strconv.FormatInt(last.ID, 10))...)
	}
	for _, h := range []struct{ label, key string }{{"Risk left", "risk"}, {"Controls", "drift"}, {"Age", "age"}, {"Ends", "ends"}} {
		head := ui.SortHeader{Label: h.label, Num: h.key == "age", Href: address("/exceptions", withParam(keep, "sort", h.key)...)}
		if h.key == orElse(q.Get("sort"), "risk") {
			head.Sorted = map[bool]string{true: "descending", false: "ascending"}[h.key != "ends"]
		}
		p.Head = append(p.Head, head)
	}
}

var sortWords = map[string]string{"risk": "the riskiest first", "age": "the longest an exception first", "ends": "the first to end first", "drift": "the longest adrift first"}

// withParam is a list of names and values with one value changed.
func withParam(params []string, name, value string) []string {
	params = slices.Clone(params)
	for i := 0; i+1 < len(params); i += 2 {
		if params[i] == name {
			params[i+1] = value
		}
	}
	return params
}

func (s *server) exceptionRow(e exception.Row) page.ExceptionRow {
	row := page.ExceptionRow{
		Href: exception.Address(e.ID), ID: exception.Number(e.ID), Place: place(e.Level, e.Domain), Asset: e.AssetName, AssetHref: assetHref(e.AssetID),
		Where: joined(text(e.SiteName), text(e.ZoneName)), Safety: e.SafetyRelated, Cannot: exception.CapabilityOf(e.Capability).Words, Owner: e.RiskOwnerName,
		Age: s.age(e.Since), Renewed: fmt.Sprintf("renewed %d of %d", e.Renewals, exception.Renewals), State: exceptionChip(e), Controls: controlsChip(e),
	}
	if testsCount(e.NowState) && (e.LatestState == string(exception.Approved) || e.LatestState == string(exception.Rejected) || e.LatestState == string(exception.Withdrawn)) {
		row.Renew = strconv.FormatInt(e.ID, 10)
	}
	if e.DriftedSince != nil && testsCount(e.NowState) {
		row.Drift = "since " + s.date(e.DriftedSince)
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
	case e.Overdue > 0 && testsCount(e.NowState):
		return ui.Chip{Text: fmt.Sprintf("Drifting: %d of %d overdue", e.Overdue, e.Controls), Tone: "warn", Icon: "clock"}
	case e.Untested > 0 || e.Overdue > 0:
		return ui.Chip{Text: fmt.Sprintf("%d of %d not tested yet", e.Untested+e.Overdue, e.Controls), Tone: "unknown"}
	}
	return ui.Chip{Text: fmt.Sprintf("%d of %d verified", e.Controls, e.Controls), Tone: "good", Icon: "shield-check"}
}

func (s *server) exceptionsCSV(w http.ResponseWriter, r *http.Request) error {
	f := exceptionFilter(r.URL.Query())
	return s.download(w, r, "exceptions.csv", func(to io.Writer) error { return s.Exception.Export(r.Context(), f, to) })
}

func (s *server) gaps(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	f := exception.GapFilter{Capability: q.Get("capability"), Site: number64(r, "site"), Page: listPage + 1}
	f.Asset, _ = strconv.ParseInt(q.Get("asset"), 10, 64)
	if a, b, ok := strings.Cut(q.Get("after"), "."); ok {
		f.AfterAsset, _ = strconv.ParseInt(a, 10, 64)
		f.AfterCapability = b
	}
	rows, err := s.Exception.Uncovered(r.Context(), f)
	if err != nil {
		return err
	}
	p := page.Gaps{Shell: s.shell(r, "What no exception covers", "/exceptions"), Capability: f.Capability, Options: capabilityOptions(), Ask: authz.Can(authz.From(r.Context()), "exception:request"), Site: q.Get("site")}
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
		p.Pager.Next = address("/exceptions/uncovered", append(kept(q, []string{"capability", "site", "asset"}), "after", gapKey(last.AssetID, last.Capability))...)
	}
	return s.show(w, r, http.StatusOK, p.Page())
}

func gapKey(asset int64, capability string) string {
	return strconv.FormatInt(asset, 10) + "." + capability
}
