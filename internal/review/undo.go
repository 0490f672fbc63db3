package review

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"interlock/internal/errs"
	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// Undo takes answers back. Without items, the last one given. A refusal is on
// record.
func (s *Service) Undo(ctx context.Context, campaign int64, items []int64, as string) error {
	err := s.db.Write(ctx, "review:decide", func(tx *store.Tx) error {
		who, err := reviewerFor(tx.Actor, as)
		if err != nil {
			return err
		}
		if err := standing(ctx, tx, campaign, who.reviewer); err != nil {
			return err
		}
		back, err := itemsToUndo(ctx, tx, campaign, items, who.reviewer)
		if err != nil {
			return err
		}
		tx.Record("review.undone", about(campaign), map[string]any{"items": back, "reviewer": who.reviewer})
		if err := tx.ReviewTakeBack(ctx, sqlc.ReviewTakeBackParams{DecidedBy: who.reviewer, Items: back}); err != nil {
			return err
		}
		return tx.ReviewUndo(ctx, sqlc.ReviewUndoParams{CampaignID: campaign, DecidedBy: who.reviewer, EnteredBy: who.enteredBy, DecidedAt: tx.Now, Items: back})
	})
	return s.onRecord(ctx, campaign, map[string]any{"act": "undo", "items": items}, err)
}

// itemsToUndo locks the items, or the last one answered, and refuses what the
// reviewer has no answer of that can be taken back.
func itemsToUndo(ctx context.Context, tx *store.Tx, campaign int64, items []int64, reviewer string) ([]int64, error) {
	if len(items) == 0 {
		last, err := tx.ReviewLastDecided(ctx, sqlc.ReviewLastDecidedParams{CampaignID: campaign, Reviewer: reviewer})
		if errors.Is(err, pgx.ErrNoRows) {
			return nil, errs.Conflictf("There is nothing to take back: none of your answers stands here.")
		}
		if err != nil {
			return nil, err
		}
		items = []int64{last}
	}
	rows, err := tx.ReviewItemsToUndo(ctx, sqlc.ReviewItemsToUndoParams{CampaignID: campaign, Items: items, Reviewer: reviewer})
	if err == nil && len(rows) != len(items) {
		err = errs.Conflictf("There is no answer of yours to take back: it was taken back already, or the next reviewer answered.")
	}
	return items, err
}
