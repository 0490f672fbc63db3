package web

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"interlock/internal/authz"
	"interlock/internal/review"
	"interlock/web/page"
	"interlock/web/ui"
)

// campaignView turns a campaign into the page's props.
type campaignView struct {
	*server
	c     review.Campaign
	d     review.Definition
	base  string
	known review.Names // of who is named in the definition, made it or closed it
}

func (v campaignView) page(shell ui.Shell, a authz.Actor) page.Campaign {
	c := v.c
	p := page.Campaign{
		Shell: shell, Base: v.base, Name: c.Name, Revision: int(c.Revision), Title: c.Title, Lede: scopeWords(v.d), State: string(c.State),
		Steps: page.CampaignSteps(string(c.State), v.stepLabels()), May: mayDo(a, c.State), Facts: v.facts(), Definition: c.Definition,
	}
	if c.Beside != nil {
		p.May.Again = true
		p.Notes = append(p.Notes, page.Remark{Tone: "warn", Title: c.Beside.String() + ".", Text: besideText, Link: ui.Link{Label: "Look at it", Href: fmt.Sprintf("/campaigns/%d", c.Beside.Campaign)}})
	}
	if c.LaunchedAt == nil {
		return p
	}
	p.Figures = v.figures()
	p.Burn = v.burn()
	if late := p.Burn.AtDue; c.State.Open() && late > 0 {
		p.Pace = "On this pace " + ui.Plural(late, "item will be late.", "items will be late.")
	}
	if c.State.Open() || c.State == review.Paused {
		p.Silence = v.silence("If it ended today")
	}
	if len(c.Outcomes) > 0 {
		p.Outcome, p.Work = v.outcome(), v.work()
	}
	return p
}

// besideText is said where a campaign of the same definition runs.
const besideText = "People may be asked the same twice: close or cancel it first, or tick that both are meant."

func (v campaignView) stepLabels() map[string]string {
	labels := map[string]string{}
	if v.c.LaunchedAt != nil {
		labels["launching"] = "Launched " + v.c.LaunchedAt.In(v.Zone).Format("2 Jan")
	}
	if v.c.DueAt != nil && v.c.State == review.Active {
		labels["active"] = "Active until " + v.c.DueAt.In(v.Zone).Format("2 Jan, 15:04 MST")
	}
	return labels
}

func mayDo(a authz.Actor, st review.State) page.CampaignMay {
	run := authz.Can(a, "campaign:run")
	return page.CampaignMay{
		Launch: run && st == review.Draft, Pause: run && st == review.Active, Resume: run && st == review.Paused,
		Close: run && st.Open(), Cancel: run && st != review.Closed && st != review.Cancelled && st != review.Remediating,
		Evidence: authz.Can(a, "evidence:export") && st != review.Draft && st != review.Launching, Reassign: run && st.Open(),
	}
}

func (v campaignView) items(params ...string) string { return address(v.base+"/items", params...) }

func (v campaignView) figures() []ui.Figure {
	c := v.c
	highOpen := c.Open[review.High] + c.Open[review.Critical]
	high := ui.Figure{Title: "High risk open", Value: number(highOpen), Of: "of " + number(c.HighTotal), Href: v.items("answer", "open", "risk", "top")}
	if highOpen > 0 {
		high.Tone, high.Sub = "warn", orNone(c.SafetyOpen, "is safety-related", "are safety-related")
	}
	removals := c.Answered[review.Revoke] + c.Answered[review.Reduce]
	verified := c.Remediation["verified"]
	removed := ui.Figure{Title: "Removed and verified", Value: number(verified), Of: "of " + number(removals), Href: v.items("answer", "revoke"), Sub: "only a later import can show it"}
	if n := c.Remediation["reappeared"]; n > 0 {
		removed.Tone, removed.Sub = "bad", number(n)+" came back"
	}
	if !c.State.Open() && c.State != review.Paused {
		high = v.unanswered()
	}
	list := []ui.Figure{
		{Title: "Decided", Value: number(c.Decided()), Of: "of " + number(c.Items), Href: v.items(), Sub: fmt.Sprintf("%s certified, %s excepted, %s reduced, %s revoked, %s unsure",
			number(c.Answered[review.Certify]), number(c.Answered[review.Except]), number(c.Answered[review.Reduce]), number(c.Answered[review.Revoke]), number(c.Answered[review.Unsure]))},
		high,
		{Title: "Open", Value: number(c.OpenItems()), Of: "of " + number(c.Items), Href: v.items("answer", "open"), Sub: minutes(review.Minutes(c.Open)) + " of reviewers' time"},
		removed,
		{Title: "To the fallback", Value: number(c.FallbackItems), Of: "of " + number(c.Items), Href: v.items(), Sub: "no other reviewer was found"},
	}
	if !c.State.Open() && c.State != review.Paused {
		return slices.Delete(list, 2, 3)
	}
	return list
}

