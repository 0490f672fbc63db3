package review

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"interlock/internal/store"
)

// ItemFilter selects items of a campaign; zero fields select all.
type ItemFilter struct {
	Reviewer string
	Answer   string // an answer, or open
	Outcome  string
	Lowest   Risk
	Highest  Risk
	After    Cursor
	Page     int
}

// ItemRow is an item in the list of a campaign.
type ItemRow struct {
	ID              int64
	IdentityID      int64
	IdentityKey     string
	IdentityName    string
	IdentityKind    string
	EntitlementKey  string
	EntitlementName string
	Privilege       *string
	AssetID         int64
	AssetKey        string
	AssetName       string
	Level           *float64
	AssetDomain     *string
	Reviewer        string
	Risk            int16
	Recommendation  string
	Reasons         []string
	Decision        *string
	Outcome         *string
	DecidedBy       *string
	DecidedAt       *time.Time
	Note            *string
	Bulk            *bool
	EnteredBy       *string // who entered the answer on behalf of who decided
	ReviewerName    *string
	DeciderName     *string
	PeerGroup       *string
	Peers           *int64
	PeersHolding    *int64
	ReachAssets     *int64
	ReachSafety     *int64
	ReachCrossing   *int64
	ReachHighest    *string
	Findings, Gaps  []string
}

const itemsSQL = `
select i.id, i.identity_id, i.identity_key, i.identity_name, i.identity_kind, i.entitlement_key, i.entitlement_name, i.privilege,
       i.asset_id, i.asset_key, i.asset_name, i.level, i.asset_domain, i.reviewer, i.risk, i.recommendation, i.reasons, i.decision, i.outcome,
       d.decided_by, d.decided_at, d.note, d.bulk, d.entered_by, r.name, b.name,
       i.peer_group, i.peers, i.peers_holding, i.reach_assets, i.reach_safety, i.reach_crossing, i.reach_highest, i.findings, i.gaps
  from review_item i
  left join review_reviewer r on r.campaign_id = i.campaign_id and r.reviewer = i.reviewer
  left join review_decision d on d.id = i.decision_id
  left join review_reviewer b on b.campaign_id = d.campaign_id and b.reviewer = d.decided_by
 where `

// where composes the conditions that are set, so that each finds its index.
func (f ItemFilter) where(campaign int64) (string, []any) {
	conditions, args := []string{"i.campaign_id = $1"}, []any{campaign}
	add := func(condition string, values ...any) {
		for _, v := range values {
			args = append(args, v)
			condition = strings.Replace(condition, "?", fmt.Sprintf("$%d", len(args)), 1)
		}
		conditions = append(conditions, condition)
	}
	if f.Reviewer != "" {
		add("i.reviewer = ?", strings.ToLower(f.Reviewer))
	}
	switch f.Answer {
	case "":
	case "open":
		add("i.decision is null")
	case string(Revoke), string(Reduce), string(Unsure):
		add("i.decision = ? and i.decision in ('revoke', 'reduce', 'unsure')", f.Answer)
	default:
		add("i.decision = ?", f.Answer)
	}
	if f.Outcome != "" {
		add("i.outcome = ?", f.Outcome)
	}
	if f.Lowest != 0 {
		add("i.risk >= ?", int16(f.Lowest))
	}
	if f.Highest != 0 {
		add("i.risk <= ?", int16(f.Highest))
	}
	if f.After.ID != 0 {
		add("(i.risk < ? or (i.risk = ? and i.id > ?))", int16(f.After.Risk), int16(f.After.Risk), f.After.ID)
	}
	return strings.Join(conditions, " and "), args
}

func (f ItemFilter) read(ctx context.Context, tx *store.Tx, campaign int64) ([]ItemRow, error) {
	where, args := f.where(campaign)
	rows, err := tx.Raw().Query(ctx, fmt.Sprintf("%s%s order by i.risk desc, i.id limit %d", itemsSQL, where, f.Page), args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[ItemRow])
}

// Items lists a campaign's items, riskiest first.
func (s *Service) Items(ctx context.Context, campaign int64, f ItemFilter) ([]ItemRow, error) {
	var list []ItemRow
	err := s.db.Read(ctx, "campaign:read", func(tx *store.Tx) (err error) {
		if _, err := tx.ReviewCampaignGet(ctx, campaign); err != nil {
			return err
		}
		list, err = f.read(ctx, tx, campaign)
		return err
	})
	return list, err
}
