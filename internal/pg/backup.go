package pg

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os/exec"

	"interlock/internal/errs"
)

// Dump writes a backup of the database at url, which may be an outside server's,
// and returns what ReadBackup will find. With no bin it picks the programs of the
// right version.
func Dump(ctx context.Context, bin, url string, w io.Writer) (Backup, error) {
	c, err := newClient(ctx, bin, url, "pg_dump")
	if err != nil {
		return Backup{}, err
	}
	cmd := c.command(ctx, "pg_dump", "--format=custom", "--dbname="+c.address)
	said := stderrOf(cmd)
	out := &sealed{to: w, sum: sha256.New()}
	cmd.Stdout = out
	if err := cmd.Run(); err != nil {
		return Backup{}, errs.Unavailablef("The database could not be backed up: what pg_dump said is below.").
			Because(err).WithDetails(lines(said.String()))
	}
	return Backup{SHA256: fmt.Sprintf("%x", out.sum.Sum(nil))}, out.close()
}

// Restore replaces what is in the schemas public and as_of of the database at url by
// a backup, or returns an error and changes nothing. Other schemas are left alone:
// a backup that holds one that is there is refused. It needs the right to drop
// and make schemas there.
func Restore(ctx context.Context, bin, url string, b Backup) error {
	c, err := newClient(ctx, bin, url, "psql", "pg_restore")
	if err != nil {
		return err
	}
	unpack := c.command(ctx, "pg_restore", "--no-owner", "--exit-on-error", "--file=-")
	unpack.Stdin = b.dump
	apply := c.command(ctx, "psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--dbname="+c.address)
	return replace(unpack, apply)
}

// empty begins the transaction of a restore. pg_restore's own --clean does not
// do: it stops at a partition's primary key, and at whatever a later release
// added that depends on a table in the backup. Owner and grant of public are
// those of a new database.
const empty = `begin;
set local lock_timeout = '30s';
set local client_min_messages = warning;
drop schema if exists public, as_of cascade;
create schema public;
alter schema public owner to pg_database_owner;
grant usage on schema public to public;
comment on schema public is 'standard public schema';
`

// replace feeds the unpacked backup to psql. Only once all of it has come does
// the commit follow; without that the server undoes everything.
func replace(unpack, apply *exec.Cmd) error {
	unpackSaid, applySaid := stderrOf(unpack), stderrOf(apply)
	from, err := unpack.StdoutPipe()
	if err != nil {
		return err
	}
	to, err := apply.StdinPipe()
	if err != nil {
		return err
	}
	if err := apply.Start(); err != nil {
		return err
	}
	if err := unpack.Start(); err != nil {
		return errors.Join(err, to.Close(), apply.Wait())
	}
	_, copied := io.Copy(to, io.MultiReader(bytes.NewBufferString(empty), from))
	from.Close()
	unpacked := unpack.Wait()
	if copied == nil && unpacked == nil {
		_, copied = io.WriteString(to, "commit;\n")
	}
	to.Close()
	// psql's reason comes first: its end is what makes the others fail.
	if err := apply.Wait(); err != nil {
		return notRestored(err, applySaid)
	}
	if unpacked != nil {
		return notRestored(unpacked, unpackSaid)
	}
	return copied
}

func notRestored(err error, said *bytes.Buffer) error {
	return errs.Unavailablef("The backup could not be restored, and nothing was changed: what PostgreSQL said is below.").
		Because(err).WithDetails(lines(said.String()))
}

func stderrOf(cmd *exec.Cmd) *bytes.Buffer {
	said := new(bytes.Buffer)
	cmd.Stderr = said
	return said
}
