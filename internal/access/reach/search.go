package reach

// search finds the fixed point for one identity after another.
type search struct {
	*sharing
	conditions, held bits
	assets, worked   bits // worked: with operate or more
	opened, scratch  bits
	highest          Privilege
	pending          []int32 // conditions to look at again, for all that is held
	came             []int32 // numbers that have just come to be held
	moved            bool    // a condition came to hold since the identity's own grants were looked at
}

func newSearch(s *sharing) *search {
	return &search{
		sharing: s, conditions: newBits(s.plant.conditions()), held: newBits(len(s.holdable)),
		assets: newBits(len(s.plant.assets)), worked: newBits(len(s.plant.assets)), opened: newBits(len(s.plant.assets)), scratch: newBits(len(s.plant.assets)),
	}
}

// run searches from an identity at the sharing's home; if it has a number, as
// what it would be for someone else there who came to hold it alone.
func (w *search) run(who, number int32) {
	copy(w.conditions, w.base)
	clear(w.held)
	clear(w.assets)
	clear(w.worked)
	clear(w.opened)
	w.highest, w.pending, w.came = Unset, w.pending[:0], w.came[:0]
	if number != none {
		w.held.set(number)
	} else {
		w.came = append(w.came, w.starts[who]...)
	}
	own := w.plant.accesses.of(who)
	for w.moved = true; w.moved || len(w.came) > 0 || len(w.pending) > 0; {
		switch {
		case len(w.came) > 0:
			n := w.came[len(w.came)-1]
			w.came = w.came[:len(w.came)-1]
			w.hold(n)
		case len(w.pending) > 0:
			c := w.pending[len(w.pending)-1]
			w.pending = w.pending[:len(w.pending)-1]
			for _, x := range w.waiting.of(c) {
				if w.held.has(x.number) {
					w.take(x.asset, x.privilege)
				}
			}
		default:
			w.moved = false
			w.use(own)
		}
	}
}

func (w *search) use(list []access) {
	for _, a := range list {
		if w.conditions.has(a.condition) {
			w.take(a.asset, a.privilege)
		}
	}
}

// take reaches an asset and, if the privilege allows, acts from there.
func (w *search) take(a int32, privilege Privilege) {
	w.assets.set(a)
	w.highest = max(w.highest, privilege)
	if privilege >= Operate {
		w.worked.set(a)
	}
	if privilege < Engineer || !w.opened.add(a) {
		return
	}
	for _, n := range w.gives[a] {
		if !w.held.has(n) {
			w.came = append(w.came, n)
		}
	}
	p := w.plant
	zone := p.assets[a].zone
	if zone == none || w.conditions.has(p.in(zone)) {
		return
	}
	w.meet(p.in(zone))
	w.meet(p.near(zone))
	for _, c := range p.leads.of(zone) {
		w.meet(p.near(p.conduits[c].to))
	}
}

// meet makes a condition hold.
func (w *search) meet(c int32) {
	if w.conditions.add(c) {
		w.pending, w.moved = append(w.pending, c), true
	}
}

func (w *search) hold(n int32) {
	if w.held.has(n) {
		return
	}
	if c := w.known[n]; c != nil {
		w.join(c)
		return
	}
	w.held.set(n)
	w.use(w.plant.accesses.of(w.holdable[n]))
}

// join takes over all that follows from holding one. What either side could not
// do for want of a condition is looked at again where the other side has it.
func (w *search) join(c *closure) {
	if !c.held.within(w.held) {
		w.pending = w.conditions.beyond(c.conditions, w.pending)
	}
	if !c.conditions.within(w.conditions) {
		w.moved = true
		if !w.held.within(c.held) {
			w.pending = c.conditions.beyond(w.conditions, w.pending)
		}
		w.conditions.join(c.conditions)
	}
	w.held.join(c.held)
	w.assets.join(c.assets)
	w.worked.join(c.worked)
	w.highest = max(w.highest, c.highest)
}

func (w *search) summary() Summary {
	s := Summary{Assets: w.assets.count(), Highest: w.highest}
	if s.Assets == 0 {
		return s
	}
	s.Safety, s.Crossing = w.assets.common(w.safety), w.assets.common(w.crossing)
	for l, of := range w.level {
		s.Levels[l] = w.assets.common(of)
	}
	return s
}

// worst is the most consequential of what is reached, until the next search: what
// can be worked rather than only seen, of that what is safety-related, of that
// what is at the lowest level.
func (w *search) worst() (assets bits, n int32) {
	for _, reached := range []bits{w.worked, w.assets} {
		for l := range w.level {
			if n := reached.meet(w.dangerous[l], w.scratch).count(); n > 0 {
				return w.scratch, n
			}
		}
		for l := range w.level {
			if n := reached.meet(w.level[l], w.scratch).count(); n > 0 {
				return w.scratch, n
			}
		}
	}
	return nil, 0
}
