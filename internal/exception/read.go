package exception

import (
	"context"

	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// Exception is one entry of the register as it stands now.
type Exception struct {
	sqlc.ExceptionGetRow // DriftedSince is zero when no control is failed or overdue
	State                State
	Revisions            []sqlc.ExceptionRevision // the latest first
	Controls             []sqlc.ExceptionControlsRow
	Tests                []sqlc.ExceptionTest // the latest first
	Steps                []sqlc.ExceptionStep // the latest first
}

// Get reads one exception with its whole history.
func (s *Service) Get(ctx context.Context, id int64) (e Exception, err error) {
	err = s.db.Read(ctx, "exception:read", func(tx *store.Tx) error {
		row, err := tx.ExceptionGet(ctx, sqlc.ExceptionGetParams{Now: tx.Now, Grace: Grace.Seconds(), ID: id})
		if err != nil {
			return err
		}
		e = Exception{ExceptionGetRow: row, State: State(row.NowState)}
		if e.Revisions, err = tx.ExceptionRevisions(ctx, id); err != nil {
			return err
		}
		if e.Controls, err = tx.ExceptionControls(ctx, id); err != nil {
			return err
		}
		if e.Tests, err = tx.ExceptionTests(ctx, id); err != nil {
			return err
		}
		e.Steps, err = tx.ExceptionSteps(ctx, id)
		return err
	})
	return e, err
}
