package web

import (
	"math"
	"slices"
	"strings"

	"interlock/internal/asset"
	"interlock/web/page"
	"interlock/web/plan"
	"interlock/web/ui"
)

// sizes are the widths that the map is drawn for.
var (
	wideMap   = plan.Size{Width: 950, Left: 36, Top: 26, Box: 52, Narrow: 57, Gap: 6, Pitch: 6, Corridor: 18, Channel: 18}
	middleMap = plan.Size{Width: 700, Left: 34, Top: 26, Box: 52, Narrow: 56, Gap: 5, Pitch: 6, Corridor: 18, Channel: 20}
	narrowMap = plan.Size{Width: 330, Left: 34, Top: 2, Box: 44, Narrow: 120, Gap: 8, Pitch: 10, Corridor: 24, Channel: 24}
)

// picture draws the plant for wide, middling and narrow screens. With too many
// zones for boxes of their own and no site chosen it is one line for each site.
func (v *mapView) picture() page.MapPicture {
	p := page.MapPicture{Text: v.pictureText()}
	if v.site == 0 && v.many() {
		p.Bundled = "One line for each site: choose one to see its zones."
		for _, width := range []float64{wideMap.Width, middleMap.Width, narrowMap.Width} {
			p.Drawings = append(p.Drawings, v.overview(width))
		}
		return p
	}
	tiles := v.tiles()
	if slices.ContainsFunc(tiles, func(t tile) bool { return t.bundle }) {
		p.Bundled = "Zones of other sites stand together."
	}
	columns := columnsOf(tiles)
	p.Drawings = append(p.Drawings, v.drawing(tiles, columns, wideMap), v.drawing(tiles, columns, middleMap), v.drawing(v.narrowTiles(), []string{""}, narrowMap))
	return p
}

func (v *mapView) pictureText() string {
	identities, _ := v.Count(asset.FacetAll, v.site)
	return "The plant by Purdue level and zone: " + ui.Plural(len(v.drawn), "zone", "zones") + ", " + ui.Plural(len(v.drawnConduits()), "conduit", "conduits") +
		", and " + people(identities) + " that cross the boundary. The tables below say the same."
}

// link is what the picture draws between two tiles: conduits that are drawn alike.
type link struct {
	from, to int
	kind     string
	conduits []asset.MapConduit
	grants   int64
}

// kindOf says how a conduit is drawn.
func kindOf(c asset.MapConduit) string {
	switch {
	case !c.Carries():
		return "diode"
	case c.Around():
		return "around"
	case c.Recorded == nil:
		return "unknown"
	case *c.Recorded:
		return "recorded"
	}
	return "open"
}

// links joins the conduits between tiles.
func (v *mapView) links(tiles []tile) []link {
	in := map[int64]int{}
	for i, t := range tiles {
		for _, z := range t.zones {
			in[z.ID] = i
		}
	}
	type pair struct {
		from, to int
		kind     string
	}
	known := map[pair]int{}
	var list []link
	for _, c := range v.drawnConduits() {
		p := pair{in[c.FromZoneID], in[c.ToZoneID], kindOf(c)}
		if p.from == p.to {
			continue
		}
		i, ok := known[p]
		if !ok {
			i = len(list)
			known[p] = i
			list = append(list, link{from: p.from, to: p.to, kind: p.kind})
		}
		list[i].conduits = append(list[i].conduits, c)
		list[i].grants += v.along[c.ID].Grants
	}
	return list
}

func (v *mapView) drawing(tiles []tile, columns []string, size plan.Size) page.MapDrawing {
	links := v.links(tiles)
	used := bandsOf(tiles)
	nodes := make([]plan.Node, len(tiles))
	for i, t := range tiles {
		nodes[i] = plan.Node{Column: slices.Index(columns, t.column), Band: slices.Index(used, t.band)}
	}
	edges := make([]plan.Edge, len(links))
	for i, l := range links {
		edges[i] = plan.Edge{From: l.from, To: l.to, Weight: int(l.grants), Group: l.kind}
	}
	laid := plan.Lay(nodes, edges, size)
	d := page.MapDrawing{Width: laid.Width + 1, Height: laid.Height, Faded: v.zone != 0 || len(v.mapChoice.conduits) > 0 || asset.ByConduit(v.only)}
	v.drawBoxes(&d, tiles, laid)
	v.drawLinks(&d, links, laid)
	v.drawNames(&d, laid, columns, used)
	v.drawBars(&d, laid, tiles, columns, used)
	return d
}

