package plan

import (
	"cmp"
	"maps"
	"slices"
)

// picture draws what was laid out.
func (l *layout) picture() Picture {
	rows := l.first[len(l.first)-1]
	p := Picture{Width: l.Width, Height: l.row[rows] - l.height(rows-1) + l.tail(rows-1), Columns: l.column, Boxes: l.boxes, Ends: make([]End, len(l.edges))}
	for b := range len(l.first) - 1 {
		last := l.first[b+1] - 1
		bottom := l.row[last] + l.Box
		p.Bands = append(p.Bands, Band{Span{l.row[l.first[b]], bottom}, bottom + l.height(last)/2})
	}
	for _, t := range l.trees {
		p.Lines = append(p.Lines, l.pieces(t, p.Ends)...)
	}
	return p
}

// tail is what the channel under the last row needs: nothing without lines.
func (l *layout) tail(channel int) float64 {
	if l.flat[channel] == 0 {
		return 2
	}
	return l.height(channel)
}

type point struct{ x, y float64 }

// pieces cuts a tree into straight lines, each with the edges that run along it.
func (l *layout) pieces(t *tree, ends []End) []Line {
	runs := map[run][]stretch{}
	for _, e := range t.edges {
		path := l.path(t, e)
		last := path[len(path)-1]
		ends[e] = End{last.x, last.y, t.up || l.cells[t.from].row == l.cells[l.edges[e].To].row}
		for i := 1; i < len(path); i++ {
			a, b := path[i-1], path[i]
			switch {
			case a.x == b.x && a.y != b.y:
				runs[run{true, a.x}] = append(runs[run{true, a.x}], stretch{min(a.y, b.y), max(a.y, b.y), e})
			case a.x != b.x:
				runs[run{false, a.y}] = append(runs[run{false, a.y}], stretch{min(a.x, b.x), max(a.x, b.x), e})
			}
		}
	}
	var lines []Line
	for _, r := range slices.SortedFunc(maps.Keys(runs), run.compare) {
		lines = append(lines, l.cut(r, runs[r])...)
	}
	return lines
}

// run is a line that stretches lie on; at is its x when it is upright, else its y.
type run struct {
	upright bool
	at      float64
}

func (r run) compare(o run) int {
	if r.upright != o.upright {
		if r.upright {
			return -1
		}
		return 1
	}
	return cmp.Compare(r.at, o.at)
}

type stretch struct {
	from, to float64
	edge     int
}

// cut parts a run wherever a stretch begins or ends.
func (l *layout) cut(r run, list []stretch) []Line {
	var cuts []float64
	for _, s := range list {
		cuts = append(cuts, s.from, s.to)
	}
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	var lines []Line
	for i := 1; i < len(cuts); i++ {
		line := Line{X1: cuts[i-1], Y1: r.at, X2: cuts[i], Y2: r.at}
		if r.upright {
			line = Line{X1: r.at, Y1: cuts[i-1], X2: r.at, Y2: cuts[i]}
		}
		for _, s := range list {
			if s.from <= cuts[i-1] && cuts[i] <= s.to {
				line.Edges = append(line.Edges, s.edge)
				line.Weight += l.edges[s.edge].Weight
			}
		}
		if len(line.Edges) > 0 {
			lines = append(lines, line)
		}
	}
	return lines
}

// path is the corners of an edge from its node to its target.
func (l *layout) path(t *tree, e int) []point {
	from, to := l.boxes[t.from], l.boxes[l.edges[e].To]
	into := l.channelInto(t, e)
	end := point{t.arrive[e], to.Y}
	if t.up || l.cells[t.from].row == l.cells[l.edges[e].To].row {
		end.y = to.Y + to.H
	}
	path := []point{{t.port, from.Y + from.H}}
	if t.up {
		path[0].y = from.Y
	}
	if y, ok := l.level(t, t.begin); ok {
		path = append(path, point{t.port, y})
		if into != t.begin {
			path = append(path, point{l.trunk(t), y})
		}
	}
	if y, ok := l.level(t, into); ok && into != t.begin {
		path = append(path, point{l.trunk(t), y})
	}
	if y, ok := l.level(t, into); ok {
		path = append(path, point{end.x, y})
	}
	return append(path, end)
}

// level is the height at which a tree runs along a channel; there is none where it
// passes straight through.
func (l *layout) level(t *tree, channel int) (float64, bool) {
	lane := t.flat[channel]
	if lane < 0 {
		return 0, false
	}
	top := l.Top
	if channel >= 0 {
		top = l.row[channel] + l.Box
	}
	return top + l.Channel/2 + float64(lane)*l.Pitch, true
}
