package web

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"interlock/internal/authz"
	"interlock/internal/errs"
	"interlock/internal/review"
	"interlock/web/page"
	"interlock/web/ui"
)

func (s *server) campaign(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "campaign")
	if err != nil {
		return err
	}
	c, err := s.Review.Campaign(r.Context(), id)
	if err != nil {
		return err
	}
	after := r.URL.Query().Get("after")
	reviewers, err := s.Review.Reviewers(r.Context(), id, after, listPage+1)
	if err != nil {
		return err
	}
	v := campaignView{server: s, c: c, d: c.Parsed(), base: fmt.Sprintf("/campaigns/%d", id)}
	p := v.page(s.shell(r, c.Title, "/campaigns"), authz.From(r.Context()))
	v.reviewers(&p, reviewers)
	p.Job = s.campaignJob(r, c)
	return s.show(w, r, http.StatusOK, p.Page())
}

// campaignJob shows how far a launch or a close is, or why a launch was refused.
func (s *server) campaignJob(r *http.Request, c review.Campaign) *page.JobBox {
	j, err := s.Jobs.Of(r.Context(), fmt.Sprintf("campaign:%d", c.ID))
	if err != nil || j.State == "done" || (j.Ended() && j.Kind == "launch" && c.State != review.Draft) {
		return nil
	}
	box := s.jobBox(j)
	box.Then = ui.Link{}
	return &box
}

// campaignView turns a campaign into the page's props.
type campaignView struct {
	*server
	c    review.Campaign
	d    review.Definition
	base string
}

