package identity_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"interlock/internal/apptest"
	"interlock/internal/authz"
	"interlock/internal/errs"
	"interlock/internal/identity"
	"interlock/internal/intake"
	"interlock/internal/sitetest"
)

func TestMain(m *testing.M) { apptest.Main(m) }

const people = "id,name,kind,email,status\n"

func start(t *testing.T) *sitetest.Site {
	t.Helper()
	return sitetest.Start(t, sitetest.Options{Idle: true})
}

// persons are the identities of each person of several, by source and id.
func persons(s *sitetest.Site) []string {
	s.T.Helper()
	rows, err := s.DB.Pool().Query(s.T.Context(), `
		select p.status || ' ' || coalesce(p.email, '-') || ': ' || string_agg(s.name || ':' || i.external_id, ' ' order by s.name, i.external_id)
		  from identity_person p join identity_member m on m.person_id = p.id join identity i on i.id = m.identity_id join source s on s.id = i.source_id
		 group by p.id order by p.id`)
	if err != nil {
		s.T.Fatal(err)
	}
	defer rows.Close()
	list := []string{}
	for rows.Next() {
		var one string
		if err := rows.Scan(&one); err != nil {
			s.T.Fatal(err)
		}
		list = append(list, one)
	}
	return list
}

func wantPersons(s *sitetest.Site, want ...string) {
	s.T.Helper()
	if d := cmp.Diff(append([]string{}, want...), persons(s)); d != "" {
		s.T.Error(d)
	}
}

func files(identities string) map[string]string {
	return map[string]string{"identities.csv": people + identities}
}

func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func pairs(s *sitetest.Site, f identity.PairFilter) []identity.Pair {
	s.T.Helper()
	list, _, err := s.Identity.Pairs(s.Root, f)
	if err != nil {
		s.T.Fatal(err)
	}
	return list
}

// TestJoin: who is one person, by which rule, and who is not.
func TestJoin(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.Import("hr", files("P-1001,Ann Ask,person,ann@x.example,active\nP-1002,Ben  Bo,person,ben@x.example,active\n"+
		"P-1003,Cat Coe,person,,active\nv1,Acme,vendor,ann@x.example,active\n7,Dan Dee,person,dan@x.example,active\n"))
	wantPersons(s)
	s.Import("plant", files("a.ask,A. Ask,contractor,ANN@X.example,active\nP-1002,ben BO,person,ben.bo@plant.example,active\n"+
		"P-1003,Kim Other,person,,active\nP-1001,Svc,service,,active\n7,Dan Dee,person,,active\n"))
	wantPersons(s, "active ann@x.example: hr:P-1001 plant:a.ask", "active ben@x.example: hr:P-1002 plant:P-1002")
	list := pairs(s, identity.PairFilter{})
	if len(list) != 2 || list[0].ImportID == nil || *list[0].ImportID != 2 {
		t.Fatalf("%+v", list)
	}
	var seen []string
	for _, p := range list {
		seen = append(seen, p.Rule+" "+p.Evidence+" "+strings.Join(identity.Differences(p), ","))
	}
	slices.Sort(seen)
	if d := cmp.Diff([]string{"same_email ann@x.example name,kind", "same_number P-1002 name"}, seen); d != "" {
		t.Error(d)
	}
	s.Import("plant", files("a.ask,A. Ask,contractor,ANN@X.example,active\nP-1002,ben BO,person,ben.bo@plant.example,active\n"+
		"P-1003,Kim Other,person,,active\nP-1001,Svc,service,,active\n7,Dan Dee,person,,active\n"))
	if n := s.One(`select count(*) from identity_join`); n != 2 {
		t.Errorf("%d joins after the same bundle again", n)
	}
	if n := s.One(`select count(*) from audit_event where action = 'identity.joined'`); n != 1 {
		t.Errorf("%d events of joining", n)
	}
}

