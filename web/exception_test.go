package web_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"interlock/internal/sitetest"
)

// From a gap to an exception in force, that drifts and is renewed, by forms alone.
func TestExceptionInTheBrowser(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{Idle: true})
	s.Import("corp", bundle)
	s.Exec(`update asset set capabilities = '{"individual_accounts": "no"}' where external_id = 'mill'`)
	asks, officer, tester := s.SignIn("plant_engineer"), s.SignIn("risk_officer"), s.SignIn("governance")

	says := func(p *sitetest.Page, words ...string) {
		t.Helper()
		for _, w := range words {
			if !strings.Contains(p.String(), w) {
				t.Errorf("%s: %q is missing in %d %s", p.URL, w, p.Status, p)
			}
		}
	}
	says(asks.Get("/exceptions"), "1 of 1 gap", "1 never asked for", "Nothing is in force")
	gap := asks.Get("/exceptions/uncovered")
	says(gap, "Mill controller", "tell users apart", "never asked for")
	form := asks.Get(fmt.Sprintf("/exceptions/new?gap=%d.individual_accounts", s.One(`select id from asset where external_id = 'mill'`)))
	says(form, "1 exception", "Mill controller")
	if !strings.Contains(form.Body, "Password in the vault, checked out by name") {
		t.Error("the usual controls are not proposed")
	}

	ends := s.Clock.Now().AddDate(0, 0, 90).Format(time.DateOnly)
	fill := []string{
		"do", "submit", "reason", "vendor_warranty", "justification", "One login in the firmware.", "way_out", "Replaced in the outage.", "ends_at", ends,
		"inherent_likelihood", "5", "inherent_people", "3", "inherent_environment", "2", "inherent_supply", "4",
		"residual_likelihood", "3", "residual_people", "3", "residual_environment", "2", "residual_supply", "4",
		"control_title", "Vault", "control_method", "Check-outs", "control_every", "30",
	}
	p := form.Submit("/exceptions", append(fill, "control_owner", "")...)
	if p.Status != http.StatusUnprocessableEntity {
		t.Errorf("without a control: %d", p.Status)
	}
	says(p, "at least one control", "One login in the firmware.", "Replaced in the outage.")
	if n := s.One(`select count(*) from exception`); n != 0 {
		t.Errorf("%d exceptions were kept of what was refused", n)
	}
	p = p.Submit("/exceptions", append(fill, "control_owner", "governance@x.example")...).Follow()
	says(p, "EX-000", "Waits for decision", "3 × 4 = 12")

	one := fmt.Sprintf("/exceptions/%d", s.One(`select max(id) from exception`))
	says(asks.Get(one), "Mill controller cannot tell users apart", "Vendor warranty", "not tested yet")
	if strings.Contains(asks.Get(one).String(), "Your decision") {
		t.Error("who asked is offered to decide")
	}
	says(officer.Get(one), "Your decision", "high risk, which may last 90 days at most")
	p = officer.Get(one).Submit(one+"/answer", "answer", "approve", "note", " ")
	says(p, "Not decided.", "Say why")
	p = p.Submit(one+"/answer", "answer", "approve", "note", "The outage is planned.").Follow()
	says(p, "Decided.", "Active until", "Approved by")
	says(asks.Get("/exceptions"), "Covered1 of 1 gap")

	control := fmt.Sprintf("/controls/%d", s.One(`select min(id) from exception_control`))
	p = tester.Get(one).Submit(one+control+"/test", "passed", "no", "note", "Checked out by nobody.").Follow()
	says(p, "Failed", "Checked out by nobody.", "is suspended", "Drifting since")
	says(asks.Get("/exceptions"), "Drifting1 of 1 gap", "A control failed its test (1)")
	p = asks.Get(one).Submit(one + "/renew").Follow()
	says(p, "Score it anew")
	p = p.Submit(one+"/edit", append(fill[:len(fill)-6], "ends_at", ends)...).Follow()
	says(p, "Renewal submitted")
	says(officer.Get(one), "failed its last test", "Your decision on renewal 1")
	s.Clock.Advance(91 * 24 * time.Hour)
	officer, asks = s.SignIn("risk_officer"), s.SignIn("plant_engineer")
	says(officer.Get(one), "Expired")
	says(asks.Get("/exceptions"), "Uncovered1 of 1 gap", "0 never asked for")
	if p := officer.Get("/exceptions.csv"); p.Status != http.StatusOK || strings.Count(p.Body, "\n") != 2 {
		t.Errorf("%d %s", p.Status, p.Body)
	}
}

