package page_test

import (
	"strings"

	"github.com/a-h/templ"

	"interlock/web/page"
	"interlock/web/ui"
)

// Names as real inventories have them.
var (
	longName  = strings.TrimSpace(strings.Repeat("Kesselwagenentladestationsbedienungsberechtigung ", 4))
	nastyName = `O'Brien "<script>alert(1)</script>" & Söhne`
)

func shell(title string) ui.Shell {
	return ui.Shell{
		Title: title,
		Nav: []ui.NavItem{
			{Label: "Overview", Href: "/"}, {Label: "Reviews", Href: "/reviews", Current: true, Count: 3},
			{Label: "Campaigns", Href: "/campaigns"}, {Label: "Projects", Href: "/projects"}, {Label: "Exceptions", Href: "/exceptions", Count: 12}, {Label: "Findings", Href: "/findings"},
			{Label: "Remediation", Href: "/remediation"}, {Label: "Map", Href: "/map"}, {Label: "Inventory", Href: "/identities"}, {Label: "Controls", Href: "/controls"}, {Label: "Audit", Href: "/audit"},
		},
		User:    ui.User{Name: "Marit Solheim", Sub: "Production engineering, Osterby"},
		Org:     "Lindqvist Harrow AB",
		AsOf:    "Data as of 12 Nov 2026, 06:10 CET · 11 of 12 sources fresh",
		Version: "Interlock 1.0",
	}
}

func pages() map[string]templ.Component {
	all := map[string]templ.Component{
		"login":          page.Login{Org: "Lindqvist Harrow AB", Next: "/reviews"}.Page(),
		"login-refused":  page.Login{Org: nastyName, Email: "marit@example.com", Error: "E-mail or password is not right."}.Page(),
		"login-locked":   page.Login{Email: "marit@example.com", Locked: "Five tries went wrong. Try again after 14:20, or ask for a new link by mail."}.Page(),
		"login-demo":     page.Login{Email: "marit@example.com", Message: "You are signed out.", Demo: demo()}.Page(),
		"password":       page.Password{Token: "t", Email: "marit@example.com", Error: "Nine characters are too few.", AgainError: "This is not the same.", MinLength: 12}.Page(),
		"password-late":  page.Password{Expired: "It was for 24 hours, until 11 Nov 2026, 09:00. Ask for a new one."}.Page(),
		"error-out":      page.Error{Status: 404, Title: "There is no such page", Text: "It may have moved, or it is not yours to see.", Out: ui.Link{Label: "Sign in", Href: "/login"}, RequestID: "01HF7"}.Page(),
		"reviews":        page.Reviews{Shell: shell("Reviews"), Lede: "Three reviews wait for you. Start at the top: it holds the two critical ones.", Waiting: waiting(), Signed: signed()}.Page(),
		"reviews-empty":  page.Reviews{Shell: shell("Reviews"), Lede: "What waits for your decision appears here, riskiest first.", Empty: page.ReviewsEmpty{Text: "You signed off your last review on 14 May 2026. You will get a mail when the next one opens.", Links: []ui.Link{{Label: "See your signed reviews", Href: "/reviews?signed=1"}}}}.Page(),
		"review":         review().Page(),
		"review-focus":   focused().Page(),
		"review-refused": refused().Page(),
		"review-unknown": unknown().Page(),
		"review-asset":   byAsset().Page(),
		"review-done":    done().Page(),
		"review-signed":  readOnly().Page(),
		"review-nothing": nothing().Page(),
		"sign":           sign(0, "").Page(),
		"sign-open":      sign(34, "").Page(),
		"sign-done":      sign(0, "Signed off by you on 12 Nov 2026, 14:10 CET.").Page(),
		"account":        page.Account{Shell: shell("Your account"), Email: "marit@example.com", Roles: []string{"Plant engineer at Osterby", "Reviewer"}, SignedIn: "today 14:06", Changed: "2 Nov 2026, 09:00 CET", MinLength: 12}.Page(),
		"account-wrong":  page.Account{Shell: shell("Your account"), Email: longName, Error: "Too many tries.", OldError: "This is not it.", PasswordError: "Nine characters are too few.", AgainError: "This is not the same.", MinLength: 12}.Page(),
		"pieces":         pieces(),
	}
	s := shell("Not there")
	all["error"] = page.Error{Shell: &s, Status: 500, Title: "That did not work", Text: "Interlock could not read the review. Nothing was changed.", Out: ui.Link{Label: "Back to your reviews", Href: "/reviews"}, RequestID: "01HF7"}.Page()
	return all
}

