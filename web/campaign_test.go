package web_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"
	"testing"
	"time"

	"interlock/internal/control"
	"interlock/internal/sitetest"
)

// The lead writes a definition in the form, is told at the right field what is
// wrong, previews, launches, closes, and takes the evidence along.
func TestCampaign(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{})
	s.Import("corp", bundle)
	gov := sheet{Browser: s.SignIn("governance"), t: t}
	form := gov.Get("/campaigns/new")
	filled := []string{"name", "mill", "title", "The mill", "scope", `asset.id == "mill"`, "do", "preview"}
	oneOf := map[string]bool{"silence_ot": true, "reviewer_1": true} // a list keeps only what it offers
	for _, c := range []struct{ field, value, id, words string }{
		{"scope", "asset.levle <= 2.0", "f-scope", "levle"},
		{"scope", "grant.age_days", "f-scope", ""},
		{"name", "The Mill", "f-name", ""},
		{"days", "0", "f-days", ""},
		{"days", "many", "f-days", "Write a number of days from 1 to 92."},
		{"reviewer_1", "email", "f-reviewers", "chosen without an e-mail"},
		{"fallback", "nobody", "f-fallback", ""},
		{"fresh_within", "soon", "f-fresh_within", "Write a number of days, such as 7"},
		{"silence_ot", "shrug", "f-silence", "silence"},
		{"reviewer_1", "wizard", "f-reviewers", ""},
	} {
		p := form.Submit("/campaigns/preview", append(filled, c.field, c.value)...)
		gov.says(p, 422, c.words)
		told := len(p.All("", "id", c.id+"-e")) == 1 || len(p.All("", "aria-describedby", c.id+"-e "+c.id+"-h")) == 1
		if !told {
			t.Errorf("%s=%q is not refused at its field: %.700s", c.field, c.value, p)
		}
		if f := p.Form("/campaigns/preview"); (f.Get(c.field) != c.value && !oneOf[c.field]) || f.Get("title") != "The mill" {
			t.Errorf("%s=%q is not kept: %v", c.field, c.value, f)
		}
	}
	p := form.Submit("/campaigns/preview", filled...)
	gov.says(p, 200, "Items4", "1 critical", "Launch: ask 2 reviewers")
	if n := s.One(`select count(*) from review_campaign`); n != 0 {
		t.Fatalf("a preview made %d campaigns", n)
	}
	yaml := form.Submit("/campaigns/preview", append(filled, "do", "yaml")...)
	gov.says(yaml, 200, "As YAML")
	text := definition("mill", `asset.id == "mill"`)
	back := yaml.Submit("/campaigns/preview", "definition", text, "do", "form")
	if f := back.Form("/campaigns/preview"); back.Status != 200 || f.Get("name") != "mill" || f.Get("scope") != `asset.id == "mill"` || f.Get("reviewer_1") != "manager" || f.Get("days") != "14" {
		t.Errorf("what was typed is lost on the way: %d %v", back.Status, f)
	}
	gov.says(yaml.Submit("/campaigns/preview", "definition", text+"reminders: [-1d]\n", "do", "form"), 422, "The form has no place for reminders.")
	gov.says(form.Submit("/campaigns/preview", append(filled, "title", " ", "name", "")...), 422, "Give it a title")
	gov.says(yaml.Submit("/campaigns/preview", "definition", "name: [", "do", "preview"), 422)
	draft := p.Submit("/campaigns", "do", "draft")
	gov.says(draft.Follow(), 200, "The mill", "Draft")
	base := draft.Location()
	gov.says(gov.Get(base).Submit(base+"/launch"), 303)
	s.Settled()
	gov.says(gov.Get(base), 200, "Active until 26 Nov", "0 of 4")
	gov.says(gov.Post(base+"/launch"), 409)
	gov.runs(base)
	gov.evidence(base)
}

