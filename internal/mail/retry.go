package mail

import (
	"context"
	"time"

	"interlock/internal/authz"
	"interlock/internal/errs"
	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// lost is how long past its time a waiting message has certainly no job any more.
const lost = 24 * time.Hour

// Retry sends a failed mail anew, with all its tries.
func (s *Service) Retry(ctx context.Context, id int64) error {
	return s.db.Write(ctx, "mail:send", func(tx *store.Tx) error {
		row, err := tx.MailGet(ctx, id)
		if err != nil {
			return err
		}
		n, err := tx.MailRetry(ctx, sqlc.MailRetryParams{ID: id, DueAt: &tx.Now})
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.Conflictf("This mail is %s. Only one that failed can be sent again.", row.State)
		}
		tx.Record("mail.retried", store.Object{Kind: "mail", ID: id}, map[string]string{"to": row.Recipient, "subject": row.Subject})
		return enqueue(ctx, tx, []int64{id})
	})
}

// ResumeWaiting sends what waited for a mail server to be set, or whose job was
// lost; main calls it at start. Several replicas may.
func (s *Service) ResumeWaiting(ctx context.Context) error {
	if !s.settings.On() {
		return nil
	}
	ctx = authz.System(ctx, "mail")
	return s.db.Upkeep(ctx, func(tx *store.Tx) error {
		ids, err := tx.MailResume(ctx, sqlc.MailResumeParams{Now: tx.Now, Lost: tx.Now.Add(-lost)})
		if err != nil {
			return err
		}
		return enqueue(ctx, tx, ids)
	})
}
