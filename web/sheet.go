package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"interlock/internal/access"
	"interlock/internal/authz"
	"interlock/internal/errs"
	"interlock/internal/review"
	"interlock/web/page"
	"interlock/web/ui"
)

// typed is what a form held when it was refused.
type typed struct {
	answer, to, note string
	refusal          *errs.Error
	group            int64 // the group it was for; 0 for an item
	undo             bool  // it was to take answers back
}

func (s *server) sheet(w http.ResponseWriter, r *http.Request) error {
	return s.showSheet(w, r, http.StatusOK, r.URL.Query(), typed{})
}

func (s *server) showSheet(w http.ResponseWriter, r *http.Request, status int, q url.Values, t typed) error {
	id, err := pathID(r, "campaign")
	if err != nil {
		return err
	}
	sh, err := s.Review.Sheet(r.Context(), id, lookOf(q))
	if err != nil {
		return err
	}
	actor := authz.From(r.Context())
	if err := s.Review.Seen(authz.System(r.Context(), "web"), id, actor.Email); err != nil {
		s.Log.Warn("note that a reviewer looked", "id", requestID(r), "error", err)
	}
	v := sheetView{server: s, sheet: sh, query: q, base: fmt.Sprintf("/reviews/%d", id), typed: t, inventory: authz.Can(actor, "inventory:read"), register: authz.Can(actor, "exception:read"), requests: authz.Can(actor, "exception:request")}
	p := v.page(s.shell(r, sh.Title, "/reviews"))
	if items := s.lastAnswered(r, id); len(items) > 0 && !sh.ReadOnly() {
		p.UndoLast = &page.ReviewUndo{Action: v.base + "/undo", Hidden: v.back()}
		for _, item := range items {
			p.UndoLast.Hidden = append(p.UndoLast.Hidden, ui.Param{Name: "item", Value: item})
		}
	}
	return s.show(w, r, status, p.Page())
}

func pathID(r *http.Request, name string) (int64, error) {
	id, err := strconv.ParseInt(chi.URLParam(r, name), 10, 64)
	if err != nil || id <= 0 {
		return 0, errNoPage
	}
	return id, nil
}

func lookOf(q url.Values) review.Look {
	l := review.Look{Words: q.Get("q"), By: q.Get("group"), Risk: riskOf(q.Get("risk"))}
	l.Item, _ = strconv.ParseInt(q.Get("item"), 10, 64)
	if q.Get("item") == "none" {
		l.Item = -1
	}
	l.Group, _ = strconv.ParseInt(q.Get("open"), 10, 64)
	skip, _ := strconv.ParseInt(q.Get("skip"), 10, 32)
	l.Skip = int32(max(skip, 0))
	l.Given, _ = strconv.ParseInt(q.Get("given"), 10, 64)
	l.After = cursorOf(q.Get("after"))
	return l
}

func riskOf(word string) review.Risk {
	for r := review.Low; r <= review.Critical; r++ {
		if r.String() == word {
			return r
		}
	}
	return 0
}

// A cursor is written section.risk.id.key.
func cursorOf(s string) review.Cursor {
	parts := strings.SplitN(s, ".", 4)
	if len(parts) != 4 {
		return review.Cursor{}
	}
	risk, _ := strconv.Atoi(parts[1])
	id, _ := strconv.ParseInt(parts[2], 10, 64)
	return review.Cursor{Section: parts[0], Risk: review.Risk(risk), ID: id, Key: parts[3]} //nolint:gosec // an odd cursor selects nothing
}

func cursorText(c *review.Cursor) string {
	return fmt.Sprintf("%s.%d.%d.%s", c.Section, c.Risk, c.ID, c.Key)
}

// sheetView turns a sheet into the page's props.
type sheetView struct {
	*server
	sheet review.Sheet
	query url.Values
	base  string
	typed typed

	inventory bool // who looks may open the pages of identities and assets
	register  bool // and those of exceptions
	requests  bool // and ask for one
}