func (v campaignView) page(shell ui.Shell, a authz.Actor) page.Campaign {
	c := v.c
	p := page.Campaign{
		Shell: shell, Base: v.base, Name: c.Name, Revision: int(c.Revision), Title: c.Title, Lede: scopeWords(v.d), State: string(c.State),
		Steps: page.CampaignSteps(string(c.State), v.stepLabels()), May: mayDo(a, c.State), Facts: v.facts(), Definition: c.Definition,
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

func (v campaignView) stepLabels() map[string]string {
	labels := map[string]string{}
	if v.c.LaunchedAt != nil {
		labels["launching"] = "Launched " + v.c.LaunchedAt.In(v.Zone).Format("2 Jan")
	}
	if v.c.DueAt != nil && v.c.State == review.Active {
		labels["active"] = "Active until " + v.c.DueAt.In(v.Zone).Format("2 Jan, 15:04")
	}
	return labels
}

func mayDo(a authz.Actor, st review.State) page.CampaignMay {
	run := authz.Can(a, "campaign:run")
	return page.CampaignMay{
		Launch: run && st == review.Draft, Pause: run && st == review.Active, Resume: run && st == review.Paused,
		Close: run && st.Open(), Cancel: run && st != review.Closed && st != review.Cancelled && st != review.Remediating,
		Evidence: authz.Can(a, "evidence:export") && st != review.Draft && st != review.Launching,
	}
}

func (v campaignView) items(params ...string) string { return address(v.base+"/items", params...) }

func (v campaignView) figures() []ui.Figure {
	c := v.c
	highOpen := c.Open[review.High] + c.Open[review.Critical]
	high := ui.Figure{Title: "High risk open", Value: number(highOpen), Of: "of " + number(c.HighTotal), Href: v.items("answer", "open", "risk", "top")}
	if highOpen > 0 {
		high.Tone, high.Sub = "warn", ui.Plural(int(c.SafetyOpen), "is safety-related", "are safety-related")
	}
	removals := c.Answered[review.Revoke] + c.Answered[review.Reduce]
	verified := c.Remediation["verified"]
	removed := ui.Figure{Title: "Removed and verified", Value: number(verified), Of: "of " + number(removals), Href: v.items("answer", "revoke"), Sub: "only a later import can show it"}
	if n := c.Remediation["reappeared"]; n > 0 {
		removed.Tone, removed.Sub = "bad", number(n)+" came back"
	}
	return []ui.Figure{
		{Title: "Decided", Value: number(c.Decided()), Of: "of " + number(c.Items), Href: v.items(), Sub: fmt.Sprintf("%s certified, %s reduced, %s revoked, %s unsure",
			number(c.Answered[review.Certify]), number(c.Answered[review.Reduce]), number(c.Answered[review.Revoke]), number(c.Answered[review.Unsure]))},
		high,
		{Title: "Open", Value: number(c.OpenItems()), Of: "of " + number(c.Items), Href: v.items("answer", "open"), Sub: minutes(review.Minutes(c.Open)) + " of reviewers' time"},
		removed,
		{Title: "To the fallback", Value: number(c.FallbackItems), Of: "of " + number(c.Items), Href: v.items(), Sub: "no other reviewer was found"},
	}
}

// burn counts what was open at the end of each day since the launch.
func (v campaignView) burn() *page.CampaignBurn {
	c := v.c
	byDay := map[int]review.Day{}
	for _, d := range c.Days {
		byDay[dayNumber(d.Day.In(v.Zone))] = d
	}
	first, last := c.LaunchedAt.In(v.Zone), v.lastDay().In(v.Zone)
	open, high := c.Items, c.HighTotal
	b := &page.CampaignBurn{AtDue: -1, Ended: !c.State.Open(), DueDay: c.DueAt.In(v.Zone).Format("2 Jan")}
	for d := first; dayNumber(d) <= dayNumber(last); d = d.AddDate(0, 0, 1) {
		done := byDay[dayNumber(d)]
		open, high = open-done.Items, high-done.High
		b.Days = append(b.Days, page.BurnDay{Day: d.Format("2 Jan"), Decided: int(done.Items), Open: int(open), High: int(high)})
	}
	for d := last.AddDate(0, 0, 1); dayNumber(d) <= dayNumber(c.DueAt.In(v.Zone)) && d.Sub(last) < soon; d = d.AddDate(0, 0, 1) {
		b.Ahead = append(b.Ahead, d.Format("2 Jan"))
	}
	if n := len(b.Days); c.State.Open() && n > 0 && len(b.Ahead) > 0 {
		pace := float64(c.Items-open) / float64(n)
		b.AtDue = int(math.Max(0, float64(open)-pace*float64(len(b.Ahead))))
	}
	b.Text = fmt.Sprintf("%s items on %s, %s open now, %s of them high risk.", number(c.Items), first.Format("2 Jan"), number(open), number(high))
	return b
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
	for _, o := range []string{"certified", "reduced", "revoked", "kept", "escalated"} {
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
		{Term: "Scope", Text: v.d.Scope}, {Term: "Reviewers", Text: joined(v.d.Stages[0].Reviewers...)},
		{Term: "Fallback", Text: joined(v.d.Fallback...)}, {Term: "Made by", Text: c.CreatedBy, Sub: v.date(&c.CreatedAt)},
	}
	if c.DueAt != nil {
		list = append(list, ui.Fact{Term: "Due", Text: v.moment(c.DueAt)})
	}
	if c.ClosedBy != nil {
		list = append(list, ui.Fact{Term: "Closed by", Text: *c.ClosedBy, Sub: v.moment(c.ClosedAt)})
	}
	return list
}

func (v campaignView) reviewers(p *page.Campaign, rows []review.ReviewerRow) {
	shown := rows[:min(len(rows), listPage)]
	for _, r := range shown {
		p.Reviewers = append(p.Reviewers, v.reviewer(r))
	}
	p.ReviewersLede = "by e-mail"
	p.ReviewersPager = ui.Pager{Text: ui.Plural(len(shown), "reviewer", "reviewers")}
	if len(rows) > listPage {
		p.ReviewersPager.Next = address(v.base, "after", shown[listPage-1].Reviewer)
	}
}

// Below hastySeconds an item, or above hastyBulk of the answers in bulk, a
// reviewer's answers are worth a second look: our figures, from what careful
// reading of one case takes.
const (
	hastySeconds = 3
	hastyBulk    = 0.9
)

func (v campaignView) reviewer(r review.ReviewerRow) page.CampaignReviewer {
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
		out.LastSeen = v.recent(*r.LastSeenAt)
	}
	out.State = page.ReviewerState(reviewerState(r, out.Late))
	return out
}

func reviewerState(r review.ReviewerRow, late bool) string {
	switch {
	case r.SignedAt != nil:
		return "signed"
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

// act makes a handler of a move of a campaign.
func (s *server) act(move func(context.Context, int64) error, said string) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		id, err := pathID(r, "campaign")
		if err != nil {
			return err
		}
		if err := move(r.Context(), id); err != nil {
			return err
		}
		s.tell(r, said, "")
		return see(w, r, fmt.Sprintf("/campaigns/%d", id))
	}
}

func (s *server) startLaunch(ctx context.Context, id int64) error {
	_, err := s.Review.StartLaunch(ctx, id)
	return err
}

func (s *server) closeCampaign(ctx context.Context, id int64) error {
	_, err := s.Review.StartClose(ctx, id)
	return err
}

func (s *server) askClose(w http.ResponseWriter, r *http.Request) error {
	return s.ask(w, r, func(v campaignView, p *page.CampaignAsk) {
		p.Title, p.Do, p.Keep, p.Action = "Close "+v.c.Title+"?", "Close it", "Keep it open", v.base+"/close"
		p.Silence = v.silence("Without an answer")
		removals := v.c.Answered[review.Revoke] + v.c.Answered[review.Reduce]
		p.Says = []string{
			fmt.Sprintf("%s of %s items have an answer; %s become work to remove access.", number(v.c.Decided()), number(v.c.Items), number(removals)),
			"What has no answer is treated as the definition says:",
		}
	})
}

func (s *server) askCancel(w http.ResponseWriter, r *http.Request) error {
	return s.ask(w, r, func(v campaignView, p *page.CampaignAsk) {
		p.Title, p.Do, p.Keep, p.Action, p.Danger = "Cancel "+v.c.Title+"?", "Cancel it", "Keep it", v.base+"/cancel", true
		p.Says = []string{fmt.Sprintf("The %s answers given so far stay on record but have no effect.", number(v.c.Decided())), "Nothing is removed, and nobody can answer any more."}
	})
}

func (s *server) ask(w http.ResponseWriter, r *http.Request, fill func(campaignView, *page.CampaignAsk)) error {
	id, err := pathID(r, "campaign")
	if err != nil {
		return err
	}
	c, err := s.Review.Campaign(r.Context(), id)
	if err != nil {
		return err
	}
	v := campaignView{server: s, c: c, d: c.Parsed(), base: fmt.Sprintf("/campaigns/%d", id)}
	p := page.CampaignAsk{Shell: s.shell(r, c.Title, "/campaigns"), Campaign: ui.Link{Label: c.Title, Href: v.base}, Unsigned: int(c.Unsigned)}
	fill(v, &p)
	return s.show(w, r, http.StatusOK, p.Page())
}

// itemFilter reads the filter of the list of items.
func itemFilter(r *http.Request) review.ItemFilter {
	q := r.URL.Query()
	f := review.ItemFilter{Reviewer: q.Get("reviewer"), Answer: q.Get("answer"), Outcome: q.Get("outcome"), After: cursorOf(q.Get("after")), Page: listPage + 1}
	f.Lowest, f.Highest = review.Low, review.Critical
	if q.Get("risk") == "top" {
		f.Lowest = review.High
	} else if risk := riskOf(q.Get("risk")); risk != 0 {
		f.Lowest, f.Highest = risk, risk
	}
	return f
}

func (s *server) campaignItems(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "campaign")
	if err != nil {
		return err
	}
	c, err := s.Review.Campaign(r.Context(), id)
	if err != nil {
		return err
	}
	rows, err := s.Review.Items(r.Context(), id, itemFilter(r))
	if err != nil {
		return err
	}
	q, base := r.URL.Query(), fmt.Sprintf("/campaigns/%d/items", id)
	keep := []string{"reviewer", q.Get("reviewer"), "answer", q.Get("answer"), "outcome", q.Get("outcome"), "risk", q.Get("risk")}
	p := page.CampaignItems{
		Shell: s.shell(r, "Items of "+c.Title, "/campaigns"), Campaign: ui.Link{Label: c.Title, Href: fmt.Sprintf("/campaigns/%d", id)}, Action: base,
		Reviewer: q.Get("reviewer"), Answer: q.Get("answer"), Outcome: q.Get("outcome"), Risk: q.Get("risk"), Closed: len(c.Outcomes) > 0,
		CSV: address(base+".csv", keep...), Lede: number(c.Items) + " items in all, each frozen as it was at launch.",
	}
	shown := rows[:min(len(rows), listPage)]
	for _, row := range shown {
		p.Rows = append(p.Rows, s.campaignItem(row))
	}
	p.Pager = ui.Pager{Text: ui.Plural(len(shown), "item", "items") + ", riskiest first"}
	if len(rows) > listPage {
		last := shown[listPage-1]
		after := cursorText(&review.Cursor{Section: "items", Risk: review.Risk(last.Risk), ID: last.ID})
		p.Pager.Next = address(base, append(keep, "after", after)...)
	}
	return s.show(w, r, http.StatusOK, p.Page())
}