// A request saves itself as a draft while it is typed, once, whatever is typed after;
// the controls are added with the last word.
func TestDraftsSaveThemselves(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{Idle: true})
	s.Import("corp", bundle)
	s.Exec(`update asset set capabilities = '{"individual_accounts": "no", "rotation": "no"}' where external_id = 'mill'`)
	b := s.SignIn("plant_engineer")
	mill := s.One(`select id from asset where external_id = 'mill'`)
	form := b.Get(fmt.Sprintf("/exceptions/new?gap=%d.individual_accounts&gap=%d.rotation", mill, mill)).Form("/exceptions")
	auto := func(set ...string) url.Values {
		t.Helper()
		for i := 0; i+1 < len(set); i += 2 {
			form.Set(set[i], set[i+1])
		}
		form.Set("do", "auto")
		p := b.PostForm("/exceptions", form)
		if p.Status != http.StatusOK || !strings.Contains(p.String(), "Saved as a draft") {
			t.Fatalf("%d %s", p.Status, p)
		}
		return p.Form("/exceptions")
	}
	form = auto("justification", "One login")
	if got := len(form["draft"]); got != 2 {
		t.Fatalf("%d drafts are carried on", got)
	}
	form = auto("justification", "One login in the firmware.", "residual_people", "2")
	if n := s.One(`select count(*) from exception`); n != 2 || s.One(`select count(*) from exception_control`) != 0 {
		t.Errorf("%d exceptions", n)
	}
	if n := s.One(`select count(*) from exception_revision where justification = 'One login in the firmware.' and left_people = 2 and state = 'draft'`); n != 2 {
		t.Errorf("%d drafts have what was typed last", n)
	}
	form.Set("outage", strings.Repeat("x", 9000))
	form.Set("do", "auto")
	if p := b.PostForm("/exceptions", form); p.Status != http.StatusOK || !strings.Contains(p.String(), "Not saved by itself") {
		t.Errorf("what is too long: %d %s", p.Status, p)
	}
	form.Set("outage", "")
	form.Set("do", "submit")
	for name, v := range map[string]string{
		"reason": "cost", "way_out": "Replaced.", "ends_at": s.Clock.Now().AddDate(0, 0, 60).Format(time.DateOnly), "residual_likelihood": "2", "residual_environment": "1", "residual_supply": "1",
		"inherent_likelihood": "3", "inherent_people": "3", "inherent_environment": "1", "inherent_supply": "1",
	} {
		form.Set(name, v)
	}
	form["control_owner"], form["control_title"], form["control_method"], form["control_every"] = []string{"tess@x.example"}, []string{"Vault"}, []string{"Check-outs"}, []string{"30"}
	if p := b.PostForm("/exceptions", form); p.Status != http.StatusSeeOther {
		t.Fatalf("%d %s", p.Status, p)
	}
	if n := s.One(`select count(*) from exception where state = 'submitted'`); n != 2 || s.One(`select count(*) from exception_control`) != 2 {
		t.Errorf("%d were submitted", n)
	}

	one := fmt.Sprintf("/exceptions/%d", s.One(`select min(id) from exception`))
	s.SignIn("risk_officer").Get(one).Submit(one+"/answer", "answer", "send back", "note", "Say more.")
	edit := b.Get(one + "/edit").Form(one + "/edit")
	edit.Set("justification", "One login, since 2009.")
	edit.Set("do", "auto")
	p := b.PostForm(one+"/edit", edit)
	again := p.Form(one + "/edit")
	if p.Status != http.StatusOK || again.Get("saved") == edit.Get("saved") || !strings.Contains(p.String(), "Saved as a draft") {
		t.Errorf("%d, saved %s then %s", p.Status, edit.Get("saved"), again.Get("saved"))
	}
	again.Set("do", "submit")
	if p := b.PostForm(one+"/edit", again); p.Status != http.StatusSeeOther {
		t.Errorf("%d %s", p.Status, p)
	}
}

