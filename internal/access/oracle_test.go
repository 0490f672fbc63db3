package access_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"cel.dev/cel-go/cel"
	"github.com/jackc/pgx/v5"

	"interlock/internal/access"
	"interlock/internal/apptest"
)

// A pair is one expression twice: as people write it, and as CEL's evaluator is
// asked, with the rules for what is not known spelled out.
type pair struct{ scope, oracle string }

func same(format string, args ...any) pair {
	s := fmt.Sprintf(format, args...)
	return pair{s, s}
}

// over combines pairs.
func over(format string, parts ...pair) pair {
	var scope, oracle []any
	for _, p := range parts {
		scope, oracle = append(scope, p.scope), append(oracle, p.oracle)
	}
	return pair{fmt.Sprintf(format, scope...), fmt.Sprintf(format, oracle...)}
}

// A number carries which of its names may be unknown and which must not be zero.
type number struct {
	pair
	guards []string
}

func (n number) guarded(with number, cmp pair) pair {
	guards := append(append([]string{}, n.guards...), with.guards...)
	return pair{cmp.scope, "(" + strings.Join(append(guards, cmp.oracle), " && ") + ")"}
}

func pick[T any](r *rand.Rand, of ...T) T { return of[r.IntN(len(of))] }

var (
	texts    = []string{"identity.id", "identity.name", "identity.email", "identity.department", "identity.organisation", "identity.source", "identity.owner", "identity.manager", "asset.id", "asset.class", "asset.vendor", "asset.site", "asset.zone", "entitlement.name", "grant.project", "grant.conduit", "grant.source"}
	literals = []string{"", "Ann", "b%", "_", "%", "c_d", "O'Hara", `x\y`, "Zoë", "$1", "IT", "Siemens", "id-1", "id-3", "PLC", "site-1", "日", "project 3", "plant-a", "@example.com", "'; --", "\n", "1"}
	patterns = []string{"^id-[0-9]$", "A.n", "(?i)ann", `\d+`, `\D`, `^.*o.*$`, "a|b|^$", "[^a-z]", `\w\s\w`, "x{2,3}?", ".", "(?i)ë", "(?s)o.l", `\$1`, "(a|b)*c?", "[%_\\\\]", "^[\\x{65e5}]", "()", "e$"}
	enums    = map[string][]string{"identity.kind": {"person", "vendor", "agent"}, "identity.domain": {"it", "ot", ""}, "identity.status": {"active", "left"}, "asset.domain": {"ot", "dmz", ""}, "entitlement.privilege": {"view", "admin", ""}, `asset.capability["mfa"]`: {"no", "unknown"}, "asset.capability.rbac": {"native", "unknown"}}
	ranks    = `{"view": 1, "operate": 2, "engineer": 3, "admin": 4}`
)

func condition(r *rand.Rand, depth int) pair {
	if depth > 0 {
		switch r.IntN(5) {
		case 0:
			return over("(%s && %s)", condition(r, depth-1), condition(r, depth-1))
		case 1:
			return over("(%s || %s)", condition(r, depth-1), condition(r, depth-1))
		case 2:
			return over("!%s", condition(r, depth-1))
		case 3:
			return over("(%s ? %s : %s)", condition(r, depth-1), condition(r, depth-1), condition(r, depth-1))
		case 4:
			return over(pick(r, "(%s == %s)", "(%s != %s)"), condition(r, depth-1), condition(r, depth-1))
		}
	}
	return pick(r, textual, textual, enumerated, ordered, numeric, numeric, temporal, plain, presence)(r)
}

func plain(r *rand.Rand) pair {
	return same("%s", pick(r, "grant.crosses_boundary", "asset.safety_related", "true", "false"))
}

func presence(r *rand.Rand) pair {
	if r.IntN(3) > 0 {
		return same("has(%s)", pick(r, "asset.level", "asset.criticality", "grant.expires", "grant.last_decision_days", "grant.age_days", "asset.safety_related"))
	}
	if r.IntN(2) > 0 {
		return pair{"has(asset.capability.mfa)", `(asset.capability.mfa != "unknown")`}
	}
	name := pick(r, texts...)
	return pair{"has(" + name + ")", "(" + name + ` != "")`}
}

