package reach

import (
	"context"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
)

func sorted[V any](m map[int32]V) []int32 { return slices.Sorted(maps.Keys(m)) }

// Summary is how far one identity gets. Levels counts assets in the order of Levels.
type Summary struct {
	Assets, Safety, Crossing int32
	Levels                   [len(Levels)]int32
	Highest                  Privilege
}

// All counts for every identity, in their order.
func (p *Plant) All(ctx context.Context, workers int) ([]Summary, error) {
	out := make([]Summary, len(p.identities))
	err := p.everyone(ctx, workers, func() visit {
		return func(who []int32, w *search) error {
			for _, i := range who {
				w.run(i, none)
				out[i] = w.summary()
			}
			return nil
		}
	})
	return out, err
}

// visit searches for some identities of one home.
type visit func(who []int32, w *search) error

// everyone has every active identity visited, each worker by a visit of its own.
// Identities of one home share what follows from holding each identity whose
// secret lies somewhere.
func (p *Plant) everyone(ctx context.Context, workers int, visitor func() visit) error {
	s := newSharing(p)
	for home := range domains {
		var who []int32
		for i, x := range p.identities {
			if x.home == Domain(home) && x.active {
				who = append(who, int32(i))
			}
		}
		if len(who) == 0 {
			continue
		}
		s.begin(Domain(home))
		if err := s.each(ctx, workers, who, visitor); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// sharing is what the searches of one home have in common.
type sharing struct {
	plant    *Plant
	number   []int32        // of identities that can be come by, else none
	holdable []int32        // the identity of each number
	waiting  index[waiting] // by condition
	gives    [][]int32      // by asset: the numbers it gives away
	starts   [][]int32      // by identity: the numbers it holds from the start
	safety   bits
	level    [len(Levels)]bits

	dangerous [len(Levels)]bits // safety-related, by level

	home     Domain
	base     bits // conditions that hold from home
	crossing bits
	known    []*closure // by number
	same     map[uint64][]*closure
}

type waiting struct {
	number, asset int32
	privilege     Privilege
}

// closure is all that follows from holding one identity away from its own home.
type closure struct {
	conditions, held, assets, worked bits
	highest                          Privilege
}

func newSharing(p *Plant) *sharing {
	s := &sharing{plant: p, number: make([]int32, len(p.identities)), gives: make([][]int32, len(p.assets)), starts: make([][]int32, len(p.identities))}
	for i := range s.number {
		s.number[i] = none
	}
	take := func(list []int32, who int32) []int32 {
		if s.number[who] == none {
			s.number[who] = int32(len(s.holdable)) //nolint:gosec // fits
			s.holdable = append(s.holdable, who)
		}
		return append(list, s.number[who])
	}
	for i := range p.identities {
		for _, h := range p.shares.of(int32(i)) {
			s.starts[i] = take(s.starts[i], p.holders[h].shared)
		}
	}
	for a := range p.assets {
		for _, c := range p.stored.of(int32(a)) {
			who := p.credentials[c].identity
			s.gives[a] = take(s.gives[a], who)
			s.gives[a] = append(s.gives[a], s.starts[who]...)
		}
		slices.Sort(s.gives[a])
		s.gives[a] = slices.Compact(s.gives[a])
	}
	s.waiting = group(p.conditions(), func(yield func(int32, waiting)) {
		for n, who := range s.holdable {
			for _, a := range p.accesses.of(who) {
				yield(a.condition, waiting{int32(n), a.asset, a.privilege})
			}
		}
	})
	s.safety = newBits(len(p.assets))
	for l := range s.level {
		s.level[l], s.dangerous[l] = newBits(len(p.assets)), newBits(len(p.assets))
	}
	for i, a := range p.assets {
		l := p.levelOf(a)
		if s.level[l].set(int32(i)); a.safety {
			s.safety.set(int32(i))
			s.dangerous[l].set(int32(i))
		}
	}
	return s
}

func (p *Plant) levelOf(a asset) uint8 {
	if a.zone == none {
		return unknownLevel
	}
	return p.zones[a.zone].level
}

// begin prepares for the identities of one home.
func (s *sharing) begin(home Domain) {
	p := s.plant
	s.home, s.base, s.crossing = home, newBits(p.conditions()), newBits(len(p.assets))
	s.base.set(always)
	for z, x := range p.zones {
		if home != nowhere && x.domain != home {
			continue
		}
		s.base.set(p.in(int32(z)))
		s.base.set(p.near(int32(z)))
		for _, c := range p.leads.of(int32(z)) {
			s.base.set(p.near(p.conduits[c].to))
		}
	}
	for i, a := range p.assets {
		if a.zone != none && crosses(home, p.zones[a.zone].domain) {
			s.crossing.set(int32(i))
		}
	}
	s.known, s.same = make([]*closure, len(s.holdable)), map[uint64][]*closure{}
	w := newSearch(s)
	begun := newBits(len(s.holdable))
	for n := range s.holdable {
		s.close(w, int32(n), begun)
	}
}

// close finds the closure of one number after those of what it gives away at once,
// so that little is searched twice.
func (s *sharing) close(w *search, n int32, begun bits) {
	if begun.has(n) {
		return
	}
	begun.set(n)
	for _, a := range s.plant.accesses.of(s.holdable[n]) {
		if a.privilege >= Engineer && s.base.has(a.condition) {
			for _, m := range s.gives[a.asset] {
				s.close(w, m, begun)
			}
		}
	}
	w.run(s.holdable[n], n)
	s.known[n] = s.keep(w)
}

// keep stores what was found, once if it was found before.
func (s *sharing) keep(w *search) *closure {
	sum := w.held.sum(w.conditions.sum(0))
	for _, c := range s.same[sum] {
		if slices.Equal(c.held, w.held) && slices.Equal(c.conditions, w.conditions) {
			return c
		}
	}
	c := &closure{slices.Clone(w.conditions), slices.Clone(w.held), slices.Clone(w.assets), slices.Clone(w.worked), w.highest}
	s.same[sum] = append(s.same[sum], c)
	return c
}

// portion is how many identities a worker takes at a time.
const portion = 256

func (s *sharing) each(ctx context.Context, workers int, who []int32, visitor func() visit) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var next atomic.Int64
	var wg sync.WaitGroup
	for range max(workers, 1) {
		wg.Go(func() {
			w, visit := newSearch(s), visitor()
			for ctx.Err() == nil {
				from := int(next.Add(portion)) - portion
				if from >= len(who) {
					return
				}
				if err := visit(who[from:min(from+portion, len(who))], w); err != nil {
					stop(err)
				}
			}
		})
	}
	wg.Wait()
	return context.Cause(ctx)
}