// unanswered says what became of what had no answer, once nothing is open.
func (v campaignView) unanswered() ui.Figure {
	var n int64
	var parts []string
	for _, o := range []struct{ outcome, words string }{{"revoked", "revoked"}, {"kept", "kept"}, {"escalated", "kept and escalated"}} {
		if silent := v.c.Silent[o.outcome]; silent > 0 {
			n += silent
			parts = append(parts, number(silent)+" "+o.words)
		}
	}
	f := ui.Figure{Title: "Without an answer", Value: number(n), Of: "of " + number(v.c.Items), Sub: joined(parts...)}
	if v.c.State == review.Cancelled {
		f.Value, f.Sub = number(v.c.OpenItems()), "cancelled: nothing followed"
	}
	return f
}

// burn counts what was open at the end of each day since the launch.
func (v campaignView) burn() *page.CampaignBurn {
	c := v.c
	first, last := c.LaunchedAt.In(v.Zone), v.lastDay().In(v.Zone)
	open, high := c.Items, c.HighTotal
	b := &page.CampaignBurn{AtDue: -1, Ended: !c.State.Open(), DueDay: c.DueAt.In(v.Zone).Format("2 Jan")}
	for d := first; dayNumber(d) <= dayNumber(last); d = d.AddDate(0, 0, 1) {
		done := c.Days[d.Format(time.DateOnly)]
		open, high = open-done.Items, high-done.High
		b.Days = append(b.Days, page.BurnDay{Day: d.Format("2 Jan"), Decided: int(done.Items), Open: int(open), High: int(high)})
	}
	for d := last.AddDate(0, 0, 1); dayNumber(d) <= dayNumber(c.DueAt.In(v.Zone)) && d.Sub(last) < soon; d = d.AddDate(0, 0, 1) {
		b.Ahead = append(b.Ahead, d.Format("2 Jan"))
	}
	if b.Ended {
		b.Ahead = nil
	}
	if n := len(b.Days); v.paceKnown() && n > 0 && len(b.Ahead) > 0 {
		pace := float64(c.Items-open) / float64(n)
		b.AtDue = int(math.Max(0, float64(open)-pace*float64(len(b.Ahead))))
	}
	when := "open now"
	if b.Ended {
		when = "open when it ended"
	}
	b.Text = fmt.Sprintf("%s items on %s, %s %s, %s of them high risk.", number(c.Items), first.Format("2 Jan"), number(open), when, number(high))
	return b
}

// paceKnown tells whether there is a pace to speak of: a day has passed and one
// in twenty is decided.
func (v campaignView) paceKnown() bool {
	return v.c.State.Open() && v.Now().Sub(*v.c.LaunchedAt) >= 24*time.Hour && 20*v.c.Decided() >= v.c.Items
}

func (v campaignView) lastDay() time.Time {
	if v.c.ClosedAt != nil {
		return *v.c.ClosedAt
	}
	return v.Now()
}

func (v campaignView) silence(title string) *page.CampaignSilence {
	out := &page.CampaignSilence{Title: title}
	for _, r := range []struct{ class, rule string }{{"it", v.d.Silence.IT}, {"ot", v.d.Silence.OT}, {"safety", v.d.Silence.Safety}} {
		n := int(v.c.OpenBy[r.class])
		out.Open += n
		out.Rows = append(out.Rows, page.SilenceRow{Class: r.class, Items: n, Rule: r.rule})
	}
	return out
}

