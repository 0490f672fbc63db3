package access

import "strings"

// classes are the classes of assets in words; any other stands as it came.
var classes = map[string]string{
	"plc": "PLC", "hmi": "HMI", "scada": "SCADA", "dcs": "DCS", "erp": "ERP", "mes": "MES", "cmms": "CMMS", "lims": "LIMS", "opc": "OPC server", "rtu": "RTU",
	"sis": "Safety system", "ews": "Engineering workstation", "vpn": "VPN gateway", "ot_monitoring": "OT monitoring",
}

// Class is an asset's class as people say it, with a capital letter.
func Class(class string) string {
	if words, ok := classes[strings.ToLower(class)]; ok {
		return words
	}
	words := strings.NewReplacer("_", " ", "-", " ").Replace(class)
	if words == "" {
		return ""
	}
	return strings.ToUpper(words[:1]) + words[1:]
}
