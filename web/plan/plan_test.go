package plan_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"interlock/web/plan"
)

var size = plan.Size{Width: 950, Left: 36, Top: 26, Box: 52, Narrow: 57, Gap: 6, Pitch: 6, Corridor: 18, Channel: 18}

// random is a plant of any shape: sites with zones on some levels, joined anyhow.
func random(r *rand.Rand) ([]plan.Node, []plan.Edge) {
	columns, bands := 1+r.IntN(6), 1+r.IntN(8)
	var nodes []plan.Node
	for b := range bands {
		nodes = append(nodes, plan.Node{Column: r.IntN(columns), Band: b}) // no gaps
	}
	for c := range columns {
		nodes = append(nodes, plan.Node{Column: c, Band: r.IntN(bands)})
	}
	for range r.IntN(30) {
		nodes = append(nodes, plan.Node{Column: r.IntN(columns), Band: r.IntN(bands)})
	}
	var edges []plan.Edge
	for range r.IntN(80) {
		e := plan.Edge{From: r.IntN(len(nodes)), To: r.IntN(len(nodes)), Weight: r.IntN(50), Group: fmt.Sprint(r.IntN(3))}
		if e.From != e.To {
			edges = append(edges, e)
		}
	}
	return nodes, edges
}

func TestAnyPlantIsLaidOut(t *testing.T) {
	t.Parallel()
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 7))
		nodes, edges := random(r)
		p := plan.Lay(nodes, edges, size)
		for _, problem := range []string{boxesApart(p), linesOutside(p), arriving(p, edges), edgesWhole(p, edges), weights(p, edges)} {
			if problem != "" {
				t.Fatalf("seed %d: %s", seed, problem)
			}
		}
	}
}

const slack = 0.01

func boxesApart(p plan.Picture) string {
	for i, a := range p.Boxes {
		if a.X < 0 || a.X+a.W > p.Width+slack || a.Y < 0 || a.Y+a.H > p.Height+slack || a.W < 10 {
			return fmt.Sprintf("box %d is %v in %v by %v", i, a, p.Width, p.Height)
		}
		for j, b := range p.Boxes[:i] {
			if a.X < b.X+b.W && b.X < a.X+a.W && a.Y < b.Y+b.H && b.Y < a.Y+a.H {
				return fmt.Sprintf("boxes %d and %d overlap", i, j)
			}
		}
	}
	return ""
}

func linesOutside(p plan.Picture) string {
	for _, l := range p.Lines {
		if l.X1 != l.X2 && l.Y1 != l.Y2 {
			return fmt.Sprintf("%v is askew", l)
		}
		if l.X1 < 0 || l.X2 > p.Width || l.Y1 < 0 || l.Y2 > p.Height+slack {
			return fmt.Sprintf("%v leaves the picture of %v by %v", l, p.Width, p.Height)
		}
		for i, b := range p.Boxes {
			if l.X1 < b.X+b.W-slack && l.X2 > b.X+slack && l.Y1 < b.Y+b.H-slack && l.Y2 > b.Y+slack {
				return fmt.Sprintf("%v passes through box %d %v", l, i, b)
			}
		}
	}
	return ""
}

// arriving: an edge ends at the upper or lower side of its target.
func arriving(p plan.Picture, edges []plan.Edge) string {
	for i, e := range edges {
		to, end := p.Boxes[e.To], p.Ends[i]
		y := to.Y
		if end.Up {
			y += to.H
		}
		if end.Y != y || end.X < to.X || end.X > to.X+to.W {
			return fmt.Sprintf("edge %d arrives at %v, its target is %v", i, end, to)
		}
	}
	return ""
}

// edgesWhole: the lines that an edge runs along join its node to its end.
func edgesWhole(p plan.Picture, edges []plan.Edge) string {
	lines := make([][]plan.Line, len(edges))
	for _, l := range p.Lines {
		for _, e := range l.Edges {
			lines[e] = append(lines[e], l)
		}
	}
	for i, e := range edges {
		type point struct{ x, y float64 }
		reached := map[point]bool{{p.Ends[i].X, p.Ends[i].Y}: true}
		for again := true; again; {
			again = false
			for _, l := range lines[i] {
				a, b := point{l.X1, l.Y1}, point{l.X2, l.Y2}
				if reached[a] != reached[b] {
					reached[a], reached[b], again = true, true, true
				}
			}
		}
		from, left := p.Boxes[e.From], false
		for at := range reached {
			left = left || at.x >= from.X && at.x <= from.X+from.W && (at.y == from.Y || at.y == from.Y+from.H)
		}
		if !left {
			return fmt.Sprintf("edge %d does not reach its node", i)
		}
	}
	return ""
}

// weights: a line is as heavy as the edges along it.
func weights(p plan.Picture, edges []plan.Edge) string {
	for _, l := range p.Lines {
		sum := 0
		for _, e := range l.Edges {
			sum += edges[e].Weight
		}
		if sum != l.Weight {
			return fmt.Sprintf("%v weighs %d", l, sum)
		}
	}
	return ""
}

// Lines of different nodes or groups never run over one another along a channel.
func TestLinesKeepTheirLanes(t *testing.T) {
	t.Parallel()
	for seed := range uint64(200) {
		nodes, edges := random(rand.New(rand.NewPCG(seed, 11)))
		p := plan.Lay(nodes, edges, size)
		for i, a := range p.Lines {
			for _, b := range p.Lines[:i] {
				x, y := edges[a.Edges[0]], edges[b.Edges[0]]
				if x.From == y.From && x.Group == y.Group || a.Y1 != a.Y2 || b.Y1 != b.Y2 || a.Y1 != b.Y1 {
					continue
				}
				if a.X1 < b.X2 && b.X1 < a.X2 {
					t.Fatalf("seed %d: %v runs over %v", seed, a, b)
				}
			}
		}
	}
}

// What stands side by side and does not fit stands in rows; what faces each other
// is joined by a straight line.
func TestShapes(t *testing.T) {
	t.Parallel()
	var nodes []plan.Node
	for range 40 {
		nodes = append(nodes, plan.Node{})
	}
	p := plan.Lay(nodes, nil, size)
	if p.Boxes[0].Y == p.Boxes[39].Y || p.Boxes[0].W < size.Narrow {
		t.Errorf("40 boxes stand in one row of %v", p.Boxes[0].W)
	}
	p = plan.Lay([]plan.Node{{}, {Band: 1}}, []plan.Edge{{From: 0, To: 1, Weight: 3}}, size)
	if len(p.Lines) != 1 || p.Lines[0].X1 != p.Lines[0].X2 {
		t.Errorf("%v", p.Lines)
	}
	if p := plan.Lay(nil, nil, size); len(p.Boxes) != 0 || p.Height < 0 {
		t.Errorf("%v", p)
	}
}
