package login

import (
	"context"
	"time"

	"interlock/internal/errs"
	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// Person is somebody who is to have an account.
type Person struct{ Email, Name string }

// EnsureAccounts gives everybody an account and the role member who has none yet.
func EnsureAccounts(ctx context.Context, tx *store.Tx, people []Person) error {
	emails, names := make([]string, len(people)), make([]string, len(people))
	for i, p := range people {
		emails[i], names[i] = p.Email, p.Name
	}
	return EnsureAccountsOf(ctx, tx, emails, names)
}

// EnsureAccountsOf is EnsureAccounts for columns of e-mails and names. What is no
// e-mail address is left out: such a person cannot be written to either.
func EnsureAccountsOf(ctx context.Context, tx *store.Tx, emails, names []string) error {
	accounts, err := tx.LoginAccountsEnsure(ctx, sqlc.LoginAccountsEnsureParams{Emails: emails, Names: names, Now: tx.Now})
	if err != nil {
		return err
	}
	members, err := tx.LoginMembersEnsure(ctx, sqlc.LoginMembersEnsureParams{Emails: emails, GrantedBy: tx.Actor.ID(), Now: tx.Now})
	if err == nil && accounts+members > 0 {
		tx.Record("account.invited", store.Object{Kind: "account", ID: "reviewers"}, map[string]int64{"accounts": accounts, "members": members})
	}
	return err
}

// Account is one row of the list of accounts.
type Account struct {
	ID          int64
	Email, Name string
	Roles       []string // "governance", "plant_engineer at Gent"
	SignedInAt  *time.Time
	State       string // active, invited, locked, left, disabled
}

// page is how many accounts a list shows.
const page = 50

// Accounts lists accounts by e-mail, fifty after the given one.
func (s *Service) Accounts(ctx context.Context, after string) ([]Account, error) {
	var list []Account
	err := s.db.Read(ctx, "account:manage", func(tx *store.Tx) error {
		list = nil
		rows, err := tx.LoginAccounts(ctx, sqlc.LoginAccountsParams{After: after, Count: page, Now: tx.Now})
		for _, r := range rows {
			list = append(list, Account{r.ID, r.Email, r.Name, r.Roles, r.SignedInAt, stateOf(r)})
		}
		return err
	})
	return list, err
}

func stateOf(r sqlc.LoginAccountsRow) string {
	switch {
	case r.DisabledAt != nil:
		return "disabled"
	case r.Gone:
		return "left"
	case r.Locked:
		return "locked"
	case !r.HasPassword:
		return "invited"
	}
	return "active"
}

// InviteLink makes a new set-password link for an account, to be handed over by
// whoever manages accounts.
func (s *Service) InviteLink(ctx context.Context, email string) (secret string, err error) {
	email = asTyped(email)
	err = s.db.Write(ctx, "account:manage", func(tx *store.Tx) error {
		account, err := tx.LoginAccountByEmail(ctx, email)
		if err != nil {
			return err
		}
		if account.DisabledAt != nil {
			return errs.Conflictf("This account is disabled, so a link would not work. Enable it first.")
		}
		secret, err = MintLink(ctx, tx, account.ID)
		tx.Record("account.link_made", store.Object{Kind: "account", ID: account.ID}, map[string]string{"email": email})
		return err
	})
	return secret, err
}
