package reach_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"interlock/internal/access/reach"
	"interlock/internal/apptest"
	"interlock/internal/authz"
	"interlock/internal/errs"
)

func TestMain(m *testing.M) { apptest.Main(m) }

// historian is the way that everyone fears: from the office over the jump host to
// the engineering workstation, where the controllers' password lies.
const historian = `
insert into source (name, created_at) values ('plant', now());
insert into zone (source_id, external_id, name, level, domain, seen_from) values
  (1, 'office', 'Office', 4, 'it', '2026-01-01'), (1, 'dmz', 'DMZ', 3.5, 'dmz', '2026-01-01'), (1, 'ops', 'Operations', 3, 'ot', '2026-01-01'), (1, 'cell', 'Cell', 1, 'ot', '2026-01-01');
insert into conduit (source_id, external_id, from_zone_id, to_zone_id, kind, mfa, seen_from) values
  (1, 'in', 1, 2, 'vpn', false, '2026-01-01'), (1, 'down', 2, 3, 'jump_host', true, '2026-01-01'), (1, 'line', 3, 4, 'direct', null, '2026-01-01'), (1, 'out', 3, 1, 'data_diode', null, '2026-01-01');
insert into identity (source_id, external_id, name, kind, domain, status, seen_from) values
  (1, 'svc-historian', 'svc-historian', 'service', 'it', 'active', '2026-01-01'), (1, 'plc-maint', 'plc-maint', 'shared', 'ot', 'active', '2026-01-01'), (1, 'bob', 'Bob', 'person', 'it', 'active', '2026-01-01');
insert into asset (source_id, external_id, name, zone_id, safety_related, seen_from) values
  (1, 'jh', 'JH-2', 2, false, '2026-01-01'), (1, 'ews', 'EWS-4', 3, false, '2026-01-01'), (1, 'plc', 'PLC-1', 4, true, '2026-01-01');
insert into entitlement (source_id, external_id, name, asset_id, privilege, seen_from) values
  (1, 'jh', 'Jump', 1, 'admin', '2026-01-01'), (1, 'ews', 'Engineer', 2, 'engineer', '2026-01-01'), (1, 'plc', 'Program', 3, 'engineer', '2026-01-01'), (1, 'group', 'All of it', 1, null, '2026-01-01');
insert into implication (source_id, entitlement_id, implied_id, seen_from) values (1, 4, 1, '2026-01-01'), (1, 1, 4, '2026-01-01');
insert into access_grant (source_id, identity_id, entitlement_id, conduit_id, seen_from) values (1, 1, 4, 1, '2026-01-01'), (1, 1, 2, null, '2026-01-01'), (1, 2, 3, null, '2026-01-01');
insert into credential (source_id, external_id, identity_id, kind, stored_on_id, seen_from) values (1, 'key', 2, 'password', 2, '2026-01-01');
insert into holder (source_id, identity_id, person_id, seen_from) values (1, 2, 3, '2026-01-01');
`

