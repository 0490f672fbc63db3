package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"interlock/internal/asset"
	"interlock/internal/authz"
	"interlock/web/page"
	"interlock/web/ui"
)

// mapChoice is what the address chooses on the map.
type mapChoice struct {
	site     int64 // 0: all
	zone     int64
	conduits []int64
	origin   string
	only     string
	list     string // ways or who
	skip     int
	before   int64
}

// A way is written home.conduit.zone.
func mapChoiceOf(q url.Values) mapChoice {
	id := func(name string) int64 {
		n, _ := strconv.ParseInt(q.Get(name), 10, 64)
		return n
	}
	c := mapChoice{site: id("site"), zone: id("zone"), only: q.Get("only"), list: q.Get("list"), before: max(id("before"), 0)}
	skip, _ := strconv.Atoi(q.Get("skip"))
	c.skip = max(skip, 0)
	for part := range strings.SplitSeq(q.Get("conduit"), ",") {
		if n, err := strconv.ParseInt(part, 10, 64); err == nil && n > 0 && len(c.conduits) < 200 {
			c.conduits = append(c.conduits, n)
		}
	}
	if home, rest, ok := strings.Cut(q.Get("way"), "."); ok && domainWords[home] != "" {
		conduit, zone, _ := strings.Cut(rest, ".")
		n, _ := strconv.ParseInt(conduit, 10, 64)
		c.zone, _ = strconv.ParseInt(zone, 10, 64)
		c.origin, c.conduits = home, []int64{n}
	}
	if mapOnly[c.only].label == "" {
		c.only = ""
	}
	if c.list != "ways" && c.list != "who" {
		c.list = "ways"
		if c.zone != 0 || len(c.conduits) > 0 || c.only == asset.FacetStrong || c.only == asset.FacetNew {
			c.list = "who"
		}
	}
	return c
}

func (c mapChoice) made() bool { return c.zone != 0 || len(c.conduits) > 0 || c.only != "" }

// way tells that the choice is one way across.
func (c mapChoice) way() bool { return c.origin != "" }

// mapOnly are the choices that cut through the whole map.
var mapOnly = map[string]struct {
	label, text string
	warn        bool
}{
	asset.FacetStrong:     {"Engineer or admin", "They can change programs, settings or accounts on the other side.", false},
	asset.FacetNew:        {"New since the last import", "Grants that the last import of their source brought.", true},
	asset.FacetAround:     {"Around the jump host", "From outside or the offices straight into the plant: no jump host or gateway sees what they do, or can end it.", true},
	asset.FacetUnrecorded: {"By a way that is not recorded", "The conduit keeps no recording of what is done through it.", false},
	asset.FacetSingle:     {"By a way without second factor", "The conduit lets them in with a password or key alone.", false},
	asset.FacetUnknown:    {"By a way that is not known", "Their grants name no conduit, so nobody can say what guards them.", false},
}

// mapOrder is the order in which they are listed.
var mapOrder = []string{asset.FacetStrong, asset.FacetAround, asset.FacetUnrecorded, asset.FacetSingle, asset.FacetUnknown, asset.FacetNew}

// mapView turns the plant into the page.
type mapView struct {
	*server
	mapChoice
	asset.Map
	zones    map[int64]asset.MapZone
	conduits map[int64]asset.MapConduit
	sites    map[int64]string
	into     map[int64]asset.Tally // by zone, over all homes
	along    map[int64]asset.Tally // by conduit, over all homes
	drawn    []asset.MapZone       // in the picture
}

func (s *server) newMapView(c mapChoice, m asset.Map) *mapView {
	v := &mapView{
		server: s, mapChoice: c, Map: m, zones: map[int64]asset.MapZone{}, conduits: map[int64]asset.MapConduit{}, sites: map[int64]string{},
		into: map[int64]asset.Tally{}, along: map[int64]asset.Tally{},
	}
	for _, z := range m.Zones {
		v.zones[z.ID] = z
	}
	for _, c := range m.Conduits {
		v.conduits[c.ID] = c
	}
	for _, st := range m.Sites {
		v.sites[st.ID] = st.Name
	}
	for _, t := range m.Tallies {
		switch t.Facet {
		case asset.FacetZone:
			v.into[t.ZoneID] = add(v.into[t.ZoneID], t)
		case asset.FacetConduit:
			v.along[t.ConduitID] = add(v.along[t.ConduitID], t)
		}
	}
	v.drawn = v.inScope()
	return v
}

