package reach

import (
	"cmp"
	"slices"
	"strings"

	"interlock/internal/errs"
)

// Result is how far one identity gets. Levels counts assets by Purdue level.
type Result struct {
	Source   string         `json:"source"`
	Identity string         `json:"identity"`
	Name     string         `json:"name"`
	Assets   int            `json:"assets"`
	Safety   int            `json:"safety"`
	Crossing int            `json:"crossing"`
	Highest  string         `json:"highest"`
	Levels   map[string]int `json:"levels"`
	Reached  []Reached      `json:"reached"`
}

// Reached is one asset with the highest privilege and a shortest way to it.
type Reached struct {
	Source    string `json:"source"`
	Asset     string `json:"asset"`
	Name      string `json:"name"`
	Zone      string `json:"zone"`
	Level     string `json:"level"`
	Safety    bool   `json:"safety"`
	Crossing  bool   `json:"crossing"`
	Privilege string `json:"privilege"`
	Steps     int    `json:"steps"`
	Path      string `json:"path"`
	Way       []Step `json:"way"`
}

// Step is one part of a way: the identity that begins it, a "credential" found on
// the asset before, a "shared" identity whose secret is known, or an "asset" that
// is reached, by which grant, with which right and over which conduit.
type Step struct {
	Kind      string `json:"kind"`
	ID        int64  `json:"id"`
	Name      string `json:"name"`
	Identity  string `json:"identity,omitempty"` // who acts from here on
	Privilege string `json:"privilege,omitempty"`
	Conduit   string `json:"conduit,omitempty"`
	Grant     int64  `json:"grant,omitempty"`
}

// String is the step as a person reads it.
func (s Step) String() string {
	switch s.Kind {
	case "credential":
		return "stored credential of " + s.Identity
	case "shared":
		return "shared login " + s.Identity
	case "asset":
		if s.Conduit != "" {
			return s.Name + " (" + s.Conduit + ")"
		}
	}
	return s.Name
}

// Find gives the identity with this external id; source may be empty if that is clear.
func (p *Plant) Find(external, source string) (int32, error) {
	found := int32(none)
	for i, x := range p.identities {
		if x.external != external || source != "" && x.source != source {
			continue
		}
		if found != none {
			return none, errs.Invalidf("There is an identity %s in %s and in %s: say which with --source.", external, p.identities[found].source, x.source)
		}
		found = int32(i)
	}
	if found == none {
		return none, errs.NotFoundf("There is no identity %s.", strings.TrimPrefix(source+":"+external, ":"))
	}
	return found, nil
}

// Reach searches for one identity, with a way to every asset, nearest first.
func (p *Plant) Reach(who int32, without Without) Result {
	w := p.walk(who, without, alternatives)
	x := p.identities[who]
	r := Result{Source: x.source, Identity: x.external, Name: x.name, Levels: map[string]int{}, Reached: make([]Reached, 0, len(w.order))}
	highest := Unset
	for _, a := range w.order {
		one := w.show(a)
		r.Assets++
		r.Levels[one.Level]++
		if one.Safety {
			r.Safety++
		}
		if one.Crossing {
			r.Crossing++
		}
		highest = max(highest, w.highest[a])
		r.Reached = append(r.Reached, one)
	}
	r.Highest = highest.String()
	return r
}

func (w *walk) show(a int32) Reached {
	x := w.assets[a]
	r := Reached{
		Source: x.source, Asset: x.external, Name: x.name, Level: Levels[w.levelOf(x)], Safety: x.safety,
		Privilege: w.highest[a].String(), Steps: len(w.reached[a].path), Way: w.way(a),
	}
	if x.zone != none {
		r.Zone, r.Crossing = w.zones[x.zone].name, crosses(w.identities[w.who].home, w.zones[x.zone].domain)
	}
	words := make([]string, len(r.Way))
	for i, s := range r.Way {
		words[i] = s.String()
	}
	r.Path = strings.Join(words, " -> ")
	return r
}

// way tells how an asset is reached: every asset that is acted from, in order,
// and before each who acts there.
func (w *walk) way(a int32) []Step {
	start := w.identities[w.who]
	steps := []Step{{Kind: "identity", ID: start.id, Name: start.name, Identity: start.external}}
	acting := map[int32]bool{w.who: true}
	moves := map[int32]*move{}
	leading(w.reached[a], moves)
	for _, at := range w.reached[a].path {
		m, x := moves[at], w.assets[at]
		if !acting[m.actor] {
			acting[m.actor] = true
			steps = append(steps, w.become(m.actor, m.hand)...)
		}
		steps = append(steps, Step{Kind: "asset", ID: x.id, Name: x.name, Privilege: m.privilege.String(), Conduit: w.over(m), Grant: w.grants[m.grant].id, Identity: w.identities[m.actor].external})
	}
	return steps
}

// leading gathers the moves on the way to one, by asset.
func leading(m *move, moves map[int32]*move) {
	if m == nil || moves[m.asset] != nil {
		return
	}
	leading(m.hand.from, moves)
	leading(m.footing.from, moves)
	moves[m.asset] = m
}

// become tells how an identity came to be held.
func (w *walk) become(who int32, h *premise) []Step {
	x := w.identities[who]
	var steps []Step
	if h.by != none {
		c := w.credentials[h.by]
		steps = append(steps, Step{Kind: "credential", ID: c.id, Name: c.external, Identity: w.identities[c.identity].name})
	}
	if h.shared != none {
		steps = append(steps, Step{Kind: "shared", ID: x.id, Name: x.external, Identity: x.name})
	}
	return steps
}

// over names the conduit that a move goes through, and what guards it.
func (w *walk) over(m *move) string {
	via := w.grants[m.grant].via
	if via < 0 || m.condition == always {
		via = m.footing.by
	}
	if via < 0 {
		return ""
	}
	c := w.conduits[via]
	words := []string{strings.ReplaceAll(cmp.Or(c.kind, "conduit"), "_", " ") + " " + c.external}
	if c.mfa != nil && !*c.mfa {
		words = append(words, "no MFA")
	}
	return strings.Join(words, ", ")
}

// Lost tells what an identity no longer reaches, or with less, without some of
// what is there.
func (p *Plant) Lost(who int32, without Without) []Reached {
	before, after := p.walk(who, Without{}, 1), p.walk(who, without, 1)
	var list []Reached
	for _, a := range before.order {
		if _, ok := after.reached[a]; !ok || after.highest[a] < before.highest[a] {
			list = append(list, before.show(a))
		}
	}
	return slices.Clip(list)
}
