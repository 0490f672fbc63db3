package web_test

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"interlock/internal/apptest"
	"interlock/internal/sitetest"
)

// orphans is a plant whose Gus left: he owned a service, an asset and a right, and
// Mia managed him.
var orphans = map[string]string{
	"zones.csv": "id,name,level,domain\ncell,Cell,2,ot\n",
	"identities.csv": "id,name,kind,email,manager,owner,status\n" +
		"mia,Mia Moe,person,mia@x.example,,,active\notto,Otto Orr,person,otto@x.example,,,active\n" +
		"gus,Gus Gone,person,gus@x.example,mia,,left\n" +
		"svc,svc-historian,service,,,gus,active\nlone,svc-lone,service,,,,active\nacme,Acme,vendor,,,otto,active\ndesk,Operator desk,shared,,,,active\n",
	"assets.csv":       "id,name,zone,owner\nhmi,HMI 4,cell,gus\nmill,Mill,cell,otto\n",
	"entitlements.csv": "id,name,asset,privilege,owner\nmill-eng,Change the mill,mill,engineer,gus\nmill-view,Watch the mill,mill,view,\n",
	"grants.csv":       "identity,entitlement,granted_at,granted_by\nsvc,mill-eng,2026-01-05,otto\nsvc,mill-view,2026-02-05,mia\n",
}

func TestOwnersPage(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{Idle: true})
	s.Import("corp", orphans)
	b := s.SignIn("auditor")
	for address, want := range map[string][]string{
		"/owners":                            {"svc-historian", "svc-lone", "Operator desk", "HMI 4", "Change the mill"},
		"/owners?standing=none":              {"svc-lone", "Operator desk"},
		"/owners?standing=gone&class=asset":  {"HMI 4"},
		"/owners?standing=gone&q=historian":  {"svc-historian"},
		"/owners?class=shared":               {"Operator desk"},
		"/owners?class=machine":              {"svc-historian", "svc-lone"},
		"/owners?standing=all&class=vendor":  {"Acme"},
		"/owners?standing=disputed":          nil,
		"/owners?standing=all&q=mill":        {"Change the mill", "Mill", "Watch the mill"},
		"/owners?standing=all&after=asset.9": {"Acme", "Change the mill", "HMI 4", "Mill", "Operator desk", "Watch the mill", "svc-historian", "svc-lone"},
	} {
		p := b.Get(address)
		sameNames(t, only(p, "Things with their owners, by name"), want...)
	}
	p := b.Get("/owners")
	if len(p.All("input", "type", "checkbox")) != 0 || !strings.Contains(p.String(), "Mia Moe: manager of Gus Gone") {
		t.Errorf("an auditor may offer, or no proposal is shown: %s", p)
	}
	gone := p.All("table")[1].All("a")[0].Attrs["href"]
	sameNames(t, only(b.Get(gone), "Things with their owners, by name"), "svc-historian", "HMI 4", "Change the mill")
	rows, err := csv.NewReader(strings.NewReader(b.Get("/owners.csv?class=machine").Body)).ReadAll()
	if err != nil || len(rows) != 3 || rows[1][7] != "Gus Gone" {
		t.Errorf("%v %q", err, rows)
	}
	if p := s.SignIn("member").Get("/owners.csv"); p.Status != http.StatusForbidden || s.One(`select count(*) from audit_event where action like 'inventory.export%'`) != 2 {
		t.Errorf("a refused export: %d", p.Status)
	}
}

// only is a page cut to the table under one caption.
func only(p *sitetest.Page, caption string) *sitetest.Page {
	cut := *p
	cut.Node = &apptest.Node{}
	for _, table := range p.All("table") {
		if strings.HasPrefix(strings.TrimSpace(table.String()), caption) {
			cut.Nodes = append(cut.Nodes, &apptest.Node{Tag: "div", Nodes: []*apptest.Node{table}})
		}
	}
	return &cut
}

