// Command bench measures what Interlock promises about speed. Every figure
// stands beside its floor, the least that the same work costs PostgreSQL, taken
// in the same run and by turns; both are medians of three. It starts a private
// PostgreSQL with the settings that Interlock ships, and leaves nothing behind.
//
// Only the ratios mean something on another machine.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"interlock/internal/authz"
	"interlock/internal/pg"
)

// rounds is how often each figure and its floor are taken.
const rounds = 3

// parts are what can be run alone, in their order.
var parts = []struct {
	name string
	run  func(*bench, context.Context) error
}{
	{"import", (*bench).imports},
	{"launch", (*bench).launches},
	{"page", (*bench).pages},
	{"decide", (*bench).decisions},
	{"peers", (*bench).peers},
	{"reach", (*bench).reaches},
	{"findings", (*bench).findings},
	{"memory", (*bench).memory},
}

func main() {
	rows, _ := strconv.Atoi(os.Getenv("ROWS"))
	flag.IntVar(&rows, "rows", cmp.Or(rows, 1_000_000), "grants; a tenth as many identities, a hundredth as many entitlements (also ROWS)")
	only := flag.String("only", "", "parts to run, comma-separated: import, launch, page, decide, peers, reach, findings, memory")
	dir := flag.String("dir", "", "keep the database here between runs, directly under /tmp")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(authz.CommandLine(ctx, "bench"), rows, *only, *dir); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, rows int, only, dir string) (err error) {
	if rows < 1_000 {
		return fmt.Errorf("%d rows are too few to measure: at least 1000", rows)
	}
	b, done, err := open(ctx, rows, dir)
	if err != nil {
		return err
	}
	defer done()
	for _, p := range parts {
		if only != "" && !slices.Contains(strings.Split(only, ","), p.name) {
			continue
		}
		b.say("%s ...", p.name)
		if partErr := p.run(b, ctx); partErr != nil { // the others are still worth their table
			err = errors.Join(err, fmt.Errorf("%s: %w", p.name, partErr))
		}
	}
	return errors.Join(err, b.print(ctx, os.Stdout))
}

// open makes the folder, the bundle and the server; done takes them away.
func open(ctx context.Context, rows int, dir string) (*bench, func(), error) {
	b := &bench{rows: rows, dir: dir}
	remove := func() {}
	if dir == "" {
		var err error
		if b.dir, err = os.MkdirTemp("/tmp", "interlock-bench-"); err != nil {
			return nil, nil, err
		}
		remove = func() { _ = os.RemoveAll(b.dir) }
	}
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	server, err := pg.Open(ctx, pg.Options{Dir: b.dir, Log: quiet})
	if err != nil {
		remove()
		return nil, nil, err
	}
	b.server = server
	done := func() {
		_ = server.Close(context.WithoutCancel(ctx))
		remove()
	}
	b.say("writing a bundle of %d grants ...", rows)
	if err := b.writeBundle(); err != nil {
		done()
		return nil, nil, err
	}
	return b, done, nil
}

func (b *bench) say(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }

// machine is what the numbers were taken on.
func (b *bench) machine(ctx context.Context) (string, error) {
	var version string
	err := b.query(ctx, pg.Database, `select current_setting('server_version')`, &version)
	load, _ := os.ReadFile("/proc/loadavg")
	return fmt.Sprintf("%d cores, %s/%s, %s, PostgreSQL %s with Interlock's own settings (fsync on), load %.14s; %d grants",
		runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version(), version, load, b.rows), err
}
