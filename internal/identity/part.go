package identity

import (
	"context"
	"strings"
	"time"

	"interlock/internal/errs"
	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// Pair is one join with the two identities it takes for one person.
type Pair = sqlc.IdentityJoinListRow

// PairState says whether a join counts.
type PairState string

// A join counts until a person undoes it or its evidence is gone.
const (
	Counts PairState = "counts"
	Undone PairState = "undone"
	Lapsed PairState = "lapsed"
)

// StateOf tells whether a join counts.
func StateOf(p Pair) PairState {
	switch {
	case p.UndoneAt != nil:
		return Undone
	case p.LapsedAt != nil:
		return Lapsed
	}
	return Counts
}

// PairFilter narrows the list of joins; what is zero does not. Before is the id to
// go on from.
type PairFilter struct {
	State    PairState
	Rule     string
	Import   int64
	Identity int64
	Text     string
	Differ   bool // only those of which the two sources say different things
	Before   int64
}

// pageOf is how many rows a list shows at once.
const pageOf = 50

// Pairs returns the newest fifty joins that match, and whether there are more.
func (s *Service) Pairs(ctx context.Context, f PairFilter) (list []Pair, more bool, err error) {
	err = s.db.Read(ctx, "inventory:read", func(tx *store.Tx) (err error) {
		list, err = f.read(ctx, tx, pageOf+1)
		return err
	})
	if len(list) > pageOf {
		return list[:pageOf], true, err
	}
	return list, false, err
}

func (f PairFilter) read(ctx context.Context, tx *store.Tx, most int32) ([]Pair, error) {
	return tx.IdentityJoinList(ctx, sqlc.IdentityJoinListParams{
		State: string(f.State), Rule: f.Rule, Import: f.Import, Identity: f.Identity, Text: like(f.Text), Contradicted: f.Differ, Before: f.Before, Most: most,
	})
}

func like(text string) string {
	if text = strings.TrimSpace(text); text == "" {
		return ""
	}
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text) + "%"
}

// PairCounts says how many joins there are.
type PairCounts = sqlc.IdentityJoinCountsRow

// PairCounts counts the joins that count, that were undone and that lapsed, and
// the persons they make.
func (s *Service) PairCounts(ctx context.Context) (n PairCounts, err error) {
	err = s.db.Read(ctx, "inventory:read", func(tx *store.Tx) (err error) {
		n, err = tx.IdentityJoinCounts(ctx)
		return err
	})
	return n, err
}

// Pair returns one join.
func (s *Service) Pair(ctx context.Context, id int64) (p Pair, err error) {
	err = s.db.Read(ctx, "inventory:read", func(tx *store.Tx) (err error) {
		p, err = pair(ctx, tx, id)
		return err
	})
	return p, err
}

func pair(ctx context.Context, tx *store.Tx, id int64) (Pair, error) {
	if id == 0 {
		return Pair{}, errs.NotFoundf("There is no such join.")
	}
	list, err := tx.IdentityJoinList(ctx, sqlc.IdentityJoinListParams{ID: id, Most: 1})
	if err == nil && len(list) == 0 {
		err = errs.NotFoundf("There is no such join.")
	}
	if err != nil {
		return Pair{}, err
	}
	return list[0], nil
}

// Part says that an identity of the join is somebody else: none of its joins count
// any longer. Of a person of two identities either may be meant; of more, one has
// to be named, or the others would still hold the two together.
func (s *Service) Part(ctx context.Context, join, somebodyElse int64, reason string) error {
	if reason = strings.TrimSpace(reason); reason == "" {
		return errs.InvalidField("reason", "Say why they are not one person.")
	}
	return s.db.Write(ctx, "person:join", func(tx *store.Tx) error {
		p, err := turnOn(ctx, tx, join)
		if err != nil {
			return err
		}
		if StateOf(p) != Counts {
			return errs.Conflictf("This join does not count any longer. Load the page again.")
		}
		out, err := whoIsElse(p, somebodyElse)
		if err != nil {
			return err
		}
		undone, err := tx.IdentityJoinUndo(ctx, sqlc.IdentityJoinUndoParams{Identity: out, At: tx.Now, UndoneBy: tx.Actor.ID(), Reason: reason})
		if err != nil {
			return err
		}
		var joins []int64
		for _, u := range undone {
			joins = append(joins, u.ID)
		}
		tx.Record("identity.parted", store.Object{Kind: "identity", ID: out}, map[string]any{"joins": joins, "reason": reason})
		return tx.IdentityRegroup(ctx, []int64{p.LeftID, p.RightID})
	})
}

func whoIsElse(p Pair, named int64) (int64, error) {
	switch named {
	case p.LeftID, p.RightID:
		return named, nil
	case 0:
		if p.PersonSize == 2 {
			return p.RightID, nil
		}
	}
	return 0, errs.InvalidField("else", "Say which of the two is somebody else: the others hold them together.")
}

// Rejoin takes two identities for one person again, after somebody had undone it.
func (s *Service) Rejoin(ctx context.Context, join int64, reason string) error {
	if reason = strings.TrimSpace(reason); reason == "" {
		return errs.InvalidField("reason", "Say why they are one person after all.")
	}
	return s.db.Write(ctx, "person:join", func(tx *store.Tx) error {
		p, err := turnOn(ctx, tx, join)
		if err != nil {
			return err
		}
		if StateOf(p) != Undone {
			return errs.Conflictf("This join was not undone. Load the page again.")
		}
		id, err := tx.IdentityJoinAgain(ctx, sqlc.IdentityJoinAgainParams{ID: join, At: tx.Now, JoinedBy: tx.Actor.ID(), Reason: reason})
		if err != nil {
			return err
		}
		tx.Record("identity.rejoined", store.Object{Kind: "identity", ID: p.RightID}, map[string]any{"join": id, "with": p.LeftID, "rule": p.Rule, "reason": reason})
		return tx.IdentityRegroup(ctx, []int64{p.LeftID, p.RightID})
	})
}

// turnOn waits for whoever joins or parts just now, and refuses people who would
// say who they are themselves.
func turnOn(ctx context.Context, tx *store.Tx, join int64) (Pair, error) {
	if err := tx.IdentityJoinTurn(ctx); err != nil {
		return Pair{}, err
	}
	p, err := pair(ctx, tx, join)
	if err != nil {
		return p, err
	}
	return p, notOneself(ctx, tx, []int64{p.LeftID, p.RightID})
}

// Differences are the facts on which the two sources of a join contradict each
// other, in words.
func Differences(p Pair) []string {
	var list []string
	if !strings.EqualFold(p.LeftName, p.RightName) {
		list = append(list, "name")
	}
	if p.LeftStatus != p.RightStatus && p.LeftStatus != "ended" && p.RightStatus != "ended" {
		list = append(list, "status")
	}
	if p.LeftKind != p.RightKind {
		list = append(list, "kind")
	}
	return list
}

// EndedAt is when the join stopped counting, if it did.
func EndedAt(p Pair) *time.Time {
	if p.UndoneAt != nil {
		return p.UndoneAt
	}
	return p.LapsedAt
}
