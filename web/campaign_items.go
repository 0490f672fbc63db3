package web

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"interlock/internal/review"
	"interlock/web/page"
	"interlock/web/ui"
)

// itemFilter reads the filter of the list of items.
func itemFilter(r *http.Request) review.ItemFilter {
	q := r.URL.Query()
	f := review.ItemFilter{Reviewer: q.Get("reviewer"), Answer: q.Get("answer"), Outcome: q.Get("outcome"), After: cursorOf(q.Get("after")), Page: listPage + 1}
	f.Lowest, f.Highest = review.Low, review.Critical
	if q.Get("risk") == "top" {
		f.Lowest = review.High
	} else if risk := riskOf(q.Get("risk")); risk != 0 {
		f.Lowest, f.Highest = risk, risk
	}
	return f
}

func (s *server) campaignItems(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "campaign")
	if err != nil {
		return err
	}
	c, err := s.Review.Head(r.Context(), id)
	if err != nil {
		return err
	}
	rows, err := s.Review.Items(r.Context(), id, itemFilter(r))
	if err != nil {
		return err
	}
	q, base := r.URL.Query(), fmt.Sprintf("/campaigns/%d/items", id)
	keep := []string{"reviewer", q.Get("reviewer"), "answer", q.Get("answer"), "outcome", q.Get("outcome"), "risk", q.Get("risk")}
	p := page.CampaignItems{
		Shell: s.shell(r, "Items of "+c.Title, "/campaigns"), Campaign: ui.Link{Label: c.Title, Href: fmt.Sprintf("/campaigns/%d", id)}, Action: base,
		Reviewer: q.Get("reviewer"), Answer: q.Get("answer"), Outcome: q.Get("outcome"), Risk: q.Get("risk"), Closed: c.ClosedAt != nil,
		CSV: address(base+".csv", keep...), Lede: number(c.Items) + " items in all, each frozen as it was at launch.",
	}
	shown := rows[:min(len(rows), listPage)]
	for _, row := range shown {
		p.Rows = append(p.Rows, s.campaignItem(row))
	}
	p.Pager = ui.Pager{Text: ui.Plural(len(shown), "item", "items") + ", riskiest first"}
	if len(rows) > listPage {
		last := shown[listPage-1]
		after := cursorText(&review.Cursor{Section: "items", Risk: review.Risk(last.Risk), ID: last.ID})
		p.Pager.Next = address(base, append(keep, "after", after)...)
	}
	return s.show(w, r, http.StatusOK, p.Page())
}

func (s *server) campaignItem(i review.ItemRow) page.CampaignItem {
	row := page.CampaignItem{
		ID: strconv.FormatInt(i.ID, 10), Risk: review.Risk(i.Risk).String(), Kind: i.IdentityKind, Who: i.IdentityName, WhoHref: identityHref(i.IdentityID), Key: i.IdentityKey,
		Right: i.EntitlementName, Privilege: text(i.Privilege), Place: place(i.Level, i.AssetDomain), Asset: i.AssetName, AssetHref: assetHref(i.AssetID), Reviewer: ui.Person{Name: text(i.ReviewerName), Email: i.Reviewer},
		Recommendation: i.Recommendation, Reasons: brief(i.Reasons), Answer: text(i.Decision), Outcome: text(i.Outcome), Note: text(i.Note),
	}
	decider := orElse(text(i.DeciderName), text(i.DecidedBy))
	if text(i.DecidedBy) != i.Reviewer {
		row.By = decider
	}
	row.Entered = enteredFor(i.EnteredBy, decider, nil)
	if i.DecidedAt != nil {
		row.When = s.recent(*i.DecidedAt)
	}
	row.Bulk = i.Bulk != nil && *i.Bulk
	return row
}

// brief says what speaks against, as much as a row has room for.
func brief(codes []string) string {
	var against []string
	for _, c := range codes {
		if strings.HasPrefix(c, "-") {
			against = append(against, review.ReasonOf(c).Text)
		}
	}
	const room = 2
	if len(against) > room {
		return fmt.Sprintf("%s; %d more", strings.Join(against[:room], "; "), len(against)-room)
	}
	return strings.Join(against, "; ")
}

func (s *server) campaignItemsCSV(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "campaign")
	if err != nil {
		return err
	}
	f := itemFilter(r)
	f.After = review.Cursor{}
	name := fmt.Sprintf("campaign-%d-items.csv", id)
	return s.download(w, r, name, func(to io.Writer) error {
		return s.Review.WriteItems(r.Context(), id, f, to)
	})
}
