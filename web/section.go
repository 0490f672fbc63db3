package web

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"interlock/internal/exception"
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
		ExpiresAt: c.ExpiresAt, Recommendation: c.Recommendation, Reasons: c.Reasons, ConduitKind: c.ConduitKind, Peers: c.Peers, PeersHolding: c.PeersHolding,
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
	case has(r.Reasons, "-rare") && r.Peers != nil && r.PeersHolding != nil:
		return share(*r.PeersHolding, *r.Peers)
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
	if g.Now.Unaccountable() {
		pg.NoCertify = unaccountable(g.AssetName)
	} else if first, ok := g.Now.First(); ok {
		pg.Excepted = exception.Number(first.ExceptionID)
	}
	pg.Hidden = append(v.back(), ui.Param{Name: "open", Value: id})
	pg.Same = append(pg.Same, v.sameWay(g)...)
	others := v.most(g.Members.Rows)
	for _, r := range g.Members.Rows {
		pg.Members = append(pg.Members, v.member(r, others))
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
	same := []string{"low risk", g.Privilege + " only"}
	if g.Privilege == "" {
		same = same[:1]
	}
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

// sameWay is the way that all take; it is told only where all members are read.
func (v sheetView) sameWay(g review.Group) []string {
	rows := g.Members.Rows
	if len(rows) < 2 || int64(len(rows)) != g.Items {
		return nil
	}
	for _, r := range rows[1:] {
		if text(r.ConduitKind) != text(rows[0].ConduitKind) {
			return nil
		}
	}
	if way := conduitWords[text(rows[0].ConduitKind)]; way != "" {
		return []string{"same way: " + way}
	}
	return nil
}

// Who differs from the rest of a group is not ticked: whose last use is more
// than longUnused days ago while half of the group used it within usedLately
// days, and whose grant is older than oldGrant days while half of them are not.
// The figures are ours.
const (
	longUnused = 60
	usedLately = 30
	oldGrant   = 5 * 365
)

// usual is what half of a group are below, in days; -1 where it is not known.
type usual struct{ unused, granted int }

func (v sheetView) most(rows []review.Row) usual {
	var unused, granted []int
	for _, r := range rows {
		if d := v.daysSince(r.LastUsedAt); d >= 0 {
			unused = append(unused, d)
		}
		if d := v.daysSince(r.GrantedAt); d >= 0 {
			granted = append(granted, d)
		}
	}
	return usual{middle(unused), middle(granted)}
}

func middle(days []int) int {
	if len(days) == 0 {
		return -1
	}
	slices.Sort(days)
	return days[len(days)/2]
}

// daysSince is -1 for a time that is not known.
func (v sheetView) daysSince(t *time.Time) int {
	if t == nil {
		return -1
	}
	return dayNumber(v.Now().In(v.Zone)) - dayNumber(t.In(v.Zone))
}

// differs says how a member is unlike the others; "" for alike.
func (v sheetView) differs(r review.Row, others usual) string {
	for _, c := range r.Reasons {
		if strings.HasPrefix(c, "-") {
			return v.exactly(c, review.ReasonOf(c).Text, r.LastUsedAt)
		}
	}
	unused, granted := v.daysSince(r.LastUsedAt), v.daysSince(r.GrantedAt)
	switch {
	case others.unused >= 0 && others.unused < usedLately && unused > longUnused:
		return "Not used for " + ui.Plural(unused, "day", "days")
	case granted > oldGrant && others.granted <= oldGrant:
		return "Granted " + strconv.Itoa(granted/365) + " years ago"
	}
	return ""
}

func (v sheetView) member(r review.Row, others usual) page.ReviewMember {
	id := strconv.FormatInt(r.ID, 10)
	m := page.ReviewMember{
		ID: id, Href: v.at("item", id) + "#i-" + id, Who: r.IdentityName, Department: text(r.Department),
		Used: v.ago(r.LastUsedAt), Granted: v.date(r.GrantedAt), Differs: v.differs(r, others),
	}
	if has(r.Reasons, "-never_used") {
		m.Used = "never"
	}
	m.Ticked = m.Differs == ""
	return m
}