func demo() *page.Demo {
	d := &page.Demo{Password: "osterby-2026"}
	for _, p := range [][3]string{
		{"Marit Solheim", "Reviewer, production", "marit@example.com"}, {"Oluwaseun Adeyemi", "Identity governance", "olu@example.com"},
		{"Ines Duarte", "Risk officer", "ines@example.com"}, {"Rolf Ahlgren", "Plant engineer", "rolf@example.com"}, {"Hanneke de Wit", "Auditor", "hanneke@example.com"},
	} {
		d.People = append(d.People, page.DemoPerson{Name: p[0], Role: p[1], Email: p[2], Use: "/login?email=" + p[2]})
	}
	return d
}

func waiting() []page.ReviewWaiting {
	return []page.ReviewWaiting{
		{Title: "Plant access after the historian project", Href: "/reviews/3", About: "Access that crosses the boundary with engineer or admin rights, at Osterby.", Critical: 2, High: 3, Medium: 9, Low: 20, Decided: 24, Total: 58, Minutes: "about 11 min", Due: "7 days left", DueOn: "Thu 19 Nov, 17:00"},
		{Title: "Holders of shared logins, Line 2", Href: "/reviews/4", About: "Everyone who knows the secret of a shared login on Line 2.", Medium: 6, Low: 5, Total: 11, Minutes: "about 4 min", Due: "2 days overdue", DueOn: "Tue 10 Nov, 17:00", Overdue: true},
		{Title: longName, Href: "/reviews/5", About: nastyName, Decided: 3, Total: 3, Due: "12 days left", DueOn: "Tue 24 Nov, 17:00"},
	}
}

func signed() []page.ReviewSigned {
	return []page.ReviewSigned{
		{Title: "Osterby half-year", Href: "/reviews/1", On: "14 May 2026", Items: 1171, Revoked: 9, Now: ui.Chip{Text: "All removals verified", Tone: "good", Icon: "shield-check"}},
		{Title: "Boiler house, quarter 3", Href: "/reviews/2", On: "29 Sep 2026", Items: 22, Revoked: 3, Now: ui.Chip{Text: "1 came back", Tone: "bad", Icon: "alert-triangle"}},
	}
}

func petr() page.ReviewRow {
	return page.ReviewRow{
		ID: "41", Href: "/reviews/3?item=41#i-41", Risk: "critical", Kind: "vendor", Who: "Petr Novotný", WhoSub: "Vendor, Kessel Automation",
		Right: "Change the Filler 2 controller program", From: ui.Place{Domain: "external"}, To: ui.Place{Level: "1", Domain: "ot"}, Asset: "Filler 2 PLC", Privilege: "engineer",
		Used: "3 days ago", UsedSub: "no end date", Recommendation: "look_closer",
		Open: &page.ReviewItem{
			Question: ui.AskAccess("Petr Novotný of Kessel Automation", "engineer", "Filler 2 PLC", "from outside the plant"),
			Sub:      "The right is called “Change the Filler 2 controller program”.",
			Route: ui.Route{
				Stops: []ui.Stop{
					{Place: ui.Place{Domain: "external"}, Name: "Kessel service desk", Sub: "their own network"},
					{Place: ui.Place{Level: "3.5", Domain: "dmz"}, Name: "Data gateway DG-OST", Sub: "Osterby"},
					{Place: ui.Place{Level: "1", Domain: "ot"}, Name: "Filler 2 PLC", Sub: "Line 2 cabinet"},
				},
				Hops: []ui.Hop{
					{Name: "VPN", Guards: ui.Guards("yes", "", "no")},
					{Name: "direct", New: true, Guards: ui.Guards("no", "no", "")},
				},
			},
			Facts: []ui.Fact{
				{Term: "What it is for", Text: "Warranty service of Filler 2, contract KA-2291."},
				{Term: "Last used", Text: "9 Nov 2026", Sub: "3 days ago"},
				{Term: "Granted", Text: "3 Mar 2024 by Elin Forsberg, request AR-1907"},
				{Term: "Ends", Lost: "no end date"},
				{Term: "Owner", Text: "Tomas Ekdahl"},
				{Term: "Manager", Lost: "manager unknown"},
				{Term: "Department", Text: "Kessel Automation, service"},
				{Term: "Last decision", Text: "Certified by you on 14 May 2026: “Warranty until 2027, always recorded.”"},
				{Term: "Changed since", Was: "through jump host JH-OST, recorded", Now: "through data gateway DG-OST, not recorded"},
				{Term: "Findings", Chips: []ui.Chip{{Text: "New way across the boundary", Tone: "bad", Icon: "alert-triangle"}, {Text: "Vendor without end date", Tone: "warn", Icon: "clock"}, {Text: "Shared login on asset", Tone: "warn", Icon: "users"}}},
			},
			Reach: &ui.Reach{Text: "14 assets, all across the boundary, 2 safety-related.", Legend: "Filled: now. Tick: before the project.", Levels: []ui.ReachLevel{
				{Place: ui.Place{Level: "3.5", Domain: "dmz"}, N: 1, Before: 1}, {Place: ui.Place{Level: "3", Domain: "ot"}, N: 2}, {Place: ui.Place{Level: "2", Domain: "ot"}, N: 5, Before: 1}, {Place: ui.Place{Level: "1", Domain: "ot"}, N: 6, Before: 2},
			}},
			Breaks: []string{"2 of 9 Kessel engineers can change controllers.", "If this goes, Filler 2 keeps 3 qualified engineers."},
			Decide: page.ReviewDecide{
				Action: "/reviews/3/items/41/decision", Hidden: []ui.Param{{Name: "back", Value: "group=risk"}}, ShownAt: "2026-11-12T13:10:00Z", Recommendation: "look_closer",
				Reasons: []ui.Reason{{For: true, Text: "Used this week"}, {For: true, Text: "Enough other engineers if it goes"}, {Text: "The way changed and is not recorded any more"}, {Text: "No end date on vendor access"}},
				Certify: page.ReviewAnswer{Hint: "Stays as it is until it is asked again.", Then: "Nothing changes. It is asked again within a year."},
				Reduce:  page.ReviewAnswer{Hint: "Keep the work, lose the risk.", Then: "Petr gets the lower right, and loses this one."},
				ReduceTo: []ui.Option{
					{Value: "7", Label: "Operate Filler 2 HMI"}, {Value: "8", Label: "View Filler 2 trends"},
				},
				Revoke:     page.ReviewAnswer{Hint: "Is removed by the plant, in a window.", Then: "The plant engineer gets the work when the review is closed."},
				Unsure:     page.ReviewAnswer{Hint: "Goes to Tomas Ekdahl, the next reviewer."},
				NoteNeeded: "needed for high risk", Skip: "/reviews/3?item=42#i-42",
			},
		},
	}
}

