package pg

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
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

	backup := dump(t, s, s.Bin())

	t.Run("into an empty database", func(t *testing.T) {
		ask(t, s, "create database other")
		check(t, Restore(t.Context(), "", s.URL("other")+"&pool_max_conns=4", whole(t, backup)))
	})
	t.Run("over a newer one", func(t *testing.T) {
		ask(t, s, "update item set note = 'after'")
		ask(t, s, "create table item_2 partition of item for values in (2)")
		ask(t, s, "create table newer (id int, part int, foreign key (id, part) references item)")
		ask(t, s, "create view shown as select * from item")
		ask(t, s, "create type mood as enum ('fine')")
		ask(t, s, "create schema aside create table theirs (n int)")
		check(t, Restore(t.Context(), s.Bin(), s.URL(Database), whole(t, backup)))
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
		if a, b := script(t, s, backup), script(t, s, dump(t, s, "")); a != b {
			t.Errorf("a backup of the restored database differs:\n%s\nwas:\n%s", b, a)
		}
	})
	t.Run("a dump that ends in the middle", func(t *testing.T) {
		ask(t, s, "update item set note = 'kept'")
		cut := backup[:len(backup)-int(sealLength)-200]
		err := Restore(t.Context(), s.Bin(), s.URL(Database), Backup{dump: bytes.NewReader(cut)})
		if err == nil || ask(t, s, "select note from item") != "kept" {
			t.Errorf("a cut dump: %v; the data must be as before", err)
		}
	})
}

// dump is a backup of a server's database.
func dump(t *testing.T, s *Server, bin string) []byte {
	t.Helper()
	var file bytes.Buffer
	made, err := Dump(t.Context(), bin, s.URL(Database), &file)
	check(t, err)
	if read := whole(t, file.Bytes()); read.SHA256 != made.SHA256 {
		t.Errorf("sealed with %s, read as %s", made.SHA256, read.SHA256)
	}
	return file.Bytes()
}

func whole(t *testing.T, backup []byte) Backup {
	t.Helper()
	b, err := ReadBackup(bytes.NewReader(backup))
	check(t, err)
	return b
}

// A backup that lost its end, or in which any byte is another, is not taken.
func TestBackupIsChecked(t *testing.T) {
	t.Parallel()
	var file bytes.Buffer
	out := &sealed{to: &file, sum: sha256.New()}
	for range 50 {
		fmt.Fprint(out, "PGDMP and what pg_dump wrote, ")
	}
	check(t, out.close())
	good := file.Bytes()
	whole(t, good)
	for n := range good {
		want := ErrCutShort
		if n < len("PGDMP") {
			want = ErrNotBackup
		}
		if _, err := ReadBackup(bytes.NewReader(good[:n])); !errors.Is(err, want) {
			t.Fatalf("cut to %d of %d bytes: %v", n, len(good), err)
		}
		bad := bytes.Clone(good)
		bad[n] ^= 1
		if _, err := ReadBackup(bytes.NewReader(bad)); err == nil {
			t.Fatalf("byte %d of %d was another", n, len(good))
		}
	}
	for _, text := range []string{"", "PG", "id,name\n1,x\n"} {
		if _, err := ReadBackup(strings.NewReader(text)); !errors.Is(err, ErrNotBackup) {
			t.Errorf("%q: %v", text, err)
		}
	}
	more := append(bytes.Clone(good[:len(good)-int(sealLength)]), "PGDMP"...)
	if _, err := ReadBackup(bytes.NewReader(append(more, good[len(good)-int(sealLength):]...))); !errors.Is(err, ErrAltered) {
		t.Errorf("with more in it: %v", err)
	}
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
