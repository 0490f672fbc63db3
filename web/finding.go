package web

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"interlock/internal/authz"
	"interlock/internal/errs"
	"interlock/internal/finding"
	"interlock/web/page"
	"interlock/web/ui"
)

func findingHref(id int64) string { return fmt.Sprintf("/findings/%d", id) }

func (s *server) finding(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "finding")
	if err != nil {
		return err
	}
	return s.showFinding(w, r, id, http.StatusOK, nil, "")
}

// showFinding shows a finding; what was refused stands beside the form that it was
// typed into.
func (s *server) showFinding(w http.ResponseWriter, r *http.Request, id int64, status int, refused *errs.Error, form string) error {
	f, err := s.Finding.Get(r.Context(), id)
	if err != nil {
		return err
	}
	v := findingView{server: s, r: r, f: f}
	p := v.page()
	if refused != nil && !p.Refuse(form, r.PostForm, refused.Message, refused.Field) {
		return refused // somebody else was faster
	}
	return s.show(w, r, status, p.Page())
}

// findingView turns a finding into the page's props.
type findingView struct {
	*server
	r *http.Request
	f finding.One
}

func (v findingView) may(permission string) bool {
	return authz.Can(authz.From(v.r.Context()), permission)
}

func (v findingView) page() page.Finding {
	f := v.f
	title := orElse(f.What.Title, f.Rule)
	p := page.Finding{
		Shell: v.shell(v.r, title, "/findings"), Title: title, Note: f.Note, Rule: ui.Link{Label: title, Href: address("/findings", "rule", f.Rule)}, ID: fmt.Sprintf("F-%d", f.ID),
		Severity: f.Severity.String(), Chips: v.chips(), Facts: v.facts(), History: v.history(), Base: findingHref(f.ID), Links: v.links(),
	}
	if f.What.ID != "" {
		p.Text = ruleText(f.What)
	}
	if f.ClosedAt != nil {
		p.Closed = "Closed on " + v.date(f.ClosedAt) + ": the fact is gone. If it comes back, that is a new finding with an age of its own."
		return p
	}
	v.forms(&p)
	return p
}

func (v findingView) chips() []ui.Chip {
	f, now := v.f, v.Now()
	switch {
	case f.ClosedAt != nil:
		return []ui.Chip{{Text: "closed", Tone: "good", Icon: "check"}}
	case f.AcknowledgedAt(now):
		return []ui.Chip{{Text: "acknowledged until " + v.date(f.AcknowledgedUntil), Icon: "eye"}, {Text: "open " + v.age(f.OpenedAt), Icon: "clock"}}
	}
	return []ui.Chip{{Text: "open " + v.age(f.OpenedAt), Tone: "warn", Icon: "clock"}}
}

// forms are what the reader can do about an open finding.
func (v findingView) forms(p *page.Finding) {
	f, today := v.f, v.Now().In(v.Zone)
	last := today.AddDate(0, 0, f.Severity.MostDays())
	if f.AcknowledgedAt(v.Now()) {
		a := f.Acknowledgements[0]
		p.Known = &page.FindingKnown{By: actorWords(a.Actor, v.called(v.r, a.Actor)), Since: v.date(&a.At), Until: v.date(&a.Until), Reason: a.Reason, MayEnd: v.may("finding:acknowledge")}
	}
	if v.may("finding:acknowledge") && f.AboutReader {
		p.WhyNot = "It is about you: a colleague has to acknowledge it."
	}
	if v.may("finding:acknowledge") && !f.AboutReader {
		p.Acknowledge = &page.FindingForm{
			First: today.AddDate(0, 0, 1).Format(time.DateOnly), Last: last.Format(time.DateOnly), Ends: min(30, f.Severity.MostDays()),
			Hint: fmt.Sprintf("At most %d days for %s. It ends by itself as that day begins.", f.Severity.MostDays(), f.Severity),
		}
		p.Acknowledge.Until = today.AddDate(0, 0, p.Acknowledge.Ends).Format(time.DateOnly)
		if f.Rule == finding.BreakGlass {
			p.Review = &page.FindingForm{}
		}
	}
	if v.may("finding:rule") && f.MayAllow() {
		p.Allow = &page.FindingForm{First: today.AddDate(0, 0, 1).Format(time.DateOnly), Last: today.AddDate(1, 0, 0).Format(time.DateOnly), Until: today.AddDate(0, 6, 0).Format(time.DateOnly), Hint: "At most a year. It ends as that day begins."}
	}
}

func (v findingView) facts() (list []ui.Fact) {
	f := v.f
	if f.IdentityID != nil {
		list = append(list, ui.Fact{Term: "Identity", Text: text(f.IdentityName), Href: identityHref(*f.IdentityID), Sub: kindWords[text(f.IdentityKind)] + ", " + text(f.IdentitySource) + ":" + text(f.IdentityKey)})
		list = append(list, v.owner("identity", text(f.IdentityKind))...)
	}
	if f.AssetID != nil {
		level := "level unknown"
		if f.Level != nil {
			level = fmt.Sprintf("level %g", *f.Level)
		}
		list = append(list, ui.Fact{Term: "Asset", Text: text(f.AssetName), Href: assetHref(*f.AssetID), Sub: joined(level, text(f.Site))})
		list = append(list, v.owner("asset", "")...)
	}
	list = append(list, v.grant()...)
	list = append(list, v.secret()...)
	return append(list, ui.Fact{Term: "Open since", Text: v.date(&f.OpenedAt), Sub: v.age(f.OpenedAt)})
}

