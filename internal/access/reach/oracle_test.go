package reach

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// facts is the state of a naive fixed point, written from the rules alone.
type facts struct {
	held, positions map[int32]bool
	reached         map[int32]Privilege
}

// naive goes over the rules until nothing is added. Only the assets in may are
// acted from; nil is all.
func naive(inv *inventory, who int32, without Without, may map[int32]bool) facts {
	f := facts{map[int32]bool{}, map[int32]bool{}, map[int32]Privilege{}}
	me := inv.identities[who]
	if !me.active {
		return f
	}
	holds := func(i int32) {
		f.held[i] = true
		for _, h := range inv.holders {
			if h.person == i && inv.identities[h.shared].kind == "shared" && !slices.Contains(without.Holders, h.id) {
				f.held[h.shared] = true
			}
		}
	}
	holds(who)
	for z, x := range inv.zones {
		if me.home == nowhere || me.home == x.domain {
			f.positions[int32(z)] = true
		}
	}
	for {
		before := fmt.Sprint(len(f.held), len(f.positions), f.reached)
		for _, g := range inv.grants {
			if !f.held[g.identity] || slices.Contains(without.Grants, g.id) {
				continue
			}
			for e := range everyImplied(inv, g.entitlement) {
				right := inv.entitlements[e]
				if !usable(inv, f, g, right.asset, without) {
					continue
				}
				was, ok := f.reached[right.asset]
				if f.reached[right.asset] = max(was, right.privilege); !ok && right.privilege == Unset {
					f.reached[right.asset] = Unset
				}
				if right.privilege < Engineer || may != nil && !may[right.asset] {
					continue
				}
				if z := inv.assets[right.asset].zone; z != none {
					f.positions[z] = true
				}
				for _, c := range inv.credentials {
					if c.asset == right.asset && inv.identities[c.identity].active && !slices.Contains(without.Credentials, c.id) {
						holds(c.identity)
					}
				}
			}
		}
		if fmt.Sprint(len(f.held), len(f.positions), f.reached) == before {
			return f
		}
	}
}

func everyImplied(inv *inventory, e int32) map[int32]bool {
	all := map[int32]bool{e: true}
	for n := 0; n != len(all); {
		n = len(all)
		for _, i := range inv.implies {
			if all[i.from] {
				all[i.to] = true
			}
		}
	}
	return all
}

func usable(inv *inventory, f facts, g grant, a int32, without Without) bool {
	zone := inv.assets[a].zone
	carries := func(i int32) bool {
		c := inv.conduits[i]
		return c.kind != "data_diode" && !slices.Contains(without.Conduits, c.id) && f.positions[c.from] && c.to == zone
	}
	switch {
	case g.via >= 0 && slices.Contains(without.Conduits, inv.conduits[g.via].id):
		return zone == none
	case zone == none:
		return true
	case g.via == gone:
		return false
	case g.via != none:
		return carries(g.via)
	case f.positions[zone]:
		return true
	}
	for i := range inv.conduits {
		if carries(int32(i)) {
			return true
		}
	}
	return false
}

func kindOf(shared bool) string {
	if shared {
		return "shared"
	}
	return "person"
}

