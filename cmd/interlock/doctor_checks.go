package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"interlock/internal/audit"
	"interlock/internal/authz"
	"interlock/internal/errs"
	"interlock/internal/pg"
	"interlock/internal/store"
)

// programs looks for what runs the private PostgreSQL.
func (d *doctor) programs() {
	if d.set.DatabaseURL != "" {
		return
	}
	found := pg.Installations()
	if len(found) == 0 || found[0].Major < oldest {
		d.say("programs", wrong, "PostgreSQL %d or later is not installed: run `%s`, or set INTERLOCK_DATABASE_URL to a server of your own", oldest, pg.InstallHint())
		return
	}
	d.say("programs", fine, "PostgreSQL %s in %s", found[0].Version, found[0].Bin)
}

// folder looks at the data directory without making it.
func (d *doctor) folder() {
	st, err := os.Stat(d.set.Data)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		d.say("data directory", noted, "%s is not there yet: the first command that needs it makes it", d.set.Data)
		return
	case err != nil || !st.IsDir():
		d.say("data directory", wrong, "%s is no directory that can be read: choose another with --data or INTERLOCK_DATA", d.set.Data)
		return
	}
	f, err := os.CreateTemp(d.set.Data, ".doctor-*")
	if err != nil {
		d.say("data directory", wrong, "%s cannot be written: run Interlock as the user it belongs to, or choose another with --data or INTERLOCK_DATA", d.set.Data)
		return
	}
	_, _ = f.Close(), os.Remove(f.Name())
	d.say("data directory", fine, "%s", d.set.Data)
}

// Below scarce a disk is soon full; below short it is as good as full.
const (
	scarce = 5 << 30
	short  = 500 << 20
)

// disk looks at the room where the data directory is or will be.
func (d *doctor) disk() {
	at := d.set.Data
	for at != filepath.Dir(at) {
		if _, err := os.Stat(at); err == nil {
			break
		}
		at = filepath.Dir(at)
	}
	free, err := pg.Free(at)
	if err != nil {
		return // a file in the way is told by folder
	}
	gb := float64(free) / (1 << 30)
	switch {
	case free < short:
		d.say("disk", wrong, "only %.1f GB are free at %s: free space before the database stops for want of it", gb, at)
	case free < scarce:
		d.say("disk", noted, "%.1f GB are free at %s: free space before a large import", gb, at)
	default:
		d.say("disk", fine, "%.1f GB free at %s", gb, at)
	}
}

// database connects, and tells whether that went well.
func (d *doctor) database(ctx context.Context) bool {
	if d.set.DatabaseURL == "" && !pg.Made(d.set.Data) {
		d.say("database", noted, "there is none yet: the first command that needs it makes it")
		return false
	}
	version, where, err := d.connect(ctx)
	if err != nil {
		d.wrong("database", err)
		return false
	}
	d.say("database", fine, "PostgreSQL %s %s", version, where)
	return true
}

func (d *doctor) connect(ctx context.Context) (version, where string, err error) {
	a := &app{set: d.set, log: d.set.logger(os.Stderr)}
	if err := a.database(ctx); err != nil {
		return "", "", err
	}
	d.server = a.server
	if d.conn, err = connect(ctx, a.url); err == nil {
		d.db, err = store.Open(ctx, a.url, time.Now)
	}
	if err == nil {
		version, err = askServer(ctx, a.url)
	}
	if err != nil {
		d.close()
		return "", "", err
	}
	switch {
	case d.server == nil:
		where = "at " + serverName(d.conn.Config())
	case d.server.Owned():
		where = "in the data directory, started for this look"
	default:
		where = "in the data directory, run by another interlock"
	}
	return version, where, nil
}

func (d *doctor) close() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if d.db != nil {
		d.db.Close()
	}
	if d.conn != nil {
		_ = d.conn.Close(ctx)
	}
	if d.server != nil {
		_ = d.server.Close(ctx)
	}
}

// inside looks at what the database holds.
func (d *doctor) inside(ctx context.Context) {
	d.crashSafety(ctx)
	d.clients(ctx)
	if !d.schema(ctx) {
		return
	}
	ctx = authz.CommandLine(ctx, whoami())
	d.people(ctx)
	running := d.serving(ctx)
	d.key(ctx)
	d.audit(ctx, running)
}

// crashSafety looks for settings under which a power cut loses what was saved.
func (d *doctor) crashSafety(ctx context.Context) {
	var off []string
	err := d.conn.QueryRow(ctx, `select coalesce(array_agg(name order by name), '{}') from pg_settings
		where name in ('fsync', 'full_page_writes', 'synchronous_commit') and setting = 'off'`).Scan(&off)
	switch {
	case err != nil:
		d.wrong("crash safety", err)
	case len(off) > 0:
		d.say("crash safety", wrong, "a power cut may lose what was saved: switch on in PostgreSQL what is off, %s", strings.Join(off, ", "))
	default:
		d.say("crash safety", fine, "what was saved outlasts a power cut")
	}
}

// clients looks for the programs that back up this server.
func (d *doctor) clients(ctx context.Context) {
	var major int
	if err := d.conn.QueryRow(ctx, "select current_setting('server_version_num')::int / 10000").Scan(&major); err != nil {
		d.wrong("backup", err)
		return
	}
	i, ok := pg.Client(major, "pg_dump", "pg_restore", "psql")
	if !ok {
		d.say("backup", noted, "no pg_dump for PostgreSQL %d is installed, so backup and restore do not work here: install its client programs", major)
		return
	}
	d.say("backup", fine, "with the programs in %s", i.Bin)
}