// at is this page with some parameters changed; "" drops one. Where a list goes
// on is dropped with them.
func (v sheetView) at(params ...string) string {
	q := url.Values{}
	for _, keep := range []string{"group", "risk", "q"} {
		if x := v.query.Get(keep); x != "" {
			q.Set(keep, x)
		}
	}
	for i := 0; i+1 < len(params); i += 2 {
		q.Del(params[i])
		if params[i+1] != "" {
			q.Set(params[i], params[i+1])
		}
	}
	if len(q) == 0 {
		return v.base
	}
	return v.base + "?" + q.Encode()
}

func (v sheetView) page(shell ui.Shell) page.Review {
	sh := v.sheet
	shell.Scripts, shell.Boost = []string{ui.ReviewJS}, true
	due, over := v.due(sh.Due, sh.Zone)
	p := page.Review{
		Shell: shell, Crumb: sh.Name, Title: sh.Title, Lede: capital(access.Describe(sh.Definition.Scope)) + ".",
		Due: due, DueOn: "until " + v.dueOn(sh.Due, sh.Zone), Overdue: over, Progress: progressOf(sh.Counts), ReadOnly: v.readOnly(),
		Filter: v.filter(), Sections: v.sections(), Sign: v.sign(), ListHref: v.at("item", "none"), Focus: v.query.Get("item") != "" && v.query.Get("item") != "none",
	}
	if len(p.Sections) == 0 && sh.Counts.OpenItems() > 0 {
		p.Nothing = "No open item matches. Clear the filter to see all."
	}
	if given := v.given(); len(given.Rows) > 0 {
		p.Decided = &given
	}
	if e := v.typed.refusal; e != nil && e.Field == "" {
		p.NotSaved = &page.NotSaved{What: "Your answer was not saved.", Why: e.Message}
		if v.typed.undo {
			p.NotSaved.What = "Nothing was taken back."
		}
		if c := sh.Case; c != nil && c.Decision != nil && e.Kind == errs.Conflict && !v.typed.undo {
			p.NotSaved.Why = c.IdentityName + ", " + c.EntitlementName + ", is answered already: " + v.answered(*c) + ". To answer it anew, take that back first."
		}
	}
	return p
}

func progressOf(c review.Counts) page.ReviewProgress {
	return page.ReviewProgress{
		Total: int(c.Total), Certified: int(c.Answered[review.Certify]), Excepted: int(c.Answered[review.Except]), Reduced: int(c.Answered[review.Reduce]),
		Revoked: int(c.Answered[review.Revoke]), Unsure: int(c.Answered[review.Unsure]), Minutes: minutes(review.Minutes(c.Open)),
	}
}

func (v sheetView) readOnly() string {
	switch {
	case v.sheet.SignedAt != nil:
		return "You signed off on " + v.moment(v.sheet.SignedAt) + ". Nothing can change any more."
	case v.sheet.State == review.Paused:
		return "This campaign is paused. Your answers are kept; you can go on when it resumes."
	case !v.sheet.State.Open():
		return "This campaign is " + string(v.sheet.State) + ". Nothing can change any more."
	}
	return ""
}

func (v sheetView) filter() page.ReviewFilter {
	f := page.ReviewFilter{Action: v.base, Q: v.query.Get("q")}
	current := v.query.Get("risk")
	f.Risks = append(f.Risks, ui.View{Label: "All", Href: v.at("risk", ""), Current: current == "", Count: -1})
	for r := review.Critical; r >= review.Low; r-- {
		if n := v.sheet.Counts.Open[r]; n > 0 || current == r.String() {
			f.Risks = append(f.Risks, ui.View{Label: capital(r.String()), Href: v.at("risk", r.String()), Current: current == r.String(), Count: int(n)})
		}
	}
	by := v.query.Get("group")
	for _, g := range []string{"risk", "identity", "asset"} {
		f.Groups = append(f.Groups, ui.View{Label: g, Href: v.at("group", strings.TrimPrefix(g, "risk")), Current: by == g || (by == "" && g == "risk"), Count: -1})
	}
	for _, keep := range []string{"group", "risk"} {
		if x := v.query.Get(keep); x != "" {
			f.Hidden = append(f.Hidden, ui.Param{Name: keep, Value: x})
		}
	}
	if f.Q != "" || current != "" {
		f.Clear = v.at("q", "", "risk", "")
	}
	return f
}

