package demo

import (
	"strconv"
	"strings"
)

// zone is a row of zones.csv.
type zone struct {
	thing
	name, site, domain string
	level              float64
}

// conduit is a row of conduits.csv.
type conduit struct {
	thing
	origin, target         *zone
	kind                   string
	mfa, recorded, vaulted bool
	project                string
}

// plant is what the two plants differ in.
type plant struct {
	source, code, town string
	areas              []area
}

// area is a part of a plant with its own machines.
type area struct{ key, name string }

var plants = []plant{
	{PlantA, "NOR", "Norrvik", []area{{"cook", "Cooking"}, {"fill", "Filling"}, {"pack", "Packing"}, {"util", "Utilities"}}},
	{PlantB, "VAL", "Vale Sereno", []area{{"can", "Canning"}, {"ret", "Retorts"}, {"pack", "Palletising"}, {"util", "Utilities"}}},
}

// id is a plant's lower-case identifier of something.
func (p plant) id(rest string) string { return strings.ToLower(p.code) + "-" + rest }

// areaOf spreads the n-th person of a team over the areas of the plant.
func areaOf(site, job string, n int) string {
	for _, p := range plants {
		switch {
		case p.code != site:
		case job == "utiltech":
			return "util"
		case job == "op" || job == "lead":
			return p.areas[n%3].key
		default:
			return p.areas[n%len(p.areas)].key
		}
	}
	return ""
}

func sitesSheet(source string) *sheet {
	s := newSheet("id", "name", "timezone", "country")
	if source == Corporate {
		s.add("HQ", "Head office, Aalborg", "Europe/Copenhagen", "DK")
		s.add("NOR", "Norrvik plant", "Europe/Stockholm", "SE")
		s.add("VAL", "Vale Sereno plant", "Europe/Lisbon", "PT")
	}
	return s
}

func (w *world) addZone(source, id, name, site string, level float64, domain string) {
	w.zones = append(w.zones, &zone{thing{source, id}, name, site, domain, level})
}

// zone finds a zone by its id; ids of zones are unique over all sources.
func (w *world) zone(id string) *zone {
	for _, z := range w.zones {
		if z.id == id {
			return z
		}
	}
	panic("demo: no zone " + id)
}

func (w *world) makeNetwork() {
	w.addZone(Corporate, "cloud", "Business cloud services", "HQ", 5, "it")
	w.addZone(Corporate, "data-hub", "Plant data hub in the cloud", "HQ", 5, "it")
	w.addZone(Corporate, "remote", "Remote workers", "", 5, "external")
	w.addZone(Corporate, "vendor-net", "Vendor networks", "", 5, "external")
	w.addZone(Corporate, "hq-office", "Aalborg office network", "HQ", 4, "it")
	w.addZone(Corporate, "hq-dc", "Aalborg data centre", "HQ", 4, "it")
	w.addZone(Corporate, "nor-office", "Norrvik office network", "NOR", 4, "it")
	w.addZone(Corporate, "val-office", "Vale Sereno office network", "VAL", 4, "it")
	w.corporateConduits()
	for _, p := range plants {
		w.plantZones(p)
		w.innerConduits(p)
		w.outerConduits(p)
	}
}

func (w *world) plantZones(p plant) {
	w.addZone(p.source, p.id("cell"), p.town+" machine makers' mobile link", p.code, 5, "external")
	w.addZone(p.source, p.id("dmz"), p.town+" industrial DMZ", p.code, 3.5, "dmz")
	w.addZone(p.source, p.id("ops"), p.town+" site operations", p.code, 3, "ot")
	for _, a := range p.areas {
		w.addZone(p.source, p.id("l2-"+a.key), p.town+" "+a.name+" supervision", p.code, 2, "ot")
		w.addZone(p.source, p.id("l1-"+a.key), p.town+" "+a.name+" controllers", p.code, 1, "ot")
	}
	w.addZone(p.source, p.id("sis"), p.town+" safety systems", p.code, 1, "ot")
	w.addZone(p.source, p.id("l0"), p.town+" instruments and drives", p.code, 0, "ot")
}

// guard is what a conduit does to those who pass.
type guard struct{ mfa, recorded, vaulted bool }

var (
	open       = guard{}
	secondOnly = guard{mfa: true}
	full       = guard{mfa: true, recorded: true, vaulted: true}
)

func (w *world) link(source, id, from, to, kind string, g guard) *conduit {
	c := &conduit{thing: thing{source, id}, origin: w.zone(from), target: w.zone(to), kind: kind, mfa: g.mfa, recorded: g.recorded, vaulted: g.vaulted}
	w.conduits = append(w.conduits, c)
	return c
}

