package access

import (
	"context"

	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// Held is a live grant with all that a page tells of it: who holds it, what it
// gives, over which way, since when, and the last answer to it.
type Held = sqlc.AccessHeldByRow

// HeldBy gives what an identity can do, what reaches farthest first, as far as the
// reader's sites go.
func HeldBy(ctx context.Context, tx *store.Tx, identity int64, most int) ([]Held, error) {
	return tx.AccessHeldBy(ctx, sqlc.AccessHeldByParams{
		Identity: identity, At: tx.At, Everywhere: tx.Sites.All, Sites: tx.Sites.IDs, Most: int32(most), //nolint:gosec // a page
	})
}

// HeldOn gives who can do what on an asset, who can do most first.
func HeldOn(ctx context.Context, tx *store.Tx, asset int64, most int) ([]Held, error) {
	rows, err := tx.AccessHeldOn(ctx, sqlc.AccessHeldOnParams{Asset: asset, At: tx.At, Most: int32(most)}) //nolint:gosec // a page
	list := make([]Held, len(rows))
	for i, r := range rows {
		list[i] = Held(r)
	}
	return list, err
}
