package web

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"interlock/internal/access"
	"interlock/internal/review"
	"interlock/web/page"
	"interlock/web/ui"
)

// item is the open case: the question, the way, the facts and the form.
func (v sheetView) item(r review.Row, c review.Case) page.ReviewItem {
	outside := ""
	if c.Crosses {
		outside = "from " + domainWords[text(c.IdentityDomain)]
	}
	return page.ReviewItem{
		Revoked:  fmt.Sprintf("%s/items/%d/revoked", v.base, c.ID),
		Question: v.linked(question(c, outside), c), Route: routeOf(c), Facts: v.facts(c), Reach: reachOf(c),
		BreaksTitle: "Who else has it", Breaks: []string{whoElse(c)}, Decide: v.decideForm(r, c),
	}
}

// linked leads from the names in a question to their pages, for who may see those.
func (v sheetView) linked(q ui.Question, c review.Case) ui.Question {
	for i, s := range q {
		switch {
		case !v.inventory || !s.Strong:
		case s.Text == c.IdentityName:
			q[i].Href = identityHref(c.IdentityID)
		case s.Text == c.AssetName:
			q[i].Href = assetHref(c.AssetID)
		}
	}
	return q
}

// verbs begin the names of rights that read as what one may do; then the
// question is asked in the owner's own words.
var verbs = strings.Fields("acknowledge add administer approve build calibrate change check close comment configure control create delete download edit enter " +
	"fetch force inspect install jog join look make manage monitor open operate order override play post print publish put query read release remove reset " +
	"restart restore run see set sign start stop submit teach transfer tune update upload use view watch work write")

func question(c review.Case, outside string) ui.Question {
	first, rest, _ := strings.Cut(c.EntitlementName, " ")
	if rest == "" || !slices.Contains(verbs, strings.ToLower(first)) {
		return holding(c, outside)
	}
	q := ui.Question{
		{Text: "Should "}, {Text: c.IdentityName, Strong: true}, {Text: " still be able to "},
		{Text: strings.ToLower(first) + " " + rest, Strong: true},
	}
	if outside != "" {
		q = append(q, ui.Span{Text: ", " + outside})
	}
	return append(q, ui.Span{Text: "?"})
}

// holding asks for a right whose name is a thing, such as "etcd-io organisation
// admin", by that name.
func holding(c review.Case, outside string) ui.Question {
	q := ui.Question{
		{Text: "Should "}, {Text: c.IdentityName, Strong: true}, {Text: " still hold "}, {Text: "“" + c.EntitlementName + "”", Strong: true},
		{Text: " on "}, {Text: c.AssetName, Strong: true},
	}
	if outside != "" {
		q = append(q, ui.Span{Text: ", " + outside})
	}
	return append(q, ui.Span{Text: "?"})
}

func routeOf(c review.Case) ui.Route {
	start := ui.Stop{Place: ui.Place{Domain: text(c.IdentityDomain)}, Name: orElse(domainHome[text(c.IdentityDomain)], ""), Sub: c.IdentityName}
	end := ui.Stop{Place: place(c.Level, c.AssetDomain), Name: c.AssetName, Sub: joined(text(c.ZoneName), text(c.SiteName))}
	if c.ConduitKind == nil && c.ConduitKey == nil {
		return ui.Route{Stops: []ui.Stop{start, end}, Hops: []ui.Hop{{Guards: ui.Guards("", "", "")}}}
	}
	hop := ui.Hop{Name: conduitWords[text(c.ConduitKind)], Guards: ui.Guards(yesNo(c.ConduitMfa), yesNo(c.ConduitRecorded), yesNo(c.ConduitVaulted))}
	via := ui.Stop{Place: place(c.FromLevel, c.FromDomain), Name: text(c.FromZone), Sub: text(c.ConduitKey)}
	if text(c.FromDomain) == text(c.IdentityDomain) {
		start.Name, start.Place = text(c.FromZone), via.Place
		return ui.Route{Stops: []ui.Stop{start, end}, Hops: []ui.Hop{hop}}
	}
	return ui.Route{Stops: []ui.Stop{start, via, end}, Hops: []ui.Hop{{}, hop}}
}

var domainHome = map[string]string{"it": "Office network", "dmz": "Zone between", "ot": "Plant network", "external": "Their own network"}

