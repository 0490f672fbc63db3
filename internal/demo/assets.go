package demo

import (
	"strconv"
	"strings"
	"time"
)

// asset is a row of assets.csv and what the generator remembers about it.
type asset struct {
	thing
	name, class, vendor, model string
	zone                       *zone
	owner                      *identity
	criticality                int
	safety                     bool
	installed, supportEnds     time.Time
	caps                       [9]string

	area string
	data string // what is looked up in it, for entitlements of business systems
}

// spec is a line of the tables below. In tables for a plant, ids, zones and
// owners lack the plant's prefix; owners that start with = are taken as they are.
type spec struct {
	id, name, zone, class, vendor, model, owner string
	criticality                                 int
	age, support                                int // years since installed, years of support left
	ability                                     string
	data                                        string
}

// bothPlants is what either plant has.
var bothPlants = []spec{
	{"JH-1", "jump host", "dmz", "jump_host", askerud, "Passage 4", "=infra", 5, 3, 4, "modern", ""},
	{"RAG-1", "remote access gateway", "dmz", "remote_access", askerud, "Gatewarden 2", "auto", 5, 3, 4, "modern", ""},
	{"HIST-R", "historian replica", "dmz", "historian_replica", quillmar, "Tidemark R", "=data", 2, 2, 5, "domain", ""},
	{"PATCH-1", "patch relay", "dmz", "patch_relay", askerud, "Relay 7", "=infra", 3, 4, 2, "domain", ""},
	{"XFER-1", "file transfer station", "dmz", "file_transfer", askerud, "Sluice", "=infra", 3, 5, 1, "domain", ""},
	{"DASH-1", "OEE dashboard", "dmz", "dashboard", quillmar, "Lineview", "prod", 2, 3, 3, "domain", ""},
	{"HIST-1", "historian", "ops", "historian", quillmar, "Tidemark 9", "prod", 4, 6, 2, "domain", ""},
	{"MES-1", "MES", "ops", "mes", quillmar, "Batchworks 5", "qa", 4, 5, 3, "domain", ""},
	{"AD-1", "plant directory", "ops", "directory", corvane, "Directory 2019", "auto", 5, 6, 2, "domain", ""},
	{"BKP-1", "controller backup server", "ops", "backup", quillmar, "Safekeep", "auto", 4, 4, 3, "domain", ""},
	{"VH-1", "virtualisation host", "ops", "server", corvane, "Stack 8", "auto", 4, 5, 1, "domain", ""},
	{"NET-1", "plant switch console", "ops", "network", askerud, "Switchboard", "=infra", 4, 5, 2, "domain", ""},
}