// owner is who answers for the identity or the asset, where somebody should.
func (v findingView) owner(subject, kind string) []ui.Fact {
	term := map[string]string{"identity": "Its owner", "asset": "Asset owner"}[subject]
	if kind == "vendor" {
		term = "Its sponsor"
	}
	for _, a := range v.f.Answers {
		if a.Subject != subject {
			continue
		}
		fact := ui.Fact{Term: term, Text: text(a.OwnerName), Lost: "nobody"}
		if a.OwnerID != nil && a.OwnerName != nil {
			fact.Href = identityHref(*a.OwnerID)
		}
		if a.OwnerName != nil && a.Standing != "owned" {
			fact.Chips = []ui.Chip{{Text: "no longer here", Tone: "warn", Icon: "logout"}}
		}
		return []ui.Fact{fact}
	}
	return nil
}

func (v findingView) grant() []ui.Fact {
	g := v.f.Grant
	if g == nil {
		return nil
	}
	way := strings.TrimSpace(conduitWords[text(g.ConduitKind)] + " " + text(g.ConduitExternalID))
	list := []ui.Fact{
		{Term: "Right", Text: g.EntitlementName, Sub: text(g.EntitlementPrivilege)},
		{Term: "Means", Text: text(g.EntitlementDescription), Lost: "not described"},
		{Term: "Granted", Text: joined(v.date(g.GrantedAt), prefixed("by ", text(g.GrantedBy)), prefixed("ticket ", text(g.Ticket)))},
		{Term: "Ends", Text: orElse(v.date(g.ExpiresAt), "no end date")},
		{Term: "Last used", Text: v.date(g.LastUsedAt), Lost: "no use known"},
		{Term: "Way", Text: way, Lost: "no way named"},
	}
	if g.CrossesBoundary {
		list[0].Chips = []ui.Chip{{Text: "crosses the boundary", Tone: "warn", Icon: "route"}}
	}
	return list
}

func (v findingView) secret() []ui.Fact {
	c := v.f.Secret
	if c == nil {
		return nil
	}
	row := profile{server: v.server, r: v.r, m: moment{when: v.Now()}, zone: v.Zone}.secret(secret{c.ExternalID, c.Kind, c.IssuedAt, c.RotatedAt, c.ExpiresAt, c.RotationDays, c.Storage})
	kept := ui.Fact{Term: "Kept", Text: joined(row.Stored, prefixed("on ", text(c.StoredOn)))}
	if row.Bad {
		kept.Tone = "bad"
	}
	return []ui.Fact{
		{Term: "Secret", Text: row.Kind, Sub: row.Key}, kept,
		{Term: "Age", Text: row.Age, Sub: row.Since}, {Term: "To be changed", Text: row.Window, Sub: row.Late, Lost: "no rule known"},
		{Term: "Expires", Text: orElse(row.Ends, "never")},
	}
}

// history is what happened to the finding and to those before it, newest first.
func (v findingView) history() []ui.Event {
	type event struct {
		at time.Time
		ui.Event
	}
	var list []event
	add := func(at time.Time, tone, words string) {
		list = append(list, event{at, ui.Event{When: v.moment(&at), Text: words, Tone: tone}})
	}
	for _, s := range v.f.Spells {
		if s.ClosedAt != nil {
			add(*s.ClosedAt, "", "Closed by itself: the fact was gone")
		}
		word, tone := "Found: ", "now"
		if s.ID != v.f.ID {
			word, tone = "Found another time: ", ""
		}
		add(s.OpenedAt, tone, word+s.Note)
	}
	for i, a := range v.f.Acknowledgements {
		who := actorWords(a.Actor, v.called(v.r, a.Actor))
		switch {
		case !a.Until.After(a.At):
			add(a.At, "", "Acknowledgement taken back by "+who+": "+a.Reason)
		default:
			add(a.At, "", "Acknowledged by "+who+" until "+v.date(&a.Until)+": "+a.Reason)
		}
		if i == 0 && a.Until.After(a.At) && !a.Until.After(v.Now()) && v.f.ClosedAt == nil {
			add(a.Until, "bad", "The acknowledgement ended")
		}
	}
	slices.SortStableFunc(list, func(a, b event) int { return cmp.Compare(b.at.UnixNano(), a.at.UnixNano()) })
	events := make([]ui.Event, len(list))
	for i, e := range list {
		events[i] = e.Event
	}
	return events
}

// links are where something can be done about it.
func (v findingView) links() (list []ui.Link) {
	f := v.f
	if f.IdentityID != nil {
		list = append(list, ui.Link{Label: "How far " + text(f.IdentityName) + " gets", Href: identityHref(*f.IdentityID) + "/reach"},
			ui.Link{Label: "All that is wrong with it", Href: address("/findings", "identity", fmt.Sprint(*f.IdentityID))})
	}
	if f.AssetID != nil {
		list = append(list, ui.Link{Label: "All that is wrong with " + text(f.AssetName), Href: address("/findings", "asset", fmt.Sprint(*f.AssetID))})
	}
	switch {
	case f.AssetID != nil && (f.Rule == "legacy_no_exception" || f.Rule == "exception_expired") && v.may("exception:read"):
		list = append(list, ui.Link{Label: "What is without exception", Href: "/exceptions/uncovered"})
	case f.Rule == "toxic_combination":
		list = append(list, ui.Link{Label: "The rights that must not come together", Href: fmt.Sprintf("/findings/combinations#t-%d", f.Part)})
	case f.MayAllow():
		list = append(list, ui.Link{Label: "What may be used on both sides", Href: "/findings/policies"})
	case strings.Contains(f.Rule, "owner"):
		list = append(list, ui.Link{Label: "Who owns what", Href: "/owners"})
	}
	return append(list, ui.Link{Label: "All of this rule", Href: address("/findings", "rule", f.Rule)})
}
