package web

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sort"
	"strconv"
	"strings"
	"time"

	"interlock/internal/audit"
	"interlock/web/page"
	"interlock/web/ui"
)

// auditActions are offered in the filter; one ending in a dot means all that
// begin so.
var auditActions = []string{"account.", "campaign.", "evidence.", "import.", "login.", "mail.", "remediation.", "review."}

var auditParams = []string{"actor", "action", "object", "campaign", "from", "to", "q"}

func (s *server) audit(w http.ResponseWriter, r *http.Request) error {
	filter, typed := s.auditFilter(r.URL.Query())
	p := page.Audit{
		Shell: s.shell(r, "Audit", "/audit"), Lede: "What happened, who did it, and the proof that nothing was changed since.", Filter: typed, Actions: auditActions,
	}
	standing, err := s.Audit.Standing(r.Context())
	if err != nil {
		return err
	}
	p.Head = page.AuditHead{Events: int(standing.Events), Signed: int(standing.Signed), Late: int(standing.Late)}
	if standing.SignedAt != nil {
		p.Head.SignedAt = standing.SignedAt.In(s.Zone).Format("2 Jan 2006, 15:04:05")
	}
	status := http.StatusOK
	if len(typed.Errors) > 0 {
		status = http.StatusUnprocessableEntity
	} else if err := s.auditEvents(r, filter, &p); err != nil {
		return err
	}
	return s.show(w, r, status, p.Page())
}

func (s *server) auditEvents(r *http.Request, f audit.Filter, p *page.Audit) error {
	events, more, err := s.Audit.Search(r.Context(), f)
	if err != nil {
		return err
	}
	for _, e := range events {
		p.Events = append(p.Events, s.auditEvent(e))
	}
	keep := kept(r.URL.Query(), auditParams)
	p.CSV = address("/audit.csv", keep...)
	p.Pager = ui.Pager{Text: ui.Plural(len(events), "event", "events") + ", newest first"}
	if more {
		p.Pager.Next = address("/audit", append(keep, "before", strconv.FormatInt(events[len(events)-1].ID, 10))...)
	}
	return nil
}

func kept(q url.Values, names []string) []string {
	var list []string
	for _, n := range names {
		list = append(list, n, q.Get(n))
	}
	return list
}

// auditFilter reads the filter; what cannot be read is named by field.
func (s *server) auditFilter(q url.Values) (audit.Filter, page.AuditFilter) {
	t := page.AuditFilter{
		Actor: q.Get("actor"), Action: q.Get("action"), Object: q.Get("object"), Campaign: q.Get("campaign"), From: q.Get("from"), To: q.Get("to"), Q: q.Get("q"),
		Errors: map[string]string{},
	}
	f := audit.Filter{Actor: t.Actor, Action: t.Action, Object: t.Object, Text: t.Q}
	f.Before, _ = strconv.ParseInt(q.Get("before"), 10, 64)
	if t.Campaign != "" {
		n, err := strconv.ParseInt(t.Campaign, 10, 64)
		if err != nil || n < 1 {
			t.Errors["campaign"] = "A campaign is a number."
		}
		f.Campaign = n
	}
	f.From = s.readDay(t.From, "from", t.Errors)
	if f.To = s.readDay(t.To, "to", t.Errors); !f.To.IsZero() {
		f.To = f.To.AddDate(0, 0, 1)
	}
	return f, t
}

func (s *server) readDay(text, field string, wrong map[string]string) time.Time {
	if text == "" {
		return time.Time{}
	}
	t, err := time.ParseInLocation(time.DateOnly, text, s.Zone)
	if err != nil {
		wrong[field] = "Write the day as 2026-11-12."
	}
	return t
}

