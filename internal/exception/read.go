package exception

import (
	"context"

	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// Exception is one entry of the register as it stands now.
type Exception struct {
	sqlc.ExceptionGetRow // DriftedSince is zero when no control is failed or overdue
	State                State
	Revisions            []sqlc.ExceptionRevision // the latest first
	Controls             []sqlc.ExceptionControlsRow
	Tests                []sqlc.ExceptionTest // the latest first
	Steps                []sqlc.ExceptionStep // the latest first
	Leaning              []Leaning            // who holds rights on the asset
	Names                map[string]string    // of the people in it, by e-mail
	Files                []File
	Limits               Limits
	Can                  Can
}

// File is an attachment, without its content.
type File = sqlc.ExceptionAttachmentsRow

// Latest is what is asked for, or was last.
func (e Exception) Latest() sqlc.ExceptionRevision { return e.Revisions[0] }

// Name is how a person is called, or their e-mail.
func (e Exception) Name(email string) string {
	if n, ok := e.Names[email]; ok {
		return n
	}
	return email
}

// Fields is what a revision says.
func (e Exception) Fields(r sqlc.ExceptionRevision) Fields { return fieldsOf(r) }

// Get reads one exception with its whole history.
func (s *Service) Get(ctx context.Context, id int64) (e Exception, err error) {
	err = s.db.Read(ctx, "exception:read", func(tx *store.Tx) error {
		row, err := tx.ExceptionGet(ctx, sqlc.ExceptionGetParams{Now: tx.Now, Grace: Grace.Seconds(), ID: id})
		if err != nil {
			return err
		}
		e = Exception{ExceptionGetRow: row, State: State(row.NowState)}
		if e.Revisions, err = tx.ExceptionRevisions(ctx, id); err != nil {
			return err
		}
		if e.Controls, err = tx.ExceptionControls(ctx, id); err != nil {
			return err
		}
		if e.Tests, err = tx.ExceptionTests(ctx, id); err != nil {
			return err
		}
		if e.Steps, err = tx.ExceptionSteps(ctx, id); err != nil {
			return err
		}
		if e.Leaning, err = tx.ExceptionLeaning(ctx, sqlc.ExceptionLeaningParams{Now: tx.Now, Asset: row.AssetID}); err != nil {
			return err
		}
		if e.Files, err = tx.ExceptionAttachments(ctx, id); err != nil {
			return err
		}
		if e.Limits, err = limits(ctx, tx); err != nil {
			return err
		}
		if e.Names, err = names(ctx, tx, e); err != nil {
			return err
		}
		e.Can, err = can(ctx, tx, e)
		return err
	})
	return e, err
}

func names(ctx context.Context, tx *store.Tx, e Exception) (map[string]string, error) {
	emails := []string{e.RiskOwner}
	for _, r := range e.Revisions {
		emails = append(emails, r.RequestedBy)
	}
	for _, c := range e.Controls {
		emails = append(emails, c.Owner)
	}
	for _, s := range e.Steps {
		emails = append(emails, s.Actor)
	}
	for _, f := range e.Files {
		emails = append(emails, f.AddedBy)
	}
	rows, err := tx.ExceptionNames(ctx, emails)
	byEmail := map[string]string{}
	for _, r := range rows {
		byEmail[r.Email] = r.Name
	}
	return byEmail, err
}
