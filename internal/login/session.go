package login

import (
	"context"
	"time"

	"github.com/alexedwards/scs/v2"

	"interlock/internal/authz"
	"interlock/internal/errs"
	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// SessionLife is how long after signing in a session ends in any case,
// SessionIdle how long after its last request. web leaves scs's own idle timeout
// unset, which would write to the database at every request.
const (
	SessionLife = 12 * time.Hour
	SessionIdle = time.Hour
)

// touchEvery is how exact the time of the last request is.
const touchEvery = time.Minute

// SessionAccount is the key under which web keeps the signed-in account's id, an
// int64, in a session.
const SessionAccount = "account"

// Sessions keeps the sessions of scs in the database, by SHA-256 of their token.
type Sessions struct{ db *store.DB }

var _ scs.CtxStore = (*Sessions)(nil)

// NewSessions makes the store to give to scs.
func NewSessions(db *store.DB) *Sessions { return &Sessions{db} }

func asSession(ctx context.Context) context.Context { return authz.System(ctx, "session") }

// FindCtx returns the data of a session that neither ended nor ran out.
func (s *Sessions) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	ctx = asSession(ctx)
	var row sqlc.LoginSessionFindRow
	err := s.db.Read(ctx, "account:own", func(tx *store.Tx) (err error) {
		row, err = tx.LoginSessionFind(ctx, sqlc.LoginSessionFindParams{
			TokenHash: digest(token), Now: tx.Now, IdleSince: tx.Now.Add(-SessionIdle),
		})
		return err
	})
	if errs.Is(err, errs.NotFound) {
		return nil, false, nil
	}
	if err == nil && s.db.Now().Sub(row.SeenAt) >= touchEvery {
		err = s.touch(ctx, token)
	}
	return row.Data, err == nil, err
}

func (s *Sessions) touch(ctx context.Context, token string) error {
	return s.db.Upkeep(ctx, func(tx *store.Tx) error {
		return tx.LoginSessionTouch(ctx, sqlc.LoginSessionTouchParams{TokenHash: digest(token), Now: tx.Now})
	})
}

// CommitCtx keeps a session's data. When it ends is counted from when it began
// by the program's clock, not scs's.
func (s *Sessions) CommitCtx(ctx context.Context, token string, data []byte, _ time.Time) error {
	ctx = asSession(ctx)
	_, values, err := scs.GobCodec{}.Decode(data)
	if err != nil {
		return err
	}
	var account *int64
	if id, ok := values[SessionAccount].(int64); ok {
		account = &id
	}
	return s.db.Upkeep(ctx, func(tx *store.Tx) error {
		return tx.LoginSessionCommit(ctx, sqlc.LoginSessionCommitParams{
			TokenHash: digest(token), AccountID: account, Data: data, Now: tx.Now, ExpiresAt: tx.Now.Add(SessionLife),
		})
	})
}

// DeleteCtx ends a session.
func (s *Sessions) DeleteCtx(ctx context.Context, token string) error {
	ctx = asSession(ctx)
	return s.db.Upkeep(ctx, func(tx *store.Tx) error {
		return tx.LoginSessionEnd(ctx, sqlc.LoginSessionEndParams{TokenHash: digest(token), EndedAt: &tx.Now})
	})
}

// Find is FindCtx for scs's older interface.
func (s *Sessions) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

// Commit is CommitCtx for scs's older interface.
func (s *Sessions) Commit(token string, data []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, data, expiry)
}

// Delete is DeleteCtx for scs's older interface.
func (s *Sessions) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }

// DropSessions ends every session of an account and tells how many.
func DropSessions(ctx context.Context, tx *store.Tx, accountID int64) (int64, error) {
	return tx.LoginSessionsEnd(ctx, sqlc.LoginSessionsEndParams{AccountID: &accountID, EndedAt: &tx.Now})
}
