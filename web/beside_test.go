package web_test

import (
	"strings"
	"testing"

	"interlock/internal/sitetest"
)

const twiceYAML = "name: mill\ntitle: The mill\nscope: \"true\"\nstages:\n  - reviewers: [manager]\n    days: 14\nfallback: [mai@x.example, otto@x.example]\n"

// Whoever launches a definition whose campaign still runs is told which it is and
// has to tick that both are meant; a fallback nobody knows is told too.
func TestLaunchBeside(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{})
	s.Import("corp", bundle)
	gov := sheet{Browser: s.SignIn("governance"), t: t}
	preview := func() *sitetest.Page {
		return gov.Get("/campaigns/new?as=yaml").Submit("/campaigns/preview", "definition", twiceYAML, "do", "preview")
	}
	const running = "Campaign 1 of the same definition, \"The mill\", is active"
	first := preview()
	gov.says(first, 200, "mai@x.example, the fallback, is not in the inventory and has no account")
	if strings.Contains(first.String(), "of the same definition") || strings.Contains(first.String(), "otto@x.example, the fallback") {
		t.Error("warned for nothing")
	}
	gov.says(first.Submit("/campaigns", "do", "launch"), 303)
	s.Settled()

	p := preview()
	gov.says(p, 200, running, "Launch it beside the one that runs")
	again := p.Submit("/campaigns", "do", "launch")
	gov.says(again, 409, running, "Tick this if both are meant.", "Launch it beside the one that runs")
	if n := s.One(`select count(*) from review_campaign`); n != 1 {
		t.Errorf("%d campaigns", n)
	}
	draft := again.Submit("/campaigns", "do", "draft")
	base := draft.Location()
	gov.says(gov.Get(base), 200, running, "Launch it beside the one that runs")
	gov.says(gov.Get(base).Submit(base+"/launch"), 409, running)
	gov.says(gov.Get(base).Submit(base+"/launch", "again", "yes"), 303)
	s.Settled()
	gov.says(preview().Submit("/campaigns", "do", "launch", "again", "yes"), 303)
	s.Settled()
	if n := s.One(`select count(*) from review_campaign where state = 'active'`); n != 3 {
		t.Errorf("%d run", n)
	}
}