func bandsOf(tiles []tile) []int {
	var used []int
	for _, t := range tiles {
		if !slices.Contains(used, t.band) {
			used = append(used, t.band)
		}
	}
	slices.Sort(used)
	return used
}

func (v *mapView) drawBoxes(d *page.MapDrawing, tiles []tile, laid plan.Picture) {
	for i, t := range tiles {
		b := laid.Boxes[i]
		on := slices.ContainsFunc(t.zones, func(z asset.MapZone) bool { return v.touches(z.ID) })
		d.Boxes = append(d.Boxes, page.MapBox{
			Rect: [4]float64{round(b.X), round(b.Y), round(b.W), round(b.H)}, Domain: orElse(t.domain, "unknown"), Title: t.title, Sub: v.tileSub(t), Short: v.tileShort(t), Tip: v.tileTip(t), Href: v.tileHref(t), On: on,
		})
	}
}

func round(x float64) float64 { return math.Round(x*10) / 10 }

// touches tells that a zone is chosen, or is at an end of what is.
func (v *mapView) touches(zone int64) bool {
	for _, id := range v.mapChoice.conduits {
		c := v.conduits[id]
		if c.FromZoneID == zone || c.ToZoneID == zone {
			return true
		}
	}
	return v.zone == zone
}

// lit tells that a link is part of what is chosen.
func (v *mapView) lit(l link) bool {
	return slices.ContainsFunc(l.conduits, func(c asset.MapConduit) bool {
		if asset.ByConduit(v.only) {
			return c.Is(v.only)
		}
		return slices.Contains(v.mapChoice.conduits, c.ID) || !v.way() && v.zone != 0 && c.ToZoneID == v.zone
	})
}

func (v *mapView) drawLinks(d *page.MapDrawing, links []link, laid plan.Picture) {
	for _, line := range laid.Lines {
		var conduits []asset.MapConduit
		on := false
		for _, e := range line.Edges {
			conduits = append(conduits, links[e].conduits...)
			on = on || v.lit(links[e])
		}
		first := links[line.Edges[0]]
		d.Lines = append(d.Lines, page.MapLine{
			At: [4]float64{round(line.X1), round(line.Y1), round(line.X2), round(line.Y2)}, Width: thickness(line.Weight), Kind: quiet(first.kind, int64(line.Weight)),
			Tip: v.linkTip(conduits, line.Weight), Href: v.linkHref(conduits), On: on,
		})
	}
	for i, end := range laid.Ends {
		d.Ends = append(d.Ends, page.MapEnd{At: [2]float64{round(end.X), round(end.Y)}, Up: end.Up, Kind: quiet(links[i].kind, links[i].grants), On: v.lit(links[i])})
	}
	// what is chosen, and what goes around the jump host, lies on top
	slices.SortStableFunc(d.Lines, func(a, b page.MapLine) int { return rank(a) - rank(b) })
}

func rank(l page.MapLine) int {
	n := 0
	if l.Kind == "around" {
		n++
	}
	if l.On {
		n += 2
	}
	return n
}

// quiet is how ways are drawn by which nobody crosses: they are there, no more.
func quiet(kind string, grants int64) string {
	if grants == 0 && kind != "around" && kind != "diode" {
		return "quiet"
	}
	return kind
}

// thickness grows with every doubling of the grants that cross by a line.
func thickness(grants int) float64 {
	if grants == 0 {
		return 1
	}
	return round(min(1.2+0.7*math.Log2(1+float64(grants)), 6))
}

