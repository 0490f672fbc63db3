package exception

// Capability is one of the nine things an asset may be unable to do, as people say
// it: "cannot tell users apart".
type Capability struct {
	Name    string // in the inventory
	Words   string // what it cannot do
	Rules   string // what asks for it
	Control []Standard
}

// Standard is a usual compensating control: what, how it is tested and how often.
type Standard struct {
	Title, Method string
	EveryDays     int32
}

// Capabilities lists the nine with the usual controls. What asks for them and what
// helps meanwhile follow NIST CSF 2.0, NIST SP 800-207 and IEC 62443-3-3.
func Capabilities() []Capability {
	return []Capability{
		{"mfa", "ask for a second factor", "NIST CSF PR.AA-03, IEC 62443-3-3 SR 1.1 RE 2", []Standard{
			{"Second factor at the jump host, and no other way in", "Firewall rule read", 90},
			{"Sessions are recorded", "Sample of recordings against sessions", 90},
			{"Console in a locked room, badge needed", "Walk-down with badge log", 180},
		}},
		{"federation", "use central sign-in", "NIST CSF PR.AA-04, IEC 62443-3-3 SR 1.3 RE 1, SP 800-207 sections 3.2.2 and 3.2.3", []Standard{
			{"Local accounts compared with the directory", "Reconciliation report", 30},
			{"Local accounts in the vault, checked out by name", "Check-outs against sessions", 90},
		}},
		{"individual_accounts", "tell users apart", "NIST CSF PR.AA-01, IEC 62443-3-3 SR 1.1 RE 1", []Standard{
			{"Password in the vault, checked out by name", "Check-outs against sessions", 90},
			{"Shift log says who works at it", "Sample of shifts against badge log", 90},
			{"Secret rotated whenever a holder leaves", "Leavers against rotations", 30},
		}},
		{"rbac", "limit rights by role", "NIST CSF PR.AA-05, IEC 62443-3-3 SR 2.1 RE 2", []Standard{
			{"Key switch between run and program", "Walk-down with key log", 90},
			{"A separate engineering station with roles is the only way to change it", "Firewall rule read", 90},
			{"Firewall blocks write commands from elsewhere", "Firewall rule read", 90},
		}},
		{"central_logging", "log centrally", "NIST CSF PR.PS-04, IEC 62443-3-3 SR 2.8 RE 1", []Standard{
			{"Network monitored passively at the conduit", "Sensor seen alive and sample alert", 90},
			{"Jump host records keys and screen", "Sample of recordings against sessions", 90},
			{"Controller logic compared with its reference", "Comparison report", 30},
		}},
		{"rotation", "change its password", "IEC 62443-3-3 SR 1.5 and SR 1.7, OWASP NHI7:2025", []Standard{
			{"Long random secret kept in the vault", "Vault entry and check-outs", 90},
			{"Its login is blocked at the conduit", "Firewall rule read", 90},
			{"Rotated in each outage", "Outage record", 366},
		}},
		{"encryption", "encrypt what it sends", "NIST CSF PR.DS-02, IEC 62443-3-3 SR 3.1 and SR 4.1", []Standard{
			{"Tunnel up to the edge of its zone", "Configuration read", 180},
			{"A network of its own with an allow-list of protocols", "Firewall rule read", 90},
		}},
		{"lockout", "lock out after bad logins", "IEC 62443-3-3 SR 1.11 and SR 2.5", []Standard{
			{"Supervised control room", "Walk-down with shift plan", 180},
			{"Time-out at the jump host", "Configuration read", 180},
		}},
		{"service_identity", "prove which machine it is", "IEC 62443-3-3 SR 1.2, OWASP NHI8:2025 and NHI9:2025", []Standard{
			{"Its network port is bound to it", "Switch configuration read", 180},
			{"A firewall for its cell", "Firewall rule read", 90},
		}},
	}
}

// CapabilityOf finds one by its name.
func CapabilityOf(name string) Capability {
	for _, c := range Capabilities() {
		if c.Name == name {
			return c
		}
	}
	return Capability{Name: name, Words: name}
}

// ReasonWords is a reason as people say it.
func ReasonWords(reason string) string {
	return map[string]string{
		"technical": "Technically impossible", "vendor_warranty": "Vendor warranty", "safety_certification": "Safety certification",
		"outage_window": "Needs an outage", "cost": "Cost out of proportion",
	}[reason]
}
