package demo

// capabilities are the nine columns of assets.csv, in the order of the profiles.
var capabilities = [9]string{"mfa", "federation", "individual_accounts", "rbac", "central_logging", "rotation", "encryption", "lockout", "service_identity"}

// profiles say what kinds of system can do, in one letter a capability:
// native, via proxy, partial, x for no, and u for unknown.
var profiles = map[string]string{
	"modern":  "nnnnnnnnn",
	"domain":  "vnnnnnnnp",
	"local":   "vxnpvppnx",
	"panel":   "xxxpxpxxx",
	"old":     "vxxxxxxxx",
	"new":     "ppnnnnnnn",
	"gateway": "xxppxpnux",
	"robot":   "xxxpxxxux",
	"safety":  "xxpnxpxnx",
	"field":   "xxxxxuxxx",
}

var capabilityWord = map[byte]string{'n': "native", 'v': "via_proxy", 'p': "partial", 'x': "no", 'u': "unknown"}

// abilities is a profile with the odd thing that nobody has looked into.
func (w *world) abilities(profile string) [9]string {
	var out [9]string
	for i := range out {
		letter := profiles[profile][i]
		if letter != 'n' && w.chance(0.06) {
			letter = 'u'
		}
		out[i] = capabilityWord[letter]
	}
	return out
}