func word(r *rand.Rand) pair {
	switch r.IntN(4) {
	case 0:
		return same("%q", pick(r, literals...))
	case 1:
		return over(`(%s ? %s : %s)`, plain(r), same("%s", pick(r, texts...)), same("%q", pick(r, literals...)))
	}
	return same("%s", pick(r, texts...))
}

func textual(r *rand.Rand) pair {
	switch r.IntN(6) {
	case 0:
		return over("(%s in %s)", word(r), same("[%q, %q, %q]", pick(r, literals...), pick(r, literals...), pick(r, literals...)))
	case 1:
		return over(pick(r, "%s.startsWith(%s)", "%s.endsWith(%s)", "%s.contains(%s)"), word(r), word(r))
	case 2:
		return over("%s.matches(%s)", word(r), same("%q", pick(r, patterns...)))
	case 3:
		return over("(size(%s) "+pick(r, "<", "==", ">=")+" %s)", word(r), same("%d", r.IntN(6)))
	}
	return over("(%s "+pick(r, "==", "==", "!=", "<", "<=", ">", ">=")+" %s)", word(r), word(r))
}

func enumerated(r *rand.Rand) pair {
	name := pick(r, "identity.kind", "identity.domain", "identity.status", "asset.domain", "entitlement.privilege", `asset.capability["mfa"]`, "asset.capability.rbac")
	value := pick(r, enums[name]...)
	switch r.IntN(4) {
	case 0:
		return same("(%s in [%q, %q])", name, value, pick(r, enums[name]...))
	case 1:
		return same("(%q %s %s)", value, pick(r, "==", "!="), name)
	}
	return same("(%s %s %q)", name, pick(r, "==", "!="), value)
}

func ordered(r *rand.Rand) pair {
	op, value := pick(r, "<", "<=", ">", ">="), pick(r, "view", "operate", "engineer", "admin")
	const name, has = "entitlement.privilege", `entitlement.privilege != ""`
	if r.IntN(2) > 0 {
		return pair{fmt.Sprintf("(%q %s %s)", value, op, name), fmt.Sprintf("(%s && %s[%q] %s %s[%s])", has, ranks, value, op, ranks, name)}
	}
	return pair{fmt.Sprintf("(%s %s %q)", name, op, value), fmt.Sprintf("(%s && %s[%s] %s %s[%q])", has, ranks, name, op, ranks, value)}
}

func whole(r *rand.Rand, depth int) number {
	if depth > 0 && r.IntN(2) > 0 {
		a, b := whole(r, depth-1), whole(r, depth-1)
		n := number{over("(%s "+pick(r, "+", "-", "*")+" %s)", a.pair, b.pair), append(append([]string{}, a.guards...), b.guards...)}
		if op := pick(r, "/", "%%", ""); op != "" {
			n.pair = over("(%s "+op+" %s)", a.pair, b.pair)
			n.guards = append(n.guards, b.oracle+" != 0")
		}
		return n
	}
	switch r.IntN(4) {
	case 0:
		return number{same("%d", r.IntN(100)-20), nil}
	case 1:
		return number{same("grant.%s", pick(r, "id", "age_days", "unused_days")), nil}
	case 2:
		return number{over("-(%s)", same("grant.age_days")), nil}
	}
	name := pick(r, "asset.criticality", "grant.last_decision_days")
	return number{same("%s", name), []string{"has(" + name + ")"}}
}

func fraction(r *rand.Rand) number {
	switch r.IntN(4) {
	case 0:
		return number{same("%.1f", float64(r.IntN(11))/2), nil}
	case 1:
		a := fraction(r)
		return number{over("(%s "+pick(r, "+", "-", "*")+" %s)", a.pair, pair{"2", "2.0"}), a.guards}
	}
	return number{same("asset.level"), []string{"has(asset.level)"}}
}