var norrvik = []spec{
	{"DG-1", "historian data gateway", "dmz", "gateway", nimbora, "Edge Bridge", "=data", 4, 0, 6, "modern", ""},
	{"SCADA-1", "cooking and filling SCADA server", "l2-fill", "scada", orlmark, "Overseer 11", "prod", 5, 8, 1, "local", ""},
	{"SCADA-2", "packing and utilities SCADA server", "l2-pack", "scada", orlmark, "Overseer 11", "prod", 4, 8, 1, "local", ""},
	{"EWS-1", "process engineering workstation", "l2-cook", "ews", orlmark, "Studio 14", "auto", 5, 6, 1, "domain", ""},
	{"EWS-2", "packing engineering workstation", "l2-pack", "ews", orlmark, "Studio 12", "auto", 4, 10, -1, "local", ""},
	{"HMI-C1", "Cooker panel", "l2-cook", "hmi", orlmark, "Panel 12", "prod", 3, 9, -1, "panel", ""},
	{"HMI-F1", "Filler 1 panel", "l2-fill", "hmi", hexby, "Touch 9", "prod", 3, 11, -2, "panel", ""},
	{"HMI-F2", "Filler 2 panel", "l2-fill", "hmi", hexby, "Touch 15", "prod", 3, 4, 4, "panel", ""},
	{"HMI-P1", "Case packer panel", "l2-pack", "hmi", orlmark, "Panel 12", "prod", 2, 9, -1, "panel", ""},
	{"HMI-P2", "Palletiser panel", "l2-pack", "hmi", velstrand, "VP-10", "prod", 2, 6, 3, "panel", ""},
	{"HMI-U1", "Boiler house panel", "l2-util", "hmi", orlmark, "Panel 7", "maint", 4, 14, -4, "panel", ""},
	{"PLC-C1", "Cooker controller", "l1-cook", "plc", orlmark, "OC-300", "prod", 5, 12, -2, "old", ""},
	{"PLC-C2", "Mixer controller", "l1-cook", "plc", orlmark, "OC-300", "prod", 4, 12, -2, "old", ""},
	{"PLC-F1", "Filler 1 controller", "l1-fill", "plc", hexby, "HF-20", "prod", 5, 11, -2, "old", ""},
	{"PLC-F2", "Filler 2 controller", "l1-fill", "plc", orlmark, "OC-750", "prod", 5, 4, 8, "new", ""},
	{"PLC-F3", "CIP controller", "l1-fill", "plc", orlmark, "OC-500", "prod", 4, 7, 3, "old", ""},
	{"PLC-P1", "Case packer controller", "l1-pack", "plc", orlmark, "OC-500", "prod", 3, 9, 2, "old", ""},
	{"PLC-P2", "Palletiser controller", "l1-pack", "plc", orlmark, "OC-750", "prod", 3, 6, 6, "new", ""},
	{"PLC-U1", "Boiler controller", "l1-util", "plc", orlmark, "OC-300", "maint", 5, 14, -4, "old", ""},
	{"PLC-U2", "Waste water controller", "l1-util", "plc", orlmark, "OC-500", "maint", 3, 9, 2, "old", ""},
	{"CMP-U1", "compressor gateway", "l1-util", "gateway", pressmoor, "Airlink", "maint", 3, 5, 2, "gateway", ""},
	{"GW-F1", "filling OPC gateway", "l2-fill", "gateway", orlmark, "Bridge 3", "auto", 3, 5, 2, "gateway", ""},
	{"RB-P1", "Palletising robot 1", "l1-pack", "robot", velstrand, "VR-180", "maint", 3, 6, 4, "robot", ""},
	{"RB-P2", "Palletising robot 2", "l1-pack", "robot", velstrand, "VR-180", "maint", 3, 6, 4, "robot", ""},
	{"CAM-F1", "label inspection camera", "l1-fill", "vision", lumetrel, "Iris 4", "prod", 2, 3, 4, "gateway", ""},
	{"SIS-U1", "burner safety controller", "sis", "sis", varnfold, "Guard 3", "maint", 5, 9, 4, "safety", ""},
	{"SIS-C1", "cooker pressure safety controller", "sis", "sis", varnfold, "Guard 5", "maint", 5, 5, 8, "safety", ""},
	{"SIS-P1", "robot cell safety controller", "sis", "sis", varnfold, "Guard 3", "maint", 4, 6, 4, "safety", ""},
	{"DRV-C1", "Cooker agitator drive", "l0", "drive", tannhagen, "TD-90", "maint", 3, 12, 1, "field", ""},
	{"DRV-F1", "Filling conveyor drives", "l0", "drive", tannhagen, "TD-45", "maint", 2, 7, 5, "field", ""},
	{"VLV-C1", "cooking valve terminals", "l0", "instrument", orlmark, "Manifold", "maint", 3, 8, 2, "field", ""},
	{"WGH-F1", "Check weigher", "l0", "instrument", lumetrel, "Gram 2", "qa", 3, 5, 3, "field", ""},
	{"FT-C1", "cooking flow and temperature instruments", "l0", "instrument", orlmark, "Sense", "maint", 3, 10, 0, "field", ""},
}