// An e-mail that many share is nobody's own.
func TestJoinMailbox(t *testing.T) {
	t.Parallel()
	s := start(t)
	var twelve, thirteen strings.Builder
	for i := range 13 {
		if i < 12 {
			fmt.Fprintf(&twelve, "a%d,A %d,person,a@x.example,active\n", i, i)
		}
		fmt.Fprintf(&thirteen, "b%d,B %d,person,b@x.example,active\n", i, i)
	}
	s.Import("hr", files(twelve.String()+thirteen.String()))
	if n := s.One(`select count(*) from identity_member`); n != 12 {
		t.Errorf("%d members, want the 12 who share a", n)
	}
	if n := s.One(`select count(*) from identity_join`); n != 12*11/2 {
		t.Errorf("%d pairs", n)
	}
}

// TestStanding: what becomes of a person when the sources disagree.
func TestStanding(t *testing.T) {
	t.Parallel()
	const active, left, disabled, leave = "active", "left", "disabled", "leave"
	for _, c := range []struct {
		name      string
		hr, plant []string // status of each import; "" is a row that is gone
		want      string
	}{
		{"both active", []string{active}, []string{active}, active},
		{"left the directory", []string{active, left}, []string{active, active}, left},
		{"left both", []string{active, left}, []string{active, left}, left},
		{"left the directory from the beginning", []string{left}, []string{active}, left},
		{"came back to the plant later", []string{left, left, left}, []string{active, disabled, active}, active},
		{"account disabled", []string{active, active}, []string{active, disabled}, active},
		{"account removed", []string{active, active}, []string{active, ""}, active},
		{"on leave", []string{leave}, []string{disabled}, leave},
		{"disabled everywhere", []string{disabled}, []string{disabled}, disabled},
		{"gone everywhere", []string{active, ""}, []string{active, ""}, left},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := start(t)
			for i := range c.hr {
				for source, status := range map[string]string{"hr": c.hr[i], "plant": c.plant[i]} {
					rows := "x,Xer,person,x@x.example,active\n"
					if status != "" {
						rows += "ann,Ann,person,ann@x.example," + status + "\n"
					}
					s.Clock.Advance(60e9)
					s.Import(source, files(strings.ReplaceAll(rows, "x@x", source+"@x")))
				}
			}
			wantPersons(s, c.want+" ann@x.example: hr:ann plant:ann")
			gone := s.One(`select person_is_gone('ann@x.example')::int`) == 1
			if want := c.want == left || c.want == disabled; gone != want {
				t.Errorf("gone: %v", gone)
			}
		})
	}
}

// In one source a new row beside the one that left is the same person hired again.
func TestStandingHiredAgain(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.Import("hr", files("c1,Ann,contractor,ann@x.example,left\np1,Ann,person,ann@x.example,active\n"))
	wantPersons(s, "active ann@x.example: hr:c1 hr:p1")
}

// The evidence is gone: the join lapses, and comes again with it.
func TestLapse(t *testing.T) {
	t.Parallel()
	s := start(t)
	ann, other := files("ann,Ann,person,ann@x.example,active\n"), files("ann,Ann,person,other@x.example,active\n")
	s.Import("hr", ann)
	s.Import("plant", ann)
	s.Clock.Advance(60e9)
	s.Import("plant", other)
	wantPersons(s)
	if list := pairs(s, identity.PairFilter{State: identity.Lapsed}); len(list) != 1 || identity.EndedAt(list[0]) == nil {
		t.Errorf("%+v", list)
	}
	s.Clock.Advance(60e9)
	s.Import("plant", ann)
	wantPersons(s, "active ann@x.example: hr:ann plant:ann")
}

func governor(s *sitetest.Site) context.Context {
	return authz.With(s.T.Context(), authz.Actor{Account: 1, Email: "gov@x.example", Name: "Gov", Roles: []authz.Role{{Name: "governance", Site: authz.Everywhere}}})
}

func refused(t *testing.T, err error, kind errs.Kind) {
	t.Helper()
	if !errs.Is(err, kind) {
		t.Errorf("got %v (kind %d), want kind %d", err, errs.KindOf(err), kind)
	}
}

