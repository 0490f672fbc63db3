package audit

import (
	"context"
	"time"

	"interlock/internal/store"
)

// Standing says how far the log has come: the newest event's number, how many
// are under the last signature, when that was made, and how many are late.
type Standing struct {
	Events, Signed int64
	SignedAt       *time.Time
	Late           int64
}

// Standing reads how the log stands.
func (s *Service) Standing(ctx context.Context) (Standing, error) {
	var st Standing
	err := s.db.Read(ctx, "audit:read", func(tx *store.Tx) error {
		row, err := tx.AuditStanding(ctx)
		if err != nil {
			return err
		}
		st.Events, st.Signed = row.Events, row.Signed
		if row.Signed > 0 {
			st.SignedAt = &row.SignedAt
		}
		st.Late, err = tx.AuditLate(ctx, tx.Now.Add(-late))
		return err
	})
	return st, err
}
