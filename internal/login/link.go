package login

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"interlock/internal/errs"
	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// linkLife is how long a set-password link works.
const linkLife = 7 * 24 * time.Hour

// Link is whose password a link sets, and until when.
type Link struct {
	Email, Name string
	ExpiresAt   time.Time
}

// MintLink makes the secret of a link that sets the account's password once,
// within seven days. An earlier unused one stops working. The secret is in the
// link only; the database keeps its SHA-256.
func MintLink(ctx context.Context, tx *store.Tx, accountID int64) (string, error) {
	var raw [32]byte
	_, _ = rand.Read(raw[:]) // never fails: crypto/rand ends the program instead
	secret := base64.RawURLEncoding.EncodeToString(raw[:])
	return secret, tx.LoginTokenMint(ctx, sqlc.LoginTokenMintParams{
		Hash: digest(secret), AccountID: accountID, ExpiresAt: tx.Now.Add(linkLife),
	})
}

func digest(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}

// NeedsPassword tells whether this e-mail's account still has no password.
func NeedsPassword(ctx context.Context, tx *store.Tx, email string) (accountID int64, needs bool, err error) {
	accountID, err = tx.LoginNeedsPassword(ctx, email)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, false, nil
	}
	return accountID, err == nil, err
}

// LinkFor mints a link for whoever has no password yet; mail puts it into what
// it sends them.
func LinkFor(ctx context.Context, tx *store.Tx, email string) (secret string, ok bool, err error) {
	id, needs, err := NeedsPassword(ctx, tx, email)
	if err != nil || !needs {
		return "", false, err
	}
	secret, err = MintLink(ctx, tx, id)
	return secret, err == nil, err
}

// LinkInfo tells whose link it is. It does not use the link up: mail scanners
// open every link before the person does.
func (s *Service) LinkInfo(ctx context.Context, secret string) (Link, error) {
	var link Link
	err := s.db.Read(asLogin(ctx), "account:own", func(tx *store.Tx) error {
		row, err := tx.LoginTokenFind(ctx, sqlc.LoginTokenFindParams{Hash: digest(secret), Now: tx.Now})
		link = Link{Email: row.Email, Name: row.Name, ExpiresAt: row.ExpiresAt}
		return err
	})
	return link, orSpent(err)
}

// SetPassword uses the link up, sets the account's password, ends its sessions
// and lifts its lock-out.
func (s *Service) SetPassword(ctx context.Context, secret, password string) error {
	link, err := s.LinkInfo(ctx, secret)
	if err != nil {
		return err
	}
	hashed, err := s.newPassword(ctx, password, link.Email)
	if err != nil {
		return err
	}
	err = s.db.Write(asLogin(ctx), "account:own", func(tx *store.Tx) error {
		row, err := tx.LoginTokenUse(ctx, sqlc.LoginTokenUseParams{Hash: digest(secret), Now: tx.Now})
		if err != nil {
			return err
		}
		return keepPassword(ctx, tx, row.ID, row.Email, hashed, "link")
	})
	return orSpent(err)
}

func orSpent(err error) error {
	if errs.Is(err, errs.NotFound) {
		return errs.NotFoundf("This link does not work any more: it was used, a newer one was sent, or it is older than seven days. Use the newest mail, or ask the people who run Interlock for a new link.").Because(err)
	}
	return err
}
