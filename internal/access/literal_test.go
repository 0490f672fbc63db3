package access_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
)

// awkward is what text is made of that somebody may take for syntax.
var awkward = []string{"'", `"`, `\`, "%", "_", "$1", "$2", "--", ";", "/*", "*/", "?", ":x", "é", "日", "🔧", "\n", "\t", " ", "a", "A", "0", "''", "E'", "{now}", "f.", "|", "(", "]"}

// TestLiterals looks for random text among random names, as SQL and as Go.
func TestLiterals(t *testing.T) {
	t.Parallel()
	conn := stock(t)
	r := rand.New(rand.NewPCG(3, 4))
	names := rename(t, conn, r)
	for range 100 {
		word := scramble(r)
		for form, holds := range forms {
			want := []int64{}
			for id, name := range names {
				if holds(name, word) {
					want = append(want, id)
				}
			}
			slices.Sort(want)
			expr := fmt.Sprintf(form, strconv.Quote(word))
			if diff := cmp.Diff(want, found(t, conn, expr)); diff != "" {
				t.Fatalf("%s: %s", expr, diff)
			}
		}
	}
}

var forms = map[string]func(name, word string) bool{
	"identity.name == %s":           func(name, word string) bool { return name == word },
	"identity.name in ['x', %s]":    func(name, word string) bool { return name == word },
	"identity.name.startsWith(%s)":  strings.HasPrefix,
	"identity.name.endsWith(%s)":    strings.HasSuffix,
	"identity.name.contains(%s)":    strings.Contains,
	"identity.name < %s":            func(name, word string) bool { return name < word },
	"%s.contains(identity.name)":    func(name, word string) bool { return strings.Contains(word, name) },
	"!(identity.name.contains(%s))": func(name, word string) bool { return !strings.Contains(name, word) },
}

func scramble(r *rand.Rand) string {
	var b strings.Builder
	for range r.IntN(4) {
		b.WriteString(pick(r, awkward...))
	}
	return b.String()
}

// rename gives every identity an awkward name and tells each grant's.
func rename(t *testing.T, conn *pgx.Conn, r *rand.Rand) map[int64]string {
	t.Helper()
	for id := range 24 {
		if _, err := conn.Exec(t.Context(), "update identity set name = $1 where id = $2", scramble(r), id+1); err != nil {
			t.Fatal(err)
		}
	}
	names := map[int64]string{}
	result, err := conn.Query(t.Context(), "select grant_id, identity_name from access_fact")
	if err != nil {
		t.Fatal(err)
	}
	var id int64
	var name string
	_, err = pgx.ForEachRow(result, []any{&id, &name}, func() error { names[id] = name; return nil })
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func pattern(r *rand.Rand, depth int) string {
	if depth == 0 {
		return pick(r, "a", "b", "é", `\d`, `\W`, `\s`, ".", "[a-c%]", "[^a]", "^", "$", "(?i:AÉ)", `\.`, `\$`, "_", "日", "(?s:.)", "[[:alpha:]]")
	}
	switch a := pattern(r, depth-1); r.IntN(6) {
	case 0:
		return "(" + a + "|" + pattern(r, depth-1) + ")"
	case 1:
		return "(" + a + ")" + pick(r, "*", "+", "?", "*?", "{2}", "{1,}", "{0,2}", "{0}")
	default:
		return a + pattern(r, depth-1)
	}
}

// TestPatterns matches random text with random patterns, here and there.
func TestPatterns(t *testing.T) {
	t.Parallel()
	conn := stock(t)
	r := rand.New(rand.NewPCG(7, 8))
	names := rename(t, conn, r)
	for range 300 {
		re := pattern(r, 1+r.IntN(3))
		want := []int64{}
		for id, name := range names {
			if regexp.MustCompile(re).MatchString(name) {
				want = append(want, id)
			}
		}
		slices.Sort(want)
		if diff := cmp.Diff(want, found(t, conn, fmt.Sprintf("identity.name.matches(%q)", re))); diff != "" {
			t.Fatalf("%s: %s", re, diff)
		}
	}
}
