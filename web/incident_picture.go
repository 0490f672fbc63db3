package web

import (
	"fmt"

	"interlock/internal/asset"
	"interlock/web/page"
	"interlock/web/ui"
)

// incidentPicture draws who could have got to the asset, from them at the left to it
// at the right: of those who come in the same way, a kind is one box.
func (v incidentView) picture(i asset.Incident) page.MapPicture {
	p := page.MapPicture{Text: fmt.Sprintf("How %s could have got to %s, step by step. The table says the same.", ui.Plural(len(i.Suspects), "identity", "identities"), i.Asset.Name)}
	list := gathered(v.stands(i))
	for _, width := range []float64{1270, 720} {
		p.Drawings = append(p.Drawings, mirrored(drawTree(list, width)))
	}
	return p
}

// stands follows each way back from the asset.
func (v incidentView) stands(i asset.Incident) []stand {
	where := place(i.Asset.Level, i.Asset.Domain)
	list := []stand{{from: -1, domain: where.Domain, sub: levelOf(where.Level, text(i.Asset.Zone)), members: []member{{name: i.Asset.Name, href: assetHref(v.id)}}}}
	known := map[string]int{}
	stop := func(next stand) int {
		key := fmt.Sprint(next.from, "|", next.sub, "|", next.kind, "|", next.how, "|", next.many)
		at, there := known[key]
		if !there {
			at = len(list)
			next.depth, next.rank = min(list[next.from].depth+1, mostColumns-1), next.kind+next.sub
			known[key], list = at, append(list, next)
		}
		return at
	}
	join := func(at int, m member) {
		for _, there := range list[at].members {
			if there == m {
				return
			}
		}
		list[at].members = append(list[at].members, m)
	}
	for _, s := range i.Suspects {
		at := 0
		for k := len(s.Way) - 1; k > 0; k-- {
			step := s.Way[k]
			if step.Kind != "asset" {
				continue
			}
			by, before := "", k-1
			for before > 0 && s.Way[before].Kind != "asset" {
				by, before = taken[s.Way[before].Kind], before-1
			}
			from := s.Way[before]
			next := stand{from: at, domain: from.Domain, kind: lineOf(from.Domain, step)}
			next.how, next.label = howOf(step, by)
			if from.Kind == "asset" {
				next.sub, next.one, next.many = levelOf(from.Level, from.Zone), "asset", "assets"
				at = stop(next)
				join(at, member{name: from.Name, href: assetHref(from.ID)})
				continue
			}
			next.sub, next.one, next.many = domainHome[from.Domain], kindOne[s.Kind], peopleOf[s.Kind]
			at = stop(next)
			join(at, member{s.Name, s.Privilege, identityHref(s.ID)})
		}
	}
	return list
}

// kindOne is one of a kind, as peopleOf says several.
var kindOne = map[string]string{
	"person": "person", "contractor": "contractor", "vendor": "vendor login", "shared": "shared login", "service": "service account",
	"api_key": "API key", "certificate": "certificate", "workload": "workload", "agent": "agent",
}
