package pg

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
)

// ErrNotBackup is returned by Restore for a file that Dump did not write.
var ErrNotBackup = errors.New("this file is not a backup made by Interlock")

// Dump writes a backup of the database at url, which may be an outside
// server's. With no bin it picks the programs of the right version.
func Dump(ctx context.Context, bin, url string, w io.Writer) error {
	c, err := newClient(ctx, bin, url, "pg_dump")
	if err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	cmd := c.command(ctx, "pg_dump", "--format=custom", "--dbname="+c.address)
	said := stderrOf(cmd)
	cmd.Stdout = w
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("back up: pg_dump: %w: %s", err, lastLines(said.String()))
	}
	return nil
}

// Restore replaces what is in the schema public of the database at url by a
// backup, or returns an error and changes nothing. Other schemas are left alone:
// a backup that holds one that is there is refused. It needs the right to drop
// and make schemas there.
func Restore(ctx context.Context, bin, url string, r io.Reader) error {
	in := bufio.NewReader(r)
	const magic = "PGDMP"
	if start, err := in.Peek(len(magic)); string(start) != magic {
		if err != nil && err != io.EOF {
			return fmt.Errorf("restore: %w", err)
		}
		return ErrNotBackup
	}
	c, err := newClient(ctx, bin, url, "psql", "pg_restore")
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	unpack := c.command(ctx, "pg_restore", "--no-owner", "--exit-on-error", "--file=-")
	unpack.Stdin = in
	apply := c.command(ctx, "psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--dbname="+c.address)
	if err := replace(unpack, apply); err != nil {
		return fmt.Errorf("restore, nothing was changed: %w", err)
	}
	return nil
}

// empty begins the transaction of a restore. pg_restore's own --clean does not
// do: it stops at a partition's primary key, and at whatever a later release
// added that depends on a table in the backup. Owner and grant of public are
// those of a new database.
const empty = `begin;
set local lock_timeout = '30s';
set local client_min_messages = warning;
drop schema if exists public cascade;
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
		return fmt.Errorf("psql: %w: %s", err, lastLines(applySaid.String()))
	}
	if unpacked != nil {
		return fmt.Errorf("pg_restore: %w: %s", unpacked, lastLines(unpackSaid.String()))
	}
	return copied
}

func stderrOf(cmd *exec.Cmd) *bytes.Buffer {
	said := new(bytes.Buffer)
	cmd.Stderr = said
	return said
}
