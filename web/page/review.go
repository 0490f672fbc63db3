package page

import (
	"fmt"

	"interlock/web/ui"
)

// Review is GET /reviews/{campaign}: the items of one reviewer, riskiest first.
//
// Query: item (the open one), group (risk, identity, asset), risk, q, and what
// the More links carry. Everything that posts answers 303 back to this page
// with the next open item, or 422 with the same page and what was typed.
type Review struct {
	Shell    ui.Shell
	Crumb    string // what the review is about, after "Reviews /": a site or the campaign's name
	Title    string
	Lede     string
	Due      string // "7 days left"
	DueOn    string // "until Thu 19 Nov, 17:00"
	Overdue  bool
	Progress ReviewProgress
	ReadOnly string    // why nothing can change any more; "" while it can
	NotSaved *NotSaved // the last answer was not recorded
	Filter   ReviewFilter
	Sections []ReviewSection
	Nothing  string // said when no section has anything, such as "No item matches."; "" while there are
	Decided  *ReviewDecided
	Sign     ReviewSign
	ListHref string      // this list with nothing open (?item=none): closes the item, and is the way back on phones
	Focus    bool        // the open item was asked for by ?item=, not opened as the first
	UndoLast *ReviewUndo // takes back what was answered last in this visit; the key Z sends it
}

// ReviewUndo is a form that takes answers back: it posts Hidden to Action.
type ReviewUndo struct {
	Action string
	Hidden []ui.Param
}

// ReviewProgress counts the answers. Open is worked out.
type ReviewProgress struct {
	Total     int
	Certified int
	Excepted  int
	Reduced   int
	Revoked   int
	Unsure    int
	Minutes   string // for what is open: "about 11 min"
}

// NotSaved is shown above everything: What was not recorded, Why, and what to do.
type NotSaved struct {
	What string // "Your answer for Petr Novotný was not recorded."
	Why  string // "Someone else decided it at 14:06."
}

// ReviewFilter is the line above the list. Risks and Groups are links.
type ReviewFilter struct {
	Action string // GET, path of this page
	Q      string
	Hidden []ui.Param // what the search keeps: group, risk
	Risks  []ui.View
	Groups []ui.View
	Clear  string // address without filter; "" when there is none
}

// ReviewSection is a part of the list. Grouped by risk the sections are one,
// look, alike ("Decide one by one", "Worth a look", "Alike and low risk");
// grouped otherwise there is one for each identity or asset.
type ReviewSection struct {
	ID     string // unique, of letters, digits and dashes
	Title  string
	Lede   string
	Count  int
	Rows   []ReviewRow
	Groups []ReviewGroup
	More   ui.Link // "Show 6 more"
}

// ReviewRow is an item in the list. With Open it is told in full.
type ReviewRow struct {
	ID             string // of the item
	Href           string // opens it: ?item=ID#i-ID with filter and group
	Risk           string // low, medium, high, critical
	Kind           string // of the identity
	Who            string
	WhoSub         string // "Vendor, Kessel Automation"
	Right          string // the entitlement in plain language
	From           ui.Place
	To             ui.Place
	Asset          string
	Privilege      string // view, operate, engineer, admin
	Used           string // "3 days ago", "never", "" for unknown
	UsedSub        string // what stands out: "way changed 2 Nov"
	Recommendation string // certify, revoke, look_closer
	Answer         string // the decision, where it is shown decided
	Open           *ReviewItem
}

// ReviewItem is the open item: the case on the left, the decision on the right.
type ReviewItem struct {
	Question    ui.Question
	Sub         string // one line
	RouteTitle  string // default "How they get there"
	Route       ui.Route
	Facts       []ui.Fact
	Reach       *ui.Reach
	ReachTitle  string   // default "What can be reached from there"
	Revoked     string   // address of what revoking it takes away
	Breaks      []string // sentences: who else, what breaks if it goes
	BreaksTitle string   // default "Who else, and what breaks"
	Decide      ReviewDecide
}

// ReviewDecide is the form. It posts answer, to, note, shown_at and Hidden to Action.
type ReviewDecide struct {
	Action         string // POST /reviews/{campaign}/items/{item}/decision
	Hidden         []ui.Param
	ShownAt        string // when the facts were put on the screen, RFC 3339
	Recommendation string
	Reasons        []ui.Reason
	Certify        ReviewAnswer
	Exception      *ReviewAnswer // certify under an exception; nil leaves it out
	Reduce         ReviewAnswer
	ReduceTo       []ui.Option // lower entitlements; the value is posted as "to"
	Revoke         ReviewAnswer
	Unsure         ReviewAnswer
	Chosen         string // nothing at first; what was picked when the form comes back
	To             string // likewise
	Note           string // likewise
	NoteNeeded     string // "needed for high risk"; "" when it is not
	AnswerError    string
	ToError        string
	NoteError      string
	Skip           string // address of the next item
	Given          string // the answer in words, where there is one
	Undo           string // POST, takes Given back; "" where nothing can change any more
}

