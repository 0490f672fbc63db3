package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"interlock/internal/sitetest"
)

// pump is a plant with a login that two people know, what it was used for, and
// what its panel can and cannot.
var pump = map[string]string{
	"sites.csv":    "id,name,timezone\nworks,The works,Europe/Stockholm\n",
	"zones.csv":    "id,name,site,level,domain\noffice,Office,works,4,it\ncell,Cell,works,2,ot\n",
	"conduits.csv": "id,from_zone,to_zone,kind,mfa,recorded\njump-1,office,cell,jump_host,true,false\n",
	"identities.csv": "id,name,kind,email,manager,owner,department,domain,status,contract_end,auth_method\n" +
		"boss,Bo Boss,person,boss@x.example,,,Mill,it,active,,\n" +
		"ann,Ann Ask,person,ann@x.example,boss,,Mill,it,active,,smart_card\n" +
		"ben,Ben Bow,person,ben@x.example,boss,,Mill,ot,left,,\n" +
		"shift,Shift login,shared,,,boss,,ot,active,,password\n" +
		"bot,Pump bot,service,,,,,it,active,,\n",
	"assets.csv":       "id,name,zone,class,vendor,owner,criticality,safety_related,mfa,rbac,assessed_at,assessed_by\npanel,Pump panel,cell,hmi,Orlo,boss,4,true,no,via_proxy,2026-09-01,Ann Ask\n",
	"entitlements.csv": "id,name,asset,privilege,description\nrun,Run the pump,panel,operate,Start and stop it\nprog,Program the pump,panel,engineer,\n",
	"grants.csv":       "identity,entitlement,via,granted_at,granted_by,expires_at,last_used_at,ticket\nshift,run,,2026-01-05,boss,,2026-11-10,T-1\nbot,prog,jump-1,2026-02-05,boss,2026-10-01,,T-2\nann,run,jump-1,2026-03-05,,,,\n",
	"credentials.csv":  "id,identity,kind,rotated_at,expires_at,rotation_days,storage,stored_on\nk1,shift,password,2026-01-05,,90,file,panel\n",
	"holders.csv":      "identity,person,since,until\nshift,ann,2026-01-05,\nshift,ben,2026-01-05,2026-06-01\n",
	"sessions.csv": "id,identity,asset,person,ticket,started_at,ended_at,window_from,window_to,recording\n" +
		"s1,shift,panel,,,2026-11-01T08:00:00Z,2026-11-01T10:05:00Z,,,\n" +
		"s2,bot,panel,ann,W-7,2026-11-02T08:00:00Z,2026-11-02T09:00:00Z,2026-11-02T10:00:00Z,2026-11-02T12:00:00Z,rec-7\n",
}

// page finds the page of a row by its id in its source.
func pageOf(s *sitetest.Site, table, key string) string {
	s.T.Helper()
	folder := map[string]string{"identity": "identities", "asset": "assets"}[table]
	return fmt.Sprintf("/%s/%d", folder, s.One(fmt.Sprintf(`select id from %s where external_id = '%s'`, table, key)))
}

// tells checks that a page says all of what is wanted, and nothing of what is not.
func tells(t *testing.T, p *sitetest.Page, want []string, not ...string) {
	t.Helper()
	if p.Status != http.StatusOK {
		t.Fatalf("%s: %d %s", p.URL, p.Status, p)
	}
	said := strings.Join(strings.Fields(p.String()), " ")
	for _, w := range want {
		if !strings.Contains(said, w) {
			t.Errorf("%s does not say %q: %s", p.URL, w, said)
		}
	}
	for _, w := range not {
		if strings.Contains(said, w) {
			t.Errorf("%s says %q: %s", p.URL, w, said)
		}
	}
}

