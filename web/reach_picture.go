package web

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"interlock/internal/access"
	"interlock/internal/access/reach"
	"interlock/web/page"
	"interlock/web/ui"
)

// stand is a box of the picture of a reach: the identity, or the assets of one zone
// that are got to in the same way.
type stand struct {
	from   int    // the box that one comes from; -1 for the identity
	depth  int    // its column
	how    string // with what it is got to: "stored secret, jump host jh-2"
	label  string // the first of it: "stored secret"
	kind   string // of the line that leads to it
	zone   string
	level  string
	domain string
	assets []reach.Reached
	more   int // boxes that stand together in this one, 0 for none
	y      float64
	lane   int // tells its lines from those of others in its column
}

// What the picture shows at most, before boxes of a column stand together.
const (
	mostColumns = 5
	mostStacked = 9
)

// reachPicture draws who gets where: each step a column, assets of a zone together.
func (v reachView) reachPicture(r reach.Result) page.MapPicture {
	stands := v.gathered(stands(r))
	p := page.MapPicture{Text: fmt.Sprintf("How %s gets to %s, step by step. The tables say the same.", r.Name, ui.Plural(r.Assets, "asset", "assets"))}
	for _, width := range []float64{1270, 720} {
		p.Drawings = append(p.Drawings, v.drawReach(stands, width))
	}
	return p
}

// stands gathers what is reached by the way to it.
func stands(r reach.Result) []stand {
	list := []stand{{from: -1, domain: ""}}
	known := map[string]int{}
	for _, x := range r.Reached {
		at, by := 0, ""
		for _, step := range x.Way {
			switch step.Kind {
			case "identity":
				list[0].domain = step.Domain
			case "credential":
				by = "stored secret"
			case "shared":
				by = "shared login"
			case "asset":
				next := stand{from: at, depth: min(list[at].depth+1, mostColumns-1), zone: step.Zone, level: step.Level, domain: step.Domain, kind: lineOf(list[at].domain, step), how: howOf(step, by), label: by}
				if step.Conduit != nil && by == "" {
					next.label = conduitWords[step.Conduit.Kind]
				}
				key := fmt.Sprint(at, "|", next.zone, "|", next.level, "|", next.kind, "|", next.how)
				i, there := known[key]
				if !there {
					i = len(list)
					known[key], list = i, append(list, next)
				}
				at, by = i, ""
			}
		}
		list[at].assets = append(list[at].assets, x)
	}
	return list
}

func howOf(step reach.Step, by string) string {
	if c := step.Conduit; c != nil {
		return joined(by, strings.TrimSpace(orElse(conduitWords[c.Kind], "conduit")+" "+c.Key))
	}
	return by
}

// lineOf says how a step is drawn, as the map draws conduits.
func lineOf(from string, step reach.Step) string {
	c := step.Conduit
	switch {
	case c == nil:
		return "recorded"
	case (from == "it" || from == "external") && step.Domain == "ot" && c.Kind != "jump_host" && c.Kind != "remote_gateway":
		return "around"
	case c.Recorded == nil:
		return "unknown"
	case *c.Recorded:
		return "recorded"
	}
	return "open"
}

// weight puts what matters most first: safety-related, then the lowest level.
func (s stand) weight() (int, string, int) {
	safe := 1
	if slices.ContainsFunc(s.assets, func(x reach.Reached) bool { return x.Safety }) {
		safe = 0
	}
	return safe, orElse(s.level, "9"), -len(s.assets)
}

// gathered puts what a column has no room for into one box, and sets each box in
// the order of those that lead to it.
func (v reachView) gathered(list []stand) []stand {
	for depth := 1; depth < mostColumns; depth++ {
		var column []int
		for i, s := range list {
			if s.depth == depth && i > 0 {
				column = append(column, i)
			}
		}
		slices.SortStableFunc(column, func(a, b int) int {
			sa, la, na := list[a].weight()
			sb, lb, nb := list[b].weight()
			return cmp.Or(cmp.Compare(sa, sb), cmp.Compare(la, lb), cmp.Compare(na, nb))
		})
		if len(column) <= mostStacked {
			continue
		}
		rest := column[mostStacked-1:]
		into := rest[0]
		list[into].how, list[into].label, list[into].kind, list[into].more = "", "", "recorded", len(rest)
		for _, i := range rest[1:] {
			list[into].assets = append(list[into].assets, list[i].assets...)
			list[i].depth = -1 // no longer there
			for j := range list {
				if list[j].from == i {
					list[j].from = into
				}
			}
		}
	}
	return list
}

// Sizes of the picture, in its own units.
const (
	standHeight = 58.0
	standGap    = 12.0
	wayGap      = 0.38 // of a column's width, for the lines
	leastLabel  = 72.0 // room below which a line is told by its tip only
)

