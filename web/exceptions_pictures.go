package web

import (
	"fmt"
	"strconv"
	"time"

	"interlock/internal/exception"
	"interlock/web/page"
	"interlock/web/ui"
)

func exceptionFigures(o exception.Overview) []ui.Figure {
	of := "of " + ui.Plural(int(o.Gaps), "gap", "gaps")
	figures := []ui.Figure{
		{Title: "Covered", Value: number(o.Covered), Of: of, Href: "/exceptions?view=in_force", Sub: "An exception is in force and every control holds."},
		{Title: "Uncovered", Value: number(o.Uncovered), Of: of, Href: "/exceptions/uncovered", Sub: fmt.Sprintf("%s never asked for. %s safety-related.", number(o.NeverAsked), number(o.UncoveredSafety))},
		{Title: "Drifting", Value: number(o.Drifting), Of: of, Href: "/exceptions?view=drifting", Sub: fmt.Sprintf("A control failed its test (%s) or the test is overdue (%s). Suspends after %d days.", number(o.Failing), number(o.Drifting-o.Failing), int(exception.Grace.Hours()/24))},
	}
	if o.Uncovered > 0 {
		figures[1].Tone = "bad"
	}
	if o.Drifting > 0 {
		figures[2].Tone = "warn"
	}
	return figures
}

// exceptionPictures are the matrix of what is left and what ends when.
func (s *server) exceptionPictures(p *page.Exceptions, o exception.Overview) {
	count, inForce, over := map[[2]int16]int{}, 0, 0
	for _, c := range o.Cells {
		count[[2]int16{c.Likelihood, c.Consequence}] = int(c.Exceptions)
		if inForce += int(c.Exceptions); c.Likelihood*c.Consequence >= exception.Appetite {
			over += int(c.Exceptions)
		}
	}
	p.HeatLede = fmt.Sprintf("%s in force. Framed: %s above appetite (score %d or more).", ui.Thousands(inForce), ui.Thousands(over), exception.Appetite)
	for l := int16(5); l >= 1; l-- {
		row := page.HeatRow{Likelihood: int(l), Word: []string{"rare", "unlikely", "possible", "likely", "almost certain"}[l-1]}
		for c := int16(1); c <= 5; c++ {
			row.Cells = append(row.Cells, page.HeatCell{
				Count: count[[2]int16{l, c}], Score: int(l * c), Band: string(exception.BandOf(l * c)), Over: l*c >= exception.Appetite,
				Href: address("/exceptions", "view", "in_force", "cell", fmt.Sprintf("%dx%d", l, c)),
			})
		}
		p.Heat = append(p.Heat, row)
	}
	s.exceptionMonths(p, o)
	exceptionAges(p, o)
	exceptionWhere(p, o)
}

var spans = []string{"below 90 days", "90 to 180 days", "180 days to a year", "1 to 2 years", "over 2 years"}

// exceptionAges is how long the assets in force have really been exceptions.
func exceptionAges(p *page.Exceptions, o exception.Overview) {
	var total int64
	count, oldest := map[int32]int64{}, 0.0
	for _, a := range o.Ages {
		count[a.Span] = a.Exceptions
		total += a.Exceptions
		oldest = max(oldest, a.Oldest)
	}
	if total == 0 {
		return
	}
	p.Ages.Lede = fmt.Sprintf("Half for more than %s; the longest for %s", ui.Plural(int(o.MedianAge), "day", "days"), ui.Plural(int(oldest), "day", "days"))
	ages := []string{"exception.age_days < 90", "exception.age_days >= 90 && exception.age_days < 180", "exception.age_days >= 180 && exception.age_days < 365", "exception.age_days >= 365 && exception.age_days < 730", "exception.age_days >= 730"}
	for i, span := range spans {
		n := count[int32(i)]
		p.Ages.Rows = append(p.Ages.Rows, page.Share{Label: span, Count: int(n), Of: int(total), Warn: i >= 3, Href: address("/exceptions", "view", "in_force", "where", ages[i], "sort", "age")})
	}
	p.Ages.Href = address("/exceptions", "view", "in_force", "sort", "age")
}

// exceptionWhere are the gaps by site and by capability.
func exceptionWhere(p *page.Exceptions, o exception.Overview) {
	for _, w := range o.Where {
		row := page.GapShare{Label: exception.CapabilityOf(w.Capability).Words, Gaps: int(w.Gaps), Covered: int(w.Covered), Drifting: int(w.Drifting), Uncovered: int(w.Uncovered)}
		list, by := &p.ByCapability, []string{"capability", w.Capability}
		if w.Capability == "" {
			row.Label = orElse(w.SiteName, "No site")
			list, by = &p.BySite, []string{"site", strconv.FormatInt(w.SiteID, 10)}
			if w.SiteID != 0 {
				p.Sites = append(p.Sites, ui.Option{Value: by[1], Label: w.SiteName})
			}
		}
		row.CoveredHref, row.DriftHref = address("/exceptions", append(by, "view", "in_force")...), address("/exceptions", append(by, "view", "drifting")...)
		row.OpenHref = address("/exceptions/uncovered", by...)
		*list = append(*list, row)
	}
}

func (s *server) exceptionMonths(p *page.Exceptions, o exception.Overview) {
	ending := map[string]page.Month{}
	for _, m := range o.Months {
		ending[m.Month.UTC().Format("2006-01")] = page.Month{Low: int(m.Low), Mid: int(m.Medium), High: int(m.High)}
	}
	if len(ending) == 0 {
		return
	}
	var knot page.Month
	first := time.Date(s.Now().UTC().Year(), s.Now().UTC().Month(), 1, 0, 0, 0, 0, time.UTC)
	for i := range 12 {
		at := first.AddDate(0, i, 0)
		m := ending[at.Format("2006-01")]
		m.Label, m.Short, m.Href = at.Format("January 2006"), at.Format("Jan"), address("/exceptions", "view", "all", "month", at.Format("2006-01"))
		if m.Low+m.Mid+m.High > knot.Low+knot.Mid+knot.High {
			knot = m
		}
		p.Months = append(p.Months, m)
	}
	p.Months = page.Bars(p.Months)
	most := knot.Low + knot.Mid + knot.High
	p.MonthsLede = fmt.Sprintf("Exceptions ending by month. The most, %d, end in %s, %d of them high or critical.", most, knot.Label, knot.High)
	p.Knot, p.KnotLink = fmt.Sprintf("%s sees the most: %d end.", knot.Label, most), ui.Link{Label: "See them", Href: knot.Href}
}
