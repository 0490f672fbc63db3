package web

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"interlock/internal/authz"
	"interlock/internal/errs"
	"interlock/internal/finding"
	"interlock/internal/identity"
	"interlock/web/page"
	"interlock/web/ui"
)

func (s *server) identityPage(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "identity")
	if err != nil {
		return err
	}
	m, all := s.asOf(r), r.URL.Query().Get("grants") == "all"
	i, err := s.Identity.Profile(r.Context(), identity.Asked{ID: id, At: m.at, AllGrants: all, Day: s.date})
	if errs.Is(err, errs.NotFound) && !m.at.IsZero() {
		err = errors.Join(errs.NotFoundf("There is no such identity, it is not yours to see, or it was not known yet on %s.", s.moment(&m.at)), err)
	}
	if err != nil {
		return err
	}
	v := profile{s, r, m, i.Limited, s.Zone}
	p := page.Identity{
		Inventory: s.inventory(r, i.Name, "/identities", m), Name: i.Name, Kind: i.Kind, Chips: v.chips(i), Lede: v.lede(i), Figures: v.figures(i), Facts: v.facts(i), Owns: v.owns(i),
		Total: int(i.Totals.Grants), IsShared: i.Kind == "shared",
	}
	if i.Limited {
		p.Limited = "Your role is limited to a site: what this identity can do elsewhere is left out."
	}
	for _, g := range i.Grants {
		p.Grants = append(p.Grants, v.held(g))
	}
	if len(i.Grants) < p.Total && !all {
		p.GrantsAll = ui.Link{Label: "Show all " + number(i.Totals.Grants), Href: m.link(r.URL.Path, "grants", "all") + "#grants-h"}
	}
	v.fill(&p, i)
	p.Wrong, err = v.wrong(finding.Filter{Identity: id}, "identity", id)
	if err != nil {
		return err
	}
	if p.Far, err = v.far(id); err != nil {
		return err
	}
	return s.show(w, r, http.StatusOK, p.Page())
}

// far is how far it gets, as kept; of another day it is computed when asked.
func (v profile) far(id int64) (page.FarBox, error) {
	path := fmt.Sprintf("/identities/%d/reach", id)
	switch {
	case v.limited:
		return page.FarBox{Note: "How far it gets is shown to roles that see every site."}, nil
	case !v.m.at.IsZero():
		return page.FarBox{Note: "How far it got then is computed when you ask.", All: address(path, "as_of", v.m.page.Typed)}, nil
	}
	kept, standing, err := v.Reach.Kept(v.r.Context(), id)
	if err != nil {
		return page.FarBox{}, err
	}
	box := page.FarBox{All: path}
	if box.Age, _ = v.reachAge(standing); standing.At.IsZero() {
		box.Note, box.Age = box.Age, ""
		return box, nil
	}
	box.Bars, box.Path = v.reachBars(kept), arrows(kept.Path())
	return box, nil
}

// profile writes the facts of one identity or asset as of a moment.
type profile struct {
	*server
	r       *http.Request
	m       moment
	limited bool // a role of one site: whom it may not see is named, not linked
	zone    *time.Location
}

// at writes a time in the zone of the page.
func (v profile) at(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.In(v.zone).Format("2 Jan 2006, 15:04 MST")
}

// who names an identity; to a reader of one site it is a link only where that is
// known to lead somewhere.
func (v profile) who(kind, name string, id *int64, sure bool) page.Who {
	w := page.Who{Kind: kind, Name: name}
	if id != nil && (sure || !v.limited) {
		w.Href = v.m.link(identityHref(*id))
	}
	return w
}

func (v profile) asset(id int64, name string) ui.Link {
	return ui.Link{Label: name, Href: v.m.link(assetHref(id))}
}

func (v profile) chips(i identity.Profile) (list []ui.Chip) {
	if c := identityStatus(i.Status, i.EndedAt != nil, i.Source); c.Text != "" {
		list = append(list, c)
	}
	if i.PersonStatus == "left" && i.Status != "left" && i.EndedAt == nil {
		list = append(list, ui.Chip{Text: "left, as another source says", Tone: "warn", Icon: "logout"})
	}
	return list
}

func isPersonal(kind string) bool { return kind == "person" || kind == "contractor" }

// lede says in a sentence what it is and where it is at home.
func (v profile) lede(i identity.Profile) string {
	home := map[string]string{"it": "office IT", "dmz": "the zone between", "ot": "the plant", "external": "outside"}[text(i.Domain)]
	s := kindWords[i.Kind]
	if unit := orElse(text(i.Department), text(i.Organisation)); unit != "" {
		s += " of " + unit
	}
	if home != "" {
		s += ", at home in " + home
		if text(i.Domain) == "external" {
			s = strings.Replace(s, "at home in outside", "at home outside", 1)
		}
	} else {
		s += ", of which nobody has said where it is at home"
	}
	return s + ". Known from " + i.Source + "."
}

