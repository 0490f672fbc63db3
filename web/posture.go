package web

import (
	"fmt"
	"net/http"
	"time"

	"interlock/internal/asset"
	"interlock/internal/authz"
	"interlock/internal/control"
	"interlock/internal/errs"
	"interlock/internal/finding"
	"interlock/internal/review"
	"interlock/web/page"
	"interlock/web/ui"
)

// home is where things stand; who may not see the inventory is led to the first
// page of their menu, which is what waits for them.
func (s *server) home(w http.ResponseWriter, r *http.Request) error {
	actor := authz.From(r.Context())
	if !authz.Can(actor, "inventory:read") {
		for _, m := range menu {
			if authz.Can(actor, m.need) {
				return see(w, r, m.href)
			}
		}
		return errs.Forbiddenf("Your account has no role yet. Ask an administrator for one.")
	}
	return s.posture(w, r)
}

// old is how long after its last import a source is said to be old.
const old = 7 * 24 * time.Hour

func (s *server) posture(w http.ResponseWriter, r *http.Request) error {
	p := page.Posture{Shell: s.shell(r, "Overview", "/"), Today: s.Now().In(s.Zone).Format("Monday, 2 January")}
	stand, err := s.Control.Posture(r.Context())
	if err != nil {
		return err
	}
	if err := s.waitingNeeds(r, &p); err != nil {
		return err
	}
	p.Nothing = len(stand.Sources) == 0
	if p.Nothing {
		if authz.Can(authz.From(r.Context()), "inventory:import") {
			p.Import = "/imports/new"
		}
		return s.show(w, r, http.StatusOK, p.Page())
	}
	for _, step := range []func(*http.Request, *page.Posture, control.Posture) error{s.campaignNeeds, s.plantNeeds, s.postureFigures} {
		if err := step(r, &p, stand); err != nil {
			return err
		}
	}
	p.Lede += " " + capital(counted(len(p.Needs), "thing needs", "things need")) + " you."
	return s.show(w, r, http.StatusOK, p.Page())
}

// waitingNeeds are the reader's own reviews.
func (s *server) waitingNeeds(r *http.Request, p *page.Posture) error {
	if !authz.Can(authz.From(r.Context()), "review:read") {
		return nil
	}
	in, err := s.Review.Inbox(r.Context())
	if err != nil {
		return err
	}
	for _, wt := range in.Waiting {
		due, over := s.due(wt.Due, wt.Zone)
		n := page.PostureNeed{
			Icon: "list-check", Title: wt.Title, Text: "Your review: " + number(wt.Decided) + " of " + number(wt.Counts.Total) + " decided, " + due + ".",
			Do: ui.Link{Label: "Review", Href: fmt.Sprintf("/reviews/%d", wt.ID)},
		}
		if over {
			n.Tone = "warn"
		}
		p.Needs = append(p.Needs, n)
	}
	return nil
}

// campaignNeeds lists what runs, and names what is overdue.
func (s *server) campaignNeeds(r *http.Request, p *page.Posture, _ control.Posture) error {
	if !authz.Can(authz.From(r.Context()), "campaign:read") {
		return nil
	}
	for _, state := range []review.State{review.Active, review.Signing} {
		rows, err := s.Review.Campaigns(r.Context(), state, 0, listPage)
		if err != nil {
			return err
		}
		for _, c := range rows {
			row := s.campaignRow(c)
			if p.Campaigns = append(p.Campaigns, row); row.Late {
				p.Needs = append(p.Needs, page.PostureNeed{
					Icon: "clock", Tone: "warn", Title: row.Title, Text: capital(row.DueSub) + ": " + ui.Plural(row.Items-row.Decided, "item has", "items have") + " no answer.",
					Do: ui.Link{Label: "See who", Href: row.Href},
				})
			}
		}
	}
	return nil
}

