package review

import (
	"context"
	"fmt"

	"interlock/internal/errs"
	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// Statement is what a reviewer attests by signing off.
func Statement(items int64) string {
	return fmt.Sprintf("I looked at each of my %d answers myself, on the facts shown to me, and stand by them.", items)
}

// Sign signs a reviewer off: their answers can no longer change. When all have
// signed, the campaign awaits closing.
func (s *Service) Sign(ctx context.Context, campaign int64, as string) error {
	return s.db.Write(ctx, "review:decide", func(tx *store.Tx) error {
		reviewer, err := reviewerFor(tx.Actor, as)
		if err != nil {
			return err
		}
		if err := tx.ReviewLock(ctx, int32(campaign)); err != nil { //nolint:gosec // a lock's key may wrap
			return err
		}
		if err := standing(ctx, tx, campaign, reviewer); err != nil {
			return err
		}
		n, err := tx.ReviewStillOpen(ctx, sqlc.ReviewStillOpenParams{CampaignID: campaign, Reviewer: reviewer})
		if err != nil {
			return err
		}
		if n.Open > 0 {
			return errs.Conflictf("%d of your %d items are still open: answer them first.", n.Open, n.Items)
		}
		statement := Statement(n.Items)
		if _, err := tx.ReviewSign(ctx, sqlc.ReviewSignParams{CampaignID: campaign, Reviewer: reviewer, At: tx.Now, Statement: statement}); err != nil {
			return err
		}
		tx.Record("review.signed", about(campaign), map[string]any{"reviewer": reviewer, "statement": statement, "items": n.Items})
		return allSigned(ctx, tx, campaign)
	})
}

func allSigned(ctx context.Context, tx *store.Tx, campaign int64) error {
	left, err := tx.ReviewUnsigned(ctx, campaign)
	if err != nil || left > 0 {
		return err
	}
	c, err := tx.ReviewCampaignForUpdate(ctx, campaign)
	if err != nil || State(c.State) == Signing { // someone without items signs last
		return err
	}
	return advance(ctx, tx, campaign, allSign)
}

// advance moves a campaign, or refuses.
func advance(ctx context.Context, tx *store.Tx, campaign int64, m move) error {
	c, err := tx.ReviewCampaignForUpdate(ctx, campaign)
	if err != nil {
		return err
	}
	to, err := next(State(c.State), m)
	if err != nil {
		return err
	}
	return tx.ReviewCampaignMove(ctx, sqlc.ReviewCampaignMoveParams{ID: campaign, State: string(to)})
}
