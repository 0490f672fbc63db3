package finding

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
	"finding", "rule", "severity", "title", "about", "identity_source", "identity", "identity_name", "identity_kind",
	"asset_source", "asset", "asset_name", "level", "domain", "site", "note", "opened_at", "acknowledged_until",
}

// WriteCSV writes every finding that the filter lets through as CSV.
func (s *Service) WriteCSV(ctx context.Context, f Filter, w io.Writer) error {
	out := csv.NewWriter(w)
	if err := out.Write(header); err != nil {
		return err
	}
	err := s.Each(ctx, f, func(r Row) error { return out.Write(r.cells()) })
	out.Flush()
	return errors.Join(err, out.Error())
}

func (r Row) cells() []string {
	title := ""
	if rule, err := RuleOf(r.Rule); err == nil {
		title = rule.Title
	}
	level := ""
	if r.Level != nil {
		level = strconv.FormatFloat(*r.Level, 'f', -1, 64)
	}
	cells := []string{strconv.FormatInt(r.ID, 10), r.Rule, r.Severity.String(), title, r.About}
	for _, t := range []*string{r.IdentitySource, r.IdentityKey, r.IdentityName, r.IdentityKind, r.AssetSource, r.AssetKey, r.AssetName, &level, r.Domain, r.Site, &r.Note} {
		if t == nil {
			t = new(string)
		}
		cells = append(cells, audit.Cell(*t))
	}
	until := ""
	if r.AcknowledgedUntil != nil {
		until = r.AcknowledgedUntil.UTC().Format(time.RFC3339)
	}
	return append(cells, r.OpenedAt.UTC().Format(time.RFC3339), until)
}

// Export is WriteCSV for a person: it goes on record, also when it is refused.
func (s *Service) Export(ctx context.Context, f Filter, w io.Writer) error {
	refusal := authz.Check(authz.From(ctx), "finding:read")
	if errs.Is(refusal, errs.Unauthenticated) {
		return refusal
	}
	action := "finding.exported"
	if refusal != nil {
		action = "finding.export_refused"
	}
	err := s.db.Write(ctx, "", func(tx *store.Tx) error {
		tx.Record(action, store.Object{Kind: "findings", ID: "all"}, f)
		return nil
	})
	if err := errors.Join(refusal, err); err != nil {
		return err
	}
	return s.WriteCSV(ctx, f, w)
}
