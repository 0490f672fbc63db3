package internal_test

import (
	"go/ast"
	"io/fs"
	"regexp"
	"slices"
	"testing"
)

const (
	longestFile     = 400
	longestFunction = 60
)

// long may be longer, for the reason given.
var long = map[string]string{}

// TestLength reads what people write; templ and sqlc may write as long as they like.
func TestLength(t *testing.T) {
	t.Parallel()
	functions := 0
	for _, s := range sources(t) {
		if s.generated {
			continue
		}
		switch over := s.lines > longestFile; {
		case over && long[s.name] == "":
			t.Errorf("%s has %d lines, more than %d", s.name, s.lines, longestFile)
		case !over && long[s.name] != "":
			t.Errorf("%s is short enough: take it off the list", s.name)
		}
		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			functions++
			if n := files.Position(f.End()).Line - files.Position(f.Pos()).Line + 1; n > longestFunction {
				t.Errorf("%s:%d: %s has %d lines, more than %d", s.name, files.Position(f.Pos()).Line, f.Name.Name, n, longestFunction)
			}
		}
	}
	if functions < 500 {
		t.Errorf("only %d functions found", functions)
	}
}

// clocks may ask what time it is; everything else takes the time it is given.
var clocks = map[string]string{
	"internal/sitetest/site.go": "waits for a server to answer",
	"internal/apptest/db.go":    "makes the template before any test has a clock",
	"internal/pg/initdb.go":     "measures how long the server takes to start",
	"internal/review/launch.go": "measures how long a launch takes",
}

func TestNobodyAsksTheTime(t *testing.T) {
	t.Parallel()
	asked := map[string]bool{}
	for _, s := range sources(t) {
		if len(s.name) < 9 || s.name[:9] != "internal/" {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok || !slices.Contains([]string{"Now", "Since", "Until"}, sel.Sel.Name) {
				return true
			}
			if x, ok := sel.X.(*ast.Ident); ok && x.Name == "time" {
				if asked[s.name] = true; clocks[s.name] == "" {
					t.Errorf("%s: time.%s; use the time that the transaction or the store gives", where(sel), sel.Sel.Name)
				}
			}
			return true
		})
	}
	for name := range clocks {
		if !asked[name] {
			t.Errorf("%s no longer asks the time: take it off the list", name)
		}
	}
}

func TestMigrationsAreNumbered(t *testing.T) {
	t.Parallel()
	names, _ := fs.Glob(root, "db/migrations/*")
	last := ""
	for _, name := range names {
		m := regexp.MustCompile(`^db/migrations/(\d{5})_[a-z_]+\.sql$`).FindStringSubmatch(name)
		if m == nil || m[1] == last {
			t.Errorf("%s needs a number of its own and a name", name)
			continue
		}
		last = m[1]
	}
	if len(names) < 6 {
		t.Errorf("only %d migrations", len(names))
	}
}
