package internal_test

import (
	"encoding/csv"
	"go/ast"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// unasked writes without a permission: it puts a refusal on record.
var unasked = []string{"internal/review/export.go", "internal/exception/export.go", "internal/finding/export.go", "internal/audit/csv.go", "internal/control/export.go", "internal/review/record.go"}

// systemOnly are permissions that no role has: only the program itself does this.
var systemOnly = []string{"exception:note", "finding:evaluate", "ownership:expire", "review:remind"}

var permissionForm = regexp.MustCompile(`^[a-z]+:[a-z_]+$`)

func TestPermissionsHaveRoles(t *testing.T) {
	t.Parallel()
	f, err := root.Open("internal/authz/policy.csv")
	if err != nil {
		t.Fatal(err)
	}
	rows := csv.NewReader(f)
	rows.TrimLeadingSpace = true
	policy, err := rows.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	granted, asked := map[string]bool{}, map[string]bool{}
	for _, p := range policy {
		granted[p[2]] = true
	}
	for _, s := range sources(t) {
		calls(s.file, func(name string, call *ast.CallExpr) {
			if len(call.Args) < 2 || (len(call.Args) != 3 && !slices.Contains([]string{"Inventory", "Check", "CheckAtSites", "Can"}, name)) {
				return
			}
			lit, ok := call.Args[1].(*ast.BasicLit)
			gate := slices.Contains([]string{"Write", "Read", "Rehearse"}, name) && len(call.Args) == 3 || name == "Inventory" && len(call.Args) == 4
			if !ok {
				if gate && s.pkg != "internal/store" && !slices.Contains(unasked, s.name) {
					t.Errorf("%s: the permission of %s is not written there", where(call), name)
				}
				return
			}
			text, _ := strconv.Unquote(lit.Value)
			if gate && text == "" && slices.Contains(unasked, s.name) {
				return
			}
			if gate || permissionForm.MatchString(text) {
				asked[text] = true
			}
		})
		ast.Inspect(s.file, func(n ast.Node) bool { // also where Write is called by another name
			if lit, ok := n.(*ast.BasicLit); ok && strings.HasPrefix(s.pkg, "internal/") {
				if text, _ := strconv.Unquote(lit.Value); granted[text] {
					asked[text] = true
				}
			}
			return true
		})
	}
	for p := range asked {
		if !granted[p] && !slices.Contains(systemOnly, p) {
			t.Errorf("no role has %s", p)
		}
		if granted[p] && slices.Contains(systemOnly, p) {
			t.Errorf("%s is the program's alone, yet a role has it", p)
		}
	}
	for _, p := range slices.Concat(slices.Sorted(maps.Keys(granted)), systemOnly) {
		if !asked[p] {
			t.Errorf("nothing asks for %s", p)
		}
	}
	if len(asked) < 10 {
		t.Errorf("only %d permissions found", len(asked))
	}
}
