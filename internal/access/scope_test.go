package access_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"

	"interlock/internal/access"
	"interlock/internal/apptest"
)

// found lists the grants that a scope selects.
func found(t testing.TB, conn *pgx.Conn, expr string) []int64 {
	t.Helper()
	s, err := access.Compile(expr, apptest.Start)
	if err != nil {
		t.Fatalf("%s: %v", expr, err)
	}
	args := append([]any{"access"}, s.Args...)
	result, err := conn.Query(t.Context(), `select f.grant_id from access_fact f where $1::text = 'access' and `+s.Number(2)+` order by 1`, args...)
	if err != nil {
		t.Fatalf("%s: %v", expr, err)
	}
	ids, err := pgx.CollectRows(result, pgx.RowTo[int64])
	if err != nil {
		t.Fatalf("%s: %s: %v", expr, s.SQL, err)
	}
	return ids
}

func TestScopes(t *testing.T) {
	t.Parallel()
	conn := stock(t)
	everything := len(found(t, conn, "true"))
	for _, expr := range []string{
		`grant.crosses_boundary && entitlement.privilege in ["engineer", "admin"]`,
		`entitlement.privilege >= "engineer"`,
		`identity.owner == ""`,
		`asset.level <= 2.0`,
		`asset.level <= 2`,
		`asset.level in [1, 2, 3.5]`,
		`asset.capability["mfa"] != "native" && asset.capability.rbac == "native"`,
		`grant.unused_days > 90 || !has(grant.expires)`,
		`grant.expires < now && grant.expires > timestamp("2020-01-01T00:00:00Z")`,
		`identity.email.endsWith("@example.com")`,
		`identity.id.matches("^id-\\d$")`,
		`grant.last_decision_days < 60`,
		`(grant.age_days - grant.unused_days) / 2 > 10`,
		`grant.crosses_boundary ? asset.safety_related : identity.kind == "vendor"`,
		`size(identity.name) > 3 && identity.name < "b"`,
	} {
		if n := len(found(t, conn, expr)); n == 0 || n == everything {
			t.Errorf("%s finds %d of %d", expr, n, everything)
		}
	}
}

// TestUnknown: what is not known matches no comparison of numbers, times or
// orders, so every negation has it.
func TestUnknown(t *testing.T) {
	t.Parallel()
	conn := stock(t)
	for name, values := range map[string][]string{
		"asset.level": {"2.0", "-1"}, "asset.criticality": {"3"}, "grant.expires": {"now"},
		"grant.last_decision_days": {"30", "grant.age_days / 0"}, "entitlement.privilege": {`"engineer"`},
	} {
		for _, value := range values {
			for _, op := range []string{"<", "<=", ">", ">="} {
				unknownNeverMatches(t, conn, name, fmt.Sprintf("%s %s %s", name, op, value))
			}
			if name != "entitlement.privilege" {
				unknownNeverMatches(t, conn, name, fmt.Sprintf("%s == %s", name, value))
				unknownNeverMatches(t, conn, name, fmt.Sprintf("%s != %s", name, value))
			}
		}
	}
}

func unknownNeverMatches(t *testing.T, conn *pgx.Conn, name, cmp string) {
	t.Helper()
	unknown := found(t, conn, "!has("+name+")")
	if len(unknown) == 0 {
		t.Fatalf("%s is always known", name)
	}
	matched, negated := found(t, conn, cmp), found(t, conn, "!("+cmp+")")
	for _, id := range unknown {
		if slices.Contains(matched, id) || !slices.Contains(negated, id) {
			t.Fatalf("%s: unknown in grant %d", cmp, id)
		}
	}
}

func TestUnknownText(t *testing.T) {
	t.Parallel()
	conn := stock(t)
	for _, c := range [][2]string{
		{`identity.owner == ""`, `!has(identity.owner)`},
		{`identity.email != "x"`, `true`},
		{`asset.capability["mfa"] == "unknown"`, `!has(asset.capability.mfa)`},
		{`entitlement.privilege == ""`, `!has(entitlement.privilege)`},
		{`entitlement.privilege < "view"`, `false`},
	} {
		if a, b := found(t, conn, c[0]), found(t, conn, c[1]); !slices.Equal(a, b) {
			t.Errorf("%s finds %v, %s finds %v", c[0], a, c[1], b)
		}
	}
}

// TestFields: every name that the help shows is known to the language.
func TestFields(t *testing.T) {
	t.Parallel()
	for _, f := range access.Fields() {
		if _, err := access.Compile(f.Name+" == "+f.Name, apptest.Start); err != nil {
			t.Errorf("%s: %v", f.Name, err)
		}
	}
}
