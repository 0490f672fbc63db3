package web

import (
	"cmp"
	"slices"
	"strconv"

	"interlock/internal/asset"
	"interlock/web/page"
	"interlock/web/ui"
)

// siteLine is a site in the overview.
type siteLine struct {
	id         int64
	name       string
	identities int64
	around     int64
	zones      map[int][]asset.MapZone // by band
	into       map[int]asset.Tally     // by band
}

// siteLines are the sites, those that most cross into first.
func (v *mapView) siteLines() []siteLine {
	lines := map[int64]*siteLine{}
	for _, z := range v.Zones {
		id := siteOf(z)
		if lines[id] == nil {
			lines[id] = &siteLine{id: id, name: orElse(v.sites[id], nowhere), zones: map[int][]asset.MapZone{}, into: map[int]asset.Tally{}}
		}
		lines[id].zones[bandOf(z)] = append(lines[id].zones[bandOf(z)], z)
	}
	for _, t := range v.Tallies {
		l := lines[t.SiteID]
		switch {
		case l == nil:
		case t.Facet == asset.FacetLevel:
			b := len(bands) - 1
			if t.Level >= 0 {
				b = slices.Index(bands, level(&t.Level))
			}
			l.into[b] = add(l.into[b], t)
		case t.Facet == asset.FacetAll:
			l.identities += t.Identities
		case t.Facet == asset.FacetAround:
			l.around += t.Identities
		}
	}
	var list []siteLine
	for _, l := range lines {
		list = append(list, *l)
	}
	slices.SortFunc(list, func(a, b siteLine) int {
		return cmp.Or(cmp.Compare(b.identities, a.identities), cmp.Compare(a.name, b.name), cmp.Compare(a.id, b.id))
	})
	return list
}

// overview draws one line for each site: its levels as boxes in columns, and how
// many grants cross into each level and beyond as the thickness of what joins them.
func (v *mapView) overview(width float64) page.MapDrawing {
	const row, box, top = 34.0, 22.0, 24.0
	lines := v.siteLines()
	name, tail := width*0.27, width*0.15
	if width < 500 {
		name, tail = width*0.34, 0
	}
	d := page.MapDrawing{Width: width, Height: top + row*float64(len(lines))}
	step := (width - name - tail) / float64(len(bands)-1)
	for b, l := range bands[:len(bands)-1] {
		d.Texts = append(d.Texts, page.MapText{At: [2]float64{round(name + step*float64(b)), 2}, Text: "L" + l, Tone: "ink", Strong: true, Mono: true})
	}
	for i, l := range lines {
		y := top + row*float64(i)
		href := address("/map", "site", strconv.FormatInt(l.id, 10))
		d.Texts = append(d.Texts, page.MapText{At: [2]float64{0, round(y + 4)}, Text: l.name, Tone: "ink", Strong: true, Width: round(name - 10)})
		v.overviewLine(&d, l, href, name, step, y+box/2)
		for b := range bands[:len(bands)-1] {
			if len(l.zones[b]) > 0 {
				d.Boxes = append(d.Boxes, overviewBox(l, b, href, [4]float64{round(name + step*float64(b)), round(y), round(step - 10), box}))
			}
		}
		if l.around > 0 && tail > 0 {
			d.Texts = append(d.Texts, page.MapText{At: [2]float64{round(width - tail + 2), round(y + 4)}, Text: number(l.around) + " around the jump host", Tone: "warn", Strong: true, Width: round(tail - 2)})
		}
	}
	return d
}

func overviewBox(l siteLine, band int, href string, rect [4]float64) page.MapBox {
	domain := orElse(text(l.zones[band][0].Domain), "unknown")
	b := page.MapBox{Rect: rect, Domain: domain, Href: href, Tip: l.name + ", level " + bands[band] + "\n" + ui.Plural(len(l.zones[band]), "zone", "zones")}
	if n := l.into[band].Identities; n > 0 {
		b.Title = number(n)
		b.Tip += "\n" + capital(people(n)) + " cross into it"
	}
	return b
}

// overviewLine joins the boundary to every level that somebody crosses into.
func (v *mapView) overviewLine(d *page.MapDrawing, l siteLine, href string, name, step, y float64) {
	kind := "recorded"
	if l.around > 0 {
		kind = "around"
	}
	var beyond int64
	for b := len(bands) - 2; b >= boundary; b-- {
		beyond += l.into[b].Grants
		if beyond > 0 {
			x := name + step*float64(b)
			d.Lines = append(d.Lines, page.MapLine{
				At: [4]float64{round(x - 10), round(y), round(x), round(y)}, Width: thickness(int(beyond)), Kind: kind, Href: href,
				Tip: l.name + ": " + ui.Plural(int(beyond), "live grant crosses", "live grants cross") + " to level " + bands[b] + " or below",
			})
		}
	}
}
