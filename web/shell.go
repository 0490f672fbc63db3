package web

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"interlock/internal/authz"
	"interlock/web/ui"
)

// menu is the navigation; what a person may not see is not in theirs.
var menu = []struct{ label, href, need string }{
	{"Overview", "/", "inventory:read" + atSites},
	{"Reviews", "/reviews", "review:read"},
	{"Ownership", "/ownership", "ownership:own"},
	{"Campaigns", "/campaigns", "campaign:read"},
	{"Exceptions", "/exceptions", "exception:read"},
	{"Findings", "/findings", "finding:read"},
	{"Remediation", "/remediation", "remediation:read"},
	{"Map", "/map", "inventory:read"},
	{"Inventory", "/identities", "inventory:read" + atSites},
	{"Mail", "/mail", "mail:read"},
	{"Audit", "/audit", "audit:read"},
}

var roleWords = map[string]string{
	"admin": "Administrator", "governance": "Identity governance lead", "risk_officer": "Risk officer",
	"plant_engineer": "Plant engineer", "auditor": "Auditor", "member": "Reviewer",
}

// shell is what surrounds a page: the menu with here as the current entry.
func (s *server) shell(r *http.Request, title, here string) ui.Shell {
	a := authz.From(r.Context())
	sh := ui.Shell{Title: title, Org: s.Org, Version: "Interlock " + s.Version, User: ui.User{Name: a.Name, Sub: roleOf(a)}, Toast: s.toast(r), Search: check(a, "inventory:read"+atSites) == nil}
	if f, err := s.Intake.Freshness(r.Context()); err == nil && f.Sources > 0 {
		sh.AsOf = "Data as of " + s.moment(&f.Newest)
		if f.Sources > 1 {
			sh.AsOf += fmt.Sprintf(" · %d sources, the oldest of %s", f.Sources, s.date(&f.Oldest))
		}
	}
	for _, m := range menu {
		if check(a, m.need) != nil {
			if m.href != "/exceptions" || !s.testsControls(r) {
				continue
			}
			sh.Nav = append(sh.Nav, ui.NavItem{Label: m.label, Href: "/exceptions/mine", Current: m.href == here})
			continue
		}
		item := ui.NavItem{Label: m.label, Href: m.href, Current: m.href == here}
		if count := s.waitsBehind(m.href); count != nil {
			if n, err := count(r.Context()); err == nil {
				item.Count = int(n)
			}
		}
		if m.href == "/ownership" && item.Count == 0 && !item.Current && authz.Can(a, "inventory:read") {
			continue // they come by it from the owners
		}
		sh.Nav = append(sh.Nav, item)
	}
	return sh
}

// waitsBehind counts what waits for somebody behind an entry of the menu.
func (s *server) waitsBehind(href string) func(context.Context) (int64, error) {
	switch href {
	case "/reviews":
		return s.Review.WaitingCount
	case "/ownership":
		return s.Identity.OffersWaiting
	}
	return nil
}

func roleOf(a authz.Actor) string {
	var words []string
	for _, r := range a.Roles {
		if r.Name != "member" || len(a.Roles) == 1 {
			words = append(words, roleWords[r.Name])
		}
	}
	return strings.Join(words, ", ")
}

// testsControls tells whether somebody who may not open the register has something
// of it to test.
func (s *server) testsControls(r *http.Request) bool {
	n, err := s.Exception.MineCount(r.Context())
	return err == nil && n > 0
}
