package web

import (
	"fmt"
	"strconv"
	"strings"

	"interlock/internal/access"
	"interlock/internal/review"
	"interlock/web/page"
	"interlock/web/ui"
)

// sections are the lists of open items, as grouped.
func (v sheetView) sections() []page.ReviewSection {
	if by := v.query.Get("group"); by == "identity" || by == "asset" {
		return v.keyedSections(by)
	}
	list := v.alone()
	c := v.sheet.Counts.Open
	if rows := v.sheet.One; len(rows.Rows) > 0 {
		lede := "High risk: each needs its own answer and a reason."
		list = append(list, v.section("one", "Decide one by one", lede, c[review.High]+c[review.Critical], rows))
	}
	if rows := v.sheet.Look; len(rows.Rows) > 0 {
		list = append(list, v.section("look", "Worth a look", "Something is unusual, nothing is alarming.", c[review.Medium], rows))
	}
	if len(v.sheet.Groups) > 0 {
		list = append(list, v.alike(c[review.Low]))
	}
	return list
}

// alone is the open item when no list shows it: a member of a group, or one
// further down.
func (v sheetView) alone() []page.ReviewSection {
	c := v.sheet.Case
	if c == nil || v.listed(c.ID) {
		return nil
	}
	title := "On its own"
	if c.Decision != nil {
		title = "Answered"
	}
	return []page.ReviewSection{{ID: "own", Title: title, Count: 1, Rows: []page.ReviewRow{v.row(rowOf(*c))}}}
}

func (v sheetView) listed(id int64) bool {
	for _, rows := range [][]review.Row{v.sheet.One.Rows, v.sheet.Look.Rows, v.sheet.Keyed.Rows} {
		for _, r := range rows {
			if r.ID == id {
				return true
			}
		}
	}
	return false
}

func rowOf(c review.Case) review.Row {
	return review.Row{
		ID: c.ID, Risk: c.Risk, IdentityID: c.IdentityID, IdentityName: c.IdentityName, IdentityKind: c.IdentityKind, IdentityStatus: c.IdentityStatus,
		Organisation: c.Organisation, Department: c.Department, OwnerName: c.OwnerName, IdentityDomain: c.IdentityDomain, ContractEnd: c.ContractEnd,
		EntitlementName: c.EntitlementName, Privilege: c.Privilege, AssetID: c.AssetID, AssetName: c.AssetName, Level: c.Level, AssetDomain: c.AssetDomain,
		FromLevel: c.FromLevel, FromDomain: c.FromDomain, SafetyRelated: c.SafetyRelated, LastUsedAt: c.LastUsedAt, GrantedAt: c.GrantedAt,
		ExpiresAt: c.ExpiresAt, Recommendation: c.Recommendation, Reasons: c.Reasons, ConduitKind: c.ConduitKind,
	}
}

func (v sheetView) section(id, title, lede string, count int64, rows review.Rows) page.ReviewSection {
	sec := page.ReviewSection{ID: id, Title: title, Lede: lede, Count: int(count)}
	for _, r := range rows.Rows {
		sec.Rows = append(sec.Rows, v.row(r))
	}
	if rows.Next != nil {
		sec.More = ui.Link{Label: "Show the next ones", Href: v.at("after", cursorText(rows.Next), "item", "none") + "#" + id}
	}
	return sec
}

func (v sheetView) keyedSections(by string) []page.ReviewSection {
	list := v.alone()
	var last int64 = -1
	for _, r := range v.sheet.Keyed.Rows {
		key := r.IdentityID
		if by == "asset" {
			key = r.AssetID
		}
		if key != last {
			list = append(list, page.ReviewSection{ID: fmt.Sprintf("%s-%d", by, key), Title: r.SortKey})
			last = key
		}
		sec := &list[len(list)-1]
		sec.Rows = append(sec.Rows, v.row(r))
		sec.Count++
	}
	if next := v.sheet.Keyed.Next; next != nil && len(list) > 0 {
		list[len(list)-1].More = ui.Link{Label: "Show the next ones", Href: v.at("after", cursorText(next), "item", "none")}
	}
	return list
}

