package web

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"interlock/internal/access"
	"interlock/internal/authz"
	"interlock/internal/errs"
	"interlock/internal/review"
	"interlock/web/page"
	"interlock/web/ui"
)

const listPage = 50

func (s *server) campaigns(w http.ResponseWriter, r *http.Request) error {
	state := review.State(r.URL.Query().Get("state"))
	rows, err := s.Review.Campaigns(r.Context(), state, number64(r, "before"), listPage+1)
	if err != nil {
		return err
	}
	p := page.Campaigns{Shell: s.shell(r, "Campaigns", "/campaigns"), All: state == "", Lede: "Each asks the people who can answer for it whether access is still right."}
	if authz.Can(authz.From(r.Context()), "campaign:run") {
		p.NewHref = "/campaigns/new"
	}
	p.Views = append(p.Views, ui.View{Label: "All", Href: "/campaigns", Current: state == "", Count: -1})
	for _, st := range []review.State{review.Draft, review.Active, review.Signing, review.Remediating, review.Closed, review.Cancelled} {
		p.Views = append(p.Views, ui.View{Label: page.CampaignState(string(st)).Text, Href: address("/campaigns", "state", string(st)), Current: state == st, Count: -1})
	}
	rows, next := pageOf(rows, listPage, func(c review.CampaignRow) int64 { return c.ID })
	for _, c := range rows {
		p.Rows = append(p.Rows, s.campaignRow(c))
	}
	p.Pager = ui.Pager{Text: ui.Plural(len(rows), "campaign", "campaigns") + ", newest first"}
	if next != 0 {
		p.Pager.Next = address("/campaigns", "state", string(state), "before", strconv.FormatInt(next, 10))
	}
	return s.show(w, r, http.StatusOK, p.Page())
}

// pageOf keeps n of n+1 rows and gives the key after which the next page begins.
func pageOf[T any](rows []T, n int, key func(T) int64) ([]T, int64) {
	if len(rows) <= n {
		return rows, 0
	}
	return rows[:n], key(rows[n-1])
}

func number64(r *http.Request, name string) int64 {
	n, _ := strconv.ParseInt(r.URL.Query().Get(name), 10, 64)
	return n
}

func (s *server) campaignRow(c review.CampaignRow) page.CampaignRow {
	row := page.CampaignRow{
		Title: c.Title, Href: fmt.Sprintf("/campaigns/%d", c.ID), Name: c.DefinitionName, Revision: int(c.Revision), State: c.State,
		Items: int(c.Items), Decided: int(c.Decided), Due: s.date(c.DueAt),
	}
	switch {
	case c.ClosedAt != nil:
		row.DueSub = "closed " + s.date(c.ClosedAt)
	case c.DueAt != nil && review.State(c.State).Open():
		row.DueSub, row.Late = s.due(*c.DueAt, "")
	}
	return row
}

func (s *server) campaignForm(w http.ResponseWriter, r *http.Request) error {
	p := s.newCampaign(r, orElse(r.URL.Query().Get("as"), "form"))
	p.Form = page.CampaignForm{
		Days: "14", SilenceIT: "revoke", SilenceOT: "escalate", SilenceSafety: "escalate", Fallback: authz.From(r.Context()).Email,
		Reviewers: [4]page.CampaignChoice{{Rule: "owner"}, {Rule: "manager"}, {Rule: "asset_owner"}},
	}
	p.Definition = definitionOf(p.Form).Text()
	return s.show(w, r, http.StatusOK, p.Page())
}

func (s *server) newCampaign(r *http.Request, as string) page.CampaignNew {
	p := page.CampaignNew{Shell: s.shell(r, "New campaign", "/campaigns"), As: as, Form: page.CampaignForm{Errors: map[string]string{}}}
	for _, f := range s.fields {
		p.Fields = append(p.Fields, page.ScopeField(f))
	}
	for _, e := range []string{
		`grant.crosses_boundary`, `grant.crosses_boundary && entitlement.privilege in ["engineer", "admin"]`,
		`asset.safety_related`, `identity.kind == "vendor"`, `grant.unused_days > 90`,
	} {
		p.Examples = append(p.Examples, page.ScopeExample{Scope: e, Means: access.Describe(e)})
	}
	return p
}

