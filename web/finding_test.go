package web_test

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"interlock/internal/sitetest"
)

// both is a plant whose robot works on both sides, and an emergency login that was used.
var both = map[string]string{
	"sites.csv": "id,name\nworks,The works\n",
	"zones.csv": "id,name,site,level,domain\noffice,Office,works,4,it\ncell,Cell,works,2,ot\n",
	"identities.csv": "id,name,kind,email,manager,owner,domain,last_seen_at\n" +
		"boss,Bo Boss,person,boss@x.example,,,it,\nrobo,Robot bridge,service,,,boss,it,\nlost,Lost key,api_key,,,,it,\n" +
		"glass,Sealed emergency login,shared,,,boss,ot,2026-10-20\nann,Ann Ask,person,ann@x.example,boss,,ot,\n",
	"assets.csv":       "id,name,zone,class,owner\nerp,ERP,office,erp,boss\nplc,Mixer PLC,cell,plc,boss\n",
	"entitlements.csv": "id,name,asset,privilege,description\nbook,Book orders,erp,operate,\nmix,Change the mixer program,plc,engineer,New recipes\n",
	"grants.csv":       "identity,entitlement,granted_at,expires_at,last_used_at,ticket\nrobo,book,2026-01-05,2027-01-01,2026-11-10,T-1\nrobo,mix,2026-01-05,2027-01-01,2026-11-10,T-2\nann,mix,2026-01-05,2027-01-01,,\n",
}

// with is a bundle in which one file is another.
func with(bundle map[string]string, file, text string) map[string]string {
	other := maps.Clone(bundle)
	other[file] = text
	return other
}

// findingOf is the address of an open finding of a rule; there is exactly one.
func findingOf(s *sitetest.Site, rule string) string {
	s.T.Helper()
	if n := s.One(`select count(*) from finding where rule = $1 and closed_at is null`, rule); n != 1 {
		s.T.Fatalf("%d findings of %s", n, rule)
	}
	return fmt.Sprintf("/findings/%d", s.One(`select id from finding where rule = $1 and closed_at is null`, rule))
}

func day(s *sitetest.Site, ahead int) string {
	return s.Clock.Now().AddDate(0, 0, ahead).Format(time.DateOnly)
}

// A finding is told in one view; it is acknowledged with a reason until a day, counts
// apart until then, and closes by itself.
func TestFinding(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{})
	s.Import("works", both)
	s.Settled()
	risk, one := s.SignIn("risk_officer"), findingOf(s, "no_owner")
	tells(t, risk.Get(one), []string{"No accountable owner", "Lost key", "API key, works:lost", "PR.AA-01", "What to do", "Found: No owner is known", "open since today", "At most 90 days for high"}, "Allow it on both sides")
	tells(t, risk.Get(findingOf(s, "never_used")), []string{"Ann Ask", "Mixer PLC", "level 2, The works", "Change the mixer program", "engineer", "New recipes", "no use known", "Bo Boss", "crosses"}[:8])
	tells(t, s.SignIn("auditor").Get(one), []string{"No accountable owner"}, "Acknowledge with this reason", "Look again now")

	for reason, want := range map[[2]string]string{{"", day(s, 10)}: "Say why this can stay", {"later", day(s, 91)}: "That is too long", {"later", day(s, -1)}: "lies in the past", {"later", "soon"}: "Write the day"} {
		p := risk.Get(one).Submit(one+"/acknowledge", "reason", reason[0], "until", reason[1])
		if said := p.String(); p.Status < 400 || p.Status >= 500 || !strings.Contains(said, want) || !strings.Contains(said, reason[0]) {
			t.Errorf("acknowledged with %q: %d, does not say %q", reason, p.Status, want)
		}
	}
	tells(t, risk.Get(one).Submit(one+"/acknowledge", "reason", "The key goes in May", "until", day(s, 10)).Follow(),
		[]string{"Acknowledged. It counts apart", "“The key goes in May”", "acknowledged until 22 Nov 2026", "Acknowledged by risk_officer@x.example until 22 Nov 2026: The key goes in May"})
	tells(t, risk.Get("/findings?known=yes"), []string{"Lost key", "acknowledged until 22 Nov 2026", "Acknowledged1", "1 acknowledged"})
	tells(t, risk.Get("/findings?rule=no_owner&known=no"), []string{"No finding matches"})
	if got := figures(risk.Get("/"))["Without owner"][0]; got != "0" {
		t.Errorf("without owner: %s, though somebody lives with it", got)
	}
	if n := s.One(`select count(*) from audit_event where action = 'finding.acknowledged' and actor = 'risk_officer@x.example' and detail->>'reason' = 'The key goes in May'`); n != 1 {
		t.Errorf("%d events", n)
	}

	s.Clock.Advance(11 * 24 * time.Hour)
	risk = s.SignIn("risk_officer2@x.example.org") // the session is over
	gov := s.SignIn("governance")
	tells(t, gov.Get(one), []string{"The acknowledgement ended", "open 11 days"}, "Take it back now")
	tells(t, gov.Get("/findings?rule=no_owner&known=no"), []string{"Lost key"})

	gov.Get(one).Submit(one+"/acknowledge", "reason", "Once more", "until", day(s, 10))
	tells(t, gov.Get(one).Submit(one+"/take-back", "reason", "It is urgent now").Follow(), []string{"Acknowledgement taken back by governance@x.example: It is urgent now", "counts as open again"}, "Take it back now")
	if p := risk.Get(one); p.Status != http.StatusNotFound && p.Status != http.StatusForbidden {
		t.Errorf("a reviewer sees %s: %d", one, p.Status)
	}

	s.Import("works", with(both, "identities.csv", strings.Replace(both["identities.csv"], "api_key,,,,it", "api_key,,,boss,it", 1)))
	s.Settled()
	tells(t, gov.Get(one), []string{"This is over", "closed", "Closed by itself"}, "Acknowledge with this reason")
	if p := gov.Post(one+"/acknowledge", "reason", "late", "until", day(s, 3)); p.Status != http.StatusConflict {
		t.Errorf("a closed finding is acknowledged: %d", p.Status)
	}
	if p := gov.Get("/findings/999999"); p.Status != http.StatusNotFound {
		t.Errorf("no finding: %d", p.Status)
	}
}

