package demo

// sharedLogins are the logins that several people know; they are machines of
// kind shared. Each plant has its own table, as its lines differ.
var sharedLogins = map[string][]machine{
	PlantA: {
		{"hmi-cook", "Cooker panel operators", "", "prod", "ot", []string{"NOR-HMI-C1.run", "NOR-HMI-C1.view", "NOR-SCADA-1.view", "NOR-SCADA-1.ack"}, "cook"},
		{"hmi-fill-1", "Filler 1 panel operators", "", "prod", "ot", []string{"NOR-HMI-F1.run", "NOR-HMI-F1.view", "NOR-SCADA-1.view"}, "fill"},
		{"hmi-fill-2", "Filler 2 panel operators", "", "prod", "ot", []string{"NOR-HMI-F2.run", "NOR-HMI-F2.view", "NOR-SCADA-1.view"}, "fill"},
		{"hmi-pack", "Case packer panel operators", "", "prod", "ot", []string{"NOR-HMI-P*.run", "NOR-HMI-P*.view", "NOR-RB-P*.run"}, "pack"},
		{"hmi-boiler", "Boiler house panel", "", "util", "ot", []string{"NOR-HMI-U1.run", "NOR-HMI-U1.view", "NOR-SIS-U1.reset", "NOR-SCADA-2.view"}, "util"},
		{"scada-shift", "Control room shift login", "", "prod", "ot", []string{"NOR-SCADA-*.view", "NOR-SCADA-*.ack", "NOR-SCADA-*.run", "NOR-HIST-1.view"}, "shift"},
		{"scada-wall", "Control room wall screens", "", "prod", "ot", []string{"NOR-SCADA-*.view", "NOR-DASH-1.view"}, "shift"},
		{"ews-prog", "Programming login, engineering workstations", "", "auto", "ot", []string{"NOR-EWS-*.use", "NOR-PLC-*.program"}, "ctrl"},
		{"plc-service", "Service code of the old controllers", "", "maint", "ot", []string{"NOR-PLC-C*.program", "NOR-PLC-U1.program", "NOR-PLC-F1.firmware"}, "tech"},
		{"robot-teach", "Teaching code, palletising robots", "", "maint", "ot", []string{"NOR-RB-P*.teach", "NOR-RB-P*.run"}, "tech"},
		{"drive-key", "Drive parameter code", "", "maint", "ot", []string{"NOR-DRV-*.tune", "NOR-DRV-*.read"}, "elec"},
		{"weigher", "Check weigher login", "", "qa", "ot", []string{"NOR-WGH-F1.read", "NOR-WGH-F1.calibrate"}, "quality"},
		{"mes-terminal", "MES terminals on the line", "", "prod", "ot", []string{"NOR-MES-1.run", "NOR-MES-1.view"}, "lead"},
		{"break-glass-nor", "Sealed emergency login", "", "auto", "ot", []string{"NOR-SCADA-*.admin", "NOR-AD-1.admin", "NOR-EWS-*.admin"}, "ctrl"},
	},
	PlantB: {
		{"hmi-can", "Can filler panel operators", "", "prod", "ot", []string{"VAL-HMI-K1.run", "VAL-HMI-K1.view", "VAL-SCADA-1.view", "VAL-SCADA-1.ack"}, "can"},
		{"hmi-retort", "Retort panel operators", "", "prod", "ot", []string{"VAL-HMI-R*.run", "VAL-HMI-R*.view", "VAL-SIS-R1.reset"}, "ret"},
		{"hmi-pallet", "Palletiser panel operators", "", "prod", "ot", []string{"VAL-HMI-P1.run", "VAL-HMI-P1.view", "VAL-RB-P1.run"}, "pack"},
		{"hmi-cold", "Refrigeration panel", "", "maint", "ot", []string{"VAL-HMI-U1.run", "VAL-HMI-U1.view", "VAL-SIS-U1.read", "VAL-SCADA-2.view"}, "util"},
		{"scada-turno", "Control room shift login", "", "prod", "ot", []string{"VAL-SCADA-*.view", "VAL-SCADA-*.ack", "VAL-SCADA-*.run"}, "shift"},
		{"ews-prog", "Programming login, engineering workstations", "", "auto", "ot", []string{"VAL-EWS-*.use", "VAL-PLC-*.program"}, "ctrl"},
		{"plc-service", "Service code of the old controllers", "", "maint", "ot", []string{"VAL-PLC-R1.program", "VAL-PLC-U1.program", "VAL-PLC-K1.firmware"}, "tech"},
		{"robot-teach", "Teaching code, palletising robot", "", "maint", "ot", []string{"VAL-RB-P1.teach", "VAL-RB-P1.run"}, "tech"},
		{"drive-key", "Drive parameter code", "", "maint", "ot", []string{"VAL-DRV-*.tune", "VAL-DRV-*.read"}, "elec"},
		{"mes-terminal", "MES terminals on the line", "", "prod", "ot", []string{"VAL-MES-1.run", "VAL-MES-1.view"}, "lead"},
		{"break-glass-val", "Sealed emergency login", "", "auto", "ot", []string{"VAL-SCADA-*.admin", "VAL-AD-1.admin", "VAL-EWS-*.admin"}, "ctrl"},
	},
}

// holder is a row of holders.csv.
type holder struct {
	source           string
	identity, person *identity
	since, until     string
}

func (w *world) makeShared() {
	for _, p := range plants {
		for _, m := range sharedLogins[p.source] {
			crowd := m.store
			m.kind, m.store, m.name = "shared", "", m.name+", "+p.town
			i := w.enrol(p.source, p.code, m, w.accountable(p.id(m.owner)))
			i.storedOn = w.fitting(m.works[0])[0].asset.id
			w.letHold(i, crowd)
		}
	}
}

// letHold gives the secret to those who work in the area or at the job, and
// leaves it with some who have gone.
func (w *world) letHold(shared *identity, crowd string) {
	for _, p := range w.identities {
		ofCrowd := p.job == crowd || (p.area == crowd && (p.job == "op" || p.job == "lead" || p.job == "utiltech"))
		if p.site != shared.site || p.kind == "vendor" || !ofCrowd || w.chance(0.2) {
			continue
		}
		h := holder{source: shared.source, identity: shared, person: p}
		if w.chance(0.85) {
			since := w.ago(w.between(200, 1500))
			if since.Before(p.since) {
				since = p.since
			}
			h.since = day(since)
		}
		if p.status == "left" && w.chance(0.4) {
			h.until = day(p.gone)
		}
		w.holders = append(w.holders, h)
	}
}

func (w *world) holdersSheet(source string) *sheet {
	s := newSheet("identity", "person", "since", "until")
	for _, h := range w.holders {
		if h.source == source {
			s.add(h.identity.from(source), h.person.from(source), h.since, h.until)
		}
	}
	return s
}
