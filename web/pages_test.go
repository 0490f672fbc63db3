package web_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"interlock/internal/apptest"
	"interlock/internal/sitetest"
)

// Every page is sent with the policy and obeys it, whoever asks; what an
// inventory holds is text, whatever it looks like.
func TestEveryPage(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{Idle: true})
	ids := furnish(s)
	s.Import("spoof", map[string]string{
		"identities.csv": "id,name,email,manager\nx1,\"\"\"><img src=x onerror=alert(1)>\",x1@x.example,corp:mia\nx2,=cmd|' /C calc'!A0,x2@x.example,corp:mia\n",
		"grants.csv":     "identity,entitlement\nx1,corp:wiki-read\nx2,corp:wiki-read\n",
	})
	spoof := fmt.Sprint(launch(s, strings.ReplaceAll(definition("spoof", `grant.source == "spoof"`, "manager"), "A look at spoof", `"<script>alert('t')</script>"`)))
	_, rows := whoMay(t)
	for _, who := range []string{"nobody", "admin", "auditor", "mia@x.example"} {
		b := s.Browser()
		if who != "nobody" {
			b = s.SignIn(who)
		}
		for _, row := range rows {
			if row[0] != http.MethodGet {
				continue
			}
			for _, campaign := range []string{ids["campaign"], spoof} {
				ids := map[string]string{"campaign": campaign, "upload": ids["upload"], "job": ids["job"], "mail": ids["mail"]}
				proper(t, b.Get(fill(row[1], ids)))
			}
		}
		proper(t, b.Get("/no/such/page"))
		proper(t, b.Get("/campaigns/999999999999999999999"))
	}
	mia := s.SignIn("mia@x.example")
	for _, look := range []string{"", "?group=identity", "?group=asset", "?risk=low", "?q=onerror", "?item=none", "?open=4", "?q=" + strings.Repeat("x", 3000)} {
		p := mia.Get("/reviews/" + spoof + look)
		proper(t, p)
		if strings.Contains(p.Body, "<img src=x") || strings.Contains(p.Body, "<script>alert") {
			t.Errorf("%s: a name is markup", look)
		}
	}
	csv := s.SignIn("governance").Get("/campaigns/" + ids["campaign"] + "/items.csv")
	if csv.Status != http.StatusOK || !strings.HasPrefix(csv.Header.Get("Content-Disposition"), "attachment") {
		t.Errorf("items.csv: %d %v", csv.Status, csv.Header)
	}
}

func proper(t *testing.T, p *sitetest.Page) {
	t.Helper()
	if p.Status >= 500 {
		t.Errorf("%s: %d %.200s", p.URL, p.Status, p)
	}
	h := p.Header
	csp := h.Get("Content-Security-Policy")
	if !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "frame-ancestors 'self'") || strings.Contains(csp, "script-src 'unsafe") {
		t.Errorf("%s: policy %q", p.URL, csp)
	}
	if strings.Contains(csp, "unsafe") && !strings.HasSuffix(p.URL.Path, "/html") {
		t.Errorf("%s: policy %q", p.URL, csp)
	}
	for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cache-Control": "no-store", "Cross-Origin-Opener-Policy": "same-origin"} {
		if h.Get(name) != want {
			t.Errorf("%s: %s is %q", p.URL, name, h.Get(name))
		}
	}
	if p.Node != nil && !strings.HasSuffix(p.URL.Path, "/html") {
		apptest.CheckHTML(t, p.Body)
	}
}

// What an address holds is never more than a question: no parameter breaks a page.
func TestOddAddresses(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{Idle: true})
	ids := furnish(s)
	mia, admin := s.SignIn("mia@x.example"), s.SignIn("admin")
	odd := []string{"%00", "%ff%fe", "-1", "99999999999999999999", "'", "one.4.1.x", "key.-3.1.%00", "low.99999.5.", "2026-13-45", "<b>", "%25", "_"}
	for _, path := range []string{"/reviews/" + ids["campaign"], "/campaigns", "/campaigns/" + ids["campaign"], "/campaigns/" + ids["campaign"] + "/items", "/audit", "/audit.csv", "/mail", "/remediation", "/imports", "/login", "/password"} {
		for _, name := range []string{"q", "item", "open", "skip", "given", "after", "group", "risk", "state", "before", "campaign", "actor", "action", "object", "from", "to", "reviewer", "answer", "outcome", "token", "email", "next"} {
			for _, value := range odd {
				b := admin
				if strings.HasPrefix(path, "/reviews/") {
					b = mia
				}
				address := path + "?" + name + "=" + value
				if name == "after" {
					address += "&group=asset"
				}
				if p := b.Get(address); p.Status >= 500 {
					t.Errorf("%s: %d", address, p.Status)
				}
			}
		}
	}
}

