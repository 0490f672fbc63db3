package exception

import (
	"context"

	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// MyControl is a control that the reader tests.
type MyControl = sqlc.ExceptionMyControlsRow

// MyAsset is the exception of an asset that the reader answers for.
type MyAsset = sqlc.ExceptionMyAssetsRow

// Mine is what concerns the reader, whatever else of the register they may see.
type Mine struct {
	Controls []MyControl // the first due first
	Assets   []MyAsset   // the first to end first
}

// Mine reads the controls that the reader tests, and the exceptions of what they
// own.
func (s *Service) Mine(ctx context.Context) (m Mine, err error) {
	err = s.db.Read(ctx, "exception:test", func(tx *store.Tx) error {
		if m.Controls, err = tx.ExceptionMyControls(ctx, sqlc.ExceptionMyControlsParams{Now: tx.Now, Owner: tx.Actor.ID()}); err != nil {
			return err
		}
		m.Assets, err = tx.ExceptionMyAssets(ctx, sqlc.ExceptionMyAssetsParams{Now: tx.Now, Owner: tx.Actor.ID()})
		return err
	})
	return m, err
}

// MineCount is how many controls the reader tests.
func (s *Service) MineCount(ctx context.Context) (n int64, err error) {
	err = s.db.Read(ctx, "exception:test", func(tx *store.Tx) error {
		n, err = tx.ExceptionMineCount(ctx, tx.Actor.ID())
		return err
	})
	return n, err
}
