package page

import "interlock/web/ui"

// Vendors is GET /vendors: who comes from outside, for how long, and who answers
// for them here.
//
// Query: look (past, endless, standing, alone, orphaned, idle), q, sort (name,
// contract, seen), as_of (a day), after (what Pager carries).
type Vendors struct {
	Inventory
	Views            []ui.View
	Look, Text, Sort string
	AsOf             string
	Filtered         bool
	Clear            string
	Head             []ui.SortHeader // vendor, contract ends
	Rows             []VendorRow
	Pager            ui.Pager
	CSV              string
}

// VendorRow is one vendor.
type VendorRow struct {
	Who          Who
	Key          string // source:id
	Organisation string
	Status       ui.Chip
	Sponsor      Who
	Ends         string // "31 Dec 2026"; "" for unknown
	EndsIn       string // "in 39 days"
	Past         bool
	Grants       int
	Standing     int // of them without an end
	Crossing     int
	Highest      string
	Sessions     int
	LastSession  string // "3 days ago"
}
