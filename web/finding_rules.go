package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"interlock/internal/authz"
	"interlock/internal/errs"
	"interlock/internal/finding"
	"interlock/internal/review"
	"interlock/web/page"
	"interlock/web/ui"
)

// findingTabs are the pages about findings.
func findingTabs(here string) (tabs []ui.View) {
	for _, t := range []ui.View{{Label: "Findings", Href: "/findings"}, {Label: "Crossing policies", Href: "/findings/policies"}, {Label: "Toxic combinations", Href: "/findings/combinations"}} {
		tabs = append(tabs, ui.View{Label: t.Label, Href: t.Href, Current: t.Href == here, Count: -1})
	}
	return tabs
}

func (s *server) policies(w http.ResponseWriter, r *http.Request) error {
	list, err := s.Finding.Policies(r.Context())
	if err != nil {
		return err
	}
	may := authz.Can(authz.From(r.Context()), "finding:rule")
	p := page.Policies{Shell: s.shell(r, "Crossing policies", "/findings"), Tabs: findingTabs("/findings/policies"), May: may}
	var people []string
	for _, x := range list {
		people = append(people, x.CreatedBy, text(x.EndedBy))
	}
	names := s.called(r, people...)
	for _, x := range list {
		p.Rows = append(p.Rows, s.policyRow(x, names, may))
	}
	return s.show(w, r, http.StatusOK, p.Page())
}

func (s *server) policyRow(x finding.Policy, names review.Names, may bool) page.PolicyRow {
	row := page.PolicyRow{
		Who: page.Who{Kind: x.Kind, Name: x.IdentityName, Href: identityHref(x.SubjectID)}, Key: x.Source + ":" + x.Identity, Why: x.Why,
		Owner: page.Who{Name: x.OwnerName, Href: identityHref(x.OwnerID), Gone: !x.IsLivePerson}, Since: s.date(&x.CreatedAt), By: actorWords(x.CreatedBy, names), Ends: s.date(&x.EndsAt),
		State: ui.Chip{Text: "allowed", Tone: "good", Icon: "check"},
	}
	if x.CredentialID != nil {
		row.Secret = text(x.Credential)
	}
	switch {
	case x.EndedAt != nil:
		row.State = ui.Chip{Text: "ended by " + actorWords(text(x.EndedBy), names) + ", " + s.date(x.EndedAt)}
	case !x.EndsAt.After(s.Now()):
		row.State = ui.Chip{Text: "over", Tone: "warn", Icon: "clock"}
	case !x.IsLivePerson:
		row.State = ui.Chip{Text: "does not count: its owner has left", Tone: "warn", Icon: "logout"}
	}
	if x.EndedAt == nil && x.EndsAt.After(s.Now()) && may {
		row.End = fmt.Sprintf("/findings/policies/%d/end", x.ID)
	}
	return row
}

func (s *server) endPolicy(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "policy")
	if err != nil {
		return err
	}
	if err := s.Finding.EndPolicy(r.Context(), id); err != nil {
		return err
	}
	s.tell(r, "Ended. What it allowed is a finding again when all is looked at, in a moment.", "")
	return see(w, r, "/findings/policies")
}

func (s *server) combinations(w http.ResponseWriter, r *http.Request) error {
	return s.showCombinations(w, r, http.StatusOK, nil, nil)
}

func (s *server) showCombinations(w http.ResponseWriter, r *http.Request, status int, refused *errs.Error, typed url.Values) error {
	list, err := s.Finding.Combinations(r.Context())
	if err != nil {
		return err
	}
	p := page.Combinations{Shell: s.shell(r, "Toxic combinations", "/findings"), Tabs: findingTabs("/findings/combinations"), May: authz.Can(authz.From(r.Context()), "finding:rule"), Typed: typed}
	if refused != nil {
		p.Error, p.Field = refused.Message, refused.Field
	}
	for _, c := range list {
		row := page.CombinationRow{
			ID: c.ID, Name: c.Name, Why: c.Why, Owner: page.Who{Name: text(c.OwnerName), Gone: !c.IsLivePerson}, Made: s.madeBy(c.CreatedBy, c.CreatedAt),
			First:  sideWords(finding.Side{Words: c.FirstWords, Classes: c.FirstClasses, Domains: c.FirstDomains, Privileges: c.FirstPrivileges}),
			Second: sideWords(finding.Side{Words: c.SecondWords, Classes: c.SecondClasses, Domains: c.SecondDomains, Privileges: c.SecondPrivileges}),
			Open:   ui.Link{Label: number(c.Open), Href: address("/findings", "rule", "toxic_combination", "part", fmt.Sprint(c.ID))},
		}
		p.Rows = append(p.Rows, row)
	}
	if p.May {
		known, err := s.Asset.Known(r.Context(), time.Time{})
		if err != nil {
			return err
		}
		p.Classes = known.Classes
	}
	return s.show(w, r, status, p.Page())
}