// random makes a small inventory full of what is unknown, disabled and circular.
func random(r *rand.Rand) inventory {
	var inv inventory
	some := func(n int) int32 { return int32(r.IntN(n)) }
	maybe := func(n int) int32 {
		if r.IntN(5) == 0 {
			return none
		}
		return some(n)
	}
	ids, zones, assets, rights := 2+r.IntN(6), 1+r.IntN(5), 1+r.IntN(8), 1+r.IntN(10)
	for i := range ids {
		inv.identities = append(inv.identities, identity{id: int64(i + 1), name: fmt.Sprint("i", i), home: Domain(r.IntN(5)), active: r.IntN(6) > 0, kind: kindOf(r.IntN(3) == 0)})
	}
	for i := range zones {
		inv.zones = append(inv.zones, zone{id: int64(i + 1), domain: Domain(r.IntN(5)), level: uint8(r.IntN(8))})
	}
	for i := range r.IntN(6) {
		inv.conduits = append(inv.conduits, conduit{id: int64(i + 1), from: some(zones), to: some(zones), kind: []string{"", "vpn", "jump_host", "data_diode"}[r.IntN(4)]})
	}
	for i := range assets {
		inv.assets = append(inv.assets, asset{id: int64(i + 1), name: fmt.Sprint("a", i), zone: maybe(zones), safety: r.IntN(3) == 0})
	}
	for range rights {
		inv.entitlements = append(inv.entitlements, entitlement{some(assets), Privilege([]int{0, 1, 2, 3, 3, 4, 4}[r.IntN(7)])})
	}
	for range r.IntN(6) {
		inv.implies = append(inv.implies, implication{some(rights), some(rights)})
	}
	for i := range r.IntN(14) {
		g := grant{id: int64(i + 1), identity: some(ids), entitlement: some(rights), via: none}
		if n := len(inv.conduits); n > 0 && r.IntN(3) == 0 {
			g.via = some(n+1) - 1
		} else if r.IntN(15) == 0 {
			g.via = gone
		}
		inv.grants = append(inv.grants, g)
	}
	for i := range r.IntN(7) {
		inv.credentials = append(inv.credentials, credential{id: int64(i + 1), identity: some(ids), asset: some(assets)})
	}
	for i := range r.IntN(4) {
		inv.holders = append(inv.holders, holder{int64(i + 1), some(ids), some(ids)})
	}
	return inv
}

// deep makes an inventory of long ways: strong rights one by one, secrets that
// lead on, zones that only a neighbour gets to.
func deep(r *rand.Rand) inventory {
	var inv inventory
	some := func(n int) int32 { return int32(r.IntN(n)) }
	const ids, zones, assets = 5, 5, 7
	for i := range ids {
		inv.identities = append(inv.identities, identity{id: int64(i + 1), name: fmt.Sprint("i", i), home: it, active: true, kind: kindOf(i > 3)})
	}
	for i := range zones {
		inv.zones = append(inv.zones, zone{id: int64(i + 1), domain: []Domain{it, dmz, ot, ot, ot}[i]})
	}
	for i := range zones - 1 {
		inv.conduits = append(inv.conduits, conduit{id: int64(i + 1), from: int32(i), to: int32(i + 1), kind: "vpn"})
	}
	for i := range assets {
		inv.assets = append(inv.assets, asset{id: int64(i + 1), name: fmt.Sprint("a", i), zone: some(zones)})
		inv.entitlements = append(inv.entitlements, entitlement{int32(i), []Privilege{Operate, Engineer, Engineer, Admin}[r.IntN(4)]})
	}
	for i := range 10 + r.IntN(8) {
		inv.grants = append(inv.grants, grant{id: int64(i + 1), identity: some(ids), entitlement: some(assets), via: none})
	}
	for i := range 3 + r.IntN(5) {
		inv.credentials = append(inv.credentials, credential{id: int64(i + 1), identity: some(ids), asset: some(assets)})
	}
	inv.holders = append(inv.holders, holder{1, some(ids), 4})
	return inv
}

func each(t *testing.T, check func(t *testing.T, r *rand.Rand, inv *inventory, p *Plant)) {
	t.Helper()
	t.Parallel()
	n := uint64(6000)
	if testing.Short() {
		n = 500
	}
	for seed := range n {
		r := rand.New(rand.NewPCG(seed, 7))
		inv := random(r)
		if seed%3 == 0 {
			inv = deep(r)
		}
		if check(t, r, &inv, build(inv)); t.Failed() {
			t.Fatalf("seed %d: %+v", seed, inv)
		}
	}
}

func compare(t *testing.T, what string, want facts, got *walk) {
	t.Helper()
	if len(got.order) != len(want.reached) {
		t.Errorf("%s: reaches %v, want %v", what, got.order, sorted(want.reached))
	}
	for a, privilege := range want.reached {
		if got.reached[a] == nil || got.highest[a] != privilege {
			t.Errorf("%s: asset %d with %v, want %v", what, a, got.highest[a], privilege)
		}
	}
}

