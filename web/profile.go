package web

import (
	"fmt"
	"strings"
	"time"

	"interlock/internal/access"
	"interlock/internal/authz"
	"interlock/internal/finding"
	"interlock/internal/identity"
	"interlock/internal/record"
	"interlock/web/page"
	"interlock/web/ui"
)

func (v profile) fill(p *page.Identity, i identity.Profile) {
	for _, c := range i.Credentials {
		row := v.secret(secret{c.ExternalID, c.Kind, c.IssuedAt, c.RotatedAt, c.ExpiresAt, c.RotationDays, c.Storage})
		if c.AssetID != nil && c.AssetIsSeen {
			row.On, row.Place = v.asset(*c.AssetID, text(c.AssetName)), place(c.Level, c.Domain)
		}
		p.Secrets = append(p.Secrets, row)
	}
	for _, h := range i.Holders {
		p.Holders = append(p.Holders, v.holder(h.OtherID, h.Kind, h.Name, h.Status, h.Since, h.Until, 0))
	}
	for _, h := range i.Shared {
		p.Shared = append(p.Shared, v.holder(h.OtherID, h.Kind, h.Name, h.Status, h.Since, h.Until, int(h.Grants)))
	}
	for _, x := range i.Sessions {
		row := v.session(span{x.StartedAt, x.FinishedAt, x.WindowFrom, x.WindowTo})
		row.Key, row.Ticket, row.Recorded = x.ExternalID, text(x.Ticket), recorded(x.Recording)
		row.Who, row.Shared = v.who(x.IdentityKind, x.IdentityName, &x.IdentityID, false), x.IdentityKind == "shared"
		row.Asset, row.Place = v.asset(x.AssetID, x.AssetName), place(x.Level, x.Domain)
		if x.PersonName != nil {
			row.Person = v.who("person", *x.PersonName, x.PersonID, false)
		}
		p.Sessions = append(p.Sessions, row)
	}
	for _, d := range i.Decisions {
		p.Answers = append(p.Answers, page.AnswerRow{
			Answer: text(d.Decision), Outcome: text(d.Outcome), Right: d.EntitlementName, Asset: v.asset(d.AssetID, d.AssetName), Place: place(d.Level, d.AssetDomain),
			By: d.DecidedBy, When: v.date(&d.At), Note: text(d.Note), Campaign: v.campaignLink(d.CampaignID, d.Title),
		})
	}
	for _, j := range i.Joined {
		p.Joined = append(p.Joined, page.JoinedRow{Who: v.who(j.Kind, j.Name, &j.ID, false), Key: j.Source + ":" + j.ExternalID, Status: identityStatus(j.Status, j.EndedAt != nil, j.Source)})
	}
	p.Record = v.record(i.Events, i.Source)
}

// held is one grant in words.
func (v profile) held(g access.Held) page.Held {
	row := page.Held{
		Who: v.who(g.IdentityKind, g.IdentityName, &g.IdentityID, true), Status: identityStatus(g.IdentityStatus, false, ""), Right: g.EntitlementName, Means: text(g.EntitlementDescription),
		Privilege: text(g.EntitlementPrivilege), Place: place(g.ZoneLevel, g.ZoneDomain), Asset: v.asset(g.AssetID, g.AssetName), Safety: g.AssetSafetyRelated,
		Where: joined(text(g.ZoneName), text(g.SiteName)), Crossing: g.CrossesBoundary, Since: v.date(g.GrantedAt), Until: v.date(g.ExpiresAt),
		Used: v.since(g.LastUsedAt, v.m.when), Way: wayOf(g), Answer: text(g.LastDecision), By: joined(prefixed("by ", g.GrantedBy), text(g.Ticket)),
	}
	row.Past = g.ExpiresAt != nil && !g.ExpiresAt.After(v.m.when)
	if !v.limited && v.m.at.IsZero() && !row.Past {
		row.Without = address(identityHref(g.IdentityID)+"/reach", "without", fmt.Sprintf("grant:%d", g.GrantID)) + "#if-h"
	}
	if g.LastDecidedAt != nil {
		row.Answered = g.LastReviewer + ", " + v.date(g.LastDecidedAt)
	}
	return row
}

func wayOf(g access.Held) page.Way {
	if g.ConduitExternalID == nil {
		return page.Way{}
	}
	return page.Way{
		Name: strings.TrimSpace(orElse(conduitWords[text(g.ConduitKind)], "way") + " " + *g.ConduitExternalID), From: place(g.FromZoneLevel, g.FromZoneDomain), Zone: text(g.FromZoneName),
		Guards: ui.Guards(yesNo(g.ConduitMfa), yesNo(g.ConduitRecorded), yesNo(g.ConduitVaulted)),
	}
}

