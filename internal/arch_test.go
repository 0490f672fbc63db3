// Package internal_test guards the shape of the program: who may import whom, who
// owns which query and which table, who may go round the gate, and how long code
// may be. A guard that found nothing to check fails.
package internal_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// source is a Go file that is not a test.
type source struct {
	name, pkg string // from the root of the repository
	generated bool
	lines     int
	file      *ast.File
}

var (
	root  = os.DirFS("..")
	files = token.NewFileSet()
	read  = sync.OnceValue(readSources)
)

func readSources() []source {
	var list []source
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && name != "." && strings.HasPrefix(d.Name(), ".") {
			return cmp(err, fs.SkipDir)
		}
		if d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		text, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		f, err := parser.ParseFile(files, name, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		list = append(list, source{name: name, pkg: path.Dir(name), generated: ast.IsGenerated(f), lines: strings.Count(string(text), "\n"), file: f})
		return nil
	})
	if err != nil {
		panic(err)
	}
	return list
}

func cmp(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

func sources(t *testing.T) []source {
	t.Helper()
	list := read()
	if len(list) < 100 {
		t.Fatalf("only %d files found", len(list))
	}
	return list
}

const carry = "internal/errs internal/authz internal/store internal/store/sqlc " // what every domain package may import

// imports says which of our packages each package may import; * is any. What
// differs from the plan of the packages says why.
var imports = map[string]string{
	"internal/errs":         "",
	"internal/store/sqlc":   "",
	"internal/authz":        "internal/errs",
	"internal/store":        "internal/errs internal/authz internal/store/sqlc db", // db: it migrates
	"internal/job":          carry,                                                 // carries what is deferred; above mail, which is sent by jobs
	"internal/mail":         carry + "internal/job",
	"internal/audit":        carry,
	"internal/finding":      carry + "internal/job internal/audit",                 // job: an evaluation is one; audit: only Cell, for CSV
	"internal/access":       carry + "internal/finding",                            // scopes know the rules
	"internal/access/reach": carry + "internal/access internal/job internal/audit", // access: only Class; job: everyone's is found by one; audit: exports go on record
	"internal/record":       "",
	"internal/identity":     carry + "internal/access internal/record internal/audit internal/mail", // audit: exports go on record, and Cell
	"internal/asset":        carry + "internal/access internal/access/reach internal/record internal/audit internal/job",
	"internal/exception":    carry + "internal/access internal/audit internal/mail internal/review", // audit: only Cell, for CSV; review: what was certified under an exception opens again
	"internal/remediation":  carry + "internal/access internal/mail",
	"internal/review":       carry + "internal/access internal/remediation internal/mail internal/job internal/audit internal/finding",      // job: launches; audit: only Cell, for CSV; finding: what its rules are called
	"internal/control":      carry + "internal/audit internal/job",                                                                          // job: a pack is made by one
	"internal/intake":       carry + "internal/asset internal/access internal/access/reach internal/identity internal/job internal/finding", // identity: who is one person; job: an import is one; reach, finding: they follow each import
	"internal/login":        carry,
	"internal/pg":           "internal/errs",                      // knows nothing of us: it runs a server
	"internal/demo":         "",                                   // writes bundles as anyone could
	"internal/apptest":      "*",                                  // the harness
	"internal/wire":         "*",                                  // puts the use cases together, for the command and the tests of the whole
	"internal/sitetest":     "*",                                  // the harness of the whole site
	"db":                    "", "static": "", "web/ui": "static", // hashed addresses of files
	"web/page": "web/ui static",
	"web/plan": "", // geometry
	"web":      "internal/errs internal/authz internal/job internal/mail internal/audit internal/access internal/access/reach internal/asset internal/exception internal/identity internal/record internal/remediation internal/review internal/control internal/intake internal/finding internal/login web/page web/ui web/plan static",
	"web/api":  "internal/errs internal/authz internal/job internal/mail internal/audit internal/access internal/access/reach internal/asset internal/exception internal/identity internal/record internal/remediation internal/review internal/control internal/intake internal/finding internal/login",
	"cmd/*":    "*",
}

func TestImports(t *testing.T) {
	t.Parallel()
	checked, used := 0, map[string]bool{}
	for _, s := range sources(t) {
		line := s.pkg
		if strings.HasPrefix(line, "cmd/") {
			line = "cmd/*"
		}
		allowed, ok := imports[line]
		if used[line] = true; !ok {
			t.Errorf("%s: no line in the table of imports", s.pkg)
			continue
		}
		for _, i := range s.file.Imports {
			name, _ := strconv.Unquote(i.Path.Value)
			ours, isOurs := strings.CutPrefix(name, "interlock/")
			if isOurs {
				checked++
			}
			if isOurs && allowed != "*" && !slices.Contains(strings.Fields(allowed), ours) {
				t.Errorf("%s imports %s", s.name, ours)
			}
			if strings.HasPrefix(s.pkg, "web") && (strings.HasPrefix(name, "github.com/jackc/") || strings.HasPrefix(ours, "internal/store") || name == "database/sql") {
				t.Errorf("%s imports %s: the web goes through the use cases", s.name, name)
			}
		}
	}
	for line := range imports {
		if !used[line] && line != "web/api" {
			t.Errorf("the table has a line for %s, which is not there", line)
		}
	}
	if checked < 100 {
		t.Errorf("only %d imports checked", checked)
	}
}

// calls visits every call in a file: the name that is called, without what
// stands before the dot, and the arguments.
func calls(f *ast.File, visit func(name string, call *ast.CallExpr)) {
	ast.Inspect(f, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			if sel, ok := call.Fun.(*ast.SelectorExpr); ok {
				visit(sel.Sel.Name, call)
			}
		}
		return true
	})
}

