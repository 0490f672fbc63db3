package main

import (
	"context"
	"fmt"
	"time"

	"github.com/go-co-op/gocron/v2"
	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"interlock/internal/authz"
	"interlock/internal/intake"
	"interlock/internal/job"
	"interlock/internal/login"
	"interlock/internal/mail"
	"interlock/internal/review"
	"interlock/internal/store"
)

// worker makes the client that works the jobs.
func (a *app) worker() (*river.Client[pgx.Tx], error) {
	workers := river.NewWorkers()
	river.AddWorker(workers, &review.LaunchWorker{Review: a.review, Jobs: a.jobs})
	river.AddWorker(workers, &review.CloseWorker{Review: a.review, Jobs: a.jobs})
	river.AddWorker(workers, &review.RemindWorker{Review: a.review})
	river.AddWorker(workers, intake.Worker(a.intake, a.jobs))
	river.AddWorker(workers, mail.NewWorker(a.db, a.set.mail(), a.mintLink))
	river.AddWorker(workers, &sweepWorker{login: a.login})
	client, err := river.NewClient(riverpgxv5.New(a.db.Pool()), &river.Config{
		Logger: a.log, Workers: workers, FetchPollInterval: time.Second,
		Queues: map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 4}, mail.Queue: {MaxWorkers: 4}},
	})
	if err != nil {
		return nil, fmt.Errorf("job client: %w", err)
	}
	return client, nil
}

// mintLink makes the set-password link for a reviewer who cannot sign in yet, at
// the moment the mail goes out; the account is made with it.
func (a *app) mintLink(ctx context.Context, tx *store.Tx, email string) (string, bool, error) {
	if err := login.EnsureAccounts(ctx, tx, []login.Person{{Email: email, Name: email}}); err != nil {
		return "", false, err
	}
	secret, ok, err := login.LinkFor(ctx, tx, email)
	return a.set.URL + "/password?token=" + secret, ok, err
}

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
		{"sweep", time.Hour, sweepArgs{}},
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
	err := a.db.Upkeep(ctx, func(tx *store.Tx) error { return job.Enqueue(ctx, tx, args, job.OncePer(every)) })
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

type sweepArgs struct{}

// Kind names the job.
func (sweepArgs) Kind() string { return "sweep" }

// sweepWorker deletes what ran out.
type sweepWorker struct {
	river.WorkerDefaults[sweepArgs]
	login *login.Service
}

// Work sweeps.
func (w *sweepWorker) Work(ctx context.Context, _ *river.Job[sweepArgs]) error {
	return w.login.Sweep(ctx)
}
