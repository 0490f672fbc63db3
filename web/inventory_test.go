package web_test

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"interlock/internal/intake"
	"interlock/internal/sitetest"
)

// dock is a second plant: Dora owns its crane, which a service without an owner
// works and whose secret lies on it.
var dock = map[string]string{
	"sites.csv": "id,name,timezone\ndock,The dock,America/Halifax\n",
	"zones.csv": "id,name,site,level,domain\nquay,Quay,dock,1,ot\n",
	"identities.csv": "id,name,kind,email,manager,owner,domain,status,contract_end,last_seen_at\n" +
		"dora,Dora Dee,person,dora@x.example,,,ot,active,,2026-11-10\n" +
		"crane-bot,crane-bot,service,,,,it,active,,\n" +
		"liftco,Liftco hotline,vendor,,,dora,external,active,2026-11-01,\n" +
		"old,Old Timer,person,old@x.example,,,ot,left,,\n",
	"assets.csv": "id,name,zone,class,vendor,owner,criticality,safety_related,mfa,rbac\n" +
		"crane,Crane controller,quay,plc,Liftco,dora,5,true,no,partial\n",
	"entitlements.csv": "id,name,asset,privilege\ncrane-run,Move the crane,crane,operate\ncrane-eng,Program the crane,crane,engineer\n",
	"grants.csv":       "identity,entitlement,granted_at,expires_at\ndora,crane-run,2026-01-05,\ncrane-bot,crane-eng,2026-02-05,2027-02-05\nliftco,crane-eng,2026-02-05,\n",
	"credentials.csv":  "id,identity,kind,storage,stored_on\nk1,crane-bot,password,file,crane\n",
}

// importDropping imports a bundle that ends much of what was there.
func importDropping(s *sitetest.Site, source string, files map[string]string) {
	s.T.Helper()
	path := filepath.Join(s.T.TempDir(), source+".zip")
	if err := os.WriteFile(path, zipped(s.T, files), 0o600); err != nil {
		s.T.Fatal(err)
	}
	b, err := intake.OpenBundle(path)
	if err != nil {
		s.T.Fatal(err)
	}
	defer func() { _ = b.Close() }()
	if _, err := s.Intake.Import(s.Root, b, intake.Options{Source: source, AcceptDrop: true}); err != nil {
		s.T.Fatal(err)
	}
}

// names are the first cells of a list's rows: what each row is about.
func names(p *sitetest.Page) []string {
	var list []string
	for _, table := range p.All("table") {
		for _, row := range table.All("th", "scope", "row") {
			if a := row.All("a"); len(a) > 0 {
				list = append(list, strings.TrimSpace(a[0].String()))
			}
		}
	}
	return list
}

func sameNames(t *testing.T, p *sitetest.Page, want ...string) {
	t.Helper()
	got := names(p)
	slices.Sort(got)
	slices.Sort(want)
	if p.Status != http.StatusOK || !slices.Equal(got, want) {
		t.Errorf("%s: %d %q, not %q", p.URL, p.Status, got, want)
	}
}

