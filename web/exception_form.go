package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"interlock/internal/errs"
	"interlock/internal/exception"
	"interlock/web/page"
	"interlock/web/ui"
)

// chosen are the gaps that a form is for: assets and capabilities, each once.
func chosen(gaps []string) (assets []int64, capabilities []string) {
	for _, g := range gaps {
		asset, capability, _ := strings.Cut(g, ".")
		id, err := strconv.ParseInt(asset, 10, 64)
		if err != nil {
			continue
		}
		if !slices.Contains(assets, id) {
			assets = append(assets, id)
		}
		if !slices.Contains(capabilities, capability) {
			capabilities = append(capabilities, capability)
		}
	}
	return assets, capabilities
}

func (s *server) exceptionForm(w http.ResponseWriter, r *http.Request) error {
	f := page.ExceptionForm{}
	assets, capabilities := chosen(r.URL.Query()["gap"])
	if len(assets) == 0 {
		return see(w, r, "/exceptions/uncovered")
	}
	if len(capabilities) == 1 {
		for _, c := range exception.CapabilityOf(capabilities[0]).Control {
			f.Controls = append(f.Controls, page.ControlFields{Title: c.Title, Method: c.Method, Every: strconv.Itoa(int(c.EveryDays))})
		}
	}
	for len(f.Controls) < 3 {
		f.Controls = append(f.Controls, page.ControlFields{Every: "90"})
	}
	return s.showException(w, r, http.StatusOK, f, r.URL.Query()["gap"])
}

// showException shows the form of a first request.
func (s *server) showException(w http.ResponseWriter, r *http.Request, status int, f page.ExceptionForm, gaps []string) error {
	f.Title, f.Lede = "Request an exception", "Say why the asset cannot do it, what protects it meanwhile, and when that ends."
	f.Shell, f.Action, f.First = s.shell(r, f.Title, "/exceptions"), "/exceptions", true
	f.Crumbs = []ui.Link{{Label: "Exceptions", Href: "/exceptions"}, {Label: "Request"}}
	f.Inherent.Prefix, f.Inherent.Title, f.Residual.Prefix, f.Residual.Title = "inherent", "Without the controls", "residual", "With the controls"
	f.Reasons = reasonOptions()
	for _, g := range gaps {
		f.Hidden = append(f.Hidden, ui.Param{Name: "gap", Value: g})
		asset, capability, _ := strings.Cut(g, ".")
		id, err := strconv.ParseInt(asset, 10, 64)
		if err != nil {
			return errNoPage
		}
		rows, err := s.Exception.Uncovered(r.Context(), exception.GapFilter{Asset: id, Capability: capability, Page: 1})
		if err != nil {
			return err
		}
		for _, row := range rows {
			f.For = append(f.For, page.GapRow{
				Place: place(row.Level, row.Domain), Asset: row.AssetName, AssetHref: assetHref(row.AssetID), Where: joined(text(row.SiteName), row.ZoneName),
				Safety: row.SafetyRelated, Cannot: exception.CapabilityOf(row.Capability).Words,
			})
		}
	}
	l, err := s.Exception.Limits(r.Context())
	if err != nil {
		return err
	}
	f.Longest, f.Auto.Action = longestWords(l), "/exceptions"
	return s.show(w, r, status, f.Page())
}

func reasonOptions() (list []ui.Option) {
	for _, reason := range exception.Reasons() {
		list = append(list, ui.Option{Value: reason, Label: exception.ReasonWords(reason)})
	}
	return list
}

