package plan

import (
	"cmp"
	"math"
	"slices"
)

// grid chooses how many boxes stand side by side: all that do, and fewer where it
// costs least as long as they do not fit.
func (l *layout) grid() {
	bands, columns := 1, 1
	for _, n := range l.nodes {
		bands, columns = max(bands, n.Band+1), max(columns, n.Column+1)
	}
	held := make(grids, columns)
	for c := range held {
		held[c] = map[int][]int{}
	}
	for i, n := range l.nodes {
		held[n.Column][n.Band] = append(held[n.Column][n.Band], i)
	}
	l.order(held, bands)
	l.perRow = make([]int, columns)
	for c, byBand := range held {
		for _, list := range byBand {
			l.perRow[c] = max(l.perRow[c], len(list))
		}
		l.perRow[c] = max(l.perRow[c], 1)
	}
	all := slices.Clone(l.perRow)
	l.fit(held, bands, cheapest)
	cheap, cost := slices.Clone(l.perRow), l.cost()
	copy(l.perRow, all)
	if l.fit(held, bands, shallowest); cost < l.cost() {
		copy(l.perRow, cheap)
		l.arrange(held, bands)
	}
}

type grids = []map[int][]int // nodes by column and band

// fit makes columns narrower, one after the other, until the whole fits.
func (l *layout) fit(held grids, bands int, next func(*layout, grids, int) int) {
	for l.arrange(held, bands); l.least() > l.Width && slices.Max(l.perRow) > 1; l.arrange(held, bands) {
		l.perRow[next(l, held, bands)]--
	}
}

// arrange puts nodes in rows and trees in corridors.
func (l *layout) arrange(held grids, bands int) {
	l.rows(held, bands)
	l.plant()
}

// cost counts rows, then lines beside columns.
func (l *layout) cost() int {
	cost := 1000 * l.first[len(l.first)-1]
	for _, lines := range l.tall {
		cost += lines
	}
	return cost
}

// cheapest is the column that costs least to make narrower.
func cheapest(l *layout, held grids, bands int) int {
	best, least := 0, math.MaxInt
	for c, n := range l.perRow {
		if n == 1 {
			continue
		}
		l.perRow[c]--
		l.arrange(held, bands)
		if cost := l.cost(); cost < least {
			best, least = c, cost
		}
		l.perRow[c]++
	}
	return best
}

// shallowest is the column with boxes in the fewest bands that can be narrower.
func shallowest(l *layout, held grids, _ int) int {
	best, least := 0, math.MaxInt
	for c, n := range l.perRow {
		if n > 1 && len(held[c]) < least {
			best, least = c, len(held[c])
		}
	}
	return best
}

// rows gives every node its row: a band has as many as its fullest cell needs.
func (l *layout) rows(held grids, bands int) {
	l.first, l.cells = make([]int, bands+1), make([]cell, len(l.nodes))
	for b := range bands {
		most := 1
		for c, byBand := range held {
			n := len(byBand[b])
			rows := (n + l.perRow[c] - 1) / l.perRow[c]
			most = max(most, rows)
			for i, node := range byBand[b] {
				of := min(n, l.perRow[c])
				l.cells[node] = cell{l.first[b] + i/of, i % of, of}
			}
		}
		l.first[b+1] = l.first[b] + most
	}
}

// order puts the boxes of a cell in the order of what they are joined to above them,
// so that lines within a column run straight; what is joined to nothing there comes
// last.
func (l *layout) order(held grids, bands int) {
	joined := map[int][]int{}
	for _, e := range l.edges {
		if l.nodes[e.From].Column == l.nodes[e.To].Column {
			joined[e.From] = append(joined[e.From], e.To)
			joined[e.To] = append(joined[e.To], e.From)
		}
	}
	for _, byBand := range held {
		place := map[int]float64{}
		for b := range bands {
			list := byBand[b]
			middle := map[int]float64{}
			for _, node := range list {
				middle[node] = mean(joined[node], place)
			}
			slices.SortStableFunc(list, func(x, y int) int { return cmp.Compare(middle[x], middle[y]) })
			clear(place)
			for i, node := range list {
				place[node] = float64(i)
			}
		}
	}
}

// mean is the average place of those that have one; far off when none has.
func mean(nodes []int, place map[int]float64) float64 {
	sum, n := 0.0, 0.0
	for _, node := range nodes {
		if at, ok := place[node]; ok {
			sum, n = sum+at, n+1
		}
	}
	if n == 0 {
		return math.MaxFloat64
	}
	return sum / n
}

// plant makes the trees and gives each that goes far its lane in a corridor.
func (l *layout) plant() {
	l.trees = nil
	known := map[[4]any]*tree{}
	for i, e := range l.edges {
		from, to := l.cells[e.From], l.cells[e.To]
		up := to.row < from.row
		column := l.nodes[e.To].Column
		if up {
			column = l.nodes[e.From].Column
		}
		key := [4]any{e.From, column, up, e.Group}
		t := known[key]
		if t == nil {
			t = &tree{from: e.From, column: column, up: up, lane: -1, begin: from.row, arrive: map[int]float64{}, flat: map[int]int{}}
			if up {
				t.begin--
			}
			known[key] = t
			l.trees = append(l.trees, t)
		}
		t.edges = append(t.edges, i)
	}
	l.corridors()
}

// corridors gives trees that pass a row a lane; those that share a channel do not
// share a lane.
func (l *layout) corridors() {
	l.tall = make([]int, len(l.perRow))
	far := slices.Clone(l.trees)
	slices.SortStableFunc(far, func(a, b *tree) int {
		return cmp.Or(cmp.Compare(l.nodes[b.from].Column, l.nodes[a.from].Column), cmp.Compare(a.begin, b.begin))
	})
	lanes := map[int][][]span{} // by column
	for _, t := range far {
		s := l.extent(t)
		if s.from == s.to {
			continue
		}
		t.lane = free(lanes[t.column], s)
		lanes[t.column] = put(lanes[t.column], t.lane, s)
		l.tall[t.column] = max(l.tall[t.column], t.lane+1)
	}
}

// extent is the channels that a tree touches, first to last.
func (l *layout) extent(t *tree) span {
	s := span{float64(t.begin), float64(t.begin)}
	for _, e := range t.edges {
		c := float64(l.channelInto(t, e))
		s.from, s.to = min(s.from, c), max(s.to, c)
	}
	return s
}

// least is the width that the whole needs.
func (l *layout) least() float64 {
	w := l.Left
	for c := range l.perRow {
		w += l.corridor(c) + float64(l.perRow[c])*(l.Narrow+l.Gap) - l.Gap
	}
	return w
}

func (l *layout) corridor(c int) float64 {
	if c == 0 && l.tall[0] == 0 {
		return 0
	}
	return l.Corridor + float64(max(l.tall[c]-1, 0))*l.Pitch
}
