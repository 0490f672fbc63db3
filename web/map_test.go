package web_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"interlock/internal/authz"
	"interlock/internal/sitetest"
	"interlock/web/page"
)

// works is a plant with ways of every kind: by the jump host, by a modem around it,
// by a diode that carries no access, and one that is not known.
var works = map[string]string{
	"sites.csv": "id,name\nhall,The hall\n",
	"zones.csv": "id,name,site,level,domain\n" +
		"net,Makers' network,,5,external\noffice,The hall office,hall,4,it\nmid,The hall DMZ,hall,3.5,dmz\ncell,The hall cell,hall,2,ot\nlost,Lost zone,,,\n",
	"conduits.csv": "id,from_zone,to_zone,kind,mfa,recorded,vaulted\n" +
		"jump,office,cell,jump_host,true,true,true\nmodem,net,cell,direct,false,false,false\nfeed,office,mid,vpn,true,false,\nout,cell,mid,data_diode,,,\n",
	"identities.csv": "id,name,kind,email,domain,status\n" +
		"ann,Ann Ask,person,ann@x.example,it,active\nben,Ben Bo,person,ben@x.example,it,active\nop,Olle Op,person,op@x.example,ot,active\nacme,Acme desk,vendor,,external,active\n",
	"assets.csv": "id,name,zone,safety_related\nmill,Mill,cell,true\nrep,Replica,mid,false\nwiki,Wiki,office,false\n",
	"entitlements.csv": "id,name,asset,privilege\n" +
		"mill-op,Run the mill,mill,operate\nmill-eng,Change the mill,mill,engineer\nrep-read,Read trends,rep,view\nwiki-read,Read the wiki,wiki,view\n",
	"grants.csv": "identity,entitlement,via,expires_at,last_used_at\n" +
		"ann,mill-op,jump,,2026-11-10\nann,mill-eng,jump,,\nann,rep-read,feed,,\nacme,mill-eng,modem,,\nacme,mill-op,modem,2026-01-01,\n" +
		"ben,mill-op,,,\nop,mill-op,,,\nop,wiki-read,,,\nben,wiki-read,,,\n",
}

// drawings are what the page's script draws.
func drawings(t *testing.T, p *sitetest.Page) []page.MapDrawing {
	t.Helper()
	var list []page.MapDrawing
	for _, box := range p.All("div", "class", "il-map") {
		if err := json.Unmarshal([]byte(box.Attrs["data-map"]), &list); err != nil {
			t.Fatal(err)
		}
	}
	if len(list) != 3 {
		t.Fatalf("%d drawings", len(list))
	}
	return list
}

// table reads a table by its caption: the words of every cell.
func table(p *sitetest.Page, caption string) [][]string {
	for _, t := range p.All("table") {
		if !strings.Contains(t.All("caption")[0].String(), caption) {
			continue
		}
		var rows [][]string
		for _, tr := range t.All("tbody")[0].All("tr") {
			var cells []string
			for _, cell := range append(tr.All("th"), tr.All("td")...) {
				cells = append(cells, strings.Join(strings.Fields(cell.String()), " "))
			}
			rows = append(rows, cells)
		}
		return rows
	}
	return nil
}

// column is the distinct words of a column, sorted.
func column(rows [][]string, n int) []string {
	set := map[string]bool{}
	for _, r := range rows {
		set[r[n]] = true
	}
	return slices.Sorted(maps.Keys(set))
}

func TestMapCountsAndTheirRows(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{Idle: true})
	s.Import("corp", works)
	b := s.SignIn("auditor")
	p := b.Get("/map")
	if !strings.Contains(p.String(), "Four identities cross the boundary") {
		t.Errorf("%s", p)
	}
	want := map[string]int{"In all": 4, "Engineer or admin": 2, "Around the jump host": 1, "By a way that is not recorded": 2, "By a way without second factor": 1, "By a way that is not known": 2, "New since the last import": 0}
	terms, numbers := p.All("dt"), p.All("dd")
	for i, dt := range terms {
		label := strings.TrimSpace(dt.String())
		n, ok := want[label]
		if delete(want, label); !ok || strings.TrimSpace(numbers[i].String()) != strconv.Itoa(n) {
			t.Errorf("%s: %s, want %d", label, numbers[i], n)
		}
		for _, a := range numbers[i].All("a") {
			href, _, _ := strings.Cut(a.Attrs["href"], "#")
			rows := table(b.Get(href+"&list=who"), "Grants that cross")
			if who := column(rows, 0); len(who) != n {
				t.Errorf("%s says %d and leads to %q", label, n, who)
			}
		}
	}
	if len(want) > 0 {
		t.Errorf("not on the page: %v", want)
	}
	ways := table(p, "Ways across")
	if len(ways) != 5 || !strings.Contains(ways[0][1], "around the jump host") || !strings.Contains(ways[1][1], "way unknown") {
		t.Errorf("the least guarded are not first: %q", ways)
	}
}

