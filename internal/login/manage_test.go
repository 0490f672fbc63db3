package login

import (
	"strings"
	"testing"
	"time"

	"interlock/internal/authz"
	"interlock/internal/errs"
	"interlock/internal/store"
)

// open begins a session of the account.
func open(t *testing.T, db *store.DB, account int64) *Sessions {
	t.Helper()
	_, err := db.Pool().Exec(t.Context(), `insert into session (token_hash, account_id, data, created_at, seen_at, expires_at) values ($1, $2, '', $3, $3, $4)`,
		digest("token"), account, db.Now(), db.Now().Add(SessionLife))
	if err != nil {
		t.Fatal(err)
	}
	return NewSessions(db)
}

func TestDisableAndEnable(t *testing.T) {
	t.Parallel()
	s, db, _, ctx := setup(t)
	id := addUser(ctx, t, s, "ann@example.com", "member", "", good).ID
	sessions := open(t, db, id)
	if ended, err := s.Disable(ctx, "Ann@example.com"); ended != 1 || err != nil {
		t.Fatal(ended, err)
	}
	if _, there, err := sessions.FindCtx(ctx, "token"); there || err != nil {
		t.Error("the session goes on", err)
	}
	if ended, err := s.Disable(ctx, "ann@example.com"); ended != 0 || err != nil {
		t.Error("disabled again:", ended, err)
	}
	_, err := s.SignIn(t.Context(), "ann@example.com", good, "")
	wantKind(t, err, errs.Forbidden, "disabled")
	for range 2 {
		if err := s.Enable(ctx, "ann@example.com"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.SignIn(t.Context(), "ann@example.com", good, ""); err != nil {
		t.Error(err)
	}
	if a, b := events(t, db, "account.disabled"), events(t, db, "account.enabled"); len(a) != 1 || len(b) != 1 || !strings.Contains(a[0], `"sessions_ended": 1`) {
		t.Error(a, b)
	}
}

func TestRevokeRole(t *testing.T) {
	t.Parallel()
	s, db, _, ctx := setup(t)
	_, err := db.Pool().Exec(ctx, `with s as (insert into source (name, created_at) values ('plant', now()) returning id)
		insert into site (source_id, external_id, name, seen_from) select id, 'gent', 'Gent', now() from s`)
	if err != nil {
		t.Fatal(err)
	}
	id := addUser(ctx, t, s, "ann@example.com", "governance", "", good).ID
	addUser(ctx, t, s, "ann@example.com", "governance", "gent", "")
	if err := s.RevokeRole(ctx, "ann@example.com", "governance", ""); err != nil {
		t.Fatal(err)
	}
	wantKind(t, s.RevokeRole(ctx, "ann@example.com", "governance", ""), errs.Conflict, "is not governance")
	wantKind(t, s.RevokeRole(ctx, "ann@example.com", "auditor", "Gent"), errs.Conflict, "is not auditor at Gent")
	wantKind(t, s.RevokeRole(ctx, "ann@example.com", "governance", "nowhere"), errs.Invalid, "no site")
	wantKind(t, s.RevokeRole(ctx, "nobody@example.com", "governance", ""), errs.NotFound, "")
	if a, err := s.Actor(ctx, id); err != nil || len(a.Roles) != 1 || a.Roles[0].Site != "1" {
		t.Error(a, err)
	}
	if err := s.RevokeRole(ctx, "ann@example.com", "governance", "Gent"); err != nil {
		t.Error(err)
	}
	if got := events(t, db, "account.role_revoked"); len(got) != 2 {
		t.Error(got)
	}
}

func TestOnlyAdministratorsManage(t *testing.T) {
	t.Parallel()
	s, _, _, ctx := setup(t)
	addUser(ctx, t, s, "ann@example.com", "member", "", good)
	lead := authz.With(t.Context(), authz.Actor{Email: "g@x.y", Roles: []authz.Role{{Name: "governance", Site: "*"}}})
	_, err := s.Disable(lead, "ann@example.com")
	wantKind(t, err, errs.Forbidden, "roles")
	wantKind(t, s.Enable(lead, "ann@example.com"), errs.Forbidden, "roles")
	wantKind(t, s.RevokeRole(lead, "ann@example.com", "member", ""), errs.Forbidden, "roles")
}

// Whoever the inventory knows only as gone does not sign in, and is out at the
// next request; one the inventory does not know is not its concern.
func TestGonePeople(t *testing.T) {
	t.Parallel()
	s, db, _, ctx := setup(t)
	id := addUser(ctx, t, s, "ann@example.com", "member", "", good).ID
	if _, err := db.Pool().Exec(ctx, `insert into source (name, created_at) values ('hr', now()), ('plant', now())`); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		inventory string // kind, status, ended; two are of two sources
		gone      bool
	}{
		{``, false},
		{`('person', 'active', null)`, false},
		{`('person', 'leave', null)`, false},
		{`('person', 'left', null)`, true},
		{`('contractor', 'disabled', null)`, true},
		{`('person', 'active', now())`, true},
		{`('person', 'left', null), ('contractor', 'active', null)`, false},
		{`('person', 'left', null), ('contractor', 'active', now())`, true},
		{`('shared', 'disabled', null)`, false},
		{`('person', 'left', null), ('shared', 'active', null)`, true},
	} {
		sql := `select 1`
		if c.inventory != "" {
			sql = `insert into identity (source_id, external_id, name, email, kind, status, ended_at, seen_from)
				select row_number() over (), 'ann', 'Ann', 'ann@example.com', kind, status, ended_at::timestamptz, now() from (values ` + c.inventory + `) v (kind, status, ended_at)`
		}
		tx, err := db.Pool().Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.Exec(t.Context(), sql); err != nil {
			t.Fatal(c.inventory, err)
		}
		var gone bool
		if err := tx.QueryRow(t.Context(), `select person_is_gone('ann@example.com')`).Scan(&gone); err != nil || gone != c.gone {
			t.Errorf("%s: gone %v %v", c.inventory, gone, err)
		}
		if err := tx.Rollback(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := db.Pool().Exec(ctx, `insert into identity (source_id, external_id, name, email, kind, status, seen_from) values (1, 'ann', 'Ann', 'ann@example.com', 'person', 'left', now())`); err != nil {
		t.Fatal(err)
	}
	_, err := s.SignIn(t.Context(), "ann@example.com", good, "")
	wantKind(t, err, errs.Forbidden, "has left or is disabled")
	_, err = s.SignIn(t.Context(), "ann@example.com", "not my password", "")
	wantKind(t, err, errs.Unauthenticated, "not right")
	_, err = s.Actor(t.Context(), id)
	wantKind(t, err, errs.Unauthenticated, "has left or is disabled")
	if got := events(t, db, "login.refused"); len(got) != 2 || !strings.Contains(got[0], "gone from the inventory") {
		t.Error(got)
	}
	if list, err := s.Accounts(ctx, ""); err != nil || list[0].State != "left" {
		t.Error(list, err)
	}
}

func TestOwn(t *testing.T) {
	t.Parallel()
	s, _, clock, ctx := setup(t)
	id := addUser(ctx, t, s, "ann@example.com", "member", "", good).ID
	set := s.db.Now()
	clock.Advance(time.Hour)
	actor, err := s.SignIn(t.Context(), "ann@example.com", good, "")
	if err != nil || actor.Account != id {
		t.Fatal(actor, err)
	}
	own, err := s.Own(authz.With(t.Context(), actor))
	if err != nil || own.Email != "ann@example.com" || len(own.Roles) != 1 || !own.PasswordAt.Equal(set) || !own.SignedInAt.Equal(s.db.Now()) {
		t.Error(own, err)
	}
	_, err = s.Own(t.Context())
	wantKind(t, err, errs.Unauthenticated, "Sign in")
}
