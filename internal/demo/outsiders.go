package demo

import (
	"fmt"
	"strings"
	"time"
)

// The makers of Brandholt's machines and systems, invented as well.
const (
	orlmark   = "Orlmark Controls"
	velstrand = "Velstrand Robotics"
	tannhagen = "Tannhagen Drives"
	quillmar  = "Quillmar Data Systems"
	varnfold  = "Varnfold Safety"
	hexby     = "Hexby Filling Machines"
	nimbora   = "Nimbora Analytics"
	pressmoor = "Pressmoor Air Systems"
	askerud   = "Askerud Networks"
	lumetrel  = "Lumetrel Vision"
	corvane   = "Corvane Business Software"
)

// crew is a number of contractors of one firm.
type crew struct {
	firm, title, site, domain, job, sponsor string
	size                                    int
}

var crews = []crew{
	{"Fjordline Staffing", "Process operator", "NOR", "ot", "op", "nor-shift-a", 4},
	{"Fjordline Staffing", "Maintenance technician", "NOR", "ot", "tech", "nor-maint", 3},
	{"Serra Verde Serviços", "Process operator", "VAL", "ot", "op", "val-shift-b", 3},
	{"Serra Verde Serviços", "Refrigeration technician", "VAL", "ot", "utiltech", "val-maint", 2},
	{"Oakbank Consulting", "ERP consultant", "HQ", "external", "erp", "apps", 3},
	{"Oakbank Consulting", "Data engineer", "HQ", "external", "dataeng", "data", 3},
	{"Stellingwerf Engineering", "Project engineer", "HQ", "external", "groupeng", "eng", 4},
	{"Stellingwerf Engineering", "Control systems engineer", "VAL", "ot", "ctrl", "val-auto", 1},
	{"Havnegade IT", "System administrator", "HQ", "it", "sysadmin", "infra", 2},
}

func (w *world) makeContractors(n *namer) {
	count := 0
	for _, c := range crews {
		for i := range c.size {
			p := w.hire(n.next(mixOf(c.site)), c.title, "", c.site, c.domain, c.job)
			p.id, p.kind, p.org = fmt.Sprintf("C%03d", 201+count), "contractor", c.firm
			p.email = login(p.name) + ".ext@" + Domain
			p.owner, p.area, p.dept = w.people[c.sponsor], areaOf(c.site, c.job, i), w.people[c.sponsor].dept
			p.manager = w.people[c.sponsor]
			p.since = w.ago(w.between(60, 900))
			p.contractEnd = w.ahead(w.between(20, 330))
			count++
			switch count {
			case 5, 16: // over, and nobody noticed
				p.contractEnd = w.ahead(-w.between(15, 120))
			case 11: // no end agreed
				p.contractEnd = time.Time{}
			case 14:
				p.status, p.gone = "left", w.ago(40)
				p.lastSeen, p.contractEnd = p.gone, p.gone
			}
		}
	}
}

// supplier is what one vendor does for one sponsor.
type supplier struct {
	firm, site, sponsor string
	people              int
	desk                bool // also has an account nobody's name is on
}

var suppliers = []supplier{
	{orlmark, "NOR", "nor-auto", 3, true},
	{orlmark, "VAL", "val-auto", 1, false},
	{hexby, "NOR", "nor-maint", 2, false},
	{velstrand, "VAL", "val-maint", 2, true},
	{tannhagen, "VAL", "val-maint", 1, false},
	{varnfold, "NOR", "nor-maint", 1, false},
	{pressmoor, "VAL", "val-maint", 1, true},
	{pressmoor, "NOR", "nor-util", 1, false},
	{quillmar, "", "data", 2, false},
	{nimbora, "", "data", 1, false},
	{askerud, "", "infra", 1, false},
	{lumetrel, "NOR", "nor-prod", 1, false},
}

func (w *world) makeVendors(n *namer) {
	count := 0
	add := func(s supplier, name, mailbox string) {
		host := strings.ToLower(strings.Fields(s.firm)[0]) + ".example"
		v := w.hire(name, "", "", s.site, "external", "vendor")
		v.id, v.kind, v.org = fmt.Sprintf("V%03d", 301+count), "vendor", s.firm
		v.email, v.owner, v.auth = mailbox+"@"+host, w.people[s.sponsor], one(w, "vpn_mfa", "vpn_mfa", "password")
		v.since, v.lastSeen = w.ago(w.between(150, 1500)), w.ago(w.between(1, 120))
		v.contractEnd = w.ahead(w.between(25, 700))
		count++
		switch count {
		case 3, 9, 17:
			v.contractEnd = time.Time{}
		case 7, 13:
			v.contractEnd = w.ahead(-w.between(20, 160))
		case 11:
			v.status, v.gone = "left", w.ago(75)
			v.lastSeen = v.gone
		}
	}
	for _, s := range suppliers {
		for range s.people {
			name := n.next(officeMix)
			add(s, name, login(name))
		}
		if s.desk {
			add(s, strings.Fields(s.firm)[0]+" remote desk", "remote-desk."+strings.ToLower(s.site))
		}
	}
}