// schema tells whether it is the one this program knows.
func (d *doctor) schema(ctx context.Context) bool {
	at, newest, err := d.db.Schema(ctx)
	switch {
	case err != nil:
		d.wrong("schema", err)
	case at == 0:
		d.say("schema", noted, "the database is empty: the first command that needs it makes the tables")
	case at < newest:
		d.say("schema", noted, "%d of %d: the next start brings it up to date", at, newest)
	case at > newest:
		d.say("schema", wrong, "%d, of a newer Interlock; this one knows %d: run that version", at, newest)
	default:
		d.say("schema", fine, "%d, up to date", at)
	}
	return err == nil && at == newest
}

// people looks for somebody who may let others in.
func (d *doctor) people(ctx context.Context) {
	var admins int
	err := d.conn.QueryRow(ctx, `select count(*) from account_role r join account a on a.id = r.account_id
		where r.role = 'admin' and r.site_id is null and a.disabled_at is null`).Scan(&admins)
	switch {
	case err != nil:
		d.wrong("administrators", err)
	case admins == 0:
		d.say("administrators", noted, "there is none: make one with `interlock user add you@example.com --role admin`")
	default:
		d.say("administrators", fine, "%d", admins)
	}
}

// serving looks for a server that works jobs and sends mails.
func (d *doctor) serving(ctx context.Context) bool {
	all, err := sessions(ctx, d.conn)
	if err != nil {
		d.wrong("serve", err)
		return false
	}
	for _, name := range all {
		if strings.HasPrefix(name, sessionPrefix+"serve") {
			d.say("serve", fine, "it runs: %s", name)
			return true
		}
	}
	d.say("serve", noted, "it does not run: jobs, mails and signatures wait until `interlock serve` does")
	return false
}

// key looks whether the signing key is there and the one that signed last. It
// makes none.
func (d *doctor) key(ctx context.Context) {
	file := filepath.Join(d.set.Data, audit.KeyFile)
	var signed string
	if err := d.conn.QueryRow(ctx, `select coalesce((select note from audit_checkpoint order by size desc limit 1), '')`).Scan(&signed); err != nil {
		d.wrong("signing key", err)
		return
	}
	if _, err := os.Stat(file); d.set.SigningKey == "" && errors.Is(err, fs.ErrNotExist) {
		if signed == "" {
			d.say("signing key", noted, "there is none yet: the first command that needs it makes %s", file)
		} else {
			d.say("signing key", wrong, "%s is missing, and the log was signed with one: put it back from where you keep it, or a new one will sign from now on", file)
		}
		return
	}
	_, verifier, err := audit.LoadKey(d.set.Data, d.set.SigningKey)
	switch {
	case err != nil:
		d.wrong("signing key", err)
	case signed != "" && !signedBy(signed, verifier):
		d.say("signing key", wrong, "another key signed the log last; this one is %s: put the former key back, or tell whoever verifies", audit.Fingerprint(verifier))
	default:
		d.say("signing key", fine, "%s", audit.Fingerprint(verifier))
	}
}

func signedBy(text, verifier string) bool {
	v, err := note.NewVerifier(verifier)
	if err != nil {
		return false
	}
	_, err = note.Open([]byte(text), note.VerifierList(v))
	return err == nil
}

// audit looks whether all events are under a signature. Without a server running
// it is no fault that some are not.
func (d *doctor) audit(ctx context.Context, running bool) {
	st, err := audit.New(d.db).Standing(ctx)
	if err != nil {
		d.wrong("audit log", err)
		return
	}
	last := "not signed yet"
	if st.SignedAt != nil {
		last = "signed " + ago(time.Since(*st.SignedAt))
	}
	events := errs.Count(st.Events, "event", "events")
	switch {
	case st.Late > 0 && running:
		d.say("audit log", wrong, "%s, %s; %d should be under a signature and are not: run `interlock audit verify`", events, last, st.Late)
	case st.Events > st.Signed:
		d.say("audit log", noted, "%s, %s; %d wait for a signature: `interlock serve` or `interlock audit verify` makes it", events, last, st.Events-st.Signed)
	default:
		d.say("audit log", fine, "%s, %s", events, last)
	}
}

// ago is a time span as people say it.
func ago(d time.Duration) string {
	switch {
	case d < 2*time.Minute:
		return "just now"
	case d < 2*time.Hour:
		return errs.Count(int(d.Minutes()), "minute", "minutes") + " ago"
	case d < 48*time.Hour:
		return errs.Count(int(d.Hours()), "hour", "hours") + " ago"
	}
	return errs.Count(int(d.Hours()/24), "day", "days") + " ago"
}

// mail connects to the mail server and looks at where links in mails lead.
func (d *doctor) mail(ctx context.Context) {
	m := d.set.mail()
	if !m.On() {
		d.say("mail", noted, "no mail server is set: mails wait and are read under Mail; set INTERLOCK_SMTP_HOST to send them")
		return
	}
	err := m.Check()
	if err == nil {
		err = m.Reach(ctx)
	}
	if err != nil {
		d.say("mail", wrong, "%s; check the INTERLOCK_SMTP settings", strings.TrimSuffix(err.Error(), "."))
		return
	}
	d.say("mail", fine, "%s takes mail from %s", m.Server(), m.From)
	if strings.Contains(m.BaseURL, "//127.0.0.1") || strings.Contains(m.BaseURL, "//localhost") || strings.Contains(m.BaseURL, "//[::1]") {
		d.say("links", wrong, "links in mails lead to %s, which works on this machine only: set INTERLOCK_URL", m.BaseURL)
		return
	}
	d.say("links", fine, "links in mails lead to %s", m.BaseURL)
}