func row(id, risk, kind, who, sub, right string, from, to ui.Place, asset, priv, used, usedSub, rec string) page.ReviewRow {
	return page.ReviewRow{ID: id, Href: "/reviews/3?item=" + id + "#i-" + id, Risk: risk, Kind: kind, Who: who, WhoSub: sub, Right: right, From: from, To: to, Asset: asset, Privilege: priv, Used: used, UsedSub: usedSub, Recommendation: rec}
}

func at(level, domain string) ui.Place { return ui.Place{Level: level, Domain: domain} }

func review() page.Review {
	sh := shell("Plant access after the historian project")
	sh.Toast = &ui.Toast{Text: "Revoked for Jonas Behrens.", UndoAction: "/reviews/3/items/40/undo"}
	return page.Review{
		Shell: sh, Crumb: "Osterby plant", Title: "Plant access after the historian project",
		Lede: "You confirm who and what from outside the plant may still reach Osterby’s control systems.",
		Due:  "7 days left", DueOn: "until Thu 19 Nov, 17:00", ListHref: "/reviews/3?item=none",
		Progress: page.ReviewProgress{Total: 58, Certified: 15, Excepted: 2, Reduced: 2, Revoked: 4, Unsure: 1, Minutes: "about 11 min"},
		Filter: page.ReviewFilter{Action: "/reviews/3", Hidden: []ui.Param{{Name: "group", Value: "risk"}},
			Risks:  []ui.View{{Label: "All", Href: "/reviews/3", Count: 34, Current: true}, {Label: "Critical", Href: "/reviews/3?risk=critical", Count: 2}, {Label: "High", Href: "/reviews/3?risk=high", Count: 3}, {Label: "Medium", Href: "/reviews/3?risk=medium", Count: 9}, {Label: "Low", Href: "/reviews/3?risk=low", Count: 20}},
			Groups: []ui.View{{Label: "Risk", Href: "/reviews/3?group=risk", Count: -1, Current: true}, {Label: "Identity", Href: "/reviews/3?group=identity", Count: -1}, {Label: "Asset", Href: "/reviews/3?group=asset", Count: -1}},
		},
		Sections: []page.ReviewSection{
			{ID: "one", Title: "Decide one by one", Lede: "High risk: each needs its own answer and a reason. About 6 min.", Count: 5, Rows: []page.ReviewRow{
				petr(),
				row("42", "critical", "service", "svc-hist-sync", "Service, owner left 30 Sep", "Administer the historian server", at("5", "it"), at("3", "ot"), "HIST-OST", "admin", "today", "secret 412 days old", "look_closer"),
				row("43", "high", "agent", "maint-copilot", "Agent, owner Priya Nair", "Acknowledge alarms on the SCADA server", at("5", "it"), at("2", "ot"), "SCADA-OST", "operate", "today", "", "look_closer"),
				row("44", "high", "person", longName, nastyName, longName, at("", ""), at("", ""), longName, "", "", "", ""),
				row("45", "high", "vendor", "Vantor remote desk", "Vendor, standing access", "Administer the compressor gateway", at("", "external"), at("2", "ot"), "CMP-GW-1", "admin", "141 days ago", "contract ends 1 Dec", "revoke"),
			}},
			{ID: "look", Title: "Worth a look", Lede: "Something is unusual, nothing is alarming.", Count: 9, More: ui.Link{Label: "Show 7 more", Href: "/reviews/3?look=50"}, Rows: []page.ReviewRow{
				row("51", "medium", "contractor", "Aino Keskitalo", "Contractor, until 31 Jan 2027", "Edit batch recipes", at("4", "it"), at("3", "ot"), "Tempo MES", "engineer", "6 days ago", "", "certify"),
				row("52", "medium", "certificate", "opc-bridge-07", "Certificate, owner Priya Nair", "Write set points to Line 1", at("3.5", "dmz"), at("2", "ot"), "Line 1 OPC server", "operate", "today", "expires in 24 days", "certify"),
			}},
			{ID: "alike", Title: "Alike and low risk", Lede: "Same right, same way, same use. Recorded as decided together.", Count: 20, Groups: groups()},
		},
		Decided: &page.ReviewDecided{Count: 24, Lede: "You can take any of these back until you sign off.", Rows: given(), More: ui.Link{Label: "Show all 24", Href: "/reviews/3?decided=all"}},
		Sign:    page.ReviewSign{Open: 34, OpenHigh: 5, Total: 58, Href: "/reviews/3/sign"},
	}
}

