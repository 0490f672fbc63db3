package page

import "interlock/web/ui"

// Incident is GET /assets/{id}/incident: who could have acted on an asset in a
// time, who was on it, and what no one person answers for.
//
// Query: from and to, as 2026-11-01T08:00 in the time zone of the asset's site.
// /assets/{id}/incident.csv takes the same.
type Incident struct {
	Inventory
	Name     string
	Asset    ui.Link
	Lede     string
	Place    ui.Place
	From, To string // as fields hold them
	Zone     string // the time zone of all times: "Europe/Stockholm"
	Errors   map[string]string
	Said     string // "1 Nov 2026, 08:00 to 10:00 CET"
	Summary  string
	Figures  []ui.Figure
	Sessions []IncidentSession
	Doubts   []DoubtRow
	Suspects []SuspectRow
	Picture  MapPicture
	More     string // "and 120 more, in the file"
	Note     string // what this view cannot know
	CSV      string
}

// IncidentSession is a session that overlaps.
type IncidentSession struct {
	SessionRow
	Knew []Who // who knew the secret of a shared login
}

// DoubtRow is something that is not attributable to one person.
type DoubtRow struct {
	Title  string
	Text   string
	Who    Who
	People []Who
	Known  bool // or only not known to be otherwise
}

// SuspectRow is an identity that could have acted.
type SuspectRow struct {
	Who       Who
	Privilege string
	Crossing  bool
	Only      string // "only at the beginning"
	Steps     int
	Path      string
	Guards    []ui.Guard // of the last part of the way
	Was       bool       // known to have been on it
	Knew      []Who      // who knew the secret of a shared login
}