// Nobody acknowledges a finding about themselves.
func TestFindingAboutMe(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{})
	s.Import("works", with(both, "identities.csv", strings.Replace(both["identities.csv"], "ann@x.example", "governance@x.example", 1)))
	s.Settled()
	gov, one := s.SignIn("governance"), findingOf(s, "never_used")
	tells(t, gov.Get(one), []string{"It is about you"}, "Acknowledge with this reason")
	if p := gov.Post(one+"/acknowledge", "reason", "fine", "until", day(s, 3)); p.Status != http.StatusForbidden {
		t.Errorf("acknowledged their own: %d", p.Status)
	}
}

// A crossing policy ends the finding that it answers, for as long as it holds.
func TestCrossingPolicy(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{})
	s.Import("works", both)
	s.Settled()
	gov, one := s.SignIn("governance"), findingOf(s, "reuse_both_sides")
	tells(t, s.SignIn("risk_officer").Get(one), []string{"One identity on both sides", "Acknowledge with this reason"}, "Allow it until then")
	tells(t, gov.Get("/findings/policies"), []string{"Nothing is allowed on both sides"})
	for fill, want := range map[[3]string]string{{"", "boss@x.example", day(s, 30)}: "Say why it may be used", {"Vendor limit", "nobody@x.example", day(s, 30)}: "Nobody who is still here", {"Vendor limit", "boss@x.example", day(s, 400)}: "within a year"} {
		if p := gov.Get(one).Submit(one+"/allow", "why", fill[0], "owner", fill[1], "ends", fill[2]); p.Status != http.StatusUnprocessableEntity || !strings.Contains(p.String(), want) {
			t.Errorf("allowed with %q: %d, does not say %q", fill, p.Status, want)
		}
	}
	tells(t, gov.Get(one).Submit(one+"/allow", "why", "The bridge knows one login", "owner", "Boss@x.example", "ends", day(s, 30)).Follow(), []string{"Allowed."})
	s.Settled()
	tells(t, gov.Get(one), []string{"This is over"})
	list := gov.Get("/findings/policies")
	tells(t, list, []string{"Robot bridge", "works:robo", "The bridge knows one login", "Bo Boss", "12 Dec 2026", "allowed"})
	tells(t, s.SignIn("auditor").Get("/findings/policies"), []string{"Robot bridge"}, "End it")

	end := fmt.Sprintf("/findings/policies/%d/end", s.One(`select id from finding_policy`))
	tells(t, list.Submit(end).Follow(), []string{"ended by governance@x.example"}, "End it")
	if p := gov.Post(end); p.Status != http.StatusNotFound {
		t.Errorf("ended twice: %d", p.Status)
	}
	s.Settled()
	again := findingOf(s, "reuse_both_sides")
	if again == one {
		t.Error("what came back is not a new finding")
	}
	tells(t, gov.Get(again), []string{"Found another time"})
	if n := s.One(`select count(distinct action) from audit_event where action in ('finding.policy_made', 'finding.policy_ended')`); n != 2 {
		t.Errorf("%d kinds of events", n)
	}
}

