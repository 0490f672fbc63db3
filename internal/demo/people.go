package demo

import (
	"fmt"
	"strings"
	"time"
)

// identity is a row of identities.csv and what the generator remembers about it.
type identity struct {
	thing
	name, kind, email, title string
	manager, owner           *identity
	dept, org, domain        string
	status, auth             string
	contractEnd, lastSeen    time.Time

	job, site, area string    // decide what it is granted
	since, gone     time.Time // when it came, and when it left
	role            string    // application role, for sign-ins
	leader          bool
	works           []string // patterns of the entitlements a machine holds
	storedOn        string   // asset on which its secret lies
}

// from lets a nil identity be an empty reference.
func (i *identity) from(source string) string {
	if i == nil {
		return ""
	}
	return i.thing.from(source)
}

// isPerson tells the employees from everything else.
func (i *identity) isPerson() bool { return i.kind == "person" }

// desk tells a vendor's account that nobody's name is on.
func (i *identity) desk() bool {
	return i.kind == "vendor" && strings.HasSuffix(i.name, " remote desk")
}

// leader is a position that the tables refer to by key, with its holder.
type leader struct {
	key, boss, name, title, dept, site, domain, job, role string
}

var leaders = []leader{
	{"ceo", "", "Ingrid Ravnholt", "Chief executive", "Management", "HQ", "it", "exec", ""},
	{"coo", "ceo", "Mathias Lindegaard", "Chief operating officer", "Operations", "HQ", "it", "exec", ""},
	{"cfo", "ceo", "Annelies van Reeden", "Chief financial officer", "Finance", "HQ", "it", "exec", ""},
	{"cio", "ceo", "Søren Kjeldgaard", "Chief information officer", "IT", "HQ", "it", "exec", ""},
	{"hr", "ceo", "Beate Ostermann", "Human resources director", "Human resources", "HQ", "it", "hr", ""},
	{"sales", "ceo", "Duarte Penedo", "Commercial director", "Sales", "HQ", "it", "sales", ""},
	{"rnd", "ceo", "Katarzyna Mazurek", "Product development director", "Product development", "HQ", "it", "rnd", ""},
	{"audit", "ceo", "Tomasz Wieczorek", "Internal auditor", "Internal audit", "HQ", "it", "office", "auditor"},
	{"risk", "cfo", "Helga Steinkamp", "Operational risk officer", "Risk", "HQ", "it", "office", "risk_officer"},
	{"quality", "coo", "Eero Lehtovaara", "Quality director", "Quality", "HQ", "it", "quality", ""},
	{"eng", "coo", "Johan Terhorst", "Head of group engineering", "Group engineering", "HQ", "it", "groupeng", ""},
	{"security", "cio", "Renske Aalbers", "Head of information security", "Information security", "HQ", "it", "security", ""},
	{"gov", "security", "Solveig Brattås", "Identity governance lead", "Information security", "HQ", "it", "office", "governance"},
	{"infra", "cio", "Freja Mølgaard", "Infrastructure manager", "IT", "HQ", "it", "sysadmin", ""},
	{"admin", "infra", "Pieter Wesselink", "Identity platform engineer", "IT", "HQ", "it", "office", "admin"},
	{"desk", "infra", "Lone Agerskov", "Service desk lead", "IT", "HQ", "it", "desk", ""},
	{"apps", "cio", "Bartosz Kaczmarek", "Business applications manager", "IT", "HQ", "it", "erp", ""},
	{"data", "cio", "Ilse Vandamme", "Data and analytics manager", "Data", "HQ", "it", "dataeng", ""},

	{"nor", "coo", "Gunilla Åkerlind", "Plant manager, Norrvik", "Plant management", "NOR", "it", "plantmgr", ""},
	{"nor-prod", "nor", "Malin Sjödahl", "Production manager, Norrvik", "Production", "NOR", "ot", "prodmgr", "member"},
	{"nor-shift-a", "nor-prod", "Oskar Winterholm", "Shift manager A, Norrvik", "Production", "NOR", "ot", "shift", ""},
	{"nor-shift-b", "nor-prod", "Jolanta Pawelczyk", "Shift manager B, Norrvik", "Production", "NOR", "ot", "shift", ""},
	{"nor-shift-c", "nor-prod", "Henning Rask", "Shift manager C, Norrvik", "Production", "NOR", "ot", "shift", ""},
	{"nor-maint", "nor", "Rasmus Edqvist", "Maintenance manager, Norrvik", "Maintenance", "NOR", "ot", "maintmgr", ""},
	{"nor-util", "nor-maint", "Kerstin Vallmark", "Utilities supervisor, Norrvik", "Utilities", "NOR", "ot", "utiltech", ""},
	{"nor-auto", "nor", "Elin Skogsberg", "Automation lead, Norrvik", "Automation", "NOR", "ot", "ctrl", ""},
	{"nor-ctrl", "nor-auto", "Jakob Thorsell", "Control systems engineer, Norrvik", "Automation", "NOR", "ot", "ctrl", "plant_engineer"},
	{"nor-qa", "nor", "Aino Peltoniemi", "Quality manager, Norrvik", "Quality", "NOR", "it", "quality", ""},
	{"nor-log", "nor", "Dawid Sikorski", "Logistics manager, Norrvik", "Logistics", "NOR", "it", "transport", ""},

	{"val", "coo", "Teresa Valadares", "Plant manager, Vale Sereno", "Plant management", "VAL", "it", "plantmgr", ""},
	{"val-prod", "val", "Nuno Carrasqueira", "Production manager, Vale Sereno", "Production", "VAL", "ot", "prodmgr", ""},
	{"val-shift-a", "val-prod", "Isabel Montenegro", "Shift manager A, Vale Sereno", "Production", "VAL", "ot", "shift", ""},
	{"val-shift-b", "val-prod", "Fábio Lamego", "Shift manager B, Vale Sereno", "Production", "VAL", "ot", "shift", ""},
	{"val-maint", "val", "Inês Figueiral", "Maintenance manager, Vale Sereno", "Maintenance", "VAL", "ot", "maintmgr", "member"},
	{"val-auto", "val", "Rodrigo Sobreira", "Automation lead, Vale Sereno", "Automation", "VAL", "ot", "ctrl", ""},
	{"val-qa", "val", "Filipa Marinho", "Quality manager, Vale Sereno", "Quality", "VAL", "it", "quality", ""},
	{"val-log", "val", "Wojciech Dudek", "Logistics manager, Vale Sereno", "Logistics", "VAL", "it", "transport", ""},
}

