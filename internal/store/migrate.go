package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"interlock/db"
	"interlock/internal/errs"
)

// riverVersion is the schema of the pinned River release.
const riverVersion = 8

func isEOF(err error) bool { return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) }

// Migrate brings the schema up to date, ours by goose and then River's own.
// Safe to run from several replicas at once.
func (db *DB) Migrate(ctx context.Context) error {
	conn := stdlib.OpenDBFromPool(db.pool)
	defer func() { _ = conn.Close() }()
	if err := migrateSchema(ctx, conn); err != nil {
		return err
	}
	return db.migrateRiver(ctx)
}

func migrateSchema(ctx context.Context, conn *sql.DB) error {
	files, err := fs.Sub(migrations(), "migrations")
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	locker, err := sessionLocker()
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectPostgres, conn, files, goose.WithSessionLocker(locker))
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	done, err := p.Up(ctx)
	if err != nil {
		return mayNotMigrate(err)
	}
	if len(done) > 0 {
		if _, err := conn.ExecContext(ctx, `select inventory_as_of()`); err != nil {
			return mayNotMigrate(err)
		}
	}
	at, newest, err := p.GetVersions(ctx)
	if err == nil && at > newest {
		return errs.Conflictf("The database was brought up to date by a newer Interlock (schema %d; this one knows %d): run that version.", at, newest)
	}
	return err
}

// mayNotMigrate words the one thing that usually keeps a schema from being made.
func mayNotMigrate(err error) error {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok && pg.Code == "42501" {
		return errs.Unavailablef("The user of INTERLOCK_DATABASE_URL may not make tables in that database: make it the owner of the database.").Because(err)
	}
	return translate(fmt.Errorf("migrate: %w", err))
}

// Schema tells which migration the database is at, 0 for none, and which is the
// newest that this program knows. It changes nothing.
func (db *DB) Schema(ctx context.Context) (at, newest int64, err error) {
	files, err := fs.Glob(migrations(), "migrations/*.sql")
	if err != nil || len(files) == 0 {
		return 0, 0, fmt.Errorf("read migrations: %w", errors.Join(err, fs.ErrNotExist))
	}
	newest, err = goose.NumericComponent(files[len(files)-1])
	if err != nil {
		return 0, 0, fmt.Errorf("read migrations: %w", err)
	}
	var there bool
	if err := db.pool.QueryRow(ctx, "select to_regclass('goose_db_version') is not null").Scan(&there); err != nil || !there {
		return 0, newest, translate(err)
	}
	err = db.pool.QueryRow(ctx, "select coalesce(max(version_id) filter (where is_applied), 0) from goose_db_version").Scan(&at)
	return at, newest, translate(err)
}

func migrations() fs.FS { return db.Migrations }

func (db *DB) migrateRiver(ctx context.Context) error {
	m, err := rivermigrate.New(riverpgxv5.New(db.pool), nil)
	if err != nil {
		return fmt.Errorf("read job migrations: %w", err)
	}
	_, err = m.Migrate(ctx, rivermigrate.DirectionUp, &rivermigrate.MigrateOpts{TargetVersion: riverVersion})
	if err != nil {
		return fmt.Errorf("migrate jobs: %w", err)
	}
	return nil
}

func sessionLocker() (lock.SessionLocker, error) {
	l, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return nil, fmt.Errorf("migration lock: %w", err)
	}
	return l, nil
}
