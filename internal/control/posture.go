package control

import (
	"context"
	"time"

	"interlock/internal/store"
)

// Posture is where things stand, as far as no other package tells.
type Posture struct {
	Work    map[string]int64 // removals by state
	Sources []Source         // the one imported longest ago first
	Safety  *int64           // identities that get to a safety-related asset; nil when that was never computed
}

// Source is where the inventory comes from, and when it last came.
type Source struct {
	Name       string
	ImportedAt time.Time
}

// Posture reads where things stand.
func (s *Service) Posture(ctx context.Context) (p Posture, err error) {
	err = s.db.Read(ctx, "inventory:read", func(tx *store.Tx) error {
		p = Posture{Work: map[string]int64{}}
		work, err := tx.ControlWork(ctx)
		if err != nil {
			return err
		}
		for _, w := range work {
			p.Work[w.State] = w.Items
		}
		sources, err := tx.ControlSources(ctx)
		if err != nil {
			return err
		}
		for _, x := range sources {
			p.Sources = append(p.Sources, Source(x))
		}
		safety, err := tx.ControlSafety(ctx)
		if safety.Computed {
			p.Safety = &safety.Identities
		}
		return err
	})
	return p, err
}
