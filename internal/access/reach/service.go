package reach

import (
	"context"
	"runtime"
	"time"

	"interlock/internal/store"
)

// limit bounds reading a whole inventory.
const limit = 10 * time.Minute

// Service reads the inventory and answers from it.
type Service struct {
	db   *store.DB
	warm warm
}

// New makes the service.
func New(db *store.DB) *Service { return &Service{db: db} }

// Plant reads the inventory as it was at a moment; without one, as it is now.
func (s *Service) Plant(ctx context.Context, at time.Time) (p *Plant, err error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	err = s.db.Read(ctx, "inventory:read", func(tx *store.Tx) error {
		if at.IsZero() {
			at = tx.Now
		}
		p, err = Load(ctx, tx, at)
		return err
	})
	return p, err
}

// Row is one line of the table of everyone, by source and identity.
type Row struct {
	Source   string           `json:"source"`
	Identity string           `json:"identity"`
	Assets   int32            `json:"assets"`
	Safety   int32            `json:"safety"`
	Crossing int32            `json:"crossing"`
	Highest  string           `json:"highest"`
	Levels   map[string]int32 `json:"levels"`
}

// Everyone is how far each identity gets, in the order of source and id.
func (s *Service) Everyone(ctx context.Context, at time.Time, each func(Row) error) error {
	p, err := s.Plant(ctx, at)
	if err != nil {
		return err
	}
	all, err := p.All(ctx, runtime.GOMAXPROCS(0))
	if err != nil {
		return err
	}
	for i, x := range p.identities {
		if err := each(row(x, all[i])); err != nil {
			return err
		}
	}
	return nil
}

func row(x identity, s Summary) Row {
	r := Row{Source: x.source, Identity: x.external, Assets: s.Assets, Safety: s.Safety, Crossing: s.Crossing, Highest: s.Highest.String(), Levels: map[string]int32{}}
	for l, n := range s.Levels {
		if n > 0 {
			r.Levels[Levels[l]] = n
		}
	}
	return r
}