func TestIdentityPage(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{Idle: true})
	s.Import("plant", pump)
	b := s.SignIn("auditor")
	tells(t, b.Get(pageOf(s, "identity", "shift")), []string{
		"Shift login", "at home in the plant", "Owner Bo Boss", "Run the pump", "Start and stop it", "operate", "no way named", "by Bo Boss, T-1", "2 days ago", "no end",
		"in a file on L2 OTPump panel", "311 days changed 5 Jan 2026", "every 90 days 221 days past it",
		"Who knows its secret 2", "Ann Ask", "Ben Bow left", "ended 1 Jun 2026", "nobody named", "2 h 5 min", "no ticket", "First seen", "import 1 of plant",
	})
	tells(t, b.Get(pageOf(s, "identity", "bot")), []string{
		"nobody answers for it", "Program the pump", "engineer", "jump host jump-1", "second factor", "not recorded", "vaulted login unknown", "crosses the boundary",
		"ended 1 Oct 2026", "no use known", "outside its window, from 2 Nov 2026, 10:00 UTC", "W-7", "recorded", "Ann Ask",
	})
	ann := b.Get(pageOf(s, "identity", "ann"))
	tells(t, ann, []string{"Manager Bo Boss", "smart card", "Shared logins it knows 1", "Shift login", "Department Mill", "Pump panel"}, "nobody answers for it")
	tells(t, b.Get(pageOf(s, "identity", "boss")), []string{"Answers for", "3 identities", "1 asset"}, "nobody answers")
	if p := b.Get("/identities/999999"); p.Status != http.StatusNotFound {
		t.Errorf("nobody's page: %d", p.Status)
	}
}

func TestAssetPage(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{Idle: true})
	s.Import("plant", pump)
	b := s.SignIn("auditor")
	p := b.Get(pageOf(s, "asset", "panel"))
	tells(t, p, []string{
		"Pump panel", "HMI by Orlo, in Cell, The works", "safety-related", "Owner Bo Boss", "4 of 5", "by Ann Ask, 1 Sep 2026", "Second factor", "cannot", "Roles", "by a proxy", "Encryption unknown",
		"Ways into its zone 1", "jump host jump-1", "L4 ITOffice", "Rights on it 2", "Who can do what on it 3", "Pump bot", "Shift login", "Secrets stored on it 1", "in a file", "Sessions on it", "nobody named",
		"so since 12 Nov 2026, import 1", "No review has asked about it yet",
	})
	dashed := 0
	for _, row := range p.All("tr") {
		for _, chip := range row.All("span", "class", "il-chip unknown") {
			if strings.TrimSpace(chip.String()) == "unknown" {
				dashed++
			}
		}
	}
	if dashed != 7 { // of nine capabilities two are known
		t.Errorf("%d capabilities are said to be unknown: %s", dashed, p)
	}
}

// TestAnswersOnPages: what a review decided stands on the page of who it was about
// and of the asset, with the reviewer and the reason; not before it was decided.
func TestAnswersOnPages(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{Idle: true})
	s.Import("corp", bundle)
	c := launch(s, definition("plant", `asset.name == "Wiki"`, "manager"))
	s.Clock.Advance(48 * time.Hour)
	mia := s.SignIn("mia@x.example")
	item := s.One(`select id from review_item where identity_key = 'ann'`)
	path := fmt.Sprintf("/reviews/%d/items/%d/decision", c, item)
	if p := mia.Post(path, "answer", "revoke", "note", "Moved to the mill"); p.Status != http.StatusSeeOther {
		t.Fatalf("%d %s", p.Status, p)
	}
	b := s.SignIn("auditor")
	for _, page := range []string{pageOf(s, "identity", "ann"), pageOf(s, "asset", "wiki")} {
		tells(t, b.Get(page), []string{"Revoked", "“Moved to the mill”", "Mia Moe", "14 Nov 2026", "A look at plant"})
		tells(t, b.Get(page+"?as_of=2026-11-13"), []string{"No review has asked about it yet"}, "Moved to the mill")
	}
	engineer := s.SignIn("plant_engineer").Get(pageOf(s, "identity", "ann"))
	for _, a := range engineer.All("a") {
		if strings.HasPrefix(a.Attrs["href"], "/campaigns/") {
			t.Errorf("a link to what this role may not see: %s", a.Attrs["href"])
		}
	}
}

