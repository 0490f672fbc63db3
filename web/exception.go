package web

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"interlock/internal/authz"
	"interlock/internal/exception"
	"interlock/web/page"
	"interlock/web/ui"
)

func (s *server) exception(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "exception")
	if err != nil {
		return err
	}
	e, err := s.Exception.Get(r.Context(), id)
	if err != nil {
		return err
	}
	return s.show(w, r, http.StatusOK, s.exceptionPage(r, e).Page())
}

func (s *server) exceptionPage(r *http.Request, e exception.Exception) page.Exception {
	words := exception.CapabilityOf(e.Capability)
	p := page.Exception{
		ID: exception.Number(e.ID), Title: e.AssetName + " cannot " + words.Words, Base: exception.Address(e.ID), Lede: s.exceptionLede(e),
		Place: place(e.Level, e.Domain), Asset: ui.Link{Label: e.AssetName, Href: assetHref(e.AssetID)},
		What: s.assetWords(e), Safety: e.SafetyRelated, Saved: strconv.Itoa(int(e.Latest().Saved)), Leaning: s.leaningRows(e), LeanCount: len(e.Leaning),
		Submit: e.Can.Submit, Withdraw: e.Can.Withdraw, Renew: e.Can.Renew && authz.Can(authz.From(r.Context()), "exception:request"),
		End: e.Can.End && authz.Can(authz.From(r.Context()), "exception:approve"),
	}
	p.Shell = s.shell(r, p.Title, "/exceptions")
	if e.Can.Edit {
		p.Edit = p.Base + "/edit"
	}
	p.Add = !e.State.Over() && e.Latest().State != string(exception.Submitted) && authz.Can(authz.From(r.Context()), "exception:request")
	p.Steps, p.Chips = s.exceptionSteps(e), exceptionMarks(s, e)
	if !e.DriftedSince.IsZero() && e.State == exception.Active {
		until := e.DriftedSince.Add(exception.Grace)
		p.WarnTitle = "A control failed or is past its test."
		p.Warn = fmt.Sprintf("If that stays so until %s, this exception is suspended and the %s that lean on it count as uncovered.", s.date(&until), ui.Plural(len(e.Leaning), "grant", "grants"))
	}
	s.exceptionControls(r, &p, e)
	s.exceptionFiles(r, &p, e)
	s.exceptionFacts(&p, e)
	s.exceptionScores(&p, e)
	s.exceptionHistory(&p, e)
	if e.Can.Answer && authz.Can(authz.From(r.Context()), "exception:approve") {
		p.Decision = s.exceptionDecision(e)
	}
	return p
}

func (s *server) exceptionLede(e exception.Exception) string {
	rev := e.Latest()
	if rev.Number > 1 && rev.State == string(exception.Submitted) {
		return fmt.Sprintf("Renewal %d asks for it until %s.", rev.Number-1, s.date(rev.EndsAt))
	}
	return rev.WayOut
}

func (s *server) assetWords(e exception.Exception) string {
	built := ""
	if e.InstalledOn != nil {
		built = "installed " + e.InstalledOn.UTC().Format("2006")
	}
	return joined(strings.TrimSpace(text(e.Vendor)+" "+text(e.Model)), built, text(e.SiteName), text(e.ZoneName))
}

func (s *server) exceptionSteps(e exception.Exception) []ui.Step {
	at := map[exception.State]int{exception.Draft: 0, exception.ChangesRequested: 0, exception.Submitted: 1, exception.Approved: 2, exception.Active: 3, exception.Suspended: 3}
	now, alive := at[e.State]
	if !alive {
		now = 4
	}
	active, last := "Active", "Ended"
	if e.ValidTo != nil {
		active = "Active until " + s.date(e.ValidTo)
	}
	if !alive {
		last = exceptionChips[e.State].Text
	}
	var steps []ui.Step
	for i, label := range []string{"Draft", "Submitted", "Approved", active, last} {
		steps = append(steps, ui.Step{Label: label, Done: i < now && alive, Current: i == now})
	}
	return steps
}

