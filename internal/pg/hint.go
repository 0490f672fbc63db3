package pg

import (
	"errors"
	"fmt"
	"os"
	"os/exec"

	"interlock/internal/errs"
)

// ErrNotInstalled is returned by Open, with the way out in its text, when the
// machine has no PostgreSQL that is new enough.
var ErrNotInstalled = errors.New("PostgreSQL 15 or newer is not installed on this machine")

// notInstalled says what was found instead, or which version the data needs.
func notInstalled(found []Installation, major int) error {
	but := ""
	switch {
	case major != 0:
		but = fmt.Sprintf(" (the data is from PostgreSQL %d and needs that version)", major)
	case len(found) > 0:
		but = fmt.Sprintf(" (%s in %s is too old)", found[0].Version, found[0].Bin)
	}
	return errs.Unavailablef("%s%s: run `%s`, or set INTERLOCK_DATABASE_URL to a server of your own.",
		ErrNotInstalled, but, InstallHint()).Because(ErrNotInstalled)
}

// installers are tried in order; the first found on the machine is its own.
var installers = []struct {
	program, command string
	sudo             bool
}{
	{"apt-get", "apt-get install postgresql", true},
	{"dnf", "dnf install postgresql-server postgresql", true},
	{"zypper", "zypper install postgresql-server postgresql", true},
	{"apk", "apk add postgresql16 postgresql16-client", true},
	{"pacman", "pacman -S postgresql", true},
	{"brew", "brew install postgresql@17", false},
	{"winget", "winget install PostgreSQL.PostgreSQL.17", false},
}

// InstallHint is the one command that installs PostgreSQL on this machine.
func InstallHint() string {
	for _, i := range installers {
		if _, err := exec.LookPath(i.program); err != nil {
			continue
		}
		if i.sudo && os.Geteuid() != 0 {
			return "sudo " + i.command
		}
		return i.command
	}
	return "open https://www.postgresql.org/download/"
}
