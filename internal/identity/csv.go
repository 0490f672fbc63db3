package identity

import (
	"context"
	"encoding/csv"
	"errors"
	"io"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"interlock/internal/audit"
	"interlock/internal/authz"
	"interlock/internal/store"
)

var csvHeader = []string{
	"source", "identity", "name", "kind", "status", "email", "domain", "department", "organisation", "accountable", "accountable_name",
	"contract_end", "last_seen_at", "grants", "standing", "crossing", "highest", "sessions", "last_session",
}

// Export writes every identity that matches as CSV, in the order of the list. It
// goes on record, and so does its refusal.
func (s *Service) Export(ctx context.Context, f Filter, to io.Writer) error {
	_, refusal := authz.CheckAtSites(authz.From(ctx), "inventory:read")
	if err := audit.Exports(ctx, s.db, refusal, store.Object{Kind: "inventory", ID: "identities"}, f); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, exporting)
	defer cancel()
	f.After = 0
	return s.db.Inventory(ctx, "inventory:read", f.At, func(tx *store.Tx) error {
		rows, err := f.query(ctx, tx, "")
		if err != nil {
			return err
		}
		defer rows.Close()
		out := csv.NewWriter(to)
		_ = out.Write(csvHeader)
		for rows.Next() {
			r, err := pgx.RowToStructByPos[Row](rows)
			if err != nil {
				return err
			}
			_ = out.Write(r.record())
		}
		out.Flush()
		return errors.Join(rows.Err(), out.Error())
	})
}

func (r Row) record() []string {
	status := r.Status
	if r.Gone {
		status = "gone"
	}
	list := []string{
		r.Source, r.Key, r.Name, r.Kind, status, text(r.Email), text(r.Domain), text(r.Department), text(r.Organisation), text(r.OwnerKey), text(r.OwnerName),
		moment(r.ContractEnd), moment(r.LastSeen), number(r.Grants), number(r.Standing), number(r.Crossing), r.Highest, number(r.Sessions), moment(r.LastSession),
	}
	for i := range list {
		list[i] = audit.Cell(list[i])
	}
	return list
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func number(n int64) string { return strconv.FormatInt(n, 10) }

func moment(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
