package reach

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"testing"
)

// unpacked gives the ids of a packed set, in order.
func unpacked(few []int64, many []byte) []int64 {
	for i, b := range many {
		for bit := range 8 {
			if b&(1<<bit) != 0 {
				few = append(few, int64(i*8+bit))
			}
		}
	}
	return few
}

// TestKeptIsTheFixedPoint: what is kept of everyone is what the rules give, and the
// way that is kept leads to the worst of it and is no longer than it must be.
func TestKeptIsTheFixedPoint(t *testing.T) {
	ways, alike := 0, 0
	each(t, func(t *testing.T, r *rand.Rand, inv *inventory, p *Plant) {
		if r.IntN(2) == 0 { // ids far apart are kept in the other form
			for i := range inv.assets {
				inv.assets[i].id *= 1000
			}
		}
		s := compute(t.Context(), p, 1+r.IntN(2), func(int64, int64, string) {})
		rows := map[int64][]any{}
		for s.Next() {
			row, _ := s.Values()
			rows[row[0].(int64)] = row
		}
		if s.Err() != nil || len(rows) != len(inv.identities) {
			t.Fatalf("%d rows of %d identities: %v", len(rows), len(inv.identities), s.Err())
		}
		reachedBy, workedBy := map[int64]int32{}, map[int64]int32{}
		for i, x := range inv.identities {
			want := naive(inv, int32(i), Without{}, nil)
			var ids []int64
			for a, privilege := range want.reached {
				ids = append(ids, inv.assets[a].id)
				if reachedBy[inv.assets[a].id]++; privilege >= Operate {
					workedBy[inv.assets[a].id]++
				}
			}
			slices.Sort(ids)
			row := rows[x.id]
			few, _ := row[6].([]int64)
			many, _ := row[7].([]byte)
			if got := unpacked(few, many); !slices.Equal(got, ids) || few == nil && many == nil {
				t.Errorf("%s: reaches %v, want %v", x.name, got, ids)
			}
			worst := worstOf(inv, want)
			if row[9].(int32) != int32(len(worst)) {
				t.Errorf("%s: %d alike, want %v", x.name, row[9], worst)
			}
			if len(worst) > 1 {
				alike++
			}
			if len(worst) == 0 {
				continue
			}
			ways++
			checkWay(t, p, int32(i), worst, *row[8].(*int64), row[10].([]byte))
		}
		checkCounts(t, s, reachedBy, workedBy)
	})
	if !testing.Short() && (ways < 5000 || alike < 1000) {
		t.Errorf("%d ways, %d to one of several: too few to tell", ways, alike)
	}
}

func checkWay(t *testing.T, p *Plant, who int32, worst []int32, target int64, body []byte) {
	t.Helper()
	var way []Step
	if err := json.Unmarshal(body, &way); err != nil || way[len(way)-1].ID != target {
		t.Fatalf("the way to %d is told as %s: %v", target, body, err)
	}
	steps := 0
	for _, s := range way {
		if s.Kind == "asset" {
			steps++
		}
	}
	w, nearest, found := p.walk(who, Without{}, alternatives), 1000, false
	for _, a := range worst {
		nearest = min(nearest, len(w.reached[a].path))
		found = found || p.assets[a].id == target
	}
	if !found || steps != nearest {
		t.Errorf("identity %d: %d steps to %d, want %d to one of %v", who, steps, target, nearest, worst)
	}
}

// worstOf says the rule of worst again: worked, then safety-related, then the level.
func worstOf(inv *inventory, f facts) (worst []int32) {
	rank := func(a int32) (n int) {
		level := unknownLevel
		if z := inv.assets[a].zone; z != none {
			level = int(inv.zones[z].level)
		}
		if n = level; !inv.assets[a].safety {
			n += 100
		}
		if f.reached[a] < Operate {
			n += 1000
		}
		return n
	}
	best := 10000
	for a := range f.reached {
		if n := rank(a); n < best {
			best, worst = n, nil
		}
		if rank(a) == best {
			worst = append(worst, a)
		}
	}
	return worst
}

func checkCounts(t *testing.T, s *stage, reachedBy, workedBy map[int64]int32) {
	t.Helper()
	ids, all, some := s.byAsset()
	if len(ids) != len(reachedBy) {
		t.Errorf("%d assets are reached, want %d", len(ids), len(reachedBy))
	}
	for i, id := range ids {
		if all[i] != reachedBy[id] || some[i] != workedBy[id] {
			t.Errorf("asset %d: reached by %d, worked by %d, want %d and %d", id, all[i], some[i], reachedBy[id], workedBy[id])
		}
	}
}