func add(a, b asset.Tally) asset.Tally {
	a.Identities, a.Grants = a.Identities+b.Identities, a.Grants+b.Grants
	return a
}

// inScope are the zones of the chosen site and those joined to them; without a
// site all.
func (v *mapView) inScope() []asset.MapZone {
	if v.site == 0 {
		return v.Zones
	}
	joined := map[int64]bool{}
	for _, c := range v.Conduits {
		from, to := v.zones[c.FromZoneID], v.zones[c.ToZoneID]
		if siteOf(from) == v.site || siteOf(to) == v.site {
			joined[from.ID], joined[to.ID] = true, true
		}
	}
	return slices.DeleteFunc(slices.Clone(v.Zones), func(z asset.MapZone) bool { return siteOf(z) != v.site && !joined[z.ID] })
}

func siteOf(z asset.MapZone) int64 {
	if z.SiteID == 0 {
		return asset.NoSite
	}
	return z.SiteID
}

// at is the map with a choice made instead of the one there is; the site stays.
func (v *mapView) at(params ...string) string {
	if v.site != 0 && !slices.Contains(params, "site") {
		params = append(params, "site", strconv.FormatInt(v.site, 10))
	}
	return address("/map", params...)
}

// here is the map as chosen, with some parameters more.
func (v *mapView) here(params ...string) string {
	switch {
	case v.way():
		params = append(params, "way", wayKey(v.origin, v.mapChoice.conduits[0], v.zone))
	case v.zone != 0:
		params = append(params, "zone", strconv.FormatInt(v.zone, 10))
	case len(v.mapChoice.conduits) > 0:
		params = append(params, "conduit", idList(v.mapChoice.conduits))
	}
	return v.at(append(params, "only", v.only)...)
}

func wayKey(home string, conduit, zone int64) string {
	return home + "." + strconv.FormatInt(conduit, 10) + "." + strconv.FormatInt(zone, 10)
}

func idList(ids []int64) string {
	words := make([]string, len(ids))
	for i, id := range ids {
		words[i] = strconv.FormatInt(id, 10)
	}
	return strings.Join(words, ",")
}

func (s *server) plantMap(w http.ResponseWriter, r *http.Request) error {
	m, err := s.Asset.Map(r.Context())
	if err != nil {
		return err
	}
	v := s.newMapView(mapChoiceOf(r.URL.Query()), m)
	if v.gone() {
		return errNoPage
	}
	p := page.Map{Shell: s.shell(r, "Map", "/map"), Lede: v.lede()}
	p.Shell.Scripts, p.Shell.Boost = []string{ui.EChartsJS, ui.MapJS}, true
	if len(m.Zones) == 0 {
		p.Empty = "The map shows sites, zones and the conduits between them. They come with an import: sites.csv, zones.csv and conduits.csv."
		p.Lede, p.MayImport = "", authz.Can(authz.From(r.Context()), "inventory:import")
		if !p.MayImport {
			p.Empty += " Ask who imports the inventory for them."
		}
		return s.show(w, r, http.StatusOK, p.Page())
	}
	v.fill(&p)
	if v.list == "who" {
		if err := v.crossings(r, &p); err != nil {
			return err
		}
	}
	return s.show(w, r, http.StatusOK, p.Page())
}

// gone tells that the address names what there is no more.
func (v *mapView) gone() bool {
	if _, ok := v.sites[v.site]; !ok && v.site != 0 && v.site != asset.NoSite {
		return true
	}
	if _, ok := v.zones[v.zone]; !ok && v.zone != 0 {
		return true
	}
	for _, id := range v.mapChoice.conduits {
		if _, ok := v.conduits[id]; !ok && id != 0 {
			return true
		}
	}
	return false
}

func (v *mapView) fill(p *page.Map) {
	p.Picture = v.picture()
	v.siteFilter(p)
	if v.made() {
		p.Chosen = v.chosen()
	} else {
		v.look(p)
	}
	p.Showing = v.list
	ways := v.ways()
	for _, l := range []struct{ key, label string }{{"ways", "Ways across"}, {"who", "Who crosses"}} {
		n := -1
		if l.key == "ways" {
			n = len(ways)
		}
		p.Lists = append(p.Lists, ui.View{Label: l.label, Href: v.here("list", l.key) + "#list", Current: v.list == l.key, Count: n})
	}
	if v.list == "ways" {
		v.showWays(p, ways)
	}
	v.listZones(p)
	v.listConduits(p)
}
