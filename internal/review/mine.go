package review

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"interlock/internal/errs"
	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// Mine is one item that is the actor's to answer, with its facts as they were frozen.
func (s *Service) Mine(ctx context.Context, campaign, item int64) (row sqlc.ReviewItem, err error) {
	err = s.db.Read(ctx, "review:read", func(tx *store.Tx) (err error) {
		row, err = tx.ReviewItemCase(ctx, sqlc.ReviewItemCaseParams{CampaignID: campaign, ID: item, Reviewer: tx.Actor.Email})
		if errors.Is(err, pgx.ErrNoRows) {
			err = errs.NotFoundf("There is no such item among yours. Go back to your reviews.")
		}
		return err
	})
	return row, err
}