var valeSereno = []spec{
	{"SCADA-1", "canning SCADA server", "l2-can", "scada", orlmark, "Overseer 9", "prod", 5, 11, -2, "local", ""},
	{"SCADA-2", "utilities SCADA server", "l2-util", "scada", orlmark, "Overseer 11", "maint", 4, 6, 1, "local", ""},
	{"EWS-1", "canning engineering workstation", "l2-can", "ews", orlmark, "Studio 12", "auto", 5, 10, -1, "local", ""},
	{"EWS-2", "utilities engineering workstation", "l2-util", "ews", orlmark, "Studio 14", "maint", 4, 5, 2, "domain", ""},
	{"HMI-K1", "Can filler panel", "l2-can", "hmi", hexby, "Touch 9", "prod", 3, 12, -3, "panel", ""},
	{"HMI-R1", "Retort panel", "l2-ret", "hmi", orlmark, "Panel 12", "prod", 4, 8, 0, "panel", ""},
	{"HMI-R2", "Retort loading panel", "l2-ret", "hmi", orlmark, "Panel 12", "prod", 3, 8, 0, "panel", ""},
	{"HMI-P1", "Palletiser panel", "l2-pack", "hmi", velstrand, "VP-10", "maint", 2, 5, 3, "panel", ""},
	{"HMI-U1", "Refrigeration panel", "l2-util", "hmi", orlmark, "Panel 7", "maint", 4, 15, -5, "panel", ""},
	{"PLC-K1", "Can filler controller", "l1-can", "plc", hexby, "HF-20", "maint", 5, 12, -3, "old", ""},
	{"PLC-K2", "Seamer controller", "l1-can", "plc", orlmark, "OC-500", "maint", 5, 8, 2, "old", ""},
	{"PLC-K3", "Depalletiser controller", "l1-can", "plc", orlmark, "OC-500", "maint", 3, 9, 2, "old", ""},
	{"PLC-R1", "Retort 1 controller", "l1-ret", "plc", orlmark, "OC-300", "maint", 5, 13, -3, "old", ""},
	{"PLC-R2", "Retort 2 controller", "l1-ret", "plc", orlmark, "OC-750", "maint", 5, 3, 9, "new", ""},
	{"PLC-U1", "Refrigeration controller", "l1-util", "plc", orlmark, "OC-300", "maint", 5, 15, -5, "old", ""},
	{"PLC-U2", "Steam boiler controller", "l1-util", "plc", orlmark, "OC-500", "maint", 5, 9, 2, "old", ""},
	{"PLC-P1", "Palletiser controller", "l1-pack", "plc", orlmark, "OC-750", "maint", 3, 5, 6, "new", ""},
	{"GW-K1", "canning OPC gateway", "l2-can", "gateway", orlmark, "Bridge 3", "auto", 3, 6, 1, "gateway", ""},
	{"CAM-K1", "seam inspection camera", "l1-can", "vision", lumetrel, "Iris 4", "qa", 2, 3, 4, "gateway", ""},
	{"CMP-U1", "compressor gateway", "l1-util", "gateway", pressmoor, "Airlink", "maint", 3, 5, 2, "gateway", ""},
	{"RB-P1", "Palletising robot", "l1-pack", "robot", velstrand, "VR-210", "maint", 3, 5, 5, "robot", ""},
	{"SIS-R1", "retort pressure safety controller", "sis", "sis", varnfold, "Guard 3", "maint", 5, 10, 3, "safety", ""},
	{"SIS-U1", "ammonia detection controller", "sis", "sis", varnfold, "Guard 5", "maint", 5, 4, 9, "safety", ""},
	{"SIS-P1", "palletiser cell safety controller", "sis", "sis", varnfold, "Guard 3", "maint", 4, 5, 5, "safety", ""},
	{"DRV-K1", "Canning conveyor drives", "l0", "drive", tannhagen, "TD-45", "maint", 2, 9, 3, "field", ""},
	{"DRV-U1", "Refrigeration compressor drive", "l0", "drive", tannhagen, "TD-90", "maint", 4, 11, 1, "field", ""},
	{"VAC-K1", "seam and vacuum instruments", "l0", "instrument", lumetrel, "Gram 2", "qa", 3, 6, 2, "field", ""},
}

