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
	if items == 1 {
		return "I looked at my one answer myself, on the facts shown to me, and stand by it."
	}
	return fmt.Sprintf("I looked at each of my %d answers myself, on the facts shown to me, and stand by them.", items)
}

func them(n int64) string {
	if n == 1 {
		return "it"
	}
	return "them"
}

// attested is the statement, with who entered it for the reviewer.
func (w answering) attested(items int64) string {
	if w.enteredBy == nil {
		return Statement(items)
	}
	return fmt.Sprintf("Entered by %s on behalf of %s: %s", *w.enteredBy, w.reviewer, Statement(items))
}

// Sign signs a reviewer off: their answers can no longer change. When all have
// signed, the campaign awaits closing. A refusal is on record.
func (s *Service) Sign(ctx context.Context, campaign int64, as string) error {
	err := s.db.Write(ctx, "review:decide", func(tx *store.Tx) error {
		who, err := reviewerFor(tx.Actor, as)
		if err != nil {
			return err
		}
		return sign(ctx, tx, campaign, who)
	})
	return s.onRecord(ctx, campaign, map[string]any{"act": "sign"}, err)
}

func sign(ctx context.Context, tx *store.Tx, campaign int64, who answering) error {
	if err := lock(ctx, tx, campaign); err != nil {
		return err
	}
	if err := standing(ctx, tx, campaign, who.reviewer); err != nil {
		return err
	}
	n, err := tx.ReviewStillOpen(ctx, sqlc.ReviewStillOpenParams{CampaignID: campaign, Reviewer: who.reviewer})
	if err != nil {
		return err
	}
	if n.Open > 0 {
		return errs.Conflictf("%s no answer yet: answer %s first.", errs.Count(n.Open, "item has", "items have"), them(n.Open))
	}
	if err := stillExcepted(ctx, tx, campaign, who.reviewer); err != nil {
		return err
	}
	statement := who.attested(n.Items)
	_, err = tx.ReviewSign(ctx, sqlc.ReviewSignParams{
		CampaignID: campaign, Reviewer: who.reviewer, At: tx.Now, Statement: statement, EnteredBy: who.enteredBy,
	})
	if err != nil {
		return err
	}
	tx.Record("review.signed", about(campaign), map[string]any{"reviewer": who.reviewer, "statement": statement, "items": n.Items})
	return allSigned(ctx, tx, campaign)
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
