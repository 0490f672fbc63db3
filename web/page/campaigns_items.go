package page

import "interlock/web/ui"

// CampaignItems is GET /campaigns/{id}/items: the items of a campaign, riskiest first.
//
// Query: reviewer (e-mail), answer (open, certify, certify_under_exception, reduce, revoke, unsure),
// outcome (certified, excepted, reduced, revoked, kept, escalated), risk (critical, high,
// medium, low, or top for high and critical), after (what Pager carries).
// /campaigns/{id}/items.csv takes the same.
type CampaignItems struct {
	Shell    ui.Shell
	Campaign ui.Link // its title and address
	Lede     string  // "41 of 1,284 items: open, high or critical risk."
	Action   string  // /campaigns/{id}/items
	Reviewer string
	Answer   string
	Outcome  string
	Risk     string
	Closed   bool // outcomes are known, so they can be filtered and are shown
	CSV      string
	Rows     []CampaignItem
	Pager    ui.Pager
}

// CampaignItem is one item, frozen as at launch.
type CampaignItem struct {
	ID             string
	Risk           string
	Kind           string
	Who            string
	WhoHref        string
	Key            string // of the identity in its source
	Right          string
	Privilege      string
	Place          ui.Place
	Asset          string
	AssetHref      string
	Reviewer       ui.Person
	Recommendation string
	Reasons        string // "no end date, not used for 141 days"
	Answer         string // certify, reduce, revoke, unsure; "" for open
	Outcome        string // "" while not closed
	By             string // who answered, where it is not the reviewer
	Entered        string // "by root on the command line, for Marit Solheim"; "" when they answered themselves
	When           string // "today 14:06"
	Note           string
	Bulk           bool
}

var (
	answerOptions  = []ui.Option{{Value: "open", Label: "Open"}, {Value: "certify", Label: "Certified"}, {Value: "certify_under_exception", Label: "Excepted"}, {Value: "reduce", Label: "Reduced"}, {Value: "revoke", Label: "Revoked"}, {Value: "unsure", Label: "Unsure"}}
	outcomeOptions = []ui.Option{{Value: "certified", Label: "Certified"}, {Value: "excepted", Label: "Excepted"}, {Value: "reduced", Label: "Reduced"}, {Value: "revoked", Label: "Revoked"}, {Value: "kept", Label: "Kept without answer"}, {Value: "escalated", Label: "Kept and escalated"}}
	riskOptions    = []ui.Option{{Value: "top", Label: "High and critical"}, {Value: "critical", Label: "Critical"}, {Value: "high", Label: "High"}, {Value: "medium", Label: "Medium"}, {Value: "low", Label: "Low"}}
)

// how says when it was answered, by whom where it was another, and if in bulk.
func (r CampaignItem) how() string {
	s := r.When
	if r.By != "" {
		s = r.By + ", " + s
	}
	if r.Bulk {
		s += ", in bulk"
	}
	return s
}

func (p CampaignItems) filtered() bool {
	return p.Reviewer != "" || p.Answer != "" || p.Outcome != "" || p.Risk != ""
}