func (w *world) corporateConduits() {
	for _, office := range []string{"hq-office", "nor-office", "val-office"} {
		w.link(Corporate, office+"-to-dc", office, "hq-dc", "direct", open)
		w.link(Corporate, office+"-to-cloud", office, "cloud", "direct", secondOnly)
	}
	w.link(Corporate, "dc-to-cloud", "hq-dc", "cloud", "direct", open)
	w.link(Corporate, "dc-to-hub", "hq-dc", "data-hub", "direct", open)
	w.link(Corporate, "remote-vpn", "remote", "hq-dc", "vpn", secondOnly)
	w.link(Corporate, "remote-to-cloud", "remote", "cloud", "direct", secondOnly)
	w.link(Corporate, "remote-to-hub", "remote", "data-hub", "vpn", secondOnly)
	w.link(Corporate, "vendor-portal", "vendor-net", "data-hub", "vpn", secondOnly)
	w.link(Corporate, "vendor-to-dc", "vendor-net", "hq-dc", "vpn", full)
}

// innerConduits are the ways inside the plant.
func (w *world) innerConduits(p plant) {
	for _, a := range p.areas {
		w.link(p.source, p.id("ops-to-l2-"+a.key), p.id("ops"), p.id("l2-"+a.key), "direct", open)
		w.link(p.source, p.id("l2-to-l1-"+a.key), p.id("l2-"+a.key), p.id("l1-"+a.key), "direct", open)
		w.link(p.source, p.id("l1-to-l0-"+a.key), p.id("l1-"+a.key), p.id("l0"), "direct", open)
	}
	w.link(p.source, p.id("ops-to-sis"), p.id("ops"), p.id("sis"), "direct", open)
	w.link(p.source, p.id("ops-to-dmz"), p.id("ops"), p.id("dmz"), "direct", open)
	w.link(p.source, p.id("historian-diode"), p.id("ops"), p.id("dmz"), "data_diode", open)
	w.link(p.source, p.id("dmz-to-ops"), p.id("dmz"), p.id("ops"), "jump_host", full)
	w.link(p.source, p.id("kiosk-to-dc"), p.id("ops"), "hq-dc", "direct", open)
	w.link(p.source, p.id("kiosk-to-cloud"), p.id("ops"), "cloud", "direct", open)
}

// outerConduits are the ways in from the offices, the cloud and the vendors.
func (w *world) outerConduits(p plant) {
	office, jump := p.id("office"), full
	if p.code == "VAL" {
		jump.vaulted = false // people still type the plant password themselves
	}
	w.link(p.source, p.id("office-to-dmz"), office, p.id("dmz"), "direct", secondOnly)
	w.link(p.source, p.id("hq-to-dmz"), "hq-dc", p.id("dmz"), "direct", secondOnly)
	w.link(p.source, p.id("hub-to-dmz"), "data-hub", p.id("dmz"), "remote_gateway", guard{recorded: true})
	w.link(p.source, p.id("remote-to-dmz"), "remote", p.id("dmz"), "vpn", secondOnly)
	w.link(p.source, p.id("vendor-to-dmz"), "vendor-net", p.id("dmz"), "vpn", secondOnly)
	inside := []string{"ops", "sis"}
	for _, a := range p.areas {
		inside = append(inside, "l2-"+a.key, "l1-"+a.key)
	}
	for _, to := range inside {
		w.link(p.source, p.id("jump-to-"+to), office, p.id(to), "jump_host", jump)
		w.link(p.source, p.id("vendor-to-"+to), "vendor-net", p.id(to), "remote_gateway", full)
		w.link(p.source, p.id("remote-to-"+to), "remote", p.id(to), "jump_host", jump)
	}
	w.link(p.source, p.id("jump-to-l0"), office, p.id("l0"), "jump_host", jump)
	w.link(p.source, p.id("vendor-to-l0"), "vendor-net", p.id("l0"), "remote_gateway", full)
	w.link(p.source, p.id("cell-to-util"), p.id("cell"), p.id("l1-util"), "direct", open)
	if p.code == "NOR" {
		w.link(p.source, p.id("hub-to-ops"), "data-hub", p.id("ops"), "direct", open).project = HistorianProject
	}
}

func (w *world) zonesSheet(source string) *sheet {
	s := newSheet("id", "name", "site", "level", "domain")
	for _, z := range w.zones {
		if z.source == source {
			s.add(z.id, z.name, thing{Corporate, z.site}.from(source), strconv.FormatFloat(z.level, 'f', -1, 64), z.domain)
		}
	}
	return s
}

func (w *world) conduitsSheet(source string) *sheet {
	s := newSheet("id", "from_zone", "to_zone", "kind", "mfa", "recorded", "vaulted", "project")
	for _, c := range w.conduits {
		if c.source == source {
			s.add(c.id, c.origin.from(source), c.target.from(source), c.kind, strconv.FormatBool(c.mfa), strconv.FormatBool(c.recorded),
				strconv.FormatBool(c.vaulted), c.project)
		}
	}
	return s
}