func (v profile) figures(i identity.Profile) []ui.Figure {
	t := i.Totals
	rights := ui.Figure{Title: "Rights", Value: number(t.Grants), Href: "#grants-h", Sub: "on " + ui.Plural(int(t.Assets), "asset", "assets")}
	if t.Highest != "" {
		rights.Sub += ", up to " + t.Highest
	}
	crossing := ui.Figure{Title: "To the other side", Href: "#grants-h", Value: number(t.Crossing), Of: "of " + number(t.Grants), Sub: "rights that cross the boundary"}
	standing := ui.Figure{Title: "Without an end", Value: number(t.Standing), Of: "of " + number(t.Grants), Sub: "rights that end only when somebody ends them"}
	used := ui.Figure{Title: "A right last used", Value: "never", Sub: "as far as its sources know"}
	if t.LastUsed.Unix() > 0 {
		used.Value, used.Sub = v.since(&t.LastUsed, v.m.when), v.date(&t.LastUsed)
	}
	seen := ui.Figure{Title: "Last seen", Value: orElse(v.since(i.LastSeenAt, v.m.when), "unknown"), Sub: orElse(v.date(i.LastSeenAt), "no source has told")}
	return []ui.Figure{rights, crossing, standing, used, seen}
}

func (v profile) facts(i identity.Profile) []ui.Fact {
	list := v.accountable(i)
	if i.Email != nil {
		list = append(list, ui.Fact{Term: "E-mail", Text: *i.Email})
	}
	list = append(list, ui.Fact{Term: "Id", Text: i.Source + ":" + i.ExternalID})
	if i.Kind == "vendor" || i.Kind == "contractor" || i.ContractEnd != nil {
		list = append(list, v.contract(i.ContractEnd))
	}
	if i.Organisation != nil {
		list = append(list, ui.Fact{Term: "Organisation", Text: *i.Organisation})
	}
	if isPersonal(i.Kind) || i.Department != nil {
		list = append(list, ui.Fact{Term: "Department", Text: text(i.Department)})
	}
	return append(list, ui.Fact{Term: "Signs in with", Text: strings.ReplaceAll(text(i.AuthMethod), "_", " ")})
}

// accountable is the manager of a person, the sponsor of a vendor, the owner of
// everything else.
func (v profile) accountable(i identity.Profile) []ui.Fact {
	if isPersonal(i.Kind) {
		return []ui.Fact{v.person("Manager", i.ManagerID, i.ManagerName, i.ManagerLives, "no manager known")}
	}
	term := "Owner"
	if i.Kind == "vendor" {
		term = "Sponsor"
	}
	f := v.person(term, i.OwnerID, i.OwnerName, i.OwnerLives, "nobody")
	if i.OwnerSince != nil {
		f.Sub = "agreed to on " + v.date(i.OwnerSince)
	}
	if i.OwnerName == nil {
		f = ui.Fact{Term: term, Chips: []ui.Chip{{Text: "nobody answers for it", Tone: "warn", Icon: "alert-triangle"}}}
	}
	return []ui.Fact{f}
}

func (v profile) person(term string, id *int64, name *string, lives bool, lost string) ui.Fact {
	f := ui.Fact{Term: term, Text: text(name), Lost: lost}
	if name != nil {
		f.Href = v.who("", *name, id, false).Href
	}
	if name != nil && !lives {
		f.Chips = []ui.Chip{{Text: "has left", Tone: "warn", Icon: "logout"}}
	}
	return f
}

func (v profile) contract(end *time.Time) ui.Fact {
	f := ui.Fact{Term: "Contract ends", Text: v.date(end), Lost: "no end known"}
	if end != nil {
		words, past := v.ends(*end, v.m.when)
		if f.Sub = words; past {
			f.Tone, f.Sub = "bad", "ended "+words
		}
	}
	return f
}

// owns says what somebody answers for, with lists that show it.
func (v profile) owns(i identity.Profile) (list []ui.Link) {
	key := orElse(text(i.Email), i.ExternalID)
	if !isPersonal(i.Kind) {
		return nil
	}
	if n := i.Owns.Identities + i.Owns.People; n > 0 {
		list = append(list, ui.Link{Label: ui.Plural(int(n), "identity", "identities"), Href: v.m.link("/identities", "owner", key)})
	}
	if n := i.Owns.Assets; n > 0 {
		list = append(list, ui.Link{Label: ui.Plural(int(n), "asset", "assets"), Href: v.m.link("/assets", "owner", key)})
	}
	return list
}

// wrong is what findings say now. They are of now and of all sites, so that a past
// moment and a role of one site are told where to look instead.
func (v profile) wrong(f finding.Filter, param string, id int64) (box page.WrongBox, err error) {
	switch {
	case !v.m.at.IsZero():
		return page.WrongBox{Note: "Findings are about now. Go back to now to see them."}, nil
	case !authz.Can(authz.From(v.r.Context()), "finding:read"):
		return page.WrongBox{Note: "Findings are shown to roles that see every site."}, nil
	}
	const most = 100
	f.Page = most
	rows, err := v.Finding.List(v.r.Context(), f)
	box = page.WrongBox{All: address("/findings", param, fmt.Sprint(id)), Count: len(rows)}
	for _, row := range rows[:min(len(rows), 6)] {
		box.Rows = append(box.Rows, v.findingRow(row))
	}
	return box, err
}
