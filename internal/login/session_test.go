package login

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/jackc/pgx/v5/pgconn"

	"interlock/internal/authz"
	"interlock/internal/store"
)

func data(t *testing.T, account int64) []byte {
	t.Helper()
	b, err := scs.GobCodec{}.Encode(time.Now(), map[string]any{SessionAccount: account})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func found(t *testing.T, s *Sessions, token string) bool {
	t.Helper()
	_, ok, err := s.Find(token)
	if err != nil {
		t.Fatal(err)
	}
	return ok
}

func TestSessionLives(t *testing.T) {
	t.Parallel()
	login, db, clock, ctx := setup(t)
	id := addUser(ctx, t, login, "ann@example.com", "member", "", "").ID
	s := NewSessions(db)
	if err := s.Commit("secret", data(t, id), time.Time{}); err != nil {
		t.Fatal(err)
	}
	for used := time.Duration(0); used < SessionLife; used += SessionIdle - touchEvery {
		if !found(t, s, "secret") {
			t.Fatal("gone after", used)
		}
		clock.Advance(SessionIdle - touchEvery)
	}
	if found(t, s, "secret") {
		t.Fatal("outlived its life")
	}
	if err := s.Commit("other", data(t, id), time.Time{}); err != nil {
		t.Fatal(err)
	}
	clock.Advance(SessionIdle)
	if found(t, s, "other") || found(t, s, "never") {
		t.Fatal("outlived its idleness")
	}
	clock.Advance(SessionLife)
	if err := login.Sweep(ctx); err != nil {
		t.Fatal(err)
	}
	if n := count(t, db, `select count(*) from session`); n != 0 {
		t.Fatal(n)
	}
}

func count(t *testing.T, db *store.DB, sql string) (n int) {
	t.Helper()
	if err := db.Pool().QueryRow(t.Context(), sql).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestSessionTouchedOnceAMinute(t *testing.T) {
	t.Parallel()
	_, db, clock, _ := setup(t)
	s := NewSessions(db)
	if err := s.Commit("secret", data(t, 0)[:0], time.Time{}); err == nil {
		t.Fatal("undecodable data")
	}
	b, _ := scs.GobCodec{}.Encode(time.Now(), map[string]any{})
	if err := s.Commit("secret", b, time.Time{}); err != nil {
		t.Fatal(err)
	}
	for range 59 {
		clock.Advance(time.Second)
		found(t, s, "secret")
	}
	if n := count(t, db, `select count(*) from session where seen_at = created_at and token_hash <> 'secret'`); n != 1 {
		t.Fatal("written within the minute")
	}
	clock.Advance(time.Second)
	found(t, s, "secret")
	if n := count(t, db, `select count(*) from session where seen_at = created_at + interval '1 minute'`); n != 1 {
		t.Fatal("not written after a minute")
	}
}

func TestDroppedSessionStaysDropped(t *testing.T) {
	t.Parallel()
	login, db, _, ctx := setup(t)
	id := addUser(ctx, t, login, "ann@example.com", "member", "", "").ID
	s := NewSessions(db)
	for _, token := range []string{"one", "two"} {
		if err := s.Commit(token, data(t, id), time.Time{}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Delete("one"); err != nil {
		t.Fatal(err)
	}
	secret, _ := mint(t, db, "ann@example.com")
	if !found(t, s, "two") {
		t.Fatal("gone too early")
	}
	if err := login.SetPassword(ctx, secret, good); err != nil {
		t.Fatal(err)
	}
	for _, token := range []string{"one", "two"} { // a request that was under way ends
		if err := s.Commit(token, data(t, id), time.Time{}); err != nil {
			t.Fatal(err)
		}
		if found(t, s, token) {
			t.Fatal("came back:", token)
		}
	}
}

func TestSessionWithSCS(t *testing.T) {
	t.Parallel()
	login, db, _, ctx := setup(t)
	id := addUser(ctx, t, login, "ann@example.com", "member", "", "").ID
	m := scs.New()
	m.Store, m.Lifetime = NewSessions(db), SessionLife
	h := m.LoadAndSave(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/in":
			_ = m.RenewToken(r.Context())
			m.Put(r.Context(), SessionAccount, id)
		case "/out":
			_ = m.Destroy(r.Context())
		}
		if m.GetInt64(r.Context(), SessionAccount) == id {
			w.WriteHeader(http.StatusAccepted)
		}
	}))
	var cookie []*http.Cookie
	for _, c := range []struct {
		path string
		want int
	}{{"/", 200}, {"/in", 202}, {"/", 202}, {"/out", 200}, {"/", 200}} {
		r, w := httptest.NewRequest(http.MethodGet, c.path, nil), httptest.NewRecorder()
		for _, k := range cookie {
			r.AddCookie(k)
		}
		h.ServeHTTP(w, r)
		if set := w.Result().Cookies(); len(set) > 0 && c.path == "/in" {
			cookie = set
		}
		if w.Code != c.want {
			t.Fatal(c.path, w.Code)
		}
	}
	if n := count(t, db, `select count(*) from session where account_id is not null and ended_at is not null`); n != 1 {
		t.Fatal(n)
	}
}

func TestConstraints(t *testing.T) {
	t.Parallel()
	login, db, _, ctx := setup(t)
	addUser(ctx, t, login, "ann@example.com", "member", "", "")
	for constraint, sql := range map[string]string{
		"account_email_is_unique":            `insert into account (email, name, created_at) values ('ann@example.com', '', now())`,
		"account_email_is_lower_case":        `insert into account (email, name, created_at) values ('Ann@x', '', now())`,
		"account_password_is_argon2id":       `update account set password_hash = 'plain', password_at = now()`,
		"account_password_has_a_time":        `update account set password_at = now()`,
		"account_role_is_held_once":          `insert into account_role select * from account_role`,
		"account_role_is_known":              `update account_role set role = 'king'`,
		"login_failure_is_counted":           `insert into login_failure values ('x', 0, now())`,
		"login_token_is_a_sha256":            `insert into login_token values ('short', 1, now())`,
		"login_token_is_the_only_unused_one": `insert into login_token values (sha256('a'), 1, now()), (sha256('b'), 1, now())`,
		"session_token_is_a_sha256":          `insert into session values ('short', null, '', now(), now(), now())`,
		"session_ends_within_a_day":          `insert into session values (sha256('a'), null, '', now(), now(), now() + interval '25 hours')`,
	} {
		_, err := db.Pool().Exec(authz.System(ctx, "test"), sql)
		if pg, ok := errors.AsType[*pgconn.PgError](err); !ok || pg.ConstraintName != constraint || strings.Contains(sql, ";") {
			t.Errorf("%s: %v", constraint, err)
		}
	}
}
