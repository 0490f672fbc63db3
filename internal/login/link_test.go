package login

import (
	"context"
	"testing"
	"time"

	"interlock/internal/authz"
	"interlock/internal/errs"
	"interlock/internal/store"
)

func mint(t *testing.T, db *store.DB, email string) (secret string, ok bool) {
	t.Helper()
	err := db.Upkeep(authz.System(t.Context(), "mail"), func(tx *store.Tx) (err error) {
		secret, ok, err = LinkFor(t.Context(), tx, email)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return secret, ok
}

func TestLink(t *testing.T) {
	t.Parallel()
	s, db, _, ctx := setup(t)
	addUser(ctx, t, s, "ann@example.com", "member", "", "")
	earlier, _ := mint(t, db, "ann@example.com")
	secret, ok := mint(t, db, "ann@example.com")
	if !ok {
		t.Fatal("needs a password")
	}
	for range 3 { // looking does not use it up
		if link, err := s.LinkInfo(t.Context(), secret); err != nil || link.Email != "ann@example.com" {
			t.Fatal(link, err)
		}
	}
	_, err := s.LinkInfo(t.Context(), earlier)
	wantKind(t, err, errs.NotFound, "newer one was sent")
	wantKind(t, s.SetPassword(t.Context(), secret, "short"), errs.Invalid, "at least 12")
	if err := s.SetPassword(t.Context(), secret, good); err != nil {
		t.Fatal(err)
	}
	wantKind(t, s.SetPassword(t.Context(), secret, good+"!"), errs.NotFound, "was used")
	if _, err := s.SignIn(t.Context(), "ann@example.com", good, ""); err != nil {
		t.Fatal(err)
	}
	if _, ok := mint(t, db, "ann@example.com"); ok {
		t.Fatal("has a password already")
	}
	if got := events(t, db, "login.password_set"); len(got) != 1 {
		t.Fatal(got)
	}
}

func TestLinkExpires(t *testing.T) {
	t.Parallel()
	s, db, clock, ctx := setup(t)
	addUser(ctx, t, s, "ann@example.com", "member", "", "")
	secret, _ := mint(t, db, "ann@example.com")
	clock.Advance(linkLife - time.Second)
	if _, err := s.LinkInfo(t.Context(), secret); err != nil {
		t.Fatal(err)
	}
	clock.Advance(time.Second)
	wantKind(t, s.SetPassword(t.Context(), secret, good), errs.NotFound, "seven days")
	if _, ok := mint(t, db, "nobody@example.com"); ok {
		t.Fatal("no account, no link")
	}
}

func TestInviteLinkLiftsTheLock(t *testing.T) {
	t.Parallel()
	s, _, _, ctx := setup(t)
	addUser(ctx, t, s, "ann@example.com", "member", "", good)
	for range failuresAllowed {
		_, _ = s.SignIn(t.Context(), "ann@example.com", "wrong wrong wrong", "")
	}
	secret, err := s.InviteLink(ctx, "Ann@example.com")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.SetPassword(t.Context(), secret, good+" and more"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.SignIn(t.Context(), "ann@example.com", good+" and more", ""); err != nil {
		t.Fatal(err)
	}
}

func TestChangePassword(t *testing.T) {
	t.Parallel()
	s, db, _, ctx := setup(t)
	id := addUser(ctx, t, s, "ann@example.com", "member", "", good).ID
	actor, err := s.Actor(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	own := authz.With(context.Background(), actor)
	wantKind(t, s.ChangePassword(t.Context(), good, good+"!"), errs.Unauthenticated, "Sign in")
	wantKind(t, s.ChangePassword(own, "not my password", good+"!"), errs.Invalid, "present password")
	wantKind(t, s.ChangePassword(own, good, "short"), errs.Invalid, "at least 12")
	if err := s.ChangePassword(own, good, good+"!"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.SignIn(ctx, "ann@example.com", good+"!", ""); err != nil {
		t.Fatal(err)
	}
	for range failuresAllowed {
		_ = s.ChangePassword(own, "not my password", good+"!")
	}
	wantKind(t, s.ChangePassword(own, good+"!", good+"?"), errs.TooMany, "15 minutes")
	if got := events(t, db, "login.refused"); len(got) != failuresAllowed+1 {
		t.Fatal(got)
	}
}