func (s *server) campaignItem(i review.ItemRow) page.CampaignItem {
	row := page.CampaignItem{
		ID: strconv.FormatInt(i.ID, 10), Risk: review.Risk(i.Risk).String(), Kind: i.IdentityKind, Who: i.IdentityName, Key: i.IdentityKey,
		Right: i.EntitlementName, Privilege: text(i.Privilege), Place: place(i.Level, i.AssetDomain), Asset: i.AssetName, Reviewer: i.Reviewer,
		Recommendation: i.Recommendation, Reasons: brief(i.Reasons), Answer: text(i.Decision), Outcome: text(i.Outcome), Note: text(i.Note),
	}
	if by := text(i.DecidedBy); by != i.Reviewer {
		row.By = by
	}
	if i.DecidedAt != nil {
		row.When = s.recent(*i.DecidedAt)
	}
	row.Bulk = i.Bulk != nil && *i.Bulk
	return row
}

// brief says what speaks against, as much as a row has room for.
func brief(codes []string) string {
	var against []string
	for _, c := range codes {
		if strings.HasPrefix(c, "-") {
			against = append(against, review.ReasonOf(c).Text)
		}
	}
	const room = 2
	if len(against) > room {
		return fmt.Sprintf("%s; %d more", strings.Join(against[:room], "; "), len(against)-room)
	}
	return strings.Join(against, "; ")
}