func numeric(r *rand.Rand) pair {
	op := pick(r, "==", "!=", "<", "<=", ">", ">=")
	var a, b number
	switch r.IntN(4) {
	case 0:
		return number{same("asset.level"), []string{"has(asset.level)"}}.guarded(number{}, over("(asset.level in %s)", pair{"[1, 2, 3.5]", "[1.0, 2.0, 3.5]"}))
	case 1:
		a, b = fraction(r), fraction(r)
	case 2:
		op, a, b = pick(r, "<", "<=", ">", ">="), fraction(r), whole(r, 1)
	default:
		a, b = whole(r, 2), whole(r, 1)
	}
	return a.guarded(b, over("(%s "+op+" %s)", a.pair, b.pair))
}

func temporal(r *rand.Rand) pair {
	const expires = "grant.expires"
	other := pick(r, "now", `timestamp("2026-12-01T00:00:00Z")`, `timestamp("2026-11-01T02:00:00.5+02:00")`, expires)
	op := pick(r, "==", "!=", "<", "<=", ">", ">=")
	n := number{same(expires), []string{"has(grant.expires)"}}
	if r.IntN(2) > 0 {
		return n.guarded(number{}, same("(%s %s %s)", other, op, expires))
	}
	return n.guarded(number{}, same("(%s %s %s)", expires, op, other))
}

// TestOracle asks PostgreSQL and CEL's own evaluator the same random questions.
func TestOracle(t *testing.T) {
	t.Parallel()
	conn := stock(t)
	facts := rows(t, conn)
	env := oracle(t)
	r := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		var batch []pair
		for range 40 {
			batch = append(batch, condition(r, r.IntN(4)))
		}
		compareBatch(t, conn, env, facts, batch)
	}
}

func oracle(t testing.TB) *cel.Env {
	t.Helper()
	record := cel.MapType(cel.StringType, cel.DynType)
	env, err := cel.NewEnv(cel.CrossTypeNumericComparisons(true), cel.Variable("now", cel.TimestampType),
		cel.Variable("identity", record), cel.Variable("asset", record), cel.Variable("entitlement", record), cel.Variable("grant", record))
	if err != nil {
		t.Fatal(err)
	}
	return env
}

func compareBatch(t *testing.T, conn *pgx.Conn, env *cel.Env, facts []map[string]any, batch []pair) {
	t.Helper()
	answers := ask(t, conn, batch)
	for i, p := range batch {
		program := compiled(t, env, p)
		for n, fact := range facts {
			want, _, err := program.Eval(fact)
			if err != nil {
				t.Fatalf("%s: %v", p.oracle, err)
			}
			if got := answers[n][i]; got != want.Value() {
				t.Fatalf("%s\nrow %v\nPostgreSQL says %v, CEL says %v", p.scope, fact, got, want.Value())
			}
		}
	}
}

func compiled(t *testing.T, env *cel.Env, p pair) cel.Program {
	t.Helper()
	tree, issues := env.Compile(p.oracle)
	if issues.Err() != nil {
		t.Fatalf("%s: %v", p.oracle, issues.Err())
	}
	program, err := env.Program(tree)
	if err != nil {
		t.Fatal(err)
	}
	return program
}

// ask gives a row for each grant and a column for each expression.
func ask(t *testing.T, conn *pgx.Conn, batch []pair) [][]any {
	t.Helper()
	var columns []string
	var args []any
	for _, p := range batch {
		s, err := access.Compile(p.scope, apptest.Start)
		if err != nil {
			t.Fatalf("%s: %v", p.scope, err)
		}
		columns = append(columns, s.Number(len(args)+1))
		args = append(args, s.Args...)
	}
	result, err := conn.Query(t.Context(), "select "+strings.Join(columns, ", ")+" from fact f order by grant_id", args...)
	if err != nil {
		t.Fatal(err)
	}
	all, err := pgx.CollectRows(result, func(row pgx.CollectableRow) ([]any, error) { return row.Values() })
	if err != nil {
		t.Fatal(err)
	}
	return all
}