// team is a number of people who do the same work for the same leader.
type team struct {
	boss, title, dept, site, domain, job string
	size                                 int
}

var teams = []team{
	{"cfo", "Financial controller", "Finance", "HQ", "it", "control", 3},
	{"cfo", "Accountant", "Finance", "HQ", "it", "finance", 5},
	{"hr", "HR adviser", "Human resources", "HQ", "it", "hr", 3},
	{"hr", "Payroll specialist", "Human resources", "HQ", "it", "hr", 2},
	{"sales", "Key account manager", "Sales", "HQ", "it", "sales", 6},
	{"sales", "Demand planner", "Sales", "HQ", "it", "sales", 3},
	{"rnd", "Product developer", "Product development", "HQ", "it", "rnd", 5},
	{"rnd", "Packaging developer", "Product development", "HQ", "it", "rnd", 3},
	{"quality", "Quality systems specialist", "Quality", "HQ", "it", "quality", 2},
	{"eng", "Process engineer", "Group engineering", "HQ", "it", "groupeng", 4},
	{"eng", "Project engineer", "Group engineering", "HQ", "it", "groupeng", 3},
	{"security", "Security analyst", "Information security", "HQ", "it", "security", 3},
	{"security", "OT security engineer", "Information security", "HQ", "it", "otsec", 2},
	{"infra", "System administrator", "IT", "HQ", "it", "sysadmin", 4},
	{"infra", "Network engineer", "IT", "HQ", "it", "network", 3},
	{"desk", "Service desk agent", "IT", "HQ", "it", "desk", 5},
	{"apps", "ERP consultant", "IT", "HQ", "it", "erp", 4},
	{"apps", "MES application specialist", "IT", "HQ", "it", "mesapp", 2},
	{"data", "Data engineer", "Data", "HQ", "it", "dataeng", 4},
	{"data", "Data analyst", "Data", "HQ", "it", "analyst", 5},

	{"nor-prod", "Line lead", "Production", "NOR", "ot", "lead", 6},
	{"nor-prod", "Production planner", "Production", "NOR", "it", "planner", 3},
	{"nor-prod", "Improvement engineer", "Production", "NOR", "it", "improve", 2},
	{"nor-shift-a", "Process operator", "Production", "NOR", "ot", "op", 12},
	{"nor-shift-b", "Process operator", "Production", "NOR", "ot", "op", 12},
	{"nor-shift-c", "Process operator", "Production", "NOR", "ot", "op", 11},
	{"nor-maint", "Maintenance technician", "Maintenance", "NOR", "ot", "tech", 8},
	{"nor-maint", "Industrial electrician", "Maintenance", "NOR", "ot", "elec", 4},
	{"nor-maint", "Maintenance planner", "Maintenance", "NOR", "it", "mplan", 1},
	{"nor-util", "Utilities technician", "Utilities", "NOR", "ot", "utiltech", 4},
	{"nor-auto", "Control systems engineer", "Automation", "NOR", "ot", "ctrl", 3},
	{"nor-qa", "Quality technician", "Quality", "NOR", "it", "quality", 6},
	{"nor-qa", "Laboratory analyst", "Quality", "NOR", "it", "lab", 3},
	{"nor-log", "Warehouse operator", "Logistics", "NOR", "it", "ware", 8},
	{"nor-log", "Transport planner", "Logistics", "NOR", "it", "transport", 2},

	{"val-prod", "Line lead", "Production", "VAL", "ot", "lead", 5},
	{"val-prod", "Production planner", "Production", "VAL", "it", "planner", 2},
	{"val-prod", "Improvement engineer", "Production", "VAL", "it", "improve", 1},
	{"val-shift-a", "Process operator", "Production", "VAL", "ot", "op", 13},
	{"val-shift-b", "Process operator", "Production", "VAL", "ot", "op", 13},
	{"val-maint", "Maintenance technician", "Maintenance", "VAL", "ot", "tech", 8},
	{"val-maint", "Industrial electrician", "Maintenance", "VAL", "ot", "elec", 3},
	{"val-maint", "Refrigeration technician", "Utilities", "VAL", "ot", "utiltech", 3},
	{"val-maint", "Maintenance planner", "Maintenance", "VAL", "it", "mplan", 1},
	{"val-auto", "Control systems engineer", "Automation", "VAL", "ot", "ctrl", 4},
	{"val-qa", "Quality technician", "Quality", "VAL", "it", "quality", 4},
	{"val-qa", "Laboratory analyst", "Quality", "VAL", "it", "lab", 2},
	{"val-log", "Warehouse operator", "Logistics", "VAL", "it", "ware", 6},
	{"val-log", "Transport planner", "Logistics", "VAL", "it", "transport", 2},
}

