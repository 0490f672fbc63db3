package asset

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"interlock/internal/authz"
	"interlock/internal/job"
	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// counting bounds a count of who crosses.
const counting = 10 * time.Minute

// fresh is how long a count holds without an import: grants begin and end by time.
const fresh = 50 * time.Minute

// CountArgs is the job that counts who crosses.
type CountArgs struct{}

// Kind names the job.
func (CountArgs) Kind() string { return "asset_count" }

// AskCount has who crosses counted once tx is committed.
func AskCount(ctx context.Context, tx *store.Tx) error { return job.Enqueue(ctx, tx, CountArgs{}, nil) }

// CountWorker works CountArgs.
type CountWorker struct {
	river.WorkerDefaults[CountArgs]
	Asset *Service
}

// Timeout leaves the limit to the count itself.
func (w *CountWorker) Timeout(*river.Job[CountArgs]) time.Duration { return counting + time.Minute }

// Work counts.
func (w *CountWorker) Work(ctx context.Context, _ *river.Job[CountArgs]) error {
	return w.Asset.Count(authz.System(ctx, "map"))
}

// Count counts who crosses and keeps it, unless that was done since the newest
// import and within the hour: the map of a large plant is read from what is kept.
func (s *Service) Count(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, counting)
	defer cancel()
	return s.db.Upkeep(ctx, func(tx *store.Tx) error {
		if err := tx.AssetCountLock(ctx); err != nil {
			return err
		}
		last, err := latest(ctx, tx)
		if err != nil || last != nil && !last.Behind && tx.Now.Sub(last.CountedAt) < fresh {
			return err
		}
		return keep(ctx, tx)
	})
}

// latest is the newest count; nil before the first.
func latest(ctx context.Context, tx *store.Tx) (*sqlc.AssetCountLatestRow, error) {
	row, err := tx.AssetCountLatest(ctx)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	return &row, err
}

func keep(ctx context.Context, tx *store.Tx) error {
	conduits, err := conduits(ctx, tx)
	if err != nil {
		return err
	}
	if err := tx.AssetCountClear(ctx); err != nil {
		return err
	}
	if _, err := tx.Raw().Exec(ctx, `set local work_mem = '128MB'`); err != nil {
		return err
	}
	into := `insert into asset_map_tally (facet, home, site_id, level, zone_id, conduit_id, identities, grants) `
	if _, err := tx.Raw().Exec(ctx, into+liveSQL+countsSQL, countArgs(tx.Now, conduits)); err != nil {
		return err
	}
	return tx.AssetCountDone(ctx, tx.Now)
}

func conduits(ctx context.Context, tx *store.Tx) ([]MapConduit, error) {
	zones, err := tx.AssetMapZones(ctx)
	if err != nil {
		return nil, err
	}
	return readConduits(ctx, tx, zones)
}
