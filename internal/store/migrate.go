package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"interlock/db"
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
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
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
