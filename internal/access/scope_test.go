package access_test

import (
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
