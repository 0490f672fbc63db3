package finding

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"interlock/internal/authz"
	"interlock/internal/errs"
	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// One is a finding with what is known around it.
type One struct {
	Row
	What             Rule // zero for a rule that is no longer looked by
	Part             int64
	ClosedAt         *time.Time
	Grant            *sqlc.FindingGrantRow      // nil unless it is about a live grant
	Secret           *sqlc.FindingCredentialRow // nil unless it is about a credential
	Answers          []sqlc.FindingAnswersRow   // who is accountable for the identity and the asset
	Spells           []sqlc.FindingSpellsRow    // every time that this was so, this one first
	Acknowledgements []sqlc.FindingAcknowledgementsRow
	AboutReader      bool // nobody acknowledges a finding about themselves
}

// anyFinding is a relation like finding_open for one finding, open or closed.
const anyFinding = `(select f.*, (select a.until from finding_acknowledgement a where a.finding_id = f.id order by a.id desc limit 1) as acknowledged_until
   from finding f where f.id = $1)`

// Get reads one finding, open or closed.
func (s *Service) Get(ctx context.Context, id int64) (f One, err error) {
	err = s.db.Read(ctx, "finding:read", func(tx *store.Tx) error {
		f, err = get(ctx, tx, id)
		return err
	})
	return f, err
}

func get(ctx context.Context, tx *store.Tx, id int64) (f One, err error) {
	rows, err := tx.Raw().Query(ctx, fmt.Sprintf(columns, anyFinding), id)
	if err != nil {
		return f, err
	}
	if f.Row, err = pgx.CollectExactlyOneRow(rows, scan); err != nil {
		return f, missing(err, "There is no such finding.")
	}
	f.What, _ = RuleOf(f.Rule)
	of, err := tx.FindingOf(ctx, sqlc.FindingOfParams{Reader: authz.From(ctx).Email, ID: id})
	if err != nil {
		return f, err
	}
	f.Part, f.ClosedAt, f.AboutReader = of.Part, of.ClosedAt, of.IsAboutReader
	if f.Spells, err = tx.FindingSpells(ctx, id); err != nil {
		return f, err
	}
	if f.Acknowledgements, err = tx.FindingAcknowledgements(ctx, id); err != nil {
		return f, err
	}
	f.Answers, err = tx.FindingAnswers(ctx, sqlc.FindingAnswersParams{Identity: number(f.IdentityID), Asset: number(f.AssetID)})
	return f, errors.Join(err, f.subject(ctx, tx))
}

// subject reads the grant or the credential that it is about, if that is still there.
func (f *One) subject(ctx context.Context, tx *store.Tx) error {
	switch f.About {
	case "grant":
		row, err := tx.FindingGrant(ctx, f.SubjectID)
		if err == nil {
			f.Grant = &row
		}
		return present(err)
	case "credential":
		row, err := tx.FindingCredential(ctx, f.SubjectID)
		if err == nil {
			f.Secret = &row
		}
		return present(err)
	}
	return nil
}

func present(err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	return err
}

func missing(err error, words string) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return errs.NotFoundf("%s", words)
	}
	return err
}

func number(n *int64) int64 {
	if n == nil {
		return 0
	}
	return *n
}

// Acknowledge says that somebody knows of an open finding and lives with it until a
// day. It ends by itself; nothing has to be done then.
func (s *Service) Acknowledge(ctx context.Context, id int64, reason string, until time.Time) error {
	return s.acknowledge(ctx, "finding.acknowledged", id, reason, func(time.Time) time.Time { return until })
}

// TakeBack ends an acknowledgement before its day.
func (s *Service) TakeBack(ctx context.Context, id int64, reason string) error {
	return s.acknowledge(ctx, "finding.acknowledgement_taken_back", id, reason, func(now time.Time) time.Time { return now })
}

func (s *Service) acknowledge(ctx context.Context, action string, id int64, reason string, until func(now time.Time) time.Time) error {
	return s.db.Write(ctx, "finding:acknowledge", func(tx *store.Tx) error {
		f, err := get(ctx, tx, id)
		if err != nil {
			return err
		}
		reason, until := strings.TrimSpace(reason), until(tx.Now)
		if until.Equal(tx.Now) && !f.AcknowledgedAt(tx.Now) {
			return errs.Conflictf("This finding is not acknowledged.")
		}
		tx.Record(action, store.Object{Kind: "finding", ID: id}, map[string]any{"rule": f.Rule, "note": f.Note, "reason": reason, "until": until})
		return tx.FindingAcknowledge(ctx, sqlc.FindingAcknowledgeParams{FindingID: id, Reason: reason, At: tx.Now, Actor: tx.Actor.ID(), Until: until})
	})
}

// ReviewUse says that somebody looked at every use of the break-glass identity of a
// finding up to now, and what they found.
func (s *Service) ReviewUse(ctx context.Context, id int64, note string) error {
	return s.db.Write(ctx, "finding:acknowledge", func(tx *store.Tx) error {
		f, err := get(ctx, tx, id)
		if err != nil {
			return err
		}
		if f.Rule != BreakGlass || f.IdentityID == nil {
			return errs.Conflictf("This finding is not about the use of an emergency identity.")
		}
		used, err := tx.FindingLastUse(ctx, *f.IdentityID)
		if err != nil {
			return err
		}
		note = strings.TrimSpace(note)
		tx.Record("finding.use_reviewed", store.Object{Kind: "identity", ID: *f.IdentityID}, map[string]any{"finding": id, "used_until": used, "note": note})
		err = tx.FindingUseReviewInsert(ctx, sqlc.FindingUseReviewInsertParams{IdentityID: *f.IdentityID, UsedUntil: used, Reviewer: tx.Actor.ID(), ReviewedAt: tx.Now, Note: note})
		return errors.Join(err, Ask(ctx, tx))
	})
}

// BreakGlass is the rule that ends with a review of use.
const BreakGlass = "break_glass_unreviewed"
