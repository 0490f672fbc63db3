package web

import (
	"strconv"

	"interlock/internal/asset"
	"interlock/web/page"
	"interlock/web/ui"
)

// chosen tells about what is chosen.
func (v *mapView) chosen() *page.MapChosen {
	c := &page.MapChosen{Clear: v.at()}
	switch {
	case v.way():
		v.chosenWay(c)
	case v.zone != 0:
		v.chosenZone(c)
	case len(v.mapChoice.conduits) == 1:
		v.chosenConduit(c)
	case len(v.mapChoice.conduits) > 1:
		v.chosenBundle(c)
	default:
		only := mapOnly[v.only]
		identities, grants := v.Count(v.only, v.site)
		c.Title = only.label
		c.Facts = []ui.Fact{{Term: "Who", Text: people(identities), Sub: "by " + ui.Plural(int(grants), "live grant", "live grants")}, {Term: "What it means", Text: only.text}}
	}
	return c
}

func people(n int64) string { return ui.Plural(int(n), "identity", "identities") }

func (v *mapView) chosenWay(c *page.MapChosen) {
	var found asset.Tally
	for _, t := range v.ways() {
		found = t
	}
	to := v.zones[v.zone]
	way, known := v.conduits[v.mapChoice.conduits[0]]
	c.Title, c.Sub = "One way across", orElse(way.ExternalID, "conduit not known")
	start := ui.Stop{Place: ui.Place{Domain: v.origin}, Name: domainHome[v.origin], Sub: people(found.Identities)}
	end := ui.Stop{Place: zonePlace(to), Name: to.Name, Sub: v.sites[to.SiteID]}
	hop := ui.Hop{Guards: ui.Guards("", "", "")}
	if known {
		from := v.zones[way.FromZoneID]
		start.Place, start.Name = zonePlace(from), from.Name
		hop = v.hop(way)
	}
	c.Route = &ui.Route{Stops: []ui.Stop{start, end}, Hops: []ui.Hop{hop}, Upright: true}
	c.Facts = []ui.Fact{
		{Term: "Who", Text: people(found.Identities), Sub: "whose home is " + domainWords[v.origin]},
		{Term: "By", Text: ui.Plural(int(found.Grants), "live grant", "live grants")},
	}
	if known {
		c.Facts = append(c.Facts, aroundFacts(way)...)
		c.Links = append(c.Links, ui.Link{Label: "All by this conduit", Href: v.at("conduit", strconv.FormatInt(way.ID, 10))})
	}
	c.Links = append(c.Links, ui.Link{Label: "All into this zone", Href: v.at("zone", strconv.FormatInt(to.ID, 10))})
}

func (v *mapView) hop(c asset.MapConduit) ui.Hop {
	h := ui.Hop{Name: orElse(conduitWords[text(c.Kind)], "conduit"), Guards: ui.Guards(yesNo(c.Mfa), yesNo(c.Recorded), yesNo(c.Vaulted))}
	if !c.Carries() {
		h.Guards = nil
	}
	return h
}

func aroundFacts(c asset.MapConduit) []ui.Fact {
	var list []ui.Fact
	if c.Around() {
		list = append(list, ui.Fact{Term: "Marked", Chips: []ui.Chip{{Text: "around the jump host", Tone: "warn", Icon: "alert-triangle"}}, Sub: mapOnly[asset.FacetAround].text})
	}
	if p := text(c.Project); p != "" {
		list = append(list, ui.Fact{Term: "Came with", Text: p})
	}
	if !c.Carries() {
		list = append(list, ui.Fact{Term: "Access", Text: "none: a data diode lets only data out"})
	}
	return list
}

func (v *mapView) chosenConduit(c *page.MapChosen) {
	way := v.conduits[v.mapChoice.conduits[0]]
	from, to, t := v.zones[way.FromZoneID], v.zones[way.ToZoneID], v.along[way.ID]
	c.Title, c.Sub = conduitName(way), way.ExternalID
	c.Route = &ui.Route{Upright: true, Hops: []ui.Hop{v.hop(way)}, Stops: []ui.Stop{
		{Place: zonePlace(from), Name: from.Name, Sub: v.sites[from.SiteID]}, {Place: zonePlace(to), Name: to.Name, Sub: v.sites[to.SiteID]},
	}}
	c.Facts = append([]ui.Fact{{Term: "Cross by it", Text: people(t.Identities), Sub: "by " + ui.Plural(int(t.Grants), "live grant", "live grants")}}, aroundFacts(way)...)
}

func (v *mapView) chosenZone(c *page.MapChosen) {
	z, t := v.zones[v.zone], v.into[v.zone]
	c.Title, c.Sub = z.Name, v.sites[z.SiteID]
	var unknown int64
	for _, w := range v.ways() {
		if w.ConduitID == 0 {
			unknown += w.Identities
		}
	}
	in, out := 0, 0
	for _, way := range v.Conduits {
		if way.ToZoneID == z.ID {
			in++
		}
		if way.FromZoneID == z.ID {
			out++
		}
	}
	c.Facts = []ui.Fact{
		{Term: "Level", Text: orElse(prefixed("Purdue level ", level(z.Level)), ""), Sub: orElse(domainWords[text(z.Domain)], "domain unknown")},
		{Term: "Assets", Text: number(z.Assets), Sub: number(z.Safety) + " safety-related"},
		{Term: "Cross into it", Text: people(t.Identities), Sub: "by " + ui.Plural(int(t.Grants), "live grant", "live grants")},
		{Term: "Way unknown", Text: people(unknown)},
		{Term: "Conduits", Text: strconv.Itoa(in) + " in, " + strconv.Itoa(out) + " out"},
	}
}

func (v *mapView) chosenBundle(c *page.MapChosen) {
	var grants int64
	around := 0
	for _, id := range v.mapChoice.conduits {
		grants += v.along[id].Grants
		if v.conduits[id].Around() {
			around++
		}
	}
	first := v.conduits[v.mapChoice.conduits[0]]
	c.Title, c.Sub = ui.Plural(len(v.mapChoice.conduits), "conduit", "conduits"), "that share a line"
	c.Facts = []ui.Fact{
		{Term: "Kind", Text: conduitName(first)},
		{Term: "From", Text: v.zones[first.FromZoneID].Name},
		{Term: "Cross by them", Text: ui.Plural(int(grants), "live grant", "live grants")},
	}
	if around > 0 {
		c.Facts = append(c.Facts, ui.Fact{Term: "Around the jump host", Text: ui.Plural(around, "conduit", "conduits"), Tone: "warn"})
	}
}
