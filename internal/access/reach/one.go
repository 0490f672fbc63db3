package reach

import (
	"container/heap"
	"slices"
)

// Without names what is taken away in a what-if, by id.
type Without struct{ Grants, Conduits, Credentials []int64 }

// walk is the search for one identity that remembers the ways. It takes the
// nearest first: what is farther needs what is nearer.
type walk struct {
	*Plant
	without  Without
	who      int32
	held     map[int32]holding // by identity
	met      []standing        // by condition
	waiting  map[int32][]move  // by condition, moves that lack it
	next     moves
	reached  map[int32]move // by asset, the nearest
	opened   map[int32]move // with engineer or admin, the nearest
	order    []int32        // assets as they were reached
	highest  map[int32]Privilege
	missing  []bool // conduits that are taken away
	newHeld  []int32
	newConds []int32
}

// holding is how an identity came to be held: because it knows the secret, or by
// a credential stored on an asset. path are the assets acted from until then.
type holding struct {
	path       []int32
	credential int32 // none if known from the start
	shared     bool  // a shared identity that is known to the one before
	by         int32 // the identity that knows it
}

// standing is how a condition came to hold: by a position, or by a conduit from one.
type standing struct {
	met  bool
	path []int32
	by   int32 // the conduit, or none
}

// move is the use of one access by a held identity. path ends with its asset.
type move struct {
	access
	actor int32
	path  []int32
	seq   int
}

type moves []move

func (m moves) Len() int      { return len(m) }
func (m moves) Swap(i, j int) { m[i], m[j] = m[j], m[i] }
func (m moves) Less(i, j int) bool {
	if len(m[i].path) != len(m[j].path) {
		return len(m[i].path) < len(m[j].path)
	}
	return m[i].seq < m[j].seq
}
func (m *moves) Push(x any) { *m = append(*m, x.(move)) }
func (m *moves) Pop() any {
	old := *m
	x := old[len(old)-1]
	*m = old[:len(old)-1]
	return x
}

func (p *Plant) walk(who int32, without Without) *walk {
	w := &walk{
		Plant: p, without: without, who: who, held: map[int32]holding{}, met: make([]standing, p.conditions()), waiting: map[int32][]move{},
		reached: map[int32]move{}, opened: map[int32]move{}, highest: map[int32]Privilege{}, missing: make([]bool, len(p.conduits)),
	}
	for i, c := range p.conduits {
		w.missing[i] = slices.Contains(without.Conduits, c.id)
	}
	if !p.identities[who].active {
		return w
	}
	home := p.identities[who].home
	w.meet(always, nil, none)
	for z, x := range p.zones {
		if home == nowhere || x.domain == home {
			w.stand(int32(z), nil) //nolint:gosec // few zones
		}
	}
	w.hold(who, holding{credential: none})
	for _, s := range p.shares.of(who) {
		w.hold(s, holding{credential: none, shared: true, by: who})
	}
	seq := 0
	for w.settle(&seq); len(w.next) > 0; w.settle(&seq) {
		w.make(heap.Pop(&w.next).(move))
	}
	return w
}

// settle turns what has come to be held or to hold into moves.
func (w *walk) settle(seq *int) {
	propose := func(m move) {
		*seq++
		m.path, m.seq = joined(w.held[m.actor].path, w.met[m.condition].path, m.asset), *seq
		heap.Push(&w.next, m)
	}
	for _, h := range w.newHeld {
		for _, a := range w.accesses.of(h) {
			switch m := (move{access: a, actor: h}); {
			case w.gone(a):
			case w.met[a.condition].met:
				propose(m)
			default:
				w.waiting[a.condition] = append(w.waiting[a.condition], m)
			}
		}
	}
	for _, c := range w.newConds {
		for _, m := range w.waiting[c] {
			propose(m)
		}
		delete(w.waiting, c)
	}
	w.newHeld, w.newConds = w.newHeld[:0], w.newConds[:0]
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

func (w *walk) make(m move) {
	if _, ok := w.reached[m.asset]; !ok {
		w.reached[m.asset] = m
		w.order = append(w.order, m.asset)
	}
	w.highest[m.asset] = max(w.highest[m.asset], m.privilege)
	if _, ok := w.opened[m.asset]; ok || m.privilege < Engineer {
		return
	}
	w.opened[m.asset] = m
	path := m.path
	if zone := w.assets[m.asset].zone; zone != none {
		w.stand(zone, path)
	}
	for _, c := range w.stored.of(m.asset) {
		x := w.credentials[c]
		if slices.Contains(w.without.Credentials, x.id) {
			continue
		}
		w.hold(x.identity, holding{path: path, credential: c})
		for _, s := range w.shares.of(x.identity) {
			w.hold(s, holding{path: path, credential: c, shared: true, by: x.identity})
		}
	}
}

func (w *walk) hold(who int32, how holding) {
	if _, ok := w.held[who]; !ok {
		w.held[who] = how
		w.newHeld = append(w.newHeld, who)
	}
}

// stand makes a zone a position.
func (w *walk) stand(zone int32, path []int32) {
	w.meet(w.in(zone), path, none)
	w.meet(w.near(zone), path, none)
	for _, c := range w.leads.of(zone) {
		if !w.missing[c] {
			w.meet(w.near(w.conduits[c].to), path, c)
		}
	}
}

func (w *walk) meet(condition int32, path []int32, by int32) {
	switch s := &w.met[condition]; {
	case !s.met:
		*s = standing{true, path, by}
		w.newConds = append(w.newConds, condition)
	case by == none && len(path) == 0 && len(s.path) == 0:
		s.by = none // no conduit is needed
	}
}
