package plan

import (
	"cmp"
	"maps"
	"slices"
)

// across gives columns and boxes their places from left to right; what is left over
// is shared by the boxes.
func (l *layout) across() {
	over := max(l.Width-l.least(), 0)
	if l.least() > l.Width {
		over = l.Width - l.least() // boxes shrink
	}
	total := 0
	for _, n := range l.perRow {
		total += n
	}
	x := l.Left
	l.column = make([]Span, len(l.perRow))
	for c, n := range l.perRow {
		x += l.corridor(c)
		w := float64(n)*(l.Narrow+l.Gap) - l.Gap + over*float64(n)/float64(total)
		l.column[c] = Span{x, x + w}
		x += w
	}
	l.boxes = make([]Box, len(l.nodes))
	for i, n := range l.nodes {
		at, col := l.cells[i], l.column[n.Column]
		w := (col.To - col.From - l.Gap*float64(at.of-1)) / float64(at.of)
		l.boxes[i] = Box{X: col.From + float64(at.slot)*(w+l.Gap), W: w, H: l.Box}
	}
}

// trunk is where a tree's lane in the corridor stands: the first nearest its column.
func (l *layout) trunk(t *tree) float64 {
	return l.column[t.column].From - l.Corridor/2 - float64(t.lane)*l.Pitch
}

// edge within which lines may leave a box: not at its corners.
func (b Box) edge() span {
	inset := min(8, b.W/4)
	return span{b.X + inset, b.X + b.W - inset}
}

// ports chooses where lines leave and enter: straight ones first, then every tree as
// near as can be to where it goes, and every end as near as can be to where it is
// from. Places are taken by channel, so that no two lines run over one another.
func (l *layout) ports() {
	l.taken = make([]slots, l.first[len(l.first)-1]+1) // the last is above the first row
	for _, t := range l.trees {
		l.straight(t)
	}
	for _, t := range l.trees {
		if len(t.arrive) == len(t.edges) && len(t.edges) == 1 {
			continue
		}
		t.port = l.at(t.begin).take(l.heading(t), l.boxes[t.from].edge(), l.Pitch)
		for _, e := range l.byPlace(t) {
			from := t.port
			if t.lane >= 0 {
				from = l.trunk(t)
			}
			t.arrive[e] = l.at(l.channelInto(t, e)).take(from, l.boxes[l.edges[e].To].edge(), l.Pitch)
		}
	}
}

func (l *layout) at(channel int) *slots {
	if channel < 0 {
		channel = len(l.taken) - 1
	}
	return &l.taken[channel]
}

// heading is towards where a tree goes from its node.
func (l *layout) heading(t *tree) float64 {
	if t.lane >= 0 {
		return l.trunk(t)
	}
	to := l.boxes[l.edges[t.edges[0]].To]
	return to.X + to.W/2
}

func (l *layout) byPlace(t *tree) []int {
	return slices.SortedStableFunc(slices.Values(t.edges), func(a, b int) int {
		return cmp.Compare(l.boxes[l.edges[a].To].X, l.boxes[l.edges[b].To].X)
	})
}

// straight lets the only edge of a tree run straight when the boxes face each other
// over one channel.
func (l *layout) straight(t *tree) {
	if len(t.edges) != 1 || t.lane >= 0 {
		return
	}
	e := t.edges[0]
	from, to := l.cells[t.from], l.cells[l.edges[e].To]
	a, b := l.boxes[t.from].edge(), l.boxes[l.edges[e].To].edge()
	both := span{max(a.from, b.from), min(a.to, b.to)}
	if from.row == to.row || both.to < both.from {
		return
	}
	if x, ok := l.at(t.begin).near((both.from+both.to)/2, both, l.Pitch); ok {
		*l.at(t.begin) = append(*l.at(t.begin), x)
		t.port, t.arrive[e] = x, x
	}
}

// down gives lines along channels their lanes, and rows their places from top to
// bottom.
func (l *layout) down() {
	rows := l.first[len(l.first)-1]
	l.flat = make([]int, rows+1)
	lanes := map[int][][]span{}
	for _, t := range l.byLength() {
		along := l.along(t)
		for _, channel := range slices.Sorted(maps.Keys(along)) {
			s := along[channel]
			if s.to == s.from {
				t.flat[channel] = -1
				continue
			}
			s.from, s.to = s.from-l.Pitch/2, s.to+l.Pitch/2
			lane := free(lanes[channel], s)
			lanes[channel] = put(lanes[channel], lane, s)
			t.flat[channel] = lane
			i := (channel + rows + 1) % (rows + 1)
			l.flat[i] = max(l.flat[i], lane+1)
		}
	}
	l.row = make([]float64, rows+1)
	y := l.Top + l.height(rows)
	for r := range rows {
		l.row[r] = y
		y += l.Box + l.height(r)
	}
	l.row[rows] = y
	for i := range l.boxes {
		l.boxes[i].Y = l.row[l.cells[i].row]
	}
}

// byLength puts trees that reach far first, so that short ones nest inside.
func (l *layout) byLength() []*tree {
	return slices.SortedStableFunc(slices.Values(l.trees), func(a, b *tree) int {
		x, y := l.extent(a), l.extent(b)
		return cmp.Or(cmp.Compare(y.to-y.from, x.to-x.from), cmp.Compare(l.nodes[a.from].Column, l.nodes[b.from].Column))
	})
}

// along is what a tree covers of each channel that it touches.
func (l *layout) along(t *tree) map[int]span {
	along := map[int]span{}
	cover := func(channel int, xs ...float64) {
		s, ok := along[channel]
		if !ok {
			s = span{xs[0], xs[0]}
		}
		for _, x := range xs {
			s.from, s.to = min(s.from, x), max(s.to, x)
		}
		along[channel] = s
	}
	cover(t.begin, t.port)
	for _, e := range t.edges {
		channel := l.channelInto(t, e)
		cover(channel, t.arrive[e])
		if t.lane >= 0 && channel != t.begin {
			cover(t.begin, l.trunk(t))
			cover(channel, l.trunk(t))
		}
	}
	return along
}

// height of the channel under a row; the one above the first row is the last. With
// no lines it is there between bands only.
func (l *layout) height(channel int) float64 {
	lines := float64(max(l.flat[channel]-1, 0)) * l.Pitch
	if channel == len(l.flat)-1 && l.flat[channel] == 0 {
		return 0
	}
	if slices.Contains(l.first[1:], channel+1) || l.flat[channel] > 0 {
		return l.Channel + lines
	}
	return l.Gap + lines
}