// offices is the corporate landscape; here everything is written out.
var offices = []spec{
	{"ERP", "ERP", "hq-dc", "erp", corvane, "Ledgerline 12", "=apps", 5, 7, 4, "modern", "orders and stock"},
	{"ERP-TEST", "ERP test system", "hq-dc", "erp", corvane, "Ledgerline 12", "=apps", 2, 7, 4, "modern", "test orders"},
	{"HRM", "HR portal", "cloud", "business", corvane, "Peoplebook", "=hr", 3, 4, 5, "modern", "personal records"},
	{"PAY", "payroll system", "cloud", "business", corvane, "Peoplebook Pay", "=hr", 4, 4, 5, "modern", "pay slips"},
	{"TIME", "time recording system", "hq-dc", "business", corvane, "Shiftclock", "=hr", 2, 9, 1, "domain", "working hours"},
	{"FIN", "group accounting system", "cloud", "business", corvane, "Ledgerline Group", "=cfo", 4, 3, 5, "modern", "group accounts"},
	{"CRM", "customer system", "cloud", "business", corvane, "Accountbook", "=sales", 3, 5, 4, "modern", "customers and offers"},
	{"PLM", "recipe and product system", "hq-dc", "business", corvane, "Formula 6", "=rnd", 4, 6, 3, "domain", "recipes and specifications"},
	{"CAD", "drawing vault", "hq-dc", "business", corvane, "Drawplan", "=eng", 2, 8, 1, "domain", "machine drawings"},
	{"LIMS", "laboratory system", "hq-dc", "business", quillmar, "Labnote", "=quality", 3, 6, 2, "domain", "test results"},
	{"QMS", "quality document system", "cloud", "business", corvane, "Paperwork", "=quality", 3, 4, 4, "modern", "procedures"},
	{"EAM", "maintenance system", "hq-dc", "business", corvane, "Fixbook", "=apps", 3, 6, 3, "modern", "work orders"},
	{"WMS", "warehouse system", "hq-dc", "business", corvane, "Rackwise", "=apps", 4, 6, 2, "domain", "pallets and places"},
	{"TMS", "transport system", "cloud", "business", corvane, "Routecard", "=apps", 3, 3, 5, "modern", "shipments"},
	{"EDI", "customer message gateway", "hq-dc", "server", corvane, "Courier", "=apps", 4, 7, 1, "domain", ""},
	{"BI", "reporting system", "cloud", "analytics", nimbora, "Glance", "=data", 2, 3, 5, "modern", ""},
	{"HUB", "plant data hub", "data-hub", "analytics", nimbora, "Confluence 3", "=data", 4, 1, 6, "modern", ""},
	{"ML", "predictive maintenance system", "data-hub", "analytics", nimbora, "Foresee", "=data", 2, 1, 6, "modern", ""},
	{"OEE", "group OEE dashboard", "data-hub", "dashboard", nimbora, "Lineview Cloud", "=data", 2, 1, 6, "modern", ""},
	{"IDP", "cloud sign-in service", "cloud", "directory", corvane, "Identity Cloud", "=infra", 5, 4, 6, "modern", ""},
	{"AD", "corporate directory", "hq-dc", "directory", corvane, "Directory 2022", "=infra", 5, 9, 4, "modern", ""},
	{"PAM", "password vault", "hq-dc", "vault", askerud, "Strongroom", "=security", 5, 3, 5, "modern", ""},
	{"SIEM", "log and alarm system", "cloud", "server", nimbora, "Watchtower", "=security", 4, 3, 5, "modern", ""},
	{"VPN", "remote work VPN", "hq-dc", "network", askerud, "Tunnel 6", "=infra", 4, 5, 2, "modern", ""},
	{"NETHQ", "office network console", "hq-dc", "network", askerud, "Switchboard", "=infra", 4, 5, 2, "modern", ""},
	{"VHOST", "data centre virtual hosts", "hq-dc", "server", corvane, "Stack 9", "=infra", 5, 3, 4, "modern", ""},
	{"BACKUP", "data centre backup server", "hq-dc", "backup", quillmar, "Safekeep", "=infra", 5, 4, 3, "modern", ""},
	{"DESK", "ticket system", "cloud", "business", corvane, "Askdesk", "=desk", 2, 4, 4, "modern", "tickets"},
	{"CODE", "code repository", "cloud", "server", nimbora, "Branchyard", "=data", 3, 3, 5, "modern", ""},
	{"INTRA", "intranet", "cloud", "business", corvane, "Noticeboard", "=hr", 1, 5, 4, "modern", "company news"},
	{"MAIL", "mail system", "cloud", "business", corvane, "Postbook", "=infra", 4, 6, 4, "modern", "shared mailboxes"},
	{"BADGE", "door and badge system", "hq-dc", "business", askerud, "Doorway", "=security", 3, 8, 1, "domain", "badges and doors"},
	{"SUPPLY", "supplier portal", "cloud", "business", corvane, "Dockside", "=cfo", 3, 3, 4, "modern", "supplier orders"},
	{"LABEL", "label print server", "hq-dc", "server", corvane, "Stickers", "=apps", 3, 9, 0, "domain", ""},
	{"FS-NOR", "Norrvik file server", "nor-office", "file_transfer", corvane, "Stack 8", "=infra", 2, 7, 0, "domain", ""},
	{"FS-VAL", "Vale Sereno file server", "val-office", "file_transfer", corvane, "Stack 8", "=infra", 2, 7, 0, "domain", ""},
}

