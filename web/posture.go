package web

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"interlock/internal/asset"
	"interlock/internal/authz"
	"interlock/internal/control"
	"interlock/internal/errs"
	"interlock/internal/finding"
	"interlock/internal/identity"
	"interlock/web/page"
	"interlock/web/ui"
)

// home is where things stand; who may not see the inventory is led to the first
// page of their menu, which is what waits for them.
func (s *server) home(w http.ResponseWriter, r *http.Request) error {
	actor := authz.From(r.Context())
	if check(actor, "inventory:read"+atSites) == nil {
		return s.posture(w, r)
	}
	for _, m := range menu {
		if check(actor, m.need) == nil {
			return see(w, r, m.href)
		}
	}
	return errs.Forbiddenf("Your account has no role yet. Ask an administrator for one.")
}

// front is the front page while it is made.
type front struct {
	*server
	r *http.Request
	page.Posture
}

func (f *front) may(permission string) bool { return authz.Can(authz.From(f.r.Context()), permission) }

func (s *server) posture(w http.ResponseWriter, r *http.Request) error {
	f := &front{s, r, page.Posture{Shell: s.shell(r, "Overview", "/"), Today: s.Now().In(s.Zone).Format("Monday, 2 January")}}
	var known bool
	if fresh, err := s.Intake.Freshness(r.Context()); err != nil {
		return err
	} else if known = fresh.Sources > 0; !known {
		f.Nothing, f.Lede = true, "Here will stand where things are."
		if f.may("inventory:import") {
			f.Import = "/imports/new"
		}
	}
	steps := []func() error{f.waiting, f.offered, f.running, f.plant, f.abilities, f.register, f.wrong, f.trend}
	if !known {
		steps = steps[:2]
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	slices.SortStableFunc(f.Needs, func(a, b page.PostureNeed) int { return urgency[b.Tone] - urgency[a.Tone] })
	if f.Calm = "Nothing waits for you."; known {
		f.Lede += " Nothing needs you."
		if n := len(f.Needs); n > 0 {
			f.Lede = strings.Replace(f.Lede, "Nothing needs", capital(counted(n, "thing needs", "things need")), 1)
		}
	}
	return s.show(w, r, http.StatusOK, f.Page())
}

var urgency = map[string]int{"warn": 1, "bad": 2}

// plant are the numbers of who can reach what: of everything, or of the sites that
// a role is limited to.
func (f *front) plant() error {
	if !f.may("inventory:read") {
		return f.atSites()
	}
	stand, err := f.Control.Posture(f.r.Context())
	if err != nil {
		return err
	}
	f.old(stand)
	m, err := f.Asset.Map(f.r.Context())
	if err != nil {
		return err
	}
	count := func(facet string) int64 { n, _ := m.Count(facet, 0); return n }
	all, around := count(asset.FacetAll), count(asset.FacetAround)
	f.Lede = capital(counted(int(all), "identity crosses", "identities cross")) + " between offices, plants and outside."
	f.Figures = append(f.Figures,
		ui.Figure{Title: "Cross the boundary", Value: number(all), Href: "/map?list=who", Sub: number(count(asset.FacetStrong)) + " as engineer or admin"},
		ui.Figure{Title: "Around the jump host", Value: number(around), Href: "/map?only=around", Tone: toneAbove(around, "warn"), Sub: "identities that no gateway sees"})
	if stand.Safety != nil {
		f.Figures = append(f.Figures, ui.Figure{Title: "Get to safety", Value: number(*stand.Safety), Href: "/identities?access=safety", Sub: "identities, by whatever way in the end"})
	}
	f.Figures = append(f.Figures, ui.Figure{Title: "Removals open", Value: number(stand.Work["open"]), Href: "/remediation?state=open", Sub: number(stand.Work["verified"]) + " verified by an import"})
	return nil
}

// atSites are the numbers of the sites that the reader's role is limited to.
func (f *front) atSites() error {
	f.Limited = "Your role is limited to sites: what you see is of those."
	ids, err := f.Identity.Totals(f.r.Context(), time.Time{}, identity.Filter{}, identity.Filter{Owner: "none"}, identity.Filter{Access: "crossing"})
	if err != nil {
		return err
	}
	assets, err := f.Asset.Totals(f.r.Context(), time.Time{}, asset.Filter{}, asset.Filter{Owner: "none"}, asset.Filter{Safety: true})
	if err != nil {
		return err
	}
	f.Lede = capital(counted(int(ids[0]), "identity has", "identities have")) + " to do with what is there."
	f.Figures = []ui.Figure{
		{Title: "Identities", Value: number(ids[0]), Href: "/identities", Sub: "with access there"},
		{Title: "Without owner", Value: number(ids[1]), Of: "of " + number(ids[0]), Href: "/identities?owner=none", Tone: toneAbove(ids[1], "warn"), Sub: "identities nobody answers for"},
		{Title: "Cross the boundary", Value: number(ids[2]), Of: "of " + number(ids[0]), Href: "/identities?access=crossing", Sub: "with a right on the other side"},
		{Title: "Assets", Value: number(assets[0]), Href: "/assets", Sub: number(assets[2]) + " safety-related"},
		{Title: "Assets without owner", Value: number(assets[1]), Of: "of " + number(assets[0]), Href: "/assets?owner=none", Tone: toneAbove(assets[1], "warn"), Sub: "nobody decides who gets in"},
	}
	return nil
}

func toneAbove(n int64, tone string) string {
	if n > 0 {
		return tone
	}
	return ""
}

// mostRules is how many rules stand on the front page.
const mostRules = 8

// wrong are the findings as the last look counted them: open is what nobody lives with.
func (f *front) wrong() error {
	if !f.may("finding:read") {
		return nil
	}
	stands, err := f.Finding.Standing(f.r.Context())
	if err != nil {
		return err
	}
	var open, known, excepted, critical, high, more int64
	lost, compared := map[string]int64{}, false
	for _, x := range stands {
		if x.Rule.ID == finding.Excepted {
			excepted = x.Open
			continue
		}
		n := x.Open - x.Acknowledged
		open, known, more, compared = open+n, known+x.Acknowledged, more+x.More, compared || x.Compared
		switch lost[x.Rule.ID] = n; x.Rule.Severity {
		case finding.Critical:
			critical += n
		case finding.High:
			high += n
		}
		if n > 0 && len(f.Findings) < mostRules {
			f.Findings = append(f.Findings, findingLine(x, n))
		}
	}
	f.Compared = compared
	f.Open = joined(number(open)+" open", since(more, compared), apart(known, "acknowledged"), apart(excepted, "excepted"))
	if len(stands) == 0 {
		f.Open = "not looked for yet"
	}
	f.Figures = append([]ui.Figure{
		{Title: "Critical findings", Value: number(critical), Of: "of " + number(open), Href: "/findings?severity=critical&known=no", Tone: toneAbove(critical, "bad"), Sub: number(high) + " are high"},
		{Title: "Without owner", Value: number(lost["no_owner"]), Href: "/findings?rule=no_owner&known=no", Tone: toneAbove(lost["no_owner"], "warn"),
			Sub: "identities; " + number(lost["owner_left"]) + " more have an owner who left"},
	}, f.Figures...)
	return nil
}

func findingLine(x finding.Stand, open int64) page.PostureFinding {
	line := page.PostureFinding{
		Rule: ui.Link{Label: x.Rule.Title, Href: address("/findings", "rule", x.Rule.ID, "known", "no")}, Severity: x.Rule.Severity.String(), Open: int(open), Worse: x.Compared && x.More > 0,
	}
	if x.Compared {
		line.Week = signed(x.More)
	}
	return line
}

// signed writes +6, 0 or −3.
func signed(n int64) string {
	switch {
	case n > 0:
		return "+" + number(n)
	case n < 0:
		return "−" + number(-n)
	}
	return "0"
}

func since(more int64, compared bool) string {
	switch {
	case !compared:
		return ""
	case more > 0:
		return number(more) + " more than last week"
	case more < 0:
		return number(-more) + " fewer than last week"
	}
	return "as many as last week"
}

// apart is what counts apart.
func apart(n int64, word string) string {
	if n == 0 {
		return ""
	}
	return number(n) + " " + word
}

// old names what has not been imported for long, and removals that came back.
func (f *front) old(stand control.Posture) {
	if n := stand.Work["reappeared"]; n > 0 {
		f.Needs = append(f.Needs, page.PostureNeed{
			Icon: "alert-triangle", Tone: "bad", Title: capital(counted(int(n), "removal came back", "removals came back")), Text: "An import after the work was done still has the access.",
			Do: ui.Link{Label: "Look", Href: "/remediation?state=reappeared"},
		})
	}
	for _, src := range stand.Sources {
		if f.Now().Sub(src.ImportedAt) <= old {
			continue
		}
		n := page.PostureNeed{
			Icon: "refresh", Tone: "warn", Title: fmt.Sprintf("%s was last imported %s", src.Name, f.ago(&src.ImportedAt)), Text: "What rests on it may no longer be so.",
			Do: ui.Link{Label: "See the imports", Href: "/imports"},
		}
		if f.may("inventory:import") {
			n.Do = ui.Link{Label: "Import", Href: "/imports/new"}
		}
		f.Needs = append(f.Needs, n)
	}
}

// old is how long after its last import a source is said to be old.
const old = 7 * 24 * time.Hour