// madeBy says since when a combination is looked for; some come with Interlock.
func (s *server) madeBy(actor string, at time.Time) string {
	if strings.HasPrefix(actor, "system:") {
		return "comes with Interlock"
	}
	return s.date(&at) + ", by " + actorWords(actor, nil)
}

// sideWords says a side: engineer or admin on plc or ews in ot, named "approve".
func sideWords(x finding.Side) string {
	s := orElse(strings.Join(x.Privileges, " or "), "any right")
	if len(x.Classes) > 0 {
		s += " on " + strings.Join(x.Classes, ", ")
	}
	if len(x.Domains) > 0 {
		s += " in " + strings.Join(x.Domains, " or ")
	}
	if len(x.Words) > 0 {
		s += ", named “" + strings.Join(x.Words, "” and “") + "”"
	}
	return s
}

func (s *server) combine(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.Invalidf("The form could not be read.")
	}
	c := finding.NewCombination{Name: r.PostFormValue("name"), Why: r.PostFormValue("why"), Owner: r.PostFormValue("owner"), First: sideTyped(r.PostForm, "first"), Second: sideTyped(r.PostForm, "second")}
	err := s.classesKnown(r, c.First, c.Second)
	if err == nil {
		_, err = s.Finding.Combine(r.Context(), c)
	}
	if e := refusal(err); e != nil {
		return s.showCombinations(w, r, statuses[e.Kind], e, r.PostForm)
	}
	if err != nil {
		return err
	}
	s.tell(r, "Added. Who holds both is found when all is looked at again, in a moment.", "")
	return see(w, r, "/findings/combinations")
}

func sideTyped(form url.Values, side string) finding.Side {
	words := func(name string) []string {
		return strings.FieldsFunc(strings.ToLower(form.Get(side+"_"+name)), func(c rune) bool { return c == ',' || c == ' ' || c == ';' })
	}
	return finding.Side{Words: words("words"), Classes: words("classes"), Domains: form[side+"_domain"], Privileges: form[side+"_privilege"]}
}

// classesKnown refuses a class that no asset is of: such a side would never be found.
func (s *server) classesKnown(r *http.Request, sides ...finding.Side) error {
	known, err := s.Asset.Known(r.Context(), time.Time{})
	if err != nil {
		return err
	}
	for i, side := range sides {
		for _, class := range side.Classes {
			if !slices.ContainsFunc(known.Classes, func(c string) bool { return strings.EqualFold(c, class) }) {
				return errs.InvalidField([]string{"first", "second"}[i]+"_classes", "No asset is of class %q. Known: %s.", class, strings.Join(known.Classes, ", "))
			}
		}
	}
	return nil
}

func (s *server) endCombination(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "combination")
	if err != nil {
		return err
	}
	if err := s.Finding.EndCombination(r.Context(), id); err != nil {
		return err
	}
	s.tell(r, "Ended. What it found closes when all is looked at again, in a moment.", "")
	return see(w, r, "/findings/combinations")
}

func (s *server) ownCombination(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "combination")
	if err != nil {
		return err
	}
	err = s.Finding.OwnCombination(r.Context(), id, r.PostFormValue("owner"))
	if e := refusal(err); e != nil {
		e.Field = fmt.Sprintf("owner-%d", id)
		return s.showCombinations(w, r, statuses[e.Kind], e, nil)
	}
	if err != nil {
		return err
	}
	s.tell(r, "Owned.", "")
	return see(w, r, "/findings/combinations")
}
