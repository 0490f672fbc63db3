package web

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"interlock/internal/asset"
	"interlock/web/page"
	"interlock/web/ui"
)

// mostListed bounds the lists of zones and conduits; beyond it a site is to be
// chosen first.
const mostListed = 400

func (v *mapView) lede() string {
	identities, _ := v.Count(asset.FacetAll, v.site)
	around, _ := v.Count(asset.FacetAround, v.site)
	where := ""
	if v.site != 0 {
		where = " at " + orElse(v.sites[v.site], "no site")
	}
	words := capital(counted(int(identities), "identity crosses", "identities cross")) + " the boundary between offices, plants and outside" + where + ", by grants of their own."
	if v.Behind {
		words += " An import since " + v.moment(&v.At) + " is being counted."
	}
	if around > 0 {
		words += " " + capital(counted(int(around), "of them goes", "of them go")) + " around the jump host."
	}
	return words
}

func (v *mapView) siteFilter(p *page.Map) {
	const few = 7
	all := address("/map", "only", v.only)
	if len(v.Sites) > few {
		for _, st := range v.Sites {
			p.SiteList = append(p.SiteList, ui.Option{Value: strconv.FormatInt(st.ID, 10), Label: st.Name})
		}
		if v.site != 0 {
			p.Site = strconv.FormatInt(v.site, 10)
		}
		if v.only != "" {
			p.Hidden = []ui.Param{{Name: "only", Value: v.only}}
		}
		return
	}
	p.Sites = append(p.Sites, ui.View{Label: "All sites", Href: all, Current: v.site == 0, Count: -1})
	for _, st := range v.Sites {
		p.Sites = append(p.Sites, ui.View{Label: st.Name, Href: address("/map", "site", strconv.FormatInt(st.ID, 10), "only", v.only), Current: v.site == st.ID, Count: -1})
	}
}

func (v *mapView) look(p *page.Map) {
	all, grants := v.Count(asset.FacetAll, v.site)
	p.LookLede = "identities, by " + ui.Plural(int(grants), "live grant", "live grants")
	p.Look = []page.MapLook{{Label: "In all", N: int(all), Href: v.at("list", "who") + "#list"}}
	for _, only := range mapOrder {
		n, _ := v.Count(only, v.site)
		p.Look = append(p.Look, page.MapLook{Label: mapOnly[only].label, N: int(n), Href: v.at("only", only), Warn: mapOnly[only].warn})
	}
}

// ways are the ways across that fit the choice, the least guarded first.
func (v *mapView) ways() []asset.Tally {
	var list []asset.Tally
	for _, t := range v.Tallies {
		if t.Facet == asset.FacetWay && v.fits(t) {
			list = append(list, t)
		}
	}
	slices.SortStableFunc(list, func(a, b asset.Tally) int {
		return cmp.Or(cmp.Compare(v.danger(b), v.danger(a)), cmp.Compare(b.Identities, a.Identities), cmp.Compare(a.ZoneID, b.ZoneID))
	})
	return list
}

func (v *mapView) fits(t asset.Tally) bool {
	c, known := v.conduits[t.ConduitID]
	switch {
	case v.site != 0 && t.SiteID != v.site, v.zone != 0 && t.ZoneID != v.zone, v.origin != "" && t.Home != v.origin:
		return false
	case len(v.mapChoice.conduits) > 0 && !slices.Contains(v.mapChoice.conduits, t.ConduitID):
		return false
	case v.only == asset.FacetUnknown:
		return t.ConduitID == 0
	}
	return !asset.ByConduit(v.only) || known && c.Is(v.only)
}

// danger grows with what a way lacks.
func (v *mapView) danger(t asset.Tally) (n int) {
	c, known := v.conduits[t.ConduitID]
	switch {
	case known && c.Around():
		n += 8
	case !known:
		n += 4
	}
	for _, guard := range []*bool{c.Recorded, c.Mfa, c.Vaulted} {
		if guard == nil || !*guard {
			n++
		}
	}
	return n
}

func (v *mapView) showWays(p *page.Map, ways []asset.Tally) {
	p.Lede2 = "the least guarded first"
	rest := ways[min(v.skip, len(ways)):]
	for _, t := range rest[:min(listPage, len(rest))] {
		p.Ways = append(p.Ways, v.wayRow(t))
	}
	p.Pager = ui.Pager{Text: fmt.Sprintf("%s of %s", ui.Thousands(len(p.Ways)), ui.Plural(len(ways), "way", "ways"))}
	if v.skip > 0 {
		p.Pager.Prev = v.here("list", "ways", "skip", skipWord(v.skip-listPage)) + "#list"
	}
	if len(rest) > listPage {
		p.Pager.Next = v.here("list", "ways", "skip", skipWord(v.skip+listPage)) + "#list"
	}
}

