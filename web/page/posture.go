package page

import "interlock/web/ui"

// Posture is GET / for who may see the inventory: what waits for them, and where
// things stand.
type Posture struct {
	Shell     ui.Shell
	Today     string // "Thursday, 12 November"
	Lede      string
	Needs     []PostureNeed
	Figures   []ui.Figure
	Findings  []PostureFinding
	Open      string // "214 open, 12 of them new this week"
	Campaigns []CampaignRow
	Import    string // address of the import, with nothing imported yet; "" when one may not
	Nothing   bool   // nothing is imported yet
}

// PostureNeed is something that waits, and where to go for it.
type PostureNeed struct {
	Icon, Title, Text string
	Tone              string // "", warn, bad
	Do                ui.Link
}

// PostureFinding is a rule with open findings.
type PostureFinding struct {
	Rule     ui.Link
	Severity string
	Open     int
	Week     int
}