func TestMapChoices(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{Idle: true})
	s.Import("corp", works)
	b := s.SignIn("risk_officer")
	id := func(table, key string) int64 {
		return s.One(fmt.Sprintf(`select id from %s where external_id = $1`, table), key)
	}
	cell, mid, jump, modem, diode := id("zone", "cell"), id("zone", "mid"), id("conduit", "jump"), id("conduit", "modem"), id("conduit", "out")
	for path, want := range map[string]string{
		fmt.Sprintf("/map?zone=%d", cell):                       "Acme desk Ann Ask Ben Bo",
		fmt.Sprintf("/map?zone=%d", mid):                        "Ann Ask",
		fmt.Sprintf("/map?conduit=%d", jump):                    "Ann Ask",
		fmt.Sprintf("/map?conduit=%d,%d", jump, modem):          "Acme desk Ann Ask",
		fmt.Sprintf("/map?way=it.0.%d", cell):                   "Ben Bo",
		fmt.Sprintf("/map?way=external.%d.%d", modem, cell):     "Acme desk",
		fmt.Sprintf("/map?conduit=%d", diode):                   "",
		"/map?only=strong":                                      "Acme desk Ann Ask",
		fmt.Sprintf("/map?only=around&list=who&zone=%d", mid):   "",
		fmt.Sprintf("/map?only=unknown&list=who&zone=%d", cell): "Ben Bo",
		"/map?list=who&site=-1":                                 "",
		"/map?list=who&zone=x&conduit=,&way=.&skip=-4":          "Acme desk Ann Ask Ben Bo Olle Op",
	} {
		p := b.Get(path)
		var names []string
		for _, who := range column(table(p, "Grants that cross"), 0) {
			for _, name := range []string{"Acme desk", "Ann Ask", "Ben Bo", "Olle Op"} {
				if strings.Contains(who, name) {
					names = append(names, name)
				}
			}
		}
		slices.Sort(names)
		if got := strings.Join(names, " "); p.Status != http.StatusOK || got != want {
			t.Errorf("%s: %d %q, want %q", path, p.Status, got, want)
		}
	}
	if p := b.Get(fmt.Sprintf("/map?conduit=%d", diode)); !strings.Contains(p.String(), "a data diode lets only data out") {
		t.Errorf("%s", p)
	}
	for _, path := range []string{"/map?zone=999", "/map?conduit=999", "/map?site=999", "/map?way=it.999.1"} {
		if p := b.Get(path); p.Status != http.StatusNotFound {
			t.Errorf("%s: %d", path, p.Status)
		}
	}
}

// Whatever the picture leads to is there, and stands in the tables too.
func TestMapPicture(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{Idle: true})
	s.Import("corp", works)
	b := s.SignIn("plant_engineer")
	p := b.Get("/map")
	listed := map[string]bool{}
	for _, a := range p.All("a") {
		listed[a.Attrs["href"]] = true
	}
	list := drawings(t, p)
	if n := len(list[0].Boxes); n != 5 {
		t.Errorf("%d zones are drawn", n)
	}
	kinds := map[string]bool{}
	for _, l := range list[0].Lines {
		if kinds[l.Kind] = true; !listed[l.Href] {
			t.Errorf("only the picture leads to %s", l.Href)
		}
	}
	for _, kind := range []string{"around", "recorded", "open", "diode"} {
		if !kinds[kind] {
			t.Errorf("nothing is drawn as %s: %v", kind, kinds)
		}
	}
	titles := map[string]bool{}
	for _, x := range list[0].Boxes {
		if titles[x.Title] = true; !listed[x.Href] || b.Get(x.Href).Status != http.StatusOK {
			t.Errorf("only the picture leads to %s", x.Href)
		}
	}
	if !titles["Cell"] || !titles["Lost zone"] {
		t.Errorf("%v", titles)
	}
	for _, d := range list {
		for _, l := range d.Lines {
			if l.Kind == "around" && l.Width <= 1 {
				t.Errorf("a way that is used is drawn thin: %v", l)
			}
		}
	}
}

func TestMapNewSinceTheLastImport(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{Idle: true})
	s.Import("corp", works)
	more := maps.Clone(works)
	more["grants.csv"] = strings.Replace(works["grants.csv"], "ann,mill-op,jump,,2026-11-10\n", "ann,mill-op,jump,,2026-11-20\nben,mill-eng,jump,,\n", 1)
	b := s.SignIn("governance")
	who := func() []string { return column(table(b.Get("/map?only=new"), "Grants that cross"), 0) }
	s.Clock.Advance(time.Minute)
	s.Import("corp", more)
	if len(who()) != 1 || !strings.Contains(who()[0], "Ben Bo") {
		t.Errorf("new: %q; one that was only used again is not new", who())
	}
	s.Clock.Advance(time.Minute)
	s.Import("corp", more)
	if len(who()) != 0 {
		t.Errorf("after an import that changed nothing: %q", who())
	}
}