// runs pauses, resumes, answers and closes.
func (s sheet) runs(base string) {
	s.t.Helper()
	review := strings.Replace(base, "/campaigns", "/reviews", 1)
	mia := sheet{Browser: s.SignIn("mia@x.example"), t: s.t, base: review}
	high := mia.item("ann", "mill-eng")
	s.says(s.Get(base).Submit(base+"/pause"), 303)
	mia.says(mia.Post(review+"/items/"+high+"/decision", "answer", "certify", "note", "while paused"), 409, "paused")
	s.says(s.Get(base).Submit(base+"/resume"), 303)
	mia.says(mia.answer(high, "revoke", "=HYPERLINK(\"x\") Moved away, \"for good\"."), 303)

	s.says(s.Get(base+"/items?answer=revoke"), 200, "Ann Ask", "Moved away")
	s.says(s.Get(base+"/items?answer=open&reviewer=mia@x.example"), 200, "2 items")
	all, err := csv.NewReader(strings.NewReader(s.Get(base + "/items.csv").Body)).ReadAll()
	if err != nil || len(all) != 5 || all[0][0] != "item" {
		s.t.Errorf("items.csv: %v %v", err, all)
	}
	for _, row := range all {
		for _, cell := range row {
			if strings.HasPrefix(cell, "=") {
				s.t.Errorf("a spreadsheet would run %q", cell)
			}
		}
	}
	s.says(s.Get(base+"/close"), 200, "1 of 4 items have an answer; 1 become work")
	s.says(s.Get(base+"/close").Submit(base+"/close"), 303)
	s.Settled()
	if n := s.One(`select count(*) from review_campaign where state = 'remediating'`); n != 1 {
		s.t.Error("it is not remediating")
	}
	s.says(s.Get(base), 200, "The work")
	s.says(s.Get("/remediation?campaign="+strings.TrimPrefix(base, "/campaigns/")), 200, "Ann Ask", "1 removal")
	s.says(s.Get("/remediation?state=verified"), 200)
	s.says(s.Post(base+"/close"), 409)
	mia.says(mia.Post(review+"/items/"+high+"/undo"), 409)
	mia.says(mia.Get(review), 200, "Read only.")
}

func (s sheet) evidence(base string) {
	s.t.Helper()
	s.says(s.Get(base+"/evidence"), 200, "None is kept")
	started := s.Get(base + "/evidence").Submit(base + "/evidence")
	s.says(started, 303)
	s.Settled()
	s.says(s.Get(started.Location()), 200, "Done", "Download the pack")
	auditor := sheet{Browser: s.SignIn("auditor"), t: s.t}
	list := auditor.Get(base + "/evidence")
	auditor.says(list, 200, "mill-1.zip", "Kept until")
	var href string
	for _, a := range list.All("a") {
		if strings.HasPrefix(a.Attrs["href"], base+"/evidence/") {
			href = a.Attrs["href"]
		}
	}
	p := auditor.Get(href)
	if p.Status != 200 || p.Header.Get("Content-Type") != "application/zip" || p.Header.Get("Content-Disposition") != `attachment; filename="mill-1.zip"` {
		s.t.Fatalf("the pack: %d %v", p.Status, p.Header)
	}
	r, err := control.Verify(bytes.NewReader([]byte(p.Body)), int64(len(p.Body)), "")
	if err != nil || !r.Valid || r.Items != 4 || r.Decisions != 1 {
		s.t.Errorf("the pack: %v %+v", err, r)
	}
	auditor.Header.Set("Range", "bytes=100-199")
	if part := auditor.Get(href); part.Status != 206 || part.Body != p.Body[100:200] {
		s.t.Errorf("a part of it: %d, %d bytes", part.Status, len(part.Body))
	}
	risk := sheet{Browser: s.SignIn("risk_officer"), t: s.t}
	risk.says(risk.Get(href), 403)
	risk.says(risk.Post(base+"/evidence"), 403)
	s.Clock.Advance(25 * time.Hour)
	s.says(s.Browser.Browser().Get(href), 303) // signed out by now
	later := sheet{Browser: s.SignIn("admin"), t: s.t}
	later.says(later.Get(href), 404, "no longer kept")
	if got := s.One(`select count(*) from audit_event where action = 'evidence.downloaded' and actor = 'auditor@x.example'`); got != 2 {
		s.t.Errorf("%d downloads are on record", got)
	}
}

