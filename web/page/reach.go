package page

import "interlock/web/ui"

// Reach is GET /identities/{identity}/reach: how far one identity gets, and how
// far without some of what is there.
//
// Query: as_of, without (grant:12, conduit:3, credential:5, holder:7), level,
// only (safety, crossing), after.
type Reach struct {
	Shell    ui.Shell
	Crumbs   []ui.Link
	Name     string
	Lede     string // kind, source, where it is at home
	Nothing  string // why it reaches nothing; "" where it reaches something
	Bars     ui.Reach
	Path     string // the way to what matters most, in one line
	Route    ui.Route
	Picture  MapPicture // every way, step by step
	Age      string     // of which inventory this is
	Outdated bool
	WhatIf   ReachWhatIf
	Filter   []ui.View
	Only     []ui.View
	Rows     []ReachRow
	Pager    ui.Pager
	CSV      string
	Clear    string // the same without filter
}

// ReachRow is an asset that is reached, or no longer is.
type ReachRow struct {
	Asset     string
	Href      string
	Sub       string // class, zone
	Place     ui.Place
	Privilege string
	Safety    bool
	Crossing  bool
	Steps     int
	Path      string
	Without   []ui.Link // "the right on JH-2", to what would follow
}

// Revoked is GET /reviews/{campaign}/items/{item}/revoked: what revoking an item
// would take away.
type Revoked struct {
	Shell   ui.Shell
	Back    ui.Link // the item
	Title   string
	Lede    string
	WhatIf  ReachWhatIf
	Nothing string // why nothing would be lost
}

// ReachWhatIf is the form that takes something away, and what follows.
type ReachWhatIf struct {
	Action  string
	Hidden  []ui.Param
	Options []ui.Option
	Chosen  string
	Error   string
	Said    string // "Without ... 2 of 3 assets are no longer reached."
	Lost    []ReachRow
	More    string // "and 950 more"
	Clear   string
}
