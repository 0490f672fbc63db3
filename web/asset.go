package web

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"interlock/internal/access"
	"interlock/internal/asset"
	"interlock/internal/errs"
	"interlock/internal/finding"
	"interlock/internal/record"
	"interlock/web/page"
	"interlock/web/ui"
)

func (s *server) assetPage(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "asset")
	if err != nil {
		return err
	}
	m, all := s.asOf(r), r.URL.Query().Get("grants") == "all"
	a, err := s.Asset.Profile(r.Context(), asset.Asked{ID: id, At: m.at, AllGrants: all, Day: s.date})
	if errs.Is(err, errs.NotFound) && !m.at.IsZero() {
		err = errors.Join(errs.NotFoundf("There is no such asset, it is not yours to see, or it was not known yet on %s.", s.moment(&m.at)), err)
	}
	if err != nil {
		return err
	}
	v := profile{s, r, m, a.Limited, s.zoneOf(text(a.Timezone))}
	p := page.Asset{
		Inventory: s.inventory(r, a.Name, "/assets", m), Name: a.Name, Place: place(a.Level, a.Domain), Lede: v.assetLede(a), Figures: v.assetFigures(a), Facts: v.assetFacts(a),
		Assessed: joined(prefixed("by ", text(a.AssessedBy)), v.date(a.AssessedAt)), Abilities: v.abilities(a), Zone: orElse(text(a.Zone), "its zone is unknown"), Total: int(a.Totals.Grants),
	}
	if a.SafetyRelated {
		p.Chips = append(p.Chips, ui.Chip{Text: "safety-related", Icon: "shield-check"})
	}
	if a.EndedAt != nil {
		p.Chips = append(p.Chips, ui.Chip{Text: "no longer in " + a.Source, Icon: "history"})
	}
	if len(a.Grants) < p.Total && !all {
		p.GrantsAll = ui.Link{Label: "Show all " + number(a.Totals.Grants), Href: m.link(r.URL.Path, "grants", "all") + "#grants-h"}
	}
	if !a.Limited {
		p.Incident = incidentAddress(id, m)
	}
	v.fillAsset(&p, a)
	if p.Wrong, err = v.wrong(finding.Filter{Asset: id}, "asset", id); err != nil {
		return err
	}
	return s.show(w, r, http.StatusOK, p.Page())
}

// incidentAddress leads to the incident view; in the past to the day before then.
func incidentAddress(id int64, m moment) string {
	path := fmt.Sprintf("/assets/%d/incident", id)
	if m.at.IsZero() {
		return path
	}
	return address(path, "from", m.at.AddDate(0, 0, -1).Format(time.RFC3339), "to", m.at.Format(time.RFC3339))
}

func (v profile) assetLede(a asset.Profile) string {
	s := "A system"
	if a.Class != nil {
		s = access.Class(*a.Class)
	}
	if maker := strings.TrimSpace(text(a.Vendor) + " " + text(a.Model)); maker != "" {
		s += " by " + maker
	}
	if where := joined(text(a.Zone), text(a.Site)); where != "" {
		s += ", in " + where
	}
	return s + ". Known from " + a.Source + "."
}

func (v profile) assetFigures(a asset.Profile) []ui.Figure {
	t := a.Totals
	used := ui.Figure{Title: "A right last used", Value: "never", Sub: "as far as its sources know"}
	if t.LastUsed.Unix() > 0 {
		used.Value, used.Sub = v.since(&t.LastUsed, v.m.when), v.date(&t.LastUsed)
	}
	critical := ui.Figure{Title: "Criticality", Value: "unknown", Sub: "how much depends on it"}
	if a.Criticality != nil {
		critical.Value, critical.Of = strconv.Itoa(int(*a.Criticality)), "of 5"
	}
	list := []ui.Figure{
		{Title: "Who has access", Value: number(t.Holders), Href: "#grants-h", Sub: ui.Plural(int(t.Grants), "right is", "rights are") + " held on it"},
		{Title: "Who can change it", Value: number(t.Strong), Of: "of " + number(t.Holders), Sub: "with engineer or admin"},
		{Title: "From the other side", Value: number(t.Crossing), Of: "of " + number(t.Holders), Sub: "cross the boundary to it"},
		used, critical,
	}
	if a.Reached != nil { // beyond who was given a right: who gets there in the end
		gets := ui.Figure{Title: "Gets to it in the end", Value: number(int64(a.Reached.Identities)), Sub: number(int64(a.Reached.Acting)) + " of them can act on it"}
		if !v.limited {
			gets.Href = incidentAddress(a.ID, v.m)
		}
		list = append(list[:3], append([]ui.Figure{gets}, list[3:]...)...)
	}
	return list
}

