package main

import (
	"cmp"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/jackc/pgx/v5"

	"interlock/internal/audit"
	"interlock/internal/errs"
	"interlock/internal/pg"
)

type backupCmd struct {
	File  string `arg:"" help:"File to write." type:"path"`
	Force bool   `help:"Replace the file if it is there."`
	JSON  bool   `name:"json" help:"Print as JSON."`
}

func (backupCmd) Help() string {
	return "Example:\n  interlock backup /backup/interlock-2026-11-30.backup\nIt may run while Interlock does. Keep the signing key beside it: the backup does not hold it."
}

// backedUp is what backup --json prints.
type backedUp struct {
	File       string `json:"file"`
	SHA256     string `json:"sha256"`
	SigningKey string `json:"signing_key,omitempty"` // the file to keep beside it
}

func (c *backupCmd) Run(ctx context.Context, set *settings, p *printer) error {
	if err := c.mayWrite(); err != nil {
		return err
	}
	return with(ctx, set, func(ctx context.Context, a *app) error {
		done := backedUp{File: c.File}
		err := toFile(c.File, func(w io.Writer) error {
			made, err := pg.Dump(ctx, a.bin(), a.url, w)
			done.SHA256 = made.SHA256
			return cmp.Or(err, c.mayWrite())
		})
		if err != nil {
			return err
		}
		key := "INTERLOCK_SIGNING_KEY"
		if set.SigningKey == "" {
			done.SigningKey = filepath.Join(set.Data, audit.KeyFile)
			key = done.SigningKey
		}
		if c.JSON {
			return p.json(done)
		}
		p.say("The database is in %s. Keep the signing key too: %s.", c.File, key)
		return nil
	})
}

// mayWrite refuses to replace a file unasked: it may be the only good backup.
func (c *backupCmd) mayWrite() error {
	if _, err := os.Lstat(c.File); err == nil && !c.Force {
		return errs.Conflictf("The file %s is there already: choose another name, or repeat with --force to replace it.", c.File)
	}
	return nil
}

func (a *app) bin() string {
	if a.server == nil {
		return ""
	}
	return a.server.Bin()
}

type restoreCmd struct {
	File string `arg:"" help:"A backup." type:"path"`
	Yes  bool   `help:"Replace what is in the database now."`
	JSON bool   `name:"json" help:"Print as JSON."`
}

func (restoreCmd) Help() string {
	return "Example:\n  interlock restore /backup/interlock-2026-11-30.backup\nThe file is checked whole before anything is changed. Every other Interlock on this database must be stopped."
}

func (c *restoreCmd) Run(ctx context.Context, set *settings, p *printer) error {
	f, err := os.Open(c.File)
	if err != nil {
		return unreadable("backup", c.File, err)
	}
	defer func() { _ = f.Close() }()
	backup, err := pg.ReadBackup(f)
	if err != nil {
		return c.notWhole(err)
	}
	a := &app{set: set, log: set.logger(os.Stderr)}
	if err := a.database(ctx); err != nil {
		return err
	}
	defer a.close()
	if err := a.mayReplace(ctx, c.Yes); err != nil {
		return err
	}
	if err := pg.Restore(ctx, a.bin(), a.url, backup); err != nil {
		return err
	}
	if err := a.wire(ctx); err != nil {
		return err
	}
	if c.JSON {
		return p.json(map[string]string{"file": c.File, "sha256": backup.SHA256})
	}
	p.say("Restored from %s.", c.File)
	return nil
}

// notWhole says what is wrong with a file that is not a whole backup. Nothing was
// touched yet.
func (c *restoreCmd) notWhole(err error) error {
	switch {
	case errors.Is(err, pg.ErrNotBackup):
		return errs.Invalidf("The file %s is not a backup made by Interlock; nothing was changed.", c.File).Because(err)
	case errors.Is(err, pg.ErrCutShort):
		return errs.Invalidf("The backup %s is cut short, its end is missing; nothing was changed: take another copy.", c.File).Because(err)
	case errors.Is(err, pg.ErrAltered):
		return errs.Invalidf("The backup %s is damaged or was altered, its checksum does not fit; nothing was changed: take another copy.", c.File).Because(err)
	}
	return unreadable("backup", c.File, err)
}

// mayReplace refuses to restore over what is not Interlock's, under a running
// Interlock, and, unless told yes, over data.
func (a *app) mayReplace(ctx context.Context, yes bool) error {
	conn, err := connect(ctx, a.url)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	theirs, err := strangers(ctx, conn)
	if err != nil {
		return err
	}
	if theirs != "" {
		return errs.Conflictf("This database also holds %s, which is not Interlock's: restore into a database of Interlock's own.", theirs)
	}
	running, err := sessions(ctx, conn)
	if err != nil {
		return err
	}
	if len(running) > 0 {
		return errs.Conflictf("Restoring would pull the data from under a running Interlock: stop it first, then repeat.").WithDetails(running)
	}
	if a.server != nil && !a.server.Owned() {
		return errs.Conflictf("Another interlock command runs the database in %s: stop it first, then repeat.", a.set.Data)
	}
	if yes {
		return nil
	}
	used, err := holdsData(ctx, conn)
	if err == nil && used {
		return errs.Conflictf("There is data already, which restoring would replace: repeat with --yes.")
	}
	return err
}

// strangers names a table or routine that is not ours: in any schema but ours,
// or in a public that is not Interlock's. What an extension brought does not count.
func strangers(ctx context.Context, conn *pgx.Conn) (name string, err error) {
	err = conn.QueryRow(ctx, `
		with thing as (
		  select oid, 'pg_class'::regclass as class, relnamespace as space, relname as name, relkind::text as kind
		    from pg_class where relkind in ('r', 'p', 'v', 'm', 'f', 'S')
		  union all
		  select oid, 'pg_proc'::regclass, pronamespace, proname, '' from pg_proc
		)
		select quote_ident(n.nspname) || '.' || quote_ident(t.name)
		  from thing t
		  join pg_namespace n on n.oid = t.space
		 where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
		   and not (n.nspname = 'public' and to_regclass('public.goose_db_version') is not null
		            and to_regclass('public.account') is not null and to_regclass('public.audit_event') is not null)
		   and not (n.nspname = 'as_of' and to_regprocedure('as_of.moment()') is not null and t.kind in ('v', ''))
		   and not exists (select from pg_depend d where d.classid = t.class and d.objid = t.oid and d.deptype = 'e')
		 order by t.class, n.nspname, t.name
		 limit 1`).Scan(&name)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", nil
	}
	return name, err
}

// sessions names the other Interlocks that are connected.
func sessions(ctx context.Context, conn *pgx.Conn) ([]string, error) {
	rows, err := conn.Query(ctx, `
		select format('%s, %s', application_name, coalesce('from ' || host(client_addr), 'on this machine'))
		  from pg_stat_activity
		 where datname = current_database() and pid <> pg_backend_pid() and starts_with(application_name, $1)
		 group by 1
		 order by 1`, sessionPrefix)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

// holdsData tells whether anything was put into the database.
func holdsData(ctx context.Context, conn *pgx.Conn) (used bool, err error) {
	var there bool
	if err := conn.QueryRow(ctx, `select to_regclass('public.account') is not null`).Scan(&there); err != nil || !there {
		return false, err
	}
	err = conn.QueryRow(ctx, `select exists (select from public.account) or exists (select from public.import)`).Scan(&used)
	return used, err
}
