package intake

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// asOf lists the rows of a source that counted at a moment, as the comment at
// the top of the schema says, by what they mean and not by their ids.
func (d *desk) asOf(source string, at time.Time) []string {
	d.t.Helper()
	var all []string
	for table, columns := range map[string]string{
		"identity":     `external_id, name, kind, email, status, (select external_id from identity where id = v.manager_id), contract_end`,
		"asset":        `external_id, name, criticality, capabilities`,
		"entitlement":  `external_id, name, privilege, (select external_id from asset where id = v.asset_id)`,
		"implication":  `(select external_id from entitlement where id = entitlement_id), (select external_id from entitlement where id = implied_id)`,
		"access_grant": `(select external_id from identity where id = identity_id), (select external_id from entitlement where id = entitlement_id), ticket, last_used_at`,
	} {
		all = append(all, ask[[]string](d, fmt.Sprintf(`
select coalesce(array_agg(line order by line), '{}') from (
  select '%[1]s' || row(%[2]s)::text as line from %[1]s v
   where source_id = (select id from source where name = $1) and seen_from <= $2 and (ended_at is null or ended_at > $2)
   union all
  select '%[1]s' || row(%[2]s)::text from %[1]s_history v
   where source_id = (select id from source where name = $1) and seen_from <= $2 and $2 < seen_until) x`, table, columns), source, at)...)
	}
	slices.Sort(all)
	return all
}

func TestEndedAndReturned(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	grants := func(rows ...string) files {
		return files{"identities.csv": people, "entitlements.csv": rights, "grants.csv": "identity,entitlement,ticket\n" + strings.Join(rows, "\n") + "\n"}
	}
	at := map[string]time.Time{}
	for _, step := range []struct {
		name   string
		bundle files
		want   Counts
	}{
		{"both", grants("ada,r1,T1", "bob,r2,T2"), Counts{Added: 2}},
		{"same", grants("ada,r1,T1", "bob,r2,T2"), Counts{}},
		{"gone", grants("ada,r1,T1"), Counts{Ended: 1}},
		{"back", grants("ada,r1,T1", "bob,r2,T2"), Counts{Added: 1}},
		{"changed", grants("ada,r1,T9", "bob,r2,T2"), Counts{Changed: 1}},
	} {
		d.clock.Advance(time.Hour)
		at[step.name] = d.clock.Now()
		if report := d.take(step.bundle, Options{AcceptDrop: true}); report.Grants != step.want {
			t.Errorf("%s: %+v", step.name, report.Grants)
		}
	}
	for name, want := range map[string]string{"both": "T1 T2", "same": "T1 T2", "gone": "T1", "back": "T1 T2", "changed": "T2 T9"} {
		var got []string
		for _, line := range d.asOf("corp", at[name].Add(time.Minute)) {
			if strings.HasPrefix(line, "access_grant") {
				got = append(got, strings.Split(line, ",")[2])
			}
		}
		slices.Sort(got)
		if strings.Join(got, " ") != want {
			t.Errorf("as of %s: %v", name, got)
		}
	}
	if n := ask[int](d, `select count(*) from access_grant`); n != 2 {
		t.Errorf("%d rows; a returned grant keeps its id", n)
	}
}

func TestDryRunChangesNothing(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	f := files{"identities.csv": people, "entitlements.csv": rights, "grants.csv": "identity,entitlement\nada,r1\n"}
	report := d.take(f, Options{DryRun: true})
	if report.Identities.Added != 2 || report.Grants.Added != 1 || report.Assets.Added != 1 || report.Import != 0 {
		t.Errorf("%+v", report)
	}
	if n := ask[int](d, `select (select count(*) from identity) + (select count(*) from source) + (select count(*) from import) + (select count(*) from audit_event)`); n != 0 {
		t.Errorf("%d rows", n)
	}
}

func TestDropIsRefused(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	grants := func(n int) files {
		var ids, list strings.Builder
		for i := range 100 {
			fmt.Fprintf(&ids, "u%d,U\n", i)
			if i < n {
				fmt.Fprintf(&list, "u%d,r1\n", i)
			}
		}
		return files{"identities.csv": "id,name\n" + ids.String(), "entitlements.csv": rights, "grants.csv": "identity,entitlement\n" + list.String()}
	}
	d.take(grants(100), Options{})
	d.clock.Advance(time.Hour)
	_, err := d.try(grants(70), Options{})
	if want := "would end 30 of the 100 grants that corp has (30 %)"; err == nil || !strings.Contains(err.Error(), want) {
		t.Fatal(err)
	}
	if report := d.take(grants(80), Options{}); report.Grants.Ended != 20 {
		t.Errorf("%+v", report.Grants)
	}
	if report := d.take(grants(10), Options{AcceptDrop: true}); report.Grants.Ended != 70 {
		t.Errorf("%+v", report.Grants)
	}
	_, err = d.try(files{"identities.csv": "id,name\nu99,U\n"}, Options{})
	if want := "would end 10 of the 10 grants"; err == nil || !strings.Contains(err.Error(), want) {
		t.Fatal(err)
	}
}

