package reach

import (
	"container/heap"
	"slices"
)

// Without names what is taken away in a what-if, by id.
type Without struct{ Grants, Conduits, Credentials []int64 }

// alternatives is how many ways to a secret or a position are followed where ways
// are shown. Two facts that a move needs may share a part of their ways, so the
// shortest way to each is not always part of the shortest way to both.
const alternatives = 12

// walk is the search for one identity that remembers the ways. It takes the
// nearest first: what is farther needs what is nearer.
type walk struct {
	*Plant
	without Without
	who     int32
	most    int                  // alternatives to follow
	held    map[int32][]*premise // by identity: how it came to be held
	met     [][]*premise         // by condition: how it came to hold
	usable  map[int32][]access   // by condition: accesses of the held
	actors  map[int32][]int32    // whose they are
	next    moves
	count   int
	reached map[int32]*move   // by asset, the nearest
	opened  map[int32][]*move // with engineer or admin, the nearest
	order   []int32           // assets as they were reached
	highest map[int32]Privilege
	missing []bool // conduits that are taken away
	fresh   []freshly
}

// premise is how an identity came to be held or a condition to hold: from the
// start, or by acting from an asset.
type premise struct {
	from   *move // nil from the start
	by     int32 // the credential, or the conduit that leads there, or none
	shared int32 // who knows the shared identity, or none
}

func (p *premise) path() []int32 {
	if p.from == nil {
		return nil
	}
	return p.from.path
}

// freshly is a premise that has not been drawn on: of an identity or a condition.
type freshly struct {
	*premise
	identity, condition int32
}

// move is the use of one access by a held identity. path ends with its asset.
type move struct {
	access
	actor         int32
	hand, footing *premise
	path          []int32
	number        int
}

type moves []*move

func (m moves) Len() int      { return len(m) }
func (m moves) Swap(i, j int) { m[i], m[j] = m[j], m[i] }
func (m moves) Less(i, j int) bool {
	if len(m[i].path) != len(m[j].path) {
		return len(m[i].path) < len(m[j].path)
	}
	return m[i].number < m[j].number
}
func (m *moves) Push(x any) { *m = append(*m, x.(*move)) }
func (m *moves) Pop() any {
	old := *m
	x := old[len(old)-1]
	*m = old[:len(old)-1]
	return x
}

func (p *Plant) walk(who int32, without Without, most int) *walk {
	w := &walk{
		Plant: p, without: without, who: who, most: most, held: map[int32][]*premise{}, met: make([][]*premise, p.conditions()),
		usable: map[int32][]access{}, actors: map[int32][]int32{}, reached: map[int32]*move{}, opened: map[int32][]*move{},
		highest: map[int32]Privilege{}, missing: make([]bool, len(p.conduits)),
	}
	for i, c := range p.conduits {
		w.missing[i] = slices.Contains(without.Conduits, c.id)
	}
	if !p.identities[who].active {
		return w
	}
	home := p.identities[who].home
	w.meet(always, premise{by: none})
	for z, x := range p.zones {
		if home == nowhere || x.domain == home {
			w.meet(p.in(int32(z)), premise{by: none})
			w.meet(p.near(int32(z)), premise{by: none})
		}
	}
	for z, x := range p.zones {
		if home == nowhere || x.domain == home {
			w.lead(int32(z), nil)
		}
	}
	w.hold(who, premise{by: none, shared: none})
	for _, s := range p.shares.of(who) {
		w.hold(s, premise{by: none, shared: who})
	}
	for w.settle(); len(w.next) > 0; w.settle() {
		w.act(heap.Pop(&w.next).(*move))
	}
	return w
}

