package demo

// want is what people of a job need: a pattern of entitlements, in which P is
// the code of their plant, and how many in a hundred of them have it. Where
// near is set, only entitlements on assets of the person's own area count.
type want struct {
	pattern string
	percent int
	near    bool
}

// common is what nearly everybody has, by home domain.
var common = map[string][]want{
	"it": {{"GRP-OFFICE", 70, false}, {"HRM.view", 97, false}, {"TIME.edit", 46, false}, {"DESK.edit", 26, false}, {"QMS.view", 38, false}, {"BADGE.view", 8, false}},
	"ot": {{"HRM.view", 34, false}, {"QMS.view", 12, false}},
}

// wants are by job. P- stands for either plant when the job is at the office.
var wants = map[string][]want{
	"office":  {{"BI.view", 60, false}, {"SUPPLY.view", 30, false}, {"FIN.view", 30, false}},
	"exec":    {{"BI.view", 100, false}, {"FIN.view", 100, false}, {"OEE.view", 100, false}, {"P-DASH-1.view", 50, false}},
	"control": {{"ERP.view", 100, false}, {"ERP.post", 80, false}, {"ERP.buy", 100, false}, {"FIN.edit", 100, false}, {"BI.view", 100, false}, {"P-DASH-1.view", 60, false}},
	"finance": {{"ERP.view", 100, false}, {"ERP.post", 60, false}, {"FIN.edit", 70, false}, {"FIN.view", 100, false}, {"SUPPLY.view", 70, false}, {"SUPPLY.approve", 40, false}, {"BI.view", 60, false}},
	"hr":      {{"HRM.edit", 100, false}, {"PAY.view", 80, false}, {"PAY.edit", 40, false}, {"TIME.approve", 70, false}, {"BADGE.edit", 40, false}, {"INTRA.edit", 60, false}},
	"sales":   {{"CRM.view", 100, false}, {"CRM.edit", 100, false}, {"ERP.view", 90, false}, {"BI.view", 80, false}, {"TMS.view", 40, false}, {"OEE.view", 20, false}},
	"rnd":     {{"PLM.view", 100, false}, {"PLM.edit", 100, false}, {"PLM.approve", 30, false}, {"LIMS.view", 100, false}, {"P-MES-1.view", 45, false}, {"P-MES-1.approve", 15, false}, {"P-HIST-R.view", 60, false}, {"ERP.view", 60, false}},
	"quality": {{"LIMS.view", 100, false}, {"LIMS.edit", 85, false}, {"QMS.edit", 80, false}, {"PLM.view", 70, false}, {"P-HIST-R.view", 85, false}, {"P-HIST-R.query", 40, false}, {"P-MES-1.view", 75, false}, {"P-MES-1.approve", 30, false}, {"P-DASH-1.view", 30, false}, {"ERP.view", 60, false}},
	"lab":     {{"LIMS.view", 100, false}, {"LIMS.edit", 100, false}, {"LIMS.approve", 40, false}, {"P-HIST-R.view", 60, false}, {"P-MES-1.view", 40, false}, {"PLM.view", 60, false}},
	"groupeng": {{"CAD.view", 100, false}, {"CAD.edit", 80, false}, {"GRP-SITE-VISIT", 60, false}, {"EAM.edit", 60, false}, {"P-HIST-R.view", 70, false}, {"P-JH-1.use", 50, false},
		{"P-SCADA-1.view", 35, false}, {"P-SCADA-*.edit", 20, false}, {"P-EWS-*.use", 34, false}, {"P-PLC-*.program", 6, false}, {"P-HIST-1.tag", 20, false}, {"P-XFER-1.write", 30, false}},
	"security": {{"SIEM.read", 100, false}, {"SIEM.run", 80, false}, {"PAM.out", 80, false}, {"PAM.admin", 30, false}, {"AD.help", 60, false}, {"IDP.group", 50, false}, {"P-JH-1.play", 50, false}, {"P-NET-1.read", 30, false}},
	"otsec":    {{"SIEM.read", 100, false}, {"PAM.out", 100, false}, {"P-JH-1.admin", 70, false}, {"P-JH-1.use", 100, false}, {"P-RAG-1.approve", 100, false}, {"P-NET-1.change", 70, false}, {"P-PATCH-1.release", 70, false}, {"P-AD-1.admin", 50, false}, {"P-HIST-R.view", 50, false}},
	"sysadmin": {{"AD.admin", 70, false}, {"IDP.admin", 60, false}, {"VHOST.admin", 90, false}, {"BACKUP.admin", 60, false}, {"PAM.out", 100, false}, {"GRP-IT-OPS", 80, false}, {"GRP-SERVERS", 50, false}, {"FS-NOR.admin", 60, false}, {"FS-VAL.admin", 60, false},
		{"P-PATCH-1.admin", 60, false}, {"P-XFER-1.admin", 30, false}, {"P-JH-1.admin", 40, false}, {"P-VH-1.admin", 24, false}, {"P-BKP-1.admin", 14, false}},
	"network":   {{"NETHQ.change", 100, false}, {"NETHQ.admin", 60, false}, {"VPN.change", 80, false}, {"VPN.admin", 60, false}, {"PAM.out", 100, false}, {"P-NET-1.read", 60, false}, {"P-NET-1.admin", 70, false}, {"P-RAG-1.admin", 30, false}},
	"desk":      {{"DESK.approve", 80, false}, {"AD.help", 100, false}, {"IDP.help", 100, false}, {"DESK.view", 100, false}, {"GRP-OT-SUPPORT", 20, false}, {"P-AD-1.help", 25, false}},
	"erp":       {{"ERP.view", 100, false}, {"ERP.config", 100, false}, {"ERP.admin", 40, false}, {"ERP-TEST.admin", 90, false}, {"WMS.admin", 50, false}, {"EAM.admin", 50, false}, {"EDI.run", 60, false}, {"LABEL.admin", 40, false}, {"P-MES-1.view", 20, false}},
	"mesapp":    {{"ERP.config", 80, false}, {"P-MES-1.admin", 80, false}, {"P-MES-1.approve", 50, false}, {"P-HIST-1.tag", 50, false}, {"P-JH-1.use", 100, false}},
	"dataeng":   {{"GRP-DATA", 90, false}, {"HUB.model", 100, false}, {"HUB.admin", 40, false}, {"BI.model", 80, false}, {"ML.model", 60, false}, {"CODE.run", 90, false}, {"P-HIST-R.query", 80, false}, {"NOR-DG-1.map", 55, false}, {"NOR-HIST-1.tag", 60, false}, {"P-HIST-R.admin", 25, false}},
	"analyst":   {{"GRP-DATA", 80, false}, {"BI.view", 100, false}, {"BI.model", 60, false}, {"HUB.query", 100, false}, {"OEE.view", 80, false}, {"P-HIST-R.view", 80, false}, {"P-HIST-R.query", 70, false}, {"P-DASH-1.view", 60, false}, {"NOR-HIST-1.view", 80, false}},
	local:       {{"P-HIST-1.view", 100, false}, {"P-MES-1.view", 60, false}},
	"plantmgr":  {{"ERP.view", 100, false}, {"ERP.buy", 100, false}, {"BI.view", 100, false}, {"OEE.view", 100, false}, {"P-DASH-1.view", 100, false}, {"P-HIST-R.view", 100, false}, {"P-SCADA-*.view", 80, false}},
	"planner":   {{"ERP.view", 100, false}, {"ERP.post", 100, false}, {"GRP-PLANNING", 100, false}, {"P-MES-1.view", 100, false}, {"P-MES-1.run", 70, false}, {"P-DASH-1.view", 90, false}, {"P-HIST-R.view", 40, false}, {"P-SCADA-*.view", 30, false}},
	"improve":   {{"ERP.view", 60, false}, {"BI.view", 100, false}, {"OEE.view", 100, false}, {"P-DASH-1.edit", 100, false}, {"P-HIST-R.query", 100, false}, {"P-HIST-1.view", 70, false}, {"P-SCADA-*.view", 80, false}, {"P-SCADA-*.edit", 25, false}, {"P-HMI-*.view", 40, false}, {"P-HMI-*.set", 10, false}},
	"mplan":     {{"EAM.edit", 100, false}, {"EAM.approve", 100, false}, {"ERP.buy", 60, false}, {"P-HIST-R.view", 100, false}, {"P-HIST-1.view", 50, false}, {"P-BKP-1.read", 60, false}},
	"ware":      {{"WMS.view", 100, false}, {"WMS.edit", 100, false}, {"ERP.view", 50, false}, {"P-DASH-1.view", 35, false}, {"P-MES-1.view", 20, false}, {"P-HMI-P1.view", 10, false}},
	"transport": {{"TMS.view", 100, false}, {"TMS.edit", 100, false}, {"WMS.view", 100, false}, {"ERP.post", 70, false}, {"P-DASH-1.view", 40, false}, {"SUPPLY.view", 40, false}},

	"op": {{"P-GRP-OPS", 76, false}, {"P-HMI-*.run", 90, true}, {"P-HMI-*.view", 45, true}, {"P-SCADA-1.view", 80, false}, {"P-SCADA-*.ack", 26, false}, {"P-SCADA-1.run", 42, false}, {"P-MES-1.view", 50, false}, {"P-MES-1.run", 40, false}, {"P-HIST-1.view", 34, false}, {"P-HIST-1.comment", 20, false}, {"P-RB-*.run", 50, true}, {"P-CAM-*.view", 30, true}, {"P-SIS-*.reset", 2, false}},
	"lead": {{"P-GRP-OPS", 60, false}, {"NOR-GRP-LEADS", 60, false}, {"P-HMI-*.run", 100, true}, {"P-HMI-*.view", 12, false}, {"P-SCADA-*.view", 90, false}, {"P-SCADA-*.ack", 90, false}, {"P-SCADA-*.run", 80, false}, {"P-MES-1.run", 100, false}, {"P-HIST-1.view", 90, false}, {"P-HIST-1.comment", 80, false},
		{"P-SIS-*.reset", 14, false}, {"EAM.edit", 50, false}, {"P-DASH-1.edit", 30, false}},
	"shift":    {{"P-GRP-OPS", 100, false}, {"P-SCADA-*.view", 100, false}, {"P-SCADA-*.ack", 100, false}, {"P-SCADA-*.run", 100, false}, {"P-MES-1.run", 100, false}, {"P-MES-1.approve", 60, false}, {"P-HIST-1.view", 100, false}, {"P-SIS-*.reset", 55, false}, {"EAM.edit", 80, false}, {"ERP.post", 40, false}},
	"prodmgr":  {{"P-SCADA-*.view", 100, false}, {"P-MES-1.approve", 100, false}, {"P-HIST-1.view", 100, false}, {"P-DASH-1.admin", 100, false}, {"ERP.view", 100, false}, {"EAM.approve", 60, false}},
	"maintmgr": {{"P-SCADA-*.view", 100, false}, {"P-HIST-1.view", 100, false}, {"P-SIS-*.read", 60, false}, {"P-RAG-1.approve", 100, false}, {"EAM.approve", 100, false}, {"ERP.buy", 100, false}},
	"tech":     {{"P-HMI-*.view", 80, true}, {"P-HMI-*.run", 60, true}, {"P-PLC-*.read", 55, true}, {"P-PLC-*.force", 40, true}, {"P-SCADA-*.view", 80, false}, {"P-SCADA-*.ack", 45, false}, {"P-HIST-1.view", 70, false}, {"P-RB-*.run", 45, false}, {"P-RB-*.teach", 18, false}, {"P-SIS-*.reset", 15, false}, {"P-SIS-*.read", 10, false}, {"P-DRV-*.read", 60, false}, {"EAM.edit", 55, false}},
	"elec":     {{"P-PLC-*.read", 60, true}, {"P-PLC-*.force", 50, true}, {"P-DRV-*.read", 100, false}, {"P-DRV-*.tune", 70, false}, {"P-HMI-*.view", 60, true}, {"P-SCADA-*.view", 80, false}, {"P-SIS-*.read", 24, false}, {"EAM.edit", 55, false}},
	"utiltech": {{"P-HMI-U1.view", 100, false}, {"P-HMI-U1.run", 100, false}, {"P-SCADA-2.view", 100, false}, {"P-SCADA-2.ack", 90, false}, {"P-SCADA-2.run", 60, false}, {"P-CMP-U1.read", 70, false}, {"P-CMP-U1.write", 30, false}, {"P-PLC-U*.read", 60, false}, {"P-SIS-U1.reset", 30, false}, {"P-HIST-1.view", 70, false}, {"EAM.edit", 70, false}},
	"ctrl": {{"P-GRP-ENG", 90, false}, {"P-EWS-*.use", 95, false}, {"P-EWS-*.admin", 35, false}, {"P-SCADA-*.edit", 90, false}, {"P-SCADA-*.admin", 50, false}, {"P-PLC-*.program", 52, false}, {"P-PLC-*.read", 40, false}, {"P-PLC-*.firmware", 10, false}, {"P-HIST-1.tag", 80, false}, {"P-HMI-*.set", 45, false},
		{"P-BKP-1.restore", 60, false}, {"P-GW-*.map", 70, false}, {"P-SIS-*.program", 20, false}, {"P-AD-1.group", 40, false}, {"P-JH-1.admin", 24, false}, {"CAD.view", 60, false}},
}

// care is what a vendor's people are given on the assets the vendor made.
var care = []want{
	{"*.program", 26, false}, {"*.edit", 25, false}, {"*.use", 30, false}, {"*.teach", 40, false}, {"*.tune", 40, false}, {"*.map", 30, false}, {"*.read", 14, false},
	{"*.model", 40, false}, {"*.admin", 10, false}, {"*.session", 60, false}, {"*.view", 10, false},
}
