package login

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"interlock/internal/apptest"
	"interlock/internal/authz"
	"interlock/internal/errs"
	"interlock/internal/store"
)

func TestMain(m *testing.M) { apptest.Main(m) }

const good = "four unrelated words"

func setup(t *testing.T) (*Service, *store.DB, *apptest.Clock, context.Context) {
	t.Helper()
	db, clock := apptest.DB(t)
	return New(db), db, clock, authz.CommandLine(t.Context(), "root")
}

func addUser(ctx context.Context, t *testing.T, s *Service, email, role, site, password string) Added {
	t.Helper()
	a, err := s.AddUser(ctx, email, "", role, site, password)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func events(t *testing.T, db *store.DB, action string) []string {
	t.Helper()
	rows, err := db.Pool().Query(t.Context(), `select object || ' ' || (detail - 'remote')::text from audit_event where action = $1 order by id`, action)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		list = append(list, s)
	}
	return list
}

func wantKind(t *testing.T, err error, kind errs.Kind, part string) {
	t.Helper()
	if !errs.Is(err, kind) || !strings.Contains(err.Error(), part) {
		t.Fatalf("got %v (kind %v), want kind %v with %q", err, errs.KindOf(err), kind, part)
	}
}

func TestAddUser(t *testing.T) {
	t.Parallel()
	s, db, _, ctx := setup(t)
	_, err := db.Pool().Exec(ctx, `with s as (insert into source (name, created_at) values ('plant', now()) returning id)
		insert into site (source_id, external_id, name, seen_from) select id, 'gent', 'Gent', now() from s`)
	if err != nil {
		t.Fatal(err)
	}
	first := addUser(ctx, t, s, " Ann@Example.com ", "governance", "", good)
	second := addUser(ctx, t, s, "ann@example.com", "plant_engineer", "Gent", "")
	third := addUser(ctx, t, s, "ann@example.com", "plant_engineer", "gent", "")
	want := []Added{{first.ID, true, true, true}, {first.ID, false, true, false}, {ID: first.ID}}
	if d := cmp.Diff(want, []Added{first, second, third}); d != "" {
		t.Fatal(d)
	}
	actor, err := s.Actor(t.Context(), first.ID)
	if err != nil {
		t.Fatal(err)
	}
	wantActor := authz.Actor{Account: first.ID, Email: "ann@example.com", Name: "ann@example.com",
		Roles: []authz.Role{{Name: "governance", Site: "*"}, {Name: "plant_engineer", Site: "1"}}}
	if d := cmp.Diff(wantActor, actor, cmpopts.IgnoreUnexported(authz.Actor{})); d != "" {
		t.Fatal(d)
	}
	list, err := s.Accounts(ctx, "")
	if err != nil || len(list) != 1 || list[0].State != "active" || list[0].Roles[1] != "plant_engineer at Gent" {
		t.Fatal(list, err)
	}
}

func TestAddUserRefused(t *testing.T) {
	t.Parallel()
	s, _, _, ctx := setup(t)
	member := authz.With(t.Context(), authz.Actor{Email: "m@x.y", Roles: []authz.Role{{Name: "member", Site: "*"}}})
	for _, c := range []struct {
		ctx                         context.Context
		email, role, site, password string
		kind                        errs.Kind
		part                        string
	}{
		{t.Context(), "a@b.c", "member", "", "", errs.Unauthenticated, "Sign in"},
		{member, "a@b.c", "member", "", "", errs.Forbidden, "roles"},
		{ctx, "not-an-address", "member", "", "", errs.Invalid, "e-mail"},
		{ctx, "a@b.c", "king", "", "", errs.Invalid, "role"},
		{ctx, "a@b.c", "member", "nowhere", "", errs.Invalid, "no site"},
		{ctx, "a@b.c", "member", "", "short", errs.Invalid, "at least 12"},
	} {
		_, err := s.AddUser(c.ctx, c.email, "", c.role, c.site, c.password)
		wantKind(t, err, c.kind, c.part)
	}
}

func TestEnsureAccounts(t *testing.T) {
	t.Parallel()
	s, db, _, ctx := setup(t)
	addUser(ctx, t, s, "p1@example.com", "auditor", "", "")
	var people []Person
	for i := range 10_000 {
		people = append(people, Person{fmt.Sprintf("P%d@example.com", i), fmt.Sprintf("Person %d", i)})
	}
	people = append(people, Person{"p1@example.com", "again"}, Person{"no address", ""}, Person{"", ""})
	for range 2 {
		began := time.Now()
		err := db.Write(ctx, "campaign:run", func(tx *store.Tx) error {
			tx.Record("test.ran", store.Object{Kind: "test", ID: 1}, nil)
			return EnsureAccounts(ctx, tx, people)
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Log("10,000 people in", time.Since(began))
	}
	var accounts, members int
	if err := db.Pool().QueryRow(ctx, `select (select count(*) from account), (select count(*) from account_role where role = 'member')`).Scan(&accounts, &members); err != nil {
		t.Fatal(err)
	}
	if accounts != 10_000 || members != 10_000 {
		t.Fatal(accounts, members)
	}
	if got := events(t, db, "account.invited"); len(got) != 1 {
		t.Fatal(got)
	}
}

func TestActorRefused(t *testing.T) {
	t.Parallel()
	s, db, _, ctx := setup(t)
	id := addUser(ctx, t, s, "a@b.c", "member", "", good).ID
	_, err := s.Actor(t.Context(), id+1)
	wantKind(t, err, errs.Unauthenticated, "Sign in")
	if _, err := db.Pool().Exec(ctx, `update account set disabled_at = now()`); err != nil {
		t.Fatal(err)
	}
	_, err = s.Actor(t.Context(), id)
	wantKind(t, err, errs.Unauthenticated, "disabled")
	_, err = s.SignIn(t.Context(), "a@b.c", good, "")
	wantKind(t, err, errs.Forbidden, "disabled")
	_, err = s.SignIn(t.Context(), "a@b.c", "something else", "")
	wantKind(t, err, errs.Unauthenticated, "not right")
	_, err = s.InviteLink(ctx, "a@b.c")
	wantKind(t, err, errs.Conflict, "disabled")
}
