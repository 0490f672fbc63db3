package main

import (
	"os"

	"path/filepath"
	"strings"
	"testing"

	"interlock/internal/apptest"
	"interlock/internal/pg"
)

// A backup is a whole file or none, replaces nothing unasked, and is read to its
// end before a restore touches anything.
func TestBackupFile(t *testing.T) {
	if found := pg.Installations(); len(found) == 0 {
		t.Skip("no pg_dump here")
	}
	nothingSet(t)
	db, _ := apptest.DB(t)
	t.Setenv("INTERLOCK_DATA", t.TempDir())
	t.Setenv("INTERLOCK_DATABASE_URL", db.Pool().Config().ConnString())
	dir := t.TempDir()
	file := filepath.Join(dir, "interlock.backup")
	if got, exit := said(t, "backup", file); exit != done {
		t.Fatal(got)
	}
	good, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	refusal(t, "The file "+file+" is there already: choose another name, or repeat with --force to replace it.", "backup", file)
	if now, err := os.ReadFile(file); err != nil || string(now) != string(good) {
		t.Error("replaced unasked", err)
	}
	if got, exit := said(t, "backup", file, "--force"); exit != done {
		t.Error(got)
	}
	refusal(t, "The file "+dir+"/none/x was not written, because its folder does not exist: make it, or choose another.", "backup", filepath.Join(dir, "none", "x"))
	refusal(t, "The file "+dir+" cannot be written: choose a place where you may write.", "backup", dir, "--force")
	if left, _ := filepath.Glob(filepath.Join(dir, ".*")); len(left) > 0 {
		t.Error("left behind:", left)
	}

	t.Setenv("INTERLOCK_DATABASE_URL", "postgres://nobody@"+closedPort(t)) // who only looks at the file does not notice
	bad := filepath.Join(dir, "bad")
	altered := []byte(strings.Replace(string(good), "review_item", "review_itex", 1))
	for what, c := range map[string]struct {
		text []byte
		want string
	}{
		"cut short": {good[:len(good)-1], "The backup " + bad + " is cut short, its end is missing; nothing was changed: take another copy."},
		"altered":   {altered, "The backup " + bad + " is damaged or was altered, its checksum does not fit; nothing was changed: take another copy."},
		"no backup": {[]byte("id,name\n"), "The file " + bad + " is not a backup made by Interlock; nothing was changed."},
		"empty":     {nil, "The file " + bad + " is not a backup made by Interlock; nothing was changed."},
	} {
		t.Log(what)
		if err := os.WriteFile(bad, c.text, 0o600); err != nil {
			t.Fatal(err)
		}
		refusal(t, c.want, "restore", bad, "--yes")
	}
	refusal(t, "The backup "+dir+"/none does not exist: check its name.", "restore", filepath.Join(dir, "none"))
	refusal(t, "The backup "+dir+" cannot be read: check that it is a file.", "restore", dir)
	refusal(t, "No database server answers at", "restore", file, "--yes") // the good one would have been taken
}

// refusal wants a command to be refused with a sentence that begins so.
func refusal(t *testing.T, want string, args ...string) {
	t.Helper()
	got, exit := said(t, args...)
	if first, _, _ := strings.Cut(got, "\n"); exit != refused || !strings.HasPrefix(first, "interlock: "+want) || !strings.HasSuffix(first, ".") {
		t.Errorf("interlock %v: exit %d, %s\nwant %s", args, exit, got, want)
	}
}