func (v sheetView) row(r review.Row) page.ReviewRow {
	id := strconv.FormatInt(r.ID, 10)
	row := page.ReviewRow{
		ID: id, Href: v.at("item", id) + "#i-" + id, Risk: review.Risk(r.Risk).String(), Kind: r.IdentityKind, Who: r.IdentityName, WhoSub: v.whoSub(r),
		Right: r.EntitlementName, From: fromPlace(r), To: place(r.Level, r.AssetDomain), Asset: r.AssetName, Privilege: text(r.Privilege),
		Used: v.ago(r.LastUsedAt), UsedSub: standsOut(r), Recommendation: r.Recommendation,
	}
	if has(r.Reasons, "-never_used") {
		row.Used = "never"
	}
	if c := v.sheet.Case; c != nil && c.ID == r.ID {
		item := v.item(r, *c)
		row.Open = &item
	}
	return row
}

func fromPlace(r review.Row) ui.Place {
	if r.FromDomain != nil || r.FromLevel != nil {
		return place(r.FromLevel, r.FromDomain)
	}
	return ui.Place{Domain: text(r.IdentityDomain)}
}

// standsOut is the one word beside a row that explains its place in the list.
func standsOut(r review.Row) string {
	switch {
	case r.SafetyRelated:
		return "safety-related"
	case has(r.Reasons, "-standing_vendor"):
		return "no end date"
	case has(r.Reasons, "-contract_over"):
		return "contract is over"
	case has(r.Reasons, "-no_owner"):
		return "no owner"
	case has(r.Reasons, "-not_recorded"):
		return "way not recorded"
	}
	return ""
}

func has(codes []string, code string) bool {
	for _, c := range codes {
		if c == code {
			return true
		}
	}
	return false
}

func (v sheetView) alike(count int64) page.ReviewSection {
	sec := page.ReviewSection{ID: "alike", Title: "Alike and low risk", Lede: "Same right, low risk. Recorded as decided together.", Count: int(count)}
	for _, g := range v.sheet.Groups {
		sec.Groups = append(sec.Groups, v.group(g))
	}
	if v.sheet.MoreGroups {
		skip := lookOf(v.query).Skip + int32(len(v.sheet.Groups)) //nolint:gosec // a page of groups
		sec.More = ui.Link{Label: "Show more groups", Href: v.at("skip", strconv.Itoa(int(skip)), "item", "none") + "#alike"}
	}
	return sec
}

func (v sheetView) group(g review.Group) page.ReviewGroup {
	id := strconv.FormatInt(g.EntitlementID, 10)
	pg := page.ReviewGroup{
		ID: id, Title: groupTitle(g), Mixed: g.Homes != 1, Risk: "low", Privilege: g.Privilege, Asset: g.AssetName, To: ui.Place{Domain: g.AssetDomain},
		Same: sameOf(g), OpenHref: v.at("open", id, "skip", v.query.Get("skip"), "item", "none") + "#g-" + id,
	}
	if g.Homes == 1 {
		pg.From = ui.Place{Domain: g.Home}
	}
	if g.Level >= 0 {
		pg.To.Level = level(&g.Level)
	}
	if !g.Open {
		return pg
	}
	pg.Action, pg.ShownAt = v.base+"/bulk", v.shownAt()
	pg.Hidden = append(v.back(), ui.Param{Name: "open", Value: id})
	for _, r := range g.Members.Rows {
		pg.Members = append(pg.Members, v.member(r))
	}
	if next := g.Members.Next; next != nil {
		rest := g.Items - int64(len(pg.Members))
		pg.More = ui.Link{Label: fmt.Sprintf("%s more, after these", number(rest)), Href: v.at("open", id, "after", cursorText(next), "item", "none") + "#g-" + id}
	}
	if v.typed.group == g.EntitlementID && v.typed.refusal != nil {
		pg.Note, pg.Error = v.typed.note, v.typed.refusal.Message
	}
	return pg
}

var groupNouns = map[string][2]string{
	"person": {"person", "people"}, "contractor": {"contractor", "contractors"}, "vendor": {"vendor account", "vendor accounts"},
	"shared": {"shared login", "shared logins"}, "service": {"service", "services"}, "api_key": {"API key", "API keys"},
	"certificate": {"certificate", "certificates"}, "workload": {"workload", "workloads"}, "agent": {"agent", "agents"},
}

func groupTitle(g review.Group) string {
	noun := [2]string{"identity", "identities"}
	if g.Kinds == 1 {
		noun = groupNouns[g.Kind]
	}
	who := ui.Plural(int(g.Items), noun[0], noun[1])
	if g.Departments == 1 && g.Department != "" {
		who += " in " + g.Department
	}
	return who + ": " + g.EntitlementName
}

