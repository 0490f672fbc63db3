package demo

import (
	"strings"
)

// machine is an identity that is no person. In tables for a plant, ids, works
// and stores hold P for the plant's code (p in lower case), and the owner lacks
// the prefix unless it starts with =.
type machine struct {
	id, name, kind, owner, domain string
	works                         []string
	store                         string // asset that holds its secret
}

// Owners that are not a position: nobody, and people who have left.
const (
	nobody = "-"
	goneIT = "!HQ"
)

var corporateMachines = []machine{
	{"svc-hist-sync", "Historian synchronisation", "service", goneIT, "it", []string{"NOR-HIST-1.admin", "NOR-HIST-R.admin", "VAL-HIST-R.query", "HUB.admin"}, "HUB"},
	{"svc-hub-loader", "Data hub loader", "service", "data", "it", []string{"NOR-HIST-1.tag", "NOR-DG-1.admin", "NOR-MES-1.view", "VAL-DASH-1.view", "HUB.model"}, "HUB"},
	{"svc-oee-feed", "OEE dashboard feed", "service", "data", "it", []string{"NOR-DASH-1.view", "VAL-DASH-1.view", "NOR-HIST-1.view", "OEE.edit"}, "OEE"},
	{"svc-erp-mes", "Production orders to MES", "service", "apps", "it", []string{"NOR-MES-1.run", "VAL-MES-1.run", "ERP.post"}, "ERP"},
	{"svc-erp-batch", "ERP night jobs", "service", "apps", "it", []string{"ERP.admin", "WMS.edit", "EDI.run"}, "ERP"},
	{"svc-erp-print", "Label printing", "service", "apps", "it", []string{"ERP.view", "WMS.view", "LABEL.run"}, "LABEL"},
	{"svc-backup", "Data centre backup", "service", "infra", "it", []string{"ERP.admin", "VHOST.admin", "BACKUP.admin", "NOR-BKP-1.read", "VAL-BKP-1.read"}, "BACKUP"},
	{"svc-ad-join", "Computer enrolment", "service", goneIT, "it", []string{"AD.group", "NOR-AD-1.group", "VAL-AD-1.group"}, "VHOST"},
	{"svc-patch-push", "Updates to the plants", "service", "infra", "it", []string{"NOR-PATCH-1.release", "VAL-PATCH-1.release", "VHOST.run"}, "VHOST"},
	{"svc-scan", "Vulnerability scanner", "service", "security", "it", []string{"VHOST.admin", "AD.help", "NOR-NET-1.read", "VAL-NET-1.read", "NETHQ.read"}, "SIEM"},
	{"svc-siem-collect", "Log collector", "service", "security", "it", []string{"SIEM.run", "AD.help", "NOR-JH-1.play", "VAL-JH-1.play"}, "SIEM"},
	{"svc-hr-feed", "Joiners and leavers feed", "service", "hr", "it", []string{"HRM.edit", "IDP.group", "AD.group", "TIME.edit"}, "HRM"},
	{"svc-pay-export", "Payroll export", "service", nobody, "it", []string{"PAY.view", "FIN.edit", "TIME.view"}, "FIN"},
	{"svc-lims-mes", "Laboratory results to MES", "service", "quality", "it", []string{"LIMS.view", "NOR-MES-1.run", "VAL-MES-1.run"}, "LIMS"},
	{"svc-wms-scan", "Warehouse scanners", "service", "apps", "it", []string{"WMS.edit", "ERP.post"}, "WMS"},
	{"svc-eam-hours", "Running hours to maintenance", "service", "apps", "it", []string{"EAM.edit", "NOR-HIST-R.query", "VAL-HIST-R.query"}, "EAM"},
	{"svc-crm-erp", "Customer orders to ERP", "service", "sales", "it", []string{"CRM.view", "ERP.post"}, "CRM"},
	{"svc-edi", "Customer messages", "service", "apps", "it", []string{"EDI.run", "ERP.post", "TMS.edit"}, "EDI"},
	{"svc-old-report", "Report server of 2017", "service", goneIT, "it", []string{"ERP.view", "NOR-HIST-1.view", "VAL-HIST-1.view", "BI.query"}, "FS-NOR"},

	{"key-hub-ingest", "Data hub intake key", "api_key", "data", "it", []string{"HUB.query", "NOR-DG-1.write", "NOR-HIST-R.query"}, "HUB"},
	{"key-ml-train", "Predictive maintenance training key", "api_key", "data", "it", []string{"ML.model", "HUB.query", "NOR-HIST-1.view"}, "CODE"},
	{"key-oee-tv", "OEE screens in the canteen", "api_key", "data", "it", []string{"OEE.view", "NOR-DASH-1.view"}, "OEE"},
	{"key-tms-carrier", "Carrier status key", "api_key", "apps", "it", []string{"TMS.edit", "EDI.read"}, "TMS"},
	{"key-bi-erp", "Reporting key for ERP", "api_key", goneIT, "it", []string{"ERP.view", "BI.query", "FIN.view"}, "BI"},
	{"key-deploy", "Deployment key", "api_key", "data", "it", []string{"CODE.run", "HUB.admin", "NOR-DG-1.map"}, "CODE"},
	{"key-nimbora-support", "Analytics support key", "api_key", "data", "external", []string{"HUB.query", "NOR-DG-1.admin"}, "HUB"},
	{"key-supplier-asn", "Supplier delivery notes key", "api_key", "cfo", "it", []string{"SUPPLY.edit", "ERP.post"}, "SUPPLY"},

	{"cert-edi", "Message gateway certificate", "certificate", "apps", "it", []string{"EDI.run"}, "EDI"},
	{"cert-hub-nor", "Data hub to Norrvik certificate", "certificate", "data", "it", []string{"NOR-DG-1.read", "NOR-HIST-1.view"}, "HUB"},
	{"cert-vpn", "VPN gateway certificate", "certificate", "infra", "it", []string{"VPN.read", "IDP.help"}, "VPN"},
	{"cert-backup", "Backup agent certificate", "certificate", "infra", "it", []string{"BACKUP.read", "NOR-BKP-1.read"}, "BACKUP"},

	{"wl-hub-stream", "Stream processor of the data hub", "workload", "data", "it", []string{"HUB.model", "NOR-DG-1.read", "NOR-HIST-1.view"}, "HUB"},
	{"wl-ml-score", "Failure scoring", "workload", "data", "it", []string{"ML.model", "HUB.query"}, "ML"},
	{"wl-ml-setpoint", "Energy set point optimiser", "workload", "data", "it", []string{"ML.view", "NOR-DG-1.write", "NOR-SCADA-2.edit"}, "ML"},
	{"wl-oee-calc", "OEE calculation", "workload", "data", "it", []string{"OEE.admin", "HUB.query", "NOR-DASH-1.edit"}, "OEE"},
	{"wl-forecast", "Demand forecast", "workload", "data", "it", []string{"BI.model", "ERP.view", "CRM.view"}, "BI"},
	{"wl-code-build", "Build runner", "workload", "data", "it", []string{"CODE.admin", "HUB.model"}, "CODE"},

	{"agent-maint", "Maintenance assistant", "agent", "eng", "it", []string{"EAM.edit", "NOR-HIST-1.view", "NOR-SCADA-1.ack", "CAD.view"}, "ML"},
	{"agent-desk", "Service desk assistant", "agent", "desk", "it", []string{"DESK.edit", "AD.help", "IDP.help"}, "DESK"},
	{"agent-data", "Data question assistant", "agent", "data", "it", []string{"HUB.query", "BI.query", "NOR-HIST-R.query", "VAL-HIST-R.query"}, "HUB"},
	{"agent-buyer", "Purchasing assistant", "agent", "cfo", "it", []string{"ERP.buy", "SUPPLY.edit"}, "SUPPLY"},
}

