package review

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5/pgconn"

	"interlock/internal/errs"
	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// LaunchOption says how a launch differs from the usual.
type LaunchOption int

// Again launches a campaign though one of the same definition still runs.
const Again LaunchOption = 1

// Running is a campaign that still asks, or is about to.
type Running struct {
	Campaign int64  `json:"campaign"`
	Title    string `json:"title"`
	State    State  `json:"state"`
}

func (r Running) String() string {
	return fmt.Sprintf("Campaign %d of the same definition, %q, is %s", r.Campaign, r.Title, r.State)
}

// running finds the newest campaign of a definition that still asks, other than
// the one given.
func running(ctx context.Context, tx *store.Tx, name string, but int64) (*Running, error) {
	rows, err := tx.ReviewRunning(ctx, sqlc.ReviewRunningParams{Name: name, But: but})
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return &Running{rows[0].ID, rows[0].Title, State(rows[0].State)}, nil
}

// alone refuses to launch a campaign beside one of the same definition, unless
// that is asked for: people would be asked twice. Of two at once the second waits
// for the first, and then sees it.
func alone(ctx context.Context, tx *store.Tx, name string, campaign int64, o []LaunchOption) error {
	if err := tx.ReviewLockName(ctx, name); err != nil {
		if pg, ok := errors.AsType[*pgconn.PgError](err); ok && pg.Code == "55P03" {
			return errs.Conflictf("Another campaign of this definition is being launched: wait until it is, then try again.").Because(err)
		}
		return err
	}
	if slices.Contains(o, Again) {
		return nil
	}
	r, err := running(ctx, tx, name, campaign)
	if err != nil || r == nil {
		return err
	}
	return &errs.Error{Kind: errs.Conflict, Field: "again", Message: r.String() + ": close or cancel it first, or launch this one beside it (--again) if that is meant."}
}

// warnings are what does not keep a definition from being launched, but is most
// likely a slip.
func (d Definition) warnings(ctx context.Context, tx *store.Tx) ([]string, error) {
	strangers, err := tx.ReviewStrangers(ctx, d.People())
	said := make([]string, 0, len(strangers))
	for _, email := range strangers {
		what := "named as a reviewer"
		if slices.Contains(d.Fallback, email) {
			what = "the fallback"
		}
		said = append(said, fmt.Sprintf("%s, %s, is not in the inventory and has no account: check the spelling.", email, what))
	}
	return said, err
}
