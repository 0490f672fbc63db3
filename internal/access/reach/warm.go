package reach

import (
	"context"
	"sync"
	"time"

	"interlock/internal/store"
)

const (
	idle  = 10 * time.Minute // how long an inventory that nobody asks about stays in memory
	stale = 10 * time.Minute // how old what is true now may be: grants end by themselves
)

// warm holds the one inventory that was asked about last, so that the next
// question does not read it again.
type warm struct {
	mu    sync.Mutex
	plant *Plant
	asked time.Time // the moment that was asked for; zero is now
	drop  *time.Timer
}

// held gives the inventory of a moment, from memory where that is good enough. Who
// asks while it is being read waits for it.
func (s *Service) held(ctx context.Context, at time.Time) (*Plant, error) {
	var newest int64
	err := s.db.Read(ctx, "inventory:read", func(tx *store.Tx) (err error) {
		newest, err = tx.ReachNewestImport(ctx, tx.Now)
		return err
	})
	if err != nil {
		return nil, err
	}
	w := &s.warm
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.plant == nil || !w.asked.Equal(at) || at.IsZero() && (w.plant.Import != newest || s.db.Now().Sub(w.plant.At).Abs() > stale) {
		w.plant = nil // not two at once
		if w.plant, err = s.Plant(ctx, at); err != nil {
			return nil, err
		}
		w.asked = at
	}
	if w.drop == nil {
		w.drop = time.AfterFunc(idle, w.forget)
	}
	w.drop.Reset(idle)
	return w.plant, nil
}

func (w *warm) forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.plant = nil
}
