package web

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"interlock/internal/access"
	"interlock/internal/authz"
	"interlock/internal/errs"
	"interlock/internal/identity"
	"interlock/web/page"
	"interlock/web/ui"
)

var ownerParams = []string{"standing", "class", "owner", "q"}

// ownerStandings are the questions that the list of owners answers.
var ownerStandings = []struct {
	key, label string
	count      func(identity.ClassCounts) int64
	standings  []string
}{
	{"", "Without owner", func(c identity.ClassCounts) int64 { return c.None + c.Gone }, []string{identity.Nobody, identity.Gone, identity.NoPerson}},
	{"none", "Nobody named", func(c identity.ClassCounts) int64 { return c.None }, []string{identity.Nobody}},
	{"gone", "Owner is gone", func(c identity.ClassCounts) int64 { return c.Gone }, []string{identity.Gone, identity.NoPerson}},
	{"disputed", "Source disagrees", func(c identity.ClassCounts) int64 { return c.Contradicted }, nil},
	{"all", "All", func(c identity.ClassCounts) int64 { return c.Things }, nil},
}

// ownerClasses are how classes of things are called.
var ownerClasses = map[string]string{"": "All", "machine": "Machines", "shared": "Shared logins", "vendor": "Vendors", "asset": "Assets", "entitlement": "Rights"}

// thingKey names a thing in forms and addresses; thingOf reads it.
func thingKey(t identity.Thing) string { return t.Subject + "." + strconv.FormatInt(t.ID, 10) }

func thingOf(key string) identity.Thing {
	subject, id, _ := strings.Cut(key, ".")
	n, _ := strconv.ParseInt(id, 10, 64)
	return identity.Thing{Subject: subject, ID: n}
}

// ownerCursor reads what ownerAfter wrote into the filter.
func ownerCursor(after string, f *identity.OwnershipFilter) {
	if part := strings.SplitN(after, ".", 3); len(part) == 3 {
		f.After.Thing, f.After.Name = thingOf(part[0]+"."+part[1]), part[2]
	}
}

func ownerAfter(o identity.Ownership) string { return thingKey(o.Thing()) + "." + o.Name }

// ownerList reads the list of owners that a query asks for.
func (s *server) ownerList(r *http.Request, q url.Values) (listing, identity.OwnershipFilter) {
	l := listing{path: "/owners", query: q, known: ownerParams, m: s.asOf(r)}
	f := identity.OwnershipFilter{At: l.m.at, Class: q.Get("class"), Text: q.Get("q"), Disputed: q.Get("standing") == "disputed"}
	f.Owner, _ = strconv.ParseInt(q.Get("owner"), 10, 64)
	for _, v := range ownerStandings {
		if v.key == q.Get("standing") {
			f.Standings = v.standings
		}
	}
	ownerCursor(q.Get("after"), &f)
	return l, f
}

func (s *server) owners(w http.ResponseWriter, r *http.Request) error {
	p, err := s.ownersPage(r, r.URL.Query(), offering{})
	if err != nil {
		return err
	}
	return s.show(w, r, http.StatusOK, p.Page())
}

// ownersPage is the list that a query asks for, with what was typed into its form.
func (s *server) ownersPage(r *http.Request, q url.Values, typed offering) (page.Owners, error) {
	l, f := s.ownerList(r, q)
	p := page.Owners{
		Inventory: s.inventory(r, "Owners", "/owners", l.m), Text: f.Text, Filtered: l.filtered(), Clear: l.m.link("/owners"), CSV: l.m.link("/owners.csv", kept(q, ownerParams)...),
	}
	if authz.Can(authz.From(r.Context()), "ownership:own") {
		p.Own = "/ownership"
	}
	for _, name := range []string{"standing", "class", "owner"} {
		p.Hidden = append(p.Hidden, ui.Param{Name: name, Value: q.Get(name)})
	}
	p.Hidden = append(p.Hidden, ui.Param{Name: "as_of", Value: l.m.text})
	classes, offered, err := s.Identity.OwnershipClasses(r.Context(), l.m.at)
	if err != nil {
		return p, err
	}
	ownerViews(&p, l, classes)
	p.Unknown = l.m.text != "" && !slices.ContainsFunc(classes, func(c identity.ClassCounts) bool { return c.Things > 0 })
	p.Figures = ownerFigures(l.m, classes, offered)
	if err := s.ownersLeft(r, l, f.Owner, &p); err != nil {
		return p, err
	}
	list, more, err := s.Identity.Ownership(r.Context(), f)
	if err != nil {
		return p, err
	}
	if f.Owner != 0 {
		p.Only = "Only of one owner."
		if len(list) > 0 {
			p.Only = "Only what " + list[0].OwnerName + " is named for."
		}
	}
	for _, o := range list {
		p.Rows = append(p.Rows, s.ownerRow(o, l.m, typed))
	}
	if l.m.at.IsZero() && authz.Can(authz.From(r.Context()), "ownership:offer") {
		p.Offer = typed.form("/owners/offer", q.Encode(), l.with("tick", "all"), p.Rows)
	}
	p.Pager = ui.Pager{Text: ui.Plural(len(list), "thing", "things") + ", by name"}
	if more {
		p.Pager.Next = l.with("after", ownerAfter(list[len(list)-1]))
	}
	return p, nil
}