func (v *mapView) linkTip(conduits []asset.MapConduit, grants int) string {
	var lines []string
	for _, c := range conduits[:min(6, len(conduits))] {
		lines = append(lines, conduitName(c)+": "+v.zones[c.FromZoneID].Name+" to "+v.zones[c.ToZoneID].Name)
	}
	if len(conduits) > 6 {
		lines = append(lines, "and "+counted(len(conduits)-6, "more conduit", "more conduits"))
	}
	switch {
	case !conduits[0].Carries():
		lines = append(lines, "It carries no access.")
	case grants == 0:
		lines = append(lines, "No live grant crosses by it.")
	default:
		lines = append(lines, ui.Plural(grants, "live grant crosses", "live grants cross")+" by it.")
	}
	if conduits[0].Around() {
		lines = append(lines, "Around the jump host.")
	}
	return strings.Join(lines, "\n")
}

func (v *mapView) linkHref(conduits []asset.MapConduit) string {
	ids := make([]int64, len(conduits))
	for i, c := range conduits {
		ids[i] = c.ID
	}
	slices.Sort(ids)
	return v.at("conduit", idList(ids[:min(len(ids), 200)]))
}

// drawNames names bands and columns, and draws where the boundary is.
func (v *mapView) drawNames(d *page.MapDrawing, laid plan.Picture, columns []string, used []int) {
	for i, b := range used {
		name := "L" + bands[b]
		if bands[b] == "" {
			name = "L?"
		}
		d.Texts = append(d.Texts, page.MapText{At: [2]float64{0, round(laid.Bands[i].From + 10)}, Text: name, Tone: "ink", Strong: true, Mono: true})
		if b < boundary && i+1 < len(used) && used[i+1] >= boundary {
			d.Rule = round(laid.Bands[i].Under)
		}
	}
	for i, c := range columns {
		if c == "" {
			continue
		}
		at := laid.Columns[i]
		d.Texts = append(d.Texts, page.MapText{At: [2]float64{round(at.From), 2}, Text: c, Tone: "ink", Strong: true, Width: round(at.To - at.From)})
	}
}

// drawBars says how far those from outside or the offices get, beside the plants,
// if the columns there reach no further down than the boundary.
func (v *mapView) drawBars(d *page.MapDrawing, laid plan.Picture, tiles []tile, columns []string, used []int) {
	first := len(columns)
	for _, t := range tiles {
		if t.band >= boundary {
			first = min(first, slices.Index(columns, t.column))
		}
	}
	if first == 0 || first == len(columns) {
		return
	}
	x, to := laid.Columns[0].From, laid.Columns[first-1].To
	most := int64(1)
	counts := map[int]int64{}
	for _, b := range used {
		counts[b] = v.getTo(b)
		most = max(most, counts[b])
	}
	for i, b := range used {
		if b < boundary || bands[b] == "" {
			continue
		}
		y := laid.Bands[i].From
		if len(d.Bars) == 0 {
			d.Texts = append(d.Texts, page.MapText{At: [2]float64{round(x), round(y + 2)}, Text: "How far they get", Tone: "ink", Strong: true, Width: round(to - x)},
				page.MapText{At: [2]float64{round(x), round(y + 17)}, Text: "identities from outside or IT", Tone: "soft", Width: round(to - x)})
		}
		w := (to - x - 40) * float64(counts[b]) / float64(most)
		d.Bars = append(d.Bars, page.MapBar{Rect: [4]float64{round(x), round(y + 36), round(w), 10}, Text: number(counts[b]), Tip: people(counts[b]) + " get to level " + bands[b] + " by grants of their own"})
	}
}

// getTo counts the identities of outside and IT that cross into a level.
func (v *mapView) getTo(band int) (n int64) {
	for _, t := range v.Tallies {
		l := t.Level
		if t.Facet == asset.FacetLevel && t.SiteID == v.site && (t.Home == "it" || t.Home == "external") && l >= 0 && level(&l) == bands[band] {
			n += t.Identities
		}
	}
	return n
}