func TestReachIsTheFixedPoint(t *testing.T) {
	far := 0
	each(t, func(t *testing.T, r *rand.Rand, inv *inventory, p *Plant) {
		all, err := p.All(t.Context(), 1+r.IntN(3))
		if err != nil {
			t.Fatal(err)
		}
		for i, x := range inv.identities {
			want := naive(inv, int32(i), Without{}, nil)
			compare(t, x.name, want, p.walk(int32(i), Without{}, 1))
			var sum Summary
			for a, privilege := range want.reached {
				one := inv.assets[a]
				sum.Assets++
				sum.Highest = max(sum.Highest, privilege)
				level := uint8(7)
				if one.zone != none {
					level = inv.zones[one.zone].level
					if crosses(x.home, inv.zones[one.zone].domain) {
						sum.Crossing++
					}
				}
				if sum.Levels[level]++; one.safety {
					sum.Safety++
				}
			}
			if all[i] != sum {
				t.Errorf("%s: %+v among all, want %+v", x.name, all[i], sum)
			}
			if len(want.held) > 2 {
				far++
			}
		}
	})
	if far < 500 {
		t.Errorf("only %d identities came to hold others", far)
	}
}

func TestWhatIf(t *testing.T) {
	each(t, func(t *testing.T, r *rand.Rand, inv *inventory, p *Plant) {
		some := func(n int) []int64 {
			if n == 0 || r.IntN(2) == 0 {
				return nil
			}
			return []int64{int64(1 + r.IntN(n))}
		}
		without := Without{some(len(inv.grants)), some(len(inv.conduits)), some(len(inv.credentials)), some(len(inv.holders))}
		for i, x := range inv.identities {
			before, after := p.walk(int32(i), Without{}, 1), p.walk(int32(i), without, alternatives)
			compare(t, x.name+" without", naive(inv, int32(i), without, nil), after)
			lost := 0
			for _, a := range after.order {
				if before.reached[a] == nil || after.highest[a] > before.highest[a] {
					t.Errorf("%s: taking away gives asset %d", x.name, a)
				}
			}
			for _, a := range before.order {
				if after.reached[a] == nil || after.highest[a] < before.highest[a] {
					lost++
				}
			}
			if list := p.Lost(int32(i), without); len(list) != lost {
				t.Errorf("%s: %d lost, want %d", x.name, len(list), lost)
			}
		}
	})
}

// fewest is the least number of assets on a way to each: it tries every set of
// assets to act from.
func fewest(inv *inventory, who int32) map[int32]int {
	least := map[int32]int{}
	for set := range 1 << len(inv.assets) {
		may, n := map[int32]bool{}, 1
		for a := range inv.assets {
			if set>>a&1 == 1 {
				may[int32(a)] = true
				n++
			}
		}
		for a := range naive(inv, who, Without{}, may).reached {
			steps := n
			if may[a] {
				continue // it is the end of the way, not on it
			}
			if was, ok := least[a]; !ok || steps < was {
				least[a] = steps
			}
		}
	}
	return least
}

// TestWays: every way can be gone, and none is shorter.
func TestWays(t *testing.T) {
	count, longer := 0, 0
	each(t, func(t *testing.T, r *rand.Rand, inv *inventory, p *Plant) {
		if len(inv.assets) > 7 || r.IntN(3) > 0 {
			return
		}
		for i, x := range inv.identities {
			w := p.walk(int32(i), Without{}, alternatives)
			if len(w.order) == 0 {
				continue
			}
			least := fewest(inv, int32(i))
			for _, a := range w.order {
				path := w.reached[a].path
				count++
				if len(path) > 2 {
					longer++
				}
				if len(path) != least[a] {
					t.Errorf("%s: %d steps to asset %d, want %d", x.name, len(path), a, least[a])
				}
				if way := w.way(a); way[len(way)-1].ID != inv.assets[a].id || way[0].ID != x.id {
					t.Errorf("%s: the way to asset %d is told as %v", x.name, a, way)
				}
				may := map[int32]bool{}
				for _, on := range path[:len(path)-1] {
					if _, ok := naive(inv, int32(i), Without{}, may).reached[on]; !ok {
						t.Errorf("%s: on the way %v asset %d is not reached yet", x.name, path, on)
					}
					may[on] = true
				}
				if _, ok := naive(inv, int32(i), Without{}, may).reached[a]; !ok {
					t.Errorf("%s: the way %v does not lead to it", x.name, path)
				}
			}
		}
	})
	if !testing.Short() && (count < 5000 || longer < 100) {
		t.Errorf("%d ways, %d of more than two steps: too few to tell", count, longer)
	}
}