func (v campaignView) outcome() *page.CampaignOutcome {
	out := &page.CampaignOutcome{Total: int(v.c.Items)}
	for _, o := range []string{"certified", "excepted", "reduced", "revoked", "kept", "escalated"} {
		if n := v.c.Outcomes[o]; n > 0 {
			out.Rows = append(out.Rows, page.OutcomeRow{Outcome: o, Items: int(n), Silent: int(v.c.Silent[o]), Href: v.items("outcome", o)})
		}
	}
	return out
}

func (v campaignView) work() *page.CampaignWork {
	out := &page.CampaignWork{Href: address("/remediation", "campaign", strconv.FormatInt(v.c.ID, 10))}
	for _, st := range []string{"open", "scheduled", "done", "verified", "reappeared", "held", "impossible"} {
		n := int(v.c.Remediation[st])
		out.Total += n
		if n > 0 {
			out.Rows = append(out.Rows, page.WorkRow{State: st, Items: n, Href: address("/remediation", "campaign", strconv.FormatInt(v.c.ID, 10), "state", st)})
		}
	}
	if out.Total == 0 {
		return nil
	}
	return out
}

func (v campaignView) facts() []ui.Fact {
	c := v.c
	list := []ui.Fact{
		{Term: "Scope", Text: v.d.Scope}, {Term: "Reviewers", Text: capital(joined(v.called(v.d.Stages[0].Reviewers)...))},
		{Term: "Fallback", Text: joined(v.called(v.d.Fallback)...)}, {Term: "Made by", Text: actorWords(c.CreatedBy, v.known), Sub: v.date(&c.CreatedAt)},
	}
	if c.DueAt != nil {
		list = append(list, ui.Fact{Term: "Due", Text: v.dueOn(*c.DueAt, "")})
	}
	if c.ClosedBy != nil {
		list = append(list, ui.Fact{Term: "Closed by", Text: actorWords(*c.ClosedBy, v.known), Sub: v.moment(c.ClosedAt)})
	}
	return list
}

// called says rules of a definition in words, and people by name.
func (v campaignView) called(rules []string) []string {
	words := map[string]string{"owner": "owner", "manager": "manager", "asset_owner": "owner of the asset", "entitlement_owner": "owner of the right"}
	list := make([]string, len(rules))
	for i, r := range rules {
		list[i] = orElse(words[r], actorWords(r, v.known))
	}
	return list
}

func (v campaignView) reviewers(p *page.Campaign, rows []review.ReviewerRow, whole bool) {
	shown := rows[:min(len(rows), listPage)]
	p.ReviewersLede = "by e-mail"
	if len(rows) <= listPage && whole && v.c.State.Open() { // all are here
		p.ReviewersLede = "most open first"
		slices.SortStableFunc(shown, func(a, b review.ReviewerRow) int { return cmp.Compare(b.Items-b.Decided, a.Items-a.Decided) })
	}
	late := 0
	for _, r := range shown {
		row := v.reviewer(r, p.May.Reassign)
		p.Reviewers = append(p.Reviewers, row)
		if row.Late {
			late++
		}
	}
	p.May.Remind = p.May.Reassign && slices.ContainsFunc(p.Reviewers, func(r page.CampaignReviewer) bool { return r.Remind })
	if whole && len(rows) <= listPage {
		v.asLaunched(p, shown)
	}
	if late > 0 && len(rows) <= listPage && whole {
		p.Figures = append(p.Figures, ui.Figure{Title: "Reviewers late", Value: ui.Thousands(late), Of: "of " + ui.Thousands(len(shown)), Tone: "warn", Sub: "past the due date, with items open"})
	}
	p.ReviewersPager = ui.Pager{Text: ui.Plural(len(shown), "reviewer", "reviewers")}
	if len(rows) > listPage {
		p.ReviewersPager.Next = address(v.base, "after", shown[listPage-1].Reviewer)
	}
}