// TestPagesAsOf: a page of a day is of that day; what changed since is told.
func TestPagesAsOf(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{Idle: true})
	s.Import("plant", pump)
	s.Clock.Advance(10 * 24 * time.Hour)
	later := map[string]string{}
	for name, text := range pump {
		later[name] = text
	}
	later["identities.csv"] = strings.NewReplacer("bot,Pump bot,service,,,,,it", "bot,Pump robot,agent,,,boss,,ot", "ann,Ann Ask,person,ann@x.example,boss,,Mill", "ann,Ann Ask,person,ann@x.example,boss,,Quality").Replace(pump["identities.csv"])
	later["assets.csv"] = strings.Replace(pump["assets.csv"], "true,no,via_proxy", "true,native,via_proxy", 1)
	later["grants.csv"] = strings.Replace(pump["grants.csv"], "ann,run,jump-1,2026-03-05,,,,\n", "", 1)
	importDropping(s, "plant", later)
	b := s.SignIn("auditor")
	bot, panel, ann := pageOf(s, "identity", "bot"), pageOf(s, "asset", "panel"), pageOf(s, "identity", "ann")
	tells(t, b.Get(bot), []string{"Pump robot", "Owner Bo Boss", "name: Pump bot → Pump robot", "kind: service → agent", "owner: not known → Bo Boss", "home: it → ot", "import 2 of plant"}, "crosses the boundary")
	tells(t, b.Get(bot+"?as_of=2026-11-20"), []string{"as it was on 20 Nov 2026, 00:00 UTC", "nobody answers for it", "crosses the boundary", "Findings are about now"}, "Pump robot", "import 2")
	tells(t, b.Get(ann), []string{"It holds no right", "department: Mill → Quality"})
	tells(t, b.Get(ann+"?as_of=2026-11-20"), []string{"Run the pump", "Department Mill"}, "Quality")
	tells(t, b.Get(panel), []string{"mfa: no → native", "so since 22 Nov 2026, import 2", "so since 12 Nov 2026, import 1", "Who can do what on it 2"})
	old := b.Get(panel + "?as_of=2026-11-20")
	tells(t, old, []string{"Who can do what on it 3", "Second factor so since 12 Nov 2026, import 1 cannot"}, "import 2")
	for _, table := range old.All("table") {
		for _, a := range table.All("a") {
			if href := a.Attrs["href"]; strings.HasPrefix(href, "/identities/") && !strings.Contains(href, "as_of=2026-11-20") {
				t.Errorf("%s leads to now", href)
			}
		}
	}
	if p := b.Get(panel + "?as_of=2026-01-01"); p.Status != http.StatusNotFound || !strings.Contains(p.String(), "not known yet on 1 Jan 2026") {
		t.Errorf("%d %s", p.Status, p)
	}
}

// TestPagesOfASite: what is not at one's site is not there, and what is there says
// nothing of elsewhere.
func TestPagesOfASite(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{Idle: true})
	s.Import("corp", bundle)
	s.Import("dock", dock)
	s.Import("more", map[string]string{"grants.csv": "identity,entitlement,granted_at\ncorp:ann,dock:crane-run,2026-04-01\n"})
	b := s.SignIn("plant_engineer@dock")
	for _, path := range []string{pageOf(s, "asset", "mill"), pageOf(s, "asset", "wiki"), pageOf(s, "identity", "ben"), pageOf(s, "identity", "otto"), pageOf(s, "identity", "old")} {
		if p := b.Get(path); p.Status != http.StatusNotFound {
			t.Errorf("%s is shown: %d", path, p.Status)
		}
	}
	ann := b.Get(pageOf(s, "identity", "ann"))
	tells(t, ann, []string{"Ann Ask", "Move the crane", "You see a part", "What it can do 1", "Mia Moe"}, "Wiki", "mill", "Findings are about now")
	for _, a := range ann.All("a") {
		if href := a.Attrs["href"]; strings.HasPrefix(href, "/identities/") || strings.HasPrefix(href, "/assets/") || strings.HasPrefix(href, "/imports") {
			if p := b.Get(href); p.Status != http.StatusOK {
				t.Errorf("%s leads to %d", href, p.Status)
			}
		}
	}
	crane := b.Get(pageOf(s, "asset", "crane"))
	tells(t, crane, []string{"Crane controller", "Dora Dee", "crane-bot", "Liftco hotline"})
	for _, table := range crane.All("table") {
		for _, a := range table.All("a") {
			if p := b.Get(a.Attrs["href"]); p.Status != http.StatusOK {
				t.Errorf("%s leads to %d", a.Attrs["href"], p.Status)
			}
		}
	}
	tells(t, b.Get(pageOf(s, "identity", "crane-bot")), []string{"on L1 OTCrane controller"})
	if got := s.SignIn("plant_engineer@hall").Get(pageOf(s, "asset", "crane")); got.Status != http.StatusNotFound {
		t.Errorf("the other site's asset: %d", got.Status)
	}
}
