package main

import (
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"interlock/internal/apptest"
)

// A database that cannot be used is refused with what, where and the way out; the
// driver's words are for --log-level=debug.
func TestDatabaseThatCannotBeUsed(t *testing.T) {
	nothingSet(t)
	db, _ := apptest.DB(t)
	here := db.Pool().Config().ConnConfig
	none, err := url.Parse(db.Pool().Config().ConnString())
	if err != nil {
		t.Fatal(err)
	}
	none.Path = "/no_such"
	closed := closedPort(t)
	t.Setenv("INTERLOCK_DATA", t.TempDir())
	for address, want := range map[string]string{
		"nonsense":                                        "INTERLOCK_DATABASE_URL is not a PostgreSQL address: write it as postgres://user:password@host:5432/database.",
		"postgres://u:geheim@h.invalid/x":                 "The database server's name, h.invalid, leads nowhere: mend INTERLOCK_DATABASE_URL.",
		"postgres://u:geheim@" + closed:                   "No database server answers at " + closed + ": start it, or mend INTERLOCK_DATABASE_URL.",
		"postgres://u:geheim@/x?host=/no/":                "No database server answers at /no/: start it, or mend INTERLOCK_DATABASE_URL.",
		none.String():                                     "The database server " + here.Host + " has no database no_such: make it (createdb no_such), or mend INTERLOCK_DATABASE_URL.",
		"postgres://stranger:geheim@/x?host=" + here.Host: "The database server " + here.Host + " does not let stranger in: mend the user or the password in INTERLOCK_DATABASE_URL.",
	} {
		t.Setenv("INTERLOCK_DATABASE_URL", address)
		got, exit := said(t, "user", "list")
		first, _, _ := strings.Cut(got, "\n")
		if exit != refused || first != "interlock: "+want || strings.Contains(got, "geheim") {
			t.Errorf("%s: exit %d, %s\nwant %s", address, exit, got, want)
		}
		if got, _ := said(t, "user", "list", "--log-level=debug"); address != "nonsense" && !strings.Contains(got, "because: failed to connect") {
			t.Errorf("%s: no cause in %s", address, got)
		}
	}
}

func closedPort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// A database of a later release is left alone.
func TestDatabaseOfANewerInterlock(t *testing.T) {
	nothingSet(t)
	db, _ := apptest.DB(t)
	if at, newest, err := db.Schema(t.Context()); err != nil || at != newest || at < 10 {
		t.Fatal(at, newest, err)
	}
	exec(t, db, `insert into goose_db_version (version_id, is_applied) values (99999, true)`)
	t.Setenv("INTERLOCK_DATA", t.TempDir())
	t.Setenv("INTERLOCK_DATABASE_URL", db.Pool().Config().ConnString())
	got, exit := said(t, "user", "list")
	if exit != refused || !strings.HasPrefix(got, "interlock: The database was brought up to date by a newer Interlock (schema 99999; this one knows ") {
		t.Errorf("exit %d, %s", exit, got)
	}
}

// A data directory that cannot be used is refused and not touched.
func TestDataDirectoryThatCannotBeUsed(t *testing.T) {
	nothingSet(t)
	dir := t.TempDir()
	file, foreign := filepath.Join(dir, "file"), filepath.Join(dir, "foreign")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, sub := range []string{"foreign/cluster/photos", "old/cluster/base"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "old/cluster/PG_VERSION"), []byte("12\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for data, want := range map[string]string{
		file:                      "The data directory FILE cannot be made (a file is in the way): choose another with --data or INTERLOCK_DATA.",
		filepath.Join(file, "x"):  "The data directory FILE/x cannot be made (a file is in the way): choose another with --data or INTERLOCK_DATA.",
		foreign:                   "The folder " + foreign + "/cluster is not empty and not a PostgreSQL data folder: move it away, or choose another data directory with --data or INTERLOCK_DATA.",
		filepath.Join(dir, "old"): "The data in " + dir + "/old/cluster was made by PostgreSQL 12 and this machine has ",
	} {
		got, exit := said(t, "user", "list", "--data", data)
		if exit != refused || !strings.HasPrefix(got, "interlock: "+strings.ReplaceAll(want, "FILE", file)) || strings.Count(got, "\n") != 1 || !strings.HasSuffix(got, ".\n") {
			t.Errorf("%s: exit %d, %s\nwant %s", data, exit, got, want)
		}
	}
}
