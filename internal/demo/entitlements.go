package demo

import (
	"fmt"
	"strings"
)

// entitlement is a row of entitlements.csv.
type entitlement struct {
	thing
	name, privilege, description string
	asset                        *asset // nil: the source itself
	owner                        *identity
	right                        string
}

// siteCode is where the entitlement's asset stands; corporate ones count as Norrvik's
// when a plant tells of them.
func (e *entitlement) siteCode() string {
	if e.source == PlantB {
		return "VAL"
	}
	return "NOR"
}

// implication is a row of implies.csv.
type implication struct{ source, upper, lower string }

// right is something one may do on every asset of a class. In the name %s is
// the asset and %d what is kept in it.
type right struct{ key, name, privilege string }

// The privileges, from the least to the greatest.
const (
	view     = "view"
	operate  = "operate"
	engineer = "engineer"
	admin    = "admin"
)

var rights = map[string][]right{
	"jump_host":         {{"use", "Sign in to the plant through %s", operate}, {"play", "Play back recorded sessions of %s", view}, {"admin", "Administer %s", admin}},
	"remote_access":     {{"session", "Open approved remote sessions through %s", operate}, {"approve", "Approve remote sessions on %s", engineer}, {"admin", "Administer %s", admin}},
	"historian_replica": {{"view", "View trends in %s", view}, {"query", "Run reports against %s", view}, {"admin", "Administer %s", admin}},
	"historian":         {{"view", "View live trends in %s", view}, {"comment", "Comment on events in %s", operate}, {"tag", "Add and change tags in %s", engineer}, {"admin", "Administer %s", admin}},
	"patch_relay":       {{"release", "Release updates to the plant through %s", engineer}, {"admin", "Administer %s", admin}},
	"file_transfer":     {{"read", "Fetch files from %s", view}, {"write", "Put files on %s", operate}, {"admin", "Administer %s", admin}},
	"dashboard":         {{"view", "Look at %s", view}, {"edit", "Change targets and stop reasons on %s", operate}, {"admin", "Administer %s", admin}},
	"mes":               {{"view", "View batches and orders in %s", view}, {"run", "Start and book batches in %s", operate}, {"approve", "Approve batch recipes in %s", engineer}, {"admin", "Administer %s", admin}},
	"directory":         {{"help", "Reset passwords in %s", operate}, {"group", "Change group members in %s", engineer}, {"admin", "Administer %s", admin}},
	"backup":            {{"read", "Check backups on %s", view}, {"restore", "Restore systems from %s", engineer}, {"admin", "Administer %s", admin}},
	"server":            {{"read", "Look at the state of %s", view}, {"run", "Start and stop jobs on %s", operate}, {"admin", "Administer %s", admin}},
	"network":           {{"read", "Look at connections in %s", view}, {"change", "Change firewall and switch rules in %s", engineer}, {"admin", "Administer %s", admin}},
	"scada":             {{"view", "Watch the screens of %s", view}, {"ack", "Acknowledge alarms on %s", operate}, {"run", "Start and stop lines on %s", operate}, {"edit", "Change screens and limits on %s", engineer}, {"admin", "Administer %s", admin}},
	"ews":               {{"use", "Open projects on %s", engineer}, {"admin", "Administer %s", admin}},
	"hmi":               {{"view", "Watch %s", view}, {"run", "Operate %s", operate}, {"set", "Change set points on %s", engineer}},
	"plc":               {{"read", "Read the program of %s", view}, {"force", "Force single outputs of %s", operate}, {"program", "Change the program of %s", engineer}, {"firmware", "Update the firmware of %s", admin}},
	"sis":               {{"read", "Read diagnostics of %s", view}, {"reset", "Reset trips on %s", operate}, {"program", "Change the safety program of %s", engineer}},
	"robot":             {{"run", "Restart and jog %s", operate}, {"teach", "Teach positions of %s", engineer}},
	"gateway":           {{"read", "Read values through %s", view}, {"write", "Write set points through %s", operate}, {"map", "Change mappings of %s", engineer}, {"admin", "Administer %s", admin}},
	"vision":            {{"view", "View rejects of %s", view}, {"teach", "Teach inspections of %s", engineer}},
	"drive":             {{"read", "Read faults of %s", view}, {"tune", "Change parameters of %s", engineer}},
	"instrument":        {{"read", "Read values of %s", view}, {"calibrate", "Calibrate %s", engineer}},
	"erp":               {{"view", "View %d in %s", view}, {"post", "Post goods movements in %s", operate}, {"buy", "Approve purchase orders in %s", operate}, {"config", "Change settings of %s", engineer}, {"admin", "Administer %s", admin}},
	"business":          {{"view", "View %d in %s", view}, {"edit", "Enter and change %d in %s", operate}, {"approve", "Approve changes of %d in %s", operate}, {"admin", "Administer %s", admin}},
	"analytics":         {{"view", "View reports of %s", view}, {"query", "Query all data in %s", operate}, {"model", "Build and change models in %s", engineer}, {"admin", "Administer %s", admin}},
	"vault":             {{"out", "Check out passwords from %s", operate}, {"admin", "Administer %s", admin}},
}

func (w *world) makeEntitlements() {
	for _, a := range w.assets {
		for _, r := range rights[a.class] {
			e := &entitlement{
				thing: thing{a.source, a.id + "." + r.key}, right: r.key, privilege: r.privilege, asset: a, owner: a.owner,
				name:        strings.NewReplacer("%s", calling(a), "%d", a.data).Replace(r.name),
				description: purpose(a.class, r.key, r.privilege, a.id+r.key),
			}
			switch {
			case w.chance(0.05):
				e.owner = nil
			case w.chance(0.15):
				e.description = fmt.Sprintf("Given for work on %s; see the access list kept by %s.", calling(a), a.owner.name)
			}
			w.entitlements = append(w.entitlements, e)
		}
	}
	w.makeGroups()
}

