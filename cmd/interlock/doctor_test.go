package main

import (
	"bytes"
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/emersion/go-smtp"

	"interlock/internal/apptest"
	"interlock/internal/audit"
	"interlock/internal/authz"
)

// looked runs the doctor and returns what it says, by name, state first.
func looked(t *testing.T) (says map[string]string, exit int) {
	t.Helper()
	var out, errOut bytes.Buffer
	exit = run([]string{"doctor", "--json"}, &out, &errOut)
	var told struct {
		OK     bool
		Checks []check
	}
	if err := json.Unmarshal(out.Bytes(), &told); err != nil {
		t.Fatalf("%v: %s%s", err, out.String(), errOut.String())
	}
	says = map[string]string{}
	bad := 0
	for _, c := range told.Checks {
		says[c.Name] = c.State + " " + c.Says
		if c.State == wrong {
			bad++
		}
	}
	if told.OK != (bad == 0) || (exit == done) != told.OK || (errOut.Len() > 0) == told.OK {
		t.Errorf("%d wrong, ok %v, exit %d: %s", bad, told.OK, exit, errOut.String())
	}
	return says, exit
}

// hears wants the doctor to say something of a thing that begins so.
func hears(t *testing.T, says map[string]string, name, want string) {
	t.Helper()
	if !strings.HasPrefix(says[name], want) {
		t.Errorf("%s: %q, want %q", name, says[name], want)
	}
}

func TestDoctorBeforeAnything(t *testing.T) {
	nothingSet(t)
	data := filepath.Join(t.TempDir(), "data")
	t.Setenv("INTERLOCK_DATA", data)
	t.Setenv("INTERLOCK_SMPT_HOST", "mail.example.com")
	says, exit := looked(t)
	if exit != done {
		t.Error(says)
	}
	hears(t, says, "programs", "ok PostgreSQL ")
	hears(t, says, "data directory", "note "+data+" is not there yet: ")
	hears(t, says, "database", "note there is none yet: ")
	hears(t, says, "settings", "note INTERLOCK_SMPT_HOST is set, but nothing reads it")
	hears(t, says, "mail", "note no mail server is set")
	if _, err := os.Stat(data); err == nil {
		t.Error("looking made the data directory")
	}
	if err := os.WriteFile(data, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	says, exit = looked(t)
	if exit != refused {
		t.Error(says)
	}
	hears(t, says, "data directory", "wrong "+data+" is no directory")
}

func TestDoctorLooksInside(t *testing.T) {
	nothingSet(t)
	db, _ := apptest.DB(t)
	data := t.TempDir()
	t.Setenv("INTERLOCK_DATA", data)
	t.Setenv("INTERLOCK_DATABASE_URL", db.Pool().Config().ConnString())
	says, _ := looked(t)
	hears(t, says, "database", "ok PostgreSQL ")
	hears(t, says, "schema", "ok ")
	hears(t, says, "administrators", "note there is none: ")
	hears(t, says, "serve", "note it does not run: ")
	hears(t, says, "signing key", "note there is none yet: ")
	hears(t, says, "audit log", "ok 0 events, not signed yet")

	a, err := open(t.Context(), &settings{command: "serve", Data: data, DatabaseURL: db.Pool().Config().ConnString(), LogLevel: "error"}, false)
	if err != nil {
		t.Fatal(err)
	}
	defer a.close()
	if _, err := a.Login.AddUser(authz.CommandLine(t.Context(), "me"), "ann@example.com", "", "admin", "", "four unrelated words"); err != nil {
		t.Fatal(err)
	}
	says, _ = looked(t)
	hears(t, says, "administrators", "ok 1")
	hears(t, says, "serve", "ok it runs: interlock serve, ")
	hears(t, says, "audit log", "note 3 events, not signed yet; 3 wait")
	if _, err := a.Sequencer.Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	says, _ = looked(t)
	hears(t, says, "signing key", "ok SHA256:")
	hears(t, says, "audit log", "ok 3 events, signed just now")

	key := filepath.Join(data, audit.KeyFile)
	if err := os.Rename(key, key+".away"); err != nil {
		t.Fatal(err)
	}
	says, _ = looked(t)
	hears(t, says, "signing key", "wrong "+key+" is missing, and the log was signed with one")
	if _, _, err := audit.LoadKey(data, ""); err != nil {
		t.Fatal(err)
	}
	says, _ = looked(t)
	hears(t, says, "signing key", "wrong another key signed the log last")

	exec(t, db, `insert into goose_db_version (version_id, is_applied) values (99999, true)`)
	says, _ = looked(t)
	hears(t, says, "schema", "wrong 99999, of a newer Interlock")

	t.Setenv("INTERLOCK_DATABASE_URL", "postgres://u@"+closedPort(t))
	says, exit := looked(t)
	hears(t, says, "database", "wrong No database server answers at ")
	if exit != refused {
		t.Error(exit)
	}
}

func TestDoctorAsksTheMailServer(t *testing.T) {
	nothingSet(t)
	t.Setenv("INTERLOCK_DATA", filepath.Join(t.TempDir(), "none"))
	t.Setenv("INTERLOCK_SMTP_HOST", "127.0.0.1")
	t.Setenv("INTERLOCK_SMTP_MODE", "none")
	_, port, _ := net.SplitHostPort(closedPort(t))
	t.Setenv("INTERLOCK_SMTP_PORT", port)
	says, exit := looked(t)
	hears(t, says, "mail", "wrong The mail server 127.0.0.1:"+port+" cannot be used: connection refused; check the INTERLOCK_SMTP settings")
	if exit != refused {
		t.Error(exit)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return nil, nil }))
	go func() { _ = server.Serve(l) }()
	defer server.Close()
	_, port, _ = net.SplitHostPort(l.Addr().String())
	t.Setenv("INTERLOCK_SMTP_PORT", port)
	says, _ = looked(t)
	hears(t, says, "mail", "ok 127.0.0.1:"+port+" takes mail from ")
	hears(t, says, "links", "wrong links in mails lead to http://127.0.0.1:8080, which works on this machine only")
	t.Setenv("INTERLOCK_URL", "https://interlock.example.com")
	says, exit = looked(t)
	hears(t, says, "links", "ok links in mails lead to https://interlock.example.com")
	if exit != done {
		t.Error(says)
	}
}
