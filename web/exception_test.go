package web_test

import (
	"fmt"
	"net/http"
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
