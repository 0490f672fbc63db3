package demo

import (
	"fmt"
	"strings"
	"time"
)

// grant is a row of grants.csv.
type grant struct {
	source                         string
	identity, by                   *identity
	entitlement                    *entitlement
	via                            *conduit
	grantedAt, expiresAt, lastUsed time.Time
	ticket                         string
}

func (w *world) makeGrants() {
	for _, i := range w.identities {
		switch {
		case i.works != nil:
			for _, e := range w.fitting(i.works...) {
				w.give(i, e)
			}
		case i.kind == "vendor":
			w.giveVendor(i)
		default:
			w.giveJob(i)
		}
	}
	w.keepOld()
	for _, g := range w.grants {
		w.date(g)
	}
}

// give adds a grant unless the identity has the entitlement already. The grant
// is told by the later of the two sources, which can refer to the earlier.
func (w *world) give(i *identity, e *entitlement) {
	key := [2]string{i.source + ":" + i.id, e.source + ":" + e.id}
	if w.given[key] {
		return
	}
	w.given[key] = true
	source := e.source
	if i.source != Corporate {
		source = i.source
	}
	w.grants = append(w.grants, &grant{source: source, identity: i, entitlement: e})
}

func (w *world) giveJob(i *identity) {
	all := wants[i.job]
	if all == nil {
		panic("demo: no work for " + i.job)
	}
	if i.kind == "person" && i.source == Corporate {
		all = append(common[i.domain][:len(common[i.domain]):len(common[i.domain])], all...)
	}
	for _, want := range all {
		for _, e := range w.wanted(i, want) {
			if w.chance(float64(want.percent) / 100) {
				w.give(i, e)
			}
		}
	}
}

// wanted are the entitlements a want means for i; none where the plant has no such asset.
func (w *world) wanted(i *identity, want want) []*entitlement {
	codes := []string{"NOR", "VAL"}
	if i.site != "HQ" {
		codes = []string{i.site}
	}
	var out []*entitlement
	for _, e := range w.entitlements {
		for _, code := range codes {
			pattern := want.pattern
			if strings.HasPrefix(pattern, "P-") {
				pattern = code + pattern[1:]
			} else if strings.HasPrefix(pattern, "NOR-") && i.site == "VAL" {
				continue
			}
			if fits(pattern, e.id) && (!want.near || e.asset.area == i.area) {
				out = append(out, e)
				break
			}
		}
	}
	return out
}

// giveVendor gives a vendor's person rights on what the vendor made at its site.
func (w *world) giveVendor(v *identity) {
	for _, e := range w.entitlements {
		if e.asset == nil || e.right == "group" {
			continue
		}
		at := v.site == "" || e.asset.zone.site == v.site
		own := e.asset.vendor == v.org && at && !strings.HasPrefix(e.id, "AD.")
		door := e.right == "session" && at && e.asset.source != Corporate
		if !own && !door {
			continue
		}
		for _, c := range care {
			percent := c.percent
			if v.desk() {
				percent += 40 // the desk covers for everybody
			}
			if fits(c.pattern, e.id) && w.chance(float64(percent)/100) {
				w.give(v, e)
			}
		}
	}
}

// keepOld leaves people who changed their work with what they had before.
func (w *world) keepOld() {
	for _, m := range []struct {
		site, job, old string
	}{{"NOR", "planner", "op"}, {"NOR", "transport", "lead"}, {"VAL", "improve", "ctrl"}, {"HQ", "groupeng", "ctrl"}, {"VAL", "ware", "op"}, {"HQ", "analyst", "quality"}} {
		p := w.someone(m.site, m.job, "active")
		p.area = areaOf(m.site, m.old, w.between(0, 2))
		for _, want := range wants[m.old] {
			for _, e := range w.wanted(p, want) {
				if w.chance(float64(want.percent) / 260) {
					w.give(p, e)
				}
			}
		}
	}
}

// crosses tells whether a grant goes from one side of the boundary to the other.
func (g *grant) crosses() bool {
	if g.entitlement.asset == nil {
		return false
	}
	to := g.entitlement.asset.zone.domain
	switch g.identity.domain {
	case "it", "external":
		return to == "ot" || to == "dmz"
	case "ot":
		return to != "ot"
	}
	return false
}

// strong tells the rights to engineer or administer.
func (g *grant) strong() bool {
	return g.entitlement.privilege == "engineer" || g.entitlement.privilege == "admin"
}

// byProject tells the grants that came with the historian project.
func (g *grant) byProject() bool {
	if g.entitlement.asset == nil || g.source != PlantA || g.identity.isPerson() && g.identity.job != "dataeng" && g.identity.job != "analyst" {
		return false
	}
	return g.crosses() && g.identity.domain == "it" && (g.entitlement.asset.id == "NOR-HIST-1" || g.entitlement.asset.id == "NOR-DG-1")
}

// date fills in what happened to a grant: when, by whom, which way, how used.
func (w *world) date(g *grant) {
	known := int(w.now.Sub(g.identity.since).Hours() / 24)
	age := w.between(min(30, known), known)
	if w.chance(0.05) && known > 30 {
		age = w.between(3, 30)
	}
	if g.byProject() {
		age = w.between(GoLiveDaysAgo-1, GoLiveDaysAgo+12)
	}
	if left := g.identity.gone; !left.IsZero() {
		age = max(age, int(w.now.Sub(left).Hours()/24)+5)
	}
	g.grantedAt = w.ago(age)
	g.lastUsed = w.lastUse(g, age)
	if g.lastUsed.After(g.identity.lastSeen) {
		g.identity.lastSeen = g.lastUsed
	}
	g.expiresAt = w.expiry(g)
	g.via = w.way(g)
	w.sign(g)
}