func exceptionMarks(s *server, e exception.Exception) (chips []ui.Chip) {
	if !e.DriftedSince.IsZero() && !e.State.Over() {
		chips = append(chips, ui.Chip{Text: "Drifting since " + s.date(&e.DriftedSince), Tone: "bad", Icon: "alert-triangle"})
	}
	if e.State == exception.Suspended || e.State.Over() {
		chips = append(chips, exceptionChips[e.State])
	}
	if rev := e.Latest(); rev.Number > 1 && rev.State == string(exception.Submitted) {
		chips = append(chips, ui.Chip{Text: "Renewal submitted", Tone: "info", Icon: "send"})
	}
	return chips
}

func (s *server) exceptionControls(r *http.Request, p *page.Exception, e exception.Exception) {
	actor := authz.From(r.Context())
	mayTest, mayDrop := authz.Can(actor, "exception:test"), authz.Can(actor, "exception:approve")
	for _, c := range e.Controls {
		row := page.ExceptionControl{
			ID: strconv.FormatInt(c.ID, 10), Title: c.Title, Evidence: c.Evidence, Method: c.Method, Owner: e.Name(c.Owner), Due: s.date(&c.NextDue), Dropped: c.DroppedAt != nil,
			Late: !c.NextDue.After(s.Now()), Note: c.LastNote,
		}
		if c.TestedAt != nil {
			row.Tested = s.date(c.TestedAt)
		}
		live := c.DroppedAt == nil && !e.State.Over()
		row.Mine = live && mayTest && c.Owner == actor.ID()
		row.MayDrop = live && mayDrop && e.Latest().State != string(exception.Submitted)
		if row.Result = testChip(c.Passed, row.Late); c.DroppedAt != nil {
			row.Result = ui.Chip{Text: "Out of use", Tone: "plain"}
		}
		p.Controls = append(p.Controls, row)
	}
}

func (s *server) exceptionFacts(p *page.Exception, e exception.Exception) {
	rev, words := e.Latest(), exception.CapabilityOf(e.Capability)
	f := e.Fields(rev)
	replaced := ""
	if f.ReplaceOn != nil {
		replaced = "replaced on " + s.date(f.ReplaceOn)
	}
	p.Facts = []ui.Fact{
		{Term: "Cannot", Text: words.Words, Sub: "assessed as “" + strings.ReplaceAll(e.Answer, "_", " ") + "”"},
		{Term: "Reason", Text: strings.TrimSpace(exception.ReasonWords(f.Reason) + ". " + f.Justification), Lost: "not said yet"},
		{Term: "Way out", Text: f.WayOut, Sub: joined(replaced, f.Outage, f.Budget), Lost: "not said yet"},
		{Term: "Asked for by", Text: e.Name(rev.RequestedBy)},
		{Term: "Risk owner", Text: e.Name(e.RiskOwner)},
		{Term: "Asked until", Text: s.date(f.EndsAt), Lost: "not said yet"},
		{Term: "Rules touched", Text: words.Rules},
	}
	if f.Reason == "" {
		p.Facts[1].Text = f.Justification
	}
	if e.FirstValidFrom != nil {
		p.Facts = append(p.Facts, ui.Fact{Term: "An exception for", Text: s.age(*e.FirstValidFrom), Sub: fmt.Sprintf("over %s", ui.Plural(int(e.Revision), "revision", "revisions"))})
	}
	if e.EndedAt != nil {
		p.Facts = append(p.Facts, ui.Fact{Term: "Ended", Text: s.moment(e.EndedAt), Sub: joined(e.Name(text(e.EndedBy)), text(e.EndedWhy))})
	}
}

func (s *server) exceptionScores(p *page.Exception, e exception.Exception) {
	for i := len(e.Revisions) - 1; i >= 0; i-- {
		rev := e.Revisions[i]
		f := e.Fields(rev)
		if i == len(e.Revisions)-1 {
			p.Scores = append(p.Scores, scoreRow("Without controls", f.Inherent, e.Name(rev.RequestedBy)))
		}
		label := "With controls"
		if rev.Number > 1 {
			label = fmt.Sprintf("With controls, renewal %d", rev.Number-1)
		}
		row := scoreRow(label, f.Residual, e.Name(rev.RequestedBy))
		row.Now = i == 0
		p.Scores = append(p.Scores, row)
	}
}

