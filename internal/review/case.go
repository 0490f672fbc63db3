package review

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// Case is an item in full.
type Case struct {
	sqlc.ReviewItem
	Lower []Entitlement         // what it can be reduced to, highest first
	Said  *sqlc.ReviewAnswerRow // the answer that stands
	Now   Gaps                  // of its asset, as they are now
	Again *time.Time            // when it was opened again, because its exception had ended
	Names Names                 // of who is named here by e-mail
}

// Entitlement is a right that an item can be reduced to.
type Entitlement = sqlc.ReviewLowerEntitlementsRow

func (r sheetReader) openCase(ctx context.Context) error {
	id := r.look.Item
	if id == 0 && len(r.sheet.One.Rows) > 0 {
		id = r.sheet.One.Rows[0].ID
	}
	if id <= 0 {
		return nil
	}
	row, err := r.tx.ReviewItemCase(ctx, sqlc.ReviewItemCaseParams{CampaignID: r.campaign, ID: id, Reviewer: r.reviewer})
	if err != nil {
		if errors.Is(err, pgx.ErrNoRows) {
			return nil // passed on or decided in another window: the list says so
		}
		return err
	}
	r.sheet.Case = &Case{ReviewItem: row}
	return r.sheet.Case.read(ctx, r.tx)
}

// read adds to the frozen facts what is known now.
func (c *Case) read(ctx context.Context, tx *store.Tx) (err error) {
	if c.Lower, err = lowerThan(ctx, tx, c.AssetID, c.EntitlementID, c.Privilege); err != nil {
		return err
	}
	if err := c.readGaps(ctx, tx); err != nil {
		return err
	}
	named := []*string{c.NextReviewer, c.PreviousBy}
	if c.Decision != nil && c.DecisionID != nil {
		said, err := tx.ReviewAnswer(ctx, *c.DecisionID)
		if err != nil {
			return err
		}
		c.Said = &said
		named = append(named, said.EnteredBy)
	}
	var emails []string
	for _, e := range named {
		if e != nil {
			emails = append(emails, *e)
		}
	}
	c.Names, err = names(ctx, tx, emails...)
	return err
}

func lowerThan(ctx context.Context, tx *store.Tx, asset, entitlement int64, privilege *string) ([]Entitlement, error) {
	if privilege == nil {
		return nil, nil
	}
	return tx.ReviewLowerEntitlements(ctx, sqlc.ReviewLowerEntitlementsParams{AssetID: asset, ID: entitlement, Privilege: *privilege})
}
