package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"interlock/internal/errs"
	"interlock/internal/pg"
)

// oldest is the oldest PostgreSQL that the schema runs on.
const oldest = 15

// database finds the PostgreSQL to use and its address.
func (a *app) database(ctx context.Context) error {
	if a.set.DatabaseURL != "" {
		a.url = named(a.set.DatabaseURL, a.set.command)
		_, err := askServer(ctx, a.url)
		return err
	}
	waiting := func() { _, _ = fmt.Fprintln(os.Stderr, "waiting for another interlock command to finish") }
	server, err := pg.Open(ctx, pg.Options{Dir: a.set.Data, Log: a.log, Own: a.lasts, Waiting: waiting})
	if errors.Is(err, pg.ErrOwned) {
		return errs.Unavailablef("Another interlock still runs the database in %s: stop it, or choose another data directory with --data.", a.set.Data).Because(err)
	}
	if err != nil {
		return err
	}
	a.server, a.url = server, named(server.URL(pg.Database), a.set.command)
	return nil
}

// sessionPrefix begins the name under which PostgreSQL lists our connections.
const sessionPrefix = "interlock "

// named adds that name to a database's address, of either form.
func named(address, command string) string {
	name := sessionPrefix + command
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" {
		return address + " application_name='" + name + "'"
	}
	q := u.Query()
	q.Set("application_name", name)
	u.RawQuery = strings.ReplaceAll(q.Encode(), "+", "%20") // PostgreSQL takes a plus sign for itself
	return u.String()
}

// connect opens one connection, beside those of the use cases.
func connect(ctx context.Context, address string) (*pgx.Conn, error) {
	cfg, err := pgxpool.ParseConfig(address) // knows pool_max_conns and its like
	if err != nil {
		return nil, errs.Invalidf("INTERLOCK_DATABASE_URL is not a PostgreSQL address: write it as postgres://user:password@host:5432/database.") // the cause would show the password
	}
	ctx, cancel := context.WithTimeout(ctx, max(cfg.ConnConfig.ConnectTimeout, 10*time.Second))
	defer cancel()
	conn, err := pgx.ConnectConfig(ctx, cfg.ConnConfig)
	if err != nil {
		return nil, unusable(cfg.ConnConfig, err)
	}
	return conn, nil
}

// askServer makes sure that a server of somebody else's can be used, and returns
// its version.
func askServer(ctx context.Context, address string) (version string, err error) {
	conn, err := connect(ctx, address)
	if err != nil {
		return "", err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	var major int
	var standby bool
	err = conn.QueryRow(ctx, "select current_setting('server_version'), current_setting('server_version_num')::int / 10000, pg_is_in_recovery()").
		Scan(&version, &major, &standby)
	switch {
	case err != nil:
		return "", unusable(conn.Config(), err)
	case major < oldest:
		return "", errs.Unavailablef("The database server %s is PostgreSQL %s: Interlock needs %d or later.", serverName(conn.Config()), version, oldest)
	case standby:
		return "", errs.Unavailablef("The database server %s is a standby, which takes no changes: let INTERLOCK_DATABASE_URL lead to the primary.", serverName(conn.Config()))
	}
	version, _, _ = strings.Cut(version, " ") // Debian adds its own name
	return version, nil
}

// serverName is a server as people call it.
func serverName(c *pgx.ConnConfig) string {
	if strings.HasPrefix(c.Host, "/") {
		return c.Host
	}
	return net.JoinHostPort(c.Host, fmt.Sprint(c.Port))
}

// unusable says why a server cannot be used and what to do.
func unusable(c *pgx.ConnConfig, err error) error {
	server := serverName(c)
	said, told := errors.AsType[*pgconn.PgError](err)
	if told {
		return refusedBy(server, c, said).Because(err)
	}
	noName, unknown := errors.AsType[*net.DNSError](err)
	_, untrusted := errors.AsType[*tls.CertificateVerificationError](err)
	switch {
	case unknown && noName.IsNotFound:
		return errs.Unavailablef("The database server's name, %s, leads nowhere: mend INTERLOCK_DATABASE_URL.", c.Host).Because(err)
	case untrusted:
		return errs.Unavailablef("The certificate of the database server %s is not trusted: name its authority with sslrootcert in INTERLOCK_DATABASE_URL.", server).Because(err)
	case strings.Contains(err.Error(), "server refused TLS") && wantsTLS(c):
		return errs.Unavailablef("The database server %s speaks no TLS: switch that on there, or set sslmode in INTERLOCK_DATABASE_URL.", server).Because(err)
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, syscall.ENOENT):
		return errs.Unavailablef("No database server answers at %s: start it, or mend INTERLOCK_DATABASE_URL.", server).Because(err)
	}
	return errs.Unavailablef("The database server %s cannot be reached: check INTERLOCK_DATABASE_URL, and that nothing in the network is in the way.", server).Because(err)
}

// wantsTLS tells whether sslmode leaves no way without.
func wantsTLS(c *pgx.ConnConfig) bool {
	return c.TLSConfig != nil && !slices.ContainsFunc(c.Fallbacks, func(f *pgconn.FallbackConfig) bool { return f.TLSConfig == nil })
}

// refusedBy words what a server answered instead of letting us in.
func refusedBy(server string, c *pgx.ConnConfig, said *pgconn.PgError) *errs.Error {
	switch said.Code {
	case "28P01", "28000":
		return errs.Unavailablef("The database server %s does not let %s in: mend the user or the password in INTERLOCK_DATABASE_URL.", server, c.User).WithDetails([]string{said.Message})
	case "3D000":
		return errs.Unavailablef("The database server %s has no database %s: make it (createdb %s), or mend INTERLOCK_DATABASE_URL.", server, c.Database, c.Database)
	case "53300":
		return errs.Unavailablef("The database server %s takes no more connections: try again later, or raise its max_connections.", server)
	case "57P03":
		return errs.Unavailablef("The database server %s is starting or stopping: try again in a moment.", server)
	}
	return errs.Unavailablef("The database server %s refuses to work: what it says is below.", server).WithDetails([]string{said.Message})
}