var plantMachines = []machine{
	{"svc-p-hist-collect", "Historian collector", "service", "auto", "ot", []string{"P-HIST-1.tag", "P-SCADA-*.view", "P-PLC-*.read"}, "P-HIST-1"},
	{"svc-p-scada-io", "SCADA server service", "service", "auto", "ot", []string{"P-SCADA-*.admin", "P-PLC-*.force"}, "P-SCADA-1"},
	{"svc-p-mes-scada", "Recipes to SCADA", "service", "prod", "ot", []string{"P-MES-1.run", "P-SCADA-*.edit"}, "P-MES-1"},
	{"svc-p-ctrl-backup", "Controller backup", "service", "auto", "ot", []string{"P-BKP-1.admin", "P-PLC-*.read", "P-EWS-*.use"}, "P-BKP-1"},
	{"svc-p-replicate", "Historian to replica", "service", "auto", "ot", []string{"P-HIST-1.view", "P-HIST-R.admin"}, "P-HIST-1"},
	{"svc-p-alarm-mail", "Alarm messages", "service", "maint", "ot", []string{"P-SCADA-*.ack", "MAIL.edit"}, "P-SCADA-2"},
	{"svc-p-patch", "Update agent", "service", nobody, "ot", []string{"P-PATCH-1.release", "P-VH-1.run", "P-EWS-*.admin"}, "P-PATCH-1"},
	{"svc-p-orders", "Production reports to ERP", "service", "prod", "ot", []string{"P-MES-1.view", "ERP.post"}, "P-MES-1"},
	{"cert-p-opc", "OPC server certificate", "certificate", "auto", "ot", []string{"P-GW-*.read", "P-HIST-1.view"}, "P-HIST-1"},
	{"cert-p-jump", "Jump host certificate", "certificate", "auto", "dmz", []string{"P-JH-1.play", "P-AD-1.help"}, "P-JH-1"},
	{"cert-p-mes", "MES client certificate", "certificate", "prod", "ot", []string{"P-MES-1.view"}, "P-MES-1"},
	{"key-p-compressor", "Compressor cloud key", "api_key", nobody, "external", []string{"P-CMP-U1.admin", "P-HIST-1.view"}, "P-CMP-U1"},
	{"key-p-dash", "Line dashboard key", "api_key", "prod", "dmz", []string{"P-DASH-1.edit", "P-HIST-R.query"}, "P-DASH-1"},
	{"wl-p-edge", "Edge calculation", "workload", "auto", "ot", []string{"P-HIST-1.comment", "P-SCADA-1.view"}, "P-VH-1"},
}