func (v sheetView) sign() page.ReviewSign {
	c := v.sheet.Counts
	sg := page.ReviewSign{
		Open: int(c.OpenItems()), OpenHigh: int(c.Open[review.High] + c.Open[review.Critical]), Total: int(c.Total), Href: v.base + "/sign",
	}
	if v.sheet.SignedAt != nil {
		sg.Signed = "You signed off on " + v.moment(v.sheet.SignedAt) + "."
	}
	return sg
}

func (v sheetView) given() page.ReviewDecided {
	var n int64
	for _, c := range v.sheet.Counts.Answered {
		n += c
	}
	d := page.ReviewDecided{Count: int(n), Lede: "You can take any of these back until you sign off."}
	if v.sheet.ReadOnly() {
		d.Lede = ""
	}
	for _, g := range v.sheet.Given {
		d.Rows = append(d.Rows, v.givenRow(g))
	}
	if v.sheet.MoreGiven {
		d.More = ui.Link{Label: "Show earlier ones", Href: v.at("given", strconv.FormatInt(v.sheet.Given[len(v.sheet.Given)-1].DecisionID, 10)) + "#decided"}
	}
	return d
}

func (v sheetView) givenRow(g review.Given) page.ReviewGiven {
	row := page.ReviewGiven{
		ID: strconv.FormatInt(g.ID, 10), Who: g.IdentityName, What: capital(orDash(text(g.Privilege))) + " on " + g.AssetName, Answer: g.Decision,
		Note: g.Note, When: v.recent(g.DecidedAt), OpenFor: openFor(g.OpenMs), Bulk: g.Bulk,
	}
	if g.ReduceName != nil {
		row.Text = "Reduced to: " + *g.ReduceName
	}
	row.Entered = enteredFor(g.EnteredBy, "you", nil)
	if g.Decision == string(review.Unsure) {
		row.Text = passedOn(g)
	}
	if !v.sheet.ReadOnly() && g.MayUndo {
		row.Undo = fmt.Sprintf("%s/items/%d/undo", v.base, g.ID)
		row.Hidden = v.back()
	}
	return row
}

// passedOn says where an item is that the reviewer was unsure of.
func passedOn(g review.Given) string {
	switch {
	case g.NowDecision == nil:
		return "Unsure, now with " + g.NowWithName
	case g.MayUndo:
		return "Unsure, nobody comes after you"
	}
	return "Unsure, then " + answerWords[*g.NowDecision] + " by " + g.NowWithName
}

// back carries this page's parameters through a form, so that the answer leads
// back here.
func (v sheetView) back() []ui.Param {
	at := strings.TrimPrefix(v.at(), v.base)
	return []ui.Param{{Name: "back", Value: strings.TrimPrefix(at, "?")}}
}

// answered says what an item's answer is, of whom and when.
func (v sheetView) answered(c review.Case) string {
	words := answerWords[*c.Decision] + " by you"
	if c.DecidedAt != nil {
		words += ", " + v.recent(*c.DecidedAt)
	}
	if c.Said != nil && c.Said.EnteredBy != nil {
		words += ", entered by " + actorWords(*c.Said.EnteredBy, c.Names) + " for you"
	}
	return words
}

func orDash(s string) string {
	if s == "" {
		return "access"
	}
	return s
}

func (v sheetView) shownAt() string { return v.Now().UTC().Format(time.RFC3339Nano) }