// Undone is undone: no import joins it by that rule again, only a person.
func TestPartAndRejoin(t *testing.T) {
	t.Parallel()
	s := start(t)
	ann := files("ann,Ann,person,ann@x.example,active\n")
	s.Import("hr", ann)
	s.Import("plant", ann)
	ctx := governor(s)
	id := pairs(s, identity.PairFilter{})[0].ID
	refused(t, s.Identity.Part(ctx, id, 0, "  "), errs.Invalid)
	refused(t, s.Identity.Part(ctx, 99, 0, "no"), errs.NotFound)
	if err := s.Identity.Part(ctx, id, 0, "Ann of the plant is her daughter."); err != nil {
		t.Fatal(err)
	}
	wantPersons(s)
	refused(t, s.Identity.Part(ctx, id, 0, "again"), errs.Conflict)
	s.Clock.Advance(60e9)
	s.Import("plant", files("ann,Ann,person,ann@x.example,leave\n"))
	wantPersons(s)
	p := pairs(s, identity.PairFilter{State: identity.Undone})[0]
	if *p.UndoneBy != "gov@x.example" || *p.UndoneReason != "Ann of the plant is her daughter." {
		t.Errorf("%+v", p)
	}
	if err := s.Identity.Rejoin(ctx, id, "She is herself."); err != nil {
		t.Fatal(err)
	}
	wantPersons(s, "active ann@x.example: hr:ann plant:ann")
	refused(t, s.Identity.Rejoin(ctx, id, "again"), errs.Conflict)
	for _, action := range []string{"identity.parted", "identity.rejoined"} {
		if n := s.One(`select count(*) from audit_event where action = $1 and actor = 'gov@x.example'`, action); n != 1 {
			t.Errorf("%d events %s", n, action)
		}
	}
}

// Of three who hold together, one has to be named; the other two stay one person.
func TestPartOneOfThree(t *testing.T) {
	t.Parallel()
	s := start(t)
	ann := files("ann,Ann,person,ann@x.example,active\n")
	for _, source := range []string{"hr", "plant", "erp"} {
		s.Import(source, ann)
	}
	p := pairs(s, identity.PairFilter{Identity: 1})[0]
	refused(t, s.Identity.Part(s.Root, p.ID, 0, "no"), errs.Invalid)
	refused(t, s.Identity.Part(s.Root, p.ID, 77, "no"), errs.Invalid)
	if err := s.Identity.Part(s.Root, p.ID, 1, "The directory's Ann is another."); err != nil {
		t.Fatal(err)
	}
	wantPersons(s, "active ann@x.example: erp:ann plant:ann")
}

// Nobody says of themselves who they are, not even around the use case.
func TestNobodySaysWhoTheyAre(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.Import("hr", files("P-1001,Gov,person,gov@x.example,active\n"))
	s.Import("plant", files("P-1001,Gov,person,,active\n"))
	refused(t, s.Identity.Part(governor(s), 1, 0, "I am not."), errs.Forbidden)
	_, err := s.DB.Pool().Exec(t.Context(), `update identity_join set undone_at = now(), undone_by = 'gov@x.example', undone_reason = 'r'`)
	if err == nil || !strings.Contains(err.Error(), "nobody says who they are") {
		t.Errorf("%v", err)
	}
}

// Two sources that are imported at once do not miss each other's people.
func TestJoinAtOnce(t *testing.T) {
	t.Parallel()
	s := start(t)
	done := make(chan error)
	for _, source := range []string{"hr", "plant", "erp", "mes"} {
		go func() {
			b, err := intake.OpenBundle(folder(t, files("ann,Ann,person,ann@x.example,active\n")))
			if err == nil {
				_, err = s.Intake.Import(s.Root, b, intake.Options{Source: source})
			}
			done <- err
		}()
	}
	for range 4 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	wantPersons(s, "active ann@x.example: erp:ann hr:ann mes:ann plant:ann")
}

// A rehearsal says what would be joined and joins nothing.
func TestJoinDryRun(t *testing.T) {
	t.Parallel()
	s := start(t)
	ann := files("ann,Ann,person,ann@x.example,active\n")
	s.Import("hr", ann)
	b, err := intake.OpenBundle(folder(t, ann))
	if err != nil {
		t.Fatal(err)
	}
	report, err := s.Intake.Import(s.Root, b, intake.Options{Source: "plant", DryRun: true})
	if err != nil || report.Joined != 1 {
		t.Errorf("%+v %v", report, err)
	}
	wantPersons(s)
}