func where(n ast.Node) string {
	p := files.Position(n.Pos())
	return fmt.Sprintf("%s:%d", p.Filename, p.Line)
}

var queryName = regexp.MustCompile(`(?m)^-- name: (\w+) :`)

func TestQueriesHaveOneOwner(t *testing.T) {
	t.Parallel()
	owner := map[string]string{}
	names, _ := fs.Glob(root, "queries/*.sql")
	for _, name := range names {
		text, err := fs.ReadFile(root, name)
		if err != nil {
			t.Fatal(err)
		}
		of := strings.TrimSuffix(path.Base(name), ".sql")
		home := "internal/" + of
		if of == "reach" {
			home = "internal/access/reach"
		}
		for _, m := range queryName.FindAllStringSubmatch(string(text), -1) {
			owner[m[1]] = home
			if !strings.HasPrefix(strings.ToLower(m[1]), of) {
				t.Errorf("%s: the name of %s does not begin with its owner's", name, m[1])
			}
		}
	}
	called := map[string]bool{}
	for _, s := range sources(t) {
		if s.pkg == "internal/store/sqlc" {
			continue
		}
		calls(s.file, func(name string, call *ast.CallExpr) {
			of, ok := owner[name]
			if called[name] = true; ok && of != s.pkg && s.pkg != "cmd/bench" { // the bench times single queries
				t.Errorf("%s calls %s, which is %s's", where(call), name, of)
			}
		})
	}
	for name, of := range owner {
		if !called[name] {
			t.Errorf("nobody calls %s of %s", name, of)
		}
	}
	if len(owner) < 50 {
		t.Errorf("only %d queries found", len(owner))
	}
}

// writers says who writes which tables; a name that ends in _ is a prefix.
var writers = map[string][]string{
	"source": {"intake"}, "import": {"intake"}, "site": {"intake"}, "zone": {"intake"}, "conduit": {"intake"}, "identity": {"intake"},
	"asset": {"intake"}, "entitlement": {"intake"}, "implication": {"intake"}, "access_grant": {"intake"}, "credential": {"intake"}, "holder": {"intake"}, "access_session": {"intake"}, "intake_": {"intake"},
	"exception": {"exception"}, "exception_": {"exception"},
	"reach": {"reach"}, "reach_": {"reach"}, "asset_map_": {"asset"}, "review_": {"review"}, "remediation": {"remediation"},
	"identity_": {"identity"}, "ownership_": {"identity"}, // who is one person, and who agreed to own
	"finding": {"finding"}, "finding_": {"finding"},
	"account": {"login"}, "account_": {"login"}, "session": {"login"}, "login_": {"login"},
	"mail_": {"mail"}, "job_": {"job"}, "control_": {"control"},
	"audit_": {"audit", "store"}, // store appends the events of a transaction to it
}

var (
	sqlComment  = regexp.MustCompile(`--[^\n]*`)
	sqlWrite    = regexp.MustCompile(`(?:(for|do)\s+)?\b(?:insert\s+into|update|delete\s+from|truncate|merge\s+into|copy)\s+(?:only\s+)?([a-z_{][a-z_{}]*)`)
	createTable = regexp.MustCompile(`(?m)^create table (\w+)`)
)

