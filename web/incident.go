package web

import (
	"context"
	"net/http"
	"time"

	"interlock/internal/access/reach"
	"interlock/internal/asset"
	"interlock/web/page"
	"interlock/web/ui"
)

// lookingInto bounds an incident view, which asks how far everyone gets.
const lookingInto = 2 * time.Minute

// mostSuspects is how many a page lists; the file has all.
const mostSuspects = 200

// fieldTime is how a browser writes a time of day in a field.
const fieldTime = "2006-01-02T15:04"

// incidentView is what a request asks of an incident, in the time zone of the site.
type incidentView struct {
	profile
	id     int64
	span   asset.Span
	from   string
	to     string
	errors map[string]string
}

func (s *server) incidentView(r *http.Request) (v incidentView, name string, err error) {
	id, err := pathID(r, "asset")
	if err != nil {
		return v, "", err
	}
	a, err := s.Asset.Profile(r.Context(), asset.Asked{ID: id, Day: s.date})
	if err != nil {
		return v, "", err
	}
	v = incidentView{profile: profile{server: s, r: r, m: moment{when: s.Now()}, zone: s.zoneOf(text(a.Timezone))}, id: id, errors: map[string]string{}}
	now := s.Now().In(v.zone).Truncate(time.Minute)
	q := r.URL.Query()
	v.from, v.to = orElse(q.Get("from"), now.Add(-24*time.Hour).Format(fieldTime)), orElse(q.Get("to"), now.Format(fieldTime))
	v.span = asset.Span{From: v.read("from", v.from), To: v.read("to", v.to)}
	return v, a.Name, nil
}

// read takes a time as a field holds it, or in full.
func (v incidentView) read(field, typed string) time.Time {
	for _, layout := range []string{fieldTime, "2006-01-02T15:04:05", time.DateOnly} {
		if t, err := time.ParseInLocation(layout, typed, v.zone); err == nil {
			return t
		}
	}
	t, err := time.Parse(time.RFC3339, typed)
	if err != nil {
		v.errors[field] = "Write the time as 2026-11-01T08:00."
	}
	return t
}

// look asks the use case; what it refuses stands at its field.
func (v incidentView) look(ctx context.Context) (i asset.Incident, err error) {
	ctx, cancel := context.WithTimeout(ctx, lookingInto)
	defer cancel()
	if len(v.errors) > 0 {
		return i, errOddAddress
	}
	return v.Asset.Incident(ctx, v.id, v.span, v.Reach.Actors)
}

func (s *server) incident(w http.ResponseWriter, r *http.Request) error {
	v, name, err := s.incidentView(r)
	if err != nil {
		return err
	}
	p := page.Incident{
		Inventory: s.inventory(r, "Incident on "+name, "/assets", moment{when: s.Now()}), Name: name, Asset: v.asset(v.id, name), From: v.from, To: v.to, Zone: v.zone.String(), Errors: v.errors,
		Lede: "Pick a time. What could be done then, by whom and by which way, as the inventory stood; and what is known of who did.",
	}
	p.Moment.Action = r.URL.Path
	i, err := v.look(r.Context())
	if e := refusal(err); e != nil {
		if len(v.errors) == 0 {
			v.errors[orElse(e.Field, "from")] = e.Message
		}
		return s.show(w, r, http.StatusUnprocessableEntity, p.Page())
	}
	if err != nil {
		return err
	}
	p.CSV = address(r.URL.Path+".csv", "from", v.from, "to", v.to)
	v.fill(&p, i)
	return s.show(w, r, http.StatusOK, p.Page())
}

