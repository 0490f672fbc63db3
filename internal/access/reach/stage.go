package reach

import (
	"context"
	"encoding/json"
	"slices"
	"sync"
)

var stagedColumns = []string{"identity_id", "assets", "safety", "crossing", "levels", "highest", "few", "many", "target_id", "alike", "way"}

// stage computes the rows to keep while they are written: COPY reads from it.
type stage struct {
	plant *Plant
	step  func(done, total int64, message string)
	rows  chan [][]any
	batch [][]any
	done  int64
	over  bool  // rows is closed
	err   error // once it is

	mu   sync.Mutex
	crew []*hand
}

// hand is what one worker needs.
type hand struct {
	stage              *stage
	walk               *walk
	identities, acting []int32 // by asset: how many reach it, how many work it
}

// compute begins. The rows come as they are found, until all are or the context ends.
func compute(ctx context.Context, p *Plant, workers int, step func(done, total int64, message string)) *stage {
	s := &stage{plant: p, step: step, rows: make(chan [][]any, 2*workers)}
	go func() {
		defer close(s.rows)
		if s.err = s.idle(ctx); s.err == nil {
			s.err = p.everyone(ctx, workers, func() visit { return s.hire(ctx) })
		}
	}()
	return s
}

// idle gives the rows of who reaches nothing whatever they hold.
func (s *stage) idle(ctx context.Context) error {
	var batch [][]any
	for _, x := range s.plant.identities {
		if !x.active {
			batch = append(batch, kept{identity: x.id}.row())
		}
	}
	return s.send(ctx, batch)
}

func (s *stage) send(ctx context.Context, batch [][]any) error {
	select {
	case s.rows <- batch:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *stage) hire(ctx context.Context) visit {
	h := &hand{stage: s, walk: s.plant.walker(Without{}, alternatives), identities: make([]int32, len(s.plant.assets)), acting: make([]int32, len(s.plant.assets))}
	s.mu.Lock()
	s.crew = append(s.crew, h)
	s.mu.Unlock()
	return func(who []int32, w *search) error {
		batch := make([][]any, len(who))
		for i, x := range who {
			w.run(x, none)
			batch[i] = h.find(x, w).row()
		}
		return s.send(ctx, batch)
	}
}

// kept is a row of the table.
type kept struct {
	identity int64
	Summary
	few    []int64
	many   []byte
	target *int64
	alike  int32
	way    []Step
}

func (k kept) row() []any {
	way, _ := json.Marshal(k.way) // words and numbers
	if k.way == nil {
		way = []byte("[]")
	}
	var highest *string
	if word := k.Highest.String(); word != "" {
		highest = &word
	}
	if k.many == nil && k.few == nil {
		k.few = []int64{}
	}
	return []any{k.identity, k.Assets, k.Safety, k.Crossing, k.Levels[:], highest, k.few, k.many, k.target, k.alike, way}
}

func (h *hand) find(who int32, w *search) kept {
	p := h.stage.plant
	k := kept{identity: p.identities[who].id, Summary: w.summary()}
	if k.Assets == 0 {
		return k
	}
	for a := range w.assets.all() {
		h.identities[a]++
	}
	for a := range w.worked.all() {
		h.acting[a]++
	}
	k.few, k.many = p.packed(w.assets)
	worst, most := w.worst()
	k.alike = most
	if a := h.walk.run(who, worst.has); a != none {
		k.target, k.way = &p.assets[a].id, h.walk.way(a)
	}
	return k
}

// Next, Values and Err are what COPY asks for.
func (s *stage) Next() bool {
	for len(s.batch) == 0 {
		batch, ok := <-s.rows
		if !ok {
			s.over = true
			return false
		}
		s.batch = batch
		s.step(s.done, int64(len(s.plant.identities)), "Searching from every identity")
	}
	s.done++
	return true
}

// Values gives the next row.
func (s *stage) Values() ([]any, error) {
	row := s.batch[0]
	s.batch = s.batch[1:]
	return row, nil
}

// Err tells what ended the search early. COPY asks while it goes on, too.
func (s *stage) Err() error {
	if !s.over {
		return nil
	}
	return s.err
}

// byAsset counts who reaches each asset that anybody reaches.
func (s *stage) byAsset() (ids []int64, identities, acting []int32) {
	for a, x := range s.plant.assets {
		var all, some int32
		for _, h := range s.crew {
			all, some = all+h.identities[a], some+h.acting[a]
		}
		if all > 0 {
			ids, identities, acting = append(ids, x.id), append(identities, all), append(acting, some)
		}
	}
	return ids, identities, acting
}

// packed is a set of assets in the shorter of two forms.
func (p *Plant) packed(assets bits) (few []int64, many []byte) {
	n, last := int64(0), int64(0)
	for a := range assets.all() {
		n, last = n+1, max(last, p.assets[a].id)
	}
	if n*64 <= last {
		few = make([]int64, 0, n)
		for a := range assets.all() {
			few = append(few, p.assets[a].id)
		}
		slices.Sort(few)
		return few, nil
	}
	many = make([]byte, last/8+1)
	for a := range assets.all() {
		id := p.assets[a].id
		many[id/8] |= 1 << (id % 8)
	}
	return nil, many
}