func groups() []page.ReviewGroup {
	return []page.ReviewGroup{
		{ID: "a", Title: "14 people in Quality and the process lab view historian trends", Risk: "low", Privilege: "view", From: at("4", "it"), To: at("3.5", "dmz"), Asset: "HIST-DMZ", Same: []string{"view only", "used within 30 days", "no finding"}, Action: "/reviews/3/bulk", Hidden: []ui.Param{{Name: "group", Value: "a"}}, ShownAt: "2026-11-12T13:10:00Z",
			Members: []page.ReviewMember{
				{ID: "61", Href: "/reviews/3?item=61#i-61", Who: "Anna Björk", Department: "Quality", Used: "today", Granted: "8 Jan 2024", Ticked: true},
				{ID: "62", Href: "/reviews/3?item=62#i-62", Who: "David Lund", Department: "Quality", Used: "yesterday", Granted: "8 Jan 2024", Ticked: true},
				{ID: "63", Href: "/reviews/3?item=63#i-63", Who: nastyName, Ticked: true},
				{ID: "64", Href: "/reviews/3?item=64#i-64", Who: "Hanna Ek", Department: "Quality", Used: "never", Granted: "2 Sep 2026", Differs: "Never used"},
			}, More: ui.Link{Label: "10 more, all alike", Href: "/reviews/3?open=a"}},
		{ID: "b", Title: "6 dashboards read OEE counters", Risk: "low", Privilege: "view", From: at("4", "it"), To: at("3.5", "dmz"), Asset: "OEE server", OpenHref: "/reviews/3?open=b#g-b"},
	}
}

func given() []page.ReviewGiven {
	return []page.ReviewGiven{
		{ID: "31", Who: "Mikael Åberg", What: "Engineer on EWS-02", Answer: "certify", Note: "On-call engineer, Line 1.", When: "today 14:06", OpenFor: "0:52", Undo: "/reviews/3/items/31/undo"},
		{ID: "32", Who: "Kessel: Lukas Haas", What: "Engineer on Filler 1 PLC", Answer: "certify_under_exception", Note: "Under EX-0117.", When: "today 14:03", OpenFor: "1:31", Undo: "/reviews/3/items/32/undo"},
		{ID: "33", Who: "api-oee-dash", What: "Admin on OEE server", Answer: "reduce", Text: "Reduced to view", When: "today 13:58", OpenFor: "0:37", Undo: "/reviews/3/items/33/undo"},
		{ID: "34", Who: nastyName, What: longName, Answer: "revoke", Note: longName, When: "today 13:55", OpenFor: "0:21", Bulk: true, Undo: "/reviews/3/items/34/undo"},
		{ID: "35", Who: "Ebba Nyström", What: "View on HIST-DMZ", Answer: "unsure", When: "11 Nov 2026", OpenFor: "0:21"},
	}
}

