package mail

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"interlock/internal/authz"
	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// LinkMinter makes the address at which whoever has this e-mail sets a password;
// not ok if they have one.
type LinkMinter func(ctx context.Context, tx *store.Tx, email string) (url string, ok bool, err error)

// Worker sends messages.
type Worker struct {
	river.WorkerDefaults[Deliver]
	db   *store.DB
	smtp smtp
	mint LinkMinter
	wait func(attempt int) time.Duration
}

// NewWorker makes the worker to register with River, which must work Queue.
func NewWorker(db *store.DB, settings Settings, mint LinkMinter) *Worker {
	return &Worker{db: db, smtp: smtp{settings, connecting, sending}, mint: mint, wait: wait}
}

// waits is how long after each failed try comes the next; the last one repeats.
var waits = []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour, 8 * time.Hour}

func wait(attempt int) time.Duration { return waits[min(max(attempt, 1), len(waits))-1] }

// Timeout leaves room for the database around the sending.
func (w *Worker) Timeout(*river.Job[Deliver]) time.Duration { return w.smtp.whole + 30*time.Second }

// NextRetry tells River when a failed try is repeated.
func (w *Worker) NextRetry(job *river.Job[Deliver]) time.Time {
	return job.AttemptedAt.Add(w.wait(job.Attempt))
}

// Work sends one message and keeps what came of it. A message that was sent
// already is left alone; without a mail server it goes on waiting.
func (w *Worker) Work(ctx context.Context, job *river.Job[Deliver]) error {
	ctx = authz.System(ctx, "mail")
	l, err := w.take(ctx, job.Args.Message)
	if err != nil || l == nil {
		return err
	}
	sent := w.smtp.send(ctx, *l)
	// What happened is kept even when the program is being stopped.
	kept := w.keep(context.WithoutCancel(ctx), job, sent)
	if f, ok := errors.AsType[failure](sent); ok && f.final {
		return kept
	}
	return errors.Join(sent, kept)
}

// take counts the try and makes the words. The single-use link is minted in the
// same transaction, before anything is sent: a link that arrives always works,
// unless a later mail brought another.
func (w *Worker) take(ctx context.Context, id int64) (l *letter, err error) {
	err = w.db.Upkeep(ctx, func(tx *store.Tx) error {
		l = nil
		if !w.smtp.On() {
			return tx.MailPark(ctx, id)
		}
		row, err := tx.MailTry(ctx, id)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		l, err = w.write(ctx, tx, row)
		return err
	})
	return l, err
}

func (w *Worker) write(ctx context.Context, tx *store.Tx, row sqlc.MailTryRow) (*letter, error) {
	v, err := w.smtp.view(row.Data)
	if err != nil {
		return nil, err
	}
	url, ok, err := w.mint(ctx, tx, row.Recipient)
	if err != nil {
		return nil, fmt.Errorf("mint a link: %w", err)
	}
	if ok {
		v.Link = url
	}
	text, page, err := render(row.Template, v)
	if err != nil {
		return nil, err
	}
	return &letter{
		id: fmt.Sprintf("%d.%d@%s", row.ID, row.CreatedAt.UnixMicro(), w.smtp.host()),
		to: row.Recipient, name: v.Name, subject: row.Subject, text: text, page: page, at: tx.Now,
	}, tx.MailLinked(ctx, sqlc.MailLinkedParams{ID: row.ID, Linked: ok})
}

func (w *Worker) keep(ctx context.Context, job *river.Job[Deliver], sent error) error {
	id := job.Args.Message
	return w.db.Upkeep(ctx, func(tx *store.Tx) error {
		if sent == nil {
			return tx.MailSent(ctx, sqlc.MailSentParams{ID: id, Now: tx.Now})
		}
		why := "Interlock could not send this mail; its log says why."
		f, ok := errors.AsType[failure](sent)
		if ok {
			why = f.words
		}
		if f.final || job.Attempt >= job.MaxAttempts {
			return tx.MailFail(ctx, sqlc.MailFailParams{ID: id, LastError: &why})
		}
		next := tx.Now.Add(w.wait(job.Attempt))
		return tx.MailPutOff(ctx, sqlc.MailPutOffParams{ID: id, LastError: &why, DueAt: &next})
	})
}