func scoreRow(label string, sc exception.Score, by string) page.ScoreRow {
	n := func(v int16) string {
		if v == 0 {
			return "–"
		}
		return strconv.Itoa(int(v))
	}
	row := page.ScoreRow{Label: label, Likelihood: n(sc.Likelihood), People: n(sc.People), Environment: n(sc.Environment), Supply: n(sc.Supply), Value: n(sc.Value()), By: by}
	if sc.Value() > 0 {
		row.Band = string(exception.BandOf(sc.Value()))
	}
	return row
}

var stepWords = map[string]string{
	"request": "Asked for", "save": "Changed", "submit": "Submitted", "send back": "Sent back for changes", "approve": "Approved", "reject": "Refused", "withdraw": "Taken back",
	"renew": "Renewal begun", "suspend": "Suspended", "expire": "Expired", "revoke": "Revoked", "close": "Closed", "add control": "Control added", "drop control": "Control taken out of use",
	"attach": "File attached", "drift": "Drifting noted", "test passed": "Control verified", "test failed": "Control failed",
}

func (s *server) exceptionHistory(p *page.Exception, e exception.Exception) {
	for i, step := range e.Steps {
		if i > 0 && step.Event == "save" && e.Steps[i-1].Event == "save" && e.Steps[i-1].Actor == step.Actor {
			continue // a draft saves itself many times: the last is told
		}
		words := stepWords[step.Event]
		if step.Revision > 1 && (step.Event == "submit" || step.Event == "approve" || step.Event == "reject") {
			words = fmt.Sprintf("Renewal %d %s", step.Revision-1, strings.ToLower(words))
		}
		ev := ui.Event{Text: words + " by " + e.Name(step.Actor), When: s.moment(&step.At)}
		if step.Reason != "" {
			ev.Text += ": " + step.Reason
		}
		switch {
		case step.Event == "test failed" || step.Event == "suspend" || step.Event == "expire" || step.Event == "drift":
			ev.Tone = "bad"
		case i == 0:
			ev.Tone = "now"
		}
		p.History = append(p.History, ev)
	}
}

func (s *server) leaningRows(e exception.Exception) (rows []page.LeaningRow) {
	for _, l := range e.Leaning[:min(len(e.Leaning), 12)] {
		row := page.LeaningRow{Kind: l.Kind, Who: l.Name, Href: identityHref(l.IdentityID), Right: l.Entitlement, Privilege: l.Privilege, Used: "never"}
		if l.LastUsedAt != nil {
			row.Used = s.recent(*l.LastUsedAt)
		}
		rows = append(rows, row)
	}
	return rows
}

func (s *server) exceptionDecision(e exception.Exception) *page.ExceptionDecision {
	rev := e.Latest()
	band := exception.BandOf(e.Fields(rev).Residual.Value())
	d := &page.ExceptionDecision{
		Title: "Your decision", NoApproval: e.Can.NoApproval, Back: "Goes back to " + e.Name(rev.RequestedBy) + ".", No: "It ends here; the gap stays uncovered.",
		Text: fmt.Sprintf("Asked for by %s on %s, until %s. What stays is %s risk, which may last %d days at most.", e.Name(rev.RequestedBy), s.date(rev.SubmittedAt), s.date(rev.EndsAt), band, e.Limits.Days(band)),
	}
	if rev.Number > 1 {
		d.Title = fmt.Sprintf("Your decision on renewal %d", rev.Number-1)
		d.Back += " The old end stands."
		d.No = "Ends on " + s.date(e.ValidTo) + ", then counts as uncovered."
		if left := exception.Renewals - int(rev.Number-1); left == 0 {
			d.Text += fmt.Sprintf(" It is the last of %d renewals; one more wants the next higher approver.", exception.Renewals)
		}
	}
	return d
}
