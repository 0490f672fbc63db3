package web

import (
	"fmt"
	"strings"

	"interlock/internal/access"
	"interlock/internal/access/reach"
	"interlock/web/ui"
)

// reachPlaces are the places of reach.Levels as bars show them.
var reachPlaces = [len(reach.Levels)]ui.Place{
	{Level: "0", Domain: "ot"}, {Level: "1", Domain: "ot"}, {Level: "2", Domain: "ot"}, {Level: "3", Domain: "ot"},
	{Level: "3.5", Domain: "dmz"}, {Level: "4", Domain: "it"}, {Level: "5", Domain: "it"}, {},
}

// reachBars tells kept reach in a sentence and as bars by level, the top of the
// plant first, with a tick for what was before.
func (s *server) reachBars(k reach.Kept) ui.Reach {
	bars := ui.Reach{Text: reachText(k.Counts), Alarm: safetyText(k.Safety)}
	if k.Was != nil {
		when := s.date(&k.ChangedAt)
		bars.Before = "Before " + when + ": " + ui.Thousands(k.Was.Assets) + "."
		bars.Legend = "Filled: now. Tick: before " + when + "."
	}
	for l := len(reachPlaces) - 1; l >= 0; l-- {
		bar := ui.ReachLevel{Place: reachPlaces[l], N: k.ByLevel[l], Before: -1}
		if k.Was != nil {
			bar.Before = k.Was.ByLevel[l]
		}
		if bar.N > 0 || bar.Before > 0 {
			bars.Levels = append(bars.Levels, bar)
		}
	}
	return bars
}

// reachText says "14 assets, 12 of them across the boundary, at most to engineer".
func reachText(c reach.Counts) string {
	if c.Assets == 0 {
		return "Reaches nothing."
	}
	parts := []string{ui.Plural(c.Assets, "asset", "assets")}
	switch {
	case c.Crossing == c.Assets:
		parts = append(parts, "all across the boundary")
	case c.Crossing > 0:
		parts = append(parts, ui.Thousands(c.Crossing)+" of them across the boundary")
	default:
		parts = append(parts, "none across the boundary")
	}
	if c.Highest != "" {
		parts = append(parts, "at most to "+c.Highest)
	}
	return strings.Join(parts, ", ")
}

func safetyText(n int) string {
	if n == 0 {
		return ""
	}
	return ui.Thousands(n) + " safety-related"
}

// reachRoute is a way as a picture, hop by hop.
func reachRoute(way []reach.Step) ui.Route {
	var r ui.Route
	by := ""
	for _, step := range way {
		switch step.Kind {
		case "identity":
			r.Stops = append(r.Stops, ui.Stop{Place: ui.Place{Domain: step.Domain}, Name: orElse(domainHome[step.Domain], "Anywhere"), Sub: step.Name})
		case "asset":
			r.Stops = append(r.Stops, ui.Stop{Place: ui.Place{Level: step.Level, Domain: step.Domain}, Name: step.Name, Sub: joined(access.Class(step.Class), step.Zone, step.Privilege)})
			r.Hops = append(r.Hops, reachHop(step, by))
			by = ""
		default:
			by = step.String()
		}
	}
	return r
}

// reachHop is how a step is taken: with what was found, and over which conduit.
func reachHop(step reach.Step, by string) ui.Hop {
	if step.Conduit == nil {
		return ui.Hop{Name: orElse(by, "within reach")}
	}
	c := step.Conduit
	name := strings.TrimSpace(orElse(conduitWords[c.Kind], "conduit") + " " + c.Key)
	if by != "" {
		name = by + ", " + name
	}
	return ui.Hop{Name: name, Guards: ui.Guards(yesNo(c.MFA), yesNo(c.Recorded), yesNo(c.Vaulted))}
}

// reachAge says of which inventory kept reach is, and whether that is behind.
func (s *server) reachAge(st reach.Standing) (words string, outdated bool) {
	switch {
	case st.At.IsZero():
		return "How far everyone gets has not been computed yet. That begins by itself after an import.", true
	case st.Import == 0:
		words = "Computed " + s.moment(&st.At) + "."
	default:
		words = fmt.Sprintf("Computed %s, after import %d of %s.", s.moment(&st.At), st.Import, st.Source)
	}
	if st.Outdated {
		words += " The inventory has changed since; it is being computed anew."
	}
	return words, st.Outdated
}

// arrows writes a way as a page does.
func arrows(path string) string { return strings.ReplaceAll(path, " -> ", " → ") }