func sameOf(g review.Group) []string {
	same := []string{"low risk"}
	if g.AllUsed {
		same = append(same, "used within 30 days")
	}
	if g.AllTicket {
		same = append(same, "granted under a ticket")
	}
	if g.Recommendations == 1 && g.Recommendation == "certify" {
		same = append(same, "nothing speaks against it")
	}
	return same
}

func (v sheetView) member(r review.Row) page.ReviewMember {
	id := strconv.FormatInt(r.ID, 10)
	m := page.ReviewMember{
		ID: id, Href: v.at("item", id) + "#i-" + id, Who: r.IdentityName, Department: text(r.Department),
		Used: v.ago(r.LastUsedAt), Granted: v.date(r.GrantedAt), Ticked: true,
	}
	for _, c := range r.Reasons {
		if strings.HasPrefix(c, "-") {
			m.Differs, m.Ticked = review.ReasonOf(c).Text, false
		}
	}
	return m
}

// item is the open case: the question, the way, the facts and the form.
func (v sheetView) item(r review.Row, c review.Case) page.ReviewItem {
	outside := ""
	if c.Crosses {
		outside = "from " + domainWords[text(c.IdentityDomain)]
	}
	return page.ReviewItem{
		Question: ui.AskAccess(c.IdentityName, text(c.Privilege), c.AssetName, outside),
		Sub:      "The right is called “" + c.EntitlementName + "”.",
		Route:    routeOf(c), Facts: v.facts(c), Decide: v.decideForm(r, c),
	}
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
	ends := ui.Fact{Term: "Ends", Text: v.date(c.ExpiresAt), Lost: "no end date"}
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
		ui.Fact{Term: "Asset", Text: joined(text(c.AssetClass), prefixed("owner ", text(c.AssetOwnerName)), criticality(c.Criticality))},
		v.previous(c))
	if chips := findings(c); len(chips) > 0 {
		list = append(list, ui.Fact{Term: "Stands out", Chips: chips})
	}
	return list
}

func (v sheetView) useFact(c review.Case) ui.Fact {
	f := ui.Fact{Term: "Last used", Text: v.date(c.LastUsedAt), Sub: v.ago(c.LastUsedAt)}
	if has(c.Reasons, "-never_used") {
		f.Lost = "never used"
	}
	return f
}

func ownerFact(c review.Case) ui.Fact {
	f := ui.Fact{Term: "Owner", Text: text(c.OwnerName), Lost: "nobody"}
	if st := text(c.OwnerStatus); st != "" && st != "active" {
		f.Sub, f.Tone = st, "warn"
	}
	return f
}

func (v sheetView) previous(c review.Case) ui.Fact {
	f := ui.Fact{Term: "Last decision", Lost: "never reviewed here"}
	if c.PreviousDecision != nil {
		f.Text = joined(capital(answerWords[*c.PreviousDecision])+" by "+text(c.PreviousBy), v.date(c.PreviousAt))
	}
	return f
}

var answerWords = map[string]string{"certify": "certified", "revoke": "revoked", "reduce": "reduced", "unsure": "unsure"}

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

func findings(c review.Case) []ui.Chip {
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
		chips = append(chips, ui.Chip{Text: review.ReasonOf(code).Text, Tone: tone, Icon: "alert-triangle"})
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
			d.Reasons = append(d.Reasons, ui.Reason{For: reason.For, Text: reason.Text})
		}
	}
	for _, e := range c.Lower {
		d.ReduceTo = append(d.ReduceTo, ui.Option{Value: strconv.FormatInt(e.ID, 10), Label: e.Name + " (" + e.Privilege + ")"})
	}
	if len(c.Lower) == 0 {
		d.Reduce.Off = "Not possible: no lower right on this asset is known."
	}
	if review.Risk(c.Risk) >= review.High {
		d.NoteNeeded = "needed for high risk"
	}
	if c.Decision != nil {
		d.Given = capital(answerWords[*c.Decision])
	}
	v.retype(&d)
	return d
}

func (v sheetView) unsure(c review.Case) page.ReviewAnswer {
	if c.NextReviewer == nil {
		return page.ReviewAnswer{Hint: "Nobody comes after you: at the end it counts as no answer.", Then: "What no answer means: " + silenceWords[v.silenceOf(c)] + "."}
	}
	return page.ReviewAnswer{Hint: "Goes to " + *c.NextReviewer + ", the next reviewer.", Then: "It leaves your list at once. You can take it back until they answer."}
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
