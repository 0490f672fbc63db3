package store

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"interlock/internal/store/sqlc"
)

// Last is for a statement of a Write that returns nothing: it is sent with the
// events and the commit, which saves a round trip, and what refuses it comes out
// of Write. A Read never sends it.
func (tx *Tx) Last() *sqlc.Queries { return sqlc.New(last{&tx.last}) }

func (tx *Tx) rehearse(ctx context.Context) error {
	if err := tx.to.SendBatch(ctx, &tx.last).Close(); err != nil {
		return err
	}
	return errRehearsed
}

type last struct{ batch *pgx.Batch }

func (l last) Exec(_ context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	l.batch.Queue(sql, args...)
	return pgconn.CommandTag{}, nil
}

var errLast = errors.New("what is sent last returns nothing")

func (last) Query(context.Context, string, ...any) (pgx.Rows, error) { return nil, errLast }

func (last) QueryRow(context.Context, string, ...any) pgx.Row { return noRow{} }

type noRow struct{}

func (noRow) Scan(...any) error { return errLast }