func (s *server) requestException(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.Invalidf("The form could not be read. Go back and send it again.")
	}
	gaps := r.PostForm["gap"]
	assets, capabilities := chosen(gaps)
	typed := typedException(r.PostForm)
	q := exception.Request{Assets: assets, Capabilities: capabilities, RiskOwner: r.PostFormValue("risk_owner"), Controls: controlsTyped(typed.Controls), Submit: r.PostFormValue("do") == "submit"}
	drafts := draftsOf(r.PostForm)
	auto := r.PostFormValue("do") == "auto"
	if auto { // the controls come with the last word, or they would be added each time
		q.Controls = nil
	}
	var err error
	if q.Fields, err = s.fieldsTyped(r.PostForm); err == nil {
		drafts, err = s.keepDrafts(r, drafts, q)
	}
	for _, id := range drafts {
		typed.Auto.Carry = append(typed.Auto.Carry, ui.Param{Name: "draft", Value: strconv.FormatInt(id, 10)})
	}
	if e := refusal(err); e != nil {
		if auto {
			typed.Auto.Problem = e.Message
			return s.showException(w, r, http.StatusOK, typed, gaps)
		}
		typed.Error, typed.Field = e.Message, e.Field
		return s.showException(w, r, statuses[e.Kind], typed, gaps)
	}
	if err != nil {
		return err
	}
	if auto {
		typed.Auto.At = s.clockTime()
		return s.showException(w, r, http.StatusOK, typed, gaps)
	}
	s.tell(r, "Kept in the register.", "")
	return see(w, r, address("/exceptions", "view", "live"))
}

// draftsOf are the drafts that the form has saved itself as.
func draftsOf(v url.Values) (ids []int64) {
	for _, d := range v["draft"] {
		if id, err := strconv.ParseInt(d, 10, 64); err == nil {
			ids = append(ids, id)
		}
	}
	return ids
}

// keepDrafts keeps what was typed in the drafts there are, or in new ones.
func (s *server) keepDrafts(r *http.Request, drafts []int64, q exception.Request) ([]int64, error) {
	if len(drafts) > 0 {
		return drafts, s.Exception.Continue(r.Context(), drafts, q)
	}
	return s.Exception.Request(r.Context(), q)
}

// clockTime is the time of day, to say when something was saved.
func (s *server) clockTime() string { return s.Now().In(s.Zone).Format("15:04:05") }

func controlsTyped(fields []page.ControlFields) (list []exception.Control) {
	for _, c := range fields {
		if strings.TrimSpace(c.Owner) != "" {
			list = append(list, controlTyped(c.Title, c.Owner, c.Method, c.Every))
		}
	}
	return list
}

// typedException keeps what was typed.
func typedException(v url.Values) page.ExceptionForm {
	scores := func(prefix string) page.ScoreFields {
		return page.ScoreFields{Likelihood: v.Get(prefix + "_likelihood"), People: v.Get(prefix + "_people"), Environment: v.Get(prefix + "_environment"), Supply: v.Get(prefix + "_supply")}
	}
	f := page.ExceptionForm{
		RiskOwner: v.Get("risk_owner"), Reason: v.Get("reason"), Why: v.Get("justification"), Inherent: scores("inherent"), Residual: scores("residual"),
		WayOut: v.Get("way_out"), ReplaceOn: v.Get("replace_on"), Outage: v.Get("outage"), Budget: v.Get("budget"), EndsAt: v.Get("ends_at"),
	}
	at := func(name string, i int) string {
		if list := v[name]; i < len(list) {
			return list[i]
		}
		return ""
	}
	for i := range min(len(v["control_title"]), 20) {
		f.Controls = append(f.Controls, page.ControlFields{Title: at("control_title", i), Owner: at("control_owner", i), Method: at("control_method", i), Every: at("control_every", i)})
	}
	return f
}

// fieldsTyped reads what a request says. A day begins at midnight where this
// Interlock is.
func (s *server) fieldsTyped(v url.Values) (exception.Fields, error) {
	f := exception.Fields{
		Reason: v.Get("reason"), Justification: v.Get("justification"), WayOut: v.Get("way_out"), Outage: v.Get("outage"), Budget: v.Get("budget"),
		Inherent: scoreTyped(v, "inherent"), Residual: scoreTyped(v, "residual"),
	}
	for name, into := range map[string]**time.Time{"replace_on": &f.ReplaceOn, "ends_at": &f.EndsAt} {
		typed := v.Get(name)
		if typed == "" {
			continue
		}
		day, err := time.ParseInLocation(time.DateOnly, typed, s.Zone)
		if err != nil {
			return f, errs.InvalidField(name, "This is no day: write it as 2027-01-31.")
		}
		*into = &day
	}
	return f, nil
}

