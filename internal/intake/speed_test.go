package intake

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"
	"time"
)

// TestSpeed imports ROWS grants (a few unless told otherwise), and copies the
// same file into a plain table with the same indexes for comparison.
func TestSpeed(t *testing.T) {
	rows, _ := strconv.Atoi(os.Getenv("ROWS"))
	if rows == 0 {
		rows = 2_000
	}
	d := newDesk(t)
	dir := t.TempDir()
	writeLarge(t, dir, rows)
	floor := timed(func() { d.copyPlain(filepath.Join(dir, "grants.csv")) })
	b, err := OpenBundle(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"first", "again"} {
		d.clock.Advance(time.Minute)
		var report Report
		took := timed(func() { report, err = d.Import(d.ctx, b, Options{Source: "large"}) })
		if err != nil {
			t.Fatal(err, details(err))
		}
		if want := map[string]int64{"first": int64(rows), "again": 0}[name]; report.Grants.Added != want {
			t.Errorf("%s: %+v", name, report.Grants)
		}
		t.Logf("%s import of %d grants: %v (%.2f of COPY's %v)", name, rows, took, took.Seconds()/floor.Seconds(), floor)
	}
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	t.Logf("heap taken from the system: %d MB", mem.HeapSys>>20)
}

func timed(f func()) time.Duration {
	begun := time.Now()
	f()
	return time.Since(begun).Round(time.Millisecond)
}

func writeLarge(t testing.TB, dir string, grants int) {
	identities, entitlements := max(grants/10, 1), max(grants/100, 1)
	writeRows(t, dir, "identities.csv", "id,name,kind,email,manager,department,domain,status", identities, func(i int) string {
		return fmt.Sprintf("u%07d,Person %d,person,u%d@example.com,u%07d,Department %d,it,active", i, i, i, i/10, i%50)
	})
	writeRows(t, dir, "assets.csv", "id,name,class,criticality", 500, func(i int) string { return fmt.Sprintf("a%d,Asset %d,erp,%d", i, i, 1+i%5) })
	writeRows(t, dir, "entitlements.csv", "id,name,asset,privilege", entitlements, func(i int) string {
		return fmt.Sprintf("e%06d,Right %d,a%d,%s", i, i, i%500, privileges[i%4])
	})
	writeRows(t, dir, "grants.csv", "identity,entitlement,granted_at,granted_by,last_used_at,ticket", grants, func(i int) string {
		return fmt.Sprintf("u%07d,e%06d,2025-%02d-11,admin%d@example.com,2026-%02d-05T08:30:00Z,CHG%07d", i/10, (i/10*7919+i%10*104729)%entitlements, 1+i%12, i%20, 1+i%9, i)
	})
}

func writeRows(t testing.TB, dir, name, header string, n int, row func(int) string) {
	f, err := os.Create(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriterSize(f, 1<<20)
	_, _ = w.WriteString(header + "\n")
	for i := range n {
		_, _ = w.WriteString(row(i) + "\n")
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// copyPlain is the least an import of this file can cost.
func (d *desk) copyPlain(path string) {
	d.t.Helper()
	conn, err := d.db.Pool().Acquire(d.ctx)
	if err != nil {
		d.t.Fatal(err)
	}
	defer conn.Release()
	_, err = conn.Exec(d.ctx, `create table plain (id bigint generated always as identity primary key, identity text not null, entitlement text not null,
  granted_at timestamptz, granted_by text, last_used_at timestamptz, ticket text, unique nulls not distinct (identity, entitlement));
create index on plain (identity);
create index on plain (entitlement)`)
	if err != nil {
		d.t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		d.t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	sql := `copy plain (identity, entitlement, granted_at, granted_by, last_used_at, ticket) from stdin csv header`
	if _, err := conn.Conn().PgConn().CopyFrom(context.WithoutCancel(d.ctx), f, sql); err != nil {
		d.t.Fatal(err)
	}
	if _, err := conn.Exec(d.ctx, `drop table plain`); err != nil {
		d.t.Fatal(err)
	}
}
