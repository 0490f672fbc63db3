package main

import (
	"context"
	"fmt"
	"time"

	"github.com/go-co-op/gocron/v2"
	"github.com/riverqueue/river"

	"interlock/internal/access/reach"
	"interlock/internal/asset"
	"interlock/internal/authz"
	"interlock/internal/exception"
	"interlock/internal/finding"
	"interlock/internal/identity"
	"interlock/internal/job"
	"interlock/internal/review"
	"interlock/internal/store"
	"interlock/internal/wire"
)

// schedule says when what happens. A tick only inserts a job that is unique in
// its period, so any number of replicas may run the same schedule.
func (a *app) schedule(ctx context.Context) (gocron.Scheduler, error) {
	s, err := gocron.NewScheduler(gocron.WithLogger(quiet{}))
	if err != nil {
		return nil, fmt.Errorf("schedule: %w", err)
	}
	for _, tick := range []struct {
		name  string
		every time.Duration
		args  river.JobArgs
	}{
		{"remind", time.Minute, review.RemindArgs{}},
		{"exceptions", 15 * time.Minute, exception.NoteArgs{}},
		{"count", time.Hour, asset.CountArgs{}},
		{"findings", time.Hour, finding.NightlyArgs{}},
		{"rescue", time.Minute, job.RescueArgs{}},
		{"reach", time.Minute, reach.DueArgs{}},
		{"ownership", time.Hour, identity.ExpireArgs{}},
		{"sweep", time.Hour, wire.SweepArgs{}},
	} {
		run := func() { a.tick(ctx, tick.args, tick.every) }
		_, err := s.NewJob(gocron.DurationJob(tick.every), gocron.NewTask(run), gocron.WithName(tick.name), gocron.WithStartAt(gocron.WithStartImmediately()))
		if err != nil {
			return nil, fmt.Errorf("schedule %s: %w", tick.name, err)
		}
	}
	s.Start()
	return s, nil
}

func (a *app) tick(ctx context.Context, args river.JobArgs, every time.Duration) {
	ctx = authz.System(ctx, "schedule")
	err := a.DB.Upkeep(ctx, func(tx *store.Tx) error { return job.Enqueue(ctx, tx, args, job.OncePer(every)) })
	if err != nil && ctx.Err() == nil {
		a.log.Error("tick", "job", args.Kind(), "error", err)
	}
}

// quiet drops gocron's own log: what a job does is logged by the job.
type quiet struct{}

func (quiet) Debug(string, ...any) {}
func (quiet) Error(string, ...any) {}
func (quiet) Info(string, ...any)  {}
func (quiet) Warn(string, ...any)  {}
