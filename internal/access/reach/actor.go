package reach

import (
	"cmp"
	"context"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"interlock/internal/errs"
)

// Actor is an identity that gets to an asset, with the highest privilege it has
// there and a shortest way.
type Actor struct {
	ID        int64
	Source    string
	Identity  string
	Name      string
	Kind      string
	Privilege string // empty where it is not known
	Crossing  bool
	Steps     int
	Way       []Step
	Path      string
}

// Actors tells who could get to an asset at a moment. Who can do most comes first,
// then who is nearest.
func (s *Service) Actors(ctx context.Context, asset int64, at time.Time) ([]Actor, error) {
	p, err := s.held(ctx, at)
	if err != nil {
		return nil, err
	}
	return p.Actors(ctx, asset, runtime.GOMAXPROCS(0))
}

// Actors finds everyone who reaches an asset, then a way for each.
func (p *Plant) Actors(ctx context.Context, id int64, workers int) ([]Actor, error) {
	target := int32(slices.IndexFunc(p.assets, func(a asset) bool { return a.id == id })) //nolint:gosec // fits
	if target == none {
		return nil, errs.NotFoundf("There is no such asset in the inventory as of %s.", p.At.Format(time.DateOnly))
	}
	var mu sync.Mutex
	var who []int32
	err := p.everyone(ctx, workers, func() visit {
		return func(some []int32, w *search) error {
			var found []int32
			for _, i := range some {
				if w.run(i, none); w.assets.has(target) {
					found = append(found, i)
				}
			}
			mu.Lock()
			defer mu.Unlock()
			who = append(who, found...)
			return nil
		}
	})
	if err != nil {
		return nil, err
	}
	return p.ways(ctx, target, who, workers)
}

// ways searches from each of those who reach an asset.
func (p *Plant) ways(ctx context.Context, target int32, who []int32, workers int) ([]Actor, error) {
	list := make([]Actor, len(who))
	var next atomic.Int64
	var wg sync.WaitGroup
	for range max(workers, 1) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(who) && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				w, x := p.walk(who[i], Without{}, alternatives), p.identities[who[i]]
				r := w.show(target)
				list[i] = Actor{x.id, x.source, x.external, x.name, x.kind, r.Privilege, r.Crossing, r.Steps, r.Way, r.Path}
			}
		})
	}
	wg.Wait()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	slices.SortFunc(list, func(a, b Actor) int {
		return cmp.Or(slices.Index(privileges, b.Privilege)-slices.Index(privileges, a.Privilege), a.Steps-b.Steps, strings.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	return list, nil
}