// ownerViews are the questions and the classes, each counted within the other.
func ownerViews(p *page.Owners, l listing, classes []identity.ClassCounts) {
	counted := func(standing, class string) int {
		n := int64(0)
		for _, c := range classes {
			for _, v := range ownerStandings {
				if v.key == standing && (class == "" || class == c.Class) {
					n += v.count(c)
				}
			}
		}
		return int(n)
	}
	standing, class := l.query.Get("standing"), l.query.Get("class")
	for _, v := range ownerStandings {
		p.Views = append(p.Views, ui.View{Label: v.label, Href: l.with("standing", v.key), Current: v.key == standing, Count: counted(v.key, class)})
	}
	for _, c := range append([]string{""}, identity.Classes()...) {
		p.Classes = append(p.Classes, ui.View{Label: ownerClasses[c], Href: l.with("class", c), Current: c == class, Count: counted(standing, c)})
	}
}

func ownerFigures(m moment, classes []identity.ClassCounts, offered int64) []ui.Figure {
	var all identity.ClassCounts
	for _, c := range classes {
		all.Things, all.None, all.Gone, all.Contradicted = all.Things+c.Things, all.None+c.None, all.Gone+c.Gone, all.Contradicted+c.Contradicted
	}
	tone := func(n int64, tone string) string {
		if n == 0 {
			return ""
		}
		return tone
	}
	return []ui.Figure{
		{Title: "Nobody named", Value: number(all.None), Of: "of " + number(all.Things), Href: m.link("/owners", "standing", "none"), Tone: tone(all.None, "bad"), Sub: "No source names an owner, and nobody took it over."},
		{Title: "Owner is gone", Value: number(all.Gone), Of: "of " + number(all.Things), Href: m.link("/owners", "standing", "gone"), Tone: tone(all.Gone, "bad"), Sub: "Who is named has left, is disabled or is no person."},
		{Title: "Offered", Value: number(offered), Href: "/owners/offers?tab=waiting", Sub: "Somebody is asked to own it and has not answered."},
		{Title: "Source disagrees", Value: number(all.Contradicted), Href: m.link("/owners", "standing", "disputed"), Tone: tone(all.Contradicted, "warn"), Sub: "Taken over here; its source names somebody else since."},
	}
}

// ownersLeft lists who is gone and still named as owner.
func (s *server) ownersLeft(r *http.Request, l listing, here int64, p *page.Owners) error {
	list, err := s.Identity.GoneOwners(r.Context(), l.m.at)
	for _, g := range list {
		p.Left = append(p.Left, page.OwnerLeft{
			Name: g.Name, Status: goneWord(g.Status), Things: int(g.Things), Here: g.OwnerID == here,
			Href: l.m.link("/owners", "standing", "gone", "owner", strconv.FormatInt(g.OwnerID, 10)),
		})
	}
	return err
}

// goneWord says why who is named cannot own.
func goneWord(status string) string {
	switch status {
	case "left":
		return "has left"
	case "disabled":
		return "is disabled"
	}
	return "is no person"
}

