package web

import (
	"encoding/csv"
	"io"
	"net/http"
	"strconv"
	"strings"

	"interlock/internal/asset"
	"interlock/internal/audit"
	"interlock/web/page"
	"interlock/web/ui"
)

// doubt says why something is not attributable to one person, and who it may have
// been.
func (v incidentView) doubt(d asset.Doubt) page.DoubtRow {
	row := page.DoubtRow{Known: true, People: v.people(d.People)}
	if d.Identity != 0 {
		row.Who = v.who(d.Kind, d.Name, &d.Identity, true)
	}
	knew := ui.Plural(len(d.People), "person is", "people are") + " known to have had its secret then."
	switch d.Cause {
	case asset.NobodyNamed:
		row.Title, row.Text = "A session of a shared login that names no person", v.sessionWords(d)+" "+knew
	case asset.NotAHolder:
		row.Title, row.Text = "A session names somebody who is not known to have the secret", v.sessionWords(d)+" It names "+text(d.Session.PersonName)+". "+knew
	case asset.Machine:
		row.Title, row.Text = "A session of what is no person, with nobody named behind it", v.sessionWords(d)
	case asset.NoWay:
		row.Title, row.Text = "A session of one who had no way there that is known", v.sessionWords(d)+" As the inventory stood, it could not get there."
	case asset.StandingShare:
		row.Title, row.Text, row.Known = "A shared login that could act", knew+" Whoever knows it could have acted without a session that says so.", len(d.People) > 0
	case asset.StoredSecret:
		row.Title, row.Text = "Acting as another, by a stored secret", ui.Plural(d.Count, "identity gets", "identities get")+" there by taking a secret that is stored on the way; a log would name its owner."
	case asset.Unrecorded:
		row.Title, row.Text = "Ways that nothing records", ui.Plural(d.Count, "identity gets", "identities get")+" there by a last part of which no recording is known."
	default:
		return assetDoubt(d)
	}
	return row
}

// assetDoubt is what the asset itself leaves open.
func assetDoubt(d asset.Doubt) page.DoubtRow {
	row := page.DoubtRow{Known: d.Known}
	switch {
	case d.Cause == asset.NoAccounts && d.Known:
		row.Title, row.Text = "It cannot tell its users apart", "It has no accounts of one's own: what was done on it carries no name."
	case d.Cause == asset.NoAccounts:
		row.Title, row.Text = "Whether it tells its users apart is unknown", "Nobody has assessed whether it has accounts of one's own."
	case d.Known:
		row.Title, row.Text = "It does not log elsewhere", "What was done on it stands at most in its own log, which whoever could change it could change."
	default:
		row.Title, row.Text = "Whether it logs elsewhere is unknown", "Nobody has assessed whether it sends its log to another system."
	}
	return row
}

func (v incidentView) sessionWords(d asset.Doubt) string {
	s := "From " + v.at(d.Session.StartedAt)
	if d.Session.FinishedAt != nil {
		s += " to " + v.at(d.Session.FinishedAt)
	}
	return s + joined(prefixed(", ticket ", text(d.Session.Ticket))) + "."
}

var incidentColumns = []string{"statement", "identity", "name", "kind", "person", "privilege", "crossing", "only", "steps", "way", "from", "to", "ticket", "knew_the_secret", "note"}

// incidentCSV writes one row a statement: who could act, who was on it, and what is
// not attributable to one person. Times are of the site, with their offset.
func (s *server) incidentCSV(w http.ResponseWriter, r *http.Request) error {
	v, _, err := s.incidentView(r)
	if err != nil {
		return err
	}
	i, err := v.look(r.Context())
	if err != nil {
		return err
	}
	if err := s.Asset.IncidentExported(r.Context(), i); err != nil {
		return err
	}
	return s.download(w, r, "incident-"+strconv.FormatInt(v.id, 10)+".csv", func(to io.Writer) error {
		out := csv.NewWriter(to)
		_ = out.Write(incidentColumns)
		for _, row := range v.statements(i) {
			for n := range row {
				row[n] = audit.Cell(row[n])
			}
			_ = out.Write(row)
		}
		out.Flush()
		return out.Error()
	})
}

func (v incidentView) statements(i asset.Incident) (rows [][]string) {
	const full = "2006-01-02T15:04:05Z07:00"
	from, to := i.Span.From.In(v.zone).Format(full), i.Span.To.In(v.zone).Format(full)
	for _, s := range i.Suspects {
		rows = append(rows, []string{
			"could_act", s.Source + ":" + s.Identity, s.Name, s.Kind, "", s.Privilege, strconv.FormatBool(s.Crossing), s.Only, strconv.Itoa(s.Steps), s.Path, from, to, "", whoKnew(i.Holders[s.ID]), "",
		})
	}
	for _, x := range i.Sessions {
		begun, ended := "", ""
		if x.StartedAt != nil {
			begun = x.StartedAt.In(v.zone).Format(full)
		}
		if x.FinishedAt != nil {
			ended = x.FinishedAt.In(v.zone).Format(full)
		}
		rows = append(rows, []string{"session", x.ExternalID, x.IdentityName, x.IdentityKind, text(x.PersonName), "", "", "", "", "", begun, ended, text(x.Ticket), whoKnew(i.Holders[x.IdentityID]), ""})
	}
	for _, d := range i.Doubts {
		row := v.doubt(d)
		rows = append(rows, []string{"not_attributable", string(d.Cause), d.Name, d.Kind, "", "", "", "", "", "", from, to, "", whoKnew(d.People), row.Title + ". " + row.Text})
	}
	return rows
}

func whoKnew(people []asset.Person) string {
	list := make([]string, len(people))
	for i, p := range people {
		list[i] = p.Name
	}
	return strings.Join(list, "; ")
}