func TestAbsentFilesStayUntouched(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.take(files{
		"identities.csv": people, "entitlements.csv": rights, "implies.csv": "entitlement,implied\nr1,r2\nr2,r1\n",
		"grants.csv": "identity,entitlement\nada,r1\nbob,r2\n", "notes.md": "x", "holders.csv": "identity,person\n",
	}, Options{})
	d.clock.Advance(time.Hour)
	report := d.take(files{"grants.csv": "identity,entitlement,colour\nada,r1,red\nbob,r2,\nbob,r1,\n"}, Options{})
	if report.Grants != (Counts{Added: 1}) || report.Identities != (Counts{}) || report.Entitlements != (Counts{}) || report.Assets != (Counts{}) {
		t.Errorf("%+v", report)
	}
	if fmt.Sprint(report.IgnoredColumns) != "[grants.csv: colour]" {
		t.Error(report.IgnoredColumns)
	}
	d.clock.Advance(time.Hour)
	report = d.take(files{"identities.csv": "id,name\nada,Ada\n"}, Options{AcceptDrop: true})
	if report.Identities != (Counts{Ended: 1}) || report.Grants != (Counts{Ended: 2}) {
		t.Errorf("%+v", report)
	}
	report = d.take(files{"entitlements.csv": "id,name\nr1,Right one\n"}, Options{AcceptDrop: true})
	if report.Entitlements != (Counts{Ended: 1}) || report.Implies != (Counts{Ended: 2}) || report.Assets != (Counts{}) {
		t.Errorf("%+v", report)
	}
}

func TestOwnAsset(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	if report := d.take(files{"entitlements.csv": rights}, Options{}); report.Assets.Added != 1 {
		t.Errorf("%+v", report.Assets)
	}
	two := files{"assets.csv": "id,name\na,A\n", "entitlements.csv": "id,name,asset\nr1,Right one,\nr2,Right two,a\n"}
	d.clock.Advance(time.Hour)
	if report := d.take(two, Options{}); report.Assets != (Counts{Added: 1}) || report.Entitlements != (Counts{Changed: 1}) {
		t.Errorf("%+v", report)
	}
	d.clock.Advance(time.Hour)
	if report := d.take(files{"assets.csv": "id,name\na,A\n", "entitlements.csv": "id,name,asset\nr1,Right one,a\nr2,Right two,a\n"}, Options{}); report.Assets != (Counts{Ended: 1}) {
		t.Errorf("%+v", report)
	}
	d.clock.Advance(time.Hour)
	if report := d.take(two, Options{}); report.Assets != (Counts{Added: 1}) {
		t.Errorf("%+v", report)
	}
}

func TestClockRanBackwards(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.clock.Advance(time.Hour)
	d.take(files{"identities.csv": people}, Options{})
	d.clock.Advance(-time.Minute)
	if _, err := d.try(files{"identities.csv": people}, Options{}); err == nil || !strings.Contains(err.Error(), "began later") {
		t.Error(err)
	}
}

// TestThereAndBack imports random bundles A, B and A again: each time the live
// state must be that of the bundle alone, and the older states must stay readable.
func TestThereAndBack(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for seed := range uint64(12) {
		r := rand.New(rand.NewPCG(seed, 7))
		a, b := randomBundle(r), randomBundle(r)
		source, alone := fmt.Sprintf("s%d", seed), map[int][]string{}
		for i, f := range []files{a, b} {
			only := fmt.Sprintf("only%d-%d", seed, i)
			d.take(f, Options{Source: only, AcceptDrop: true})
			alone[i] = d.asOf(only, d.clock.Now())
		}
		var times []time.Time
		for i, f := range []files{a, b, a, a} {
			d.clock.Advance(time.Hour)
			d.take(f, Options{Source: source, AcceptDrop: true})
			times = append(times, d.clock.Now())
			for back := range times {
				if diff := cmp.Diff(alone[[]int{0, 1, 0, 0}[back]], d.asOf(source, times[back])); diff != "" {
					t.Fatalf("seed %d, after import %d as of import %d: %s", seed, i, back, diff)
				}
			}
		}
	}
}

func randomBundle(r *rand.Rand) files {
	var ids, assets, rights, implies, grants strings.Builder
	people, things := r.Perm(12)[:1+r.IntN(11)], r.Perm(8)[:1+r.IntN(7)]
	for _, p := range people {
		fmt.Fprintf(&ids, "p%d,\"Name, %d\",%s,P%d@Example.com,p%d,2026-0%d-01\n", p, r.IntN(3), kinds[r.IntN(3)], p, people[r.IntN(len(people))], 1+r.IntN(3))
	}
	fmt.Fprintf(&assets, "a,A,%d,native\n", 1+r.IntN(2))
	for _, e := range things {
		fmt.Fprintf(&rights, "e:%d,\"Right\n%d\",%s,a\n", e, r.IntN(2), privileges[r.IntN(4)])
	}
	for range r.IntN(5) {
		row := fmt.Sprintf("e:%d,e:%d\n", things[r.IntN(len(things))], things[r.IntN(len(things))])
		if !strings.Contains(implies.String(), row) {
			implies.WriteString(row)
		}
	}
	for _, p := range people {
		if r.IntN(3) > 0 {
			fmt.Fprintf(&grants, "p%d,e:%d,T%d,2026-01-0%dT00:00:00Z\n", p, things[r.IntN(len(things))], r.IntN(2), 1+r.IntN(2))
		}
	}
	return files{
		"identities.csv": "id,name,kind,email,manager,contract_end\n" + ids.String(), "assets.csv": "id,name,criticality,mfa\n" + assets.String(),
		"entitlements.csv": "id,name,privilege,asset\n" + rights.String(), "implies.csv": "entitlement,implied\n" + implies.String(),
		"grants.csv": "identity,entitlement,ticket,last_used_at\n" + grants.String(),
	}
}