func TestInventoryLists(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{Idle: true})
	s.Import("corp", bundle)
	s.Import("dock", dock)
	b := s.SignIn("auditor")
	for address, want := range map[string][]string{
		"/identities?kind=service":                          {"crane-bot"},
		"/identities?kind=vendor&sort=-contract":            {"Acme service", "Liftco hotline"},
		"/identities?q=DORA@":                               {"Dora Dee"},
		"/identities?q=crane-b":                             {"crane-bot"},
		"/identities?q=100%25":                              nil,
		"/identities?owner=none":                            {"crane-bot"},
		"/identities?owner=dora@x.example":                  {"Liftco hotline"},
		"/identities?owner=mia":                             {"Ann Ask", "<script>alert('Ben')</script> & Sons", "Cat Coe"},
		"/identities?status=left":                           {"Old Timer"},
		"/identities?domain=external&source=corp":           {"Acme service"},
		"/identities?department=Mill&access=none":           {"Mia Moe", "Otto Orr"},
		"/identities?access=crossing&domain=it&source=dock": {"crane-bot"},
		"/identities?contract=past":                         {"Liftco hotline"},
		"/identities?where=identity.kind+==+\"service\"+%26%26+identity.owner+==+\"\"":        {"crane-bot"},
		"/identities?where=asset.safety_related+%26%26+entitlement.privilege+>=+\"engineer\"": {"crane-bot", "Liftco hotline"},
		"/identities?where=identity.manager+==+\"mia\"+%26%26+identity.name+!=+\"Cat+Coe\"":   {"Ann Ask", "<script>alert('Ben')</script> & Sons"},
		"/assets?level=1":                            {"Crane controller"},
		"/assets?owner=none":                         {"Wiki"},
		"/assets?safety=yes&class=plc&criticality=5": {"Crane controller"},
		"/assets?support=no":                         {"Crane controller"},
		"/assets?support=partial&capability=rbac":    {"Crane controller"},
		"/assets?support=partial&capability=mfa":     nil,
		"/assets?support=unknown":                    {"Crane controller", "Mill controller", "Wiki"},
		"/assets?q=liftco":                           {"Crane controller"},
		"/assets?where=asset.level+<=+2.0+%26%26+asset.capability[\"mfa\"]+==+\"no\"": {"Crane controller"},
		"/assets?where=identity.kind+==+\"vendor\"":                                   {"Crane controller", "Mill controller"},
		"/assets?domain=it&gone=yes":                                                  nil,
		"/vendors":                                                                    {"Acme service", "Liftco hotline"},
		"/vendors?look=past":                                                          {"Liftco hotline"},
		"/vendors?look=endless":                                                       {"Acme service"},
		"/vendors?look=standing":                                                      {"Acme service", "Liftco hotline"},
		"/vendors?look=alone":                                                         nil,
		"/vendors?q=acme":                                                             {"Acme service"},
	} {
		sameNames(t, b.Get(address), want...)
	}
	for address, want := range map[string]string{
		"/identities?where=identity.knd": `At character 10, "knd" is not known.`, "/assets?where=1": "a yes or no is wanted", "/identities?sort=shoe": "sorted by", "/assets?sort=shoe": "sorted by",
	} {
		if p := b.Get(address); p.Status != http.StatusUnprocessableEntity || !strings.Contains(p.String(), want) {
			t.Errorf("%s: %d %s", address, p.Status, p)
		}
	}
}

// TestInventoryPages: paging shows everybody once, in every order, now and then.
func TestInventoryPages(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{Idle: true})
	people := "id,name,kind,department,last_seen_at\n"
	for i := range 120 {
		seen := ""
		if i%3 > 0 {
			seen = fmt.Sprintf("2026-%02d-01", 1+i%9)
		}
		people += fmt.Sprintf("p%d,%s %d,%s,Unit %d,%s\n", i, []string{"same", "Same", "other", "Über"}[i%4], i/8, []string{"person", "agent"}[i%2], i%3, seen)
	}
	s.Import("corp", map[string]string{"identities.csv": people, "assets.csv": strings.ReplaceAll(strings.ReplaceAll(people, "kind,department,last_seen_at", "class,vendor,installed_on"), "p", "a")})
	s.Clock.Advance(48 * time.Hour)
	s.Import("corp", map[string]string{"identities.csv": people + "late,Late,person,,\n"})
	b := s.SignIn("auditor")
	for _, list := range []struct {
		path  string
		sorts []string
	}{{"/identities", []string{"name", "kind", "department", "seen", "contract"}}, {"/assets", []string{"name", "level", "criticality", "class", "unknown"}}} {
		for _, sort := range list.sorts {
			for _, turned := range []string{"", "-"} {
				for _, at := range []string{"", "2026-11-13"} {
					all := walk(t, b, fmt.Sprintf("%s?sort=%s%s&as_of=%s", list.path, turned, sort, at))
					want := 120
					if list.path == "/identities" && at == "" {
						want++
					}
					slices.Sort(all)
					if n := len(slices.Compact(slices.Clone(all))); len(all) != want || n != want {
						t.Errorf("%s by %s%s as of %q: %d rows, %d different", list.path, turned, sort, at, len(all), n)
					}
				}
			}
		}
	}
}

// walk follows a list to its end and gives the addresses of its rows.
func walk(t *testing.T, b *sitetest.Browser, address string) (all []string) {
	t.Helper()
	for range 10 {
		p := b.Get(address)
		for _, table := range p.All("table") {
			for _, row := range table.All("th", "scope", "row") {
				all = append(all, row.All("a")[0].Attrs["href"])
			}
		}
		address = ""
		for _, nav := range p.All("nav", "aria-label", "Pages") {
			for _, a := range nav.All("a") {
				if a.String() == "Next" {
					address = a.Attrs["href"]
				}
			}
		}
		if address == "" {
			return all
		}
	}
	t.Errorf("%s has no end", address)
	return all
}

