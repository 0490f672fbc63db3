package pg

import (
	"context"
	"fmt"
	"os"
	"os/exec"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"interlock/internal/errs"
)

// client runs PostgreSQL's own programs against a database. Everybody on the
// machine can read a command line, so the password goes in the environment.
type client struct {
	bin, address string
	secrets      []string
}

// newClient looks for the programs named, unless it is given their folder.
func newClient(ctx context.Context, bin, url string, tools ...string) (client, error) {
	address, secrets, err := forLibpq(url)
	if err != nil {
		return client{}, err
	}
	if bin == "" {
		bin, err = clientFor(ctx, url, tools...)
	}
	return client{bin, address, secrets}, err
}

func (c client) command(ctx context.Context, tool string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, Installation{Bin: c.bin}.tool(tool), args...)
	// HOME is where libpq looks for a root certificate.
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "LC_ALL=C"}, c.secrets...)
	return cmd
}

func clientFor(ctx context.Context, url string, tools ...string) (string, error) {
	major, err := serverMajor(ctx, url)
	if err != nil {
		return "", fmt.Errorf("ask the server for its version: %w", err)
	}
	i, ok := Client(major, tools...)
	if !ok {
		return "", errs.Unavailablef("The database server is PostgreSQL %d, and this machine has no %s of that version or newer: install PostgreSQL %d here.",
			major, tools[0], major)
	}
	return i.Bin, nil
}

func serverMajor(ctx context.Context, url string) (major int, err error) {
	config, err := pgxpool.ParseConfig(url) // knows pool_max_conns and its like, which plain pgx sends to the server
	if err != nil {
		return 0, err
	}
	conn, err := pgx.ConnectConfig(ctx, config.ConnConfig)
	if err != nil {
		return 0, err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	err = conn.QueryRow(ctx, "select current_setting('server_version_num')::int / 10000").Scan(&major)
	return major, err
}
