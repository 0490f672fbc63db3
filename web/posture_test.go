package web_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"interlock/internal/sitetest"
)

// figures are the numbers of the front page by their titles, with where they lead.
func figures(p *sitetest.Page) map[string][2]string {
	found := map[string][2]string{}
	for _, f := range p.All("div") {
		if f.Attrs["class"] != "il-fig" {
			continue
		}
		title, number := "", [2]string{}
		for _, h := range f.All("h2") {
			title = strings.TrimSpace(h.String())
		}
		for _, a := range f.All("a") {
			number = [2]string{strings.TrimSpace(a.String()), a.Attrs["href"]}
		}
		found[title] = number
	}
	return found
}

// listed counts the rows of a list's first table.
func listed(p *sitetest.Page) (n int) {
	for _, table := range p.All("table") {
		for _, body := range table.All("tbody") {
			return len(body.All("tr"))
		}
	}
	return 0
}

// The numbers of the front page are as many rows as the page that they open shows.
func TestPosture(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{})
	gov := s.SignIn("governance")
	tells(t, gov.Get("/"), []string{"Nothing is imported yet", "Import a bundle"}, "Findings by rule", "Without owner")
	tells(t, s.SignIn("auditor").Get("/"), []string{"Nothing is imported yet"}, "Import a bundle")

	s.Import("works", pump)
	s.Settled()
	home := gov.Get("/")
	tells(t, home, []string{"Needs you", "Can we see it, tell people apart, ask twice?", "Findings", "No campaign runs", "1 gap on old equipment", "Nothing waits for you", "Nothing needs you."}, "Nothing is imported yet", "limited to sites")
	all := figures(home)
	for title, want := range map[string]string{"Without owner": "1", "Critical findings": "0", "Cross the boundary": "1", "Get to safety": "2", "Around the jump host": "0", "Removals open": "0"} {
		if got := all[title]; got[0] != want {
			t.Errorf("%s is %q, not %s", title, got[0], want)
		}
	}
	for _, title := range []string{"Without owner", "Get to safety"} {
		p := gov.Get(all[title][1])
		if n, _ := strconv.Atoi(all[title][0]); p.Status != http.StatusOK || listed(p) != n {
			t.Errorf("%s says %s; %s has %d rows (%d)", title, all[title][0], all[title][1], listed(p), p.Status)
		}
	}
	rules := regexp.MustCompile(`/findings\?rule=`)
	for _, a := range home.All("a") {
		if href := a.Attrs["href"]; strings.HasPrefix(href, "/") && gov.Get(href).Follow().Status != http.StatusOK {
			t.Errorf("the front page leads to %s", href)
		} else if rules.MatchString(href) && listed(gov.Get(href)) == 0 {
			t.Errorf("%s has no rows", href)
		}
	}
}

// Capabilities are counted by domain: unknown is not no, and only what works by
// itself or through a proxy is yes.
func TestPostureAbilities(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{Idle: true})
	s.Import("works", map[string]string{
		"zones.csv":  "id,name,level,domain\ncell,Cell,2,ot\noffice,Office,4,it\n",
		"assets.csv": "id,name,zone,mfa,individual_accounts\na,A,cell,native,no\nb,B,cell,via_proxy,no\nc,C,cell,partial,no\nd,D,cell,,no\ne,E,office,native,native\nf,F,,native,native\n",
	})
	home := s.SignIn("auditor").Get("/")
	tells(t, home, []string{"50 % 2 of 4 · 1 unknown", "0 % 0 of 4", "IT 1 asset 0 % 0 of 1 · 1 unknown 100 % 1 of 1", "domain unknown 1 asset", "No identities cross"})
	for _, a := range home.All("a") {
		if href := a.Attrs["href"]; strings.Contains(href, "capability=mfa") && strings.Contains(href, "domain=ot") && strings.Contains(href, "support=able") {
			if n := listed(s.SignIn("auditor").Get(href)); n != 2 {
				t.Errorf("%s has %d rows", href, n)
			}
			return
		}
	}
	t.Error("the share of assets in the plant that ask twice leads nowhere")
}

// A role of one site sees the numbers of that site, and nothing of others.
func TestPostureAtSite(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{Idle: true})
	s.Import("works", pump)
	s.Import("mill", map[string]string{
		"sites.csv": "id,name\nmill,The mill\n", "zones.csv": "id,name,site,level,domain\nroom,Room,mill,2,ot\n",
		"identities.csv":   "id,name,kind\nx,X,service\ny,Y,service\nz,Z,service\n",
		"assets.csv":       "id,name,zone\npress,Press,room\nsaw,Saw,room\n",
		"entitlements.csv": "id,name,asset,privilege\nuse,Use it,press,operate\n", "grants.csv": "identity,entitlement\nx,use\ny,use\n",
	})
	there := s.SignIn("governance@mill")
	p := there.Get("/")
	tells(t, p, []string{"limited to sites"}, "Removals open", "Findings", "Campaigns", "Exceptions")
	all := figures(p)
	for title, want := range map[string]string{"Identities": "2", "Without owner": "2", "Assets": "2", "Assets without owner": "2", "Cross the boundary": "0"} {
		if got := all[title]; got[0] != want {
			t.Errorf("%s is %q, not %s", title, got[0], want)
		} else if want != "0" && strconv.Itoa(listed(there.Get(got[1]))) != want {
			t.Errorf("%s says %s; %s has %d rows", title, want, got[1], listed(there.Get(got[1])))
		}
	}
	if p := there.Get("/identities?access=safety"); p.Status == http.StatusOK && listed(p) > 0 {
		t.Errorf("who gets to safety, of all sites: %d rows", listed(p))
	}
}

// The front page draws how many findings were open on each day, once there are two.
func TestPostureTrend(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{})
	s.Import("works", both)
	s.Settled()
	gov := s.SignIn("governance")
	tells(t, gov.Get("/"), []string{"Findings"}, "Findings by day", "Week", "last week")
	found := s.One(`select count(*) from finding where closed_at is null`)
	s.Clock.Advance(8 * 24 * time.Hour)
	s.Import("works", with(both, "identities.csv", strings.Replace(both["identities.csv"], "api_key,,,,it", "api_key,,,boss,it", 1)))
	s.Settled()
	gov = s.SignIn("auditor")
	now := s.One(`select count(*) from finding where closed_at is null`)
	words := "fewer than last week"
	if now > found {
		words = "more than last week"
	}
	tells(t, gov.Get("/"), []string{"Findings by day", fmt.Sprintf("%d open on 12 November, %d now", found, now), words, "Week"})
}