func (w *world) makeAssets() {
	for _, s := range offices {
		w.install(Corporate, s.id, s.name, s.zone, "", s)
	}
	for _, p := range plants {
		own := norrvik
		if p.source == PlantB {
			own = valeSereno
		}
		for _, s := range bothPlants {
			w.install(p.source, p.code+"-"+s.id, p.town+" "+s.name, p.id(s.zone), p.id(s.owner), s)
		}
		for _, s := range own {
			w.install(p.source, p.code+"-"+s.id, s.name, p.id(s.zone), p.id(s.owner), s)
		}
	}
}

func (w *world) install(source, id, name, zone, owner string, s spec) {
	if strings.HasPrefix(s.owner, "=") {
		owner = s.owner[1:]
	}
	a := &asset{
		thing: thing{source, id}, name: strings.ToUpper(name[:1]) + name[1:], class: s.class, vendor: s.vendor, model: s.model,
		zone: w.zone(zone), owner: w.people[owner], criticality: s.criticality, safety: s.class == "sis",
		installed: w.now.AddDate(-s.age, 0, -w.between(20, 330)), caps: w.abilities(s.ability), data: s.data,
	}
	if a.owner == nil {
		panic("demo: no owner " + owner + " for " + id)
	}
	if w.chance(0.94) {
		a.supportEnds = w.now.AddDate(s.support, 0, w.between(-300, 60))
	}
	if _, area, ok := strings.Cut(s.zone, "-"); ok && source != Corporate {
		a.area = area
	}
	w.assets = append(w.assets, a)
}

func (w *world) asset(id string) *asset {
	for _, a := range w.assets {
		if a.id == id {
			return a
		}
	}
	panic("demo: no asset " + id)
}

func (w *world) assetsSheet(source string) *sheet {
	header := []string{"id", "name", "zone", "class", "vendor", "model", "owner", "criticality", "safety_related", "installed_on", "support_ends_on"}
	s := newSheet(append(header, capabilities[:]...)...)
	for _, a := range w.assets {
		if a.source == source {
			row := []string{a.id, a.name, a.zone.from(source), a.class, a.vendor, a.model, a.owner.from(source), strconv.Itoa(a.criticality),
				strconv.FormatBool(a.safety), day(a.installed), day(a.supportEnds)}
			s.add(append(row, a.caps[:]...)...)
		}
	}
	return s
}