// TestOwnershipOffered goes the whole way: one page offers, a mail leads to another,
// what is accepted counts, and as of the day before it does not.
func TestOwnershipOffered(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{Idle: true})
	s.Import("corp", orphans)
	b, mia := s.SignIn("governance"), s.SignIn("mia@x.example")
	svc := fmt.Sprintf("identity.%d", s.One(`select id from identity where external_id = 'svc'`))
	hmi := fmt.Sprintf("asset.%d", s.One(`select id from asset where external_id = 'hmi'`))
	lone := fmt.Sprintf("identity.%d", s.One(`select id from identity where external_id = 'lone'`))

	p := b.Post("/owners/offer", "thing", svc, "thing", lone, "to-"+svc, "mia@x.example", "note", "Gus left", "back", "class=machine")
	if p.Status != http.StatusUnprocessableEntity || !strings.Contains(p.String(), "Say who is to own each thing") || !strings.Contains(p.Body, `value="Gus left"`) || strings.Count(p.Body, " checked ") != 2 {
		t.Errorf("nobody is named for one: %d %s", p.Status, p)
	}
	if p := b.Post("/owners/offer", "thing", svc, "to", "nobody@x.example"); p.Status != http.StatusUnprocessableEntity || !strings.Contains(p.String(), "Nobody who is here and active") {
		t.Errorf("somebody who is not here: %d %s", p.Status, p)
	}
	form := b.Get("/owners")
	p = form.Submit("/owners/offer", "thing", svc, "note", "Gus left").Follow()
	if !strings.Contains(p.String(), "1 thing is offered to 1 person") || !strings.Contains(p.String(), "to Mia Moe, until ") {
		t.Errorf("%s", p)
	}
	if p := b.Post("/owners/offer", "thing", hmi, "to", "mia@x.example"); p.Status != http.StatusSeeOther {
		t.Errorf("%d %s", p.Status, p)
	}
	p = mia.Get("/ownership")
	for _, want := range []string{"svc-historian", "HMI 4", "you manage who owned it", "Gus Gone, who has left", "Gus left"} {
		if !strings.Contains(p.String(), want) {
			t.Errorf("mia does not see %q: %s", want, p)
		}
	}
	if p := mia.Get("/owners"); p.Status != http.StatusForbidden {
		t.Errorf("a member sees all owners: %d", p.Status)
	}
	offer := fmt.Sprint(s.One(`select min(id) from ownership_transfer`))
	if p := mia.Post("/ownership/answer", "offer", offer, "answer", "decline"); p.Status != http.StatusUnprocessableEntity || !strings.Contains(p.String(), "Say why you decline") {
		t.Errorf("declined without a word: %d %s", p.Status, p)
	}
	s.Clock.Advance(48 * time.Hour)
	mia = s.SignIn("mia@x.example")
	if p := mia.Post("/ownership/answer", "offer", offer, "answer", "accept").Follow(); !strings.Contains(p.String(), "You own it now.") || len(only(p, "What you own").All("tr")) != 2 {
		t.Errorf("%s", p)
	}
	s.Clock.Advance(48 * time.Hour)
	b = s.SignIn("governance")
	sameNames(t, only(b.Get("/owners?standing=gone&class=machine"), "Things with"), nil...)
	sameNames(t, only(b.Get("/owners?standing=gone&class=machine&as_of=2026-11-14"), "Things with"), "svc-historian")
	if p := b.Get("/identities?kind=service&q=historian"); !strings.Contains(p.String(), "Mia Moe") {
		t.Errorf("the list does not show who owns it now: %s", p)
	}
	if p := b.Get("/owners?as_of=2020-01-01"); !strings.Contains(p.String(), "Nothing was known yet") {
		t.Errorf("before anything was known: %s", p)
	}
	if p := b.Get("/identities?kind=service&q=historian&as_of=2026-11-14"); !strings.Contains(p.String(), "Gus Gone") || strings.Contains(p.String(), "Mia Moe") {
		t.Errorf("the list of then does not show who owned it then: %s", p)
	}
	if p := b.Get("/assets?q=HMI&as_of=2026-11-14"); !strings.Contains(p.String(), "Gus Gone") {
		t.Errorf("%s", p)
	}
	p = b.Post("/owners/offers/" + fmt.Sprint(s.One(`select max(id) from ownership_transfer`)) + "/withdraw").Follow()
	if !strings.Contains(p.String(), "taken back") || !strings.Contains(p.String(), "accepted") {
		t.Errorf("%s", p)
	}
	if p := b.Post("/owners/offers/"+offer+"/end", "reason", ""); p.Status != http.StatusUnprocessableEntity || !strings.Contains(p.String(), "Say why the source should count again") {
		t.Errorf("%d %s", p.Status, p)
	}
	if p := b.Post("/owners/offers/"+offer+"/end", "reason", "Mia moved on").Follow(); !strings.Contains(p.String(), "Mia moved on") {
		t.Errorf("%s", p)
	}
	sameNames(t, only(b.Get("/owners?standing=gone&class=machine"), "Things with"), "svc-historian")
}