// The lead reminds who is behind, and gives a reviewer's items to somebody else.
func TestRemindAndReassign(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{})
	s.Import("corp", bundle)
	c := launch(s, definition("plant", "true", "manager", "owner"))
	s.Clock.Advance(2 * time.Hour)
	gov := sheet{Browser: s.SignIn("governance"), t: t}
	base := fmt.Sprintf("/campaigns/%d", c)
	gov.says(gov.Get(base), 200, "Remind all", "Remind Mia Moe", "Reassign the open items of Mia Moe", "As launched", "At launch")
	gov.says(gov.Post(base+"/remind"), 422)
	gov.says(gov.Get(base).Submit(base+"/remind").Follow(), 200, "2 reviewers were reminded by mail.", "reminded today")
	gov.says(gov.Post(base+"/remind", "reviewer", "everyone"), 409, "within the last hour")
	if l := s.Letters("mia@x.example"); len(l) != 2 || !strings.Contains(l[1].Text, "asks you to finish") || !strings.Contains(l[1].Text, "Thu 26 Nov 2026, 18:00 Europe/Stockholm") {
		t.Errorf("%+v", l)
	}
	form := base + "/reassign?reviewer=mia%40x.example"
	gov.says(gov.Get(form), 200, "Give the open items of Mia Moe to somebody else", "Otto Orr")
	gov.says(gov.Get(base+"/reassign?reviewer=nobody%40x.example"), 404)
	p := gov.Get(form).Submit(base+"/reassign", "to", "typo@x.example", "reason", "She is away.")
	gov.says(p, 422, "Nobody with the e-mail typo@x.example is known")
	if f := p.Form(base + "/reassign"); f.Get("to") != "typo@x.example" || f.Get("reason") != "She is away." || f.Get("reviewer") != "mia@x.example" {
		t.Errorf("what was typed is lost: %v", f)
	}
	gov.says(p.Submit(base+"/reassign", "to", "otto@x.example").Follow(), 200, "6 items have a new reviewer. Both were told by mail.")
	otto := newSheet(t, s, c, "otto@x.example")
	otto.says(otto.Get(otto.base), 200, "0 of 7 decided")
	if l := s.Letters("mia@x.example"); len(l) != 3 || !strings.Contains(l[2].Text, "to Otto Orr") || !strings.Contains(l[2].Text, "She is away.") {
		t.Errorf("%+v", l)
	}
	gov.says(gov.Get("/audit?action=review.reassigned"), 200, "review.reassigned", "She is away.")
}

// A launch that is refused says why and leaves a draft; a cancelled one too.
func TestLaunchRefused(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{})
	s.Import("corp", bundle)
	gov := sheet{Browser: s.SignIn("governance"), t: t}
	text := definition("none", `asset.id == "no such asset"`)
	p := gov.Post("/campaigns", "definition", text, "do", "launch")
	s.Settled()
	gov.says(p.Follow(), 200, "Draft", "Refused")
	gov.says(gov.Post("/campaigns", "definition", "name: x", "do", "draft"), 422)
	base := p.Location()
	gov.says(gov.Get(base+"/cancel").Submit(base+"/cancel"), 303)
	gov.says(gov.Get(base), 200, "Cancelled")
	gov.says(gov.Post(base+"/launch"), 409)
}

