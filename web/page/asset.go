package page

import "interlock/web/ui"

// Asset is GET /assets/{id}: where it stands, who owns it, what it is able to,
// who can do what on it, what is wrong, and what was decided before, in one view.
//
// Query: as_of (a day), grants (all: more than the first twenty).
type Asset struct {
	Inventory
	Name      string
	Place     ui.Place
	Chips     []ui.Chip
	Lede      string
	Incident  string // address of the incident view
	Figures   []ui.Figure
	Facts     []ui.Fact
	Wrong     WrongBox
	Assessed  string // who assessed it and when; "" for unknown
	Abilities []AbilityRow
	Ways      []WayRow // into its zone
	Zone      string
	Rights    []RightRow
	Grants    []Held
	GrantsAll ui.Link
	Total     int
	Secrets   []SecretRow
	Sessions  []SessionRow
	Answers   []AnswerRow
	Record    []RecordEvent
}

// AbilityRow is one of the nine capabilities.
type AbilityRow struct {
	Name    string
	Support string // native, via_proxy, partial, no, unknown
	Since   string // "so since 5 Jan 2026, import 7"
}

// WayRow is a conduit into a zone.
type WayRow struct {
	Name    string
	From    ui.Place
	Zone    string
	Guards  []ui.Guard
	Project string
}

// RightRow is an entitlement of an asset.
type RightRow struct {
	Name      string
	Means     string
	Privilege string
	Grants    int
}

// SupportChip is how an asset has a capability: what is not known is dashed.
func SupportChip(support string) ui.Chip {
	switch support {
	case "native":
		return ui.Chip{Text: "by itself", Icon: "check"}
	case "via_proxy":
		return ui.Chip{Text: "by a proxy", Icon: "route"}
	case "partial":
		return ui.Chip{Text: "in part", Icon: "circle-half-2"}
	case "no":
		return ui.Chip{Text: "cannot", Icon: "x", Tone: "warn"}
	}
	return ui.Chip{Text: "unknown", Tone: "unknown"}
}