func mixOf(site string) mix {
	switch site {
	case "NOR":
		return norMix
	case "VAL":
		return valMix
	}
	return officeMix
}

func (w *world) makePeople(n *namer) {
	for _, l := range leaders {
		n.take(l.name)
	}
	for _, l := range leaders {
		p := w.hire(l.name, l.title, l.dept, l.site, l.domain, l.job)
		p.manager, p.role, p.leader = w.people[l.boss], l.role, true
		w.people[l.key] = p
	}
	for _, t := range teams {
		for i := range t.size {
			p := w.hire(n.next(mixOf(t.site)), t.title, t.dept, t.site, t.domain, t.job)
			p.manager = w.people[t.boss]
			p.area = areaOf(t.site, t.job, i)
		}
	}
	w.retire()
	w.makeContractors(n)
	w.makeVendors(n)
}

// hire adds an active employee.
func (w *world) hire(name, title, dept, site, domain, job string) *identity {
	p := &identity{
		thing: thing{Corporate, fmt.Sprintf("E%04d", 1001+7*len(w.identities))},
		name:  name, kind: "person", email: login(name) + "@" + Domain, title: title,
		dept: dept, org: Company, domain: domain, status: "active",
		job: job, site: site, since: w.ago(w.between(200, 4200)), auth: "sso_mfa",
	}
	if domain == "ot" {
		p.auth = one(w, "badge_pin", "badge_pin", "password")
	}
	p.lastSeen = w.ago(w.between(0, 4))
	w.identities = append(w.identities, p)
	return p
}

// retire lets some of the people leave, without anybody taking their access away.
func (w *world) retire() {
	ends := []struct {
		status string
		count  int
	}{{"left", 9}, {"disabled", 4}, {"leave", 5}}
	for _, end := range ends {
		for done := 0; done < end.count; {
			p := one(w, w.identities...)
			if p.leader || p.status != "active" {
				continue
			}
			p.status, p.gone = end.status, w.ago(w.between(12, 190))
			p.lastSeen = p.gone
			if p.since.After(p.gone) {
				p.since = p.gone.AddDate(-2, 0, 0)
			}
			done++
		}
	}
}

// someone picks a person who does job at site, active unless status says otherwise.
func (w *world) someone(site, job, status string) *identity {
	var fit []*identity
	for _, p := range w.identities {
		if p.isPerson() && p.status == status && (site == "" || p.site == site) && (job == "" || p.job == job) {
			fit = append(fit, p)
		}
	}
	if len(fit) == 0 {
		return nil
	}
	return one(w, fit...)
}

func (w *world) identitiesSheet(source string) *sheet {
	s := newSheet("id", "name", "kind", "email", "manager", "owner", "department", "organisation", "domain", "status", "contract_end", "auth_method", "last_seen_at")
	for _, i := range w.identities {
		if i.source == source {
			s.add(i.id, i.name, i.kind, i.email, i.manager.from(source), i.owner.from(source), i.dept, i.org, i.domain,
				i.status, day(i.contractEnd), i.auth, stamp(i.lastSeen))
		}
	}
	return s
}
