package web

import (
	"fmt"

	"interlock/internal/asset"
	"interlock/internal/review"
	"interlock/web/page"
	"interlock/web/ui"
)

// waiting are the reader's own reviews.
func (f *front) waiting() error {
	if !f.may("review:read") {
		return nil
	}
	in, err := f.Review.Inbox(f.r.Context())
	if err != nil {
		return err
	}
	for _, wt := range in.Waiting {
		due, over := f.due(wt.Due, wt.Zone)
		n := page.PostureNeed{
			Icon: "list-check", Title: wt.Title, Text: "Your review: " + number(wt.Decided) + " of " + number(wt.Counts.Total) + " decided, " + due + ".",
			Do: ui.Link{Label: "Review", Href: fmt.Sprintf("/reviews/%d", wt.ID)},
		}
		if over {
			n.Tone = "warn"
		}
		f.Needs = append(f.Needs, n)
	}
	return nil
}

// offered is what the reader is asked to own.
func (f *front) offered() error {
	if !f.may("ownership:own") {
		return nil
	}
	n, err := f.Identity.OffersWaiting(f.r.Context())
	if n > 0 {
		f.Needs = append(f.Needs, page.PostureNeed{
			Icon: "user", Title: "You are asked to answer for " + counted(int(n), "thing", "things"), Text: "Nobody owns it without agreeing.",
			Do: ui.Link{Label: "Answer", Href: "/ownership"},
		})
	}
	return err
}

// mostCampaigns is how many campaigns stand on the front page.
const mostCampaigns = 6

// running lists the campaigns that run, and names what is overdue.
func (f *front) running() error {
	if f.Run = f.may("campaign:read"); !f.Run {
		return nil
	}
	for _, state := range []review.State{review.Active, review.Signing, review.Remediating} {
		rows, err := f.Review.Campaigns(f.r.Context(), state, 0, mostCampaigns)
		if err != nil {
			return err
		}
		for _, c := range rows {
			row := f.campaignRow(c)
			if len(f.Campaigns) < mostCampaigns {
				f.Campaigns = append(f.Campaigns, row)
			}
			if row.Late {
				f.Needs = append(f.Needs, page.PostureNeed{
					Icon: "clock", Tone: "warn", Title: row.Title, Text: capital(row.DueSub) + ": " + ui.Plural(row.Items-row.Decided, "item has", "items have") + " no answer.",
					Do: ui.Link{Label: "See who", Href: row.Href},
				})
			}
		}
	}
	return nil
}

// register is how the exceptions stand.
func (f *front) register() error {
	if !f.may("exception:read") {
		return nil
	}
	o, err := f.Exception.Overview(f.r.Context())
	if err != nil {
		return err
	}
	f.Gaps = ui.Plural(int(o.Gaps), "gap", "gaps") + " on old equipment"
	f.Exceptions = []ui.Fact{
		{Term: "Covered", Text: number(o.Covered), Href: "/exceptions?view=in_force", Sub: "every control holds"},
		{Term: "Drifting", Text: number(o.Drifting), Href: "/exceptions?view=drifting", Tone: toneAbove(o.Drifting, "warn"), Sub: number(o.Failing) + " failed, " + number(o.Drifting-o.Failing) + " overdue"},
		{Term: "Uncovered", Text: number(o.Uncovered), Href: "/exceptions/uncovered", Tone: toneAbove(o.Uncovered, "bad"), Sub: number(o.UncoveredSafety) + " safety-related"},
		{Term: "For decision", Text: number(o.Waiting), Href: "/exceptions?view=waiting", Sub: "requests"},
	}
	if o.Waiting > 0 && f.may("exception:approve") {
		f.Needs = append(f.Needs, page.PostureNeed{
			Icon: "shield-check", Title: capital(counted(int(o.Waiting), "exception waits", "exceptions wait")) + " for a decision", Text: "Whoever asked has no answer yet.",
			Do: ui.Link{Label: "Decide", Href: "/exceptions?view=waiting"},
		})
	}
	return nil
}

// abilities are the shares of assets that can do what makes access accountable.
func (f *front) abilities() error {
	var names []string
	for _, c := range page.AbleWords {
		names = append(names, c.Capability)
	}
	rows, err := f.Asset.Abilities(f.r.Context(), names...)
	if err != nil {
		return err
	}
	covered := map[[2]string]int64{}
	if f.Excepted = f.may("exception:read"); f.Excepted {
		list, err := f.Exception.Covered(f.r.Context())
		if err != nil {
			return err
		}
		for _, c := range list {
			covered[[2]string{c.Domain, c.Capability}] = c.Assets
		}
	}
	of := map[[2]string]asset.Ability{}
	for _, row := range rows {
		of[[2]string{row.Domain, row.Capability}] = row
	}
	for _, domain := range []string{"it", "dmz", "ot", "external", ""} {
		if row := of[[2]string{domain, names[0]}]; row.Assets > 0 {
			f.Able = append(f.Able, ableRow(domain, of, covered))
		}
	}
	return nil
}

func ableRow(domain string, of map[[2]string]asset.Ability, covered map[[2]string]int64) page.AbleRow {
	in := orElse(domain, "none")
	var row page.AbleRow
	for _, c := range page.AbleWords {
		a := of[[2]string{domain, c.Capability}]
		row.Domain, row.Assets = domain, ui.Link{Label: ui.Plural(int(a.Assets), "asset", "assets"), Href: address("/assets", "domain", in)}
		excepted := covered[[2]string{domain, c.Capability}]
		link := func(n int64, word, path string) ui.Link {
			if n == 0 {
				return ui.Link{}
			}
			return ui.Link{Label: number(n) + word, Href: path}
		}
		at := func(support string) string {
			return address("/assets", "domain", in, "capability", c.Capability, "support", support)
		}
		row.Shares = append(row.Shares, page.AbleShare{
			Title: c.Title, Assets: int(a.Assets), N: [3]int{int(a.Able), int(excepted), int(a.Unknown)},
			Able: ui.Link{Label: number(a.Able), Href: at(asset.Able)}, Excepted: link(excepted, " excepted", address("/exceptions", "view", "in_force", "capability", c.Capability, "where", inDomain(domain))),
			Unknown: link(a.Unknown, " unknown", at("unknown")),
		})
	}
	return row
}

// inDomain asks the register for the assets of a domain.
func inDomain(domain string) string {
	if domain == "" {
		return ""
	}
	return fmt.Sprintf("asset.domain == %q", domain)
}

// trend is how many findings were open on each day, where there is more than one.
func (f *front) trend() error {
	if !f.may("finding:read") {
		return nil
	}
	days, err := f.Finding.Trend(f.r.Context(), f.Zone)
	if err != nil || len(days) < 2 {
		return err
	}
	t := &page.PostureTrend{}
	first, last := days[0], days[len(days)-1]
	at, now := 0, dayNumber(f.Now().In(f.Zone))
	for day := first.Day.In(f.Zone); dayNumber(day) <= now; day = day.AddDate(0, 0, 1) {
		looked := at+1 < len(days) && !days[at+1].Day.After(day)
		if looked {
			at++
		}
		d := page.TrendDay{Day: day.Format("2 Jan"), Open: int(days[at].Open), High: int(days[at].High)}
		if t.Days = append(t.Days, d); looked || len(t.Days) == 1 {
			t.Looked = append(t.Looked, d)
		}
	}
	t.Text = fmt.Sprintf("%s open on %s, %s now, %s of them high or critical.", number(first.Open), first.Day.In(f.Zone).Format("2 January"), number(last.Open), number(last.High))
	f.Trend = t
	return nil
}
