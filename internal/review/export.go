package review

import (
	"context"
	"encoding/csv"
	"errors"
	"io"
	"strconv"
	"strings"

	"interlock/internal/audit"
	"interlock/internal/authz"
	"interlock/internal/store"
)

var itemsHead = []string{
	"item", "identity", "entitlement", "asset", "reviewer", "risk", "recommendation", "reasons",
	"decision", "decided_by", "decided_at", "note", "bulk", "entered_by",
	"peer_group", "peers", "peers_holding", "reach_assets", "reach_safety", "reach_crossing", "reach_highest", "findings", "gaps",
}

const exportPage = 5000

// WriteItems writes a campaign's items as CSV, one row an item, riskiest first:
// page by page so that a million take no memory, and all as of one moment. Both
// the export and its refusal are on record.
func (s *Service) WriteItems(ctx context.Context, campaign int64, f ItemFilter, w io.Writer) error {
	ctx, cancel := context.WithTimeout(ctx, working)
	defer cancel()
	if refusal := authz.Check(authz.From(ctx), "campaign:read"); refusal != nil {
		return errors.Join(refusal, s.record(ctx, "review.export_refused", campaign, struct{}{}))
	}
	n := 0
	err := s.db.Read(ctx, "campaign:read", func(tx *store.Tx) (err error) {
		if _, err := tx.ReviewCampaignGet(ctx, campaign); err != nil {
			return err
		}
		n, err = writeItems(ctx, tx, campaign, f, w)
		return err
	})
	if err != nil {
		return err
	}
	return s.record(ctx, "review.exported", campaign, map[string]int{"items": n})
}

func (s *Service) record(ctx context.Context, action string, campaign int64, detail any) error {
	return s.db.Write(ctx, "", func(tx *store.Tx) error {
		tx.Record(action, about(campaign), detail)
		return nil
	})
}

func writeItems(ctx context.Context, tx *store.Tx, campaign int64, f ItemFilter, w io.Writer) (n int, err error) {
	out := csv.NewWriter(w)
	_ = out.Write(itemsHead)
	for f.Page = exportPage; ; {
		rows, err := f.read(ctx, tx, campaign)
		if err != nil {
			return n, err
		}
		for _, r := range rows {
			_ = out.Write(itemRecord(r))
		}
		if n += len(rows); len(rows) < exportPage {
			break
		}
		last := rows[len(rows)-1]
		f.After = Cursor{Risk: Risk(last.Risk), ID: last.ID}
	}
	out.Flush()
	return n, out.Error()
}

func itemRecord(r ItemRow) []string {
	rec := []string{
		strconv.FormatInt(r.ID, 10), r.IdentityKey, r.EntitlementKey, r.AssetKey, r.Reviewer, Risk(r.Risk).String(), r.Recommendation,
		ReasonsText(r.Reasons), "", "", "", "", "", "",
		known(r.PeerGroup), number(r.Peers), number(r.PeersHolding), number(r.ReachAssets), number(r.ReachSafety), number(r.ReachCrossing), known(r.ReachHighest),
		strings.Join(r.Findings, "; "), strings.Join(r.Gaps, "; "),
	}
	if r.Decision != nil && r.DecidedBy != nil {
		rec[8], rec[9], rec[10] = *r.Decision, *r.DecidedBy, r.DecidedAt.UTC().Format("2006-01-02T15:04:05Z")
		rec[11], rec[12] = *r.Note, strconv.FormatBool(*r.Bulk)
		if r.EnteredBy != nil {
			rec[13] = *r.EnteredBy
		}
	}
	for i := range rec {
		rec[i] = audit.Cell(rec[i])
	}
	return rec
}

func known(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func number(n *int64) string {
	if n == nil {
		return ""
	}
	return strconv.FormatInt(*n, 10)
}
