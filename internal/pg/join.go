package pg

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/jackc/pgx/v5"
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
	if info, err := os.Stat(f.logFile()); err == nil {
		s.from = info.Size()
	}
	if err := ensureDatabase(ctx, s.URL("postgres")); err != nil {
		return nil, err
	}
	return s, nil
}

// ensureDatabase makes our database unless it is there. Owner and joiner may be
// at it together, and PostgreSQL has several errors for whoever loses, so they
// take turns: the lock lasts as long as the connection.
func ensureDatabase(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, patient)
	defer cancel()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, "select pg_advisory_lock(1)"); err != nil {
		return err
	}
	var there bool
	err = conn.QueryRow(ctx, "select exists (select from pg_database where datname = $1)", Database).Scan(&there)
	if err != nil || there {
		return err
	}
	_, err = conn.Exec(ctx, "create database "+Database)
	return err
}
