package asset

import (
	"context"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strconv"

	"github.com/jackc/pgx/v5"

	"interlock/internal/audit"
	"interlock/internal/authz"
	"interlock/internal/store"
)

var csvHeader = slices.Concat(
	[]string{"source", "asset", "name", "class", "vendor", "model", "site", "zone", "level", "domain", "criticality", "safety_related", "owner", "owner_name", "holders", "engineer_or_admin", "crossing", "secrets"},
	Capabilities)

// Export writes every asset that matches as CSV, in the order of the list. It goes
// on record, and so does its refusal.
func (s *Service) Export(ctx context.Context, f Filter, to io.Writer) error {
	_, refusal := authz.CheckAtSites(authz.From(ctx), "inventory:read")
	if err := audit.Exports(ctx, s.db, refusal, store.Object{Kind: "inventory", ID: "assets"}, f); err != nil {
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
	list := []string{
		r.Source, r.Key, r.Name, text(r.Class), text(r.Vendor), text(r.Model), text(r.Site), text(r.Zone), decimal(r.Level), text(r.Domain), "", strconv.FormatBool(r.Safety),
		text(r.OwnerKey), text(r.OwnerName), number(r.Holders), number(r.Strong), number(r.Crossing), number(r.Secrets),
	}
	if r.Criticality != nil {
		list[10] = number(int64(*r.Criticality))
	}
	for _, c := range Capabilities {
		list = append(list, r.Capability(c))
	}
	for i := range list {
		list[i] = audit.Cell(list[i])
	}
	return list
}

// Capability is how the asset has one: a word of Support.
func (r Row) Capability(name string) string {
	if v := r.Capabilities[name]; v != "" {
		return v
	}
	return "unknown"
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func number(n int64) string { return strconv.FormatInt(n, 10) }

func decimal(f *float64) string {
	if f == nil {
		return ""
	}
	return strconv.FormatFloat(*f, 'f', -1, 64)
}
