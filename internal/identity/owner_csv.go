package identity

import (
	"context"
	"encoding/csv"
	"errors"
	"io"

	"github.com/jackc/pgx/v5"

	"interlock/internal/audit"
	"interlock/internal/authz"
	"interlock/internal/store"
)

var ownersHeader = []string{
	"subject", "source", "id", "name", "kind", "asset", "standing", "owner", "owner_email", "owner_status", "named_by", "since", "source_owner", "offered_to", "offered_until", "grants", "highest",
}

// ExportOwners writes everything that matches with its owner as CSV, in the order of
// the list. It goes on record, and so does its refusal.
func (s *Service) ExportOwners(ctx context.Context, f OwnershipFilter, to io.Writer) error {
	refusal := authz.Check(authz.From(ctx), "inventory:read")
	if err := audit.Exports(ctx, s.db, refusal, store.Object{Kind: "inventory", ID: "owners"}, f); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, exporting)
	defer cancel()
	f.After.ID = 0
	return s.db.Inventory(ctx, "inventory:read", f.At, func(tx *store.Tx) error {
		rows, err := f.query(ctx, tx, "", nil)
		if err != nil {
			return err
		}
		defer rows.Close()
		out := csv.NewWriter(to)
		_ = out.Write(ownersHeader)
		for rows.Next() {
			o, err := pgx.RowToStructByPos[Ownership](rows)
			if err != nil {
				return err
			}
			_ = out.Write(o.record())
		}
		out.Flush()
		return errors.Join(rows.Err(), out.Error())
	})
}

func (o Ownership) record() []string {
	list := []string{
		o.Subject, o.Source, o.Key, o.Name, o.Kind, o.AssetName, o.Standing, o.OwnerName, o.OwnerEmail, o.OwnerStatus, o.NamedBy, moment(o.Since), o.SourceOwner,
		o.OfferedTo, moment(o.OfferedUntil), number(o.Grants), o.Highest,
	}
	for i := range list {
		list[i] = audit.Cell(list[i])
	}
	return list
}
