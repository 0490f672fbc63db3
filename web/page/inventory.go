package page

import "interlock/web/ui"

// Inventory is what the pages about identities and assets share.
type Inventory struct {
	Shell  ui.Shell
	Tabs   []ui.View
	Moment Moment
}

// Moment is the time that a page shows: a day that was asked for with as_of, or
// now.
type Moment struct {
	Action string
	Keep   []ui.Param // what else the address asks for
	Typed  string     // "2026-05-01"; "" for now
	Said   string     // "1 May 2026, 00:00 UTC"; "" for now
	Now    string     // the same page, now
	Error  string
}

// Who is an identity that is named: a name that leads to its page, if there is one
// to see. Without a name nobody is known.
type Who struct {
	Kind string
	Name string
	Href string
	Gone bool // has left, or is disabled
}
