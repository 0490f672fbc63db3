// Package remediation is the work a revoke or a reduction obliges: a list with
// states. It is opened when a campaign closes; only a later import of the source
// can show that it was done.
package remediation

import (
	"context"

	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// Service shows remediations.
type Service struct{ db *store.DB }

// New makes the service.
func New(db *store.DB) *Service { return &Service{db} }

// Open opens the work for every item of a campaign whose outcome removes or
// reduces access, in the transaction that closes the campaign.
func Open(ctx context.Context, tx *store.Tx, campaign int64) (int64, error) {
	n, err := tx.RemediationOpen(ctx, sqlc.RemediationOpenParams{CampaignID: campaign, At: tx.Now})
	if err != nil || n == 0 {
		return n, err
	}
	object := store.Object{Kind: "campaign", ID: campaign, Campaign: campaign}
	tx.Record("remediation.opened", object, map[string]int64{"items": n})
	return n, nil
}

// Work is one remediation with what it is about.
type Work = sqlc.RemediationListRow

// Filter selects remediations; zero fields select all.
type Filter struct {
	Campaign int64
	State    string
	After    int64
	Page     int32
}

// List returns a page of remediations, oldest first.
func (s *Service) List(ctx context.Context, f Filter) ([]Work, error) {
	var list []Work
	err := s.db.Read(ctx, "remediation:read", func(tx *store.Tx) (err error) {
		list, err = tx.RemediationList(ctx, sqlc.RemediationListParams{After: f.After, Campaign: f.Campaign, State: f.State, Page: f.Page})
		return err
	})
	return list, err
}

// Counts tells how many remediations of a campaign are in each state.
func Counts(ctx context.Context, tx *store.Tx, campaign int64) (map[string]int64, error) {
	rows, err := tx.RemediationCounts(ctx, campaign)
	counts := map[string]int64{}
	for _, r := range rows {
		counts[r.State] = r.Items
	}
	return counts, err
}
