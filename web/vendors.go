package web

import (
	"net/http"
	"strconv"

	"interlock/internal/identity"
	"interlock/web/page"
	"interlock/web/ui"
)

var vendorParams = []string{"look", "q", "sort"}

// vendorLooks are the questions that a list of vendors answers.
var vendorLooks = []struct {
	key, label string
	narrow     func(*identity.Filter)
}{
	{"", "All", func(*identity.Filter) {}},
	{"past", "Past their contract", func(f *identity.Filter) { f.Contract = "past" }},
	{"endless", "Without contract end", func(f *identity.Filter) { f.Contract = "none" }},
	{"standing", "Standing access", func(f *identity.Filter) { f.Access = "standing" }},
	{"alone", "Without sponsor", func(f *identity.Filter) { f.Owner = "none" }},
	{"orphaned", "Sponsor has left", func(f *identity.Filter) { f.Owner = "gone" }},
	{"idle", "Without access", func(f *identity.Filter) { f.Access = "none" }},
}

func (s *server) vendors(w http.ResponseWriter, r *http.Request) error {
	l := listing{path: "/vendors", query: r.URL.Query(), known: vendorParams, m: s.asOf(r)}
	f := identity.Filter{At: l.m.at, Kind: "vendor", Text: l.query.Get("q"), Sort: l.query.Get("sort"), After: number64(r, "after")}
	p := page.Vendors{
		Inventory: s.inventory(r, "Vendors", "/vendors", l.m), Text: f.Text, Look: l.query.Get("look"), Sort: f.Sort, AsOf: l.m.text, Filtered: l.filtered(), Clear: l.m.link("/vendors"),
		Head: []ui.SortHeader{l.sorted("Vendor", "name", ""), l.sorted("Contract ends", "contract", "")},
	}
	views, err := s.vendorViews(r, l, &f)
	if err != nil {
		return err
	}
	p.Views = views
	rows, more, err := s.Identity.List(r.Context(), f, listPage)
	if err != nil {
		return err
	}
	for _, row := range rows {
		p.Rows = append(p.Rows, s.vendorRow(row, l.m))
	}
	p.Pager = ui.Pager{Text: ui.Plural(len(rows), "vendor", "vendors")}
	if more {
		p.Pager.Text += ", and more"
		p.Pager.Next = l.with("after", strconv.FormatInt(rows[len(rows)-1].ID, 10))
	}
	p.CSV = l.m.link("/identities.csv", "kind", "vendor", "q", f.Text, "access", f.Access, "contract", f.Contract, "owner", f.Owner, "sort", f.Sort)
	return s.show(w, r, http.StatusOK, p.Page())
}

// vendorViews are the looks with how many vendors each has; the one that is asked
// for narrows the filter.
func (s *server) vendorViews(r *http.Request, l listing, f *identity.Filter) ([]ui.View, error) {
	narrowed := make([]identity.Filter, len(vendorLooks))
	for i, look := range vendorLooks {
		narrowed[i] = *f
		look.narrow(&narrowed[i])
	}
	totals, err := s.Identity.Totals(r.Context(), l.m.at, narrowed...)
	if err != nil {
		return nil, err
	}
	views := make([]ui.View, len(vendorLooks))
	for i, look := range vendorLooks {
		views[i] = ui.View{Label: look.label, Href: l.with("look", look.key), Current: look.key == l.query.Get("look"), Count: int(totals[i])}
		if views[i].Current {
			*f = narrowed[i]
		}
	}
	return views, nil
}

func (s *server) vendorRow(i identity.Row, m moment) page.VendorRow {
	row := page.VendorRow{
		Who: page.Who{Kind: i.Kind, Name: i.Name, Href: m.link(identityHref(i.ID))}, Key: i.Source + ":" + i.Key, Organisation: text(i.Organisation),
		Status: identityStatus(i.Status, i.Gone, i.Source), Ends: s.date(i.ContractEnd), Grants: int(i.Grants), Standing: int(i.Standing), Crossing: int(i.Crossing),
		Highest: i.Highest, Sessions: int(i.Sessions), LastSession: s.since(i.LastSession, m.when),
	}
	if i.OwnerName != nil {
		row.Sponsor = page.Who{Name: *i.OwnerName, Href: m.link(identityHref(*i.OwnerID)), Gone: *i.OwnerGone}
	}
	if i.ContractEnd != nil {
		row.EndsIn, row.Past = s.ends(*i.ContractEnd, m.when)
	}
	return row
}
