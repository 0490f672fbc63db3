package page

import "interlock/web/ui"

// Ownership is GET /ownership: what somebody is asked to own, what they own, and what
// they offered. POST /ownership/answer takes offer (each that is ticked), answer
// (accept, decline) and note; POST /ownership/offer what OfferForm has; POST
// /ownership/{transfer}/withdraw nothing. A refusal shows this page again.
//
// Query: q, tick (all), after (what Pager carries).
type Ownership struct {
	Shell  ui.Shell
	Lede   string
	Asked  []OwnershipAsked
	Note   string // as typed
	Error  string // of the answer
	Owned  []OwnerRow
	Text   string
	Offer  OfferForm
	Pager  ui.Pager
	Made   []OfferRow
	People string // address of who owns what; "" for those who may not see it
}

// OwnershipAsked is an offer that waits for an answer.
type OwnershipAsked struct {
	ID     string
	Kind   string
	Icon   string
	Name   string
	Href   string
	Sub    string
	By     string // "Solveig Brattås, 12 Nov 2026"
	Why    string // "you manage who owned it"
	Note   string
	Former string // "Gus Gone, who has left"
	Until  string // "3 Dec 2026"
	Ticked bool
}
