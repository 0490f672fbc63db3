package login

import (
	"context"

	"interlock/internal/authz"
	"interlock/internal/errs"
	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// ChangePassword sets one's own new password, given the old one. All sessions of
// the account end, the present one too: web renews its token right after.
func (s *Service) ChangePassword(ctx context.Context, old, password string) error {
	actor := authz.From(ctx)
	if err := authz.Check(actor, "account:own"); err != nil {
		return err
	}
	hashed, err := s.newPassword(ctx, password, actor.Email)
	if err != nil {
		return err
	}
	if err := s.proveOld(asLogin(ctx), actor, old); err != nil {
		return err
	}
	return s.db.Write(ctx, "account:own", func(tx *store.Tx) error {
		return keepPassword(ctx, tx, actor.Account, actor.Email, hashed, "change")
	})
}

// proveOld counts as a sign-in does: a browser left open is no place to guess.
func (s *Service) proveOld(ctx context.Context, actor authz.Actor, old string) error {
	account, lock, err := s.count(ctx, actor.Email)
	if err != nil {
		return err
	}
	t := try{Email: actor.Email, Reason: "wrong present password"}
	if lock.shut {
		return s.refuseShut(ctx, t, account.ID, lock)
	}
	right, err := matches(ctx, old, account.PasswordHash)
	if err != nil || right {
		return err
	}
	return s.refuse(ctx, t, account.ID, errs.InvalidField("old", "This is not your present password. Type it again, or ask the people who run Interlock for a new link by mail."))
}

func (s *Service) newPassword(ctx context.Context, password, email string) (string, error) {
	if err := checkPassword(password, email); err != nil {
		return "", err
	}
	return hash(ctx, password)
}

// keepPassword also ends every session, since one of them may be why the
// password is changed.
func keepPassword(ctx context.Context, tx *store.Tx, accountID int64, email, hashed, by string) error {
	err := tx.LoginPasswordSet(ctx, sqlc.LoginPasswordSetParams{ID: accountID, PasswordHash: &hashed, PasswordAt: &tx.Now})
	if err != nil {
		return err
	}
	if err := tx.LoginFailuresForget(ctx, email); err != nil {
		return err
	}
	ended, err := DropSessions(ctx, tx, accountID)
	tx.Record("login.password_set", store.Object{Kind: "account", ID: accountID}, map[string]any{"email": email, "by": by, "sessions_ended": ended})
	return err
}
