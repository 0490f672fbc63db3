package review

import (
	"context"
	"errors"
	"math"

	"github.com/jackc/pgx/v5/pgconn"

	"interlock/internal/errs"
	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// lock keeps everybody else from answering, signing and closing in a campaign
// until the transaction ends. What is read after it is current: that wants READ
// COMMITTED, which store sets.
func lock(ctx context.Context, tx *store.Tx, campaign int64) error {
	return tx.ReviewLock(ctx, lockKey(campaign))
}

// lockShared lets others answer as well, and keeps the campaign from being signed
// or closed.
func lockShared(ctx context.Context, tx *store.Tx, campaign int64) error {
	return tx.ReviewLockShared(ctx, lockKey(campaign))
}

// lockKey may wrap; the guard of review_decision makes the same.
func lockKey(campaign int64) int32 { return int32(campaign & math.MaxInt32) }

// patience is how long a person waits for a campaign that is held.
const patience = `set local lock_timeout = '2s'`

// lockSoon is lock and reading the campaign for a person who waits: a launch or a
// close may hold it for minutes, so it says which it is instead.
func lockSoon(ctx context.Context, tx *store.Tx, campaign int64) (c sqlc.ReviewCampaignForUpdateRow, err error) {
	state, err := tx.ReviewState(ctx, campaign) // as committed: a launch and a close show theirs only at their end
	if err != nil {
		return c, err
	}
	if _, err := tx.Raw().Exec(ctx, patience); err != nil {
		return c, err
	}
	if err = lock(ctx, tx, campaign); err == nil {
		c, err = tx.ReviewCampaignForUpdate(ctx, campaign)
	}
	if pg, ok := errors.AsType[*pgconn.PgError](err); !ok || pg.Code != "55P03" {
		return c, err
	}
	if State(state) == Launching {
		return c, errs.Conflictf("It is being launched; cancel the launch instead.").Because(err)
	}
	return c, errs.Conflictf("It is being closed already.").Because(err)
}