func TestLoadedReach(t *testing.T) {
	t.Parallel()
	db, _ := apptest.DB(t)
	s, ctx := reach.New(db), authz.CommandLine(t.Context(), "tester")
	may := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	if _, err := db.Pool().Exec(ctx, historian); err != nil {
		t.Fatal(err)
	}
	answer, err := s.WhatIf(ctx, "svc-historian", "", may, nil)
	r := answer.Result
	if err != nil || len(r.Reached) != 3 {
		t.Fatalf("%+v %v", r, err)
	}
	plc := r.Reached[2]
	if want := "svc-historian -> JH-2 (vpn in, no MFA) -> EWS-4 (jump host down) -> stored credential of plc-maint -> PLC-1 (direct line)"; plc.Path != want || plc.Steps != 3 || !plc.Crossing || !plc.Safety || plc.Level != "1" || plc.Privilege != "engineer" {
		t.Errorf("%+v", plc)
	}
	if r.Assets != 3 || r.Safety != 1 || r.Crossing != 3 || r.Highest != "admin" {
		t.Errorf("%+v", r)
	}
	const all = "jh ews plc"
	for _, c := range []struct{ name, sql, want string }{
		{"as it is", ``, all},
		{"long ago", `update access_grant set seen_from = '2026-05-02'`, all}, // its history has it
		{"diode", `update conduit set kind = 'data_diode', seen_from = '2026-04-01' where external_id = 'line'`, "jh ews"},
		{"diode later", `update conduit set kind = 'data_diode', seen_from = '2026-05-02' where external_id = 'line'`, all},
		{"conduit ended", `update conduit set ended_at = '2026-04-01' where external_id = 'in'`, ""},
		{"conduit named, not leading there", `update conduit set to_zone_id = 3, seen_from = '2026-04-01' where external_id = 'in'`, "ews plc"},
		{"grant expired", `update access_grant set expires_at = '2026-05-01', seen_from = '2026-04-01' where entitlement_id = 2`, "jh"},
		{"grant not begun", `update access_grant set granted_at = '2026-05-02', seen_from = '2026-04-01' where entitlement_id = 2`, "jh"},
		{"grant ended", `update access_grant set ended_at = '2026-04-30' where entitlement_id = 2`, "jh"},
		{"grant ends later", `update access_grant set ended_at = '2026-05-02' where entitlement_id = 2`, all},
		{"not implied", `update implication set ended_at = '2026-04-01' where entitlement_id = 4`, "jh"},
		{"credential expired", `update credential set expires_at = '2026-04-01', seen_from = '2026-04-01'`, "jh ews"},
		{"credential not issued", `update credential set issued_at = '2026-06-01', seen_from = '2026-04-01'`, "jh ews"},
		{"credential in a vault", `update credential set stored_on_id = null, seen_from = '2026-04-01'`, "jh ews"},
		{"its identity disabled", `update identity set status = 'disabled', seen_from = '2026-04-01' where id = 2`, "jh ews"},
		{"its identity gone", `update identity set ended_at = '2026-04-01' where id = 2`, "jh ews"},
		{"itself on leave", `update identity set status = 'leave', seen_from = '2026-04-01' where id = 1`, ""},
		{"itself gone", `update identity set ended_at = '2026-06-01' where id = 1`, all},
		{"at home anywhere", `update identity set domain = null, seen_from = '2026-04-01' where id = 1`, "ews jh plc"}, // all in one step
		{"zone unknown", `update asset set zone_id = null, seen_from = '2026-04-01' where id = 3; update credential set stored_on_id = 1, seen_from = '2026-04-01'; update access_grant set ended_at = '2026-04-01' where id = 2`, "jh plc"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			db, _ := apptest.DB(t)
			if _, err := db.Pool().Exec(ctx, historian+c.sql); err != nil {
				t.Fatal(err)
			}
			answer, err := reach.New(db).WhatIf(ctx, "svc-historian", "plant", may, nil)
			var got []string
			for _, x := range answer.Result.Reached {
				got = append(got, x.Asset)
			}
			if err != nil && c.name != "itself gone" || strings.Join(got, " ") != c.want {
				t.Errorf("reaches %v, want %s (%v)", got, c.want, err)
			}
		})
	}
}

func TestEveryone(t *testing.T) {
	t.Parallel()
	db, _ := apptest.DB(t)
	s, ctx := reach.New(db), authz.CommandLine(t.Context(), "tester")
	if _, err := db.Pool().Exec(ctx, historian); err != nil {
		t.Fatal(err)
	}
	var got []string
	err := s.Everyone(ctx, time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC), func(r reach.Row) error {
		got = append(got, fmt.Sprintf("%s %d %d %d %s", r.Identity, r.Assets, r.Safety, r.Crossing, r.Highest))
		return nil
	})
	if want := "bob 0 0 0 , plc-maint 1 1 0 engineer, svc-historian 3 1 3 admin"; err != nil || strings.Join(got, ", ") != want {
		t.Errorf("%v, want %s (%v)", got, want, err)
	}
	if err := s.Everyone(t.Context(), time.Time{}, nil); !errs.Is(err, errs.Unauthenticated) {
		t.Error(err)
	}
	if _, err := s.WhatIf(ctx, "nobody", "", time.Time{}, nil); !errs.Is(err, errs.NotFound) {
		t.Error(err)
	}
	if r, err := s.WhatIf(ctx, "bob", "", time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC), nil); !errs.Is(err, errs.NotFound) {
		t.Errorf("%+v %v", r, err)
	}
}
