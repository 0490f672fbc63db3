package demo

// purposes say what a right is for, as the owner of its system wrote it down;
// by class and right, else by privilege.
var purposes = map[string]string{
	"jump_host.use":          "The one approved way from the office into the plant; sessions are recorded.",
	"jump_host.play":         "For incident reviews and the yearly audit.",
	"remote_access.session":  "Makers' engineers on call, under a work order and within an agreed window.",
	"remote_access.approve":  "The shift lead lets a maker in and watches the session.",
	"historian_replica.view": "Trends for quality, planning and the process lab; a copy, nothing can be changed.",
	"historian.view":         "Live trends for shift leads and process engineers.",
	"historian.tag":          "Adding signals when a line is changed.",
	"dashboard.view":         "Line efficiency on the screens in the offices and the canteen.",
	"dashboard.edit":         "Production management sets targets and explains stops.",
	"mes.approve":            "Process engineers release a recipe before a batch may run.",
	"mes.run":                "Shift leads start and book batches.",
	"scada.view":             "Watching the line from the control room and from the shift office.",
	"scada.ack":              "Operators acknowledge alarms during their shift.",
	"scada.run":              "Operators start and stop the line.",
	"scada.edit":             "Control engineers change screens and alarm limits, under a work order.",
	"ews.use":                "Opening controller projects; the way to change any controller of the area.",
	"hmi.run":                "Operating the machine at its panel.",
	"hmi.set":                "Changing set points between products.",
	"plc.read":               "Fault finding without changing anything.",
	"plc.force":              "Testing single outputs during commissioning and repairs.",
	"plc.program":            "Line changes and fault finding by control engineers and the maker, under a work order.",
	"plc.firmware":           "Firmware of the controller, in a planned stop only.",
	"sis.read":               "Diagnostics for the safety engineer.",
	"sis.program":            "The safety program; two people, on site, with the safety engineer.",
	"gateway.write":          "Set points and recipes go from the MES to the line.",
	"gateway.map":            "Mapping signals when a line is changed.",
	"network.change":         "Firewall rules between office and plant, under a change.",
	"vault.out":              "Checking out a shared password for one task.",
}

var purposesByPrivilege = map[string]string{
	view:     "For those who follow the process or check the numbers; changes nothing.",
	operate:  "For the daily work of those who run it.",
	engineer: "For changes and fault finding, under a work order.",
	admin:    "To install, configure and repair the system itself.",
}

// purpose is empty now and then: not every owner writes it down.
func purpose(class, right, privilege, id string) string {
	if len(id)%8 == 0 {
		return ""
	}
	if p, ok := purposes[class+"."+right]; ok {
		return p
	}
	return purposesByPrivilege[privilege]
}