// asLaunched compares what was asked with what came; time is told of the answers
// that were given one by one.
func (v campaignView) asLaunched(p *page.Campaign, rows []review.ReviewerRow) {
	c := v.c
	if c.Launched == nil {
		return
	}
	var spent int64
	for _, r := range rows {
		spent += r.SpentMs
	}
	p.AsLaunched = &page.AsLaunched{When: v.date(c.LaunchedAt), Rows: []page.AsLaunchedRow{
		{Label: "At launch", Items: int(c.Items), Reviewers: int(c.Launched.Reviewers), Fallback: int(c.FallbackItems), Time: hours(review.Minutes(c.Asked))},
		{Label: "So far", Items: int(c.Items), Reviewers: int(c.Reviewers), Fallback: int(c.FallbackItems), Time: timeSpent(spent)},
	}}
	if c.ClosedAt != nil {
		p.AsLaunched.Rows[1].Label = "In the end"
	}
}

// orNone is Plural that says none for 0.
func orNone(n int64, one, many string) string {
	if n == 0 {
		return "none " + one
	}
	return ui.Plural(int(n), one, many)
}

func timeSpent(ms int64) string {
	if ms == 0 {
		return ""
	}
	return hours(max(1, int(ms/60000)))
}

// Below hastySeconds an item, or above hastyBulk of the answers in bulk, a
// reviewer's answers are worth a second look: our figures, from what careful
// reading of one case takes.
const (
	hastySeconds = 3
	hastyBulk    = 0.9
)

func (v campaignView) reviewer(r review.ReviewerRow, run bool) page.CampaignReviewer {
	over := v.c.State.Open() && v.c.DueAt != nil && v.c.DueAt.Before(v.Now())
	out := page.CampaignReviewer{
		Name: r.Name, Email: r.Reviewer, Href: v.items("reviewer", r.Reviewer), Decided: int(r.Decided), Total: int(r.Items), High: int(r.HighOpen),
		HighHref: v.items("reviewer", r.Reviewer, "answer", "open", "risk", "top"), Late: over && r.Decided < r.Items,
	}
	if r.Name == r.Reviewer {
		out.Email = ""
	}
	if r.MedianMs >= 0 {
		ms := int64(r.MedianMs)
		out.Median = openFor(&ms)
		out.Hasty = ms < hastySeconds*1000 && r.Decided >= 10
	}
	if r.Decided > 0 {
		out.Bulk, out.Kept = percentOf(r.Bulk, r.Decided), percentOf(r.Kept, r.Decided)
		out.Hasty = out.Hasty || (r.Decided >= 20 && float64(r.Bulk) > hastyBulk*float64(r.Decided))
	}
	if r.LastSeenAt != nil {
		out.LastSeen = v.lately(*r.LastSeenAt)
	}
	if run && r.Decided < r.Items {
		out.Remind, out.Reassign = r.RemindedAt == nil || v.Now().Sub(*r.RemindedAt) >= review.Quiet, reassignHref(v.base, r.Reviewer)
	}
	if r.RemindedAt != nil && r.Decided < r.Items {
		out.Reminded = v.recent(*r.RemindedAt)
	}
	if r.EnteredBy != nil {
		out.Entered = "by " + actorWords(*r.EnteredBy, nil)
	}
	out.State = page.ReviewerState(reviewerState(r, out.Late))
	if !v.c.State.Open() && v.c.State != review.Paused && r.SignedAt == nil {
		out.State = ui.Chip{Text: "Not signed off"}
	}
	return out
}

func reviewerState(r review.ReviewerRow, late bool) string {
	switch {
	case r.SignedAt != nil:
		return "signed"
	case r.Items == 0:
		return "none"
	case r.Items > 0 && r.Decided == r.Items:
		return "decided"
	case late:
		return "late"
	case r.Decided > 0:
		return "begun"
	}
	return ""
}

func percentOf(n, of int64) string { return fmt.Sprintf("%d %%", (n*100+of/2)/of) }
