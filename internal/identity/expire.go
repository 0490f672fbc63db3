package identity

import (
	"context"

	"github.com/riverqueue/river"

	"interlock/internal/authz"
	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// expirer is who writes down that an offer has expired.
const expirer = "system:ownership"

// ExpireArgs ask for offers that nobody answered in time to be closed. They cannot
// be accepted whether or not this has run.
type ExpireArgs struct{}

// Kind names the job.
func (ExpireArgs) Kind() string { return "ownership_expire" }

// ExpireWorker closes such offers.
type ExpireWorker struct {
	river.WorkerDefaults[ExpireArgs]
	Identity *Service
}

// Work closes them.
func (w *ExpireWorker) Work(ctx context.Context, _ *river.Job[ExpireArgs]) error {
	return w.Identity.Expire(ctx)
}

// Expire closes the offers that nobody answered in time.
func (s *Service) Expire(ctx context.Context) error {
	return s.db.Write(authz.System(ctx, "ownership"), "ownership:expire", func(tx *store.Tx) error {
		if err := expire(ctx, tx); err != nil || tx.Recorded() {
			return err
		}
		return store.ErrNothing
	})
}

func expire(ctx context.Context, tx *store.Tx) error {
	ids, err := tx.IdentityOffersLapse(ctx, sqlc.IdentityOffersLapseParams{At: tx.Now, By: expirer})
	if err == nil && len(ids) > 0 {
		tx.Record("ownership.expired", store.Object{Kind: "ownership", ID: ids[0]}, map[string]any{"offers": ids})
	}
	return err
}
