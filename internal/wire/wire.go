// Package wire puts the use cases of one installation together, by hand, and
// makes the client that works its jobs. The command and the tests of the whole
// both use it, so that what is tested is what runs.
package wire

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"golang.org/x/mod/sumdb/note"

	"interlock/internal/access/reach"
	"interlock/internal/asset"
	"interlock/internal/audit"
	"interlock/internal/control"
	"interlock/internal/exception"
	"interlock/internal/finding"
	"interlock/internal/identity"
	"interlock/internal/intake"
	"interlock/internal/job"
	"interlock/internal/login"
	"interlock/internal/mail"
	"interlock/internal/remediation"
	"interlock/internal/review"
	"interlock/internal/store"
)

// Services are the use cases of one installation.
type Services struct {
	DB          *store.DB
	Login       *login.Service
	Intake      *intake.Service
	Identity    *identity.Service
	Asset       *asset.Service
	Reach       *reach.Service
	Exception   *exception.Service
	Finding     *finding.Service
	Review      *review.Service
	Remediation *remediation.Service
	Jobs        *job.Service
	Mail        *mail.Service
	Audit       *audit.Service
	Sequencer   *audit.Sequencer
	Control     *control.Service

	mailing mail.Settings
}

// New makes the use cases over a database.
func New(db *store.DB, mailing mail.Settings, signer note.Signer, verifier string) *Services {
	s := &Services{
		DB: db, Login: login.New(db), Intake: intake.New(db), Identity: identity.New(db), Reach: reach.New(db), Asset: asset.New(db), Finding: finding.New(db), Review: review.New(db), Remediation: remediation.New(db), Jobs: job.New(db), Exception: exception.New(db),
		Mail: mail.New(db, mailing), Audit: audit.New(db), Sequencer: audit.NewSequencer(db, signer, verifier), mailing: mailing,
	}
	s.Control = control.New(db, s.Sequencer)
	s.Jobs.Abandoned("launch", s.launchAbandoned)
	return s
}

// launchAbandoned makes the campaign of a launch that never ended a draft again.
func (s *Services) launchAbandoned(ctx context.Context, object string) error {
	id, err := strconv.ParseInt(strings.TrimPrefix(object, "campaign:"), 10, 64)
	if err != nil {
		return fmt.Errorf("a launch of %q: %w", object, err)
	}
	return s.Review.LaunchAbandoned(ctx, id)
}

// Worker makes the client that works the jobs.
func (s *Services) Worker(log *slog.Logger) (*river.Client[pgx.Tx], error) {
	workers := river.NewWorkers()
	river.AddWorker(workers, &review.LaunchWorker{Review: s.Review, Jobs: s.Jobs})
	river.AddWorker(workers, &review.CloseWorker{Review: s.Review, Jobs: s.Jobs})
	river.AddWorker(workers, &review.RemindWorker{Review: s.Review})
	river.AddWorker(workers, &control.Worker{Control: s.Control, Jobs: s.Jobs})
	river.AddWorker(workers, intake.Worker(s.Intake, s.Jobs))
	river.AddWorker(workers, &exception.NoteWorker{Exception: s.Exception})
	river.AddWorker(workers, &asset.CountWorker{Asset: s.Asset})
	river.AddWorker(workers, &finding.Worker{Finding: s.Finding, Jobs: s.Jobs})
	river.AddWorker(workers, &finding.NightlyWorker{Finding: s.Finding})
	river.AddWorker(workers, &reach.Worker{Reach: s.Reach, Jobs: s.Jobs})
	river.AddWorker(workers, &reach.DueWorker{Reach: s.Reach})
	river.AddWorker(workers, &identity.ExpireWorker{Identity: s.Identity})
	river.AddWorker(workers, mail.NewWorker(s.DB, s.mailing, s.mintLink))
	river.AddWorker(workers, &job.RescueWorker{Jobs: s.Jobs})
	river.AddWorker(workers, &sweepWorker{login: s.Login, control: s.Control})
	client, err := river.NewClient(riverpgxv5.New(s.DB.Pool()), &river.Config{
		Logger: slog.New(onlyTrouble{log.Handler()}), Workers: workers, FetchPollInterval: time.Second,
		Queues: map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 4}, mail.Queue: {MaxWorkers: 4}, reach.Queue: {MaxWorkers: 1}},
	})
	if err != nil {
		return nil, fmt.Errorf("job client: %w", err)
	}
	return client, nil
}

// mintLink makes the set-password link for a reviewer who cannot sign in yet, at
// the moment the mail goes out; the account is made with it.
func (s *Services) mintLink(ctx context.Context, tx *store.Tx, email string) (string, bool, error) {
	if err := login.EnsureAccounts(ctx, tx, []login.Person{{Email: email, Name: email}}); err != nil {
		return "", false, err
	}
	secret, ok, err := login.LinkFor(ctx, tx, email)
	return s.mailing.BaseURL + "/password?token=" + secret, ok, err
}

// SweepArgs ask for what ran out to be deleted.
type SweepArgs struct{}

// Kind names the job.
func (SweepArgs) Kind() string { return "sweep" }

type sweepWorker struct {
	river.WorkerDefaults[SweepArgs]
	login   *login.Service
	control *control.Service
}

// Work sweeps.
func (w *sweepWorker) Work(ctx context.Context, _ *river.Job[SweepArgs]) error {
	return errors.Join(w.login.Sweep(ctx), w.control.Sweep(ctx))
}
