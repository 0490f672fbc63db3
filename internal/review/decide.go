package review

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"interlock/internal/authz"
	"interlock/internal/errs"
	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// Said is one answer to one item.
type Said struct {
	Item     int64  `json:"item"`
	Answer   Answer `json:"decision"`
	ReduceTo int64  `json:"reduce_to,omitempty"`
	Note     string `json:"-"`
}

// Batch is what a reviewer says at once: one item, a group, or a file's rows.
type Batch struct {
	Said  []Said
	Bulk  bool          // one answer for several items
	Shown string        // what was on the screen: item, group, list or file
	Open  time.Duration // how long it was open; 0 when unknown
	As    string        // on the command line, the reviewer's e-mail
}

// MaxNote bounds a reason, in bytes.
const MaxNote = 4000

// Decide records a reviewer's answers: all of them or, if one is refused, none.
// A refusal for more than a slip of the pen is on record.
func (s *Service) Decide(ctx context.Context, campaign int64, b Batch) error {
	if err := b.check(); err != nil {
		return err
	}
	err := s.decide(ctx, campaign, b)
	if !onRecord(err) {
		return err
	}
	return errors.Join(err, s.recordRefusal(ctx, campaign, b, err))
}

// onRecord tells a refusal that the audit log keeps: not theirs, not allowed, not
// now, or in bulk. What the form can mend (a missing note) it does not.
func onRecord(err error) bool {
	e, ok := errors.AsType[*errs.Error](err)
	return ok && (e.Kind == errs.Forbidden || e.Kind == errs.NotFound || e.Kind == errs.Conflict || (e.Kind == errs.Invalid && e.Field == ""))
}

func (s *Service) recordRefusal(ctx context.Context, campaign int64, b Batch, refusal error) error {
	return s.db.Write(ctx, "", func(tx *store.Tx) error {
		tx.Record("review.refused", about(campaign), map[string]any{"items": b.Said, "bulk": b.Bulk, "reason": refusal.Error()})
		return nil
	})
}

func (s *Service) decide(ctx context.Context, campaign int64, b Batch) error {
	return s.db.Write(ctx, "review:decide", func(tx *store.Tx) error {
		reviewer, err := reviewerFor(tx.Actor, b.As)
		if err != nil {
			return err
		}
		items, err := itemsToDecide(ctx, tx, campaign, reviewer, b)
		if err != nil {
			return err
		}
		if err := b.allowed(ctx, tx, items); err != nil {
			return err
		}
		if err := tx.ReviewDecide(ctx, b.params(campaign, reviewer, tx.Now)); err != nil {
			return err
		}
		tx.Record("review.decided", about(campaign), b.detail(reviewer))
		return b.pass(ctx, tx, campaign)
	})
}

// reviewerFor is who answers: a person only for themselves, the command line for
// whom it names.
func reviewerFor(a authz.Actor, as string) (string, error) {
	if !a.IsSystem() {
		return a.Email, nil
	}
	if as = strings.ToLower(strings.TrimSpace(as)); as == "" {
		return "", errs.InvalidField("reviewer", "Say for whom: --reviewer with the reviewer's e-mail.")
	}
	return as, nil
}

func (b *Batch) check() error {
	if len(b.Said) == 0 {
		return errs.Invalidf("Nothing is ticked: tick at least one item.")
	}
	seen := make(map[int64]bool, len(b.Said))
	for i := range b.Said {
		s := &b.Said[i]
		s.Note = strings.TrimSpace(s.Note)
		switch {
		case !s.Answer.Valid():
			return errs.InvalidField("answer", "Choose an answer: certify, reduce, revoke or unsure.")
		case s.Answer == Reduce && s.ReduceTo == 0:
			return errs.InvalidField("reduce_to", "Choose what to reduce to.")
		case len(s.Note) > MaxNote:
			return errs.InvalidField("note", "The reason is longer than %d characters: shorten it.", MaxNote)
		case s.Answer != Reduce: // the form sends its list of lower rights with every answer
			s.ReduceTo = 0
		}
		if seen[s.Item] {
			return errs.Invalidf("Item %d is answered twice: keep one answer.", s.Item)
		}
		seen[s.Item] = true
	}
	return nil
}

// itemsToDecide locks the items against their reviewer and the campaign against
// closing, and refuses what is not this reviewer's or no longer open. The lock is
// its own statement, so that what is read after it is current.
func itemsToDecide(ctx context.Context, tx *store.Tx, campaign int64, reviewer string, b Batch) (map[int64]sqlc.ReviewItemsForDecisionRow, error) {
	if err := standing(ctx, tx, campaign, reviewer); err != nil {
		return nil, err
	}
	ids := make([]int64, len(b.Said))
	for i, s := range b.Said {
		ids[i] = s.Item
	}
	rows, err := tx.ReviewItemsForDecision(ctx, sqlc.ReviewItemsForDecisionParams{CampaignID: campaign, Reviewer: reviewer, Items: ids})
	if err != nil {
		return nil, err
	}
	if len(rows) != len(ids) {
		return nil, errs.NotFoundf("Of %d items, %d are not yours to review in this campaign. Load the page again.", len(ids), len(ids)-len(rows))
	}
	items := make(map[int64]sqlc.ReviewItemsForDecisionRow, len(rows))
	for _, r := range rows {
		items[r.ID] = r
	}
	return items, nil
}