func (s *server) auditEvent(e audit.Event) page.AuditEvent {
	at := e.At.In(s.Zone)
	out := page.AuditEvent{
		ID: strconv.FormatInt(e.ID, 10), At: at.Format("2 Jan 2006, 15:04:05"), Zone: at.Format("MST"), Actor: e.Actor, Action: e.Action, Object: e.Object,
		Href: objectHref(e.Object), Detail: detailOf(e.Detail), Essence: essence(e.Action, e.Detail),
	}
	if e.Seq != nil {
		out.Position = number(*e.Seq)
	}
	return out
}

func objectHref(object string) string {
	kind, id, _ := strings.Cut(object, ":")
	switch kind {
	case "campaign":
		return "/campaigns/" + id
	case "evidence":
		return "/campaigns/" + id + "/evidence"
	case "job":
		return "/jobs/" + id
	}
	return ""
}

// essence says the most of an event in a few words; "" where its facts do.
func essence(action string, body json.RawMessage) string {
	var e struct {
		Items    json.RawMessage
		Email    string
		Reason   string
		Message  string
		Reviewer string
		Note     string
		Step     string
		Title    string
		Source   string
		File     string
		Subject  string
		To       string
		From     string
		Role     string
	}
	if json.Unmarshal(body, &e) != nil {
		return ""
	}
	switch action {
	case "review.decided":
		return joined(answersIn(e.Items), prefixed("for ", e.Reviewer))
	case "review.undone":
		return joined(counting(e.Items), prefixed("by ", e.Reviewer))
	case "review.refused":
		return joined(orElse(answersIn(e.Items), counting(e.Items)), orElse(e.Reason, e.Message))
	case "review.reassigned":
		return joined(counting(e.Items)+" of "+e.From+" to "+e.To, e.Reason)
	case "review.signed":
		return joined(e.Reviewer, string(e.Items)+" items")
	case "review.notified":
		return e.Step
	case "campaign.drafted":
		return e.Title
	case "import.uploaded", "import.asked", "import.done":
		return joined(e.Source, e.File)
	case "mail.retried":
		return joined(e.To, e.Subject)
	}
	if strings.HasPrefix(action, "login.") || strings.HasPrefix(action, "account.") {
		return joined(e.Email, e.Role, e.Reason)
	}
	return ""
}

// answersIn says how many items got which answer: "certified 11, revoked 1".
func answersIn(items json.RawMessage) string {
	var said []struct{ Decision string }
	if json.Unmarshal(items, &said) != nil || len(said) == 0 {
		return ""
	}
	n := map[string]int{}
	for _, x := range said {
		n[x.Decision]++
	}
	var parts []string
	for _, answer := range []string{"certify", "certify_under_exception", "reduce", "revoke", "unsure"} {
		if n[answer] > 0 {
			parts = append(parts, capital(answerWords[answer])+": "+ui.Plural(n[answer], "item", "items"))
		}
	}
	return joined(parts...)
}

func counting(items json.RawMessage) string {
	var ids []int64
	if json.Unmarshal(items, &ids) != nil {
		return ""
	}
	return ui.Plural(len(ids), "item", "items")
}

// detailOf lists an event's facts by name.
func detailOf(body json.RawMessage) []page.AuditDetail {
	var facts map[string]any
	if json.Unmarshal(body, &facts) != nil {
		return []page.AuditDetail{{Key: "detail", Value: string(body)}}
	}
	list := make([]page.AuditDetail, 0, len(facts))
	for k, v := range facts {
		list = append(list, page.AuditDetail{Key: strings.ReplaceAll(k, "_", " "), Value: valueOf(v)})
	}
	sort.Slice(list, func(i, j int) bool { return list[i].Key < list[j].Key })
	return list
}

func valueOf(v any) string {
	switch x := v.(type) {
	case string:
		return x
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64)
	}
	out, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(out)
}

func (s *server) auditCSV(w http.ResponseWriter, r *http.Request) error {
	f, typed := s.auditFilter(r.URL.Query())
	if len(typed.Errors) > 0 {
		return errNoPage
	}
	f.Before = 0
	return s.download(w, r, "audit.csv", func(to io.Writer) error { return s.Audit.Export(r.Context(), f, to) })
}