// TestInventoryAsOf: a list of a day shows that day, says so, leads back, and keeps
// the day in what it links to.
func TestInventoryAsOf(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{Idle: true})
	s.Import("dock", dock)
	s.Clock.Advance(10 * 24 * time.Hour)
	later := map[string]string{}
	for name, text := range dock {
		later[name] = text
	}
	later["identities.csv"] = strings.NewReplacer("liftco,Liftco hotline,vendor,,,dora,external,active,2026-11-01,\n", "", "crane-bot,crane-bot,service,,,,it", "crane-bot,Crane robot,agent,,,dora,ot").Replace(dock["identities.csv"])
	later["grants.csv"] = strings.Replace(dock["grants.csv"], "liftco,crane-eng,2026-02-05,\n", "", 1)
	importDropping(s, "dock", later)
	b := s.SignIn("auditor")
	sameNames(t, b.Get("/identities"), "Crane robot", "Dora Dee", "Old Timer")
	sameNames(t, b.Get("/identities?kind=agent"), "Crane robot")
	sameNames(t, b.Get("/identities?status=gone"), "Liftco hotline")
	sameNames(t, b.Get("/vendors"))
	p := b.Get("/identities?as_of=2026-11-20")
	sameNames(t, p, "crane-bot", "Dora Dee", "Liftco hotline", "Old Timer")
	if !strings.Contains(p.String(), "as it was on 20 Nov 2026, 00:00 UTC") {
		t.Errorf("it does not say when: %s", p)
	}
	for _, table := range p.All("table") {
		for _, a := range table.All("a") {
			if !strings.Contains(a.Attrs["href"], "as_of=2026-11-20") {
				t.Errorf("%s leads to now", a.Attrs["href"])
			}
		}
	}
	sameNames(t, b.Get("/identities?as_of=2026-11-20&owner=none"), "crane-bot")
	sameNames(t, b.Get("/identities?as_of=2026-11-20&where=identity.kind+==+\"service\"+%26%26+grant.crosses_boundary"), "crane-bot")
	sameNames(t, b.Get("/vendors?as_of=2026-11-20&look=past"), "Liftco hotline")
	sameNames(t, b.Get("/vendors?as_of=2026-11-20T12:00:00%2B01:00"), "Liftco hotline")
	sameNames(t, b.Get("/assets?as_of=2026-11-20&where=identity.kind+==+\"vendor\""), "Crane controller")
	if p := b.Get("/identities?as_of=2020-01-01"); !strings.Contains(p.String(), "Nobody was known yet") {
		t.Errorf("%s", p)
	}
	for _, typed := range []string{"yesterday", "2026-13-45", "2199-01-01", "00000-01-01"} {
		if p := b.Get("/identities?as_of=" + typed); p.Status != http.StatusOK || !strings.Contains(p.String(), "What you see is now") || len(names(p)) != 3 {
			t.Errorf("%s: %d %s", typed, p.Status, p)
		}
	}
	file := b.Get("/identities.csv?as_of=2026-11-20&kind=vendor")
	if file.Status != http.StatusOK || !strings.Contains(file.Body, "dock,liftco,Liftco hotline,vendor,active,") {
		t.Errorf("%d %s", file.Status, file.Body)
	}
}

// TestInventoryOfASite: a role of one site sees what is there and who gets there.
func TestInventoryOfASite(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{Idle: true})
	s.Import("corp", bundle)
	s.Import("dock", dock)
	b := s.SignIn("plant_engineer@dock")
	sameNames(t, b.Get("/identities"), "Dora Dee", "crane-bot", "Liftco hotline")
	sameNames(t, b.Get("/assets"), "Crane controller")
	sameNames(t, b.Get("/assets?where=true"), "Crane controller")
	sameNames(t, b.Get("/assets?where=asset.level+>+1.0"))
	sameNames(t, b.Get("/vendors"), "Liftco hotline")
	sameNames(t, s.SignIn("plant_engineer@hall").Get("/identities"), "Ann Ask", "<script>alert('Ben')</script> & Sons", "Cat Coe", "Acme service", "Otto Orr")
	for file, want := range map[string]int{"/identities.csv": 4, "/assets.csv": 2} {
		p := b.Get(file)
		rows, err := csv.NewReader(strings.NewReader(p.Body)).ReadAll()
		if err != nil || len(rows) != want {
			t.Errorf("%s: %v %q", file, err, rows)
		}
	}
	if p := b.Get("/assets"); strings.Contains(p.String(), "The hall") {
		t.Errorf("the other site is offered: %s", p)
	}
	if n := s.One(`select count(*) from audit_event where action = 'inventory.exported'`); n != 2 {
		t.Errorf("%d exports are on record", n)
	}
	if p := s.SignIn("member").Get("/identities.csv"); p.Status != http.StatusForbidden || s.One(`select count(*) from audit_event where action = 'inventory.export_refused'`) != 1 {
		t.Errorf("a refused export: %d", p.Status)
	}
}
