package job

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/riverqueue/river"

	"interlock/internal/authz"
	"interlock/internal/errs"
	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// Progress is how far a long job is.
type Progress struct {
	ID                   int64
	Kind, Title, Object  string
	State                string // waiting, running, done, refused, failed, cancelled
	Done, Total          int64
	Message              string
	Result               json.RawMessage
	CancelAsked          bool
	CreatedBy            string
	CreatedAt, UpdatedAt time.Time
}

// Ended tells whether nothing more will happen.
func (p Progress) Ended() bool { return p.State != "waiting" && p.State != "running" }

// Start makes a row of progress and inserts the job that works on it, in tx.
// object is what the job is about, as kind:id.
func Start(ctx context.Context, tx *store.Tx, kind, title, object string, args func(id int64) river.JobArgs) (int64, error) {
	id, err := tx.JobProgressInsert(ctx, sqlc.JobProgressInsertParams{
		Kind: kind, Title: title, Object: object, CreatedBy: tx.Actor.ID(), CreatedAt: tx.Now,
	})
	if err != nil {
		return 0, err
	}
	return id, Enqueue(ctx, tx, args(id), &river.InsertOpts{MaxAttempts: 3, Metadata: tag(id)})
}

// Waits tells whether a job of the kind about the object has not begun.
func Waits(ctx context.Context, tx *store.Tx, kind, object string) (bool, error) {
	return tx.JobProgressWaits(ctx, sqlc.JobProgressWaitsParams{Object: object, Kind: kind})
}

// GoesOn is the job of the kind about the object that waits or runs; 0 for none.
// Who asks in order to start one holds a lock on the object.
func GoesOn(ctx context.Context, tx *store.Tx, kind, object string) (int64, error) {
	return tx.JobProgressGoesOn(ctx, sqlc.JobProgressGoesOnParams{Object: object, Kind: kind})
}

// tag names a job's row of progress in River's row, by which Rescue finds it.
func tag(id int64) []byte { return fmt.Appendf(nil, `{"progress": %d}`, id) }

// Service shows, cancels and rescues long jobs.
type Service struct {
	db        *store.DB
	abandoned map[string]func(ctx context.Context, object string) error
}

// New makes the service.
func New(db *store.DB) *Service {
	return &Service{db: db, abandoned: map[string]func(context.Context, string) error{}}
}

// Progress returns one job; those of others only with the right to run campaigns
// or read the audit log.
func (s *Service) Progress(ctx context.Context, id int64) (Progress, error) {
	var p Progress
	err := s.db.Read(ctx, "job:read", func(tx *store.Tx) error {
		row, err := tx.JobProgressGet(ctx, sqlc.JobProgressGetParams{ID: id, Everyone: seesAll(tx.Actor), Actor: tx.Actor.ID()})
		p = Progress(row)
		return err
	})
	return p, err
}

// Of returns the newest job about an object, such as campaign:3.
func (s *Service) Of(ctx context.Context, object string) (Progress, error) {
	var p Progress
	err := s.db.Read(ctx, "job:read", func(tx *store.Tx) error {
		row, err := tx.JobProgressOf(ctx, sqlc.JobProgressOfParams{Object: object, Everyone: seesAll(tx.Actor), Actor: tx.Actor.ID()})
		p = Progress(row)
		return err
	})
	return p, err
}

// List returns the newest fifty jobs of a kind.
func (s *Service) List(ctx context.Context, kind string) ([]Progress, error) {
	var list []Progress
	err := s.db.Read(ctx, "job:read", func(tx *store.Tx) error {
		list = nil
		rows, err := tx.JobProgressList(ctx, sqlc.JobProgressListParams{Kind: kind, Everyone: seesAll(tx.Actor), Actor: tx.Actor.ID()})
		for _, r := range rows {
			list = append(list, Progress(r))
		}
		return err
	})
	return list, err
}

// Cancel asks a job to stop; it stops at its next step and changes nothing. Those
// of others only with the right to run campaigns or to import.
func (s *Service) Cancel(ctx context.Context, id int64) error {
	return s.db.Write(ctx, "job:cancel", func(tx *store.Tx) error {
		n, err := tx.JobProgressAskCancel(ctx, sqlc.JobProgressAskCancelParams{
			ID: id, UpdatedAt: tx.Now, Everyone: stopsAll(tx.Actor), Actor: tx.Actor.ID(),
		})
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.Conflictf("This job has ended already or is not yours.")
		}
		tx.Record("job.cancel_asked", store.Object{Kind: "job", ID: id}, struct{}{})
		return nil
	})
}

func seesAll(a authz.Actor) bool {
	return authz.Can(a, "campaign:run") || authz.Can(a, "audit:read")
}

func stopsAll(a authz.Actor) bool {
	return authz.Can(a, "campaign:run") || authz.Can(a, "inventory:import")
}

// MayCancel tells whether the actor may ask this job to stop.
func (p Progress) MayCancel(a authz.Actor) bool {
	return !p.Ended() && authz.Can(a, "job:cancel") && (stopsAll(a) || p.CreatedBy == a.ID())
}