func scoreTyped(v url.Values, prefix string) exception.Score {
	n := func(name string) int16 {
		i, _ := strconv.ParseInt(v.Get(prefix+"_"+name), 10, 16)
		return int16(i)
	}
	return exception.Score{Likelihood: n("likelihood"), People: n("people"), Environment: n("environment"), Supply: n("supply")}
}

func (s *server) exceptionEdit(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "exception")
	if err != nil {
		return err
	}
	e, err := s.Exception.Get(r.Context(), id)
	if err != nil {
		return err
	}
	if !e.Can.Edit {
		return errs.Conflictf("This request cannot be changed by you now.")
	}
	return s.showEdit(w, r, http.StatusOK, e, s.formOf(e))
}

func (s *server) formOf(e exception.Exception) page.ExceptionForm {
	f := e.Fields(e.Latest())
	day := func(t *time.Time) string {
		if t == nil {
			return ""
		}
		return t.In(s.Zone).Format(time.DateOnly)
	}
	scores := func(sc exception.Score) page.ScoreFields {
		n := func(v int16) string {
			if v == 0 {
				return ""
			}
			return strconv.Itoa(int(v))
		}
		return page.ScoreFields{Likelihood: n(sc.Likelihood), People: n(sc.People), Environment: n(sc.Environment), Supply: n(sc.Supply)}
	}
	return page.ExceptionForm{
		Reason: f.Reason, Why: f.Justification, Inherent: scores(f.Inherent), Residual: scores(f.Residual), WayOut: f.WayOut,
		ReplaceOn: day(f.ReplaceOn), Outage: f.Outage, Budget: f.Budget, EndsAt: day(f.EndsAt),
	}
}

func (s *server) showEdit(w http.ResponseWriter, r *http.Request, status int, e exception.Exception, f page.ExceptionForm) error {
	f.Title = e.AssetName + " cannot " + exception.CapabilityOf(e.Capability).Words
	f.Shell, f.Action = s.shell(r, f.Title, "/exceptions"), exception.Address(e.ID)+"/edit"
	f.Crumbs = []ui.Link{{Label: "Exceptions", Href: "/exceptions"}, {Label: exception.Number(e.ID), Href: exception.Address(e.ID)}, {Label: "Change"}}
	f.Inherent.Prefix, f.Inherent.Title, f.Residual.Prefix, f.Residual.Title = "inherent", "Without the controls", "residual", "With the controls"
	f.Longest = longestWords(e.Limits)
	f.Reasons, f.Auto.Action, f.Auto.Carry = reasonOptions(), f.Action, []ui.Param{{Name: "saved", Value: strconv.Itoa(int(e.Latest().Saved))}}
	return s.show(w, r, status, f.Page())
}

func (s *server) saveException(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "exception")
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return errs.Invalidf("The form could not be read. Go back and send it again.")
	}
	auto := r.PostFormValue("do") == "auto"
	fields, err := s.fieldsTyped(r.PostForm)
	if err == nil {
		var saved int32
		if saved, err = s.Exception.Save(r.Context(), id, savedOf(r), fields); err == nil && r.PostFormValue("do") == "submit" {
			err = s.Exception.Submit(r.Context(), id, saved)
		}
	}
	refused := refusal(err)
	if refused == nil && err != nil {
		return err
	}
	if refused == nil && !auto {
		s.tell(r, "Kept.", "")
		return see(w, r, exception.Address(id))
	}
	e, err := s.Exception.Get(r.Context(), id)
	if err != nil {
		return err
	}
	typed, status := typedException(r.PostForm), http.StatusOK
	switch {
	case refused == nil:
		typed.Auto.At = s.clockTime()
	case auto:
		typed.Auto.Problem = refused.Message
	default:
		typed.Error, typed.Field, status = refused.Message, refused.Field, statuses[refused.Kind]
	}
	return s.showEdit(w, r, status, e, typed)
}