// Evidence is kept as it came and is never shown by a page of ours.
func TestAttachments(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{Idle: true})
	ids := furnish(s)
	one := "/exceptions/" + ids["exception"]
	b := s.SignIn("plant_engineer")
	evil := []byte("<html><script>alert(document.cookie)</script>")
	name := "..\\..\\a\u202e\"fdp.html"
	if p := b.Upload(one+"/attachments", "attachment", name, evil); p.Status != http.StatusSeeOther {
		t.Fatalf("%d %s", p.Status, p)
	}
	page := b.Get(one)
	if !strings.Contains(page.String(), "a_fdp.html") || !strings.Contains(page.String(), "application/octet-stream") {
		t.Errorf("the page does not list it: %s", page)
	}
	p := b.Get(fmt.Sprintf("%s/attachments/%d", one, s.One(`select max(id) from exception_attachment`)))
	for header, want := range map[string]string{
		"Content-Type": "application/octet-stream", "Content-Disposition": "attachment; filename=a_fdp.html", "X-Content-Type-Options": "nosniff",
		"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox", "Cache-Control": "no-store",
	} {
		if got := p.Header.Get(header); got != want {
			t.Errorf("%s: %q, want %q", header, got, want)
		}
	}
	if p.Body != string(evil) {
		t.Errorf("what came back: %q", p.Body)
	}
	if p := b.Upload(one+"/attachments", "attachment", "big", bytes.Repeat([]byte("x"), 22<<20)); p.Status != http.StatusUnprocessableEntity || !strings.Contains(p.String(), "larger than 20 MB") {
		t.Errorf("22 MB: %d %s", p.Status, p)
	}
	if p := b.Upload(one+"/attachments", "attachment", "full", bytes.Repeat([]byte("x"), 20<<20)); p.Status != http.StatusSeeOther {
		t.Errorf("20 MB: %d %s", p.Status, p)
	}
	if p := s.SignIn("someone@x.example").Upload(one+"/attachments", "attachment", "a", []byte("b")); p.Status != http.StatusNotFound {
		t.Errorf("a stranger attaches: %d", p.Status)
	}
}

// Who only tests controls finds them, records what they saw and attaches evidence,
// without the register.
func TestTesterWithoutRegister(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{Idle: true})
	ids := furnish(s)
	s.Exec(`update exception_control set owner = 'tess@x.example'`)
	b := s.SignIn("tess@x.example")
	if p := b.Get("/account"); !strings.Contains(p.Body, `href="/exceptions/mine"`) {
		t.Error("the menu does not lead there")
	}
	p := b.Get("/exceptions/mine")
	if !strings.Contains(p.String(), "Jump host") || strings.Contains(p.Body, `href="/exceptions/`+ids["exception"]+`"`) {
		t.Errorf("%s", p)
	}
	test := "/exceptions/" + ids["exception"] + "/controls/" + ids["control"] + "/test"
	q := p.Submit(test, "passed", "yes", "note", " ")
	if q.Status != http.StatusUnprocessableEntity || !strings.Contains(q.String(), "Say what you saw") {
		t.Errorf("%d %s", q.Status, q)
	}
	q = q.Submit(test, "passed", "yes", "note", "Rule unchanged.").Follow()
	if q.URL.Path != "/exceptions/mine" || !strings.Contains(q.String(), "Verified") {
		t.Errorf("%s %s", q.URL, q)
	}
	if q := b.Upload("/exceptions/"+ids["exception"]+"/attachments", "attachment", "rule.txt", []byte("permit none"), "from", "mine").Follow(); q.URL.Path != "/exceptions/mine" {
		t.Errorf("%s", q.URL)
	}
	if p := b.Get("/exceptions"); p.Status != http.StatusForbidden {
		t.Errorf("the register is open to them: %d", p.Status)
	}
}

// The register in the browser: filter, views, and renewals with a score each.
func TestRegisterInTheBrowser(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{Idle: true})
	furnish(s)
	b := s.SignIn("risk_officer")
	p := b.Get("/exceptions?where=" + url.QueryEscape(`exception.state == "draft"`))
	if !strings.Contains(p.String(), "EX-0001") {
		t.Errorf("%s", p)
	}
	if p := b.Get("/exceptions?where=nonsense"); p.Status != http.StatusUnprocessableEntity || !strings.Contains(p.String(), "Known: exception, identity") {
		t.Errorf("%d %s", p.Status, p)
	}
	q := p.Submit("/exceptions/views", "name", "Drafts").Follow()
	if !strings.Contains(q.Body, ">Drafts<") || !strings.Contains(q.String(), "EX-0001") {
		t.Errorf("%s", q)
	}
	if q = p.Submit("/exceptions/views", "name", " "); q.Status != http.StatusUnprocessableEntity || !strings.Contains(q.String(), "Give the view a name") {
		t.Errorf("%d %s", q.Status, q)
	}
	drop := fmt.Sprintf("/exceptions/views/%d/drop", s.One(`select max(id) from exception_view`))
	if q := b.Post(drop).Follow(); strings.Contains(q.Body, ">Drafts<") {
		t.Error("the view is still there")
	}
	if p := b.Get("/exceptions/renew?renew=1").Submit("/exceptions/renew"); p.Status != http.StatusConflict && p.Status != http.StatusUnprocessableEntity || !strings.Contains(p.String(), "EX-0001: ") {
		t.Errorf("%d %s", p.Status, p)
	}
}
