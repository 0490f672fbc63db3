package review

import (
	"context"
	"encoding/csv"
	"io"
	"strconv"

	"interlock/internal/audit"
)

var itemsHead = []string{
	"item", "identity", "entitlement", "asset", "reviewer", "risk", "recommendation", "reasons",
	"decision", "decided_by", "decided_at", "note", "bulk",
}

const exportPage = 5000

// WriteItems writes a campaign's items as CSV, one row an item, riskiest first,
// page by page so that a million take no memory.
func (s *Service) WriteItems(ctx context.Context, campaign int64, f ItemFilter, w io.Writer) error {
	out := csv.NewWriter(w)
	f.Page = exportPage
	for first := true; ; first = false {
		rows, err := s.Items(ctx, campaign, f)
		if err != nil {
			return err
		}
		if first {
			_ = out.Write(itemsHead)
		}
		for _, r := range rows {
			_ = out.Write(itemRecord(r))
		}
		if len(rows) < exportPage {
			break
		}
		last := rows[len(rows)-1]
		f.After = Cursor{Risk: Risk(last.Risk), ID: last.ID}
	}
	out.Flush()
	return out.Error()
}

func itemRecord(r ItemRow) []string {
	rec := []string{
		strconv.FormatInt(r.ID, 10), r.IdentityKey, r.EntitlementKey, r.AssetKey, r.Reviewer, Risk(r.Risk).String(), r.Recommendation,
		ReasonsText(r.Reasons), "", "", "", "", "",
	}
	if r.Decision != nil && r.DecidedBy != nil {
		rec[8], rec[9], rec[10] = *r.Decision, *r.DecidedBy, r.DecidedAt.UTC().Format("2006-01-02T15:04:05Z")
		rec[11], rec[12] = *r.Note, strconv.FormatBool(*r.Bulk)
	}
	for i := range rec {
		rec[i] = audit.Cell(rec[i])
	}
	return rec
}
