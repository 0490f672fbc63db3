package main

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"interlock/internal/apptest"
	"interlock/internal/errs"
	"interlock/internal/pg"
	"interlock/internal/store"
)

func TestMain(m *testing.M) { apptest.Main(m) }

// installed is an app of the given command on a database of its own.
func installed(t *testing.T, command string) (*app, *store.DB) {
	t.Helper()
	db, _ := apptest.DB(t)
	a := &app{set: &settings{command: command, Data: t.TempDir()}, log: slog.New(slog.DiscardHandler)}
	a.set.DatabaseURL = db.Pool().Config().ConnString()
	a.url = named(a.set.DatabaseURL, command)
	return a, db
}

func wantRefusal(t *testing.T, err error, words string) {
	t.Helper()
	if !errs.Is(err, errs.Conflict) || !strings.Contains(err.Error(), words) {
		t.Errorf("%v, want a refusal with %q", err, words)
	}
}

func exec(t *testing.T, db *store.DB, sql string) {
	t.Helper()
	if _, err := db.Pool().Exec(t.Context(), sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

// What is not ours is never replaced, whatever was said.
func TestRestoreLeavesOthersAlone(t *testing.T) {
	t.Parallel()
	a, db := installed(t, "restore")
	for _, c := range []struct{ begin, end, words string }{
		{"create schema billing create table invoice (n int)", "drop schema billing cascade", "billing.invoice, which is not Interlock's"},
		{`create schema "Bill ing"; create function "Bill ing".pay() returns int language sql as 'select 1'`, `drop schema "Bill ing" cascade`, `"Bill ing".pay`},
		{"alter table goose_db_version rename to theirs", "alter table theirs rename to goose_db_version", "public."},
	} {
		exec(t, db, c.begin)
		wantRefusal(t, a.mayReplace(t.Context(), true), c.words)
		exec(t, db, c.end)
	}
	exec(t, db, "create schema empty")
	if err := a.mayReplace(t.Context(), true); err != nil {
		t.Error(err)
	}
}

func TestRestoreOverData(t *testing.T) {
	t.Parallel()
	a, db := installed(t, "restore")
	if err := a.mayReplace(t.Context(), false); err != nil {
		t.Error("an empty database:", err)
	}
	exec(t, db, "insert into account (email, name, created_at) values ('a@b.c', 'A', now())")
	wantRefusal(t, a.mayReplace(t.Context(), false), "--yes")
	if err := a.mayReplace(t.Context(), true); err != nil {
		t.Error(err)
	}
	exec(t, db, "drop schema public cascade; create schema public")
	if err := a.mayReplace(t.Context(), false); err != nil {
		t.Error("a new database:", err)
	}
}

// A running Interlock is not to lose its data from under it.
func TestRestoreUnderRunning(t *testing.T) {
	t.Parallel()
	a, _ := installed(t, "restore")
	other, err := store.Open(t.Context(), named(a.set.DatabaseURL, "serve"), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Pool().Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	err = a.mayReplace(t.Context(), true)
	wantRefusal(t, err, "stop it first")
	if e, ok := err.(*errs.Error); !ok || len(e.Details) != 1 || !strings.HasPrefix(e.Details[0], "interlock serve, ") { //nolint:errorlint // as it is printed
		t.Errorf("%+v", err)
	}
	other.Close()
	for end := time.Now().Add(10 * time.Second); a.mayReplace(t.Context(), true) != nil; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("still refused")
		}
	}
}

func TestRestoreNothingButOurs(t *testing.T) {
	t.Parallel()
	a, db := installed(t, "backup")
	exec(t, db, "insert into account (email, name, created_at) values ('kept@b.c', 'A', now())")
	var file bytes.Buffer
	if _, err := pg.Dump(t.Context(), "", a.url, &file); err != nil {
		t.Skip("no pg_dump of the server's version:", err)
	}
	path := filepath.Join(t.TempDir(), "backup")
	if err := os.WriteFile(path, file.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	to, into := installed(t, "restore")
	into.Close()
	to.set.LogLevel = "error"
	out := &printer{out: &output{Writer: &bytes.Buffer{}}, errOut: &bytes.Buffer{}}
	if err := (&restoreCmd{File: path}).Run(t.Context(), to.set, out); err != nil {
		t.Fatal(err)
	}
	conn, err := pgx.Connect(t.Context(), to.url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	var email string
	if err := conn.QueryRow(t.Context(), "select email from account").Scan(&email); err != nil || email != "kept@b.c" {
		t.Error(email, err)
	}
}

func TestNamed(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"postgres://me:x@db/app?connect_timeout=9", "host=/tmp user=me connect_timeout=9"} {
		c, err := pgx.ParseConfig(named(address, "campaign launch"))
		if err != nil || c.RuntimeParams["application_name"] != "interlock campaign launch" || c.User != "me" || c.ConnectTimeout != 9*time.Second {
			t.Errorf("%s: %+v %v", address, c, err)
		}
	}
}