// plantNeeds are sources that are old, and removals that came back.
func (s *server) plantNeeds(_ *http.Request, p *page.Posture, stand control.Posture) error {
	if n := stand.Work["reappeared"]; n > 0 {
		p.Needs = append(p.Needs, page.PostureNeed{
			Icon: "alert-triangle", Tone: "bad", Title: capital(counted(int(n), "removal came back", "removals came back")), Text: "An import after the work was done still has the access.",
			Do: ui.Link{Label: "Look", Href: "/remediation?state=reappeared"},
		})
	}
	for _, src := range stand.Sources {
		if s.Now().Sub(src.ImportedAt) > old {
			p.Needs = append(p.Needs, page.PostureNeed{
				Icon: "refresh", Tone: "warn", Title: src.Name + " was last imported " + s.ago(&src.ImportedAt), Text: "What rests on it may no longer be so.",
				Do: ui.Link{Label: "See the imports", Href: "/imports"},
			})
		}
	}
	return nil
}

// postureFigures are the numbers that lead to their rows.
func (s *server) postureFigures(r *http.Request, p *page.Posture, stand control.Posture) error {
	m, err := s.Asset.Map(r.Context())
	if err != nil {
		return err
	}
	count := func(facet string) int64 { n, _ := m.Count(facet, 0); return n }
	p.Lede = capital(counted(int(count(asset.FacetAll)), "identity crosses", "identities cross")) + " between offices, plants and outside."
	p.Figures = []ui.Figure{
		{Title: "Cross as engineer or admin", Value: number(count(asset.FacetStrong)), Of: "of " + number(count(asset.FacetAll)), Href: "/map?only=strong", Sub: "identities, by grants of their own"},
		{Title: "Around the jump host", Value: number(count(asset.FacetAround)), Href: "/map?only=around", Tone: toneAbove(count(asset.FacetAround), "warn"), Sub: "identities that no gateway sees"},
	}
	if stand.Safety != nil {
		p.Figures = append(p.Figures, ui.Figure{Title: "Get to a safety-related asset", Value: number(*stand.Safety), Sub: "identities, by whatever way in the end"})
	}
	p.Figures = append(p.Figures, ui.Figure{Title: "Removals open", Value: number(stand.Work["open"]), Href: "/remediation?state=open", Sub: number(stand.Work["verified"]) + " verified by an import"})
	return s.postureFindings(r, p)
}

func toneAbove(n int64, tone string) string {
	if n > 0 {
		return tone
	}
	return ""
}

// mostRules is how many rules stand on the front page.
const mostRules = 7

func (s *server) postureFindings(r *http.Request, p *page.Posture) error {
	if !authz.Can(authz.From(r.Context()), "finding:read") {
		return nil
	}
	n, err := s.Finding.Numbers(r.Context())
	if err != nil {
		return err
	}
	var open, fresh int64
	for _, c := range n.Counts {
		open, fresh = open+c.Open, fresh+c.Fresh
		if len(p.Findings) < mostRules {
			p.Findings = append(p.Findings, page.PostureFinding{
				Rule: ui.Link{Label: c.Rule.Title, Href: address("/findings", "rule", c.Rule.ID)}, Severity: c.Rule.Severity.String(), Open: int(c.Open), Week: int(c.Fresh),
			})
		}
	}
	p.Open = number(open) + " open, " + number(fresh) + " of them new this week"
	critical := n.Of(finding.Critical).Open
	p.Figures = append([]ui.Figure{
		{Title: "Without owner", Value: number(n.Open("no_owner")), Href: "/findings?rule=no_owner", Tone: toneAbove(n.Open("no_owner"), "warn"), Sub: "identities nobody answers for"},
		{Title: "Critical findings", Value: number(critical), Of: "of " + number(open), Href: "/findings?severity=critical", Tone: toneAbove(critical, "bad"), Sub: number(n.Of(finding.High).Open) + " are high"},
	}, p.Figures...)
	return nil
}