func (s *server) ownerRow(o identity.Ownership, m moment, typed offering) page.OwnerRow {
	key := thingKey(o.Thing())
	row := page.OwnerRow{
		Thing: key, Name: o.Name, Sub: thingSub(o.Subject, o.Kind, o.AssetName, o.Source+":"+o.Key), Grants: int(o.Grants), Highest: o.Highest,
		State: standingChip(o), To: typed.chosen(key), Ticked: typed.all || slices.Contains(typed.ticked, key),
	}
	row.Kind, row.Icon, row.Href = thingLook(o.Subject, o.Kind, o.ID, o.AssetID)
	row.Href = m.link(row.Href)
	if o.OwnerID != nil {
		row.Owner = page.Who{Name: o.OwnerName, Href: m.link(identityHref(*o.OwnerID))}
	}
	switch o.NamedBy {
	case "transfer":
		row.OwnerNote = "took it over " + s.date(o.Since)
	case "asset":
		row.OwnerNote = "as the asset’s owner"
	}
	if o.IsContradicted {
		row.OwnerNote = joined(row.OwnerNote, "its source names "+orElse(o.SourceOwner, "nobody"))
	}
	if o.OfferID != nil {
		row.Waiting = "to " + o.OfferedTo + ", until " + s.date(o.OfferedUntil)
	}
	for _, p := range o.Proposals {
		row.Proposals = append(row.Proposals, ui.Option{Value: p.Email, Label: p.Name + ": " + s.proposed(p)})
	}
	return row
}

// thingLook is the kind or icon of a thing and the page that tells of it.
func thingLook(subject, kind string, id int64, asset *int64) (idKind, icon, href string) {
	switch subject {
	case "identity":
		return kind, "", identityHref(id)
	case "asset":
		return "", "cpu", assetHref(id)
	}
	if asset == nil {
		return "", "key", ""
	}
	return "", "key", assetHref(*asset)
}

// thingSub is what a thing is and how its source calls it.
func thingSub(subject, kind, asset, key string) string {
	switch subject {
	case "identity":
		return joined(kindWords[kind], key)
	case "asset":
		return joined(access.Class(kind), key)
	}
	return joined(prefixed("right on ", asset), key)
}

func standingChip(o identity.Ownership) ui.Chip {
	switch o.Standing {
	case identity.Nobody:
		return ui.Chip{Text: "no owner", Tone: "bad", Icon: "alert-triangle"}
	case identity.Gone:
		return ui.Chip{Text: goneWord(o.OwnerStatus), Tone: "warn", Icon: "logout"}
	case identity.NoPerson:
		return ui.Chip{Text: "is no person", Tone: "warn", Icon: "alert-triangle"}
	}
	return ui.Chip{}
}

// proposed says why somebody might own a thing.
func (s *server) proposed(p identity.Proposal) string {
	switch {
	case p.Rule == identity.ByManager && p.About != "":
		return "manager of " + p.About
	case p.Rule == identity.ByManager:
		return "manages it"
	case p.Rule == identity.ByGranter:
		return joined("granted access last, "+s.date(p.At), text(p.Ticket))
	case p.Things == nil || *p.Things < 2:
		return "owns " + p.About
	case p.Subject == "asset":
		return fmt.Sprintf("owns %d others in %s", *p.Things, p.About)
	}
	return fmt.Sprintf("owns %s and %d more it works on", p.About, *p.Things-1)
}

func (s *server) ownersCSV(w http.ResponseWriter, r *http.Request) error {
	l, f := s.ownerList(r, r.URL.Query())
	if l.m.page.Error != "" {
		return errNoPage
	}
	return s.download(w, r, "owners.csv", func(to io.Writer) error { return s.Identity.ExportOwners(r.Context(), f, to) })
}

// offerOwnership is what a form of the list of owners asks for.
func (s *server) offerOwnership(w http.ResponseWriter, r *http.Request) error {
	typed := offeringOf(r)
	err := s.Identity.Offer(r.Context(), typed.offer())
	q, _ := url.ParseQuery(r.PostFormValue("back"))
	if e := refusal(err); e != nil {
		return s.refusedOffer(w, r, q, typed, e)
	}
	if err != nil {
		return err
	}
	s.tell(r, typed.done(), "")
	q.Del("tick")
	return see(w, r, address("/owners", kept(q, append(ownerParams, "after"))...))
}

func (s *server) refusedOffer(w http.ResponseWriter, r *http.Request, q url.Values, typed offering, e *errs.Error) error {
	typed.refuse(e)
	p, err := s.ownersPage(r, q, typed)
	if err != nil {
		return err
	}
	return s.show(w, r, statuses[e.Kind], p.Page())
}
