package finding

import (
	"context"

	"interlock/internal/store"
)

// LookOnly looks at the inventory by one rule.
func (s *Service) LookOnly(ctx context.Context, rule Rule) error {
	return s.db.Write(ctx, "finding:evaluate", func(tx *store.Tx) error {
		tx.Record("finding.evaluated", store.Object{Kind: "finding_evaluation", ID: 0}, struct{}{})
		_, err := look(ctx, tx, s.db.Now, rule)
		return err
	})
}