func (v profile) assetFacts(a asset.Profile) []ui.Fact {
	owner := v.person("Owner", a.OwnerID, a.OwnerName, a.OwnerLives, "nobody")
	if a.OwnerSince != nil {
		owner.Sub = "agreed to on " + v.date(a.OwnerSince)
	}
	if a.OwnerName == nil {
		owner = ui.Fact{Term: "Owner", Chips: []ui.Chip{{Text: "nobody answers for it", Tone: "warn", Icon: "alert-triangle"}}}
	}
	support := ui.Fact{Term: "Support ends", Text: v.date(a.SupportEndsOn), Lost: "no end known"}
	if a.SupportEndsOn != nil {
		words, past := v.ends(*a.SupportEndsOn, v.m.when)
		if support.Sub = words; past {
			support.Tone, support.Sub = "warn", "ended "+words
		}
	}
	return []ui.Fact{
		owner, {Term: "Id", Text: a.Source + ":" + a.ExternalID}, {Term: "Zone", Text: text(a.Zone)}, {Term: "Site", Text: text(a.Site)},
		{Term: "Class", Text: access.Class(text(a.Class))}, {Term: "Maker", Text: strings.TrimSpace(text(a.Vendor) + " " + text(a.Model))}, {Term: "Installed", Text: v.date(a.InstalledOn)}, support,
	}
}

// abilities are the nine with since when each is so.
func (v profile) abilities(a asset.Profile) (list []page.AbilityRow) {
	for _, c := range page.CapabilityWords {
		row := page.AbilityRow{Name: c.Label, Support: a.Capability(c.Value)}
		if row.Support != "unknown" && len(a.States) > 0 {
			since := record.Since(a.States, c.Value)
			row.Since = "so since " + v.date(&since.From)
			if since.Import != 0 {
				row.Since += fmt.Sprintf(", import %d", since.Import)
			}
		}
		list = append(list, row)
	}
	return list
}

func (v profile) fillAsset(p *page.Asset, a asset.Profile) {
	for _, c := range a.Conduits {
		p.Ways = append(p.Ways, page.WayRow{
			Name: strings.TrimSpace(orElse(conduitWords[text(c.Kind)], "way") + " " + c.ExternalID), From: place(c.FromLevel, c.FromDomain), Zone: c.FromZone,
			Guards: ui.Guards(yesNo(c.Mfa), yesNo(c.Recorded), yesNo(c.Vaulted)), Project: text(c.Project),
		})
	}
	for _, e := range a.Entitlements {
		p.Rights = append(p.Rights, page.RightRow{Name: e.Name, Means: text(e.Description), Privilege: text(e.Privilege), Grants: int(e.Grants)})
	}
	for _, g := range a.Grants {
		p.Grants = append(p.Grants, v.held(g))
	}
	for _, c := range a.Secrets {
		row := v.secret(secret{c.ExternalID, c.Kind, c.IssuedAt, c.RotatedAt, c.ExpiresAt, c.RotationDays, c.Storage})
		row.Who = v.who(c.IdentityKind, c.IdentityName, &c.IdentityID, true)
		p.Secrets = append(p.Secrets, row)
	}
	for _, x := range a.Sessions {
		row := v.session(span{x.StartedAt, x.FinishedAt, x.WindowFrom, x.WindowTo})
		row.Key, row.Ticket, row.Recorded = x.ExternalID, text(x.Ticket), recorded(x.Recording)
		row.Who, row.Shared = v.who(x.IdentityKind, x.IdentityName, &x.IdentityID, false), x.IdentityKind == "shared"
		if x.PersonName != nil {
			row.Person = v.who("person", *x.PersonName, x.PersonID, false)
		}
		p.Sessions = append(p.Sessions, row)
	}
	for _, d := range a.Decisions {
		p.Answers = append(p.Answers, page.AnswerRow{
			Answer: text(d.Decision), Outcome: text(d.Outcome), Right: d.EntitlementName, Who: v.who(d.IdentityKind, d.IdentityName, &d.IdentityID, false),
			By: d.DecidedBy, When: v.date(&d.At), Note: text(d.Note), Campaign: v.campaignLink(d.CampaignID, d.Title),
		})
	}
	p.Record = v.record(record.Events(a.States), a.Source)
}
