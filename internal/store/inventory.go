package store

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"interlock/internal/authz"
)

// Inventory runs fn in a read-only transaction whose queries find the inventory
// as it was at a moment; the zero moment is now. It also opens for roles that are
// limited to sites: tx.Sites says to which, and fn shows no other. arch_test.go
// lists who may call it.
func (db *DB) Inventory(ctx context.Context, permission string, at time.Time, fn func(*Tx) error) error {
	sites, err := authz.CheckAtSites(authz.From(ctx), permission)
	if err != nil {
		return err
	}
	opts := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	return db.run(ctx, "", &opts, func(tx *Tx) error {
		tx.Sites = sites
		if at.IsZero() || !at.Before(tx.Now) {
			return fn(tx)
		}
		if err := tx.asOf(ctx, at); err != nil {
			return err
		}
		return fn(tx)
	}, (*Tx).commit)
}

// asOf lets the rest of the transaction find the inventory as it was: the views
// of the schema as_of stand before the tables.
func (tx *Tx) asOf(ctx context.Context, at time.Time) error {
	_, err := tx.raw.Exec(ctx, `select set_config('interlock.as_of', $1, true), set_config('search_path', 'as_of, public', true)`, at.UTC().Format(time.RFC3339Nano))
	tx.At = at
	return err
}

// Where gathers the conditions of a query that is composed at run time, so that
// it names only what was asked and the planner finds the index for it.
type Where struct {
	Args  []any
	parts []string
}

// Bind makes a value a parameter.
func (w *Where) Bind(value any) string {
	w.Args = append(w.Args, value)
	return "$" + strconv.Itoa(len(w.Args))
}

// Add adds a condition; every ? in it stands for the value.
func (w *Where) Add(condition string, value ...any) {
	for _, v := range value {
		condition = strings.ReplaceAll(condition, "?", w.Bind(v))
	}
	w.parts = append(w.parts, condition)
}

// SQL is all conditions together.
func (w *Where) SQL() string {
	if len(w.parts) == 0 {
		return "true"
	}
	return strings.Join(w.parts, " and ")
}
