package review

import (
	"context"
	"strings"
	"time"

	"interlock/internal/errs"
	"interlock/internal/mail"
	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// Quiet is how long after a mail about a campaign its reviewer is not reminded of
// it by a person.
const Quiet = time.Hour

// Nudge reminds a reviewer of a campaign, or with "" everybody in it, who has open
// items, and tells how many were. Who was written to lately is left in peace.
func (s *Service) Nudge(ctx context.Context, campaign int64, reviewer string) (told int, err error) {
	err = s.db.Write(ctx, "campaign:run", func(tx *store.Tx) error {
		c, err := tx.ReviewCampaignGet(ctx, campaign)
		if err != nil {
			return err
		}
		if !State(c.State).Open() {
			return errs.Conflictf("This campaign is %s; nobody can answer now, so nobody is reminded.", c.State)
		}
		due, err := tx.ReviewRemind(ctx, sqlc.ReviewRemindParams{
			Campaign: campaign, Reviewer: strings.ToLower(strings.TrimSpace(reviewer)), Now: tx.Now, Before: tx.Now.Add(-Quiet),
		})
		if err != nil {
			return err
		}
		if told = len(due); told == 0 {
			return errs.Conflictf("Nobody was reminded: who has open items was written to within the last hour.")
		}
		return nudge(ctx, tx, c, due)
	})
	return told, err
}

func nudge(ctx context.Context, tx *store.Tx, c sqlc.ReviewCampaignGetRow, due []sqlc.ReviewRemindRow) error {
	by, err := actorName(ctx, tx)
	if err != nil {
		return err
	}
	in, emails, messages := zonesIn(tx), make([]string, len(due)), make([]mail.Message, len(due))
	for i, r := range due {
		emails[i] = r.Reviewer
		n := notice{Campaign: c.ID, Title: c.Title, Name: r.Name, Items: r.Open, High: r.High, Minutes: minutesOf(r.Open, r.High), Due: *c.DueAt, By: by}
		if n.Zone, err = in.of(ctx, sites{r.FirstSite, r.LastSite}); err != nil {
			return err
		}
		messages[i] = n.message(r.Reviewer, "reminded")
	}
	tx.Record("review.reminded", about(c.ID), map[string]any{"reviewers": emails})
	return mail.Enqueue(ctx, tx, messages)
}

// actorName is who acts, by name; "" for the program itself.
func actorName(ctx context.Context, tx *store.Tx) (string, error) {
	if tx.Actor.IsSystem() {
		return "", nil
	}
	known, err := names(ctx, tx, tx.Actor.Email)
	if name := known[tx.Actor.Email]; name != "" {
		return name, err
	}
	return tx.Actor.Name, err
}
