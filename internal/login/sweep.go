package login

import (
	"context"
	"time"

	"interlock/internal/store"
)

// failuresKept is how long failures without a success after them are remembered.
const failuresKept = 24 * time.Hour

// Sweep deletes what ran out: sessions, links and old failures.
func (s *Service) Sweep(ctx context.Context) error {
	ctx = asLogin(ctx)
	return s.db.Upkeep(ctx, func(tx *store.Tx) error {
		if err := tx.LoginSessionsSweep(ctx, tx.Now); err != nil {
			return err
		}
		if err := tx.LoginTokensSweep(ctx, tx.Now); err != nil {
			return err
		}
		return tx.LoginFailuresSweep(ctx, tx.Now.Add(-failuresKept))
	})
}
