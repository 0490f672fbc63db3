package pg

import (
	"bytes"
	"errors"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestBackup(t *testing.T) {
	t.Parallel()
	s := open(t, folderFor(t))
	ask(t, s, "create table item (id int, part int, note text, primary key (id, part)) partition by list (part)")
	ask(t, s, "create table item_1 partition of item for values in (1)")
	ask(t, s, "create index item_note on item (note)")
	ask(t, s, "insert into item values (1, 1, 'before')")
	ask(t, s, "create function lower_note(i item) returns text language sql as 'select lower(i.note)'")

	var file bytes.Buffer
	check(t, Dump(t.Context(), s.Bin(), s.URL(Database), &file))
	backup := file.Bytes()

	t.Run("into an empty database", func(t *testing.T) {
		ask(t, s, "create database other")
		check(t, Restore(t.Context(), "", s.URL("other")+"&pool_max_conns=4", bytes.NewReader(backup)))
	})
	t.Run("over a newer one", func(t *testing.T) {
		ask(t, s, "update item set note = 'after'")
		ask(t, s, "create table item_2 partition of item for values in (2)")
		ask(t, s, "create table newer (id int, part int, foreign key (id, part) references item)")
		ask(t, s, "create view shown as select * from item")
		ask(t, s, "create type mood as enum ('fine')")
		ask(t, s, "create schema aside create table theirs (n int)")
		check(t, Restore(t.Context(), s.Bin(), s.URL(Database), bytes.NewReader(backup)))
		if got := ask(t, s, "select note from item"); got != "before" {
			t.Errorf("restored %q", got)
		}
		if got := ask(t, s, "select to_regclass('newer')::text"); got != "<nil>" {
			t.Errorf("a table that was not in the backup is there")
		}
		if got := ask(t, s, "select to_regclass('aside.theirs')::text"); got != "aside.theirs" {
			t.Errorf("somebody else's table is gone: %s", got)
		}
		ask(t, s, "drop schema aside cascade")
		var again bytes.Buffer
		check(t, Dump(t.Context(), "", s.URL(Database), &again))
		if a, b := script(t, s, backup), script(t, s, again.Bytes()); a != b {
			t.Errorf("a backup of the restored database differs:\n%s\nwas:\n%s", b, a)
		}
	})
	t.Run("cut short", func(t *testing.T) {
		ask(t, s, "update item set note = 'kept'")
		err := Restore(t.Context(), s.Bin(), s.URL(Database), bytes.NewReader(backup[:len(backup)-200]))
		if err == nil || ask(t, s, "select note from item") != "kept" {
			t.Errorf("a cut backup: %v; the data must be as before", err)
		}
	})
	t.Run("not a backup", func(t *testing.T) {
		for _, text := range []string{"", "PG", "id,name\n1,x\n"} {
			if err := Restore(t.Context(), s.Bin(), s.URL(Database), strings.NewReader(text)); !errors.Is(err, ErrNotBackup) {
				t.Errorf("restore of %q: %v", text, err)
			}
		}
	})
}

// script is a backup as SQL, without the key that differs each time.
func script(t *testing.T, s *Server, backup []byte) string {
	t.Helper()
	cmd := exec.Command(s.install.tool("pg_restore"), "--file=-")
	cmd.Stdin = bytes.NewReader(backup)
	out, err := cmd.Output()
	check(t, err)
	return regexp.MustCompile(`(?m)^\\(un)?restrict .*$`).ReplaceAllString(string(out), "")
}

func TestPasswordNotOnCommandLine(t *testing.T) {
	t.Parallel()
	for _, address := range []string{
		"postgres://me:s3cret@db.example/app?sslmode=require&pool_max_conns=9&options=-c%20a%3Db",
		"postgres://me@db.example/app?password=s3cret&options=-c%20a%3Db&sslmode=require",
	} {
		c, err := newClient(t.Context(), "/bin", address)
		check(t, err)
		if want := "postgres://me@db.example/app?options=-c%20a%3Db&sslmode=require"; c.address != want {
			t.Errorf("address %s, want %s", c.address, want)
		}
		if !slices.Contains(c.command(t.Context(), "pg_dump").Env, "PGPASSWORD=s3cret") {
			t.Error("the password is not in the environment")
		}
	}
	if _, _, err := forLibpq("host=db password=s3cret"); err == nil || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("an address that is no URL: %v", err)
	}
}
