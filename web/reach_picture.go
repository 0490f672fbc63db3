package web

import (
	"fmt"

	"interlock/internal/access"
	"interlock/internal/access/reach"
	"interlock/web/page"
	"interlock/web/ui"
)

// reachPicture draws how far somebody gets: each step a column, assets of a zone that
// are got to alike together.
func (v reachView) reachPicture(r reach.Result) page.MapPicture {
	p := page.MapPicture{Text: fmt.Sprintf("How %s gets to %s, step by step. The tables say the same.", r.Name, ui.Plural(r.Assets, "asset", "assets"))}
	list := gathered(v.stands(r))
	for _, width := range []float64{1270, 720} {
		p.Drawings = append(p.Drawings, drawTree(list, width))
	}
	return p
}

// stands gathers what is reached by the way to it.
func (v reachView) stands(r reach.Result) []stand {
	list := []stand{{from: -1, all: v.link(v.base, "level", ""), domain: v.who.Domain, sub: domainHome[v.who.Domain], members: []member{{name: v.who.Name, href: address(identityHref(v.who.ID), "as_of", v.asOf)}}}}
	known := map[string]int{}
	for _, x := range r.Reached {
		at, by := 0, ""
		for _, step := range x.Way {
			if step.Kind != "asset" {
				by = taken[step.Kind]
				continue
			}
			next := stand{from: at, depth: min(list[at].depth+1, mostColumns-1), domain: step.Domain, sub: levelOf(step.Level, step.Zone), kind: lineOf(list[at].domain, step), one: "asset", many: "assets", all: v.link(v.base, "level", orElse(step.Level, "unknown"))}
			next.how, next.label = howOf(step, by)
			next.rank = "1" + next.sub
			key := fmt.Sprint(at, "|", next.sub, "|", next.kind, "|", next.how)
			i, there := known[key]
			if !there {
				i = len(list)
				known[key], list = i, append(list, next)
			}
			at, by = i, ""
		}
		if at > 0 {
			words := joined(x.Privilege, access.Class(x.Class))
			if x.Safety { // comes first
				words, list[at].rank = joined(words, "safety-related"), "0"+list[at].sub
			}
			list[at].members = append(list[at].members, member{x.Name, words, address(assetHref(x.ID), "as_of", v.asOf)})
		}
	}
	return list
}
