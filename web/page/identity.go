package page

import "interlock/web/ui"

// Identity is GET /identities/{id}: who answers for it, what it can do, what is
// wrong, and what was decided before, in one view.
//
// Query: as_of (a day), grants (all: more than the first twenty).
type Identity struct {
	Inventory
	Name      string
	Kind      string
	Chips     []ui.Chip
	Lede      string
	Limited   string // which sites are shown, where that is not all
	Figures   []ui.Figure
	Facts     []ui.Fact
	Owns      []ui.Link // what it answers for, with how many
	Joined    []JoinedRow
	Wrong     WrongBox
	Far       FarBox
	Grants    []Held
	GrantsAll ui.Link // to all, where only the first are shown
	Total     int     // of grants
	Secrets   []SecretRow
	IsShared  bool
	Holders   []HolderRow // who knows a shared login
	Shared    []HolderRow // the shared logins that it knows
	Sessions  []SessionRow
	Answers   []AnswerRow
	Record    []RecordEvent
}

// HolderRow is somebody who knows a secret, or a login whose secret somebody knows.
type HolderRow struct {
	Who    Who
	Status ui.Chip
	Since  string
	Until  string
	Past   bool
	Grants int // of a shared login
}

// JoinedRow is another identity of the same person.
type JoinedRow struct {
	Who    Who
	Key    string
	Status ui.Chip
}

// FarBox is how far an identity gets in the end.
type FarBox struct {
	Bars ui.Reach
	Path string // the way to what matters most
	Age  string
	All  string // address of all it reaches
	Note string // instead, where it is not shown
}
