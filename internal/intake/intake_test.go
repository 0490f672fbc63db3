package intake

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"interlock/internal/apptest"
	"interlock/internal/authz"
	"interlock/internal/errs"
	"interlock/internal/store"
)

func TestMain(m *testing.M) { apptest.Main(m) }

// desk is a test's database with its clock and the service.
type desk struct {
	t     testing.TB
	db    *store.DB
	clock *apptest.Clock
	ctx   context.Context
	*Service
}

func newDesk(t testing.TB) *desk {
	db, clock := apptest.DB(t)
	return &desk{t, db, clock, authz.CommandLine(t.Context(), "tester"), New(db)}
}

// files is a bundle in memory, by file name.
type files map[string]string

func (f files) bundle(t testing.TB) *Bundle {
	t.Helper()
	b := &Bundle{}
	for name, content := range f {
		table := tableOf(name)
		if table == nil {
			b.ignored = append(b.ignored, name)
			continue
		}
		b.files = append(b.files, file{table, int64(len(content)), func() (io.ReadCloser, error) {
			return io.NopCloser(strings.NewReader(content)), nil
		}})
	}
	b, err := b.ready("The test")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (d *desk) try(f files, o Options) (Report, error) {
	if o.Source == "" {
		o.Source = "corp"
	}
	return d.Import(d.ctx, f.bundle(d.t), o)
}

func (d *desk) take(f files, o Options) Report {
	d.t.Helper()
	report, err := d.try(f, o)
	if err != nil {
		d.t.Fatalf("%v\n%s", err, strings.Join(details(err), "\n"))
	}
	return report
}

func details(err error) []string {
	if e, ok := errors.AsType[*errs.Error](err); ok {
		return e.Details
	}
	return nil
}

// ask gives the one value that a query returns.
func ask[T any](d *desk, sql string, args ...any) (v T) {
	d.t.Helper()
	if err := d.db.Pool().QueryRow(d.ctx, sql, args...).Scan(&v); err != nil {
		d.t.Fatalf("%s: %v", sql, err)
	}
	return v
}

func shared(t *testing.T, path string) string {
	path = filepath.Join("..", "..", "..", "shared", path)
	if _, err := os.Stat(path); err != nil {
		t.Skip(err)
	}
	return path
}

func TestKubernetesOrg(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	b, err := OpenBundle(shared(t, "data/real/kubernetes-org"))
	if err != nil {
		t.Fatal(err)
	}
	report, err := d.Import(d.ctx, b, Options{Source: "kubernetes"})
	if err != nil {
		t.Fatal(err, details(err))
	}
	got := []int64{report.Identities.Added, report.Entitlements.Added, report.Grants.Added, report.Implies.Added, report.Assets.Added}
	for i, want := range []int64{1509, 2183, 6281, 687, 8} {
		if got[i] != want {
			t.Errorf("count %d is %d, want %d", i, got[i], want)
		}
	}
	again, err := d.Import(d.ctx, b, Options{Source: "kubernetes"})
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range tables {
		if c := *again.counts(table.file); c != (Counts{}) {
			t.Errorf("the second import of %s: %+v", table.file, c)
		}
	}
	if again.Import != report.Import+1 {
		t.Errorf("imports %d and %d", report.Import, again.Import)
	}
	if n := ask[int](d, `select count(*) from audit_event where action = 'import.done'`); n != 2 {
		t.Errorf("%d events", n)
	}
}