func standing(ctx context.Context, tx *store.Tx, campaign int64, reviewer string) error {
	if err := tx.ReviewLockShared(ctx, int32(campaign)); err != nil { //nolint:gosec // a lock's key may wrap
		return err
	}
	st, err := tx.ReviewStanding(ctx, sqlc.ReviewStandingParams{CampaignID: campaign, Reviewer: reviewer})
	if err != nil {
		return err
	}
	if !State(st.State).Open() {
		return errs.Conflictf("This campaign is %s; it takes no answers now.", st.State)
	}
	if st.SignedAt != nil {
		return errs.Conflictf("You signed off; your answers can no longer change.")
	}
	return nil
}

// allowed applies the rules of answering to each item.
func (b Batch) allowed(ctx context.Context, tx *store.Tx, items map[int64]sqlc.ReviewItemsForDecisionRow) error {
	for _, s := range b.Said {
		it := items[s.Item]
		switch high := Risk(it.Risk) >= High; {
		case it.Decision != nil:
			return errs.Conflictf("Item %d is answered already: take that answer back first.", s.Item)
		case high && b.Bulk:
			return errs.Invalidf("Item %d is high risk: such access is decided one by one, never in bulk.", s.Item)
		case high && s.Note == "":
			return errs.InvalidField("note", "This access is high risk: say why.")
		}
		if s.Answer == Reduce {
			if err := reducible(ctx, tx, it, s.ReduceTo); err != nil {
				return err
			}
		}
	}
	return nil
}

func reducible(ctx context.Context, tx *store.Tx, it sqlc.ReviewItemsForDecisionRow, to int64) error {
	lower, err := lowerThan(ctx, tx, it.AssetID, it.EntitlementID, it.Privilege)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(lower, func(e Entitlement) bool { return e.ID == to }) {
		return errs.InvalidField("reduce_to", "That is no lower right on the same asset: choose one of the list.")
	}
	return nil
}

func (b Batch) params(campaign int64, reviewer string, now time.Time) sqlc.ReviewDecideParams {
	p := sqlc.ReviewDecideParams{CampaignID: campaign, DecidedBy: reviewer, DecidedAt: now, Bulk: b.Bulk, Shown: b.Shown}
	if b.Open > 0 {
		ms := b.Open.Milliseconds()
		p.OpenMs = &ms
	}
	for _, s := range b.Said {
		p.Items = append(p.Items, s.Item)
		p.Answers = append(p.Answers, string(s.Answer))
		p.Reductions = append(p.Reductions, s.ReduceTo)
		p.Notes = append(p.Notes, s.Note)
	}
	return p
}

func (b Batch) detail(reviewer string) map[string]any {
	d := map[string]any{"items": b.Said, "bulk": b.Bulk, "shown": b.Shown, "reviewer": reviewer}
	if b.Open > 0 {
		d["open_ms"] = b.Open.Milliseconds()
	}
	if b.Said[0].Note != "" {
		d["note"] = b.Said[0].Note
	}
	return d
}

// pass gives what the reviewer is unsure of to the next one, if there is one who
// has not signed off.
func (b Batch) pass(ctx context.Context, tx *store.Tx, campaign int64) error {
	var unsure []int64
	for _, s := range b.Said {
		if s.Answer == Unsure {
			unsure = append(unsure, s.Item)
		}
	}
	if len(unsure) == 0 {
		return nil
	}
	to, err := tx.ReviewPass(ctx, unsure)
	if err != nil || len(to) == 0 {
		return err
	}
	_, err = tx.ReviewReviewersAdd(ctx, sqlc.ReviewReviewersAddParams{CampaignID: campaign, Emails: to})
	return err
}

// Undo takes answers back. Without items, the last one given.
func (s *Service) Undo(ctx context.Context, campaign int64, items []int64, as string) error {
	return s.db.Write(ctx, "review:decide", func(tx *store.Tx) error {
		reviewer, err := reviewerFor(tx.Actor, as)
		if err != nil {
			return err
		}
		if err := standing(ctx, tx, campaign, reviewer); err != nil {
			return err
		}
		if len(items) == 0 {
			last, err := tx.ReviewLastDecided(ctx, sqlc.ReviewLastDecidedParams{CampaignID: campaign, Reviewer: reviewer})
			if err != nil {
				return err
			}
			items = []int64{last}
		}
		rows, err := tx.ReviewItemsToUndo(ctx, sqlc.ReviewItemsToUndoParams{CampaignID: campaign, Items: items, Reviewer: reviewer})
		if err != nil {
			return err
		}
		if len(rows) != len(items) {
			return errs.Conflictf("There is no answer of yours to take back: it was taken back already, or the next reviewer answered.")
		}
		tx.Record("review.undone", about(campaign), map[string]any{"items": items, "reviewer": reviewer})
		return tx.ReviewUndo(ctx, sqlc.ReviewUndoParams{DecidedBy: reviewer, DecidedAt: tx.Now, Items: items})
	})
}
