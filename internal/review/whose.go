package review

import (
	"context"
	"fmt"

	"interlock/internal/errs"
	"interlock/internal/store"
)

// stranger says that the command line named somebody who reviews nothing in the
// campaign. A person is not told: what is not theirs is not there.
func stranger(ctx context.Context, tx *store.Tx, campaign int64, reviewer string) error {
	if _, err := tx.ReviewState(ctx, campaign); err != nil {
		return err
	}
	return errs.Conflictf("%s reviews nothing in campaign %d: check the e-mail against the campaign's items.", reviewer, campaign)
}

// whose says of each item why the command line cannot answer it for the reviewer.
func whose(ctx context.Context, tx *store.Tx, campaign int64, reviewer string, items []int64) error {
	rows, err := tx.ReviewItemsWhose(ctx, items)
	if err != nil {
		return err
	}
	reasons := make(map[int64]string, len(items))
	for _, id := range items {
		reasons[id] = "there is none of that number"
	}
	for _, r := range rows {
		switch {
		case r.CampaignID != campaign:
			reasons[r.ID] = fmt.Sprintf("it belongs to campaign %d", r.CampaignID)
		case r.Reviewer != reviewer:
			reasons[r.ID] = fmt.Sprintf("it is %s's to review", r.Reviewer)
		default:
			delete(reasons, r.ID)
		}
	}
	var details []string
	for _, id := range items {
		if reasons[id] != "" {
			details = append(details, fmt.Sprintf("item %d: %s", id, reasons[id]))
		}
	}
	return errs.Conflictf("%s cannot be taken for %s in campaign %d, so none was: see below.", errs.Count(len(details), "answer", "answers"), reviewer, campaign).WithDetails(details)
}
