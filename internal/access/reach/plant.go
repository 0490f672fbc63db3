// Package reach computes what an identity can get to in the end: its blast
// radius. It is the least fixed point of four rules over the whole inventory:
// who is held, where one can act from, what a grant then reaches, and what an
// asset that is taken over gives away. Access needs a grant and a position, so
// this is no plain search in a graph.
//
// A Plant is the inventory at one moment in compact tables. Reach answers for one
// identity, with a way to every asset; All counts for everyone and shares what is
// alike. What has ended in its own source but is still named by a live row of
// another counts, as in access_fact.
package reach

import (
	"cmp"
	"slices"
	"time"
)

// Privilege is an ordered right; Unset is reached with a right of unknown strength.
type Privilege uint8

// Privileges, from the least.
const (
	Unset Privilege = iota
	View
	Operate
	Engineer
	Admin
)

var privileges = []string{"", "view", "operate", "engineer", "admin"}

// String is the word of the privilege; of an unknown one it is empty.
func (p Privilege) String() string { return privileges[p] }

// Domain is where an identity is at home, or what a zone belongs to.
type Domain uint8

// Domains; nowhere is not known.
const (
	nowhere Domain = iota
	it
	dmz
	ot
	external
)

var domains = []string{"", "it", "dmz", "ot", "external"}

// crosses is the rule of crosses_boundary.
func crosses(home, zone Domain) bool {
	switch home {
	case it, external:
		return zone == ot || zone == dmz
	case ot:
		return zone == it || zone == dmz || zone == external
	}
	return false
}

// Levels are the Purdue levels in the order of counts; the last is unknown.
var Levels = [8]string{"0", "1", "2", "3", "3.5", "4", "5", "unknown"}

// unknownLevel is the place of the last of Levels.
const unknownLevel = 7

const none = -1 // no such row

// gone stands for a conduit that is named but not there.
const gone = -2

// Rows refer to each other by their place in the slice; ID is the database's.
type (
	identity struct {
		id                     int64
		source, external, name string
		kind                   string
		home                   Domain
		active                 bool
	}
	zone struct {
		id     int64
		name   string
		domain Domain
		level  uint8 // in Levels
	}
	conduit struct {
		id                     int64
		external               string
		from, to               int32
		kind                   string
		mfa, recorded, vaulted *bool
	}
	asset struct {
		id                     int64
		source, external, name string
		class                  string
		zone                   int32
		safety                 bool
	}
	entitlement struct {
		asset     int32
		privilege Privilege
	}
	grant struct {
		id                         int64
		identity, entitlement, via int32
	}
	credential struct {
		id              int64
		external, kind  string
		identity, asset int32
	}
	holder struct {
		id             int64
		person, shared int32
	}
	implication struct{ from, to int32 }
)

// inventory is what is live at a moment. Implications, grants, credentials and
// holders that are not have been left out.
type inventory struct {
	identities   []identity
	zones        []zone
	conduits     []conduit
	assets       []asset
	entitlements []entitlement
	implies      []implication
	grants       []grant
	credentials  []credential // that are stored on an asset
	holders      []holder
}

// access is a grant, or what it implies, on one asset. It needs its condition.
type access struct {
	asset, condition, grant int32
	privilege               Privilege
}

// Plant is an inventory made ready to be asked.
type Plant struct {
	At     time.Time
	Import int64 // the newest that is in it, or 0
	inventory
	accesses index[access]
	stored   index[int32] // by asset: the credentials of active identities
	shares   index[int32] // by identity: the places of its holders, for shared identities
	leads    index[int32] // by zone: the conduits that lead on
}

// index groups values by a row.
type index[T any] struct {
	start  []int32
	values []T
}

func (x *index[T]) of(row int32) []T { return x.values[x.start[row]:x.start[row+1]] }

