package page

import "interlock/web/ui"

// Campaigns is GET /campaigns: every campaign, newest first.
//
// Query: state (a state of campaigns; "" for all), before (what Pager carries).
type Campaigns struct {
	Shell   ui.Shell
	Lede    string    // "2 of 14 run now."
	Views   []ui.View // by state; the one chosen is current
	All     bool      // the view of all is chosen: an empty list then means that there are none yet
	Rows    []CampaignRow
	Pager   ui.Pager
	NewHref string // /campaigns/new; "" for those who may not run campaigns
}

// CampaignRow is one campaign in the list.
type CampaignRow struct {
	Title    string
	Href     string // /campaigns/{id}
	Name     string // of the definition
	Revision int
	State    string // draft, launching, active, paused, signing, remediating, closed, cancelled
	Items    int    // 0 while not launched
	Decided  int
	Due      string // "19 Nov 2026"; "" while not launched
	DueSub   string // "7 days left", "closed 14 May 2026"
	Late     bool   // past due and still open
}

// CampaignState is the chip of a state of campaigns.
func CampaignState(state string) ui.Chip {
	switch state {
	case "draft":
		return ui.Chip{Text: "Draft", Icon: "edit"}
	case "launching":
		return ui.Chip{Text: "Launching", Tone: "info", Icon: "hourglass"}
	case "active":
		return ui.Chip{Text: "Active", Tone: "info", Icon: "player-play"}
	case "paused":
		return ui.Chip{Text: "Paused", Icon: "player-pause"}
	case "signing":
		return ui.Chip{Text: "All signed off", Tone: "info", Icon: "list-check"}
	case "remediating":
		return ui.Chip{Text: "Remediating", Tone: "info", Icon: "tool"}
	case "closed":
		return ui.Chip{Text: "Closed", Icon: "lock"}
	case "cancelled":
		return ui.Chip{Text: "Cancelled", Icon: "ban"}
	}
	return ui.Chip{Text: state, Tone: "unknown"}
}