// secret is what is known of a credential.
type secret struct {
	key, kind                string
	issued, rotated, expires *time.Time
	days                     *int32
	storage                  *string
}

func (v profile) secret(c secret) page.SecretRow {
	row := page.SecretRow{Key: c.key, Kind: credentialWord(c.kind), Ends: v.date(c.expires), Stored: storedWords(text(c.storage)), Bad: finding.IsReadable(text(c.storage))}
	row.Expired = c.expires != nil && !c.expires.After(v.m.when)
	since, word := c.rotated, "changed "
	if since == nil {
		since, word = c.issued, "issued "
	}
	if since != nil {
		row.Age, row.Since = ui.Plural(max(v.days(*since), 0), "day", "days"), word+v.date(since)
	}
	if c.days != nil {
		row.Window = "every " + ui.Plural(int(*c.days), "day", "days")
		if since != nil {
			if over := v.days(*since) - int(*c.days); over > 0 {
				row.Late = ui.Plural(over, "day", "days") + " past it"
			}
		}
	}
	return row
}

// days counts whole days from a time to the moment that is shown.
func (v profile) days(t time.Time) int {
	return dayNumber(v.m.when.In(v.Zone)) - dayNumber(t.In(v.Zone))
}

// credentialWord is a kind of credential, as a word that begins a line.
func credentialWord(kind string) string {
	word := capital(strings.ReplaceAll(kind, "_", " "))
	if rest, ok := strings.CutPrefix(word, "Api "); ok {
		return "API " + rest
	}
	return word
}

func storedWords(storage string) string {
	switch storage {
	case "vault":
		return "in a vault"
	case "file":
		return "in a file"
	case "code":
		return "in code"
	case "":
		return ""
	}
	return "in a " + strings.ReplaceAll(storage, "_", " ")
}

func (v profile) holder(id int64, kind, name, status string, since, until *time.Time, grants int) page.HolderRow {
	return page.HolderRow{
		Who: v.who(kind, name, &id, true), Status: identityStatus(status, false, ""), Since: v.date(since), Until: v.date(until),
		Past: until != nil && !until.After(v.m.when), Grants: grants,
	}
}

// span is when a session was, and when it was allowed to be.
type span struct{ from, to, windowFrom, windowTo *time.Time }

func (v profile) session(s span) page.SessionRow {
	row := page.SessionRow{Started: v.at(s.from), Lasted: "still on, as far as is known"}
	if s.from != nil && s.to != nil && !s.to.After(v.m.when) {
		row.Lasted = lasted(s.to.Sub(*s.from))
	}
	if s.windowFrom == nil && s.windowTo == nil {
		return row
	}
	before := s.from != nil && s.windowFrom != nil && s.from.Before(*s.windowFrom)
	after := s.windowTo != nil && (s.from != nil && s.from.After(*s.windowTo) || s.to != nil && s.to.After(*s.windowTo))
	if before || after {
		row.Outside = "outside its window, " + joined(prefixed("from ", v.at(s.windowFrom)), prefixed("until ", v.at(s.windowTo)))
	}
	return row
}

// recorded tells whether there is a recording of a session; none is not known to be none.
func recorded(recording *string) string {
	if text(recording) == "" {
		return ""
	}
	return "yes"
}

// lasted writes 2 h 5 min.
func lasted(d time.Duration) string {
	minutes := int(d.Round(time.Minute) / time.Minute)
	switch {
	case minutes < 1:
		return "under a minute"
	case minutes < 60:
		return fmt.Sprintf("%d min", minutes)
	}
	return fmt.Sprintf("%d h %d min", minutes/60, minutes%60)
}

// campaignLink leads to a campaign for who may see it.
func (v profile) campaignLink(id int64, title string) ui.Link {
	l := ui.Link{Label: title}
	if authz.Can(authz.From(v.r.Context()), "campaign:read") {
		l.Href = fmt.Sprintf("/campaigns/%d", id)
	}
	return l
}

var eventWords = map[record.What]string{record.Seen: "First seen", record.Changed: "Changed", record.Returned: "Back again"}

// record is what happened to a row, in words.
func (v profile) record(events []record.Event, source string) (list []page.RecordEvent) {
	for _, e := range events {
		row := page.RecordEvent{When: v.moment(&e.At), What: orElse(eventWords[e.What], "No longer in "+source)}
		for _, c := range e.Changes {
			row.Changes = append(row.Changes, page.RecordChange(c))
		}
		if e.Import != 0 {
			row.Import.Label = fmt.Sprintf("import %d of %s", e.Import, source)
		}
		if e.Import != 0 && authz.Can(authz.From(v.r.Context()), "inventory:read") {
			row.Import.Href = fmt.Sprintf("/imports?before=%d", e.Import+1)
		}
		list = append(list, row)
	}
	return list
}
