package demo

// localAccount is somebody of the office's directory whom a plant's own system knows
// as well, under an account of its own.
type localAccount struct {
	site, job, status string
	how               string // email, number or name: what tells that they are one person
}

var localAccounts = []localAccount{
	{"NOR", "ctrl", "active", "email"}, {"NOR", "tech", "active", "email"}, {"NOR", "lead", "active", "number"}, {"NOR", "elec", "active", "name"}, {"NOR", "", "left", "email"},
	{"VAL", "ctrl", "active", "number"}, {"VAL", "tech", "active", "email"},
}

// local is the job of such an account.
const local = "local"

// makeLocal gives some people a second account at their plant. One of them has
// left, which the plant has not heard of.
func (w *world) makeLocal() {
	for _, l := range localAccounts {
		p := w.someone(l.site, l.job, l.status)
		if p == nil || p.leader {
			continue
		}
		source := PlantA
		if p.site == "VAL" {
			source = PlantB
		}
		i := &identity{
			thing: thing{source, "op-" + login(p.name)}, name: p.name, kind: "person", manager: p.manager, dept: p.dept, org: Company, domain: "ot", status: "active",
			job: local, site: p.site, area: p.area, since: p.since, auth: "password", lastSeen: p.lastSeen,
		}
		switch l.how {
		case "email":
			i.email = p.email
		case "number":
			i.id = p.id
		}
		w.identities = append(w.identities, i)
	}
}

// orphan leaves some things to somebody who has left, at best somebody who worked
// for who signs in as production manager.
func (w *world) orphan() {
	left := w.someone("", "", "left")
	for _, p := range w.identities {
		if p.isPerson() && p.status == "left" && p.manager == w.people["nor-prod"] {
			left = p
		}
	}
	for _, a := range w.assets {
		if fits("NOR-CAM-*", a.id) || fits("NOR-WGH-*", a.id) {
			a.owner = left
		}
	}
	for _, i := range w.identities {
		if i.id == "key-nor-dash" {
			i.owner = left
		}
	}
}
