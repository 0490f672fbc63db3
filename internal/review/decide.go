package review

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

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
	Note     string `json:"note,omitempty"`
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
	return s.onRecord(ctx, campaign, map[string]any{"items": b.said(), "bulk": b.Bulk}, s.decide(ctx, campaign, b))
}

// decide sends the answers at once and looks only at why one was refused: the
// database keeps the rules of answering, and most answers break none. What wants
// to read besides looks first.
func (s *Service) decide(ctx context.Context, campaign int64, b Batch) error {
	if b.has(Reduce) || b.has(Unsure) {
		return s.db.Write(ctx, "review:decide", func(tx *store.Tx) error {
			if err := b.refused(ctx, tx, campaign); err != nil {
				return err
			}
			if err := b.answer(ctx, tx, campaign); err != nil {
				return err
			}
			return pass(ctx, tx, campaign, b.unsure())
		})
	}
	err := s.db.Send(ctx, "review:decide", func(tx *store.Tx) error { return b.answer(ctx, tx, campaign) })
	if err == nil || errs.Is(err, errs.Internal) || errs.Is(err, errs.Unavailable) {
		return err
	}
	why := s.db.Write(ctx, "review:decide", func(tx *store.Tx) error {
		if err := b.refused(ctx, tx, campaign); err != nil {
			return err
		}
		return store.ErrNothing
	})
	return cmp.Or(why, err)
}

// refused says of the first item that cannot be answered so, in words, why.
func (b Batch) refused(ctx context.Context, tx *store.Tx, campaign int64) error {
	who, err := reviewerFor(tx.Actor, b.As)
	if err != nil {
		return err
	}
	items, err := itemsToDecide(ctx, tx, campaign, who.reviewer, b)
	if err != nil {
		return err
	}
	return b.allowed(ctx, tx, items)
}

