package identity

import (
	"context"

	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// The rules by which two identities, both persons or contractors, are taken for
// one person. A bundle has no column for an employee number, but sources that know
// one use it as the id: so the same id in two sources, with four digits or more in
// a row and under the same name, is taken for one. Numbers that two sources count
// up on their own fall to different names.
const (
	SameEmail  = "same_email"
	SameNumber = "same_number"
	// ByHand is no rule: a person said so.
	ByHand = "by_hand"
)

// mailbox is how many may share an e-mail before it is nobody's own.
const mailbox = 12

// Joined says what an import did to who is one person.
type Joined struct {
	Made   map[string]int64 `json:"made,omitempty"` // pairs by rule
	Lapsed int64            `json:"lapsed,omitempty"`
}

// Pairs counts the pairs joined, by whatever rule.
func (j Joined) Pairs() int64 { return j.Made[SameEmail] + j.Made[SameNumber] }

// Join looks for persons among the identities that an import has just changed. To
// rehearse, import is 0. What a person undid stays undone.
func Join(ctx context.Context, tx *store.Tx, source, imported int64) (Joined, error) {
	if err := tx.IdentityJoinTurn(ctx); err != nil {
		return Joined{}, err
	}
	lapsed, err := tx.IdentityJoinLapse(ctx, sqlc.IdentityJoinLapseParams{Source: source, At: tx.Now})
	if err != nil {
		return Joined{}, err
	}
	p := sqlc.IdentityJoinMakeParams{Source: source, At: tx.Now, Most: mailbox, Import: &imported}
	if imported == 0 {
		who, why := tx.Actor.ID(), "a rehearsal"
		p.Import, p.JoinedBy, p.Reason = nil, &who, &why
	}
	rows, err := tx.IdentityJoinMake(ctx, p)
	if err != nil {
		return Joined{}, err
	}
	j := Joined{Made: map[string]int64{}, Lapsed: lapsed}
	for _, r := range rows {
		j.Made[r.Rule] = r.Pairs
	}
	if err := tx.IdentityRegroupChanged(ctx, sqlc.IdentityRegroupChangedParams{Source: source, At: tx.Now}); err != nil {
		return Joined{}, err
	}
	if j.Pairs()+lapsed > 0 {
		tx.Record("identity.joined", store.Object{Kind: "import", ID: imported}, j)
	}
	return j, nil
}
