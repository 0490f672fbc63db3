package intake

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestAllowRejects(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	report := d.take(files{
		"identities.csv":   "id,name,kind,manager\na,A,robot,\nb,B,,a\nc,C,,b\nd,D,,\nd,Again,,\n,None,,\ntoo,many,,,\n",
		"entitlements.csv": rights + "r3,Right three\n",
		"implies.csv":      "entitlement,implied\nr1,r2\nr1,r9\n",
		"grants.csv":       "identity,entitlement\na,r1\nc,r1\nd,r1\nd,r1\nd,r2\ntoo,r1\n\"d\",\"r9\"\n",
	}, Options{AllowRejects: true})
	if report.Identities.Added != 1 || report.Grants.Added != 2 || report.Implies.Added != 1 || report.Rejected != 12 {
		t.Errorf("%+v", report)
	}
	var got []string
	for _, r := range report.Rejects {
		got = append(got, fmt.Sprintf("%s|%d|%s|%s|%s", r.File, r.Line, r.Column, r.Value, r.Row))
	}
	want := []string{
		"grants.csv|2|identity|a|a,r1", "grants.csv|3|identity|c|c,r1", "grants.csv|5|||d,r1", "grants.csv|7|identity|too|too,r1",
		"grants.csv|8|entitlement|r9|\"d\",\"r9\"", "identities.csv|2|kind|robot|a,A,robot,", "identities.csv|3|manager|a|b,B,,a",
		"identities.csv|4|manager|b|c,C,,b", "identities.csv|6|id|d|d,Again,,", "identities.csv|7|id||,None,,",
		"identities.csv|8|||too,many,,,", "implies.csv|3|implied|r9|r1,r9",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if n := ask[int](d, `select rejected from import`); n != 12 {
		t.Errorf("%d", n)
	}
}

// TestRejectedIsNotGone: a row that cannot be read is still in the source, so
// what an earlier import brought of it stays. Ending it would look like a
// revocation that was carried out.
func TestRejectedIsNotGone(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.take(files{"identities.csv": people, "entitlements.csv": rights, "grants.csv": "identity,entitlement,granted_at\nada,r1,\nbob,r2,\n"}, Options{})
	d.clock.Advance(time.Hour)
	report := d.take(files{
		"identities.csv": "id,name,kind\nada,Ada,robot\nbob,Bob,\n", "entitlements.csv": rights,
		"grants.csv": "identity,entitlement,granted_at\nada,r1,\nbob,r2,03/04/2026\n",
	}, Options{AllowRejects: true})
	if report.Rejected != 3 || report.Identities != (Counts{}) || report.Grants != (Counts{}) {
		t.Errorf("%+v", report)
	}
}

func TestRejectsNeverMendABrokenFile(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	_, err := d.try(files{"identities.csv": people + "\"x,y\n"}, Options{AllowRejects: true})
	if err == nil || !strings.Contains(err.Error(), "never closed") {
		t.Error(err)
	}
}

func TestOtherSources(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.take(files{"identities.csv": "id,name\nada,Ada\nx:y,Colon\n", "zones.csv": "id,name\nz1,Zone\n"}, Options{Source: "corp"})
	report := d.take(files{
		"identities.csv":   "id,name,owner\ncorp:ada,Shadow,corp:ada\nsvc,Service,corp:x:y\n",
		"zones.csv":        "id,name\nz2,Zone\n",
		"conduits.csv":     "id,from_zone,to_zone\nc,corp:z1,plant-a:z2\n",
		"entitlements.csv": rights,
		"grants.csv":       "identity,entitlement,via\nsvc,r1,c\ncorp:x:y,r1,\ncorp:ada,r1,\n",
	}, Options{Source: "plant-a"})
	if report.Grants.Added != 3 || report.Conduits.Added != 1 {
		t.Errorf("%+v", report)
	}
	owner := `select s.name || '/' || o.external_id from identity i join identity o on o.id = i.owner_id join source s on s.id = o.source_id where i.external_id = $1`
	if got := ask[string](d, owner, "corp:ada"); got != "plant-a/corp:ada" {
		t.Errorf("the exact id in the own source wins, got %s", got)
	}
	if got := ask[string](d, owner, "svc"); got != "corp/x:y" {
		t.Error(got)
	}
	d.clock.Advance(time.Hour)
	d.take(files{"identities.csv": "id,name\nada,Ada\n"}, Options{Source: "corp"})
	again := d.take(files{"grants.csv": "identity,entitlement,via\nsvc,r1,c\ncorp:x:y,r1,\ncorp:ada,r1,\n"}, Options{Source: "plant-a"})
	if again.Grants != (Counts{}) {
		t.Errorf("access that outlives its identity elsewhere stays visible: %+v", again.Grants)
	}
}

func TestDefaultsAndValues(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.take(files{
		"sites.csv":        "id,name,timezone,country,,\ns,S,Europe/Berlin,DE,,\n",
		"zones.csv":        "id,name,site,level,domain\nz,Z,s,3.5,dmz\n",
		"conduits.csv":     "id,from_zone,to_zone,kind,mfa,recorded\nc,z,z,vpn,YES,0\n",
		"identities.csv":   "\xef\xbb\xbfid,name,email\r\nada,\"Ada \"\"A\"\"\nLovelace\",ADA@Example.COM\r\n",
		"assets.csv":       "id,name,zone,criticality,safety_related,mfa,rbac\na,A,z,5,true,via_proxy,unknown\nb,B,,,,,\n",
		"entitlements.csv": "id,name,asset\ne,E,a\n",
		"grants.csv":       "identity,entitlement,via,granted_at,granted_by\nada,e,c,2026-01-02,\"Bob, the boss\"\n",
	}, Options{})
	for want, sql := range map[string]string{
		"person active ada@example.com Ada \"A\"\nLovelace": `select concat_ws(' ', kind, status, email, name) from identity`,
		`3.5 dmz S`: `select concat_ws(' ', z.level, z.domain, s.name) from zone z join site s on s.id = z.site_id`,
		`t f -`:     `select concat_ws(' ', mfa, recorded, coalesce(vaulted::text, '-')) from conduit`,
		`5 t {"mfa": "via_proxy", "rbac": "unknown"}`: `select concat_ws(' ', criticality, safety_related, capabilities) from asset where external_id = 'a'`,
		`f {}`:                     `select concat_ws(' ', criticality, safety_related, capabilities) from asset where external_id = 'b'`,
		`Bob, the boss 2026-01-02`: `select concat_ws(' ', granted_by, (granted_at at time zone 'UTC')::date) from access_grant where conduit_id is not null`,
	} {
		if got := ask[string](d, sql); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