func (v reachView) drawReach(list []stand, width float64) page.MapDrawing {
	columns := make([][]int, mostColumns)
	for i, s := range list {
		if s.depth >= 0 {
			columns[s.depth] = append(columns[s.depth], i)
		}
	}
	for len(columns) > 1 && len(columns[len(columns)-1]) == 0 {
		columns = columns[:len(columns)-1]
	}
	high := 1
	for _, c := range columns {
		high = max(high, len(c))
	}
	d := page.MapDrawing{Width: width, Height: float64(high)*(standHeight+standGap) + standGap, Boxes: []page.MapBox{}, Lines: []page.MapLine{}, Ends: []page.MapEnd{}, Texts: []page.MapText{}}
	wide := width / (float64(len(columns)) + float64(len(columns)-1)*wayGap)
	for depth, column := range columns {
		slices.SortStableFunc(column, func(a, b int) int {
			return cmp.Or(cmp.Compare(parentY(list, a), parentY(list, b)), cmp.Compare(list[a].level, list[b].level))
		})
		top := (d.Height - float64(len(column))*(standHeight+standGap) + standGap) / 2
		for row, i := range column {
			list[i].y, list[i].lane = top+float64(row)*(standHeight+standGap), row
			v.drawStand(&d, list, i, float64(depth)*wide*(1+wayGap), wide)
		}
	}
	slices.SortStableFunc(d.Lines, func(a, b page.MapLine) int { return upright(a) - upright(b) }) // what crosses is cut out of what is drawn before
	return d
}

func upright(l page.MapLine) int {
	if l.At[0] == l.At[2] {
		return 1
	}
	return 0
}

func parentY(list []stand, i int) float64 {
	if list[i].from < 0 {
		return 0
	}
	return list[list[i].from].y
}

// drawStand draws a box and the line that leads to it.
func (v reachView) drawStand(d *page.MapDrawing, list []stand, i int, x, wide float64) {
	s := list[i]
	b := page.MapBox{Rect: [4]float64{round(x), round(s.y), round(wide), standHeight}, Domain: orElse(s.domain, "unknown"), Title: v.standTitle(s), Sub: standSub(s), Tip: standTip(s), Href: v.standHref(s), On: s.from < 0}
	d.Boxes = append(d.Boxes, b)
	if s.from < 0 || list[s.from].depth >= s.depth {
		return
	}
	gap, from := wide*wayGap, list[s.from]
	left, middle := x-gap, x-gap+8+6*float64(from.lane%4) // what comes from one box does not run over what comes from another
	y0, y1 := from.y+standHeight/2, s.y+standHeight/2
	for _, at := range [][4]float64{{left, y0, middle, y0}, {middle, y0, middle, y1}, {middle, y1, x, y1}} {
		if at[0] == at[2] && at[1] == at[3] {
			continue
		}
		for k := range at {
			at[k] = round(at[k])
		}
		d.Lines = append(d.Lines, page.MapLine{At: at, Width: 1.6, Kind: s.kind, Tip: orElse(s.how, "within reach"), Href: b.Href})
	}
	if words := x - gap + 34; s.label != "" && x-words >= leastLabel {
		tone := "soft"
		if s.kind == "around" {
			tone = "warn"
		}
		d.Texts = append(d.Texts, page.MapText{At: [2]float64{round(words), round(y1 - 17)}, Text: s.label, Tone: tone, Width: round(x - words - 4)})
	}
}

func (v reachView) standTitle(s stand) string {
	switch {
	case s.from < 0:
		return v.who.Name
	case s.more > 0:
		return ui.Plural(len(s.assets), "more asset", "more assets")
	case len(s.assets) == 1:
		return s.assets[0].Name
	}
	return ui.Plural(len(s.assets), "asset", "assets")
}

func standSub(s stand) string {
	switch {
	case s.from < 0:
		return domainHome[s.domain]
	case s.more > 0:
		return fmt.Sprintf("in %d other places", s.more)
	case s.level == "" || s.level == "unknown":
		return joined("level unknown", s.zone)
	}
	return "L" + s.level + " " + s.zone
}

// standTip names what stands in a box, as far as there is room.
func standTip(s stand) string {
	if s.from < 0 {
		return "where it begins"
	}
	const room = 8
	lines := []string{orElse(s.how, "within reach")}
	for _, x := range s.assets[:min(len(s.assets), room)] {
		words := joined(x.Privilege, access.Class(x.Class))
		if x.Safety {
			words = joined(words, "safety-related")
		}
		lines = append(lines, x.Name+": "+words)
	}
	if more := len(s.assets) - room; more > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(lines, "\n")
}

// standHref leads to the asset, or to those of the level in the table.
func (v reachView) standHref(s stand) string {
	switch {
	case s.from < 0:
		return address(identityHref(v.who.ID), "as_of", v.asOf)
	case len(s.assets) == 1:
		return address(assetHref(s.assets[0].ID), "as_of", v.asOf)
	case s.more > 0 || s.level == "":
		return v.link(v.base, "level", "")
	}
	return v.link(v.base, "level", s.level)
}