func skipWord(n int) string {
	if n <= 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func (v *mapView) wayRow(t asset.Tally) page.MapWay {
	to := v.zones[t.ZoneID]
	w := page.MapWay{
		Home: "from " + domainWords[t.Home], From: ui.Place{Domain: t.Home}, To: zonePlace(to), ToName: to.Name, Identities: int(t.Identities), Grants: int(t.Grants),
		Href: v.at("way", wayKey(t.Home, t.ConduitID, t.ZoneID)), On: v.way(),
	}
	if c, ok := v.conduits[t.ConduitID]; ok {
		from := v.zones[c.FromZoneID]
		w.From, w.FromName, w.Through, w.ThroughSub, w.Around, w.Guards = zonePlace(from), from.Name, conduitName(c), c.ExternalID, c.Around(), guardsOf(c)
	}
	return w
}

func conduitName(c asset.MapConduit) string {
	return capital(orElse(conduitWords[text(c.Kind)], "conduit of unknown kind"))
}

func guardsOf(c asset.MapConduit) page.MapGuards {
	return page.MapGuards{Recorded: yesNo(c.Recorded), Second: yesNo(c.Mfa), Vaulted: yesNo(c.Vaulted), Known: true, None: !c.Carries()}
}

func zonePlace(z asset.MapZone) ui.Place { return place(z.Level, z.Domain) }

func (v *mapView) crossings(r *http.Request, p *page.Map) error {
	c := asset.Choice{Home: v.origin, Site: v.site, Zone: v.zone, Conduits: v.mapChoice.conduits, Facet: v.only, At: v.At, Before: v.before, Page: listPage + 1}
	rows, err := v.Asset.Crossings(r.Context(), c)
	if err != nil {
		return err
	}
	rows, next := pageOf(rows, listPage, func(c asset.Crossing) int64 { return c.GrantID })
	for _, row := range rows {
		p.Who = append(p.Who, v.crossingRow(row))
	}
	p.Lede2 = "grants, newest first"
	p.Pager = ui.Pager{Text: ui.Plural(len(rows), "grant", "grants") + ", newest first"}
	if next != 0 {
		p.Pager.Next = v.here("list", "who", "before", strconv.FormatInt(next, 10)) + "#list"
	}
	return nil
}

func (v *mapView) crossingRow(c asset.Crossing) page.MapCrossing {
	row := page.MapCrossing{
		Kind: c.IdentityKind, Who: c.IdentityName, WhoHref: identityHref(c.IdentityID), Right: c.EntitlementName, Privilege: text(c.Privilege), Asset: c.AssetName, AssetHref: assetHref(c.AssetID), Safety: c.Safety,
		To: place(c.ZoneLevel, c.ZoneDomain), ToName: text(c.ZoneName), New: c.New, LastUsed: v.date(c.LastUsedAt),
		WhoSub: joined("from "+domainWords[text(c.IdentityDomain)], text(c.IdentityOrganisation), prefixed("owner ", text(c.OwnerName))),
	}
	if c.IdentityStatus != "active" {
		row.WhoSub = joined(row.WhoSub, c.IdentityStatus)
	}
	if c.ConduitID == nil {
		return row
	}
	if way, ok := v.conduits[*c.ConduitID]; ok {
		row.Through, row.Around, row.Guards = conduitName(way)+" from "+v.zones[way.FromZoneID].Name, way.Around(), guardsOf(way)
		row.Href = v.at("conduit", strconv.FormatInt(way.ID, 10))
	}
	return row
}

func (v *mapView) listZones(p *page.Map) {
	if len(v.drawn) > mostListed {
		return
	}
	for _, z := range v.drawn {
		p.Zones = append(p.Zones, page.MapZone{
			Name: z.Name, Place: zonePlace(z), Site: v.sites[z.SiteID], Assets: int(z.Assets), Safety: int(z.Safety), Identities: int(v.into[z.ID].Identities),
			Href: v.at("zone", strconv.FormatInt(z.ID, 10)), On: v.zone == z.ID,
		})
	}
}

func (v *mapView) listConduits(p *page.Map) {
	shown := v.drawnConduits()
	if len(shown) > mostListed {
		return
	}
	for _, c := range shown {
		from, to := v.zones[c.FromZoneID], v.zones[c.ToZoneID]
		p.Conduits = append(p.Conduits, page.MapConduit{
			Name: c.ExternalID, Kind: joined(conduitName(c), prefixed("project ", text(c.Project))), From: zonePlace(from), To: zonePlace(to), FromName: from.Name, ToName: to.Name,
			Around: c.Around(), Identities: int(v.along[c.ID].Identities), Guards: guardsOf(c), Href: v.at("conduit", strconv.FormatInt(c.ID, 10)),
			On: slices.Contains(v.mapChoice.conduits, c.ID),
		})
	}
}

// drawnConduits are those between zones of the picture; with a site chosen, those
// that touch it.
func (v *mapView) drawnConduits() []asset.MapConduit {
	return slices.DeleteFunc(slices.Clone(v.Conduits), func(c asset.MapConduit) bool {
		from, to := v.zones[c.FromZoneID], v.zones[c.ToZoneID]
		return from.ID == 0 || to.ID == 0 || v.site != 0 && siteOf(from) != v.site && siteOf(to) != v.site
	})
}
