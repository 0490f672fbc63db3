// Package plan lays out the picture of the plant: levels are bands from top to
// bottom, sites are columns, zones are boxes, and the ways between them run in the
// channels between bands and the corridors between columns, so that no line passes
// through a box. It knows numbers only: words, colours and links are its caller's.
package plan

// Node is a box to place. Boxes of one column and band stand side by side, in the
// order given.
type Node struct{ Column, Band int }

// Edge leads from one node to another. Edges of a group that begin at one node and
// end in one column share a line until they part.
type Edge struct {
	From, To int
	Weight   int
	Group    string
}

// Size is how large things are drawn.
type Size struct {
	Width    float64 // of the whole
	Left     float64 // for the names of the bands
	Top      float64 // for the names of the columns
	Box      float64 // height of a box
	Narrow   float64 // the least width of a box, if it can be had
	Gap      float64 // between boxes
	Pitch    float64 // from line to line
	Corridor float64 // between columns, without lines
	Channel  float64 // between rows, without lines
}

// Picture is where everything stands.
type Picture struct {
	Width, Height float64
	Columns       []Span
	Bands         []Band
	Boxes         []Box // by node
	Lines         []Line
	Ends          []End // by edge
}

// Span is an extent.
type Span struct{ From, To float64 }

// Band is the extent of a band, and the middle of the channel under it.
type Band struct {
	Span
	Under float64
}

// Box is a rectangle.
type Box struct{ X, Y, W, H float64 }

// Line is a straight piece that all of its edges run along.
type Line struct {
	X1, Y1, X2, Y2 float64
	Weight         int
	Edges          []int
}

// End is where an edge arrives; Up tells that it comes from below.
type End struct {
	X, Y float64
	Up   bool
}

// Lay lays out nodes and edges. Bands and columns are numbered from 0 without gaps.
func Lay(nodes []Node, edges []Edge, size Size) Picture {
	l := &layout{Size: size, nodes: nodes, edges: edges}
	l.grid()
	l.across()
	l.ports()
	l.down()
	return l.picture()
}

// layout is the work in progress.
type layout struct {
	Size
	nodes []Node
	edges []Edge

	perRow []int     // by column: how many boxes stand side by side
	first  []int     // by band: its first row; one more at the end
	cells  []cell    // by node
	trees  []*tree   // lines that part
	tall   []int     // by column: lines in the corridor before it
	column []Span    // by column
	boxes  []Box     // by node
	flat   []int     // by channel: lines along it
	taken  []slots   // by channel: where lines leave and enter
	row    []float64 // by row: its top
}

// cell is a node's place in the grid.
type cell struct{ row, slot, of int }

// tree is the edges that leave a node together. Its trunk runs in the corridor
// before the column that it leads down to or up from, unless it goes no further than
// the next row.
type tree struct {
	from, column int
	up           bool
	edges        []int
	lane         int             // in the corridor; -1: none
	begin        int             // the channel it leaves into
	port         float64         // where it leaves
	arrive       map[int]float64 // by edge: where it arrives
	flat         map[int]int     // by channel: its lane there
}

// channelInto is the channel from which an edge enters its target.
func (l *layout) channelInto(t *tree, edge int) int {
	row := l.cells[l.edges[edge].To].row
	if t.up || row == l.cells[t.from].row {
		return row
	}
	return row - 1
}