// Without the database nothing is saved and that is said; what was typed is there
// to copy. Once it is back, all goes on.
func TestDatabaseGone(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{Idle: true})
	ids := furnish(s)
	mia := s.SignIn("mia@x.example")
	form := mia.Get("/reviews/" + ids["campaign"] + "?item=" + ids["item"])
	action := "/reviews/" + ids["campaign"] + "/items/" + ids["item"] + "/decision"
	mend := s.Cut()
	p := form.Submit(action, "answer", "certify", "note", "Seen on <the> line")
	if p.Status != http.StatusServiceUnavailable || !strings.Contains(p.String(), "Not saved") || !strings.Contains(p.String(), "nothing was saved") || !strings.Contains(p.Body, "Seen on &lt;the&gt; line") {
		t.Errorf("%d %s", p.Status, p)
	}
	proper5xx(t, p)
	p = mia.Get("/reviews")
	if p.Status != http.StatusServiceUnavailable || !strings.Contains(p.String(), "The database did not answer") {
		t.Errorf("%d %s", p.Status, p)
	}
	proper5xx(t, p)
	if p := mia.Get("/health"); p.Status != http.StatusServiceUnavailable {
		t.Errorf("health: %d", p.Status)
	}
	mend()
	s.Until("it is back", func() bool { return mia.Get("/reviews").Status == http.StatusOK })
	if p := form.Submit(action, "answer", "certify", "note", "Seen on the line"); p.Status != http.StatusSeeOther {
		t.Errorf("%d %s", p.Status, p)
	}
	if !strings.Contains(s.Log.String(), `"msg":"request failed"`) {
		t.Errorf("the log says nothing: %s", s.Log)
	}
}

func proper5xx(t *testing.T, p *sitetest.Page) {
	t.Helper()
	if p.Node == nil || p.Header.Get("Content-Security-Policy") == "" || p.Header.Get("X-Request-Id") == "" {
		t.Fatalf("no page of ours: %d %s", p.Status, p.Body)
	}
	apptest.CheckHTML(t, p.Body)
}

func TestTrail(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{})
	furnish(s)
	s.Settled()
	auditor := s.SignIn("auditor")
	if _, err := s.Sequencer.Seal(s.Root); err != nil {
		t.Fatal(err)
	}
	p := auditor.Get("/audit?action=campaign.")
	if !strings.Contains(p.String(), "campaign.launched") || strings.Contains(p.String(), "import.finished") {
		t.Errorf("%s", p)
	}
	if p := auditor.Get("/audit?from=yesterday"); p.Status != http.StatusUnprocessableEntity || !strings.Contains(p.String(), "Write the day as") {
		t.Errorf("%d %s", p.Status, p)
	}
	if p := auditor.Get("/audit?from=2030-01-01"); !strings.Contains(p.String(), "No event matches") {
		t.Errorf("%s", p)
	}
	csv := auditor.Get("/audit.csv?action=campaign.")
	if csv.Status != http.StatusOK || !strings.Contains(csv.Body, "campaign.launched") || strings.Contains(csv.Body, "login.succeeded") {
		t.Errorf("%d %s", csv.Status, csv.Body)
	}
	list := auditor.Get("/mail")
	if !strings.Contains(list.String(), "Access to review: A look at plant") {
		t.Errorf("%s", list)
	}
	one := auditor.Get("/mail/1")
	frames := one.All("iframe")
	if len(frames) != 1 || frames[0].Attrs["sandbox"] != "sandbox" || frames[0].Attrs["src"] != "/mail/1/html" {
		t.Fatalf("the frames are %q", frames)
	}
	html := auditor.Get("/mail/1/html")
	csp := html.Header.Get("Content-Security-Policy")
	if !strings.HasSuffix(csp, "sandbox") || !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "script") {
		t.Errorf("policy %q", csp)
	}
	if strings.Contains(one.Body+html.Body, "token=") {
		t.Error("who reads mails here could set another's password")
	}
}

func TestMailWithoutServer(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{NoMail: true})
	furnish(s)
	s.Settled()
	b := s.SignIn("governance")
	if p := b.Get("/mail?state=waiting"); !strings.Contains(p.String(), "Access to review") {
		t.Errorf("%s", p)
	}
	if p := b.Get("/mail?state=sent"); strings.Contains(p.String(), "Access to review") {
		t.Errorf("%s", p)
	}
}

// The menu shows what one may open, and home leads to the first of it.
func TestHome(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{Idle: true})
	s.Import("corp", bundle)
	for who, want := range map[string]string{"governance": "/", "auditor": "/", "member": "/reviews", "plant_engineer": "/", "governance@hall": "/"} {
		b := s.SignIn(who)
		p := b.Get("/").Follow()
		if p.URL.Path != want || p.Status != http.StatusOK {
			t.Errorf("%s begins at %s (%d)", who, p.URL, p.Status)
		}
		var menu []string
		for _, nav := range p.All("nav") {
			for _, a := range nav.All("a") {
				menu = append(menu, a.Attrs["href"])
			}
		}
		for _, href := range slices.Compact(menu) {
			if strings.HasPrefix(href, "/") {
				if q := b.Get(href).Follow(); q.Status != http.StatusOK {
					t.Errorf("%s: the menu leads to %s: %d", who, href, q.Status)
				}
			}
		}
	}
}
