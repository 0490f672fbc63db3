package exception

import (
	"context"
	"encoding/csv"
	"errors"
	"io"
	"strconv"
	"time"

	"interlock/internal/audit"
	"interlock/internal/authz"
	"interlock/internal/errs"
	"interlock/internal/store"
)

var header = []string{
	"exception", "asset", "site", "zone", "level", "safety_related", "capability", "state", "likelihood", "consequence", "score", "band",
	"controls", "failed", "overdue", "risk_owner", "since", "renewals", "ends_at",
}

// Export writes every entry that the filter lets through as CSV. It goes on
// record, also when it is refused.
func (s *Service) Export(ctx context.Context, f Filter, w io.Writer) error {
	refusal := authz.Check(authz.From(ctx), "exception:read")
	if errs.Is(refusal, errs.Unauthenticated) {
		return refusal
	}
	action := "exception.exported"
	if refusal != nil {
		action = "exception.export_refused"
	}
	err := s.db.Write(ctx, "", func(tx *store.Tx) error {
		tx.Record(action, store.Object{Kind: "exceptions", ID: "all"}, f)
		return nil
	})
	if err := errors.Join(refusal, err); err != nil {
		return err
	}
	return s.writeCSV(ctx, f, w)
}

// exportPage is how many entries are read at once.
const exportPage = 1000

func (s *Service) writeCSV(ctx context.Context, f Filter, w io.Writer) error {
	out := csv.NewWriter(w)
	if err := out.Write(header); err != nil {
		return err
	}
	for f.After, f.Page = nil, exportPage; ; {
		rows, err := s.List(ctx, f)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if err := out.Write(cells(r)); err != nil {
				return err
			}
		}
		if len(rows) < exportPage {
			out.Flush()
			return out.Error()
		}
		last := rows[len(rows)-1]
		f.After = &Cursor{last.Key, last.ID}
	}
}

func cells(r Row) []string {
	whole := func(n int64) string { return strconv.FormatInt(n, 10) }
	words := func(s *string) string {
		if s == nil {
			return ""
		}
		return audit.Cell(*s)
	}
	level, ends, band := "", "", ""
	if r.Level != nil {
		level = strconv.FormatFloat(*r.Level, 'f', -1, 64)
	}
	if r.ValidTo != nil {
		ends = r.ValidTo.UTC().Format(time.RFC3339)
	}
	if r.Residual > 0 {
		band = string(BandOf(r.Residual))
	}
	return []string{
		whole(r.ID), audit.Cell(r.AssetName), words(r.SiteName), words(r.ZoneName), level, strconv.FormatBool(r.SafetyRelated), r.Capability, r.NowState,
		whole(int64(r.Likelihood)), whole(int64(r.Consequence)), whole(int64(r.Residual)), band, whole(r.Controls), whole(r.Failed), whole(r.Overdue),
		audit.Cell(r.RiskOwner), r.Since.UTC().Format(time.RFC3339), whole(r.Renewals), ends,
	}
}
