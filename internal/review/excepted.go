package review

import (
	"context"
	"maps"
	"slices"
	"strings"

	"interlock/internal/errs"
	"interlock/internal/mail"
	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// Gaps is what an asset cannot do though its level asks for it, each with the
// exception in force for it; 0 is none.
type Gaps []sqlc.ReviewGapsRow

// Excepted tells whether access there is certified under an exception, as it must
// be where one is in force.
func (g Gaps) Excepted() bool {
	_, ok := g.First()
	return ok && !g.Unaccountable()
}

// Unaccountable tells whether nobody can tell who did what there and no exception
// covers that, so that access there cannot be certified at all.
func (g Gaps) Unaccountable() bool {
	for _, one := range g {
		if one.Capability == "individual_accounts" && one.ExceptionID == 0 {
			return true
		}
	}
	return false
}

// First is the exception in force that ends first.
func (g Gaps) First() (first sqlc.ReviewGapsRow, ok bool) {
	for _, one := range g {
		if one.ExceptionID != 0 && (!ok || one.EndsAt.Before(first.EndsAt)) {
			first, ok = one, true
		}
	}
	return first, ok
}

// gapsOf reads the gaps of some assets.
func gapsOf(ctx context.Context, tx *store.Tx, assets ...int64) (map[int64]Gaps, error) {
	rows, err := tx.ReviewGaps(ctx, sqlc.ReviewGapsParams{Assets: assets, Now: tx.Now})
	of := map[int64]Gaps{}
	for _, r := range rows {
		of[r.AssetID] = append(of[r.AssetID], r)
	}
	return of, err
}

// readGaps adds what is known now of an item whose asset had gaps at launch.
func (c *Case) readGaps(ctx context.Context, tx *store.Tx) error {
	if c.Gaps == nil {
		return nil
	}
	of, err := gapsOf(ctx, tx, c.AssetID)
	if err != nil {
		return err
	}
	c.Now = of[c.AssetID]
	if c.Decision != nil {
		return nil
	}
	at, err := tx.ReviewReopenedAt(ctx, c.ID)
	if err == nil && !at.IsZero() {
		c.Again = &at
	}
	return err
}

// stillExcepted refuses to sign off what was certified under an exception that is
// no longer in force, whether or not anybody has opened it again yet.
func stillExcepted(ctx context.Context, tx *store.Tx, campaign int64, reviewer string) error {
	rows, err := tx.ReviewNoLongerExcepted(ctx, sqlc.ReviewNoLongerExceptedParams{CampaignID: campaign, Reviewer: reviewer, Now: tx.Now})
	if err != nil || len(rows) == 0 {
		return err
	}
	return errs.Conflictf("The exception for %s is no longer in force: take back what you certified under it (%s) and decide again.", rows[0].AssetName, errs.Count(len(rows), "item", "items"))
}

// reopened is the step that tells a reviewer of items that are open again.
const reopened = "reopened"

// Reopen opens again what was certified under exceptions of these assets, wherever
// answers can still be given, and tells the reviewers why; it is for the register
// to call when exceptions are over or suspended. What is signed off stays as it was
// attested, and counts as unanswered when its campaign closes.
func Reopen(ctx context.Context, tx *store.Tx, why map[int64]string) error {
	if len(why) == 0 {
		return nil
	}
	open, err := tx.ReviewTakingAnswers(ctx)
	if err != nil {
		return err
	}
	for _, campaign := range open {
		if err := lock(ctx, tx, campaign); err != nil { // after it, no answer is on its way any more
			return err
		}
	}
	under, err := tx.ReviewUnderException(ctx, slices.Sorted(maps.Keys(why)))
	if err != nil {
		return err
	}
	return tellReopened(ctx, tx, under, why)
}

func tellReopened(ctx context.Context, tx *store.Tx, under []sqlc.ReviewUnderExceptionRow, why map[int64]string) error {
	var messages []mail.Message
	in, by := zonesIn(tx), tx.Actor.ID()
	for len(under) > 0 {
		u := under[0]
		n := notice{Campaign: u.CampaignID, Title: u.Title, Name: u.Name, Due: *u.DueAt}
		var items []int64
		var reasons []string
		at := sites{u.FirstSite, u.LastSite}
		for len(under) > 0 && under[0].CampaignID == u.CampaignID && under[0].Reviewer == u.Reviewer {
			a := under[0]
			items, n.High, reasons, under = append(items, a.Items...), n.High+a.High, append(reasons, why[a.AssetID]), under[1:]
			at.add(sites{a.FirstSite, a.LastSite})
		}
		n.Items, n.Reason = int64(len(items)), several(reasons)
		n.Minutes = minutesOf(n.Items, n.High)
		var err error
		if n.Zone, err = in.of(ctx, at); err != nil {
			return err
		}
		if err := tx.ReviewTakeBack(ctx, sqlc.ReviewTakeBackParams{DecidedBy: u.Reviewer, Items: items}); err != nil {
			return err
		}
		if err := tx.ReviewUndo(ctx, sqlc.ReviewUndoParams{CampaignID: u.CampaignID, DecidedBy: u.Reviewer, EnteredBy: &by, DecidedAt: tx.Now, Items: items}); err != nil {
			return err
		}
		tx.Record("review.undone", about(u.CampaignID), map[string]any{"items": items, "reviewer": u.Reviewer, "reason": n.Reason})
		messages = append(messages, n.message(u.Reviewer, reopened))
	}
	return mail.Enqueue(ctx, tx, messages)
}

// several is the first three reasons, and how many more there are.
func several(reasons []string) string {
	const named = 3
	said := strings.Join(reasons[:min(named, len(reasons))], " ")
	if more := len(reasons) - named; more > 0 {
		said += " " + errs.Count(more, "more exception", "more exceptions") + " likewise."
	}
	return said
}
