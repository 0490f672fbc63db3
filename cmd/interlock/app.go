package main

import (
	"context"
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
	lasts  bool // runs until it is stopped, so never on a database that ends with another command

	*wire.Services
}

// open starts or joins the database, brings its schema up to date and wires the
// services.
func open(ctx context.Context, set *settings, lasts bool) (*app, error) {
	a := &app{set: set, log: set.logger(os.Stderr), lasts: lasts}
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
	a, err := open(ctx, set, false)
	if err != nil {
		return err
	}
	defer a.close()
	defer a.letOthersFinish(ctx)
	return a.explain(fn(authz.CommandLine(ctx, whoami()), a))
}

// explain says why the embedded PostgreSQL did not answer, if that is known.
func (a *app) explain(err error) error {
	if errs.Is(err, errs.Unavailable) && a.server != nil && a.server.DiskFull() {
		return a.diskFull(err)
	}
	return err
}

func (a *app) diskFull(cause error) error {
	return errs.Unavailablef("The disk of the data directory %s is full, so nothing was changed: free space, then start again.", a.set.Data).Because(cause)
}

// letOthersFinish keeps the embedded PostgreSQL of a short command up for the
// commands that joined it meanwhile, at most for ten minutes.
func (a *app) letOthersFinish(ctx context.Context) {
	if a.server == nil || !a.server.Owned() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Minute)
	defer cancel()
	a.DB.Close()
	conn, err := connect(ctx, a.url)
	if err != nil {
		return
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	begun, said := time.Now(), false
	for {
		others, err := sessions(ctx, conn)
		if err != nil || len(others) == 0 {
			return
		}
		if !said && time.Since(begun) > time.Second { // our own sessions take a moment to go
			said = true
			_, _ = fmt.Fprintln(os.Stderr, "waiting for another interlock command to finish: it uses this one's database")
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(100 * time.Millisecond):
		}
	}
}