// group makes an index of what each yields, which it is asked twice.
func group[T any](rows int, each func(yield func(row int32, v T))) index[T] {
	x := index[T]{start: make([]int32, rows+1)}
	each(func(row int32, _ T) { x.start[row+1]++ })
	for i := range rows {
		x.start[i+1] += x.start[i]
	}
	x.values = make([]T, x.start[rows])
	next := append([]int32{}, x.start...)
	each(func(row int32, v T) {
		x.values[next[row]] = v
		next[row]++
	})
	return x
}

// A condition is 0 for access from anywhere; one for each zone that it must be a
// position or a conduit lead to it from one; and one for each zone that it must
// itself be a position.
const always int32 = 0

func (p *Plant) near(zone int32) int32 { return 1 + zone }
func (p *Plant) in(zone int32) int32   { return 1 + int32(len(p.zones)) + zone } //nolint:gosec // few zones
func (p *Plant) conditions() int       { return 1 + 2*len(p.zones) }

// condition is what it takes to use a grant on an asset; false if nothing does.
func (p *Plant) condition(g grant, a int32) (int32, bool) {
	zone := p.assets[a].zone
	switch {
	case zone == none:
		return always, true
	case g.via == none:
		return p.near(zone), true
	case g.via == gone:
		return 0, false
	}
	c := p.conduits[g.via]
	return p.in(c.from), c.to == zone && c.kind != diode
}

const diode = "data_diode"

func build(inv inventory) *Plant {
	p := &Plant{inventory: inv}
	p.leads = group(len(p.zones), func(yield func(int32, int32)) {
		for i, c := range p.conduits {
			if c.kind != diode {
				yield(c.from, int32(i))
			}
		}
	})
	p.stored = group(len(p.assets), func(yield func(int32, int32)) {
		for i, c := range p.credentials {
			if p.identities[c.identity].active {
				yield(c.asset, int32(i))
			}
		}
	})
	p.shares = group(len(p.identities), func(yield func(int32, int32)) {
		for i, h := range p.holders {
			if p.identities[h.shared].kind == "shared" {
				yield(h.person, int32(i))
			}
		}
	})
	rights := p.implied()
	p.accesses = group(len(p.identities), func(yield func(int32, access)) {
		for i, g := range p.grants {
			for _, r := range rights(g.entitlement) {
				if c, ok := p.condition(g, r.asset); ok {
					yield(g.identity, access{r.asset, c, int32(i), r.privilege})
				}
			}
		}
	})
	for i := range p.identities { // so that what stands under one condition stands together
		slices.SortStableFunc(p.accesses.of(int32(i)), func(a, b access) int { return cmp.Compare(a.condition, b.condition) })
	}
	return p
}

// implied gives an entitlement's rights: its own and all it implies, each asset
// once with the highest privilege. Implications may go in circles.
func (p *Plant) implied() func(int32) []entitlement {
	implies := group(len(p.entitlements), func(yield func(int32, int32)) {
		for _, i := range p.implies {
			yield(i.from, i.to)
		}
	})
	known := map[int32][]entitlement{}
	seen := make([]int32, len(p.entitlements)) // by whom, plus one
	return func(e int32) []entitlement {
		if len(implies.of(e)) == 0 {
			return p.entitlements[e : e+1]
		}
		if list, ok := known[e]; ok {
			return list
		}
		highest := map[int32]Privilege{}
		queue := []int32{e}
		seen[e] = e + 1
		for len(queue) > 0 {
			x := p.entitlements[queue[len(queue)-1]]
			next := implies.of(queue[len(queue)-1])
			queue = queue[:len(queue)-1]
			highest[x.asset] = max(highest[x.asset], x.privilege)
			for _, n := range next {
				if seen[n] != e+1 {
					seen[n] = e + 1
					queue = append(queue, n)
				}
			}
		}
		list := make([]entitlement, 0, len(highest))
		for _, a := range sorted(highest) {
			list = append(list, entitlement{a, highest[a]})
		}
		known[e] = list
		return list
	}
}