func focused() page.Review {
	r := review()
	r.Focus = true
	return r
}

func refused() page.Review {
	r := review()
	r.Focus = true
	r.NotSaved = &page.NotSaved{What: "Your answer for Svc-Print was not recorded.", Why: "Someone else decided it at 14:06. Its facts are below; nothing else was lost."}
	d := &r.Sections[0].Rows[0].Open.Decide
	d.Chosen, d.To, d.Note = "reduce", "8", `He said: "two weeks" </textarea>`
	d.Certify = page.ReviewAnswer{Off: "the PLC cannot tell users apart, so nobody could answer for its use."}
	d.Exception = &page.ReviewAnswer{Label: "Certify under exception EX-0118", Hint: "Ends with it on 14 Jan 2027.", Then: "It counts as excepted, not as certified."}
	d.NoteError = "A reason is needed for high risk: write what makes this defensible."
	d.AnswerError = "Pick one of the answers."
	d.ToError = "This right is not lower than the present one."
	r.Sections[2].Groups[0].Error = "Tick at least one."
	return r
}

func unknown() page.Review {
	r := review()
	r.Focus = true
	row := row("44", "high", "", longName, "", longName, at("", ""), at("", ""), longName, "", "", "", "")
	row.Open = &page.ReviewItem{
		Question: ui.AskAccess(nastyName, "", longName, ""),
		Route:    ui.Route{Stops: []ui.Stop{{}, {Name: longName}}},
		Facts:    []ui.Fact{{Term: "What it is for"}, {Term: "Last used", Lost: "never used, or not known"}, {Term: "Owner", Lost: "no owner"}, {Term: "Granted", Text: longName}},
		Decide:   page.ReviewDecide{Action: "/reviews/3/items/44/decision", ShownAt: "2026-11-12T13:10:00Z"},
	}
	r.Sections[0].Rows[0], r.Sections[0].Rows[3] = row, petr()
	r.Sections[0].Rows[3].Open = nil
	return r
}

func byAsset() page.Review {
	r := review()
	one := petr()
	two := row("46", "low", "person", "Anna Björk", "Quality", "View Filler 2 trends", at("4", "it"), at("1", "ot"), "Filler 2 PLC", "view", "today", "", "certify")
	two.Answer = "certify"
	r.Sections = []page.ReviewSection{{ID: "asset-9", Title: "Filler 2 PLC", Lede: "Osterby, Line 2. Owner Tomas Ekdahl.", Count: 2, Rows: []page.ReviewRow{one, two}}}
	return r
}

func done() page.Review {
	r := review()
	r.Sections, r.Nothing = nil, "Every item has your answer"
	r.Progress = page.ReviewProgress{Total: 58, Certified: 40, Reduced: 8, Revoked: 10}
	r.Sign = page.ReviewSign{Total: 58, Href: "/reviews/3/sign"}
	return r
}

func readOnly() page.Review {
	r := byAsset()
	r.ReadOnly = "You signed off on 12 Nov 2026, 14:10."
	r.Sections[0].Rows[0].Open.Decide.Given = "Revoked by you on 12 Nov 2026, 13:58: “Contract is over.”"
	r.Sections = append(r.Sections, page.ReviewSection{ID: "alike", Title: "Alike", Count: 4, Groups: groups()})
	r.Sign = page.ReviewSign{Total: 58, Href: "/reviews/3/sign", Signed: "You signed off on 12 Nov 2026, 14:10."}
	return r
}

func nothing() page.Review {
	r := review()
	r.Sections, r.Decided, r.Nothing = nil, nil, "No item matches"
	r.Filter.Q, r.Filter.Clear = `<"'>`, "/reviews/3"
	return r
}

func sign(open int, signed string) page.Sign {
	return page.Sign{
		Shell: shell("Sign off"), Review: ui.Link{Label: "Plant access after the historian project", Href: "/reviews/3"}, Title: "Sign off 58 answers",
		Statement: []string{"I looked at each of the 58 items of this review myself, with the facts shown beside it.", "The 40 I certified are still needed for the work named there.", "The 10 I revoked and the 8 I reduced are to be removed."},
		Progress:  page.ReviewProgress{Total: 58, Certified: 40 - open, Reduced: 8, Revoked: 10},
		Revoked:   given()[2:4], MoreHref: "/reviews/3?decided=all", Action: "/reviews/3/sign", Open: open, Signed: signed, Error: "Tick the box to sign off.",
	}
}
