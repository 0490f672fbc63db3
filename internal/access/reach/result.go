package reach

import (
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
	ID        int64  `json:"id"`
	Source    string `json:"source"`
	Asset     string `json:"asset"`
	Name      string `json:"name"`
	Class     string `json:"class,omitempty"`
	Domain    string `json:"domain,omitempty"`
	Zone      string `json:"zone"`
	Level     string `json:"level"`
	Safety    bool   `json:"safety"`
	Crossing  bool   `json:"crossing"`
	Privilege string `json:"privilege"`
	Steps     int    `json:"steps"`
	Path      string `json:"path"`
	Way       []Step `json:"way"`
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
		ID: x.id, Source: x.source, Asset: x.external, Name: x.name, Class: x.class, Level: Levels[w.levelOf(x)], Safety: x.safety,
		Privilege: w.highest[a].String(), Steps: len(w.reached[a].path), Way: w.way(a),
	}
	if x.zone != none {
		r.Domain = domains[w.zones[x.zone].domain]
		r.Zone, r.Crossing = w.zones[x.zone].name, crosses(w.identities[w.who].home, w.zones[x.zone].domain)
	}
	r.Path = Path(r.Way)
	return r
}

// Lost tells what an identity no longer reaches, or with less, without some of
// what is there.
func (p *Plant) Lost(who int32, without Without) []Reached {
	before, after := p.walk(who, Without{}, 1), p.walk(who, without, 1)
	var list []Reached
	for _, a := range before.order {
		if after.reached[a] == nil || after.highest[a] < before.highest[a] {
			list = append(list, before.show(a))
		}
	}
	return slices.Clip(list)
}

// Counts are the totals of a result.
func (r Result) Counts() Counts {
	c := Counts{Assets: r.Assets, Safety: r.Safety, Crossing: r.Crossing, Highest: r.Highest}
	for l, name := range Levels {
		c.ByLevel[l] = r.Levels[name]
	}
	return c
}
