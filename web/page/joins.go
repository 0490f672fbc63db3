package page

import "interlock/web/ui"

// Joins is GET /identities/joins: who is one person though several sources know
// them. POST /identities/joins/{join}/part takes reason and else (which of the two is
// somebody else; needed where more than two are one person), /{join}/rejoin takes
// reason, POST /identities/joins takes left, right and reason. A refusal shows this
// page again.
//
// Query: view (undone, lapsed, differ, proposed; without: what counts), rule
// (same_email, same_number, by_hand), import (a number), identity (a number), q,
// before and after (what Pager carries). /identities/joins.csv takes the same.
type Joins struct {
	Inventory
	Lede     string
	Views    []ui.View
	View     string
	Rules    []ui.Option
	Rule     string
	Text     string
	Hidden   []ui.Param
	Only     string // "Only what import 12 joined."
	Filtered bool
	Rows     []JoinRow
	Pager    ui.Pager
	CSV      string
	May      bool
	Error    string
}

// JoinRow is one join, or with Take one that is proposed.
type JoinRow struct {
	ID          string
	Left, Right JoinSide
	Rule        string // "same e-mail"
	Evidence    string
	Differ      string // "status, kind"
	When        string // "12 Nov 2026, by import 12"
	Reason      string
	State       ui.Chip
	Ended       string // "3 Dec 2026 by Solveig Brattås: two people"
	Person      string // "3 identities are this person"
	Do          string // address of the form; "" when nothing can be done
	DoLabel     string
	DoWhat      string // what the form does, in a sentence
	Choose      bool   // which of the two is somebody else has to be said
	Take        bool
	Reasoned    string // as typed
}

// JoinSide is one of two identities.
type JoinSide struct {
	ID     string
	Kind   string
	Name   string
	Href   string
	Sub    string // "corporate:10234"
	Email  string
	Status ui.Chip
}
