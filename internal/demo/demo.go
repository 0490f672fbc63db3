// Package demo invents the inventory of a manufacturer that does not exist:
// Brandholt, a food company with an office and two plants. It is for the demo,
// for screenshots and for tests that want believable data in the import format.
//
// The same seed and the same now give the same bytes. The package knows only
// the CSV format; it does not import, store or judge anything.
package demo

import (
	"math/rand/v2"
	"time"
)

// Company is the invented manufacturer.
const Company = "Brandholt"

// Domain is the mail domain of its people.
const Domain = "brandholt.example"

// Password opens every demo sign-in.
const Password = "seven quiet valves at dawn"

// The sources, in the order in which they must be imported.
const (
	Corporate = "corporate"
	PlantA    = "plant-a"
	PlantB    = "plant-b"
)

// HistorianProject names the convergence project that opened a new way into plant A.
const HistorianProject = "historian"

// GoLiveDaysAgo is how long the historian project has been live.
const GoLiveDaysAgo = 10

// Bundles returns the inventory, one bundle a source, in import order.
func Bundles(seed uint64, now time.Time) []Bundle {
	w := newWorld(seed, now)
	var out []Bundle
	for _, source := range []string{Corporate, PlantA, PlantB} {
		out = append(out, w.bundle(source))
	}
	return out
}

// world is everything the generator has made so far. Slices keep the order in
// which things were made, so that output never depends on map order.
type world struct {
	r   *rand.Rand
	now time.Time

	zones        []*zone
	conduits     []*conduit
	assets       []*asset
	people       map[string]*identity // the leaders, by key
	identities   []*identity
	entitlements []*entitlement
	implies      []implication
	grants       []*grant
	given        map[[2]string]bool
	credentials  []*credential
	holders      []holder
	sessions     []*session
}

// thing is what every row that can be referred to has.
type thing struct{ source, id string }

// from is how a row of source refers to t.
func (t thing) from(source string) string {
	if t.id == "" || t.source == source {
		return t.id
	}
	return t.source + ":" + t.id
}

func newWorld(seed uint64, now time.Time) *world {
	w := &world{
		r:      rand.New(rand.NewPCG(seed, 0x1d7e_40c6)),
		now:    now.UTC().Truncate(time.Minute),
		people: map[string]*identity{},
		given:  map[[2]string]bool{},
	}
	w.makePeople(newNamer(w.r))
	w.makeNetwork()
	w.makeAssets()
	w.makeEntitlements()
	w.makeMachines()
	w.makeShared()
	w.makeLocal()
	w.orphan()
	w.makeGrants()
	w.makeSecrets()
	w.makeSessions()
	return w
}

// chance is true with probability p.
func (w *world) chance(p float64) bool { return w.r.Float64() < p }

// between is a whole number from lo to hi, both included.
func (w *world) between(lo, hi int) int {
	if hi <= lo {
		return lo
	}
	return lo + w.r.IntN(hi-lo+1)
}

// ago is a working-hours moment about that many days before now.
func (w *world) ago(days int) time.Time {
	t := w.now.AddDate(0, 0, -days).Truncate(24 * time.Hour).Add(time.Duration(w.between(6*60, 17*60)) * time.Minute)
	if t.After(w.now) {
		return w.now.Add(-time.Duration(w.between(5, 240)) * time.Minute)
	}
	return t
}

// ahead is the evening of the day that many days after now.
func (w *world) ahead(days int) time.Time {
	return w.now.AddDate(0, 0, days).Truncate(24 * time.Hour).Add(20 * time.Hour)
}

// one picks from a list.
func one[T any](w *world, list ...T) T { return list[w.r.IntN(len(list))] }

// stamp and day write times as the format wants them; the zero time is empty.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.DateOnly)
}