func (v incidentView) fill(p *page.Incident, i asset.Incident) {
	p.Place = place(i.Asset.Level, i.Asset.Domain)
	p.Said = v.at(&i.Span.From) + " to " + v.at(&i.Span.To) + ", " + v.zone.String()
	was := map[int64]bool{}
	unnamed := 0
	for _, x := range i.Sessions {
		was[x.IdentityID] = true
		row := v.session(span{x.StartedAt, x.FinishedAt, x.WindowFrom, x.WindowTo})
		row.Key, row.Ticket, row.Recorded = x.ExternalID, text(x.Ticket), recorded(x.Recording)
		row.Who, row.Shared = v.who(x.IdentityKind, x.IdentityName, &x.IdentityID, true), x.IdentityKind == "shared"
		if x.PersonName != nil {
			was[*x.PersonID] = true
			row.Person = v.who("person", *x.PersonName, x.PersonID, true)
		} else if !isPersonal(x.IdentityKind) && x.IdentityKind != "vendor" {
			unnamed++
		}
		p.Sessions = append(p.Sessions, page.IncidentSession{SessionRow: row, Knew: v.people(i.Holders[x.IdentityID])})
	}
	for _, d := range i.Doubts {
		p.Doubts = append(p.Doubts, v.doubt(d))
	}
	for _, s := range i.Suspects[:min(len(i.Suspects), mostSuspects)] {
		p.Suspects = append(p.Suspects, v.suspect(s, was, i.Holders[s.ID]))
	}
	if more := len(i.Suspects) - mostSuspects; more > 0 {
		p.More = "and " + ui.Thousands(more) + " more, in the file"
	}
	if len(i.Suspects) > 0 {
		p.Picture, p.Shell.Scripts = v.picture(i), []string{ui.EChartsJS, ui.MapJS}
	}
	p.Summary = incidentSummary(i)
	p.Figures = incidentFigures(i, unnamed)
	p.Note = "Who could have acted is read from the inventory as it stood at the beginning, and at the end too where an import came between. Sessions and who knew a secret are what is known now. Access that no source has told of is not here."
}

// incidentSummary says it in a sentence.
func incidentSummary(i asset.Incident) string {
	s := ui.Plural(len(i.Suspects), "identity could have acted", "identities could have acted")
	if len(i.Suspects) == 0 {
		s = "Nobody is known who could have acted"
	}
	switch n := len(i.Sessions); n {
	case 0:
		return s + "; no source has told of anybody who was on it."
	case 1:
		return s + "; one session is known."
	default:
		return s + "; " + ui.Plural(n, "session is", "sessions are") + " known."
	}
}

func incidentFigures(i asset.Incident, unnamed int) []ui.Figure {
	strong, crossing := 0, 0
	for _, s := range i.Suspects {
		if s.Privilege == "engineer" || s.Privilege == "admin" {
			strong++
		}
		if s.Crossing {
			crossing++
		}
	}
	of := "of " + ui.Thousands(len(i.Suspects))
	list := []ui.Figure{
		{Title: "Could have acted", Value: ui.Thousands(len(i.Suspects)), Href: "#could-h", Sub: "with operate or more"},
		{Title: "Could have changed it", Value: ui.Thousands(strong), Of: of, Href: "#could-h", Sub: "with engineer or admin"},
		{Title: "From the other side", Value: ui.Thousands(crossing), Of: of, Href: "#could-h", Sub: "cross the boundary to it"},
		{Title: "Sessions", Value: ui.Thousands(len(i.Sessions)), Href: "#sessions-h", Sub: "overlap that time"},
		{Title: "Without a person", Value: ui.Thousands(unnamed), Of: "of " + ui.Thousands(len(i.Sessions)), Href: "#doubts-h", Sub: "sessions that name nobody"},
	}
	if unnamed > 0 {
		list[4].Tone = "warn"
	}
	return list
}

func (v incidentView) people(list []asset.Person) (out []page.Who) {
	for _, p := range list {
		out = append(out, v.who("person", p.Name, &p.ID, true))
	}
	return out
}

func (v incidentView) suspect(s asset.Suspect, was map[int64]bool, knew []asset.Person) page.SuspectRow {
	row := page.SuspectRow{
		Who: v.who(s.Kind, s.Name, &s.ID, true), Privilege: s.Privilege, Crossing: s.Crossing, Steps: s.Steps, Path: arrows(s.Path), Was: was[s.ID], Knew: v.people(knew),
	}
	if s.Only != "" {
		row.Only = "only at the " + s.Only
	}
	if c := lastConduit(s.Way); c != nil {
		row.Guards = ui.Guards(yesNo(c.MFA), yesNo(c.Recorded), yesNo(c.Vaulted))
	}
	return row
}

func lastConduit(way []reach.Step) *reach.Conduit {
	if len(way) == 0 {
		return nil
	}
	return way[len(way)-1].Conduit
}