// typedForm reads the form as typed.
func typedForm(r *http.Request) page.CampaignForm {
	f := page.CampaignForm{
		Name: r.PostFormValue("name"), Title: r.PostFormValue("title"), Scope: r.PostFormValue("scope"), Days: r.PostFormValue("days"),
		Fallback: r.PostFormValue("fallback"), FreshWithin: r.PostFormValue("fresh_within"), SilenceIT: r.PostFormValue("silence_it"),
		SilenceOT: r.PostFormValue("silence_ot"), SilenceSafety: r.PostFormValue("silence_safety"), Errors: map[string]string{},
	}
	for i := range f.Reviewers {
		n := strconv.Itoa(i + 1)
		f.Reviewers[i] = page.CampaignChoice{Rule: r.PostFormValue("reviewer_" + n), Email: r.PostFormValue("reviewer_email_" + n)}
	}
	return f
}

// definitionOf makes a definition of the form.
func definitionOf(f page.CampaignForm) review.Definition {
	days, _ := strconv.Atoi(strings.TrimSpace(f.Days))
	d := review.Definition{
		Name: orElse(strings.TrimSpace(f.Name), slug(f.Title)), Title: strings.TrimSpace(f.Title), Scope: strings.TrimSpace(f.Scope),
		Stages: []review.Stage{{Days: days}}, Silence: review.Silence{IT: f.SilenceIT, OT: f.SilenceOT, Safety: f.SilenceSafety},
		Fallback: strings.FieldsFunc(f.Fallback, func(c rune) bool { return c == ',' || c == ';' || c == ' ' || c == '\n' || c == '\r' }),
	}
	if n := strings.TrimSpace(f.FreshWithin); n != "" {
		d.FreshWithin = strings.TrimSuffix(n, "d") + "d"
	}
	for _, c := range f.Reviewers {
		if c.Rule == "email" {
			d.Stages[0].Reviewers = append(d.Stages[0].Reviewers, strings.TrimSpace(c.Email))
		} else if c.Rule != "" {
			d.Stages[0].Reviewers = append(d.Stages[0].Reviewers, c.Rule)
		}
	}
	return d
}

