package login

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"
	"github.com/google/go-cmp/cmp"

	"interlock/internal/errs"
)

func TestSignIn(t *testing.T) {
	t.Parallel()
	s, db, _, ctx := setup(t)
	addUser(ctx, t, s, "ann@example.com", "member", "", "pässword of Ann ﬁve")
	actor, err := s.SignIn(t.Context(), "ANN@example.com ", "pa\u0308ssword of Ann five", "10.0.0.1")
	if err != nil || actor.Email != "ann@example.com" || actor.Roles[0].Name != "member" {
		t.Fatal(actor, err)
	}
	if got := events(t, db, "login.succeeded"); len(got) != 1 || strings.Contains(got[0], "pass") {
		t.Fatal(got)
	}
	list, err := s.Accounts(ctx, "")
	if err != nil || list[0].SignedInAt == nil {
		t.Fatal(list, err)
	}
}

// The answer to a stranger is the same sentence after the same work, whether
// there is an account, a password, or neither.
func TestSignInTellsStrangersNothing(t *testing.T) { // not parallel: counts comparisons
	s, db, _, ctx := setup(t)
	addUser(ctx, t, s, "has@example.com", "member", "", good)
	addUser(ctx, t, s, "invited@example.com", "member", "", "")
	var compared []string
	compare = func(password, hash string) (bool, error) {
		params, _, _, err := argon2id.DecodeHash(hash)
		if err != nil {
			t.Error(err)
		}
		compared = append(compared, cmp.Diff(cost, params))
		return argon2id.ComparePasswordAndHash(password, hash)
	}
	defer func() { compare = argon2id.ComparePasswordAndHash }()
	for _, email := range []string{"has@example.com", "invited@example.com", "nobody@example.com"} {
		for try := 1; try <= failuresAllowed+1; try++ {
			_, err := s.SignIn(t.Context(), email, "not the password", "")
			if try < failuresAllowed {
				wantKind(t, err, errs.Unauthenticated, wrong)
			} else {
				wantKind(t, err, errs.TooMany, "Try again in 15 minutes")
			}
		}
	}
	if d := cmp.Diff(make([]string, 3*failuresAllowed), compared); d != "" {
		t.Fatal("every counted try compares one hash at the same cost:", d)
	}
	if got := events(t, db, "login.refused"); len(got) != 3*failuresAllowed {
		t.Fatal(got)
	}
}

func TestLockOut(t *testing.T) {
	t.Parallel()
	s, _, clock, ctx := setup(t)
	addUser(ctx, t, s, "ann@example.com", "member", "", good)
	in := func(password string) error {
		_, err := s.SignIn(t.Context(), "ann@example.com", password, "")
		return err
	}
	for range failuresAllowed - 1 {
		wantKind(t, in("wrong wrong wrong"), errs.Unauthenticated, "not right")
	}
	if err := in(good); err != nil { // the fifth try is right, and forgets the four
		t.Fatal(err)
	}
	for range failuresAllowed - 1 {
		wantKind(t, in("wrong wrong wrong"), errs.Unauthenticated, "not right")
	}
	wantKind(t, in("wrong wrong wrong"), errs.TooMany, "15 minutes")
	clock.Advance(10 * time.Minute)
	wantKind(t, in(good), errs.TooMany, "5 minutes") // does not prolong
	clock.Advance(4*time.Minute + 30*time.Second)
	wantKind(t, in(good), errs.TooMany, "1 minute,")
	clock.Advance(30 * time.Second)
	wantKind(t, in("wrong wrong wrong"), errs.Unauthenticated, "not right")
	if err := in(good); err != nil {
		t.Fatal(err)
	}
}

func TestManyTriesAtOnceAreFive(t *testing.T) {
	t.Parallel()
	s, _, _, ctx := setup(t)
	addUser(ctx, t, s, "ann@example.com", "member", "", good)
	var counted atomic.Int64
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			_, l, err := s.count(asLogin(ctx), "ann@example.com")
			if err != nil {
				t.Error(err)
			}
			if !l.shut {
				counted.Add(1)
			}
		})
	}
	all.Wait()
	if counted.Load() != failuresAllowed {
		t.Fatal(counted.Load())
	}
}

func TestStrangeInputIsKeptTame(t *testing.T) {
	t.Parallel()
	s, db, _, _ := setup(t)
	_, err := s.SignIn(t.Context(), "a\r\nb\x00"+strings.Repeat("x", 5000)+"\xff@y", strings.Repeat("p", 1<<20), "")
	wantKind(t, err, errs.Unauthenticated, "not right")
	got := events(t, db, "login.refused")
	if len(got) != 1 || len(got[0]) > 700 || !strings.HasPrefix(got[0], "login:abxxx") {
		t.Fatal(got)
	}
}

func TestCheckPassword(t *testing.T) {
	t.Parallel()
	for password, part := range map[string]string{
		"four unrelated words":       "",
		"ßßßßßßßßßßßx":               "",
		"correcthorsebatterystaples": "",
		"eleven char":                "at least 12",
		strings.Repeat("word ", 26):  "at most 128",
		strings.Repeat("x", 100_000): "at most 128",
		"Ann.Somebody@Example.com":   "e-mail",
		"ANN.SOMEBODY":               "e-mail",
		"Password2026!!":             "first passwords",
		"aaaaaaaaaaaaaaa":            "first passwords",
		"abcdabcdabcd":               "first passwords",
		"1234567890123":              "first passwords",
		"Ｐａｓｓｗｏｒｄ１２３４":               "first passwords",
	} {
		err := checkPassword(password, "ann.somebody@example.com")
		if (err == nil) != (part == "") || err != nil && !strings.Contains(err.Error(), part) {
			t.Errorf("%.20q: %v, want %q", password, err, part)
		}
	}
}

// A flood of tries during a lock-out is not a flood of events.
func TestLockedOutTriesOnRecord(t *testing.T) {
	t.Parallel()
	s, db, clock, ctx := setup(t)
	addUser(ctx, t, s, "ann@example.com", "member", "", good)
	for range failuresAllowed + 20 {
		_, _ = s.SignIn(t.Context(), "ann@example.com", "wrong wrong wrong", "")
	}
	if got := events(t, db, "login.refused"); len(got) != failuresAllowed {
		t.Fatal(got)
	}
	clock.Advance(time.Minute)
	for range 20 {
		_, _ = s.SignIn(t.Context(), "ann@example.com", "wrong wrong wrong", "")
	}
	got := events(t, db, "login.refused")
	if want := `account:1 {"email": "ann@example.com", "tries": 26, "reason": "locked out"}`; len(got) != failuresAllowed+1 || got[failuresAllowed] != want {
		t.Fatal(got)
	}
	clock.Advance(lockedFor)
	if _, err := s.SignIn(t.Context(), "ann@example.com", good, ""); err != nil {
		t.Fatal(err)
	}
}
