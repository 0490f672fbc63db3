package web

import (
	"io"
	"net/http"
	"strconv"

	"interlock/internal/identity"
	"interlock/web/page"
	"interlock/web/ui"
)

var identityParams = []string{"kind", "q", "status", "source", "domain", "department", "owner", "access", "contract", "where", "sort"}

func (s *server) identityList(r *http.Request) (listing, identity.Filter) {
	l := listing{path: "/identities", query: r.URL.Query(), known: identityParams, m: s.asOf(r)}
	get := l.query.Get
	return l, identity.Filter{
		At: l.m.at, Kind: get("kind"), Text: get("q"), Status: get("status"), Source: get("source"), Domain: get("domain"), Department: get("department"),
		Owner: get("owner"), Access: get("access"), Contract: get("contract"), Where: get("where"), Sort: get("sort"), After: number64(r, "after"),
	}
}

func (s *server) identities(w http.ResponseWriter, r *http.Request) error {
	l, f := s.identityList(r)
	p := page.Identities{
		Inventory: s.inventory(r, "Identities", "/identities", l.m), Filter: page.IdentityFilter{
			Kind: f.Kind, Text: f.Text, Status: f.Status, Source: f.Source, Domain: f.Domain, Department: f.Department, Owner: f.Owner, Access: f.Access, Contract: f.Contract, Where: f.Where,
			Sort: f.Sort, AsOf: l.m.text, Filtered: l.filtered(), Clear: l.m.link("/identities"),
		},
		CSV: l.m.link("/identities.csv", kept(l.query, identityParams)...),
	}
	p.Head = []ui.SortHeader{
		l.sorted("Identity", "name", "il-c-wide"), l.sorted("Kind", "kind", "il-c-day"), l.sorted("Home", "department", ""),
		l.sorted("Last seen", "seen", "il-c-day"),
	}
	err := s.fillIdentities(r, l, f, &p)
	if e := refusal(err); e != nil {
		p.Filter.Error = e.Message
		return s.show(w, r, http.StatusUnprocessableEntity, p.Page())
	}
	if err != nil {
		return err
	}
	return s.show(w, r, http.StatusOK, p.Page())
}

func (s *server) fillIdentities(r *http.Request, l listing, f identity.Filter, p *page.Identities) error {
	known, err := s.Identity.Sources(r.Context())
	if err != nil {
		return err
	}
	for _, name := range known {
		p.Sources = append(p.Sources, ui.Option{Value: name, Label: name})
	}
	if p.Views, err = s.kindViews(r, l, f); err != nil {
		return err
	}
	rows, more, err := s.Identity.List(r.Context(), f, listPage)
	if err != nil {
		return err
	}
	for _, row := range rows {
		p.Rows = append(p.Rows, s.identityRow(row, l.m))
	}
	p.Pager = ui.Pager{Text: ui.Plural(len(rows), "identity", "identities")}
	if more {
		p.Pager.Text += ", and more"
		p.Pager.Next = l.with("after", strconv.FormatInt(rows[len(rows)-1].ID, 10))
	}
	return nil
}

// kindViews are the kinds with how many there are of each; they are counted
// unless that means reading everybody's name or grants.
func (s *server) kindViews(r *http.Request, l listing, f identity.Filter) ([]ui.View, error) {
	all := ui.View{Label: "All", Href: l.with("kind", ""), Current: f.Kind == "", Count: -1}
	if f.Text != "" || f.Where != "" || f.Access != "" {
		views := []ui.View{all}
		for _, k := range identity.Kinds {
			views = append(views, ui.View{Label: capital(ui.KindWord(k)), Href: l.with("kind", k), Current: f.Kind == k, Count: -1})
		}
		return views, nil
	}
	counts, err := s.Identity.Counts(r.Context(), f)
	all.Count = 0
	var views []ui.View
	for _, c := range counts {
		all.Count += int(c.N)
		views = append(views, ui.View{Label: capital(ui.KindWord(c.Kind)), Href: l.with("kind", c.Kind), Current: f.Kind == c.Kind, Count: int(c.N)})
	}
	return append([]ui.View{all}, views...), err
}

func (s *server) identityRow(i identity.Row, m moment) page.IdentityRow {
	row := page.IdentityRow{
		Who: page.Who{Kind: i.Kind, Name: i.Name, Href: m.link(identityHref(i.ID))}, Kind: kindWords[i.Kind], Key: i.Source + ":" + i.Key, Email: text(i.Email),
		Status: identityStatus(i.Status, i.Gone, i.Source), Domain: text(i.Domain), Unit: orElse(text(i.Department), text(i.Organisation)),
		Person: i.Kind == "person" || i.Kind == "contractor", Grants: int(i.Grants), Crossing: int(i.Crossing), Highest: i.Highest, Seen: s.since(i.LastSeen, m.when),
	}
	if i.OwnerName != nil {
		row.Owner = page.Who{Name: *i.OwnerName, Href: m.link(identityHref(*i.OwnerID)), Gone: *i.OwnerGone}
	}
	return row
}

// identityStatus says how an identity stands, where it is not simply active.
func identityStatus(status string, gone bool, source string) ui.Chip {
	switch {
	case gone:
		return ui.Chip{Text: "no longer in " + source, Icon: "history"}
	case status == "leave":
		return ui.Chip{Text: "on leave", Icon: "clock"}
	case status == "disabled":
		return ui.Chip{Text: "disabled", Icon: "player-pause"}
	case status == "left":
		return ui.Chip{Text: "left", Icon: "logout"}
	}
	return ui.Chip{}
}

func (s *server) identitiesCSV(w http.ResponseWriter, r *http.Request) error {
	l, f := s.identityList(r)
	if l.m.page.Error != "" {
		return errNoPage
	}
	return s.download(w, r, "identities.csv", func(to io.Writer) error { return s.Identity.Export(r.Context(), f, to) })
}
