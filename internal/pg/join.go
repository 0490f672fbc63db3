package pg

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// join connects to the server of the process that holds the lock. That it takes
// our password is the proof that it is the right one.
func join(ctx context.Context, f folder, o Options) (*Server, error) {
	p, err := readPidFile(f.pidFile())
	if err != nil {
		return nil, err
	}
	if !p.ready {
		return nil, errors.New("it is starting or stopping")
	}
	password, err := f.password()
	if err != nil {
		return nil, err
	}
	install, err := f.installation()
	if err != nil {
		return nil, err
	}
	s := &Server{folder: f, install: install, socket: p.socket, password: password, log: o.Log}
	if err := ensureDatabase(ctx, s.URL("postgres")); err != nil {
		return nil, err
	}
	return s, nil
}

const duplicateDatabase = "42P04"

// ensureDatabase makes our database unless it is there. Owner and joiner may
// both be at it, so losing that race is no error.
func ensureDatabase(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, patient)
	defer cancel()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	var there bool
	err = conn.QueryRow(ctx, "select exists (select from pg_database where datname = $1)", Database).Scan(&there)
	if err != nil || there {
		return err
	}
	_, err = conn.Exec(ctx, "create database "+Database)
	if e, ok := errors.AsType[*pgconn.PgError](err); ok && e.Code == duplicateDatabase {
		return nil
	}
	return err
}
