package page

import (
	"encoding/json"
	"fmt"

	"interlock/static"
	"interlock/web/ui"
)

// Scripts of these pages.
var (
	chartJS = static.URL("js/chart.js")
	pollJS  = static.URL("js/poll.js")
)

// Campaign is GET /campaigns/{id}, in every state.
//
// Query: after (what ReviewersPager carries). Actions post without fields to
// Base plus /launch (again=yes where May.Again is set and was ticked), /pause and
// /resume and answer 303 back here; /remind takes reviewer, an e-mail or everyone;
// close, cancel and reassign are asked for on a page of their own (CampaignAsk,
// CampaignReassign). While Job is set
// the page asks for itself every second.
type Campaign struct {
	Shell          ui.Shell
	Base           string // /campaigns/3
	Name           string
	Revision       int
	Title          string
	Lede           string // the scope in words
	Pace           string // "On this pace 118 items will be late."; "" when there is none to tell
	State          string
	Steps          []ui.Step // CampaignSteps
	May            CampaignMay
	Notes          []Remark
	Job            *JobBox // of the launch
	Figures        []ui.Figure
	Burn           *CampaignBurn
	Reviewers      []CampaignReviewer
	ReviewersLede  string // "23, by e-mail"
	AsLaunched     *AsLaunched
	ReviewersPager ui.Pager
	Silence        *CampaignSilence // what no answer would mean; while reviewers may answer
	Outcome        *CampaignOutcome // once closed
	Work           *CampaignWork    // once closed, when anything is to be removed
	Facts          []ui.Fact        // launched by, when, scope as written, fallback ...
	Definition     string           // YAML
}

// CampaignMay is what this person may do now; nothing else is offered.
type CampaignMay struct {
	Launch   bool
	Again    bool // while one of the same definition runs: launching wants again=yes
	Pause    bool
	Resume   bool
	Close    bool
	Cancel   bool
	Evidence bool
	Remind   bool
	Reassign bool
}

// AsLaunched compares what was asked at the launch with what came.
type AsLaunched struct {
	When string // "5 Nov 2026, by Oluwaseun Adeyemi"
	Rows []AsLaunchedRow
}

// AsLaunchedRow is one moment: "At launch", "So far".
type AsLaunchedRow struct {
	Label     string
	Items     int
	Reviewers int
	Fallback  int
	Time      string // "about 9 h"; "" when not known
}

// Remark is said above a page's content. Tone is info, warn, bad or good.
type Remark struct {
	Tone  string
	Title string
	Text  string
	Link  ui.Link
}

// CampaignBurn is the picture of open items by day, and the table it is drawn from.
type CampaignBurn struct {
	Text   string    // says the same as the picture: "1,284 items on 5 Nov, 702 open today, 41 of them high risk."
	Days   []BurnDay // from the launch to today, each as it stood at its end
	Ahead  []string  // the days to come until it is due: "13 Nov", "14 Nov"
	AtDue  int       // how many would be open then at this pace; < 0 when not to tell
	Ended  bool      // nothing is open any more by definition: no pace is drawn
	DueDay string    // "19 Nov"
}

// BurnDay is one day of a campaign.
type BurnDay struct {
	Day     string // "5 Nov"
	Decided int    // on that day
	Open    int    // at its end
	High    int    // of these, high or critical risk
}

// CampaignReviewer is one reviewer's part. Words that are not known are "".
type CampaignReviewer struct {
	Name     string
	Email    string
	Href     string // their items
	Decided  int
	Total    int
	High     int // open items of high or critical risk
	HighHref string
	Median   string // of how long an item was open: "0:49"
	Bulk     string // "41 %"
	Kept     string // "84 %"
	Hasty    bool   // so quick, or so much in bulk, that it is worth a second look
	LastSeen string // "9 Nov"; "" for never
	Late     bool
	State    ui.Chip // ReviewerState
	Entered  string  // "by root on the command line": who entered the sign-off for them
	Reminded string  // "today 14:06"; "" when lately nobody did
	Remind   bool    // may be reminded now
	Reassign string  // address of the page that gives their open items to somebody else
}