// Thirty sites of twelve zones are a line each; a chosen one shows its zones.
func TestMapOfManySites(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{Idle: true})
	s.Import("corp", manySites(30))
	b := s.SignIn("governance")
	p := b.Get("/map")
	list := drawings(t, p)
	if n := len(list[0].Texts); n < 30 || !strings.Contains(p.String(), "One line for each site") {
		t.Errorf("%d names, %s", n, p)
	}
	if around := s.One(`select count(*) from conduit where external_id like 'direct%'`); around != 30 {
		t.Fatal(around)
	}
	href := list[0].Boxes[0].Href
	one := b.Get(href)
	zones := 0
	for _, x := range drawings(t, one)[0].Boxes {
		if strings.HasPrefix(x.Href, "/map?") && strings.Contains(x.Href, "zone=") {
			zones++
		}
	}
	if zones < 12 || one.Status != http.StatusOK {
		t.Errorf("%s draws %d zones", href, zones)
	}
	if p := b.Get("/map?list=ways&skip=50"); len(table(p, "Ways across")) != 10 {
		t.Errorf("the second page of 60 ways: %d", len(table(p, "Ways across")))
	}
}

func manySites(n int) map[string]string {
	var sites, zones, conduits, assets, rights, grants strings.Builder
	for i := range n {
		fmt.Fprintf(&sites, "s%d,Plant %d\n", i, i)
		for k := range 12 {
			levels := []string{"5", "4", "4", "3.5", "3.5", "3", "3", "2", "2", "1", "1", "0"}
			domains := []string{"it", "it", "it", "dmz", "dmz", "ot", "ot", "ot", "ot", "ot", "ot", "ot"}
			fmt.Fprintf(&zones, "z%d-%d,Plant %d zone %d,s%d,%s,%s\n", i, k, i, k, i, levels[k], domains[k])
		}
		fmt.Fprintf(&conduits, "jump%d,z%d-1,z%d-5,jump_host\ndirect%d,z%d-0,z%d-9,direct\nfar%d,z%d-1,z%d-3,vpn\n", i, i, i, i, i, i, i, i, (i+1)%n)
		fmt.Fprintf(&assets, "a%d,System %d,z%d-5\nb%d,Controller %d,z%d-9\n", i, i, i, i, i, i)
		fmt.Fprintf(&rights, "ra%d,Right %d,a%d,admin\nrb%d,Right %d,b%d,engineer\n", i, i, i, i, i, i)
		fmt.Fprintf(&grants, "ann,ra%d,jump%d\nann,rb%d,direct%d\n", i, i, i, i)
	}
	return map[string]string{
		"sites.csv": "id,name\n" + sites.String(), "zones.csv": "id,name,site,level,domain\n" + zones.String(), "conduits.csv": "id,from_zone,to_zone,kind\n" + conduits.String(),
		"assets.csv": "id,name,zone\n" + assets.String(), "entitlements.csv": "id,name,asset,privilege\n" + rights.String(), "grants.csv": "identity,entitlement,via\n" + grants.String(),
		"identities.csv": "id,name,kind,domain,status\nann,Ann,person,it,active\n",
	}
}

func TestMapWithoutPlant(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{Idle: true})
	for who, next := range map[string]string{"governance": "Import a bundle", "auditor": "Ask who imports"} {
		p := s.SignIn(who).Get("/map")
		if !strings.Contains(p.String(), next) || (who == "auditor") == strings.Contains(p.Body, `href="/imports/new"`) || len(p.All("div", "class", "il-map")) > 0 {
			t.Errorf("%s: %s", who, p)
		}
	}
}

// The counts are kept by a job after every import: the page reads them and says
// when an import since then is not in them.
func TestMapReadsWhatIsKept(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{})
	s.Import("corp", works)
	s.Settled()
	if n := s.One(`select count(*) from asset_map_run`); n != 1 {
		t.Fatalf("%d counts after an import", n)
	}
	b := s.SignIn("auditor")
	kept := b.Get("/map")
	if !strings.Contains(kept.String(), "Four identities cross") || strings.Contains(kept.String(), "being counted") {
		t.Errorf("%s", kept)
	}
	live := s.One(`select count(*) from asset_map_tally`)
	if err := s.Asset.Count(authz.System(t.Context(), "map")); err != nil || s.One(`select count(*) from asset_map_run`) != 1 {
		t.Errorf("counted again though nothing changed: %v", err)
	}
	s.Clock.Advance(time.Hour)
	if err := s.Asset.Count(authz.System(t.Context(), "map")); err != nil || s.One(`select count(*) from asset_map_run`) != 2 || s.One(`select count(*) from asset_map_tally`) != live {
		t.Errorf("not counted again after an hour: %v", err)
	}
	s.Exec(`insert into import (source_id, file_hash, actor, started_at, finished_at, counts) select id, 'h', 'x', now(), now(), '{}' from source`)
	if p := s.SignIn("risk_officer").Get("/map"); !strings.Contains(p.String(), "is being counted") {
		t.Errorf("%s", p)
	}
}
