package web

import (
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"interlock/internal/access"
	"interlock/internal/access/reach"
	"interlock/internal/audit"
	"interlock/internal/errs"
	"interlock/web/page"
	"interlock/web/ui"
)

// reachView is what a request about one identity's reach asks for.
type reachView struct {
	*server
	who                        reach.Subject
	base, asOf, without, level string
	only                       string
	after                      int64
	at                         time.Time
}

func (s *server) reachView(r *http.Request) (v reachView, err error) {
	q := r.URL.Query()
	v = reachView{server: s, asOf: q.Get("as_of"), without: q.Get("without"), level: q.Get("level"), only: q.Get("only"), after: number64(r, "after")}
	id, err := pathID(r, "identity")
	if err != nil {
		return v, err
	}
	if v.asOf != "" {
		if v.at, err = time.ParseInLocation(time.DateOnly, v.asOf, s.Zone); err != nil {
			return v, errs.InvalidField("as_of", "%q is not a day; write it as 2026-05-01.", v.asOf)
		}
	}
	v.base = fmt.Sprintf("/identities/%d/reach", id)
	v.who, err = s.Reach.Subject(r.Context(), id)
	return v, err
}

// link is this page with one thing else.
func (v reachView) link(path string, but ...string) string {
	params := map[string]string{"as_of": v.asOf, "without": v.without, "level": v.level, "only": v.only}
	for i := 0; i+1 < len(but); i += 2 {
		params[but[i]] = but[i+1]
	}
	list := make([]string, 0, 10)
	for name, value := range params {
		list = append(list, name, value)
	}
	return address(path, list...)
}

func (v reachView) taken() []string {
	if v.without == "" {
		return nil
	}
	return []string{v.without}
}

func (s *server) reach(w http.ResponseWriter, r *http.Request) error {
	v, err := s.reachView(r)
	if err != nil {
		return err
	}
	kept, standing, err := s.Reach.Kept(r.Context(), v.who.ID)
	if err != nil {
		return err
	}
	p := page.Reach{
		Shell: s.shell(r, "Reach of "+v.who.Name, "/identities"), Name: v.who.Name, Lede: subjectLede(v.who), Clear: v.link(v.base, "level", "", "only", ""),
		Crumbs: []ui.Link{{Label: "Identities", Href: "/identities"}, {Label: v.who.Name, Href: address(identityHref(v.who.ID), "as_of", v.asOf)}, {Label: "Reach"}}, Path: arrows(kept.Path()), Route: reachRoute(kept.Way),
	}
	p.Age, p.Outdated = s.reachAge(standing)
	p.WhatIf = page.ReachWhatIf{Action: v.base, Hidden: []ui.Param{{Name: "as_of", Value: v.asOf}, {Name: "level", Value: v.level}, {Name: "only", Value: v.only}}}
	answer, err := s.Reach.Far(r.Context(), v.who.ID, v.at, v.taken())
	status := http.StatusOK
	if refused := refusal(err); refused != nil {
		status, p.WhatIf.Error = http.StatusUnprocessableEntity, refused.Message
		answer, err = s.Reach.Far(r.Context(), v.who.ID, v.at, nil)
	}
	if err != nil && !errs.Is(err, errs.NotFound) {
		return err
	}
	p.Nothing = reachesNothing(v.who, answer.Result.Assets, v.at)
	now := kept
	now.Counts = answer.Result.Counts()
	if v.asOf != "" { // what was before is of now
		now.Was, p.Path, p.Route = nil, "", ui.Route{}
		p.Age, p.Outdated = "This is the inventory as of "+s.moment(&v.at)+".", true
		if n := len(answer.Result.Reached); n > 0 {
			far := answer.Result.Reached[n-1]
			p.Path, p.Route = arrows(far.Path), reachRoute(far.Way)
		}
	}
	p.Bars, p.Picture = s.reachBars(now), v.reachPicture(answer.Result)
	p.Shell.Scripts = []string{ui.EChartsJS, ui.MapJS}
	v.whatIf(answer, &p.WhatIf)
	v.rows(answer.Result, &p)
	return s.show(w, r, status, p.Page())
}

func subjectLede(who reach.Subject) string {
	return joined(kindWords[who.Kind], who.Source, orElse(domainHome[who.Domain], "at home nowhere known")) + "."
}

func reachesNothing(who reach.Subject, assets int, at time.Time) string {
	switch {
	case assets > 0:
		return ""
	case at.IsZero() && who.EndedAt != nil:
		return "Its source no longer has it."
	case at.IsZero() && who.Status != "active":
		return "It is " + who.Status + ": only who is active gets anywhere."
	}
	return "No grant, shared secret or stored credential leads it to an asset that it can get to."
}

// mostLost is how many lost assets are listed.
const mostLost = 50

func (v reachView) whatIf(a reach.Answer, f *page.ReachWhatIf) {
	f.Chosen = v.without
	for _, part := range a.Parts {
		f.Options = append(f.Options, ui.Option{Value: part.Spec, Label: fmt.Sprintf("%s: %s (%s)", partWords[part.Kind], part.Label, ui.Plural(part.Ways, "way", "ways"))})
	}
	if a.Without == nil {
		return
	}
	f.Clear = v.link(v.base, "without", "")
	whatFollows(a, f)
}

