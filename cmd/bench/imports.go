package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"

	"interlock/internal/intake"
	"interlock/internal/store"
)

// base is the database that the bundle was imported into, for the parts after it.
const base = "base"

func (b *bench) imports(ctx context.Context) error {
	var floor, first, again []time.Duration
	for range rounds {
		if err := b.fresh(ctx, base); err != nil {
			return err
		}
		d, err := b.copyPlain(ctx)
		if err != nil {
			return err
		}
		floor = append(floor, d)
		for _, into := range []*[]time.Duration{&first, &again} {
			d, err := b.timed(ctx, func() error { return b.importBundle(ctx, base) })
			if err != nil {
				return err
			}
			*into = append(*into, d)
		}
	}
	b.within(fmt.Sprintf("import %d grants", b.rows), first, floor, 2.5)
	b.within("import the same bundle again, against the first", again, first, 0.5)
	return nil
}

// ensureBase imports the bundle unless it is there.
func (b *bench) ensureBase(ctx context.Context) error {
	there, err := b.exists(ctx, base)
	if err != nil || there {
		return err
	}
	if err := b.fresh(ctx, base); err != nil {
		return err
	}
	return b.importBundle(ctx, base)
}

func (b *bench) importBundle(ctx context.Context, database string) error {
	return b.with(ctx, database, func(db *store.DB) (err error) {
		bundle, err := intake.OpenBundle(b.bundle())
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, bundle.Close()) }()
		_, err = intake.New(db).Import(ctx, bundle, intake.Options{Source: "plant"})
		return err
	})
}

// copyPlain is the least an import of the grants can cost: the same file into a
// table with the same indexes, nothing checked and nothing resolved.
func (b *bench) copyPlain(ctx context.Context) (took time.Duration, err error) {
	err = b.exec(ctx, base, `create table plain (id bigint generated always as identity primary key, identity text not null, entitlement text not null, via text,
  granted_at timestamptz, granted_by text, expires_at timestamptz, last_used_at timestamptz, ticket text, unique nulls not distinct (identity, entitlement, via))`,
		`create index on plain (identity)`, `create index on plain (entitlement)`)
	if err != nil {
		return 0, err
	}
	f, err := os.Open(filepath.Join(b.bundle(), "grants.csv"))
	if err != nil {
		return 0, err
	}
	defer func() { _ = f.Close() }()
	took, err = b.timed(ctx, func() error {
		return b.conn(ctx, base, func(c *pgx.Conn) error {
			_, err := c.PgConn().CopyFrom(ctx, f, `copy plain (identity, entitlement, via, granted_at, granted_by, expires_at, last_used_at, ticket) from stdin csv header`)
			return err
		})
	})
	return took, errors.Join(err, b.exec(ctx, base, `drop table plain`))
}