func (b Batch) answer(ctx context.Context, tx *store.Tx, campaign int64) error {
	who, err := reviewerFor(tx.Actor, b.As)
	if err != nil {
		return err
	}
	tx.Record("review.decided", about(campaign), b.detail(who.reviewer))
	for _, p := range b.params(campaign, who, tx.Now) {
		if err := tx.ReviewDecide(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

// answering is who answers and, if somebody else enters it for them, who that is.
type answering struct {
	reviewer  string
	enteredBy *string
}

// reviewerFor is who answers: a person only for themselves, the command line for
// whom it names.
func reviewerFor(a authz.Actor, as string) (answering, error) {
	if !a.IsSystem() {
		return answering{reviewer: a.Email}, nil
	}
	if as = strings.ToLower(strings.TrimSpace(as)); as == "" {
		return answering{}, errs.InvalidField("reviewer", "Say for whom: --reviewer with the reviewer's e-mail.")
	}
	id := a.ID()
	if id == as {
		return answering{reviewer: as}, nil
	}
	return answering{reviewer: as, enteredBy: &id}, nil
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
			return errs.InvalidField("answer", "Choose an answer: certify, certify_under_exception, reduce, revoke or unsure.")
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

// itemsToDecide locks the campaign against closing and the items against their
// reviewer, and refuses what is not this reviewer's or no longer open.
func itemsToDecide(ctx context.Context, tx *store.Tx, campaign int64, reviewer string, b Batch) (map[int64]sqlc.ReviewItemsForDecisionRow, error) {
	ids := make([]int64, len(b.Said))
	for i, s := range b.Said {
		ids[i] = s.Item
	}
	rows, err := tx.ReviewItemsForDecision(ctx, sqlc.ReviewItemsForDecisionParams{
		Lock: lockKey(campaign), CampaignID: campaign, Reviewer: reviewer, Items: ids,
	})
	if err != nil {
		return nil, err
	}
	if len(rows) != len(ids) {
		if err := standing(ctx, tx, campaign, reviewer); err != nil {
			return nil, err
		}
		if tx.Actor.IsSystem() {
			return nil, whose(ctx, tx, campaign, reviewer, ids)
		}
		return nil, errs.NotFoundf("Of %s, %s not yours to review in this campaign. Load the page again.", errs.Count(len(ids), "item", "items"), errs.Count(len(ids)-len(rows), "is", "are"))
	}
	items := make(map[int64]sqlc.ReviewItemsForDecisionRow, len(rows))
	for _, r := range rows {
		items[r.ID] = r
	}
	return items, takesAnswers(rows[0].State, rows[0].SignedAt)
}

// standing locks the campaign against closing and refuses who can no longer answer.
// The lock is its own statement, so that what is read after it is current.
func standing(ctx context.Context, tx *store.Tx, campaign int64, reviewer string) error {
	if err := lockShared(ctx, tx, campaign); err != nil {
		return err
	}
	st, err := tx.ReviewStanding(ctx, sqlc.ReviewStandingParams{CampaignID: campaign, Reviewer: reviewer})
	if errors.Is(err, pgx.ErrNoRows) && tx.Actor.IsSystem() {
		return stranger(ctx, tx, campaign, reviewer)
	}
	if err != nil {
		return err
	}
	return takesAnswers(st.State, st.SignedAt)
}

func takesAnswers(state string, signed *time.Time) error {
	if !State(state).Open() {
		return errs.Conflictf("This campaign is %s; it takes no answers now.", state)
	}
	if signed != nil {
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
			return errs.InvalidField("note", "%s: say why.", b.aboutItem(s.Item, "is high risk"))
		}
	}
	return b.reducible(ctx, tx)
}

// aboutItem names an item only where there are several.
func (b Batch) aboutItem(item int64, what string) string {
	if len(b.Said) == 1 {
		return "This access " + what
	}
	return fmt.Sprintf("Item %d %s", item, what)
}

// reducible refuses reductions to what is no lower right on the same asset.
func (b Batch) reducible(ctx context.Context, tx *store.Tx) error {
	var p sqlc.ReviewNotLowerParams
	for _, s := range b.Said {
		if s.Answer == Reduce {
			p.Items, p.Reductions = append(p.Items, s.Item), append(p.Reductions, s.ReduceTo)
		}
	}
	if len(p.Items) == 0 {
		return nil
	}
	wrong, err := tx.ReviewNotLower(ctx, p)
	if err == nil && len(wrong) > 0 {
		return errs.InvalidField("reduce_to", "That is no lower right on the same asset: choose one of the list.")
	}
	return err
}

// params are in the order in which everybody locks items.
func (b Batch) params(campaign int64, who answering, now time.Time) []sqlc.ReviewDecideParams {
	p := sqlc.ReviewDecideParams{CampaignID: campaign, DecidedBy: who.reviewer, EnteredBy: who.enteredBy, DecidedAt: now, Bulk: b.Bulk, Shown: b.Shown}
	if b.Open > 0 {
		ms := b.Open.Milliseconds()
		p.OpenMs = &ms
	}
	list := make([]sqlc.ReviewDecideParams, len(b.Said))
	for i, s := range b.Said {
		p.ItemID, p.Decision, p.ReduceTo, p.Note = s.Item, string(s.Answer), s.ReduceTo, s.Note
		list[i] = p
	}
	slices.SortFunc(list, func(a, b sqlc.ReviewDecideParams) int { return cmp.Compare(a.ItemID, b.ItemID) })
	return list
}

// detail is what the audit log keeps: one note for all, or each item's own.
func (b Batch) detail(reviewer string) map[string]any {
	d := map[string]any{"items": b.said(), "bulk": b.Bulk, "shown": b.Shown, "reviewer": reviewer}
	if b.Open > 0 {
		d["open_ms"] = b.Open.Milliseconds()
	}
	if note := b.Said[0].Note; note != "" && b.oneNote() {
		d["note"] = note
	}
	return d
}

func (b Batch) oneNote() bool {
	return !slices.ContainsFunc(b.Said, func(s Said) bool { return s.Note != b.Said[0].Note })
}

// said are the answers for the audit log, each with its note unless all have the same.
func (b Batch) said() []Said {
	said := slices.Clone(b.Said)
	if b.oneNote() {
		for i := range said {
			said[i].Note = ""
		}
	}
	return said
}

func (b Batch) has(a Answer) bool {
	return slices.ContainsFunc(b.Said, func(s Said) bool { return s.Answer == a })
}

func (b Batch) unsure() (items []int64) {
	for _, s := range b.Said {
		if s.Answer == Unsure {
			items = append(items, s.Item)
		}
	}
	return items
}

// pass gives what the reviewer is unsure of to the next live person who may
// decide it. If nobody is left, the answer stays as it is.
func pass(ctx context.Context, tx *store.Tx, campaign int64, unsure []int64) error {
	if len(unsure) == 0 {
		return nil
	}
	text, err := tx.ReviewFallback(ctx, campaign)
	if err != nil {
		return err
	}
	d, err := Parse(text)
	if err != nil {
		return err
	}
	to, err := tx.ReviewPass(ctx, sqlc.ReviewPassParams{Ids: unsure, Fallback: d.Fallback})
	if err != nil || len(to) == 0 {
		return err
	}
	_, err = tx.ReviewReviewersAdd(ctx, sqlc.ReviewReviewersAddParams{CampaignID: campaign, Emails: to})
	return err
}
