package page

import "interlock/web/ui"

// Owners is GET /owners: who answers for what needs an owner, and what nobody
// answers for. POST /owners/offer takes thing (each that is ticked), to-THING (whom
// the row names), to (an e-mail for all), note and back (a query of this page); a
// refusal shows this page again.
//
// Query: standing (none, gone, disputed, all; without: everything that lacks an
// owner), class (machine, shared, vendor, asset, entitlement), owner (an identity's
// number), q, tick (all), as_of (a day), after (what Pager carries). /owners.csv
// takes the same.
type Owners struct {
	Inventory
	Figures  []ui.Figure
	Views    []ui.View // by standing
	Classes  []ui.View
	Text     string
	Only     string // "Only what Gus Gone owns."
	Hidden   []ui.Param
	Unknown  bool // nothing that can be owned was known then
	Filtered bool
	Clear    string
	Rows     []OwnerRow
	Left     []OwnerLeft
	Pager    ui.Pager
	CSV      string
	Own      string     // address of what the reader owns; "" for who owns nothing here
	Offer    *OfferForm // for those who may offer anything
}

// OwnerRow is a thing with who owns it.
type OwnerRow struct {
	Thing     string // as a form names it
	Kind      string // of an identity
	Icon      string // of anything else
	Name      string
	Href      string
	Sub       string // "PLC, plant-a:hmi-4"
	Owner     Who
	OwnerNote string // "named by the asset"
	State     ui.Chip
	Grants    int
	Highest   string
	Waiting   string // "Mia Moe, until 3 Dec 2026"
	Proposals []ui.Option
	To        string // as chosen
	Ticked    bool
}

// OwnerLeft is somebody who is gone and still named as owner.
type OwnerLeft struct {
	Name   string
	Status string
	Things int
	Href   string
	Here   bool // whose things are shown
}

// OfferForm is what is said once for all that is ticked.
type OfferForm struct {
	Action  string
	Back    string // the query of the page
	To      string
	Note    string
	Error   string
	ToError string
	All     string // address with everything ticked
	Do      string
	Some    bool // there is something to tick
}

// Offers is GET /owners/offers: every transfer of ownership, newest first. POST
// /owners/offers/{transfer}/withdraw, and /end with a reason.
//
// Query: tab (waiting, answered), q, before (what Pager carries).
type Offers struct {
	Inventory
	Views    []ui.View
	Tab      string
	Text     string
	Rows     []OfferRow
	Pager    ui.Pager
	Filtered bool
	May      bool // take offers back, end what was accepted
	Error    string
}

// OfferRow is one transfer.
type OfferRow struct {
	Sub     string // what it is
	ID      string
	Kind    string
	Icon    string
	Name    string
	Href    string
	To      string
	Email   string
	Former  string
	Why     string // "proposed as manager"
	Note    string
	Offered string // "12 Nov 2026 by Solveig Brattås"
	State   ui.Chip
	Said    string // "until 3 Dec 2026", "3 Dec 2026: not mine"
	Waiting bool
	Counts  bool // accepted and not ended
}