// A combination is named by two sides, finds who holds both, and is ended.
func TestCombinations(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{})
	s.Import("works", both)
	s.Settled()
	gov := s.SignIn("governance")
	tells(t, gov.Get("/findings/combinations"), []string{"Safety program and process program", "engineer or admin on sis", "nobody yet", "Name another"})
	tells(t, s.SignIn("auditor").Get("/findings/combinations"), []string{"Safety program and process program"}, "Name another", "End it", "Say who")
	fill := []string{"name", "Orders and mixing", "why", "One hand would do both", "owner", "boss@x.example", "first_classes", "ERP", "second_words", "mixer program", "second_privilege", "engineer"}
	for field, want := range map[string][2]string{"name": {"", "Give the combination a name"}, "owner": {"x@x.example", "Nobody who is still here"}, "first_classes": {"teapot", "No asset is of class"}} {
		p := gov.Get("/findings/combinations").Submit("/findings/combinations", append(fill, field, want[0])...)
		if p.Status != http.StatusUnprocessableEntity || !strings.Contains(p.String(), want[1]) || !strings.Contains(p.String(), "One hand would do both") {
			t.Errorf("%s %q: %d, does not say %q", field, want[0], p.Status, want[1])
		}
	}
	tells(t, gov.Get("/findings/combinations").Submit("/findings/combinations", fill...).Follow(), []string{"Added.", "any right on erp", "engineer, named “mixer” and “program”"})
	s.Settled()
	id := s.One(`select id from finding_toxic where name = 'Orders and mixing'`)
	tells(t, gov.Get("/findings/combinations"), []string{"Orders and mixing"})
	tells(t, gov.Get(fmt.Sprintf("/findings?rule=toxic_combination&part=%d", id)), []string{"Robot bridge", `Orders and mixing: "Book orders" and "Change the mixer program"`}, "Ann Ask", "No finding matches")
	one := findingOf(s, "toxic_combination")
	tells(t, gov.Get(one), []string{"The rights that must not come together"})

	gov.Get("/findings/combinations").Submit(fmt.Sprintf("/findings/combinations/%d/end", id))
	s.Settled()
	tells(t, gov.Get(one), []string{"This is over"})

	unowned := s.One(`select min(id) from finding_toxic where ended_at is null`)
	path := fmt.Sprintf("/findings/combinations/%d/owner", unowned)
	if p := gov.Get("/findings/combinations").Submit(path, "owner", "x@x.example"); p.Status != http.StatusUnprocessableEntity || !strings.Contains(p.String(), "Nobody who is still here") {
		t.Errorf("owned by nobody: %d %s", p.Status, p)
	}
	tells(t, gov.Get("/findings/combinations").Submit(path, "owner", "boss@x.example").Follow(), []string{"Bo Boss"})
}

// The use of an emergency login is reviewed by somebody who did not use it.
func TestUseReview(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{})
	s.Import("works", both)
	s.Settled()
	risk, one := s.SignIn("risk_officer"), findingOf(s, "break_glass_unreviewed")
	tells(t, s.SignIn("auditor").Get(one), []string{"Break-glass use not reviewed"}, "Record the review")
	if p := risk.Get(one).Submit(one+"/review", "note", " "); p.Status != http.StatusUnprocessableEntity || !strings.Contains(p.String(), "Say what you looked at") {
		t.Errorf("reviewed without a word: %d", p.Status)
	}
	tells(t, risk.Get(one).Submit(one+"/review", "note", "Ann, for the mixer alarm; right").Follow(), []string{"Recorded."})
	s.Settled()
	tells(t, risk.Get(one), []string{"This is over"})
	if p := risk.Post(findingOf(s, "reuse_both_sides")+"/review", "note", "no"); p.Status != http.StatusConflict {
		t.Errorf("the use of a robot is reviewed: %d", p.Status)
	}
}