// calling is the asset's name within a sentence: a numbered machine has a name
// of its own, everything else is "the" something.
func calling(a *asset) string {
	if strings.ContainsAny(a.name, "0123456789") {
		return a.name
	}
	proper := strings.ToUpper(a.name[:2]) == a.name[:2]
	for _, p := range plants {
		proper = proper || strings.HasPrefix(a.name, p.town)
	}
	if proper {
		return "the " + a.name
	}
	return "the " + strings.ToLower(a.name[:1]) + a.name[1:]
}

// group is an entitlement that stands for others: it implies every entitlement
// that fits one of the patterns.
type group struct {
	id, name, privilege string
	asset, owner        string
	implies             []string
}

var groups = []group{
	{"GRP-OFFICE", "Member of the office staff group", view, "AD", "infra", []string{"INTRA.view", "MAIL.view"}},
	{"GRP-IT-OPS", "Member of the IT operations group", engineer, "AD", "infra", []string{"GRP-SERVERS", "SIEM.read", "BACKUP.read"}},
	{"GRP-SERVERS", "Member of the server administrators group", admin, "AD", "infra", []string{"GRP-OT-SUPPORT", "VHOST.admin", "BACKUP.restore"}},
	{"GRP-OT-SUPPORT", "Member of the plant support group", engineer, "AD", "infra", []string{"GRP-IT-OPS", "NETHQ.read"}}, // closes a circle
	{"GRP-DATA", "Member of the data team group", operate, "AD", "data", []string{"HUB.query", "BI.query", "OEE.view"}},
	{"GRP-PLANNING", "Member of the planning group", operate, "", "apps", []string{"ERP.view", "WMS.view"}},
	{"GRP-SITE-VISIT", "Member of the travelling engineers group", operate, "", "eng", []string{"CAD.view", "EAM.view"}},
	{"NOR-GRP-OPS", "Member of the Norrvik operators group", operate, "NOR-AD-1", "nor-auto", []string{"NOR-SCADA-*.ack", "NOR-HMI-*.view"}},
	{"NOR-GRP-LEADS", "Member of the Norrvik line leads group", operate, "NOR-AD-1", "nor-auto", []string{"NOR-GRP-OPS", "NOR-SCADA-*.run"}},
	{"NOR-GRP-ENG", "Member of the Norrvik control engineers group", engineer, "NOR-AD-1", "nor-auto", []string{"NOR-GRP-LEADS", "NOR-EWS-*.use", "NOR-BKP-1.read"}},
	{"VAL-GRP-OPS", "Member of the Vale Sereno operators group", operate, "VAL-AD-1", "val-auto", []string{"VAL-SCADA-*.ack", "VAL-HMI-*.view"}},
	{"VAL-GRP-ENG", "Member of the Vale Sereno control engineers group", engineer, "VAL-AD-1", "val-auto", []string{"VAL-GRP-OPS", "VAL-EWS-*.use", "VAL-SCADA-*.edit"}},
}

func (w *world) makeGroups() {
	for _, g := range groups {
		e := &entitlement{thing: thing{Corporate, g.id}, name: g.name, privilege: g.privilege, owner: w.people[g.owner], right: "group"}
		if g.asset != "" {
			e.asset = w.asset(g.asset)
			e.source = e.asset.source
		}
		w.entitlements = append(w.entitlements, e)
	}
	for _, g := range groups {
		upper := w.entitlement(g.id)
		for _, lower := range w.fitting(g.implies...) {
			w.imply(upper, lower)
		}
	}
	// the convergence project put a corporate group above a plant's rights
	for _, lower := range w.fitting("NOR-HIST-1.tag", "NOR-DG-1.map") {
		w.imply(w.entitlement("GRP-DATA"), lower)
	}
}

// imply is told by the source of the lower entitlement, which comes in later.
func (w *world) imply(upper, lower *entitlement) {
	w.implies = append(w.implies, implication{lower.source, upper.from(lower.source), lower.id})
}

// fitting are the entitlements whose ids fit one of the patterns, in which *
// stands for anything.
func (w *world) fitting(patterns ...string) []*entitlement {
	var out []*entitlement
	for _, p := range patterns {
		found := false
		for _, e := range w.entitlements {
			if fits(p, e.id) {
				out, found = append(out, e), true
			}
		}
		if !found {
			panic("demo: no entitlement " + p)
		}
	}
	return out
}

// fits matches a pattern with at most one *.
func fits(pattern, id string) bool {
	before, after, star := strings.Cut(pattern, "*")
	if !star {
		return pattern == id
	}
	return len(id) >= len(before)+len(after) && strings.HasPrefix(id, before) && strings.HasSuffix(id, after)
}

func (w *world) entitlement(id string) *entitlement { return w.fitting(id)[0] }

func (w *world) entitlementsSheet(source string) *sheet {
	s := newSheet("id", "name", "asset", "privilege", "owner", "description")
	for _, e := range w.entitlements {
		if e.source != source {
			continue
		}
		on := ""
		if e.asset != nil {
			on = e.asset.from(source)
		}
		s.add(e.id, e.name, on, e.privilege, e.owner.from(source), e.description)
	}
	return s
}

func (w *world) impliesSheet(source string) *sheet {
	s := newSheet("entitlement", "implied")
	for _, i := range w.implies {
		if i.source == source {
			s.add(i.upper, i.lower)
		}
	}
	return s
}
