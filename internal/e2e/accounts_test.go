package e2e

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
)

const passphrase = "nine calm pumps by the weir"

// withInput runs a command that reads its input, and must succeed.
func (p *program) withInput(input string, args ...string) {
	p.Helper()
	c := p.command(p.Context(), args...)
	c.Stdin = strings.NewReader(input)
	if out, err := c.CombinedOutput(); err != nil {
		p.Fatalf("interlock %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// Accounts by commands: added, listed, disabled, enabled, a role taken away.
func TestUserCommands(t *testing.T) {
	t.Parallel()
	p := install(t)
	s := p.serve()
	p.withInput(passphrase, "user", "add", "ann@example.com", "--role", "governance", "--password-stdin")
	p.done("user", "add", "ann@example.com", "--role", "member")
	p.done("user", "add", "bob@example.com", "--role", "auditor")
	list := func() (states string) {
		t.Helper()
		var all []struct {
			Email, State string
			Roles        []string
		}
		if err := json.Unmarshal([]byte(p.done("user", "list", "--json")), &all); err != nil {
			t.Fatal(err)
		}
		for _, a := range all {
			states += a.Email + " " + a.State + " " + strings.Join(a.Roles, "+") + "; "
		}
		return states
	}
	p.same("accounts", list(), "ann@example.com active governance+member; bob@example.com invited auditor; ")
	p.done("user", "disable", "ann@example.com")
	p.done("user", "revoke", "ann@example.com", "--role", "governance")
	p.same("accounts", list(), "ann@example.com disabled member; bob@example.com invited auditor; ")
	p.done("user", "enable", "ann@example.com")
	if out := p.done("user", "list"); !strings.Contains(out, "active    ann@example.com") {
		t.Error(out)
	}
	p.refused("There is no account", "user", "disable", "nobody@example.com")
	p.refused("nothing to take away", "user", "revoke", "ann@example.com", "--role", "governance")

	backup := filepath.Join(p.dir, "backup.dump")
	p.done("backup", backup)
	p.refused("stop it first", "restore", backup, "--yes")
	s.stop()
	p.refused("repeat with --yes", "restore", backup)
	p.done("restore", backup, "--yes")
	p.same("accounts after the restore", list(), "ann@example.com active member; bob@example.com invited auditor; ")
}

// The page of one's own account, wide and narrow, light and dark; the password
// changed in it is the one that lets in.
func TestAccountPage(t *testing.T) {
	t.Parallel()
	p := install(t)
	s := p.serve()
	p.withInput(passphrase, "user", "add", "ann@example.com", "--role", "governance", "--password-stdin")
	c := browse(t, s.URL)
	c.signIn("ann@example.com", passphrase)
	c.click(".il-user summary")
	c.click(`.il-pop a[href="/account"]`)
	c.until("the page", `location.pathname === "/account"`)
	c.sound("account")
	c.fill("#f-old", "not this one")
	c.fill("#f-password", "eleven quiet valves by the mill")
	c.fill("#f-again", "eleven quiet valves by the mill")
	c.click("main form .btn-primary")
	c.until("a refusal", `document.querySelector("#f-old-e")`)
	c.fill("#f-old", passphrase)
	c.fill("#f-password", "eleven quiet valves by the mill")
	c.fill("#f-again", "eleven quiet valves by the mill")
	c.click("main form .btn-primary")
	c.until("changed", `document.querySelector("[data-toast]")`)
	c.click(".il-user summary")
	c.click(`form[action="/logout"] button`)
	c.until("signed out", `location.pathname === "/login"`)
	c.signIn("ann@example.com", "eleven quiet valves by the mill")
}
