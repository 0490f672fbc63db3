package reach

import (
	"cmp"
	"slices"
	"strings"

	say "interlock/internal/access"
)

// Step is one part of a way: the identity that begins it, a "credential" found on
// the asset before, a "shared" identity whose secret is known, or an "asset" that
// is reached, by which grant, with which right and over which conduit.
type Step struct {
	Kind      string   `json:"kind"`
	ID        int64    `json:"id"`
	Name      string   `json:"name"`
	Class     string   `json:"class,omitempty"`
	Zone      string   `json:"zone,omitempty"`
	Level     string   `json:"level,omitempty"`    // empty where it is not known
	Domain    string   `json:"domain,omitempty"`   // of the zone, or where the identity is at home
	Identity  string   `json:"identity,omitempty"` // who acts from here on
	Privilege string   `json:"privilege,omitempty"`
	Conduit   *Conduit `json:"conduit,omitempty"`
	Grant     int64    `json:"grant,omitempty"`
	Holder    int64    `json:"holder,omitempty"` // by which a shared secret is known
}

// Conduit is what a step goes over, and what guards it; nil is not known.
type Conduit struct {
	ID       int64  `json:"id"`
	Key      string `json:"key"`
	Kind     string `json:"kind,omitempty"`
	MFA      *bool  `json:"mfa,omitempty"`
	Recorded *bool  `json:"recorded,omitempty"`
	Vaulted  *bool  `json:"vaulted,omitempty"`
}

// String names the conduit and what it lacks.
func (c Conduit) String() string {
	words := []string{strings.ReplaceAll(cmp.Or(c.Kind, "conduit"), "_", " ") + " " + c.Key}
	if c.MFA != nil && !*c.MFA {
		words = append(words, "no MFA")
	}
	return strings.Join(words, ", ")
}

// String is the step as a person reads it.
func (s Step) String() string {
	switch s.Kind {
	case "credential":
		return "stored credential of " + s.Identity
	case "shared":
		return "shared login " + s.Identity
	case "asset":
		name := s.named()
		if s.Conduit != nil {
			return name + " (" + s.Conduit.String() + ")"
		}
		return name
	}
	return s.Name
}

// named is an asset with its class before it, unless the name says that itself.
func (s Step) named() string {
	class := say.Class(s.Class)
	if class == "" || strings.Contains(strings.ToLower(s.Name), strings.ToLower(class)) {
		return s.Name
	}
	if word, _, _ := strings.Cut(class, " "); word != strings.ToUpper(word) { // not PLC
		class = strings.ToLower(class[:1]) + class[1:]
	}
	return class + " " + s.Name
}

// Path is a way in one line.
func Path(way []Step) string {
	words := make([]string, len(way))
	for i, s := range way {
		words[i] = s.String()
	}
	return strings.Join(words, " -> ")
}

// way tells how an asset is reached: every asset that is acted from, in order,
// and before each who acts there.
func (w *walk) way(a int32) []Step {
	start := w.identities[w.who]
	steps := []Step{{Kind: "identity", ID: start.id, Name: start.name, Identity: start.external, Domain: domains[start.home]}}
	acting := map[int32]bool{w.who: true}
	moves := map[int32]*move{}
	leading(w.reached[a], moves)
	for _, at := range w.reached[a].path {
		m := moves[at]
		if !acting[m.actor] {
			acting[m.actor] = true
			steps = append(steps, w.become(m.actor, m.hand)...)
		}
		steps = append(steps, w.step(m))
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

func (w *walk) step(m *move) Step {
	x := w.assets[m.asset]
	s := Step{
		Kind: "asset", ID: x.id, Name: x.name, Class: x.class, Privilege: m.privilege.String(), Conduit: w.over(m),
		Grant: w.grants[m.grant].id, Identity: w.identities[m.actor].external,
	}
	if x.zone != none {
		z := w.zones[x.zone]
		s.Zone, s.Domain = z.name, domains[z.domain]
		if z.level != unknownLevel {
			s.Level = Levels[z.level]
		}
	}
	return s
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
		steps = append(steps, Step{Kind: "shared", ID: x.id, Name: x.external, Identity: x.name, Holder: w.knowing(h.shared, who)})
	}
	return steps
}

// knowing is the holder by which a person knows a shared identity's secret.
func (w *walk) knowing(person, shared int32) int64 {
	for _, h := range w.shares.of(person) {
		if x := w.holders[h]; x.shared == shared && !slices.Contains(w.without.Holders, x.id) {
			return x.id
		}
	}
	return 0
}

// over is the conduit that a move goes through.
func (w *walk) over(m *move) *Conduit {
	via := w.grants[m.grant].via
	if via < 0 || m.condition == always {
		via = m.footing.by
	}
	if via < 0 {
		return nil
	}
	c := w.conduits[via]
	return &Conduit{ID: c.id, Key: c.external, Kind: c.kind, MFA: c.mfa, Recorded: c.recorded, Vaulted: c.vaulted}
}
