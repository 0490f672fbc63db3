// Package login knows who may sign in and proves it is them: local accounts with
// their roles, passwords, the single-use links that set them, lock-out and the
// sessions of signed-in browsers. What a role allows is authz's; limiting tries
// by network address is web's. Everything before there is an actor runs as
// system:login.
package login

import (
	"context"

	"interlock/internal/authz"
	"interlock/internal/errs"
	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// Service holds the use cases of accounts and signing in.
type Service struct{ db *store.DB }

// New makes the service.
func New(db *store.DB) *Service { return &Service{db} }

// Actor returns who an account is, with its roles. Called on every request.
func (s *Service) Actor(ctx context.Context, accountID int64) (authz.Actor, error) {
	var actor authz.Actor
	err := s.db.Read(asLogin(ctx), "account:own", func(tx *store.Tx) (err error) {
		actor, err = actorOf(ctx, tx, accountID)
		return err
	})
	if errs.Is(err, errs.NotFound) {
		return authz.Actor{}, errs.Unauthenticatedf("Sign in first.").Because(err)
	}
	return actor, err
}

// Why an account that has the right password is not let in.
const (
	disabled = "This account is disabled. Ask an administrator to enable it."
	gone     = "The inventory says that the person with this e-mail has left or is disabled, so nobody signs in with it. If that is wrong, have it put right in the system that the inventory comes from."
)

func asLogin(ctx context.Context) context.Context { return authz.System(ctx, "login") }

func actorOf(ctx context.Context, tx *store.Tx, accountID int64) (authz.Actor, error) {
	row, err := tx.LoginActor(ctx, accountID)
	if err != nil {
		return authz.Actor{}, err
	}
	if row.DisabledAt != nil {
		return authz.Actor{}, errs.Unauthenticatedf(disabled)
	}
	if row.Gone {
		return authz.Actor{}, errs.Unauthenticatedf(gone)
	}
	return authz.Actor{Account: accountID, Email: row.Email, Name: row.Name, Roles: rolesOf(row)}, nil
}

func rolesOf(row sqlc.LoginActorRow) []authz.Role {
	roles := make([]authz.Role, len(row.Roles))
	for i, name := range row.Roles {
		roles[i] = authz.Role{Name: name, Site: row.Sites[i]}
	}
	return roles
}
