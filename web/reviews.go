package web

import (
	"fmt"
	"net/http"
	"strings"

	"interlock/internal/review"
	"interlock/web/page"
	"interlock/web/ui"
)

func (s *server) inbox(w http.ResponseWriter, r *http.Request) error {
	in, err := s.Review.Inbox(r.Context())
	if err != nil {
		return err
	}
	p := page.Reviews{Shell: s.shell(r, "Reviews", "/reviews"), Lede: inboxLede(in)}
	for _, wt := range in.Waiting {
		p.Waiting = append(p.Waiting, s.waiting(wt))
	}
	for _, sg := range in.Signed {
		p.Signed = append(p.Signed, page.ReviewSigned{
			Title: sg.Title, Href: fmt.Sprintf("/reviews/%d", sg.ID), On: s.date(&sg.SignedAt),
			Items: int(sg.Items), Revoked: int(sg.Removed), Now: campaignChip(review.State(sg.State)),
		})
	}
	p.Empty = page.ReviewsEmpty{Text: "You will get a mail when something does. What you signed off is listed below."}
	if len(p.Signed) == 0 {
		p.Empty.Text = "You will get a mail when something does."
	}
	return s.show(w, r, http.StatusOK, p.Page())
}

func inboxLede(in review.Inbox) string {
	n := len(in.Waiting)
	if n == 0 {
		return "Nothing waits for you."
	}
	var critical, high int64
	for _, w := range in.Waiting {
		critical += w.Counts.Open[review.Critical]
		high += w.Counts.Open[review.High]
	}
	lede := capital(counted(n, "review waits for you.", "reviews wait for you."))
	switch {
	case n > 1 && in.Waiting[0].Counts.Open[review.Critical] > 0:
		return lede + " Start at the top: it is due first and holds critical ones."
	case critical > 0 && high > 0:
		return lede + " " + capital(counted(int(critical), "item is", "items are")) + " critical and " + counted(int(high), "is", "are") + " high risk: each wants a reason."
	case high > 0:
		return lede + " " + capital(counted(int(high), "item is high risk: it wants a reason.", "items are high risk: each wants a reason."))
	case critical > 0:
		return lede + " " + capital(counted(int(critical), "item is critical: it wants a reason.", "items are critical: each wants a reason."))
	}
	return lede + " Start at the top: it is due first."
}

func (s *server) waiting(w review.Waiting) page.ReviewWaiting {
	due, over := s.due(w.Due, w.Zone)
	return page.ReviewWaiting{
		Title: w.Title, Href: fmt.Sprintf("/reviews/%d", w.ID), About: scopeWords(w.Definition),
		Critical: int(w.Counts.Open[review.Critical]), High: int(w.Counts.Open[review.High]),
		Medium: int(w.Counts.Open[review.Medium]), Low: int(w.Counts.Open[review.Low]),
		Decided: int(w.Decided), Total: int(w.Counts.Total), Minutes: minutes(review.Minutes(w.Counts.Open)),
		Due: due, DueOn: s.dueOn(w.Due, w.Zone), Overdue: over,
	}
}

func campaignChip(st review.State) ui.Chip {
	switch st {
	case review.Active, review.Signing:
		return ui.Chip{Text: "Still running", Icon: "clock"}
	case review.Remediating:
		return ui.Chip{Text: "Removals open", Icon: "tool"}
	case review.Closed:
		return ui.Chip{Text: "Closed", Icon: "check"}
	}
	return ui.Chip{Text: capital(strings.ReplaceAll(string(st), "_", " "))}
}