func (s *server) campaignItemsCSV(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "campaign")
	if err != nil {
		return err
	}
	if _, err := s.Review.Definition(r.Context(), id); err != nil {
		return err
	}
	download(w, "text/csv; charset=utf-8", fmt.Sprintf("campaign-%d-items.csv", id))
	f := itemFilter(r)
	f.After = review.Cursor{}
	return s.streamed(r, s.Review.WriteItems(r.Context(), id, f, w))
}

func download(w http.ResponseWriter, kind, name string) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
}

// streamed logs the failure of an answer that is already on its way.
func (s *server) streamed(r *http.Request, err error) error {
	if err != nil {
		s.logFailure(r, errs.Internal, err)
		panic(http.ErrAbortHandler)
	}
	return nil
}

func (s *server) evidence(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "campaign")
	if err != nil {
		return err
	}
	c, err := s.Review.Campaign(r.Context(), id)
	if err != nil {
		return err
	}
	p := page.Evidence{Shell: s.shell(r, "Evidence of "+c.Title, "/campaigns"), Campaign: ui.Link{Label: c.Title, Href: fmt.Sprintf("/campaigns/%d", id)}, Holds: packParts}
	p.Action = fmt.Sprintf("/campaigns/%d/evidence", id)
	if c.State.Open() {
		p.Notes = append(p.Notes, page.Remark{Tone: "info", Title: "The campaign still runs.", Text: "A pack made now shows how it stands today."})
	}
	return s.show(w, r, http.StatusOK, p.Page())
}

var packParts = []page.EvidencePart{
	{File: "items.csv, items.json", What: "every item with the facts as they were frozen at launch"},
	{File: "decisions.csv, decisions.json", What: "who decided what, when, for how long it was open, and what was shown; answers taken back too"},
	{File: "campaign.json, definition.yaml", What: "what was asked of whom, and who signed off on which statement"},
	{File: "remediations.csv", What: "the removals this obliges"},
	{File: "audit.jsonl, checkpoint.txt", What: "the campaign's part of the audit log, each event with its proof of inclusion under a signed head"},
	{File: "manifest.json, manifest.sig", What: "the SHA-256 of every file, signed with this installation's key"},
}

func (s *server) evidencePack(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "campaign")
	if err != nil {
		return err
	}
	if err := s.Control.MayExport(r.Context(), id); err != nil {
		return err
	}
	download(w, "application/zip", fmt.Sprintf("campaign-%d.zip", id))
	return s.streamed(r, s.Control.Export(r.Context(), id, w, nil))
}
