package web

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"interlock/internal/asset"
	"interlock/web/ui"
)

// bands are the levels from top to bottom; the last is for zones whose level is
// not known.
var bands = []string{"5", "4", "3.5", "3", "2", "1", "0", ""}

// boundary is the band below which the plant and the zone before it lie.
const boundary = 2

func bandOf(z asset.MapZone) int {
	if i := slices.Index(bands, level(z.Level)); i >= 0 && z.Level != nil {
		return i
	}
	if text(z.Domain) == "external" {
		return 0
	}
	return len(bands) - 1
}

// tile is a box of the picture: a zone, or several that stand together.
type tile struct {
	column string
	band   int
	domain string
	title  string
	zones  []asset.MapZone
	bundle bool
}

// Up to so many zones have boxes of their own, and sites columns.
const (
	mostZones = 44
	mostSites = 6
)

// many tells that not every zone can have a box of its own.
func (v *mapView) many() bool {
	sites := map[int64]bool{}
	for _, z := range v.drawn {
		sites[siteOf(z)] = true
	}
	return len(v.drawn) > mostZones || len(sites) > mostSites
}

// columns of a picture besides those of sites.
const (
	outside = "Outside"
	nowhere = "No site"
	others  = "Other sites"
)

// tiles puts zones together: none when they are few, those of other sites when one
// is chosen.
func (v *mapView) tiles() []tile {
	single := !v.many()
	known := map[string]int{}
	var list []tile
	for _, z := range v.drawn {
		t := tile{column: v.columnOf(z), band: bandOf(z), domain: text(z.Domain), title: v.short(z), zones: []asset.MapZone{z}}
		if !single && siteOf(z) != v.site {
			if t.column != outside && t.column != nowhere {
				t.column = others
			}
			key := fmt.Sprint(t.column, t.band, t.domain)
			if i, ok := known[key]; ok {
				list[i].zones = append(list[i].zones, z)
				continue
			}
			known[key], t.bundle = len(list), true
		}
		list = append(list, t)
	}
	return named(list)
}

// narrowTiles has one box for each level and domain.
func (v *mapView) narrowTiles() []tile {
	known := map[string]int{}
	var list []tile
	for _, z := range v.drawn {
		key := fmt.Sprint(bandOf(z), text(z.Domain))
		i, ok := known[key]
		if !ok {
			i = len(list)
			known[key] = i
			list = append(list, tile{band: bandOf(z), domain: text(z.Domain), title: v.short(z), bundle: true})
		}
		list[i].zones = append(list[i].zones, z)
	}
	return named(list)
}

// named titles the boxes of several zones by how many they are.
func named(list []tile) []tile {
	for i, t := range list {
		if len(t.zones) > 1 {
			list[i].title = ui.Plural(len(t.zones), "zone", "zones")
		}
	}
	return list
}

func (v *mapView) columnOf(z asset.MapZone) string {
	switch {
	case z.SiteID != 0:
		return v.sites[z.SiteID]
	case text(z.Domain) == "external":
		return outside
	}
	return nowhere
}

// columnsOf orders the columns: outside, no site, sites without a plant, plants.
func columnsOf(list []tile) []string {
	plant := map[string]int{outside: -2, nowhere: -1}
	var names []string
	for _, t := range list {
		if !slices.Contains(names, t.column) {
			names = append(names, t.column)
		}
		if t.band >= boundary && t.domain != "external" && plant[t.column] == 0 {
			plant[t.column] = 1
		}
	}
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(plant[a], plant[b]), cmp.Compare(a, b)) })
	return names
}

// short is a zone's name without what its site's begins with too: under "Norrvik
// plant", "Norrvik packing" is "Packing".
func (v *mapView) short(z asset.MapZone) string {
	site, name := strings.Fields(v.sites[z.SiteID]), strings.Fields(z.Name)
	n := 0
	for n < len(site) && n < len(name)-1 && site[n] == name[n] {
		n++
	}
	return capital(strings.Join(name[n:], " "))
}

// crossing is how many identities cross into a tile; not known for several zones,
// since one identity may cross into more than one of them.
func (v *mapView) crossing(t tile) (n int64, known bool) {
	if len(t.zones) == 1 {
		return v.into[t.zones[0].ID].Identities, true
	}
	return 0, false
}

func (v *mapView) tileSub(t tile) string {
	if n, known := v.crossing(t); known && n > 0 {
		return number(n) + " cross in"
	} else if known {
		return ""
	}
	var grants int64
	for _, z := range t.zones {
		grants += v.into[z.ID].Grants
	}
	if grants == 0 {
		return ""
	}
	return ui.Plural(int(grants), "grant", "grants") + " in"
}

func (v *mapView) tileShort(t tile) string {
	if n, known := v.crossing(t); known && n > 0 {
		return number(n) + " in"
	}
	return ""
}

func (v *mapView) tileTip(t tile) string {
	if len(t.zones) > 1 {
		var names []string
		for _, z := range t.zones[:min(8, len(t.zones))] {
			names = append(names, z.Name)
		}
		if len(t.zones) > 8 {
			names = append(names, "and "+counted(len(t.zones)-8, "more", "more"))
		}
		return strings.Join(names, "\n")
	}
	z := t.zones[0]
	tip := z.Name + "\n" + ui.Plural(int(z.Assets), "asset", "assets")
	if z.Safety > 0 {
		tip += ", " + number(z.Safety) + " safety-related"
	}
	if n := v.into[z.ID]; n.Identities > 0 {
		tip += "\n" + capital(people(n.Identities)) + " cross into it, by " + ui.Plural(int(n.Grants), "live grant", "live grants")
	}
	return tip
}

// tileHref leads to the zone; for several to their site, if they have one in common.
func (v *mapView) tileHref(t tile) string {
	if len(t.zones) == 1 {
		return v.at("zone", strconv.FormatInt(t.zones[0].ID, 10))
	}
	site := siteOf(t.zones[0])
	for _, z := range t.zones {
		if siteOf(z) != site {
			return "#map-zones"
		}
	}
	if site == v.site {
		return "#map-zones"
	}
	return address("/map", "site", strconv.FormatInt(site, 10))
}
