package pg

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"

	"interlock/internal/errs"
)

// account is who the server runs as: whoever we are, except that PostgreSQL
// refuses to run as root.
type account struct {
	name     string
	uid, gid int
	groups   []uint32
	other    bool // not the account of this process
}

// command prepares a program of PostgreSQL's. Nothing of our environment goes
// along: variables like PGDATA or LANG would change what it does.
func (a account) command(ctx context.Context, dir, program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = dir // ours may be closed to the account
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "TZ=UTC"}
	cmd.SysProcAttr = a.attributes()
	return cmd
}

// reaches makes sure that the account can get at the data directory, by running
// a program there, and otherwise names the folder that is in the way.
func (a account) reaches(ctx context.Context, program, dir string) error {
	try := func(dir string) error { return a.command(ctx, dir, program, "--version").Run() }
	if !a.other || try(dir) == nil {
		return nil
	}
	for _, up := range upwards(dir) {
		if try(up) != nil && up != "/" {
			return errs.Unavailablef("The database server runs as the user %s, who may not pass through %s: "+
				"choose another data directory with --data or INTERLOCK_DATA, or run `chmod o+x %s`.", a.name, up, up)
		}
	}
	return errs.Unavailablef("The database server runs as the user %s, who may not run %s: let that user read and run it.", a.name, program).Because(try("/"))
}

// upwards lists a folder and those above it, from the top down.
func upwards(dir string) []string {
	if up := filepath.Dir(dir); up != dir {
		return append(upwards(up), dir)
	}
	return []string{dir}
}
