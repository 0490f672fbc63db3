package login

import (
	"context"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5"

	"interlock/internal/authz"
	"interlock/internal/errs"
	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// Added is what AddUser changed; all false when it was so already.
type Added struct {
	ID                           int64
	Account, Role, PasswordIsSet bool
}

// AddUser adds an account, or the role to the one with this e-mail. A site, by
// its id or name, limits the role to it. Without a password only a link lets the
// person in; with one, it takes the place of any earlier.
func (s *Service) AddUser(ctx context.Context, email, name, role, site, password string) (Added, error) {
	var added Added
	if err := authz.Check(authz.From(ctx), "account:manage"); err != nil {
		return added, err // before the work of a hash
	}
	email = asTyped(email)
	hashed := ""
	if password != "" {
		h, err := s.newPassword(ctx, password, email)
		if err != nil {
			return added, err
		}
		hashed = h
	}
	err := s.db.Write(ctx, "account:manage", func(tx *store.Tx) (err error) {
		added, err = add(ctx, tx, user{email, strings.TrimSpace(name), role, site, hashed})
		return err
	})
	return added, err
}

type user struct{ email, name, role, site, hashed string }

func add(ctx context.Context, tx *store.Tx, u user) (a Added, err error) {
	if a.ID, a.Account, err = ensureAccount(ctx, tx, u); err != nil {
		return a, err
	}
	if a.Role, err = addRole(ctx, tx, a.ID, u); err != nil {
		return a, err
	}
	if a.PasswordIsSet = u.hashed != ""; a.PasswordIsSet {
		return a, keepPassword(ctx, tx, a.ID, u.email, u.hashed, "administrator")
	}
	if !a.Account && !a.Role {
		return a, store.ErrNothing
	}
	return a, nil
}

func ensureAccount(ctx context.Context, tx *store.Tx, u user) (id int64, added bool, err error) {
	id, err = tx.LoginAccountAdd(ctx, sqlc.LoginAccountAddParams{Email: u.email, Name: u.name, Now: tx.Now})
	if errors.Is(err, pgx.ErrNoRows) {
		row, err := tx.LoginAccountByEmail(ctx, u.email)
		return row.ID, false, err
	}
	tx.Record("account.added", store.Object{Kind: "account", ID: id}, map[string]string{"email": u.email})
	return id, true, err
}

func addRole(ctx context.Context, tx *store.Tx, id int64, u user) (bool, error) {
	site, err := siteOf(ctx, tx, u.site)
	if err != nil {
		return false, err
	}
	n, err := tx.LoginRoleAdd(ctx, sqlc.LoginRoleAddParams{
		AccountID: id, Role: u.role, SiteID: site, GrantedAt: tx.Now, GrantedBy: tx.Actor.ID(),
	})
	if n == 1 {
		tx.Record("account.role_granted", store.Object{Kind: "account", ID: id}, map[string]any{"email": u.email, "role": u.role, "site": u.site})
	}
	return n == 1, err
}

func siteOf(ctx context.Context, tx *store.Tx, site string) (*int64, error) {
	if site == "" {
		return nil, nil
	}
	ids, err := tx.LoginSites(ctx, site)
	switch {
	case err != nil:
		return nil, err
	case len(ids) == 0:
		return nil, errs.InvalidField("site", "There is no site %q. Import it first, or leave the site out for a role everywhere.", site)
	case len(ids) > 1:
		return nil, errs.InvalidField("site", "More than one site is called %q. Give its id instead of its name.", site)
	}
	return &ids[0], nil
}
