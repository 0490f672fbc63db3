// Package store is the gate to the database. Every use case is one Write or one
// Read: permission, then a transaction, then the audit events that go with it.
// Nothing else holds the pool. A write that recorded no event is not committed,
// and no actor means no write.
package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"interlock/internal/authz"
	"interlock/internal/errs"
	"interlock/internal/store/sqlc"
)

// queryTimeout bounds a use case whose context has no deadline of its own;
// long work sets its own.
const queryTimeout = 30 * time.Second

// attempts bounds how often a transaction that lost a race is run again.
const attempts = 5

// DB is the only holder of the connection pool.
type DB struct {
	pool  *pgxpool.Pool
	now   func() time.Time
	twice bool // see Twice
}

// Open connects to the database at url. now is the program's clock.
func Open(ctx context.Context, url string, now func() time.Time) (*DB, error) {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, errs.Invalidf("INTERLOCK_DATABASE_URL is not a PostgreSQL address: write it as postgres://user:password@host:5432/database.")
	}
	cfg.MaxConns = max(cfg.MaxConns, 16)
	if cfg.ConnConfig.ConnectTimeout == 0 {
		cfg.ConnConfig.ConnectTimeout = 5 * time.Second
	}
	cfg.AfterConnect = readCommitted
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	return &DB{pool: pool, now: now}, nil
}

// Twice makes every use case lose its first try, as to a race: for tests that
// running twice has the effect of running once.
func (db *DB) Twice() { db.twice = true }

var errTwice = errors.New("tried once, as a test wants")

func (*Tx) lose(context.Context) error { return errTwice }

// Close gives the connections back.
func (db *DB) Close() { db.pool.Close() }

// Now is the program's time, to the microsecond that PostgreSQL keeps.
func (db *DB) Now() time.Time { return db.now().UTC().Truncate(time.Microsecond) }

// Pool lends the pool to what carries the program beside the use cases: River
// and the migrations. arch_test.go lists who may call it.
func (db *DB) Pool() *pgxpool.Pool { return db.pool }

// current is the isolation of whatever writes, however the server is set: what is
// read after a lock was waited for is what the one before left.
var current = pgx.TxOptions{IsoLevel: pgx.ReadCommitted}

// readCommitted makes it that of a Send as well, which begins nothing by name.
func readCommitted(ctx context.Context, c *pgx.Conn) error {
	_, err := c.Exec(ctx, `set default_transaction_isolation = 'read committed'`)
	return err
}

// Tx is one use case's transaction: its queries, who acts, and the one time.
type Tx struct {
	*sqlc.Queries
	Actor  authz.Actor
	Now    time.Time
	At     time.Time   // the moment that the inventory is read as of: Now unless Inventory was asked for another
	Sites  authz.Sites // what a read of the inventory may show
	raw    pgx.Tx      // nil in a Send
	events []event
	last   pgx.Batch // see Last
	to     interface {
		SendBatch(context.Context, *pgx.Batch) pgx.BatchResults
	} // where last goes
}

// Raw is the transaction itself, for COPY, River and SQL that is composed at run
// time. arch_test.go lists who may call it.
func (tx *Tx) Raw() pgx.Tx { return tx.raw }

var errRehearsed = errors.New("rehearsed")

// ErrNothing is what fn returns from a Write that found nothing to do: the
// transaction is rolled back and Write succeeds.
var ErrNothing = errors.New("nothing to do")

// Write runs fn in a transaction as the context's actor, who needs the
// permission. fn may run again after a lost race, so it touches nothing outside
// the transaction but what it sets anew; and it records at least one event.
func (db *DB) Write(ctx context.Context, permission string, fn func(*Tx) error) error {
	return db.run(ctx, permission, &current, fn, (*Tx).seal)
}

// Send is a Write that reads nothing: its statements and its events go to the
// database together, in one round trip, and all hold or none. What refuses one of
// them comes out of Send.
func (db *DB) Send(ctx context.Context, permission string, fn func(*Tx) error) error {
	return db.run(ctx, permission, nil, fn, (*Tx).seal)
}

// Rehearse is Write that is always rolled back: a dry run.
func (db *DB) Rehearse(ctx context.Context, permission string, fn func(*Tx) error) error {
	err := db.run(ctx, permission, &current, fn, (*Tx).rehearse)
	if errors.Is(err, errRehearsed) {
		return nil
	}
	return err
}

// Read runs fn in a read-only transaction that sees one consistent picture.
func (db *DB) Read(ctx context.Context, permission string, fn func(*Tx) error) error {
	opts := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	return db.run(ctx, permission, &opts, fn, (*Tx).commit)
}

// Upkeep writes what nobody would call a change (a session's last-seen time,
// progress of a job, sending a mail) as a named part of the program, without an event.
// arch_test.go lists who may call it.
func (db *DB) Upkeep(ctx context.Context, fn func(*Tx) error) error {
	if !authz.From(ctx).IsSystem() {
		return errs.Unauthenticatedf("Only the program itself does upkeep.")
	}
	return db.run(ctx, "", &current, fn, (*Tx).commit)
}

func (db *DB) run(ctx context.Context, permission string, opts *pgx.TxOptions, fn func(*Tx) error, end func(*Tx, context.Context) error) error {
	actor := authz.From(ctx)
	if permission != "" {
		if err := authz.Check(actor, permission); err != nil {
			return err
		}
	}
	if _, ok := ctx.Deadline(); !ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, queryTimeout)
		defer cancel()
	}
	for try := 1; ; try++ {
		finish := end
		if db.twice && try == 1 {
			finish = (*Tx).lose
		}
		err := db.once(ctx, actor, opts, fn, finish)
		if errors.Is(err, ErrNothing) {
			return nil
		}
		if !lostRace(err) || try == attempts {
			return translate(err)
		}
	}
}

// once is one try; without opts, in the implicit transaction of what is sent at once.
func (db *DB) once(ctx context.Context, actor authz.Actor, opts *pgx.TxOptions, fn func(*Tx) error, end func(*Tx, context.Context) error) error {
	conn, err := db.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	tx := &Tx{Actor: actor, Now: db.Now(), Sites: authz.AllSites, to: conn}
	tx.At = tx.Now
	tx.Queries = tx.Last()
	if opts != nil {
		if tx.raw, err = conn.BeginTx(ctx, *opts); err != nil {
			return err
		}
		defer func() {
			if conn.Conn().PgConn().TxStatus() != 'I' { // seal commits in its batch, behind raw's back
				_ = tx.raw.Rollback(context.WithoutCancel(ctx))
			}
		}()
		tx.Queries, tx.to = sqlc.New(tx.raw), tx.raw
	}
	if err := fn(tx); err != nil {
		return err
	}
	return end(tx, ctx)
}

func (tx *Tx) commit(ctx context.Context) error { return tx.raw.Commit(ctx) }

// lostRace tells a serialization failure or a deadlock, after which the same
// work may well succeed.
func lostRace(err error) bool {
	pg, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (pg.Code == "40001" || pg.Code == "40P01") || errors.Is(err, errTwice)
}