// settle turns what has come to be held or to hold into moves.
func (w *walk) settle() {
	for ; len(w.fresh) > 0; w.fresh = w.fresh[1:] {
		f := w.fresh[0]
		if f.identity == none {
			for i, a := range w.usable[f.condition] {
				for _, hand := range w.held[w.actors[f.condition][i]] {
					w.propose(a, w.actors[f.condition][i], hand, f.premise)
				}
			}
			continue
		}
		first := w.held[f.identity][0] == f.premise
		for _, a := range w.accesses.of(f.identity) {
			if w.gone(a) {
				continue
			}
			if first {
				w.usable[a.condition] = append(w.usable[a.condition], a)
				w.actors[a.condition] = append(w.actors[a.condition], f.identity)
			}
			for _, footing := range w.met[a.condition] {
				w.propose(a, f.identity, f.premise, footing)
			}
		}
	}
}

func (w *walk) propose(a access, actor int32, hand, footing *premise) {
	x, y := hand.path(), footing.path()
	if slices.Contains(x, a.asset) || slices.Contains(y, a.asset) {
		w.highest[a.asset] = max(w.highest[a.asset], a.privilege)
		return
	}
	w.count++
	heap.Push(&w.next, &move{a, actor, hand, footing, joined(x, y, a.asset), w.count})
}

// gone tells what was taken away. An asset without a zone needs no conduit.
func (w *walk) gone(a access) bool {
	g := w.grants[a.grant]
	return slices.Contains(w.without.Grants, g.id) || a.condition != always && g.via >= 0 && w.missing[g.via]
}

// joined is both paths without repeats, and what follows.
func joined(x, y []int32, then int32) []int32 {
	path := make([]int32, 0, len(x)+len(y)+1)
	path = append(path, x...)
	for _, a := range y {
		if !slices.Contains(x, a) {
			path = append(path, a)
		}
	}
	return append(path, then)
}

// needless tells whether a way has no merit beside those that are there.
func needless(most int, path []int32, there func(yield func([]int32) bool)) bool {
	n := 0
	for other := range there {
		n++
		if n == most || len(other) <= len(path) && !slices.ContainsFunc(other, func(a int32) bool { return !slices.Contains(path, a) }) {
			return true
		}
	}
	return false
}

func paths(list []*premise) func(func([]int32) bool) {
	return func(yield func([]int32) bool) {
		for _, p := range list {
			if !yield(p.path()) {
				return
			}
		}
	}
}

func (w *walk) act(m *move) {
	if _, ok := w.reached[m.asset]; !ok {
		w.reached[m.asset] = m
		w.order = append(w.order, m.asset)
	}
	w.highest[m.asset] = max(w.highest[m.asset], m.privilege)
	there := func(yield func([]int32) bool) {
		for _, o := range w.opened[m.asset] {
			if !yield(o.path) {
				return
			}
		}
	}
	if m.privilege < Engineer || needless(w.most, m.path, there) {
		return
	}
	w.opened[m.asset] = append(w.opened[m.asset], m)
	if zone := w.assets[m.asset].zone; zone != none {
		w.meet(w.in(zone), premise{from: m, by: none})
		w.meet(w.near(zone), premise{from: m, by: none})
		w.lead(zone, m)
	}
	for _, c := range w.stored.of(m.asset) {
		x := w.credentials[c]
		if slices.Contains(w.without.Credentials, x.id) {
			continue
		}
		w.hold(x.identity, premise{from: m, by: c, shared: none})
		for _, s := range w.shares.of(x.identity) {
			w.hold(s, premise{from: m, by: c, shared: x.identity})
		}
	}
}

func (w *walk) hold(who int32, how premise) {
	if !needless(w.most, how.path(), paths(w.held[who])) {
		w.held[who] = append(w.held[who], &how)
		w.fresh = append(w.fresh, freshly{&how, who, none})
	}
}

// lead follows the conduits from a position.
func (w *walk) lead(zone int32, from *move) {
	for _, c := range w.leads.of(zone) {
		if !w.missing[c] {
			w.meet(w.near(w.conduits[c].to), premise{from: from, by: c})
		}
	}
}

func (w *walk) meet(condition int32, how premise) {
	if !needless(w.most, how.path(), paths(w.met[condition])) {
		w.met[condition] = append(w.met[condition], &how)
		w.fresh = append(w.fresh, freshly{&how, none, condition})
	}
}
