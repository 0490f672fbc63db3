// Package apptest is the test harness: every test owns a database cloned from a
// migrated template, and moves the clock itself. It uses a private PostgreSQL of
// its own, or the server at INTERLOCK_TEST_DATABASE_URL.
package apptest

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"interlock/internal/pg"
	"interlock/internal/store"
)

// Start is the moment at which every test's clock begins.
var Start = time.Date(2026, 11, 12, 9, 0, 0, 0, time.UTC)

// Clock is a clock that only tests move.
type Clock struct{ offset atomic.Int64 }

// Now is the clock's time.
func (c *Clock) Now() time.Time { return Start.Add(time.Duration(c.offset.Load())) }

// Advance moves the clock on.
func (c *Clock) Advance(d time.Duration) { c.offset.Add(int64(d)) }

var cluster struct {
	once   sync.Once
	server string // address of the maintenance database
	prefix string
	stop   func()
	err    error
	next   atomic.Int64
}

// Main runs the tests of a package and then stops the private PostgreSQL. Call
// it from TestMain.
func Main(m *testing.M) {
	code := m.Run()
	if cluster.stop != nil {
		cluster.stop()
	}
	os.Exit(code)
}

// DB gives the test a migrated database of its own and a clock.
func DB(t testing.TB) (*store.DB, *Clock) {
	t.Helper()
	clock := &Clock{}
	db, err := store.Open(t.Context(), URL(t), clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	return db, clock
}

// URL gives the test a migrated database of its own, as an address.
func URL(t testing.TB) string {
	t.Helper()
	cluster.once.Do(func() { cluster.err = startCluster() })
	if cluster.err != nil {
		t.Fatal(cluster.err)
	}
	name := fmt.Sprintf("%s_%d", cluster.prefix, cluster.next.Add(1))
	template := cluster.prefix + "_template"
	maintain(t, fmt.Sprintf(`create database %s template %s strategy file_copy`, name, template))
	t.Cleanup(func() { maintain(t, `drop database `+name+` with (force)`) })
	return withDatabase(cluster.server, name)
}

func maintain(t testing.TB, sql string) {
	t.Helper()
	if err := execute(context.Background(), cluster.server, sql); err != nil {
		t.Error(err)
	}
}

func execute(ctx context.Context, server, sql string) error {
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		return fmt.Errorf("connect to the test server: %w", err)
	}
	defer func() { _ = conn.Close(ctx) }()
	if _, err := conn.Exec(ctx, sql); err != nil {
		return fmt.Errorf("%s: %w", sql, err)
	}
	return nil
}

func startCluster() error {
	ctx := context.Background()
	cluster.prefix = fmt.Sprintf("t%d", os.Getpid())
	if err := findServer(ctx); err != nil {
		return err
	}
	template := cluster.prefix + "_template"
	if err := execute(ctx, cluster.server, `create database `+template); err != nil {
		return err
	}
	db, err := store.Open(ctx, withDatabase(cluster.server, template), time.Now)
	if err != nil {
		return err
	}
	defer db.Close()
	return db.Migrate(ctx)
}

func findServer(ctx context.Context) error {
	if cluster.server = os.Getenv("INTERLOCK_TEST_DATABASE_URL"); cluster.server != "" {
		cluster.stop = func() { _ = execute(ctx, cluster.server, `drop database if exists `+cluster.prefix+`_template`) }
		return nil
	}
	dir, err := os.MkdirTemp("", "interlock-test-")
	if err != nil {
		return fmt.Errorf("test server: %w", err)
	}
	server, err := pg.Open(ctx, pg.Options{Dir: dir, Settings: map[string]string{
		"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "max_connections": "200",
	}})
	if err != nil {
		return fmt.Errorf("test server: %w", err)
	}
	cluster.server = server.URL("postgres")
	cluster.stop = func() {
		_ = server.Close(ctx)
		_ = os.RemoveAll(dir)
	}
	return nil
}

func withDatabase(server, name string) string {
	u, err := url.Parse(server)
	if err != nil {
		panic(err)
	}
	u.Path = "/" + strings.TrimPrefix(name, "/")
	return u.String()
}