// CampaignReassign is GET /campaigns/{id}/reassign?reviewer=: a reviewer's open
// items to somebody else. Posts reviewer, to and reason to Action.
type CampaignReassign struct {
	Shell    ui.Shell
	Campaign ui.Link
	From     ui.Person
	Open     int
	Action   string
	To       string
	Reason   string
	People   []ui.Person // who reviews besides, to choose from
	Error    string
	Errors   map[string]string // by field: to, reason
}

// ReviewerState is the chip of a reviewer: signed, late, undecided or waiting.
func ReviewerState(state string) ui.Chip {
	switch state {
	case "signed":
		return ui.Chip{Text: "Signed off", Tone: "info", Icon: "lock"}
	case "decided":
		return ui.Chip{Text: "Decided, not signed", Icon: "list-check"}
	case "late":
		return ui.Chip{Text: "Late", Tone: "warn", Icon: "clock"}
	case "begun":
		return ui.Chip{Text: "Under way", Icon: "check"}
	case "none":
		return ui.Chip{Text: "Nothing left", Icon: "minus"}
	}
	return ui.Chip{Text: "Not begun", Icon: "circle-dashed"}
}

// CampaignSilence says what becomes of the items without an answer, by consequence class.
type CampaignSilence struct {
	Title string // "If it ended today"; "Silence" on the page that closes
	Open  int
	Rows  []SilenceRow
}

// SilenceRow is one class: it, ot or safety. Rule is revoke, keep or escalate.
type SilenceRow struct {
	Class string
	Items int
	Href  string
	Rule  string
}

// CampaignOutcome is what became of the items at the end.
type CampaignOutcome struct {
	Total int
	Rows  []OutcomeRow
}

// OutcomeRow is one outcome: certified, excepted, reduced, revoked, kept or escalated.
// Silent counts those that got it without an answer.
type OutcomeRow struct {
	Outcome string
	Items   int
	Silent  int
	Href    string
}

// CampaignWork is what became of the removals.
type CampaignWork struct {
	Total int
	Rows  []WorkRow
	Href  string // the work: /remediation?campaign=3
}

// WorkRow is one state of remediation: open, scheduled, done, verified, reappeared, held, impossible.
type WorkRow struct {
	State string
	Items int
	Href  string
}

// CampaignAsk is GET /campaigns/{id}/close and GET /campaigns/{id}/cancel: what
// will happen, by number, before it does. Posts to the same address.
type CampaignAsk struct {
	Shell    ui.Shell
	Campaign ui.Link
	Crumb    string   // default Do
	Title    string   // "Close Plant access after the historian project?"
	Says     []string // "702 of 1,284 items have no answer." one sentence each
	Silence  *CampaignSilence
	Unsigned int // reviewers who have not signed off
	Action   string
	Do       string // "Close it", "Cancel it"
	Keep     string // "Keep it open"
	Danger   bool
	Error    string
}

// CampaignSteps are the states a campaign passes through, this one marked. Labels
// replace the plain words: launching as "Launched 5 Nov", active as "Active until
// 19 Nov, 17:00".
func CampaignSteps(state string, labels map[string]string) []ui.Step {
	order := []string{"draft", "launching", "active", "signing", "remediating", "closed"}
	plain := map[string]string{"draft": "Draft", "launching": "Launched", "active": "Active", "signing": "Signing", "remediating": "Remediating", "closed": "Closed"}
	now := len(order)
	for i, s := range order {
		if s == state || s == "active" && state == "paused" {
			now = i
		}
	}
	var steps []ui.Step
	for i, s := range order {
		label := orElse(labels[s], plain[s])
		if state == "paused" && i == now {
			label = orElse(labels["paused"], "Paused")
		}
		if state == "launching" && i == now {
			label = "Launching"
		}
		end := state == "closed" && i == now
		steps = append(steps, ui.Step{Label: label, Done: i < now || end, Current: i == now && !end})
	}
	if state == "cancelled" {
		return []ui.Step{{Label: "Draft", Done: true}, {Label: orElse(labels["cancelled"], "Cancelled"), Current: true}}
	}
	return steps
}

func (p Campaign) shell() ui.Shell {
	s := p.Shell
	scripts := s.Scripts[:len(s.Scripts):len(s.Scripts)]
	if p.Burn != nil || p.Job != nil {
		scripts = append(scripts, ui.EChartsJS, chartJS)
	}
	if p.Job != nil {
		scripts = append(scripts, pollJS)
	}
	s.Scripts = scripts
	return s
}

