package audit

import (
	"context"
	"encoding/csv"
	"errors"
	"io"
	"strconv"

	"interlock/internal/authz"
	"interlock/internal/errs"
	"interlock/internal/store"
)

// Export writes every event that matches as CSV, newest first. The export is
// itself an event, and so is one that is refused.
func (s *Service) Export(ctx context.Context, f Filter, w io.Writer) error {
	if err := s.mayExport(ctx, f); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	return s.db.Read(ctx, "audit:read", func(tx *store.Tx) error { return f.writeCSV(ctx, tx, w) })
}

func (s *Service) mayExport(ctx context.Context, f Filter) error {
	log := store.Object{Kind: "audit", ID: "log", Campaign: f.Campaign}
	return Exports(ctx, s.db, authz.Check(authz.From(ctx), "audit:read"), log, f)
}

// Exports puts an export on record, or that it was refused; a refusal it returns.
func Exports(ctx context.Context, db *store.DB, refusal error, what store.Object, detail any) error {
	if errs.Is(refusal, errs.Unauthenticated) {
		return refusal
	}
	action := what.Kind + ".exported"
	if refusal != nil {
		action = what.Kind + ".export_refused"
	}
	err := db.Write(ctx, "", func(tx *store.Tx) error {
		tx.Record(action, what, detail)
		return nil
	})
	return errors.Join(refusal, err)
}

var csvHeader = []string{"event", "in_tree", "at", "actor", "action", "object", "campaign", "detail"}

func (f Filter) writeCSV(ctx context.Context, tx *store.Tx, w io.Writer) error {
	rows, err := f.query(ctx, tx, 0)
	if err != nil {
		return err
	}
	defer rows.Close()
	out := csv.NewWriter(w)
	if err := out.Write(csvHeader); err != nil {
		return err
	}
	for rows.Next() {
		e, err := scanNumbered(rows)
		if err != nil {
			return err
		}
		if err := out.Write(e.csvRow()); err != nil {
			return err
		}
	}
	out.Flush()
	return errors.Join(rows.Err(), out.Error())
}

func (e Event) csvRow() []string {
	return []string{
		strconv.FormatInt(e.ID, 10), number(e.Seq), e.At.UTC().Format(timeLayout), Cell(e.Actor),
		e.Action, Cell(e.Object), number(e.Campaign), Cell(string(e.Detail)),
	}
}

func number(n *int64) string {
	if n == nil {
		return ""
	}
	return strconv.FormatInt(*n, 10)
}

// Cell keeps a spreadsheet from taking a text for a formula.
func Cell(s string) string {
	if s == "" {
		return s
	}
	switch s[0] {
	case '=', '+', '-', '@', '\t', '\r':
		return "'" + s
	}
	return s
}