// Long work that waits can be cancelled, by who asked for it; others do not see it.
func TestCancelJob(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{Idle: true})
	ids := furnish(s)
	gov, risk := sheet{Browser: s.SignIn("governance"), t: t}, sheet{Browser: s.SignIn("risk_officer"), t: t}
	risk.says(risk.Get("/jobs/"+ids["job"]), 404)
	risk.says(risk.Post("/jobs/"+ids["job"]+"/cancel"), 409)
	p := gov.Get("/jobs/" + ids["job"])
	gov.says(p, 200, "Dry run of corp.zip into corp")
	gov.says(p.Submit("/jobs/"+ids["job"]+"/cancel"), 303)
	if n := s.One(`select count(*) from job_progress where cancel_asked`); n != 1 {
		t.Errorf("%d are asked to stop", n)
	}

	auditor := sheet{Browser: s.SignIn("auditor"), t: t}
	pack := auditor.Post("/campaigns/" + ids["campaign"] + "/evidence")
	auditor.says(auditor.Get("/campaigns/"+ids["campaign"]+"/evidence"), 200, "Waiting for its turn")
	auditor.says(auditor.Get(pack.Location()).Submit(pack.Location()+"/cancel"), 303)
	auditor.says(auditor.Post("/jobs/"+ids["job"]+"/cancel"), 409)
}

// A bundle is uploaded, tried and imported or dropped.
func TestUpload(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{})
	gov := sheet{Browser: s.SignIn("governance"), t: t}
	gov.says(gov.Upload("/imports", "bundle", "x.zip", []byte("no zip at all"), "source", "corp"), 422, "zip")
	gov.says(gov.Upload("/imports", "bundle", "corp.zip", zipped(t, bundle), "source", "Not A Name"), 422, "A source's name")
	gov.says(gov.Post("/imports", "source", "corp"), 422, "Choose a zip file")
	gov.says(gov.Upload("/imports", "bundle", "big.zip", make([]byte, 70<<20), "source", "corp"), 422, "larger than 64 MB")

	report := func(files map[string]string) (*sitetest.Page, string) {
		t.Helper()
		p := gov.Upload("/imports", "bundle", "corp.zip", zipped(t, files), "source", "corp")
		gov.says(p, 303)
		s.Settled()
		done := gov.Get(p.Location())
		for _, a := range done.All("a") {
			if strings.HasPrefix(a.Attrs["href"], "/imports/uploads/") {
				return gov.Get(a.Attrs["href"]), a.Attrs["href"]
			}
		}
		t.Fatalf("the job leads nowhere: %s", done)
		return nil, ""
	}
	p, base := report(bundle)
	gov.says(p, 200, "Identities 6 0 0", "Grants 7 0 0")
	if n := s.One(`select count(*) from identity`); n != 0 {
		t.Errorf("a dry run imported %d identities", n)
	}
	gov.says(p.Submit(base+"/confirm"), 303)
	s.Settled()
	if n := s.One(`select count(*) from access_grant`); n != 7 {
		t.Errorf("%d grants are imported", n)
	}
	gov.says(gov.Get("/imports"), 200, "corp", "Grants")

	bad := map[string]string{"identities.csv": "id,name,kind\nx,X,wizard\ny,Y,person\n"}
	p, base = report(bad)
	gov.says(p, 200, "refused", "wizard", "identities.csv")
	gov.says(p.Submit(base+"/drop").Follow(), 200, "The upload was dropped.")
	gov.says(gov.Get(base), 404)

	p, base = report(map[string]string{"identities.csv": bundle["identities.csv"], "grants.csv": "identity,entitlement\nann,corp:mill-eng\n"})
	gov.says(p, 200, "Accept the drop")
	gov.says(p.Submit(base+"/confirm"), 303)
	s.Settled()
	if n := s.One(`select count(*) from access_grant where ended_at is null`); n != 7 {
		t.Errorf("%d grants are left", n)
	}
	gov.says(gov.Get("/imports/uploads/99"), 404)
	gov.says(gov.Get(fmt.Sprintf("/imports?before=%d", 1)), 200)
}
