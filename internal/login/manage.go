package login

import (
	"context"
	"time"

	"interlock/internal/authz"
	"interlock/internal/errs"
	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// Disable closes an account and ends its sessions; it tells how many.
func (s *Service) Disable(ctx context.Context, email string) (ended int64, err error) {
	err = s.manage(ctx, email, func(tx *store.Tx, id int64, email string) error {
		ended = 0
		n, err := tx.LoginDisable(ctx, sqlc.LoginDisableParams{ID: id, Now: tx.Now})
		if err != nil || n == 0 {
			return orNothing(err)
		}
		ended, err = DropSessions(ctx, tx, id)
		tx.Record("account.disabled", store.Object{Kind: "account", ID: id}, map[string]any{"email": email, "sessions_ended": ended})
		return err
	})
	return ended, err
}

// Enable opens a disabled account again, with the password and roles it had.
func (s *Service) Enable(ctx context.Context, email string) error {
	return s.manage(ctx, email, func(tx *store.Tx, id int64, email string) error {
		n, err := tx.LoginEnable(ctx, id)
		if err != nil || n == 0 {
			return orNothing(err)
		}
		tx.Record("account.enabled", store.Object{Kind: "account", ID: id}, map[string]string{"email": email})
		return nil
	})
}

// RevokeRole takes a role from an account: the one held at the site, by its id or
// name, or without a site the one held everywhere. Roles are read at every
// request, so that sessions need not end.
func (s *Service) RevokeRole(ctx context.Context, email, role, site string) error {
	return s.manage(ctx, email, func(tx *store.Tx, id int64, email string) error {
		at, err := siteOf(ctx, tx, site)
		if err != nil {
			return err
		}
		n, err := tx.LoginRoleTake(ctx, sqlc.LoginRoleTakeParams{AccountID: id, Role: role, SiteID: at})
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.Conflictf("%s is not %s, so there is nothing to take away. See who is what with: interlock user list.", email, RoleAt(role, site))
		}
		tx.Record("account.role_revoked", store.Object{Kind: "account", ID: id}, map[string]any{"email": email, "role": role, "site": site})
		return nil
	})
}

// RoleAt names a role, held everywhere or at a site.
func RoleAt(role, site string) string {
	if site == "" {
		return role
	}
	return role + " at " + site
}

func orNothing(err error) error {
	if err != nil {
		return err
	}
	return store.ErrNothing
}

func (s *Service) manage(ctx context.Context, email string, fn func(tx *store.Tx, id int64, email string) error) error {
	email = asTyped(email)
	return s.db.Write(ctx, "account:manage", func(tx *store.Tx) error {
		account, err := tx.LoginAccountByEmail(ctx, email)
		if err != nil {
			return err
		}
		return fn(tx, account.ID, email)
	})
}

// Own is what a person sees of their own account.
type Own struct {
	Email, Name string
	Roles       []string // "governance", "plant_engineer at Gent"
	SignedInAt  *time.Time
	PasswordAt  *time.Time
}

// Own returns the account of whoever asks.
func (s *Service) Own(ctx context.Context) (Own, error) {
	var own Own
	err := s.db.Read(ctx, "account:own", func(tx *store.Tx) error {
		row, err := tx.LoginOwn(ctx, authz.From(ctx).Account)
		own = Own{Email: row.Email, Name: row.Name, Roles: row.Roles, SignedInAt: row.SignedInAt, PasswordAt: row.PasswordAt}
		return err
	})
	return own, err
}
