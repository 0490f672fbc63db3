package identity

import (
	"context"
	"slices"

	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// Proposal is somebody who might own a thing, and why. About and Things belong to
// the rule: the owner before whom the person manages; the zone or asset, and how
// many things the person owns there; At and Ticket say when they granted.
type Proposal = sqlc.IdentityProposalsRow

// The rules of proposing, best first. Named is whoever somebody named on their own.
const (
	ByManager    = "manager"
	ByAssetOwner = "asset_owner"
	ByGranter    = "last_granter"
	Named        = "named"
)

// proposals finds who might own each thing, each person once, for their best reason.
func proposals(ctx context.Context, tx *store.Tx, things []Thing) (map[Thing][]Proposal, error) {
	var p sqlc.IdentityProposalsParams
	for _, t := range things {
		p.Subjects, p.Ids = append(p.Subjects, t.Subject), append(p.Ids, t.ID)
	}
	rows, err := tx.IdentityProposals(ctx, p)
	if err != nil {
		return nil, err
	}
	found := map[Thing][]Proposal{}
	for _, r := range rows {
		t := Thing{r.Subject, r.ID}
		if !slices.ContainsFunc(found[t], func(o Proposal) bool { return o.Email == r.Email }) {
			found[t] = append(found[t], r)
		}
	}
	return found, nil
}

// ruleOf tells by which rule this person was proposed.
func ruleOf(list []Proposal, email string) string {
	for _, p := range list {
		if p.Email == email {
			return p.Rule
		}
	}
	return Named
}
