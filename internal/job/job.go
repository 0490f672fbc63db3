// Package job carries long and deferred work. River makes it happen once, with
// retries, across replicas; a row of progress lets a person watch it, cancel it
// and find it again after a restart. Jobs are inserted in the transaction of
// their cause.
package job

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"interlock/internal/store"
)

// inserter only inserts; it has no pool and works nothing.
var inserter = mustInserter()

func mustInserter() *river.Client[pgx.Tx] {
	c, err := river.NewClient(riverpgxv5.New(nil), &river.Config{})
	if err != nil {
		panic(fmt.Errorf("job inserter: %w", err))
	}
	return c
}

// Enqueue inserts a job that runs after the transaction commits.
func Enqueue(ctx context.Context, tx *store.Tx, args river.JobArgs, opts *river.InsertOpts) error {
	if _, err := inserter.InsertTx(ctx, tx.Raw(), args, opts); err != nil {
		return fmt.Errorf("enqueue %s: %w", args.Kind(), err)
	}
	return nil
}

// EnqueueMany inserts many jobs at once.
func EnqueueMany(ctx context.Context, tx *store.Tx, jobs []river.InsertManyParams) error {
	if len(jobs) == 0 {
		return nil
	}
	if _, err := inserter.InsertManyFastTx(ctx, tx.Raw(), jobs); err != nil {
		return fmt.Errorf("enqueue %d jobs: %w", len(jobs), err)
	}
	return nil
}

// OncePer makes a job unique by its arguments within the period, so that every
// replica may tick the same schedule.
func OncePer(period time.Duration) *river.InsertOpts {
	return &river.InsertOpts{UniqueOpts: river.UniqueOpts{ByArgs: true, ByPeriod: period}}
}
