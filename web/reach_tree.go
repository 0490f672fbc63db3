package web

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"interlock/internal/access/reach"
	"interlock/web/page"
	"interlock/web/ui"
)

// stand is a box of a picture of ways: where they begin or end, or what stands at the
// same step of alike ways.
type stand struct {
	from    int    // the box that one comes from; -1 for the first
	depth   int    // its column
	how     string // with what the step is taken: "stored secret, jump host jh-2"
	label   string // the first of it: "stored secret"
	kind    string // of the line
	domain  string
	sub     string // where it is
	one     string // what its members are called when they are several
	many    string
	rank    string // what comes first where there is no room for all
	all     string // an address that shows the members
	members []member
	more    int // boxes that stand together in this one, 0 for none
	y       float64
	lane    int // tells its lines from those of others in its column
}

// member is one of what stands in a box.
type member struct{ name, words, href string }

// What a picture shows at most, before boxes of a column stand together.
const (
	mostColumns = 5
	mostStacked = 9
)

// howOf says with what a step is taken, and the first of it.
func howOf(step reach.Step, by string) (how, label string) {
	c := step.Conduit
	if c == nil {
		return by, by
	}
	return joined(by, strings.TrimSpace(orElse(conduitWords[c.Kind], "conduit")+" "+c.Key)), orElse(by, conduitWords[c.Kind])
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

// taken is what a step that is no asset takes to get on.
var taken = map[string]string{"credential": "stored secret", "shared": "shared login"}

// gathered puts what a column has no room for into one box.
func gathered(list []stand) []stand {
	for depth := 1; depth < mostColumns; depth++ {
		var column []int
		for i, s := range list {
			if s.depth == depth && i > 0 {
				column = append(column, i)
			}
		}
		slices.SortStableFunc(column, func(a, b int) int {
			return cmp.Or(cmp.Compare(list[a].rank, list[b].rank), len(list[b].members)-len(list[a].members))
		})
		if len(column) <= mostStacked {
			continue
		}
		rest := column[mostStacked-1:]
		into := rest[0]
		list[into].how, list[into].label, list[into].kind, list[into].more = "", "", "recorded", len(rest)
		list[into].all = list[0].all
		for _, i := range rest[1:] {
			list[into].members = append(list[into].members, list[i].members...)
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

// drawTree draws boxes by column, each beside those that lead to it.
func drawTree(list []stand, width float64) page.MapDrawing {
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
			return cmp.Or(cmp.Compare(parentY(list, a), parentY(list, b)), cmp.Compare(list[a].rank, list[b].rank))
		})
		top := (d.Height - float64(len(column))*(standHeight+standGap) + standGap) / 2
		for row, i := range column {
			list[i].y, list[i].lane = top+float64(row)*(standHeight+standGap), row
			drawStand(&d, list, i, float64(depth)*wide*(1+wayGap), wide)
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
func drawStand(d *page.MapDrawing, list []stand, i int, x, wide float64) {
	s := list[i]
	b := page.MapBox{Rect: [4]float64{round(x), round(s.y), round(wide), standHeight}, Domain: orElse(s.domain, "unknown"), Title: s.title(), Sub: s.where(), Tip: s.tip(), Href: s.href(), On: s.from < 0}
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

// mirrored is a drawing with its first column at the right.
func mirrored(d page.MapDrawing) page.MapDrawing {
	for i, b := range d.Boxes {
		d.Boxes[i].Rect[0] = round(d.Width - b.Rect[0] - b.Rect[2])
	}
	for i, l := range d.Lines {
		d.Lines[i].At[0], d.Lines[i].At[2] = round(d.Width-l.At[0]), round(d.Width-l.At[2])
	}
	for i, t := range d.Texts {
		d.Texts[i].At[0] = round(d.Width - t.At[0] - t.Width)
	}
	return d
}

func (s stand) title() string {
	switch {
	case s.more > 0:
		return ui.Plural(len(s.members), "more "+s.one, "more "+s.many)
	case len(s.members) == 1:
		return s.members[0].name
	}
	return ui.Plural(len(s.members), s.one, s.many)
}

func (s stand) where() string {
	if s.more > 0 {
		return fmt.Sprintf("in %d other places", s.more)
	}
	return s.sub
}

// tip names what stands in a box, as far as there is room.
func (s stand) tip() string {
	const room = 8
	first := orElse(s.how, "within reach")
	if s.from < 0 {
		first = s.where()
	}
	lines := []string{first}
	for _, m := range s.members[:min(len(s.members), room)] {
		lines = append(lines, strings.TrimSuffix(m.name+": "+m.words, ": "))
	}
	if more := len(s.members) - room; more > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(lines, "\n")
}

func (s stand) href() string {
	if len(s.members) == 1 {
		return s.members[0].href
	}
	return s.all
}

// levelOf says where a step is: L2 Line 2.
func levelOf(level, zone string) string {
	if level == "" || level == "unknown" {
		return joined("level unknown", zone)
	}
	return "L" + level + " " + zone
}
