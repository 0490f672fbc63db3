package login

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/jackc/pgx/v5"

	"interlock/internal/authz"
	"interlock/internal/errs"
	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// Lock-out: so many failures in a row lock an e-mail for so long. The figures are
// ours; they allow at most 20 guesses an hour.
const (
	failuresAllowed = 5
	lockedFor       = 15 * time.Minute
)

// wrong is the one sentence for every refusal that could tell whether an account exists.
const wrong = "E-mail or password is not right. Check both, or ask the people who run Interlock for a new link by mail."

// try is one attempt to sign in, as the audit log shows it.
type try struct {
	Email  string `json:"email"`
	Remote string `json:"remote,omitempty"`
	Reason string `json:"reason,omitempty"`
	Tries  int32  `json:"tries,omitempty"` // in a row, the lock-out's own included
}

// SignIn returns the actor whose e-mail and password these are. Every answer that
// concerns the password takes one hash, whether or not the account exists.
func (s *Service) SignIn(ctx context.Context, email, password, remote string) (authz.Actor, error) {
	ctx = asLogin(ctx)
	t := try{Email: asTyped(email), Remote: asTyped(remote)}
	account, lock, err := s.count(ctx, t.Email)
	if err != nil {
		return authz.Actor{}, err
	}
	if lock.shut {
		return authz.Actor{}, s.refuseShut(ctx, t, account.ID, lock)
	}
	right, err := matches(ctx, password, account.PasswordHash)
	if err != nil {
		return authz.Actor{}, err
	}
	if t.Reason = reason(account, right); t.Reason != "" {
		return authz.Actor{}, s.refuse(ctx, t, account.ID, s.sentence(t, lock))
	}
	return s.admit(ctx, t, account.ID)
}

type lock struct {
	shut  bool       // this try does not count
	until *time.Time // set also for the try that shuts it
	tries int32      // in a row, while it is shut
	due   bool       // a try while it is shut goes on record, once a minute
}

// count counts the try as failed before the password is looked at; success
// forgets it. Unknown e-mails are counted just the same.
func (s *Service) count(ctx context.Context, email string) (account sqlc.LoginAccountByEmailRow, l lock, err error) {
	err = s.db.Upkeep(ctx, func(tx *store.Tx) error {
		if account, err = tx.LoginAccountByEmail(ctx, email); err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		l, err = attempt(ctx, tx, email)
		return err
	})
	return account, l, err
}

func attempt(ctx context.Context, tx *store.Tx, email string) (lock, error) {
	until, err := tx.LoginAttempt(ctx, sqlc.LoginAttemptParams{
		Email: email, Now: tx.Now, Allowed: failuresAllowed, Until: tx.Now.Add(lockedFor),
	})
	if !errors.Is(err, pgx.ErrNoRows) {
		return lock{until: until}, err
	}
	shut, err := tx.LoginShut(ctx, sqlc.LoginShutParams{Email: email, Now: tx.Now})
	return lock{shut: true, until: shut.LockedUntil, tries: shut.Failures, due: shut.Due}, err
}

func reason(account sqlc.LoginAccountByEmailRow, right bool) string {
	switch {
	case account.ID == 0:
		return "no such account"
	case account.PasswordHash == nil:
		return "no password yet"
	case !right:
		return "wrong password"
	case account.DisabledAt != nil:
		return "disabled"
	case account.Gone:
		return "gone from the inventory"
	}
	return ""
}

func (s *Service) sentence(t try, l lock) *errs.Error {
	switch {
	case t.Reason == "disabled":
		return errs.Forbiddenf(disabled)
	case t.Reason == "gone from the inventory":
		return errs.Forbiddenf(gone)
	case l.until != nil:
		return s.comeBack(*l.until)
	}
	return errs.Unauthenticatedf(wrong)
}

func (s *Service) comeBack(until time.Time) *errs.Error {
	minutes := int((until.Sub(s.db.Now()) + time.Minute - 1) / time.Minute)
	return errs.TooManyf("Too many tries with this e-mail. Try again in %s, or ask the people who run Interlock for a new link by mail.", plural(minutes, "minute"))
}

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// refuseShut refuses a try during the lock-out. A flood of them would flood the
// audit log too: each minute has one event at most, with their number.
func (s *Service) refuseShut(ctx context.Context, t try, accountID int64, l lock) error {
	if !l.due {
		return s.comeBack(*l.until)
	}
	t.Reason, t.Tries = "locked out", l.tries
	return s.refuse(ctx, t, accountID, s.comeBack(*l.until))
}

func (s *Service) refuse(ctx context.Context, t try, accountID int64, refusal *errs.Error) error {
	err := s.db.Write(ctx, "account:own", func(tx *store.Tx) error {
		tx.Record("login.refused", objectOf(t, accountID), t)
		return nil
	})
	if err != nil {
		return err
	}
	return refusal
}

func (s *Service) admit(ctx context.Context, t try, accountID int64) (actor authz.Actor, err error) {
	err = s.db.Write(ctx, "account:own", func(tx *store.Tx) error {
		if actor, err = actorOf(ctx, tx, accountID); err != nil {
			return err
		}
		if err := tx.LoginFailuresForget(ctx, t.Email); err != nil {
			return err
		}
		tx.Record("login.succeeded", objectOf(t, accountID), t)
		return tx.LoginSignedIn(ctx, sqlc.LoginSignedInParams{ID: accountID, SignedInAt: &tx.Now})
	})
	return actor, err
}

func objectOf(t try, accountID int64) store.Object {
	if accountID == 0 {
		return store.Object{Kind: "login", ID: t.Email}
	}
	return store.Object{Kind: "account", ID: accountID}
}

// asTyped makes what a stranger typed fit to be kept: lower case, one line, at
// most as long as an e-mail can be (RFC 5321: 254).
func asTyped(text string) string {
	text = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) || r == unicode.ReplacementChar {
			return -1
		}
		return unicode.ToLower(r)
	}, strings.TrimSpace(text))
	if runes := []rune(text); len(runes) > 254 {
		text = string(runes[:254])
	}
	return text
}
