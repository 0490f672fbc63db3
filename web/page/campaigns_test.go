package page_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"interlock/web/page"
	"interlock/web/ui"
)

// The pages of those who run campaigns obey the same rules as those of reviewers.
func TestPagesOfCampaigns(t *testing.T) {
	for name, c := range campaignPages() {
		t.Run(name, func(t *testing.T) {
			html := rendered(t, c)
			if dir := os.Getenv("INTERLOCK_PAGES"); dir != "" {
				if err := os.WriteFile(filepath.Join(dir, name+".html"), []byte(html), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			check(t, html)
		})
	}
}

func rendered(t *testing.T, c templ.Component) string {
	t.Helper()
	var b bytes.Buffer
	if err := c.Render(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestPollingStopsWithTheJob(t *testing.T) {
	for _, state := range []string{"waiting", "running", "done", "refused", "failed", "cancelled"} {
		box := page.JobBox{Title: "Import", State: state, Href: "/jobs/7", CancelAction: "/jobs/7/cancel"}
		html := rendered(t, page.Job{Box: box}.Page())
		runs := state == "waiting" || state == "running"
		for _, part := range []string{`hx-trigger="every 1s"`, `http-equiv="refresh"`, `action="/jobs/7/cancel"`} {
			if strings.Contains(html, part) != runs {
				t.Errorf("%s: %q in the page is %v", state, part, !runs)
			}
		}
		if strings.Contains(rendered(t, box.Fragment()), "noscript") {
			t.Errorf("%s: the part that scripts swap in would load the page again", state)
		}
	}
}

func TestLaunchIsNotOfferedWhenBlocked(t *testing.T) {
	sound := *preview()
	for name, change := range map[string]func(*page.CampaignPreview){
		"nobody": func(p *page.CampaignPreview) { p.Without = 1 }, "stale": func(p *page.CampaignPreview) { p.Stale = []string{"plant-a"} },
		"nothing": func(p *page.CampaignPreview) { p.Items = 0 }, "gone": func(p *page.CampaignPreview) { p.Gone = []string{"a@b.c"} },
	} {
		p := sound
		change(&p)
		if html := rendered(t, page.CampaignNew{Preview: &p}.Page()); strings.Contains(html, `value="launch"`) {
			t.Errorf("%s: a launch is offered", name)
		}
	}
	if html := rendered(t, page.CampaignNew{Preview: &sound}.Page()); !strings.Contains(html, `value="launch"`) {
		t.Error("sound: no launch is offered")
	}
}

func TestCampaignSteps(t *testing.T) {
	for state, want := range map[string]string{
		"draft": ">Draft", "launching": ">Launching", "active": ">Active", "paused": ">Paused", "signing": ">Signing", "remediating": ">Remediating", "closed": "", "cancelled": ">Cancelled",
	} {
		now := ""
		for _, s := range page.CampaignSteps(state, nil) {
			if s.Current {
				now += ">" + s.Label
			}
		}
		if now != want {
			t.Errorf("%s: current is %q, want %q", state, now, want)
		}
	}
}

func on(at, title string) ui.Shell {
	s := shell(title)
	s.Nav = []ui.NavItem{{Label: "Overview", Href: "/"}, {Label: "Reviews", Href: "/reviews", Count: 2}, {Label: "Campaigns", Href: "/campaigns"}, {Label: "Remediation", Href: "/remediation"}, {Label: "Imports", Href: "/imports"}, {Label: "Mail", Href: "/mail"}, {Label: "Audit", Href: "/audit"}}
	for i := range s.Nav {
		s.Nav[i].Current = s.Nav[i].Href == at
	}
	s.User = ui.User{Name: "Oluwaseun Adeyemi", Sub: "Identity governance lead"}
	return s
}

func campaignPages() map[string]templ.Component {
	return map[string]templ.Component{
		"campaigns":             campaigns().Page(),
		"campaigns-none":        page.Campaigns{Shell: on("/campaigns", "Campaigns"), All: true, NewHref: "/campaigns/new"}.Page(),
		"campaigns-state":       page.Campaigns{Shell: on("/campaigns", "Campaigns"), Lede: "None is paused.", Views: campaigns().Views, NewHref: "/campaigns/new"}.Page(),
		"campaign-new":          campaignNew().Page(),
		"campaign-new-refused":  campaignRefused().Page(),
		"campaign-new-yaml":     campaignYAML().Page(),
		"campaign-preview":      campaignPreviewed(preview()).Page(),
		"campaign-preview-bad":  campaignPreviewed(blocked()).Page(),
		"campaign-new-beside":   campaignPreviewed(beside()).Page(),
		"campaign-preview-none": campaignPreviewed(&page.CampaignPreview{Title: longName, Scope: "false"}).Page(),
		"campaign":              campaign().Page(),
		"campaign-draft":        campaignDraft().Page(),
		"campaign-launching":    campaignLaunching().Page(),
		"campaign-long":         campaignLong().Page(),
		"campaign-closed":       campaignClosed().Page(),
		"campaign-cancelled":    campaignCancelled().Page(),
		"campaign-close":        campaignAsk().Page(),
		"campaign-cancel":       page.CampaignAsk{Shell: on("/campaigns", "Cancel"), Campaign: theCampaign, Title: "Cancel " + longName + "?", Says: []string{"582 answers were given; they stay on record and have no effect.", "Nothing is removed. Nobody is asked any more."}, Action: "/campaigns/3/cancel", Do: "Cancel it", Keep: "Let it run", Danger: true, Error: "It was closed in the meantime."}.Page(),
		"campaign-reassign":     reassign("").Page(),
		"campaign-reassign-no":  reassign("Nobody with the e-mail is known: " + longName).Page(),
		"campaign-items":        campaignItems(true).Page(),
		"campaign-items-open":   campaignItems(false).Page(),
		"campaign-items-none":   page.CampaignItems{Shell: on("/campaigns", "Items"), Campaign: theCampaign, Action: "/campaigns/3/items", Risk: "top", Reviewer: "no@body.example"}.Page(),
		"evidence":              evidence(true).Page(),
		"evidence-none":         evidence(false).Page(),
		"imports":               imports().Page(),
		"imports-none":          page.Imports{Shell: on("/imports", "Imports"), NewHref: "/imports/new"}.Page(),
		"import-new":            page.ImportNew{Shell: on("/imports", "Import a bundle"), Sources: []string{"plant-a", "entra", "sap"}, MaxSize: "1 GB"}.Page(),
		"import-new-refused":    page.ImportNew{Shell: on("/imports", "Import a bundle"), Source: nastyName, SourceError: "Use small letters, digits and dashes.", BundleError: "This is not a zip file: zip the folder of CSV files.", AllowRejects: true, Error: "Nothing was read."}.Page(),
		"import-report":         report().Page(),
		"import-report-refused": reportRefused().Page(),
		"import-report-same":    page.ImportReport{Shell: on("/imports", "Dry run"), Source: "plant-a", File: "plant-a.zip", When: "today 14:06", Counts: []page.ImportChange{{Kind: "Grants"}, {Kind: "Identities"}}, ConfirmAction: "/x", DropAction: "/y"}.Page(),
		"job":                   page.Job{Shell: on("/imports", "Dry run"), Crumbs: []ui.Link{{Label: "Imports", Href: "/imports"}, {Label: "Dry run"}}, Box: job("running")}.Page(),
		"job-waiting":           page.Job{Shell: on("/imports", "Dry run"), Box: page.JobBox{Title: longName, State: "waiting", Href: "/jobs/7", CancelAction: "/jobs/7/cancel", CancelAsked: true}}.Page(),
		"job-done":              page.Job{Shell: on("/imports", "Dry run"), Box: job("done")}.Page(),
		"job-refused":           page.Job{Shell: on("/imports", "Dry run"), Box: job("refused")}.Page(),
		"job-failed":            page.Job{Shell: on("/imports", "Dry run"), Box: job("failed")}.Page(),
		"job-cancelled":         page.Job{Shell: on("/imports", "Dry run"), Box: job("cancelled")}.Page(),
		"audit":                 auditLog().Page(),
		"audit-none":            page.Audit{Shell: on("/audit", "Audit")}.Page(),
		"audit-nothing":         page.Audit{Shell: on("/audit", "Audit"), Filter: page.AuditFilter{From: "12.11.2026", Action: nastyName, Errors: map[string]string{"from": "Write 2026-11-12."}}, Head: page.AuditHead{Events: 12, Late: 3, Alarm: "It no longer fits what was signed at 1,204 events, so nothing more is signed. Run: interlock audit verify"}}.Page(),
		"mails":                 mails().Page(),
		"mails-none":            page.Mails{Shell: on("/mail", "Mail"), All: true}.Page(),
		"mail":                  mailOne().Page(),
		"mail-failed":           mailFailed().Page(),
		"remediation":           remediation().Page(),
		"remediation-none":      page.Remediation{Shell: on("/remediation", "Remediation")}.Page(),
	}
}

var theCampaign = ui.Link{Label: "Plant access after the historian project", Href: "/campaigns/3"}

func campaigns() page.Campaigns {
	c := page.Campaigns{
		Shell: on("/campaigns", "Campaigns"), Lede: "3 of 14 run now; one is late.", All: true, NewHref: "/campaigns/new",
		Views: []ui.View{{Label: "All", Href: "/campaigns", Count: 14, Current: true}, {Label: "Draft", Href: "/campaigns?state=draft", Count: 1}, {Label: "Active", Href: "/campaigns?state=active", Count: 2}, {Label: "Paused", Href: "/campaigns?state=paused", Count: 0}, {Label: "All signed off", Href: "/campaigns?state=signing", Count: 1}, {Label: "Remediating", Href: "/campaigns?state=remediating", Count: 2}, {Label: "Closed", Href: "/campaigns?state=closed", Count: 7}, {Label: "Cancelled", Href: "/campaigns?state=cancelled", Count: 1}},
		Pager: ui.Pager{Text: "8 of 14, newest first", Next: "/campaigns?before=4"},
	}
	for i, r := range []page.CampaignRow{
		{Title: "Access of Line 3 before it goes live", Name: "line-3-access", Revision: 1, State: "draft"},
		{Title: "All rights of contractors", Name: "contractors", Revision: 2, State: "launching"},
		{Title: "Plant access after the historian project", Name: "q4-plant-access", Revision: 3, State: "active", Items: 1284, Decided: 582, Due: "19 Nov 2026", DueSub: "7 days left"},
		{Title: longName, Name: "holders-line-2", Revision: 12, State: "active", Items: 1000000, Decided: 31250, Due: "10 Nov 2026", DueSub: "2 days overdue", Late: true},
		{Title: "Osterby half-year", Name: "osterby-half-year", Revision: 1, State: "signing", Items: 171, Decided: 171, Due: "14 Nov 2026", DueSub: "2 days left"},
		{Title: "Vendor sessions", Name: "vendors", Revision: 4, State: "paused", Items: 64, Decided: 12, Due: "30 Nov 2026", DueSub: "18 days left"},
		{Title: "Boiler house, quarter 3", Name: "boiler-house", Revision: 1, State: "remediating", Items: 22, Decided: 22, Due: "29 Sep 2026", DueSub: "closed 30 Sep 2026"},
		{Title: nastyName, Name: "try", Revision: 1, State: "cancelled"},
	} {
		r.Href = "/campaigns/" + string(rune('9'-i))
		c.Rows = append(c.Rows, r)
	}
	return c
}

func campaignNew() page.CampaignNew {
	return page.CampaignNew{
		Shell: on("/campaigns", "New campaign"), As: "form",
		Form: page.CampaignForm{Scope: "", Days: "14", FreshWithin: "7", Reviewers: [4]page.CampaignChoice{{Rule: "manager"}, {Rule: "asset_owner"}}, SilenceIT: "revoke", SilenceOT: "escalate", SilenceSafety: "escalate"},
		Examples: []page.ScopeExample{
			{Scope: "true", Means: "Everything"}, {Scope: `grant.crosses_boundary && entitlement.privilege in ["engineer", "admin"]`, Means: "What crosses the boundary and can change the process"},
			{Scope: `identity.kind == "vendor" && grant.unused_days > 90`, Means: "Vendors who did not use their access for 90 days"},
		},
		Fields: []page.ScopeField{
			{Name: "identity.kind", Type: "text", Doc: "what sort of identity it is", Values: []string{"person", "contractor", "vendor", "shared", "service", "api_key", "certificate", "workload", "agent"}},
			{Name: "identity.name", Type: "text", Doc: "its name"}, {Name: "identity.department", Type: "text", Doc: "its department"},
			{Name: "asset.level", Type: "a number with decimals", Doc: "its Purdue level", Values: []string{"0.0", "1.0", "2.0", "3.0", "3.5", "4.0", "5.0"}},
			{Name: "asset.safety_related", Type: "yes or no", Doc: "whether people's safety depends on it"}, {Name: `asset.capability["individual_accounts"]`, Type: "text", Doc: "whether it can do this by itself", Values: []string{"native", "via_proxy", "partial", "no", "unknown"}},
			{Name: "entitlement.privilege", Type: "text", Doc: "how much it allows; in this order", Values: []string{"view", "operate", "engineer", "admin"}},
			{Name: "grant.crosses_boundary", Type: "yes or no", Doc: "whether it leads from one side to the other"}, {Name: "grant.unused_days", Type: "a number", Doc: "days since it was used, or else granted"}, {Name: "now", Type: "a time", Doc: "this moment"},
		},
	}
}

func campaignRefused() page.CampaignNew {
	c := campaignNew()
	c.Form = page.CampaignForm{
		Name: "Q4 plant access", Title: nastyName, Scope: `asset.levle <= 2.0 && x == "y"`, Days: "400", Fallback: "governance", FreshWithin: "a week", SilenceIT: "revoke", SilenceOT: "keep", SilenceSafety: "escalate",
		Reviewers: [4]page.CampaignChoice{{Rule: "owner"}, {Rule: "email", Email: "not an address"}},
		Errors: map[string]string{
			"name": "The name “Q4 plant access” is not one: use 1 to 63 small letters, digits and dashes.", "title": "Too long.", "scope": "At character 7, “levle” is not known. Known for asset: id, name, class, vendor, site, zone, level.",
			"days": "The stage runs 400 days: choose 1 to 92.", "fallback": "“governance” is not an e-mail address.", "reviewers": "“not an address” is not an e-mail address.", "silence": "Choose one for each.", "fresh_within": "Write a number of days, such as 7.",
		},
	}
	c.Error = "The campaign “q4-plant-access” runs already."
	return c
}

const definition = `name: q4-plant-access
title: Plant access after the historian project
scope: grant.crosses_boundary && entitlement.privilege in ["engineer", "admin"] && asset.site in ["osterby", "veldhaven"] && identity.status == "active"
stages:
  - reviewers: [owner, manager, asset_owner]
    days: 14
fallback: [governance@example.com, plant.security@example.com]
silence: {it: revoke, ot: escalate, safety: escalate}
fresh_within: 7d
`

func campaignYAML() page.CampaignNew {
	c := campaignNew()
	c.As, c.Definition, c.DefError = "yaml", definition, `Line 5 of the definition: "reviewer" is not known here, only reviewers, when, days.`
	return c
}

func preview() *page.CampaignPreview {
	p := &page.CampaignPreview{
		Title: "Plant access after the historian project", Scope: `grant.crosses_boundary && entitlement.privilege in ["engineer", "admin"]`, Due: "26 Nov 2026, if launched today",
		Items: 1284, Reviewers: 23, Fallback: 17, Minutes: "9 h 40 min", Critical: 12, High: 84, Medium: 310, Low: 878,
		NotInForce: []string{"reminders", "carry_forward", "second_look"}, Hidden: []ui.Param{{Name: "as", Value: "yaml"}, {Name: "definition", Value: definition}},
	}
	for i, n := range []string{"Hanneke de Wit", "Mikael Åberg", "Marit Solheim", "Veit Kranz", longName, "Dirk Hoekstra", "Priya Nair", "Tomas Ekdahl", "Rasmus Lilja"} {
		p.Piles = append(p.Piles, page.CampaignPile{Who: ui.Person{Name: n, Email: "someone" + string(rune('a'+i)) + "@example.com"}, Items: 240 - 24*i})
	}
	p.Piles = append(p.Piles, page.CampaignPile{Who: ui.Person{Email: "governance@example.com"}, Items: 17})
	return p
}

func blocked() *page.CampaignPreview {
	p := preview()
	p.Without, p.WithoutWho, p.Stale, p.FreshWithin, p.Gone, p.MayNotLaunch = 3, nastyName, []string{"Veldhaven local accounts", "plant-a"}, "7 days", []string{"old@example.com"}, "Another launch of it is under way."
	return p
}

func beside() *page.CampaignPreview {
	p := preview()
	p.Warnings = []string{"governence@example.com, the fallback, is not in the inventory and has no account: check the spelling."}
	p.Running, p.RunningText = `Campaign 3 of the same definition, "Plant access after the historian project", is active`, "People may be asked the same twice: close or cancel it first, or tick that both are meant."
	p.AgainError = "Tick this if both are meant."
	return p
}

func campaignPreviewed(p *page.CampaignPreview) page.CampaignNew {
	c := campaignNew()
	c.Form.Name, c.Form.Title, c.Form.Scope, c.Form.Fallback, c.Preview = "q4-plant-access", p.Title, p.Scope, "governance@example.com", p
	return c
}

func burn() *page.CampaignBurn {
	b := &page.CampaignBurn{Text: "1,284 items open on 5 Nov, 702 today, 41 of these high risk. At this pace 118 would be open on 19 Nov.", Ahead: []string{"13 Nov", "14 Nov", "15 Nov", "16 Nov", "17 Nov", "18 Nov", "19 Nov"}, AtDue: 118, DueDay: "19 Nov"}
	for i, open := range []int{1284, 1180, 1168, 1160, 1010, 905, 790, 702} {
		d := page.BurnDay{Day: string(rune('5'+i)) + " Nov", Open: open, High: 96 - 7*i}
		if i > 4 {
			d.Day = "1" + string(rune('0'+i-5)) + " Nov"
		}
		if i > 0 {
			d.Decided = b.Days[i-1].Open - open
		}
		b.Days = append(b.Days, d)
	}
	b.Days[7].High = 41
	return b
}

func reviewers() []page.CampaignReviewer {
	return []page.CampaignReviewer{
		{Name: "Dirk Hoekstra", Email: "dirk.hoekstra@example.com", Href: "/campaigns/3/items?reviewer=d", Total: 28, High: 11, HighHref: "/campaigns/3/items?reviewer=d&risk=top&answer=open", Late: true, State: page.ReviewerState("late")},
		{Name: "Hanneke de Wit", Email: "hanneke@example.com", Href: "/x", Decided: 88, Total: 140, High: 9, HighHref: "/x", Median: "0:38", Bulk: "41 %", Kept: "84 %", LastSeen: "today 13:40", State: page.ReviewerState("begun")},
		{Name: "Joost Verkerk", Email: "joost@example.com", Href: "/x", Total: 6, High: 1, HighHref: "/x", State: page.ReviewerState("")},
		{Name: "Marit Solheim", Email: "marit@example.com", Href: "/x", Decided: 58, Total: 58, Median: "0:49", Bulk: "0 %", Kept: "71 %", LastSeen: "now", State: page.ReviewerState("decided")},
		{Name: longName, Email: longName[:60] + "@example.com", Href: "/x", Decided: 1, Total: 1284, State: page.ReviewerState("begun")},
		{Name: "Veit Kranz", Email: "veit@example.com", Href: "/x", Decided: 61, Total: 61, Median: "0:02", Bulk: "97 %", Kept: "100 %", Hasty: true, LastSeen: "9 Nov", State: page.ReviewerState("signed")},
	}
}

func silence(title string) *page.CampaignSilence {
	return &page.CampaignSilence{Title: title, Open: 702, Rows: []page.SilenceRow{{Class: "it", Items: 212, Href: "/campaigns/3/items?answer=open", Rule: "revoke"}, {Class: "ot", Items: 471, Rule: "escalate"}, {Class: "safety", Items: 19, Rule: "keep"}}}
}

func campaign() page.Campaign {
	return page.Campaign{
		Shell: on("/campaigns", theCampaign.Label), Base: "/campaigns/3", Name: "q4-plant-access", Revision: 3, Title: theCampaign.Label, State: "active",
		Lede: "Access that crosses the boundary with engineer or admin rights, at Osterby and Veldhaven.", Pace: "At this pace 118 items will be late.",
		Steps: page.CampaignSteps("active", map[string]string{"launching": "Launched 5 Nov", "active": "Active until 19 Nov, 17:00"}),
		May:   page.CampaignMay{Pause: true, Close: true, Cancel: true, Evidence: true, Remind: true, Reassign: true},
		Figures: []ui.Figure{
			{Title: "Decided", Value: "582", Of: "of 1,284", Href: "/campaigns/3/items", Sub: "431 certified, 29 reduced, 109 revoked, 13 unsure"},
			{Title: "High risk open", Value: "41", Of: "of 96", Tone: "warn", Href: "/campaigns/3/items?risk=top&answer=open", Sub: "9 safety-related"},
			{Title: "Reviewers late", Value: "0", Of: "of 23", Sub: "due in 7 days"},
			{Title: "Signed off", Value: "1", Of: "of 23", Sub: "2 more have decided all"},
			{Title: "To be removed", Value: "138", Href: "/campaigns/3/items?answer=revoke", Sub: "109 revoked, 29 reduced"},
		},
		Burn: burn(), Reviewers: reviewers(), ReviewersLede: "23, by e-mail", ReviewersPager: ui.Pager{Text: "6 of 23", Next: "/campaigns/3?after=veit@example.com"},
		Silence:    silence("If it ended today"),
		Facts:      []ui.Fact{{Term: "Launched", Text: "5 Nov 2026, 09:12", Sub: "by Oluwaseun Adeyemi"}, {Term: "Due", Text: "19 Nov 2026, 17:00"}, {Term: "Reviewers", Text: "owner, else manager, else asset owner"}, {Term: "Fallback", Text: "governance@example.com", Sub: "17 items went there"}, {Term: "Closed", Lost: "not yet"}},
		Definition: definition,
		AsLaunched: &page.AsLaunched{When: "5 Nov 2026", Rows: []page.AsLaunchedRow{
			{Label: "At launch", Items: 1284, Reviewers: 23, Fallback: 17, Time: "9 h 40 min"}, {Label: "So far", Items: 1284, Reviewers: 25, Fallback: 17},
		}},
	}
}

func reassign(refused string) page.CampaignReassign {
	p := page.CampaignReassign{
		Shell: on("/campaigns", "Reassign"), Campaign: theCampaign, From: ui.Person{Name: nastyName, Email: "o.brien@example.com"}, Open: 12, Action: "/campaigns/3/reassign",
		People: []ui.Person{{Name: "Marit Solheim", Email: "marit@example.com"}, {Name: longName, Email: "long@example.com"}}, Errors: map[string]string{},
	}
	if refused != "" {
		p.To, p.Reason, p.Error, p.Errors = "typo@example.com", longName, "Not now.", map[string]string{"to": refused, "reason": "Say why."}
	}
	return p
}

func campaignDraft() page.Campaign {
	c := campaign()
	c.State, c.Pace, c.Figures, c.Burn, c.Reviewers, c.Silence = "draft", "", nil, nil, nil, nil
	c.Steps, c.May = page.CampaignSteps("draft", nil), page.CampaignMay{Launch: true, Cancel: true}
	c.Notes = []page.Remark{{Tone: "info", Title: "Not launched yet.", Text: "Nobody was asked.", Link: ui.Link{Label: "Preview it", Href: "/campaigns/new?as=yaml"}}}
	return c
}

func campaignLaunching() page.Campaign {
	c := campaignDraft()
	j := job("running")
	j.Title, j.Message = "Launch", "Freezing items"
	c.State, c.Steps, c.May, c.Job, c.Notes = "launching", page.CampaignSteps("launching", nil), page.CampaignMay{}, &j, nil
	return c
}

func campaignLong() page.Campaign {
	c := campaign()
	c.State, c.Title, c.Lede, c.Name = "paused", longName, longName, strings.Repeat("long-name-", 6)
	c.Steps, c.May = page.CampaignSteps("paused", nil), page.CampaignMay{Resume: true, Cancel: true}
	c.Burn = &page.CampaignBurn{Text: "One item is open.", Days: []page.BurnDay{{Day: "5 Nov", Open: 1, High: 1}}, AtDue: -1}
	c.Facts = []ui.Fact{{Term: "Fallback", Text: longName}}
	c.Notes = []page.Remark{{Tone: "warn", Title: "Paused on 12 Nov.", Text: nastyName}}
	return c
}

func campaignClosed() page.Campaign {
	c := campaign()
	c.State, c.Pace, c.Silence, c.Burn.Ended, c.Burn.AtDue = "remediating", "", nil, true, -1
	c.Steps, c.May = page.CampaignSteps("remediating", map[string]string{"launching": "Launched 5 Nov", "active": "Active", "signing": "Closed for answers 19 Nov"}), page.CampaignMay{Evidence: true}
	c.Outcome = &page.CampaignOutcome{Total: 1284, Rows: []page.OutcomeRow{{Outcome: "certified", Items: 960, Href: "/campaigns/3/items?outcome=certified"}, {Outcome: "reduced", Items: 40, Href: "/x"}, {Outcome: "revoked", Items: 171, Silent: 62, Href: "/x"}, {Outcome: "kept", Items: 19, Silent: 19, Href: "/x"}, {Outcome: "escalated", Items: 94, Silent: 94, Href: "/x"}}}
	c.Work = &page.CampaignWork{Total: 211, Href: "/remediation?campaign=3"}
	for i, s := range []string{"verified", "done", "scheduled", "held", "open", "impossible", "reappeared"} {
		c.Work.Rows = append(c.Work.Rows, page.WorkRow{State: s, Items: []int{96, 31, 39, 2, 40, 2, 1}[i], Href: "/remediation?campaign=3&state=" + s})
	}
	return c
}

func campaignCancelled() page.Campaign {
	c := campaignDraft()
	c.State, c.Steps, c.May, c.Notes = "cancelled", page.CampaignSteps("cancelled", map[string]string{"cancelled": "Cancelled 6 Nov"}), page.CampaignMay{}, nil
	return c
}

func campaignAsk() page.CampaignAsk {
	return page.CampaignAsk{
		Shell: on("/campaigns", "Close"), Campaign: theCampaign, Title: "Close Plant access after the historian project?", Unsigned: 22, Silence: silence("Silence"),
		Says:   []string{"582 of 1,284 items were answered: 431 stay, 109 are revoked, 29 are reduced.", "321 removals become work to do.", "It cannot be opened again."},
		Action: "/campaigns/3/close", Do: "Close it", Keep: "Keep it open", Danger: true,
	}
}

func campaignItems(closed bool) page.CampaignItems {
	p := page.CampaignItems{
		Shell: on("/campaigns", "Items"), Campaign: theCampaign, Lede: "96 of 1,284 items: high and critical risk.", Action: "/campaigns/3/items", Risk: "top", Closed: closed, CSV: "/campaigns/3/items.csv?risk=top",
		Pager: ui.Pager{Text: "4 of 96, riskiest first", Next: "/campaigns/3/items?risk=top&after=3-41"},
		Rows: []page.CampaignItem{
			{ID: "41", Risk: "critical", Kind: "vendor", Who: "Petr Novotný", Key: "plant-a:v-204", Right: "Change the Filler 2 controller program", Privilege: "engineer", Place: at("1", "ot"), Asset: "Filler 2 PLC", Reviewer: ui.Person{Name: "Tomas Ekdahl", Email: "tomas.ekdahl@example.com"}, Recommendation: "look_closer", Reasons: "no end date, way not recorded", Answer: "revoke", Outcome: "revoked", When: "today 14:06", Note: "Contract is over."},
			{ID: "42", Risk: "critical", Kind: "service", Who: "svc-hist-sync", Key: "entra:9f21", Right: "Administer the historian server", Privilege: "admin", Place: at("3", "ot"), Asset: "HIST-OST", Reviewer: ui.Person{Email: "governance@example.com"}, Entered: "by root on the command line, for Priya Anand", Recommendation: "look_closer", Reasons: "owner left 30 Sep", Answer: "certify", Outcome: "certified", By: "priya@example.com", When: "9 Nov 2026", Note: longName, Bulk: true},
			{ID: "43", Risk: "high", Who: longName, Key: longName, Right: longName, Asset: longName, Reviewer: ui.Person{Name: longName, Email: longName[:50] + "@example.com"}, Recommendation: "certify", Outcome: "escalated"},
			{ID: "44", Risk: "high", Kind: "person", Who: nastyName, Key: "x:1", Right: "Operate", Privilege: "operate", Place: at("2", "ot"), Asset: "SCADA-OST", Reviewer: ui.Person{Name: nastyName, Email: "marit@example.com"}, Recommendation: "revoke", Answer: "unsure", Outcome: "kept", When: "yesterday"},
		},
	}
	if !closed {
		for i := range p.Rows {
			p.Rows[i].Outcome = ""
		}
	}
	return p
}

func evidence(made bool) page.Evidence {
	e := page.Evidence{Shell: on("/campaigns", "Evidence"), Campaign: theCampaign, Action: "/campaigns/3/evidence", Holds: []page.EvidencePart{
		{File: "items.csv", What: "every item with its facts as they were shown, the answer, who gave it and when"}, {File: "decisions.csv", What: "every answer, also those taken back"},
		{File: "definition.yaml", What: "the definition, as launched"}, {File: "audit/", What: "the events of the campaign, each with its proof that it is in the signed log"}, {File: "manifest.json", What: "the hash of every file, signed"},
	}}
	if made {
		e.Packs = []page.EvidencePack{{Href: "/campaigns/3/evidence/12", Name: "q4-plant-access-3.zip", Made: "12 Nov 2026, 14:06 CET", By: "Oluwaseun Adeyemi", Until: "13 Nov 2026, 14:06 CET", Size: "1.2 MB", SHA256: strings.Repeat("9f2a41c0", 8)}}
	} else {
		e.Notes = []page.Remark{{Tone: "warn", Title: "The campaign still runs.", Text: "The pack shows how it stands now; make it again when it is closed."}}
	}
	return e
}

func changes() []page.ImportChange {
	return []page.ImportChange{{Kind: "Sites"}, {Kind: "Zones", Added: 1}, {Kind: "Assets", Added: 12, Changed: 40}, {Kind: "Identities", Added: 120, Changed: 31, Ended: 9}, {Kind: "Grants", Added: 1204, Changed: 12, Ended: 310}}
}

func imports() page.Imports {
	return page.Imports{Shell: on("/imports", "Imports"), Lede: "12 sources, 11 of them not older than a week.", NewHref: "/imports/new", Pager: ui.Pager{Text: "3 of 215, newest first", Next: "/imports?before=213"}, Rows: []page.ImportRow{
		{Number: "215", Source: "plant-a", When: "12 Nov 2026, 06:10", By: "Oluwaseun Adeyemi", Changes: changes()[1:], Rejected: 3, Ignored: []string{"assets.csv: colour", "notes.txt"}},
		{Number: "214", Source: "entra", When: "12 Nov 2026, 02:00", By: "command line", Changes: nil},
		{Number: "213", Source: longName, When: "11 Nov 2026, 02:00", By: nastyName, Changes: changes()[4:]},
	}}
}

func report() page.ImportReport {
	return page.ImportReport{Shell: on("/imports", "Dry run"), Source: "plant-a", File: "plant-a.zip", When: "today 14:06 by Oluwaseun Adeyemi", Counts: changes(), Ignored: []string{"assets.csv: colour"}, IgnoredFiles: []string{"notes.txt"}, ConfirmAction: "/imports/uploads/7/confirm", DropAction: "/imports/uploads/7/drop"}
}

func reportRefused() page.ImportReport {
	r := report()
	r.Refusal, r.RejectsBlock, r.DropBlocks, r.DropText, r.Rejected, r.RejectsCSV = "It has bad rows, and it would end 23 % of the grants of this source at once.", true, true, "1,204 of 5,310 grants end at once (23 %).", 412, "/imports/uploads/7/rejects.csv"
	r.Rejects = []page.ImportReject{
		{File: "grants.csv", Line: 4018, Column: "entitlement", Value: "HIST-ADM", Reason: "No such entitlement in this bundle or in an earlier import."},
		{File: "identities.csv", Line: 12, Column: "contract_end", Value: "03/04/2026", Reason: "The date can be read two ways: write 2026-04-03."},
		{File: "identities.csv", Line: 13, Column: "name", Reason: "It is needed."}, {File: "assets.csv", Line: 2, Column: "name", Value: longName, Reason: longName},
	}
	r.Error = "The inventory changed since the dry run."
	return r
}

func job(state string) page.JobBox {
	j := page.JobBox{Title: "Dry run of plant-a.zip", State: state, Href: "/jobs/7", Done: 812, Total: 1284, Message: "Reading grants.csv", Started: "12 Nov 2026, 14:06, by Oluwaseun Adeyemi", Side: "about 20 s", CancelAction: "/jobs/7/cancel", Then: ui.Link{Label: "See what would change", Href: "/imports/uploads/7"}, Back: ui.Link{Label: "Back to the imports", Href: "/imports"}}
	switch state {
	case "done":
		j.Message = "1,517 changes and no bad row, in 1.9 s."
	case "refused":
		j.Message = "grants.csv, line 4,018: no such entitlement “HIST-ADM”."
	case "failed":
		j.Message = "The database could not be reached. It was tried three times."
	case "cancelled":
		j.Message = "Stopped by Oluwaseun Adeyemi."
	}
	return j
}

func auditLog() page.Audit {
	return page.Audit{
		Shell: on("/audit", "Audit"), Head: page.AuditHead{Events: 8177, Signed: 8175, SignedAt: "12 Nov 2026, 14:06:31"}, Actions: []string{"campaign.launched", "import.done", "login.failed"}, CSV: "/audit.csv",
		Filter: page.AuditFilter{Campaign: "3", From: "2026-11-01"}, Pager: ui.Pager{Text: "5 events, newest first", Next: "/audit?before=8100"},
		Events: []page.AuditEvent{
			{ID: "8177", At: "12 Nov 2026, 14:06:31", Zone: "CET", Actor: "marit@example.com", Action: "decision.given", Object: "item:41", Detail: []page.AuditDetail{{Key: "decision", Value: "revoke"}, {Key: "note", Value: "Contract is over."}}},
			{ID: "8176", At: "12 Nov 2026, 14:06:02", Zone: "CET", Actor: "olu@example.com", Action: "campaign.launched", Object: "campaign:3", Href: "/campaigns/3", Position: "8,175", Detail: []page.AuditDetail{{Key: "items", Value: "1,284"}, {Key: "reviewers", Value: "23"}, {Key: "fallback_items", Value: "17"}, {Key: "state", Value: "active"}, {Key: "seconds", Value: "1.9"}}},
			{ID: "8175", At: "12 Nov 2026, 06:10:00", Zone: "CET", Actor: "system", Action: "import.done", Object: "import:215", Position: "8,174", Detail: []page.AuditDetail{{Key: "file_hash", Value: strings.Repeat("9f2a41c0", 8)}, {Key: "counts", Value: longName}}},
			{ID: "8174", At: "11 Nov 2026, 22:13:40", Zone: "CET", Actor: nastyName, Action: "login.failed", Object: "account:0", Position: "8,173"},
			{ID: "8173", At: "11 Nov 2026, 22:13:12", Zone: "CET", Actor: longName, Action: "account.changed", Object: longName, Position: "8,172", Detail: []page.AuditDetail{{Key: "role", Value: "auditor"}}},
		},
	}
}

func mails() page.Mails {
	return page.Mails{Shell: on("/mail", "Mail"), Lede: "2 wait, 1 failed.", NoSMTP: true, All: true, Views: []ui.View{{Label: "All", Href: "/mail", Count: -1, Current: true}, {Label: "Waiting", Href: "/mail?state=waiting", Count: 2}, {Label: "Sent", Href: "/mail?state=sent", Count: 118}, {Label: "Failed", Href: "/mail?state=failed", Count: 1}}, Pager: ui.Pager{Text: "3 of 121, newest first", Next: "/mail?before=3"}, Rows: []page.MailRow{
		{Href: "/mail/12", Subject: "58 decisions wait for you: Plant access after the historian project", To: ui.Person{Name: "Marit Solheim", Email: "marit@example.com"}, State: "waiting", When: "12 Nov 2026, 14:06"},
		{Href: "/mail/11", Subject: "2 days late: " + longName, To: ui.Person{Name: nastyName, Email: "o.brien@example.com"}, State: "failed", Next: "after 5 tries", When: "11 Nov 2026, 06:00", Attempts: 5, Error: "550 5.1.1 The mailbox does not exist."},
		{Href: "/mail/10", Subject: "Set your password", To: ui.Person{Email: longName[:60] + "@example.com"}, State: "sent", Next: "sent 10 Nov 2026, 09:00", When: "10 Nov 2026, 09:00", Attempts: 1},
	}}
}

func mailOne() page.Mail {
	return page.Mail{
		Shell: on("/mail", "Mail"), Subject: "58 decisions wait for you: Plant access after the historian project", State: "waiting", NoSMTP: true, HTMLHref: "/mail/12/html",
		Facts: []ui.Fact{{Term: "From", Text: "Interlock <interlock@example.com>"}, {Term: "To", Text: "Marit Solheim <marit@example.com>"}, {Term: "Made", Text: "12 Nov 2026, 14:06"}, {Term: "Sent", Lost: "not yet"}, {Term: "Tries", Text: "0"}},
		Text:  "Hello Marit,\n\n58 decisions wait for you in “Plant access after the historian project”:\n\n  2 critical, 3 high, 9 medium, 44 low\n\nAnswer by Thu 19 Nov 2026, 17:00. It takes about 25 minutes.\n\nhttps://interlock.example.com/reviews/3\n\nYou get this mail because you answer for this access.\n",
	}
}

func mailFailed() page.Mail {
	m := mailOne()
	m.State, m.NoSMTP, m.LastError, m.RetryAction, m.Linked, m.Subject, m.HTMLHref = "failed", false, "550 5.1.1 The mailbox does not exist.", "/mail/11/retry", true, longName, ""
	m.Text = strings.Repeat("https://interlock.example.com/a-very-long-address/", 6)
	return m
}

func remediation() page.Remediation {
	p := page.Remediation{
		Shell: on("/remediation", "Remediation"), Lede: "40 of 211 are open.", Campaign: "3", Campaigns: []ui.Option{{Value: "3", Label: theCampaign.Label}, {Value: "2", Label: longName}}, CSV: "/remediation.csv?campaign=3",
		Views: []ui.View{{Label: "All", Href: "/remediation", Count: 211, Current: true}, {Label: "Open", Href: "/remediation?state=open", Count: 40}, {Label: "Verified", Href: "/remediation?state=verified", Count: 96}}, Pager: ui.Pager{Text: "7 of 211, oldest first", Next: "/remediation?after=7"},
	}
	for i, s := range []string{"open", "scheduled", "done", "verified", "reappeared", "held", "impossible"} {
		r := page.RemediationRow{State: s, Kind: "vendor", Who: "Petr Novotný", Right: "Change the Filler 2 controller program", Privilege: "engineer", Place: at("1", "ot"), Asset: "Filler 2 PLC", Risk: "critical", Campaign: theCampaign, Opened: "19 Nov 2026"}
		if i%3 == 1 {
			r.ReduceTo, r.Risk, r.Kind, r.Who = "Operate Filler 2 HMI", "low", "person", longName
		}
		r.Silent = i == 2
		p.Rows = append(p.Rows, r)
	}
	return p
}