// lastUse is when the grant was last used; the zero time is never.
func (w *world) lastUse(g *grant, age int) time.Time {
	roll := w.r.Float64()
	days := w.between(0, 9)
	switch {
	case roll < 0.016:
		return time.Time{}
	case roll < 0.034:
		days = w.between(91, 640)
	case roll < 0.20:
		days = w.between(10, 85)
	}
	if left := g.identity.gone; !left.IsZero() && !(g.identity.status == "left" && w.chance(0.06)) {
		days = max(days, int(w.now.Sub(left).Hours()/24))
	} else if seen := int(w.now.Sub(g.identity.lastSeen).Hours() / 24); seen > 14 {
		days = max(days, seen)
	}
	if days >= age {
		days = w.between(0, age-1)
		if !g.identity.gone.IsZero() {
			return time.Time{}
		}
	}
	used := w.ago(days)
	if used.Before(g.grantedAt) {
		return g.grantedAt.Add(time.Duration(w.between(5, 300)) * time.Second)
	}
	return used
}

func (w *world) expiry(g *grant) time.Time {
	switch g.identity.kind {
	case "vendor":
		if w.chance(0.5) {
			return later(g.grantedAt, w.ahead(w.between(5, 180)))
		}
	case "contractor":
		if (g.strong() || w.chance(0.75)) && !g.identity.contractEnd.IsZero() {
			return later(g.grantedAt, g.identity.contractEnd)
		}
	default:
		switch roll := w.r.Float64(); {
		case roll < 0.018:
			return w.ahead(w.between(2, 13))
		case roll < 0.025 && g.grantedAt.Before(w.now.AddDate(0, 0, -60)):
			return w.ahead(-w.between(2, 12))
		case roll < 0.06, g.strong() && roll < 0.92: // the strongest rights end within the year
			return w.ahead(w.between(30, 360))
		}
	}
	return time.Time{}
}

// later is end, unless that would be before begin.
func later(begin, end time.Time) time.Time {
	if end.After(begin) {
		return end
	}
	return begin.AddDate(0, 6, 0)
}

// way is the conduit by which the grant is used, where one is known.
func (w *world) way(g *grant) *conduit {
	if !g.crosses() || w.chance(0.1) {
		return nil
	}
	if g.byProject() && g.entitlement.asset.zone.id == "nor-ops" {
		for _, c := range w.conduits {
			if c.project == HistorianProject {
				return c
			}
		}
	}
	var best *conduit
	for _, c := range w.conduits {
		if c.target != g.entitlement.asset.zone || c.origin.domain != g.identity.domain || c.kind == "data_diode" || c.project != "" {
			continue
		}
		if c.source != g.source && c.source != Corporate {
			continue
		}
		if best == nil || liking(g, c) > liking(g, best) {
			best = c
		}
	}
	return best
}

// liking says how well a conduit suits an identity.
func liking(g *grant, c *conduit) int {
	score := 0
	vendor := g.identity.kind == "vendor"
	if !vendor && c.origin.site == g.identity.site {
		score += 2
	}
	if vendor == strings.Contains(c.id, "vendor") {
		score++
	}
	if vendor && g.identity.org == pressmoor && c.origin.id == strings.ToLower(g.identity.site)+"-cell" {
		score += 4
	}
	if machine := g.identity.works != nil; machine && strings.Contains(c.id, "hub") {
		score += 3
	}
	return score
}

// sign says who granted it and under which ticket, as far as anybody knows.
func (w *world) sign(g *grant) {
	if w.chance(0.86) {
		g.by = w.granter(g)
	}
	switch {
	case g.byProject():
		g.ticket = "CHG-2207"
	case w.chance(0.984):
		g.ticket = fmt.Sprintf("AR-%05d", max(0, int(g.grantedAt.Unix()/86400)-10000)*4+w.between(0, 3))
	}
}

// granter is whoever gave it: now and then the asset's owner or the person's
// manager, mostly a control engineer at the plant or the service desk.
func (w *world) granter(g *grant) *identity {
	roll := w.r.Float64()
	asset := g.entitlement.asset
	switch {
	case g.identity.works != nil:
	case roll < 0.06 && asset != nil && asset.owner != g.identity:
		return asset.owner
	case roll < 0.20 && g.identity.manager != nil && (asset == nil || asset.owner != g.identity.manager):
		return g.identity.manager
	}
	site, job := "HQ", "desk"
	if g.source != Corporate && roll < 0.8 {
		site, job = g.entitlement.siteCode(), "ctrl"
	}
	for {
		if p := w.someone(site, job, "active"); p != g.identity {
			return p
		}
	}
}

func (w *world) grantsSheet(source string) *sheet {
	s := newSheet("identity", "entitlement", "via", "granted_at", "granted_by", "expires_at", "last_used_at", "ticket")
	for _, g := range w.grants {
		if g.source != source {
			continue
		}
		via := ""
		if g.via != nil {
			via = g.via.from(source)
		}
		s.add(g.identity.from(source), g.entitlement.from(source), via, stamp(g.grantedAt), g.by.from(source), stamp(g.expiresAt), stamp(g.lastUsed), g.ticket)
	}
	return s
}