func tables(t *testing.T) []string {
	t.Helper()
	var list []string
	names, _ := fs.Glob(root, "db/migrations/*.sql")
	for _, name := range names {
		text, err := fs.ReadFile(root, name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range createTable.FindAllStringSubmatch(string(text), -1) {
			list = append(list, m[1])
		}
	}
	if len(list) < 25 {
		t.Fatalf("only %d tables found", len(list))
	}
	return list
}

func writersOf(table string) []string {
	if w, ok := writers[table]; ok {
		return w
	}
	for prefix, w := range writers {
		if strings.HasSuffix(prefix, "_") && strings.HasPrefix(table, prefix) {
			return w
		}
	}
	return nil
}

func TestTablesHaveOneWriter(t *testing.T) {
	t.Parallel()
	known := tables(t)
	for _, table := range known {
		if writersOf(table) == nil {
			t.Errorf("nobody is said to write %s", table)
		}
	}
	checked := 0
	check := func(at, pkg, sql string) {
		for _, m := range sqlWrite.FindAllStringSubmatch(sqlComment.ReplaceAllString(sql, ""), -1) {
			table := m[2]
			composed := strings.Contains(table, "{")
			if m[1] != "" || (!composed && !slices.Contains(known, table)) {
				continue // for update, do update, a temporary table or a word
			}
			if checked++; composed && pkg != "intake" || !composed && !slices.Contains(writersOf(table), pkg) {
				t.Errorf("%s: %s writes %s", at, pkg, table)
			}
		}
	}
	for _, glob := range []string{"queries/*.sql", "internal/*/*.sql"} {
		names, _ := fs.Glob(root, glob)
		for _, name := range names {
			text, err := fs.ReadFile(root, name)
			if err != nil {
				t.Fatal(err)
			}
			pkg := strings.TrimSuffix(path.Base(name), ".sql")
			if !strings.HasPrefix(name, "queries/") {
				pkg = path.Base(path.Dir(name))
			}
			check(name, pkg, string(text))
		}
	}
	for _, s := range sources(t) {
		if s.pkg == "internal/store/sqlc" || s.pkg == "cmd/bench" { // the bench compares with bare SQL in a database of its own
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BasicLit:
				if text, err := strconv.Unquote(n.Value); err == nil && n.Kind == token.STRING {
					check(where(n), path.Base(s.pkg), text)
				}
			case *ast.CompositeLit: // COPY
				if sel, ok := n.Type.(*ast.SelectorExpr); ok && sel.Sel.Name == "Identifier" && len(n.Elts) == 1 {
					if lit, ok := n.Elts[0].(*ast.BasicLit); ok {
						table, _ := strconv.Unquote(lit.Value)
						check(where(n), path.Base(s.pkg), "copy "+table)
					}
				}
			}
			return true
		})
	}
	if checked < 50 {
		t.Errorf("only %d writes found", checked)
	}
}

const bench = "measures the program against bare SQL"

// beside lists who may go round the use cases, and why.
var beside = map[string]map[string]string{
	"Pool": {"internal/wire": "River's client", "cmd/interlock": "asks whether the database answers", "cmd/bench": bench},
	"Raw": {
		"internal/access/reach": "streams millions of rows", "internal/audit": "the log is composed at run time and copied", "internal/control": "exports by COPY", "internal/finding": "each rule is composed into one statement, and so is the filter of the list", "internal/intake": "COPY and composed merges",
		"internal/identity": "lists are filtered by what is asked at run time", "internal/asset": "lists are filtered by what is asked at run time",
		"internal/exception": "the register is filtered by what is asked at run time", "internal/job": "River inserts its jobs", "internal/review": "the scope is composed at run time",
	},
	"Inventory": {"internal/identity": "shows what is at the actor's sites", "internal/asset": "shows what is at the actor's sites"},
	"Upkeep": {
		"internal/access/reach": "what is computed from the inventory", "internal/asset": "counts of who crosses", "internal/audit": "the sequencer and the checkpoints", "internal/control": "deletes packs that ran out", "internal/job": "progress", "internal/login": "sessions", "internal/mail": "sending",
		"internal/review": "when a reviewer last looked", "cmd/interlock": "ticks of the schedule",
	},
}

// harness are the packages that only tests use.
var harness = map[string]bool{"internal/apptest": true, "internal/sitetest": true}

func TestWhoGoesBesideTheGate(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	for _, s := range sources(t) {
		calls(s.file, func(name string, call *ast.CallExpr) {
			allowed, guarded := beside[name]
			if !guarded || ((name == "Pool" || name == "Raw") && len(call.Args) > 0) {
				return
			}
			if used[name+" "+s.pkg] = true; allowed[s.pkg] == "" && !harness[s.pkg] {
				t.Errorf("%s calls %s", where(call), name)
			}
		})
	}
	for name, list := range beside {
		for pkg, reason := range list {
			if reason != "" && !used[name+" "+pkg] {
				t.Errorf("%s no longer calls %s: take it off the list", pkg, name)
			}
		}
	}
}