func yesNo(b *bool) string {
	switch {
	case b == nil:
		return ""
	case *b:
		return "yes"
	}
	return "no"
}

func joined(parts ...string) string {
	var list []string
	for _, p := range parts {
		if p != "" {
			list = append(list, p)
		}
	}
	return strings.Join(list, ", ")
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func (v sheetView) facts(c review.Case) []ui.Fact {
	list := []ui.Fact{{Term: "What it is for", Text: text(c.Description), Lost: "not described"}, v.useFact(c)}
	granted := ui.Fact{Term: "Granted", Text: joined(v.date(c.GrantedAt), prefixed("by ", text(c.GrantedBy)), prefixed("ticket ", text(c.Ticket)))}
	ends := ui.Fact{Term: "Ends", Text: orElse(v.date(c.ExpiresAt), "no end date")}
	list = append(list, granted, ends)
	if c.IdentityKind == "person" || c.IdentityKind == "contractor" {
		list = append(list, ui.Fact{Term: "Manager", Text: text(c.ManagerName)})
	} else {
		list = append(list, ownerFact(c))
	}
	if c.IdentityKind == "vendor" || c.IdentityKind == "contractor" {
		list = append(list, ui.Fact{Term: "Contract ends", Text: v.date(c.ContractEnd)})
	}
	list = append(list,
		ui.Fact{Term: "Works in", Text: joined(text(c.Department), text(c.Organisation))},
		v.assetFact(c),
		v.previous(c))
	list = append(list, v.gaps(c)...)
	if chips := v.findings(c); len(chips) > 0 {
		list = append(list, ui.Fact{Term: "Stands out", Chips: chips})
	}
	if chips := found(c); len(chips) > 0 {
		list = append(list, ui.Fact{Term: "Also found", Chips: chips})
	}
	return list
}

func (v sheetView) assetFact(c review.Case) ui.Fact {
	f := ui.Fact{Term: "Asset", Text: joined(access.Class(text(c.AssetClass)), prefixed("owner ", text(c.AssetOwnerName)), criticality(c.Criticality))}
	if v.inventory {
		f.Text, f.Href, f.Sub = c.AssetName, assetHref(c.AssetID), f.Text
	}
	return f
}

func (v sheetView) useFact(c review.Case) ui.Fact {
	f := ui.Fact{Term: "Last used", Text: v.date(c.LastUsedAt), Sub: v.ago(c.LastUsedAt)}
	if has(c.Reasons, "-never_used") {
		f.Text = "never"
	}
	return f
}

func ownerFact(c review.Case) ui.Fact {
	f := ui.Fact{Term: "Owner", Text: orElse(text(c.OwnerName), "nobody")}
	if st := text(c.OwnerStatus); st != "" && st != "active" {
		f.Sub, f.Tone = st, "warn"
	}
	return f
}

func (v sheetView) previous(c review.Case) ui.Fact {
	f := ui.Fact{Term: "Last decision", Text: "never reviewed here"}
	if c.PreviousDecision != nil {
		f.Text = joined(capital(answerWords[*c.PreviousDecision])+" by "+actorWords(text(c.PreviousBy), c.Names), v.date(c.PreviousAt))
	}
	return f
}

var answerWords = map[string]string{"certify": "certified", "certify_under_exception": "certified under an exception", "revoke": "revoked", "reduce": "reduced", "unsure": "unsure"}

func prefixed(prefix, s string) string {
	if s == "" {
		return ""
	}
	return prefix + s
}

func criticality(n *int16) string {
	if n == nil {
		return ""
	}
	return fmt.Sprintf("criticality %d of 5", *n)
}

func (v sheetView) findings(c review.Case) []ui.Chip {
	var chips []ui.Chip
	for _, code := range c.Reasons {
		if !strings.HasPrefix(code, "-") {
			continue
		}
		tone := "warn"
		switch code {
		case "-left", "-disabled", "-contract_over", "-safety", "-standing_vendor":
			tone = "bad"
		}
		chips = append(chips, ui.Chip{Text: v.exactly(code, review.ReasonOf(code).Text, c.LastUsedAt), Tone: tone, Icon: "alert-triangle"})
	}
	return chips
}

func (v sheetView) decideForm(r review.Row, c review.Case) page.ReviewDecide {
	d := page.ReviewDecide{
		Action: fmt.Sprintf("%s/items/%d/decision", v.base, c.ID), Hidden: v.back(), ShownAt: v.shownAt(), Recommendation: c.Recommendation,
		Certify: page.ReviewAnswer{Hint: "Stays as it is until it is asked again.", Then: "Nothing changes; your name stands for it."},
		Reduce:  page.ReviewAnswer{Hint: "Keep the work, lose the risk.", Then: "The lower right stays, this one goes when the review closes."},
		Revoke:  page.ReviewAnswer{Hint: "Is to be removed when the review closes.", Then: "The removal becomes work to do when the review closes. Until you sign off you can take it back."},
		Unsure:  v.unsure(c), Skip: v.skip(r),
	}
	for _, code := range c.Reasons {
		if reason := review.ReasonOf(code); !reason.Unknown {
			d.Reasons = append(d.Reasons, ui.Reason{For: reason.For, Text: v.exactly(code, reason.Text, c.LastUsedAt)})
		}
	}
	for _, e := range c.Lower {
		d.ReduceTo = append(d.ReduceTo, ui.Option{Value: strconv.FormatInt(e.ID, 10), Label: e.Name + " (" + e.Privilege + ")"})
	}
	if len(c.Lower) == 0 {
		d.Reduce.Off = "no lower right on this asset is known."
	}
	v.underException(&d, c)
	if review.Risk(c.Risk) >= review.High {
		d.NoteNeeded = "needed for high risk"
	}
	if c.Decision != nil {
		d.Given = capital(v.answered(c)) + "."
		if !v.sheet.ReadOnly() {
			d.Undo = fmt.Sprintf("%s/items/%d/undo", v.base, c.ID)
		}
	}
	v.retype(&d)
	return d
}

func (v sheetView) unsure(c review.Case) page.ReviewAnswer {
	if c.NextReviewer == nil {
		return page.ReviewAnswer{Hint: "Nobody comes after you: at the end it counts as no answer.", Then: "What no answer means: " + silenceWords[v.silenceOf(c)] + "."}
	}
	next := ui.Person{Name: c.Names[*c.NextReviewer], Email: *c.NextReviewer}
	a := page.ReviewAnswer{Hint: "Goes to " + next.Short() + ", the next reviewer.", Then: "It leaves your list at once. You can take it back until they answer."}
	if next.Name != "" {
		a.Sub = next.Email
	}
	return a
}

func (v sheetView) silenceOf(c review.Case) string {
	switch c.Consequence {
	case "safety":
		return v.sheet.Definition.Silence.Safety
	case "ot":
		return v.sheet.Definition.Silence.OT
	}
	return v.sheet.Definition.Silence.IT
}

var silenceWords = map[string]string{"revoke": "it is revoked", "keep": "it is kept", "escalate": "it is kept and escalated"}

// skip is the row after this one.
func (v sheetView) skip(r review.Row) string {
	rows := append(append([]review.Row{}, v.sheet.One.Rows...), v.sheet.Look.Rows...)
	if len(v.sheet.Keyed.Rows) > 0 {
		rows = v.sheet.Keyed.Rows
	}
	for i, x := range rows {
		if x.ID == r.ID && i+1 < len(rows) {
			id := strconv.FormatInt(rows[i+1].ID, 10)
			return v.at("item", id) + "#i-" + id
		}
	}
	return v.at("item", "none")
}

// exactly says how long something was not used, where that is known.
func (v sheetView) exactly(code, words string, used *time.Time) string {
	if used == nil {
		return words
	}
	switch code {
	case "-unused_90", "-unused_180":
		return "Not used for " + ui.Plural(v.daysSince(used), "day", "days")
	case "+used_30":
		return "Last used " + v.ago(used)
	}
	return words
}

// retype puts back what was typed when the form was refused.
func (v sheetView) retype(d *page.ReviewDecide) {
	t := v.typed
	d.Chosen, d.To, d.Note = t.answer, t.to, t.note
	if t.refusal == nil {
		return
	}
	switch t.refusal.Field {
	case "answer":
		d.AnswerError = t.refusal.Message
	case "reduce_to":
		d.ToError = t.refusal.Message
	case "note":
		d.NoteError = t.refusal.Message
	}
}

// scopeWords says a campaign's scope in a sentence.
func scopeWords(d review.Definition) string { return capital(access.Describe(d.Scope)) + "." }
