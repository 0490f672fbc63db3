package access_test

import (
	"fmt"
	"testing"

	"interlock/internal/finding"
)

// A finding is found on the grants of its identity, to its asset, of its right,
// or on the grant itself, as long as it is open.
func TestFindingIsFoundOnWhatItIsAbout(t *testing.T) {
	t.Parallel()
	conn := stock(t)
	touches := map[string]string{
		"identity": "f.identity_id = 3", "credential": "f.identity_id = 3", "asset": "f.asset_id = 3", "entitlement": "f.entitlement_id = 3", "grant": "f.grant_id = 3",
	}
	tried := map[string]bool{}
	for _, r := range finding.Rules() {
		subject, scope := 3, fmt.Sprintf("finding(%q)", r.ID)
		if r.About == "credential" {
			subject = 1000 // its own id; the identity is beside it
		}
		insert := func(closed string) {
			_, err := conn.Exec(t.Context(), fmt.Sprintf(`insert into finding (rule, severity, about, subject_id, identity_id, asset_id, note, opened_at, closed_at) values ('%s', 1, '%s', %d, 3, 3, '', '2026-01-01', %s)`, r.ID, r.About, subject, closed))
			if err != nil {
				t.Fatal(err)
			}
		}
		insert(`'2026-02-01'`)
		if got := found(t, conn, scope); len(got) > 0 {
			t.Errorf("%s finds %v, and nothing is open", scope, got)
		}
		insert(`null`)
		var want []int64
		if err := conn.QueryRow(t.Context(), `select coalesce(array_agg(grant_id order by grant_id), '{}') from access_fact f where `+touches[r.About]).Scan(&want); err != nil {
			t.Fatal(err)
		}
		tried[r.About] = tried[r.About] || len(want) > 0
		if got := found(t, conn, scope); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s finds %v, want %v", scope, got, want)
		}
		if got, all := found(t, conn, "!"+scope), found(t, conn, "true"); len(got) != len(all)-len(want) {
			t.Errorf("not %s finds %d of %d, want all but %d", scope, len(got), len(all), len(want))
		}
	}
	if len(tried) != len(touches) || !tried["grant"] || !tried["asset"] || !tried["identity"] {
		t.Errorf("tried only %v", tried)
	}
}

func TestAgeOfTheOldestSecret(t *testing.T) {
	t.Parallel()
	conn := stock(t)
	_, err := conn.Exec(t.Context(), `insert into credential (source_id, external_id, identity_id, kind, issued_at, rotated_at, ended_at, seen_from) values
		(1, 'a', 3, 'password', '2025-01-01', '2026-11-01', null, now()), (1, 'b', 3, 'password', '2026-08-04 09:00Z', null, null, now()), (1, 'c', 3, 'password', '2020-01-01', null, now(), now())`)
	if err != nil {
		t.Fatal(err)
	}
	theirs := len(found(t, conn, `identity.id == "id-3"`))
	for scope, want := range map[string]int{`credential.age_days == 100`: theirs, `credential.age_days > 100`: 0, `has(credential.age_days)`: theirs} {
		if got := found(t, conn, scope); len(got) != want || theirs == 0 {
			t.Errorf("%s finds %v, want %d", scope, got, want)
		}
	}
}
