package page

import "interlock/web/ui"

// Held is one grant, on the page of who holds it and on that of its asset.
type Held struct {
	Who       Who // on an asset's page
	Status    ui.Chip
	Right     string
	Means     string // the right in plain words; "" when its source says none
	Privilege string
	Place     ui.Place
	Asset     ui.Link
	Where     string // zone and site
	Safety    bool
	Way       Way
	Crossing  bool
	Since     string // "5 Jan 2026"
	By        string // "otto, ticket T-1"
	Until     string // "31 Dec 2026"; "" for no end
	Past      bool
	Used      string // "3 days ago"; "" for never
	Answer    string // certify, revoke, reduce; "" for none
	Answered  string // "mia@x.example, 3 May 2026"
	Without   string // address of what would follow if it were removed
}

// Way is how a grant is used: over a conduit that it names, or one that is not
// known.
type Way struct {
	From   ui.Place
	Name   string // "jump host jump-1"; "" when no way is named
	Zone   string // where it leads from
	Guards []ui.Guard
}

// SecretRow is a credential.
type SecretRow struct {
	Key     string
	Kind    string
	Who     Who    // on an asset's page
	Stored  string // "in a file"
	On      ui.Link
	Place   ui.Place
	Bad     bool   // where it should not be
	Age     string // "412 days"; "" for unknown
	Since   string // "changed 5 Jan 2026"
	Window  string // "every 90 days"; "" for none
	Late    string // "322 days past it"
	Ends    string
	Expired bool
}

// SessionRow is somebody's time on an asset.
type SessionRow struct {
	Key      string
	Who      Who
	Person   Who  // who it was, behind a login that several know
	Shared   bool // the login is not one person's
	Asset    ui.Link
	Place    ui.Place
	Started  string
	Lasted   string // "2 h 5 min", "still on"
	Ticket   string
	Outside  string // "outside its window of 3 Nov, 08:00 to 12:00"
	Recorded string // yes, no, or "" for unknown
}

// AnswerRow is an answer of a review.
type AnswerRow struct {
	Answer   string // "" where nobody answered
	Outcome  string
	Who      Who
	Right    string
	Asset    ui.Link
	Place    ui.Place
	By       string
	When     string
	Note     string
	Campaign ui.Link
}

// RecordEvent is what happened to a record.
type RecordEvent struct {
	When    string
	What    string // "First seen", "Changed", "No longer in corp", "Back again"
	Changes []RecordChange
	Import  ui.Link
}

// RecordChange is a field with another value than before.
type RecordChange struct{ Field, Was, Now string }

// WrongBox is what is wrong with an identity or an asset: findings, the worst first.
type WrongBox struct {
	Rows  []FindingRow
	All   string // address of all of them
	Count int
	Note  string // why there are none to see
}

// standing says for how long a finding has been open, and whether that is known.
func (r FindingRow) standing() string {
	s := "open " + r.Age
	if r.Until != "" {
		s += ", acknowledged until " + r.Until
	}
	return s
}
