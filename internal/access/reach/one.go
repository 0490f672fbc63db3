package reach

import "slices"

// Without names what is taken away in a what-if, by id.
type Without struct{ Grants, Conduits, Credentials, Holders []int64 }

// alternatives is how many ways to a secret or a position are followed where ways
// are shown. Two facts that a move needs may share a part of their ways, so the
// shortest way to each is not always part of the shortest way to both.
const alternatives = 12

// walk is the search for one identity that remembers the ways. It takes the
// nearest first: what is farther needs what is nearer. It can be run again.
type walk struct {
	*Plant
	without Without
	missing []bool // conduits that are taken away
	most    int    // alternatives to follow
	bases   [external + 1][][]*premise

	who     int32
	held    [][]*premise // by identity: how it came to be held
	met     [][]*premise // by condition: how it came to hold
	usable  [][]right    // by condition: of the held
	rounds  [][]chance   // by how many assets stand before the next step
	fresh   []freshly
	reached []*move   // by asset, the nearest
	opened  [][]*move // by asset, with engineer or admin, the nearest
	highest []Privilege
	order   []int32 // assets as they were reached
	holding []int32 // who is held
	turned  []int32 // conditions of what is held
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

// right is all that an identity has under one condition.
type right struct {
	actor    int32
	accesses []access
}

// chance is a right that can be used; prefix is what is acted from before.
type chance struct {
	right
	hand, footing *premise
	prefix        []int32
}

// move is the use of one access by a held identity. path ends with its asset.
type move struct {
	access
	actor         int32
	hand, footing *premise
	path          []int32
}

func (p *Plant) walker(without Without, most int) *walk {
	w := &walk{
		Plant: p, without: without, most: most, missing: make([]bool, len(p.conduits)),
		held: make([][]*premise, len(p.identities)), usable: make([][]right, p.conditions()), met: make([][]*premise, p.conditions()),
		reached: make([]*move, len(p.assets)), opened: make([][]*move, len(p.assets)), highest: make([]Privilege, len(p.assets)),
	}
	for i, c := range p.conduits {
		w.missing[i] = slices.Contains(without.Conduits, c.id)
	}
	return w
}

// walk goes all the way for one identity.
func (p *Plant) walk(who int32, without Without, most int) *walk {
	w := p.walker(without, most)
	w.run(who, nil)
	return w
}

// run searches until everything is reached, or the nearest that is wanted.
func (w *walk) run(who int32, wanted func(asset int32) bool) (found int32) {
	w.reset(who)
	me := w.identities[who]
	if !me.active {
		return none
	}
	copy(w.met, w.base(me.home))
	w.hold(who, premise{by: none, shared: none})
	for _, s := range w.knows(who) {
		w.hold(s, premise{by: none, shared: who})
	}
	w.settle()
	for n := 0; n < len(w.rounds); n++ {
		begun := len(w.order)
		for _, c := range w.rounds[n] {
			w.use(c)
		}
		for _, a := range w.order[begun:] {
			if wanted != nil && wanted(a) {
				return a
			}
		}
		w.settle()
	}
	return none
}

func (w *walk) reset(who int32) {
	for _, i := range w.holding {
		w.held[i] = nil
	}
	for _, c := range w.turned {
		w.usable[c] = w.usable[c][:0]
	}
	for _, a := range w.order {
		w.reached[a], w.opened[a], w.highest[a] = nil, nil, Unset
	}
	for n := range w.rounds {
		w.rounds[n] = w.rounds[n][:0]
	}
	w.who, w.holding, w.turned, w.order, w.fresh = who, w.holding[:0], w.turned[:0], w.order[:0], w.fresh[:0]
}

// base is what holds at home, before anything is done.
func (w *walk) base(home Domain) [][]*premise {
	if w.bases[home] != nil {
		return w.bases[home]
	}
	base := make([][]*premise, w.conditions())
	start := func(condition int32, by int32) {
		if base[condition] == nil {
			base[condition] = []*premise{{by: by}}
		}
	}
	start(always, none)
	at := func(z int) bool { return home == nowhere || w.zones[z].domain == home }
	for z := range w.zones {
		if at(z) {
			start(w.in(int32(z)), none)
			start(w.near(int32(z)), none)
		}
	}
	for z := range w.zones {
		if !at(z) {
			continue
		}
		for _, c := range w.leads.of(int32(z)) {
			if !w.missing[c] {
				start(w.near(w.conduits[c].to), c)
			}
		}
	}
	w.bases[home] = base
	return base
}

// settle turns what has come to be held or to hold into chances.
func (w *walk) settle() {
	for i := 0; i < len(w.fresh); i++ {
		f := w.fresh[i]
		if f.identity == none {
			for _, r := range w.usable[f.condition] {
				for _, hand := range w.held[r.actor] {
					w.propose(r, hand, f.premise)
				}
			}
			continue
		}
		first := w.held[f.identity][0] == f.premise
		for list := w.accesses.of(f.identity); len(list) > 0; {
			n := 1
			for n < len(list) && list[n].condition == list[0].condition {
				n++
			}
			c, r := list[0].condition, right{f.identity, list[:n]}
			if list = list[n:]; first {
				w.usable[c], w.turned = append(w.usable[c], r), append(w.turned, c)
			}
			for _, footing := range w.met[c] {
				w.propose(r, f.premise, footing)
			}
		}
	}
	w.fresh = w.fresh[:0]
}

func (w *walk) propose(r right, hand, footing *premise) {
	c := chance{r, hand, footing, joined(hand.path(), footing.path())}
	for len(w.rounds) <= len(c.prefix) {
		w.rounds = append(w.rounds, nil)
	}
	w.rounds[len(c.prefix)] = append(w.rounds[len(c.prefix)], c)
}

// joined is both paths without repeats.
func joined(x, y []int32) []int32 {
	switch {
	case len(y) == 0:
		return x
	case len(x) == 0:
		return y
	}
	path := slices.Clip(x)
	for _, a := range y {
		if !slices.Contains(x, a) {
			path = append(path, a)
		}
	}
	return path
}

func (w *walk) use(c chance) {
	for _, a := range c.accesses {
		if w.gone(a) {
			continue
		}
		if w.reached[a.asset] != nil && a.privilege <= w.highest[a.asset] && (a.privilege < Engineer || len(w.opened[a.asset]) == w.most) {
			continue // nothing new
		}
		if w.highest[a.asset] = max(w.highest[a.asset], a.privilege); !slices.Contains(c.prefix, a.asset) {
			w.act(&move{a, c.actor, c.hand, c.footing, append(slices.Clip(c.prefix), a.asset)})
		}
	}
}

// gone tells what was taken away. An asset without a zone needs no conduit.
func (w *walk) gone(a access) bool {
	g := &w.grants[a.grant]
	return slices.Contains(w.without.Grants, g.id) || a.condition != always && g.via >= 0 && w.missing[g.via]
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
	if w.reached[m.asset] == nil {
		w.reached[m.asset], w.order = m, append(w.order, m.asset)
	}
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
		for _, c := range w.leads.of(zone) {
			if !w.missing[c] {
				w.meet(w.near(w.conduits[c].to), premise{from: m, by: c})
			}
		}
	}
	for _, c := range w.stored.of(m.asset) {
		x := w.credentials[c]
		if slices.Contains(w.without.Credentials, x.id) {
			continue
		}
		w.hold(x.identity, premise{from: m, by: c, shared: none})
		for _, s := range w.knows(x.identity) {
			w.hold(s, premise{from: m, by: c, shared: x.identity})
		}
	}
}

// knows gives the shared identities whose secret someone still knows.
func (w *walk) knows(who int32) []int32 {
	list := make([]int32, 0, 4)
	for _, h := range w.shares.of(who) {
		if !slices.Contains(w.without.Holders, w.holders[h].id) {
			list = append(list, w.holders[h].shared)
		}
	}
	return list
}

func (w *walk) hold(who int32, how premise) {
	if needless(w.most, how.path(), paths(w.held[who])) {
		return
	}
	if len(w.held[who]) == 0 {
		w.holding = append(w.holding, who)
	}
	w.held[who] = append(w.held[who], &how)
	w.fresh = append(w.fresh, freshly{&how, who, none})
}

func (w *walk) meet(condition int32, how premise) {
	if needless(w.most, how.path(), paths(w.met[condition])) {
		return
	}
	w.met[condition] = append(w.met[condition], &how)
	w.fresh = append(w.fresh, freshly{&how, none, condition})
}