// slug makes a name of a title: small letters, digits and dashes.
func slug(title string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(title) {
		switch {
		case (r >= 'a' && r <= 'z') || (r >= '0' && r <= '9'):
			b.WriteRune(r)
		case folded[r] != "":
			b.WriteString(folded[r])
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	name := b.String()
	return strings.Trim(name[:min(len(name), 60)], "-")
}

var folded = map[rune]string{
	'ä': "ae", 'ö': "oe", 'ü': "ue", 'ß': "ss", 'å': "a", 'æ': "ae", 'ø': "o", 'é': "e", 'è': "e", 'ê': "e", 'á': "a", 'à': "a", 'â': "a",
	'í': "i", 'ó': "o", 'ô': "o", 'ú': "u", 'ç': "c", 'ñ': "n",
}

func (s *server) previewCampaign(w http.ResponseWriter, r *http.Request) error {
	p := s.newCampaign(r, orElse(r.PostFormValue("as"), "form"))
	p.Form, p.Definition = typedForm(r), r.PostFormValue("definition")
	if p.As == "form" {
		p.Definition = definitionOf(p.Form).Text()
	}
	if r.PostFormValue("do") == "yaml" {
		p.As = "yaml"
		return s.show(w, r, http.StatusOK, p.Page())
	}
	if p.As == "yaml" {
		p.Form = formOf(p.Definition)
	}
	pv, err := s.Review.Preview(r.Context(), p.Definition)
	if e := refusal(err); e != nil {
		return s.refusedCampaign(w, r, p, e)
	}
	if err != nil {
		return err
	}
	p.Preview = s.preview(pv, p.Definition)
	return s.show(w, r, http.StatusOK, p.Page())
}

// formOf fills the form from a definition, so that one may change to it; a
// definition that cannot be read leaves it empty.
func formOf(text string) page.CampaignForm {
	f := page.CampaignForm{Errors: map[string]string{}}
	d, err := review.Parse(text)
	if err != nil {
		return f
	}
	f.Name, f.Title, f.Scope, f.Fallback = d.Name, d.Title, d.Scope, strings.Join(d.Fallback, "\n")
	f.Days, f.FreshWithin = strconv.Itoa(d.Stages[0].Days), strings.TrimSuffix(d.FreshWithin, "d")
	f.SilenceIT, f.SilenceOT, f.SilenceSafety = d.Silence.IT, d.Silence.OT, d.Silence.Safety
	for i, rule := range d.Stages[0].Reviewers {
		if i < len(f.Reviewers) {
			f.Reviewers[i] = page.CampaignChoice{Rule: rule}
			if strings.Contains(rule, "@") {
				f.Reviewers[i] = page.CampaignChoice{Rule: "email", Email: rule}
			}
		}
	}
	return f
}

// refusedCampaign shows the form again with the sentence where it belongs.
func (s *server) refusedCampaign(w http.ResponseWriter, r *http.Request, p page.CampaignNew, e *errs.Error) error {
	switch {
	case p.As == "yaml":
		p.DefError = e.Message
	case e.Field != "":
		field := e.Field
		if field == "stages" {
			field = "reviewers"
		}
		p.Form.Errors[field] = e.Message
	default:
		p.Error = e.Message
	}
	return s.show(w, r, statuses[e.Kind], p.Page())
}

func (s *server) preview(pv review.Preview, definition string) *page.CampaignPreview {
	d := pv.Definition
	due := s.Now().AddDate(0, 0, d.Stages[0].Days)
	out := &page.CampaignPreview{
		Title: d.Title, Scope: access.Describe(d.Scope), Due: s.date(&due) + ", if launched today", Items: int(pv.Items), Reviewers: len(pv.Reviewers),
		Fallback: int(pv.FallbackItems), Without: int(pv.Without), WithoutWho: pv.WithoutWho, Stale: pv.StaleSources, FreshWithin: d.FreshWithin,
		Minutes: hours(pv.Minutes), Critical: int(pv.Risks[review.Critical]), High: int(pv.Risks[review.High]), Medium: int(pv.Risks[review.Medium]),
		Low: int(pv.Risks[review.Low]), NotInForce: pv.NotInForce, Gone: pv.Gone, Hidden: []ui.Param{{Name: "definition", Value: definition}, {Name: "as", Value: "yaml"}},
	}
	out.Warnings = pv.Warnings
	if pv.Running != nil {
		out.Running, out.RunningText = pv.Running.String(), besideText
	}
	for _, pile := range pv.Reviewers[:min(review.Largest, len(pv.Reviewers))] {
		out.Piles = append(out.Piles, page.CampaignPile{Who: ui.Person{Name: pile.Name, Email: pile.Email}, Items: int(pile.Items)})
	}
	return out
}

func hours(n int) string {
	if n < 90 {
		return fmt.Sprintf("%d min", n)
	}
	return fmt.Sprintf("%d h %d min", n/60, n%60)
}

func (s *server) createCampaign(w http.ResponseWriter, r *http.Request) error {
	p := s.newCampaign(r, "yaml")
	p.Definition = r.PostFormValue("definition")
	id, err := s.create(r, p.Definition)
	e := refusal(err)
	if e == nil && err != nil {
		return err
	}
	if e != nil && e.Field == "again" {
		return s.refusedBeside(w, r, p, e)
	}
	if e != nil {
		return s.refusedCampaign(w, r, p, e)
	}
	return see(w, r, fmt.Sprintf("/campaigns/%d", id))
}

func (s *server) create(r *http.Request, definition string) (id int64, err error) {
	if r.PostFormValue("do") == "launch" {
		return s.Review.DraftAndStartLaunch(r.Context(), definition, launchOptions(r)...)
	}
	return s.Review.Draft(r.Context(), definition)
}

// refusedBeside shows the preview again, with the box that was not ticked.
func (s *server) refusedBeside(w http.ResponseWriter, r *http.Request, p page.CampaignNew, e *errs.Error) error {
	pv, err := s.Review.Preview(r.Context(), p.Definition)
	if err != nil {
		return err
	}
	p.Preview, p.Form = s.preview(pv, p.Definition), formOf(p.Definition)
	p.Preview.AgainError = "Tick this if both are meant."
	return s.show(w, r, statuses[e.Kind], p.Page())
}

// soon bounds how far ahead a pace is drawn.
const soon = 62 * 24 * time.Hour
