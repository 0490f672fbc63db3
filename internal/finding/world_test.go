package finding_test

import (
	"context"
	"encoding/csv"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"interlock/internal/apptest"
	"interlock/internal/authz"
	"interlock/internal/errs"
	"interlock/internal/finding"
	"interlock/internal/intake"
	"interlock/internal/store"
)

func TestMain(m *testing.M) { apptest.Main(m) }

// files of a bundle by the word that begins a line of a fixture, and what a line
// says without saying it.
var kinds = map[string]struct{ file, otherwise string }{
	"site": {"sites", "name={id} timezone=Europe/Brussels"}, "zone": {"zones", "name={id} site=hall"}, "conduit": {"conduits", ""},
	"identity": {"identities", "name={id} domain=it"}, "asset": {"assets", "name={id} owner=ann assessed_at=2026-09-01 " + able},
	"entitlement": {"entitlements", "name={id}"}, "implies": {"implies", ""},
	"grant": {"grants", "granted_at=2026-01-05 expires_at=2027-01-05 last_used_at=2026-11-01 ticket=CHG-1"}, "credential": {"credentials", "kind=password storage=vault rotation_days=90 rotated_at=2026-11-01"},
	"holder": {"holders", ""}, "session": {"sessions", ""},
}

const able = "mfa=native federation=native individual_accounts=native rbac=native central_logging=native rotation=native encryption=native lockout=native service_identity=native"

// sound is a world in which nothing is wrong.
const sound = `
site id=hall
zone id=office level=4 domain=it
zone id=dmz level=3.5 domain=dmz
zone id=line level=2 domain=ot
zone id=vendors level=5 domain=external
conduit id=jump from_zone=office to_zone=line kind=jump_host mfa=true
identity id=ann email=ann@x.example
identity id=bob email=bob@x.example domain=ot
identity id=svc kind=service owner=ann
identity id=sea kind=service owner=ann domain=ot
identity id=firm kind=vendor owner=ann domain=external contract_end=2027-06-30
asset id=erp zone=office class=erp
asset id=plc zone=line class=plc
asset id=gate zone=dmz class=jump_host
entitlement id=erp.view asset=erp privilege=view
entitlement id=erp.admin asset=erp privilege=admin
entitlement id=plc.view asset=plc privilege=view
entitlement id=plc.program asset=plc privilege=engineer
entitlement id=gate.use asset=gate privilege=operate
grant identity=ann entitlement=erp.admin
grant identity=bob entitlement=plc.program
grant identity=svc entitlement=erp.view
grant identity=sea entitlement=plc.view
grant identity=firm entitlement=gate.use
credential id=c1 identity=svc stored_on=erp
`

// a world is an inventory in a database of its own.
type world struct {
	*finding.Service
	t      *testing.T
	db     *store.DB
	clock  *apptest.Clock
	root   context.Context
	intake *intake.Service
}

func newWorld(t *testing.T) *world {
	t.Helper()
	db, clock := apptest.DB(t)
	return &world{finding.New(db), t, db, clock, authz.CommandLine(t.Context(), "root"), intake.New(db)}
}

// bundle writes a fixture as CSV files. A later line about an id replaces the
// earlier one, and "no" before a line leaves it out.
func bundle(t *testing.T, lines string) string {
	t.Helper()
	rows := map[string][]map[string]string{}
	for line := range strings.Lines(lines) {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		off := words[0] == "no"
		if off {
			words = words[1:]
		}
		kind, ok := kinds[words[0]]
		if !ok {
			t.Fatalf("no file for %q", line)
		}
		row := pairs(words[1:])
		for k, v := range pairs(strings.Fields(kind.otherwise)) {
			if _, said := row[k]; !said {
				row[k] = strings.ReplaceAll(v, "{id}", row["id"])
			}
		}
		rows[kind.file] = slices.DeleteFunc(rows[kind.file], func(was map[string]string) bool { return sameRow(was, row) })
		if !off {
			rows[kind.file] = append(rows[kind.file], row)
		}
	}
	dir := t.TempDir()
	for file, list := range rows {
		writeFile(t, filepath.Join(dir, file+".csv"), list)
	}
	return dir
}

func sameRow(a, b map[string]string) bool {
	if a["id"] != "" || b["id"] != "" {
		return a["id"] == b["id"]
	}
	for _, k := range []string{"identity", "entitlement", "implied", "person", "via"} {
		if a[k] != b[k] {
			return false
		}
	}
	return true
}

func pairs(words []string) map[string]string {
	out := map[string]string{}
	for _, w := range words {
		k, v, _ := strings.Cut(w, "=")
		out[k] = strings.ReplaceAll(v, "_ ", " ")
		if k == "name" || k == "organisation" {
			out[k] = strings.ReplaceAll(v, "+", " ")
		}
	}
	return out
}

func writeFile(t *testing.T, path string, rows []map[string]string) {
	t.Helper()
	columns := map[string]bool{}
	for _, r := range rows {
		for k := range r {
			columns[k] = true
		}
	}
	names := slices.Sorted(maps.Keys(columns))
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := csv.NewWriter(f)
	_ = w.Write(names)
	for _, r := range rows {
		var cells []string
		for _, n := range names {
			cells = append(cells, r[n])
		}
		_ = w.Write(cells)
	}
	w.Flush()
	if err := errors.Join(w.Error(), f.Close()); err != nil {
		t.Fatal(err)
	}
}

// load imports a fixture as one source.
func (w *world) load(source, lines string) {
	w.t.Helper()
	b, err := intake.OpenBundle(bundle(w.t, lines))
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = b.Close() }()
	if _, err := w.intake.Import(w.root, b, intake.Options{Source: source, AcceptDrop: true}); err != nil {
		w.t.Fatalf("%v %v", err, details(err))
	}
}

func details(err error) []string {
	if e, ok := errors.AsType[*errs.Error](err); ok {
		return e.Details
	}
	return nil
}

// look evaluates and gives what is open.
func (w *world) look() []string {
	w.t.Helper()
	if _, err := w.Evaluate(w.root, func(int64, int64, string) {}); err != nil {
		w.t.Fatal(err)
	}
	return w.open()
}

// open gives the open findings as "rule identity asset: note".
func (w *world) open() (list []string) {
	w.t.Helper()
	err := w.Each(w.root, finding.Filter{}, func(r finding.Row) error {
		words := []string{r.Rule}
		for _, k := range []*string{r.IdentityKey, r.AssetKey} {
			if k != nil {
				words = append(words, *k)
			}
		}
		list = append(list, strings.Join(words, " ")+": "+r.Note)
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return list
}

func (w *world) one(sql string, args ...any) (n int64) {
	w.t.Helper()
	if err := w.db.Pool().QueryRow(context.Background(), sql, args...).Scan(&n); err != nil {
		w.t.Fatalf("%s: %v", sql, err)
	}
	return n
}

func (w *world) exec(sql string, args ...any) {
	w.t.Helper()
	if _, err := w.db.Pool().Exec(context.Background(), sql, args...); err != nil {
		w.t.Fatalf("%s: %v", sql, err)
	}
}