var agentAtA = machine{"agent-p-shift", "Shift handover assistant", "agent", "prod", "dmz", []string{"P-HIST-R.query", "P-MES-1.view", "P-SCADA-1.view"}, "P-XFER-1"}

func (w *world) makeMachines() {
	for _, m := range corporateMachines {
		w.enrol(Corporate, "HQ", m, w.accountable(m.owner))
	}
	for _, p := range plants {
		table := plantMachines
		if p.source == PlantA {
			table = append(table[:len(table):len(table)], agentAtA)
		}
		for _, m := range table {
			w.enrol(p.source, p.code, p.fill(m), w.accountable(p.ownerKey(m.owner)))
		}
	}
}

// fill puts the plant into a line of a table.
func (p plant) fill(m machine) machine {
	m.id = strings.Replace(m.id, "-p-", "-"+strings.ToLower(p.code)+"-", 1)
	m.name += ", " + p.town
	works := make([]string, len(m.works))
	for i, pattern := range m.works {
		works[i] = p.own(pattern)
	}
	m.works, m.store = works, p.own(m.store)
	return m
}

// own replaces the P before a dash by the plant's code.
func (p plant) own(id string) string {
	if rest, ok := strings.CutPrefix(id, "P-"); ok {
		return p.code + "-" + rest
	}
	return id
}

func (p plant) ownerKey(owner string) string {
	if owner == nobody {
		return owner
	}
	return p.id(owner)
}

// accountable finds the owner a table names.
func (w *world) accountable(key string) *identity {
	switch key {
	case nobody:
		return nil
	case goneIT:
		return w.someone("", "", "left")
	}
	owner := w.people[key]
	if owner == nil {
		panic("demo: no owner " + key)
	}
	return owner
}

var machineAuth = map[string]string{
	"service": "password", "api_key": "api_key", "certificate": "certificate", "workload": "workload_token", "agent": "api_key", "shared": "password",
}

func (w *world) enrol(source, site string, m machine, owner *identity) *identity {
	i := &identity{
		thing: thing{source, m.id}, name: m.name, kind: m.kind, owner: owner, org: Company, domain: m.domain, status: "active",
		auth: machineAuth[m.kind], site: site, since: w.ago(w.between(120, 2600)), lastSeen: w.ago(w.between(0, 3)),
		works: m.works, storedOn: m.store,
	}
	if owner != nil {
		i.dept = owner.dept
	}
	if w.chance(0.08) {
		i.lastSeen = w.ago(w.between(120, 500))
	}
	if strings.HasPrefix(m.id, "break-glass") {
		i.lastSeen = w.ago(w.between(95, 330))
	}
	if i.since.After(i.lastSeen) {
		i.since = i.lastSeen.AddDate(-1, 0, 0)
	}
	w.identities = append(w.identities, i)
	return i
}
