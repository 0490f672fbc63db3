package review

import (
	"context"
	"maps"
	"slices"
	"time"

	"interlock/internal/authz"
	"interlock/internal/mail"
	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// notice is what a digest mail is made from.
type notice struct {
	Campaign int64     `json:"campaign"`
	Title    string    `json:"title"`
	Name     string    `json:"name"`
	Items    int64     `json:"items"`
	High     int64     `json:"high"`
	Minutes  int       `json:"minutes"`
	Due      time.Time `json:"due"`
	Zone     string    `json:"zone,omitempty"`   // in which due is told; see zones
	By       string    `json:"by,omitempty"`     // who asked for it
	Other    string    `json:"other,omitempty"`  // who had the items, or who has them now
	Reason   string    `json:"reason,omitempty"` // why they changed hands
}

// message is the mail of a step that is made of the notice.
func (n notice) message(to, step string) mail.Message {
	return mail.Message{To: to, Template: "review_" + step, Subject: subjects[step] + n.Title, Data: n}
}

var subjects = map[string]string{
	"opened":     "Access to review: ",
	"overdue":    "Overdue: access to review: ",
	"reminded":   "Reminder: access to review: ",
	"reassigned": "Given to you: access to review: ",
	"relieved":   "Taken off your list: ",
	reopened:     "Open again: access to review: ",
	escalated:    "Kept without an answer: ",
}

// excepted is the outcome of what was certified under an exception in force.
const excepted = "excepted"

// escalated is the outcome of silence that people are to hear of, and the step
// that tells them.
const escalated = "escalated"

// escalate tells the fallback how many items were kept without an answer.
func (c Closing) escalate(ctx context.Context, tx *store.Tx, campaign sqlc.ReviewCampaignForUpdateRow, fallback []string, high int64) error {
	items := c.Outcomes[escalated]
	if items == 0 {
		return nil
	}
	people, err := tx.ReviewNames(ctx, fallback)
	if err != nil {
		return err
	}
	messages := make([]mail.Message, len(people))
	for i, p := range people {
		messages[i] = notice{
			Campaign: campaign.ID, Title: campaign.Title, Name: p.Name, Items: items, High: high, Due: *campaign.DueAt,
		}.message(p.Email, escalated)
	}
	tx.Record("review.notified", about(campaign.ID), map[string]any{"step": escalated, "reviewers": len(people)})
	return mail.Enqueue(ctx, tx, messages)
}

// notify sends the digest of a step to every reviewer with open items who was
// not yet sent it.
func notify(ctx context.Context, tx *store.Tx, step string) error {
	due, err := tx.ReviewOverdueReviewers(ctx, sqlc.ReviewOverdueReviewersParams{Step: step, At: tx.Now})
	if err != nil || len(due) == 0 {
		return err
	}
	return tell(ctx, tx, step, due)
}

func tell(ctx context.Context, tx *store.Tx, step string, due []sqlc.ReviewOverdueReviewersRow) error {
	marks := sqlc.ReviewNoticesInsertParams{Step: step, At: tx.Now}
	messages := make([]mail.Message, 0, len(due))
	in := zonesIn(tx)
	for _, r := range due {
		zone, err := in.of(ctx, sites{r.FirstSite, r.LastSite})
		if err != nil {
			return err
		}
		marks.Campaigns = append(marks.Campaigns, r.CampaignID)
		marks.Reviewers = append(marks.Reviewers, r.Reviewer)
		messages = append(messages, digest(r, zone).message(r.Reviewer, step))
	}
	if err := tx.ReviewNoticesInsert(ctx, marks); err != nil {
		return err
	}
	told := map[int64]int{}
	for _, id := range marks.Campaigns {
		told[id]++
	}
	for _, id := range slices.Sorted(maps.Keys(told)) {
		tx.Record("review.notified", about(id), map[string]any{"step": step, "reviewers": told[id]})
	}
	return mail.Enqueue(ctx, tx, messages)
}

// atOnce is what a launch tells each reviewer of all that waits for them.
func atOnce(c sqlc.ReviewCampaignForUpdateRow, due time.Time, reviewers []sqlc.ReviewReviewersInsertRow, piles []Pile) []sqlc.ReviewOverdueReviewersRow {
	of := map[string]Pile{}
	for _, p := range piles {
		of[p.Email] = p
	}
	list := make([]sqlc.ReviewOverdueReviewersRow, len(reviewers))
	for i, r := range reviewers {
		p := of[r.Reviewer]
		list[i] = sqlc.ReviewOverdueReviewersRow{
			CampaignID: c.ID, Title: c.Title, DueAt: due, Reviewer: r.Reviewer, Name: r.Name,
			Open: p.Items, High: p.High, FirstSite: p.sites.first, LastSite: p.sites.last,
		}
	}
	return list
}

func digest(r sqlc.ReviewOverdueReviewersRow, zone string) notice {
	return notice{
		Campaign: r.CampaignID, Title: r.Title, Name: r.Name, Items: r.Open, High: r.High, Minutes: minutesOf(r.Open, r.High), Due: r.DueAt, Zone: zone,
	}
}

// minutesOf estimates the time for open items of which some are high risk.
func minutesOf(open, high int64) int { return Minutes(map[Risk]int64{Low: open - high, High: high}) }

// Remind sends what is due now: the first digest to who got items since the
// launch, and the overdue digest. Safe to run often and on several replicas.
func (s *Service) Remind(ctx context.Context) error {
	ctx = authz.System(ctx, "reminder")
	for _, step := range []string{"opened", "overdue"} {
		if err := s.remind(ctx, step); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) remind(ctx context.Context, step string) error {
	return s.db.Write(ctx, "review:remind", func(tx *store.Tx) error {
		if err := lock(ctx, tx, 0); err != nil { // replicas take turns; no campaign is number 0
			return err
		}
		if err := notify(ctx, tx, step); err != nil || tx.Recorded() {
			return err
		}
		return store.ErrNothing
	})
}
