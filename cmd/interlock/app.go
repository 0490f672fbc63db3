package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"interlock/internal/audit"
	"interlock/internal/authz"
	"interlock/internal/errs"
	"interlock/internal/pg"
	"interlock/internal/store"
	"interlock/internal/wire"
)

// app is everything a command needs, wired by hand.
type app struct {
	set    *settings
	log    *slog.Logger
	server *pg.Server // nil when INTERLOCK_DATABASE_URL is used
	url    string

	*wire.Services
}

// open starts or joins the database, brings its schema up to date and wires the
// services.
func open(ctx context.Context, set *settings) (*app, error) {
	a := &app{set: set, log: set.logger(os.Stderr)}
	if err := set.mail().Check(); err != nil {
		return nil, err
	}
	if err := a.database(ctx); err != nil {
		return nil, err
	}
	if err := a.wire(ctx); err != nil {
		a.close()
		return nil, err
	}
	return a, nil
}

// database finds the PostgreSQL to use and its address.
func (a *app) database(ctx context.Context) error {
	if a.url = a.set.DatabaseURL; a.url != "" {
		return nil
	}
	if err := os.MkdirAll(a.set.Data, 0o700); err != nil {
		return errs.Unavailablef("The data directory %s cannot be made: choose another with --data or INTERLOCK_DATA.", a.set.Data).Because(err)
	}
	server, err := pg.Open(ctx, pg.Options{Dir: a.set.Data, Log: a.log})
	if errors.Is(err, pg.ErrNotInstalled) || errors.Is(err, pg.ErrOtherVersion) {
		return errs.Unavailablef("%s", err.Error()).Because(err)
	}
	if err != nil {
		return fmt.Errorf("start the embedded PostgreSQL: %w", err)
	}
	a.server, a.url = server, server.URL(pg.Database)
	return nil
}

func (a *app) wire(ctx context.Context) error {
	db, err := store.Open(ctx, a.url, time.Now)
	if err != nil {
		return err
	}
	if err := db.Migrate(ctx); err != nil {
		db.Close()
		return err
	}
	signer, verifier, err := audit.LoadKey(a.set.Data, a.set.SigningKey)
	if err != nil {
		db.Close()
		return err
	}
	a.Services = wire.New(db, a.set.mail(), signer, verifier)
	return nil
}

func (a *app) close() {
	if a.Services != nil {
		a.DB.Close()
	}
	if a.server == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := a.server.Close(ctx); err != nil {
		a.log.Warn("stop the embedded PostgreSQL", "error", err)
	}
}

// with runs fn on an open app as the user of the command line.
func with(ctx context.Context, set *settings, fn func(context.Context, *app) error) error {
	a, err := open(ctx, set)
	if err != nil {
		return err
	}
	defer a.close()
	return fn(authz.CommandLine(ctx, whoami()), a)
}