// ReviewAnswer is one choice. Off says why it is not possible: it stays visible.
// Then is the sentence shown once it is picked.
type ReviewAnswer struct {
	Label string // default: the plain word
	Hint  string
	Sub   string // under the hint: an e-mail
	Then  string
	Off   string
}

// ReviewGroup is items that are alike and low risk, answered at once. The form
// posts item (several), answer (certify or revoke), note, shown_at and Hidden to Action.
type ReviewGroup struct {
	ID        string // unique, of letters, digits and dashes
	Title     string // "14 people in Quality view historian trends"
	Risk      string
	Privilege string
	From      ui.Place
	Mixed     bool // they come from several places: From is not shown
	To        ui.Place
	Asset     string
	Same      []string // what all share
	OpenHref  string   // opens the members; used while Members is empty
	Action    string   // POST /reviews/{campaign}/bulk
	Hidden    []ui.Param
	ShownAt   string
	Excepted  string // under which exception all are certified; "" for none
	NoCertify string // why none can be certified; "" when they can
	Members   []ReviewMember
	More      ui.Link // "8 more, all alike"
	Note      string
	Error     string
}

// ReviewMember is one item of a group. Who differs is unticked and says how.
type ReviewMember struct {
	ID         string
	Href       string // opens it on its own
	Who        string
	Department string
	Used       string
	Granted    string
	Differs    string // "never used", "" for alike
	Ticked     bool
}

// ReviewDecided lists given answers, newest first.
type ReviewDecided struct {
	Count int
	Lede  string
	Rows  []ReviewGiven
	More  ui.Link
}

// ReviewGiven is an answer. Undo is POST; "" shows no button.
type ReviewGiven struct {
	ID      string
	Who     string
	What    string // "Engineer on EWS-02"
	Answer  string // a decision word
	Text    string // instead of the answer's own word: "Reduced to view"
	Note    string
	When    string
	OpenFor string // "0:52"
	Bulk    bool
	Entered string // "by root on the command line, for you"; "" when they answered themselves
	Undo    string
	Hidden  []ui.Param
}

// ReviewSign is the bar at the foot.
type ReviewSign struct {
	Open     int
	OpenHigh int
	Total    int
	Href     string // the statement, GET /reviews/{campaign}/sign
	Signed   string // "You signed off on 12 Nov 2026, 14:10."
}

// Sign is GET /reviews/{campaign}/sign: the statement, before and after. The
// form posts agree=yes to Action.
type Sign struct {
	Shell     ui.Shell
	Review    ui.Link
	Title     string
	Statement []string // sentences of what is attested
	Progress  ReviewProgress
	Revoked   []ReviewGiven // what will be removed, to be seen once more
	MoreHref  string        // all of them
	Action    string
	Open      int    // items still without an answer: no form
	Signed    string // by whom and when, afterwards
	Error     string
}

func (p ReviewProgress) decided() int {
	return p.Certified + p.Excepted + p.Reduced + p.Revoked + p.Unsure
}

func (p ReviewProgress) parts() []ui.Part {
	open := ui.Thousands(p.Total-p.decided()) + " open"
	if p.Minutes != "" {
		open += ", " + p.Minutes
	}
	return []ui.Part{
		{N: p.Certified, Text: ui.Thousands(p.Certified) + " certified", Tone: "good"},
		{N: p.Excepted, Text: ui.Thousands(p.Excepted) + " excepted", Tone: "hatch"},
		{N: p.Reduced, Text: ui.Thousands(p.Reduced) + " reduced", Tone: "acc"},
		{N: p.Revoked, Text: ui.Thousands(p.Revoked) + " revoked", Tone: "bad"},
		{N: p.Unsure, Text: ui.Thousands(p.Unsure) + " unsure", Tone: "warn"},
		{N: p.Total - p.decided(), Text: open},
	}
}

func (g ReviewGroup) ticked() int {
	n := 0
	for _, m := range g.Members {
		if m.Ticked {
			n++
		}
	}
	return n
}

func (s ReviewSign) sentence() string {
	switch {
	case s.Open == 0:
		return fmt.Sprintf("All %s are decided.", ui.Thousands(s.Total))
	case s.OpenHigh > 0:
		return fmt.Sprintf("%s still open, %s of them high risk.", ui.Thousands(s.Open), ui.Thousands(s.OpenHigh))
	}
	return fmt.Sprintf("%s still open.", ui.Thousands(s.Open))
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