// whatFollows says what is lost without what is taken away.
func whatFollows(a reach.Answer, f *page.ReachWhatIf) {
	gone := a.Result.Assets - a.Without.Assets
	verb := "are"
	if gone == 1 {
		verb = "is"
	}
	f.Said = fmt.Sprintf("Without the %s %s, %s of %s %s no longer reached.", partWords[a.WhatIf[0].Kind], a.WhatIf[0].Label, ui.Thousands(gone), ui.Plural(a.Result.Assets, "asset", "assets"), verb)
	if less := len(a.Lost) - gone; less > 0 {
		f.Said += " " + ui.Plural(less, "more is", "more are") + " reached with less."
	}
	if len(a.Lost) == 0 {
		f.Said += " There is another way to each of them."
	}
	for _, x := range a.Lost[:min(len(a.Lost), mostLost)] {
		f.Lost = append(f.Lost, reachRow(x))
	}
	if more := len(a.Lost) - mostLost; more > 0 {
		f.More = "and " + ui.Thousands(more) + " more"
	}
}

var partWords = map[string]string{"grant": "right", "conduit": "conduit", "credential": "stored credential", "holder": "shared secret"} //nolint:gosec // words, no secret

func reachRow(x reach.Reached) page.ReachRow {
	place := ui.Place{Level: x.Level, Domain: x.Domain}
	if x.Level == "unknown" {
		place.Level = ""
	}
	return page.ReachRow{
		Asset: x.Name, Href: assetHref(x.ID), Sub: joined(access.Class(x.Class), x.Zone), Place: place, Privilege: x.Privilege, Safety: x.Safety, Crossing: x.Crossing, Steps: x.Steps, Path: arrows(x.Path),
	}
}

func (v reachView) shown(x reach.Reached) bool {
	return (v.level == "" || x.Level == v.level) && (v.only != "safety" || x.Safety) && (v.only != "crossing" || x.Crossing)
}

// rows fills the table: the nearest first, from the one after which it goes on.
func (v reachView) rows(r reach.Result, p *page.Reach) {
	p.CSV = v.link(v.base + ".csv")
	p.Filter = []ui.View{{Label: "All", Href: v.link(v.base, "level", ""), Count: r.Assets, Current: v.level == ""}}
	for _, l := range reach.Levels {
		if n := r.Levels[l]; n > 0 {
			p.Filter = append(p.Filter, ui.View{Label: levelWord(l), Href: v.link(v.base, "level", l), Count: n, Current: v.level == l})
		}
	}
	p.Only = []ui.View{
		{Label: "Everything", Href: v.link(v.base, "only", ""), Count: -1, Current: v.only == ""},
		{Label: "Safety-related", Href: v.link(v.base, "only", "safety"), Count: r.Safety, Current: v.only == "safety"},
		{Label: "Across the boundary", Href: v.link(v.base, "only", "crossing"), Count: r.Crossing, Current: v.only == "crossing"},
	}
	matching, passed := 0, v.after == 0
	for _, x := range r.Reached {
		if !v.shown(x) {
			continue
		}
		if matching++; passed && len(p.Rows) == listPage && p.Pager.Next == "" {
			p.Pager.Next = v.link(v.base, "after", strconv.FormatInt(v.after, 10))
		}
		if passed && len(p.Rows) < listPage {
			row := reachRow(x)
			row.Without = v.takeable(x.Way)
			p.Rows, v.after = append(p.Rows, row), x.ID
		}
		passed = passed || x.ID == v.after
	}
	p.Pager.Text = fmt.Sprintf("%s of %s, the nearest first", ui.Thousands(len(p.Rows)), ui.Plural(matching, "asset", "assets"))
}

func levelWord(l string) string {
	if l == "unknown" {
		return "Unknown"
	}
	return "L" + l
}

// takeable leads to what would follow if some of a way were taken away: a right, a
// conduit, a stored credential, the knowledge of a shared secret.
func (v reachView) takeable(way []reach.Step) (list []ui.Link) {
	add := func(kind string, id int64, label string) {
		list = append(list, ui.Link{Label: label, Href: v.link(v.base, "without", fmt.Sprintf("%s:%d", kind, id)) + "#if-h"})
	}
	for _, step := range way {
		switch step.Kind {
		case "credential":
			add("credential", step.ID, "the stored credential of "+step.Identity)
		case "shared":
			add("holder", step.Holder, "what they know of "+step.Identity)
		case "asset":
			if step.Conduit != nil {
				add("conduit", step.Conduit.ID, "the "+orElse(conduitWords[step.Conduit.Kind], "conduit")+" "+step.Conduit.Key)
			}
			add("grant", step.Grant, "the right on "+step.Name)
		}
	}
	return list
}

var reachColumns = []string{"source", "asset", "name", "level", "safety", "crossing", "privilege", "steps", "way"}

func (s *server) reachCSV(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "identity")
	if err != nil {
		return err
	}
	if err := s.Reach.Exports(r.Context(), id, map[string]string{"as_of": r.URL.Query().Get("as_of"), "level": r.URL.Query().Get("level"), "only": r.URL.Query().Get("only")}); err != nil {
		return err
	}
	v, err := s.reachView(r)
	if err != nil {
		return err
	}
	answer, err := s.Reach.Far(r.Context(), v.who.ID, v.at, nil)
	if err != nil {
		return err
	}
	return s.download(w, r, fmt.Sprintf("reach-%d.csv", v.who.ID), func(to io.Writer) error {
		out := csv.NewWriter(to)
		if err := out.Write(reachColumns); err != nil {
			return err
		}
		for _, x := range answer.Result.Reached {
			if !v.shown(x) {
				continue
			}
			row := []string{x.Source, audit.Cell(x.Asset), audit.Cell(x.Name), x.Level, strconv.FormatBool(x.Safety), strconv.FormatBool(x.Crossing), x.Privilege, strconv.Itoa(x.Steps), audit.Cell(x.Path)}
			if err := out.Write(row); err != nil {
				return err
			}
		}
		out.Flush()
		return out.Error()
	})
}