func (m CampaignMay) any() bool {
	return m.Launch || m.Pause || m.Resume || m.Close || m.Cancel || m.Evidence || m.Remind
}

// data is what the script draws, in the words of the page.
func (b CampaignBurn) data() string {
	type day struct {
		Day  string `json:"day"`
		Open int    `json:"open"`
		High int    `json:"high"`
	}
	d := struct {
		Days  []day    `json:"days"`
		Ahead []string `json:"ahead"`
		AtDue *int     `json:"atDue,omitempty"`
	}{Ahead: b.Ahead}
	for _, x := range b.Days {
		d.Days = append(d.Days, day{x.Day, x.Open, x.High})
	}
	if b.Ended {
		d.Ahead = nil
	}
	if b.AtDue >= 0 && !b.Ended && len(b.Ahead) > 0 {
		d.AtDue = &b.AtDue
	}
	out, err := json.Marshal(d)
	if err != nil {
		panic(fmt.Errorf("burn-down as json: %w", err))
	}
	return string(out)
}

func silenceWord(rule string) string {
	switch rule {
	case "revoke":
		return "revoked"
	case "keep":
		return "kept"
	case "escalate":
		return "kept and escalated"
	}
	return rule
}

// OutcomeChip is the chip of an outcome.
func OutcomeChip(outcome string) ui.Chip {
	switch outcome {
	case "certified":
		return ui.Chip{Text: "Certified", Tone: "good", Icon: "check"}
	case "excepted":
		return ui.Chip{Text: "Excepted", Icon: "circle-half-2"}
	case "reduced":
		return ui.Chip{Text: "Reduced", Tone: "info", Icon: "arrow-down-circle"}
	case "revoked":
		return ui.Chip{Text: "Revoked", Tone: "bad", Icon: "ban"}
	case "kept":
		return ui.Chip{Text: "Kept, no answer", Icon: "minus"}
	case "escalated":
		return ui.Chip{Text: "Kept, escalated", Tone: "warn", Icon: "chevron-up"}
	}
	return ui.Chip{Text: "Not closed", Tone: "unknown"}
}

func (o CampaignOutcome) parts() []ui.Part {
	tones := map[string]string{"certified": "good", "excepted": "hatch", "reduced": "acc", "revoked": "bad", "kept": "ink", "escalated": "warn"}
	var parts []ui.Part
	for _, r := range o.Rows {
		parts = append(parts, ui.Part{N: r.Items, Tone: tones[r.Outcome], Text: r.Outcome})
	}
	return parts
}

// WorkChip is the chip of a state of remediation.
func WorkChip(state string) ui.Chip {
	switch state {
	case "open":
		return ui.Chip{Text: "Open", Icon: "circle-dashed"}
	case "scheduled":
		return ui.Chip{Text: "In a window", Icon: "calendar-event"}
	case "done":
		return ui.Chip{Text: "Done", Tone: "info", Icon: "check"}
	case "verified":
		return ui.Chip{Text: "Verified gone", Tone: "good", Icon: "shield-check"}
	case "reappeared":
		return ui.Chip{Text: "Came back", Tone: "solid", Icon: "alert-triangle"}
	case "held":
		return ui.Chip{Text: "Held for safety", Tone: "warn", Icon: "shield-off"}
	case "impossible":
		return ui.Chip{Text: "Impossible", Tone: "warn", Icon: "ban"}
	}
	return ui.Chip{Text: state, Tone: "unknown"}
}

func (w CampaignWork) count(state string) int {
	for _, r := range w.Rows {
		if r.State == state {
			return r.Items
		}
	}
	return 0
}

func (w CampaignWork) parts() []ui.Part {
	tones := map[string]string{"verified": "good", "done": "acc", "scheduled": "ink", "held": "warn", "impossible": "warn", "reappeared": "bad"}
	var parts []ui.Part
	for _, state := range []string{"verified", "done", "scheduled", "held", "impossible", "reappeared"} {
		parts = append(parts, ui.Part{N: w.count(state), Tone: tones[state]})
	}
	return parts
}