// TestHandOver: an owner hands over what is theirs, and nothing else.
func TestHandOver(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{Idle: true})
	s.Import("corp", orphans)
	otto := s.SignIn("otto@x.example")
	mill, hmi := fmt.Sprintf("asset.%d", s.One(`select id from asset where external_id = 'mill'`)), fmt.Sprintf("asset.%d", s.One(`select id from asset where external_id = 'hmi'`))
	if p := otto.Post("/ownership/offer", "thing", hmi, "to", "mia@x.example"); p.Status != http.StatusNotFound {
		t.Errorf("what is not theirs: %d", p.Status)
	}
	p := otto.Post("/ownership/offer", "thing", mill, "to", "mia@x.example", "note", "I retire").Follow()
	if !strings.Contains(p.String(), "Offers you made") || !strings.Contains(p.String(), "I retire") {
		t.Errorf("%s", p)
	}
	offer := fmt.Sprint(s.One(`select max(id) from ownership_transfer`))
	if p := s.SignIn("someone@x.example").Post("/ownership/" + offer + "/withdraw"); p.Status != http.StatusNotFound {
		t.Errorf("a stranger takes it back: %d", p.Status)
	}
	if p := otto.Post("/ownership/" + offer + "/withdraw").Follow(); !strings.Contains(p.String(), "Taken back") || strings.Contains(p.String(), "Offers you made") {
		t.Errorf("%s", p)
	}
}

// TestJoinsPage: who is one person is said by the import that found it, undone with
// a reason, joined again, and said by hand where no rule finds it.
func TestJoinsPage(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{Idle: true})
	s.Import("corp", orphans)
	s.Import("desk", map[string]string{"identities.csv": "id,name,kind,email,status\nd1,Mia Moe,person,mia@x.example,active\nd2,Otto Orr,contractor,,active\nd3,Gus Gone,person,gus@x.example,active\n"})
	b := s.SignIn("governance")
	if p := b.Get("/imports"); !strings.Contains(p.String(), "2 pairs joined by the same e-mail") {
		t.Errorf("the import is silent on whom it joined: %s", p)
	}
	number := s.One(`select max(id) from import`)
	sameNames(t, b.Get(fmt.Sprintf("/identities/joins?import=%d", number)), "Mia Moe", "Gus Gone")
	sameNames(t, b.Get("/identities/joins?view=differ"), "Gus Gone")
	sameNames(t, b.Get("/identities/joins?view=proposed"), "Otto Orr")
	sameNames(t, b.Get("/identities/joins?rule=same_number"))
	join := fmt.Sprint(s.One(`select j.id from identity_join j join identity i on i.id = j.identity_id where i.external_id = 'gus'`))
	if p := b.Post("/identities/joins/" + join + "/part"); p.Status != http.StatusUnprocessableEntity || !strings.Contains(p.String(), "Say why they are not one person") {
		t.Errorf("%d %s", p.Status, p)
	}
	if p := b.Post("/identities/joins/"+join+"/part", "reason", "Another Gus").Follow(); !strings.Contains(p.String(), "Parted.") {
		t.Errorf("%s", p)
	}
	if p := b.Get("/identities/joins?view=undone"); !strings.Contains(p.String(), "Another Gus") {
		t.Errorf("%s", p)
	}
	sameNames(t, b.Get("/identities/joins?view=proposed"), "Otto Orr")
	if p := b.Post("/identities/joins/"+join+"/rejoin", "reason", "The same after all").Follow(); p.Status != http.StatusOK {
		t.Errorf("%s", p)
	}
	left, right := s.One(`select id from identity where external_id = 'otto'`), s.One(`select id from identity where external_id = 'd2'`)
	if p := b.Post("/identities/joins", "left", fmt.Sprint(right), "right", fmt.Sprint(left), "reason", "HR says so"); p.Status != http.StatusSeeOther {
		t.Errorf("%d %s", p.Status, p)
	}
	if p := b.Post("/identities/joins", "left", fmt.Sprint(left), "right", fmt.Sprint(right), "reason", "again"); p.Status != http.StatusConflict {
		t.Errorf("joined twice: %d %s", p.Status, p)
	}
	if p := b.Post("/identities/joins", "left", fmt.Sprint(left), "right", fmt.Sprint(left), "reason", "himself"); p.Status != http.StatusNotFound {
		t.Errorf("joined to himself: %d %s", p.Status, p)
	}
	sameNames(t, b.Get("/identities/joins?rule=by_hand"), "Otto Orr")
	if s.One(`select count(*) from identity_member m join identity_member n using (person_id) where m.identity_id = $1 and n.identity_id = $2`, left, right) != 1 {
		t.Error("they do not count as one person")
	}
	if p := s.SignIn("auditor").Get("/identities/joins"); len(p.All("form", "method", "post")) > 1 { // signing out
		t.Errorf("an auditor may part: %s", p)
	}
	rows, err := csv.NewReader(strings.NewReader(b.Get("/identities/joins.csv").Body)).ReadAll()
	if err != nil || len(rows) != 4 {
		t.Errorf("%v %q", err, rows)
	}
}
