// Package audit makes the audit log provable. Events are written by the store in
// the change's own transaction; here a sequencer numbers them, appends them to a
// Merkle tree (RFC 6962, by x/mod/sumdb/tlog) and signs its head, so that a
// changed, removed or slipped-in row is found and named by Verify, and single
// events can be proven to someone who has no database. It does not decide what
// is recorded: that is each use case's own.
package audit

import (
	"context"
	"time"

	"interlock/internal/store"
)

// late is how old an event may be before it must be in the tree.
const late = time.Minute

// Service searches, exports and verifies the log.
type Service struct{ db *store.DB }

// New makes the service.
func New(db *store.DB) *Service { return &Service{db} }

// Alarm counts events that are older than a minute and not yet in the tree;
// anything but 0 means that nothing sequences them or that someone meddled.
func (s *Service) Alarm(ctx context.Context) (n int64, err error) {
	err = s.db.Read(ctx, "audit:read", func(tx *store.Tx) error {
		n, err = tx.AuditLate(ctx, tx.Now.Add(-late))
		return err
	})
	return n, err
}
