package web

import (
	"slices"
	"strings"

	"interlock/internal/finding"
	"interlock/internal/review"
	"interlock/web/ui"
)

// peopleOf says who the peers of a kind are.
var peopleOf = map[string]string{
	"person": "people", "contractor": "contractors", "vendor": "vendor logins", "shared": "shared logins", "service": "service accounts",
	"api_key": "API keys", "certificate": "certificates", "workload": "workloads", "agent": "agents",
}

// whoElse says how many of the identity's peers hold the same.
func whoElse(c review.Case) string {
	if c.PeerGroup == nil || c.Peers == nil {
		return "Nobody to compare with: no department, manager or organisation is known."
	}
	who := peopleOf[c.IdentityKind]
	switch *c.PeerGroup {
	case "department":
		who += " in " + text(c.Department)
	case "manager":
		who += " under " + orElse(text(c.ManagerName), "the same manager")
	case "organisation":
		who += " of " + text(c.Organisation)
	}
	switch {
	case *c.Peers == 0:
		return "No peers to compare with: there are no other " + who + "."
	case c.PeersHolding == nil:
		return "Only " + ui.Plural(int(*c.Peers), "peer", "peers") + " (" + who + "), too few to compare with."
	}
	return share(*c.PeersHolding, *c.Peers) + " have it (" + who + ")."
}

func share(holding, peers int32) string {
	return ui.Thousands(int(holding)) + " of " + ui.Thousands(int(peers)) + " peers"
}

// reachOf tells how far the identity gets in the end; nil before that was computed.
func reachOf(c review.Case) *ui.Reach {
	if c.ReachAssets == nil {
		return nil
	}
	assets, crossing, safety := int(*c.ReachAssets), count(c.ReachCrossing), count(c.ReachSafety)
	if assets == 0 {
		return &ui.Reach{Text: "Nothing: no live access leads anywhere."}
	}
	r := &ui.Reach{Text: ui.Plural(assets, "asset", "assets") + ", " + some(crossing, assets, "across the boundary") + ", " + some(safety, assets, "safety-related") + "."}
	for i, n := range slices.Backward(c.ReachLevels) {
		if n > 0 {
			r.Levels = append(r.Levels, ui.ReachLevel{Place: reachPlaces[i], N: int(n), Before: -1})
		}
	}
	return r
}

// count reads a number that may be missing.
func count(n *int32) int {
	if n == nil {
		return 0
	}
	return int(*n)
}

func some(n, all int, what string) string {
	switch n {
	case 0:
		return "none " + what
	case all:
		return "all " + what
	}
	return ui.Thousands(n) + " " + what
}

var findingTones = map[string]string{"critical": "bad", "high": "bad", "medium": "warn"}

// found are the findings that no reason tells, the worst first.
func found(c review.Case) []ui.Chip {
	var chips []ui.Chip
	for severity := finding.Critical; severity >= finding.Low; severity-- {
		for _, f := range c.Findings {
			rule, of := strings.CutPrefix(f, severity.String()+":")
			if !of || review.Told(rule) || has(c.Reasons, "-finding:"+rule) {
				continue
			}
			chips = append(chips, ui.Chip{Text: review.ReasonOf("-finding:" + rule).Text, Tone: findingTones[severity.String()], Icon: "alert-triangle"})
		}
	}
	return chips
}
