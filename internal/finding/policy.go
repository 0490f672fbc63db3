package finding

import (
	"context"
	"slices"
	"strings"
	"time"

	"interlock/internal/errs"
	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// Policy allows one identity or credential to be used on both sides, until a day; a
// live person answers for it.
type Policy = sqlc.FindingPoliciesRow

// Policies lists what is allowed: what holds first, then what has ended.
func (s *Service) Policies(ctx context.Context) (list []Policy, err error) {
	err = s.db.Read(ctx, "finding:read", func(tx *store.Tx) error {
		list, err = tx.FindingPolicies(ctx, tx.Now)
		return err
	})
	return list, err
}

// crossing are the rules that a policy answers.
var crossing = []string{"reuse_both_sides", "credential_both_sides"}

// MayAllow tells whether a crossing policy would end the finding.
func (f One) MayAllow() bool { return slices.Contains(crossing, f.Rule) }

// Allow makes a crossing policy for what a finding is about.
func (s *Service) Allow(ctx context.Context, id int64, why, owner string, ends time.Time) error {
	return s.db.Write(ctx, "finding:rule", func(tx *store.Tx) error {
		f, err := get(ctx, tx, id)
		if err != nil {
			return err
		}
		if !f.MayAllow() {
			return errs.Conflictf("A crossing policy does not answer this finding.")
		}
		person, err := person(ctx, tx, owner)
		if err != nil {
			return err
		}
		p := sqlc.FindingPolicyInsertParams{Why: strings.TrimSpace(why), OwnerID: person, CreatedAt: tx.Now, CreatedBy: tx.Actor.ID(), EndsAt: ends}
		if p.IdentityID = f.IdentityID; f.About == "credential" {
			p.IdentityID, p.CredentialID = nil, &f.SubjectID
		}
		made, err := tx.FindingPolicyInsert(ctx, p)
		if err != nil {
			return err
		}
		tx.Record("finding.policy_made", store.Object{Kind: "finding_policy", ID: made}, map[string]any{"finding": id, "about": f.About, "subject": f.SubjectID, "why": p.Why, "owner": person, "ends": ends})
		return Ask(ctx, tx)
	})
}

// EndPolicy ends a crossing policy before its day.
func (s *Service) EndPolicy(ctx context.Context, id int64) error {
	return s.end(ctx, "finding.policy_ended", "finding_policy", id, func(tx *store.Tx) (int64, error) {
		return tx.FindingPolicyEnd(ctx, sqlc.FindingPolicyEndParams{Now: tx.Now, Actor: tx.Actor.ID(), ID: id})
	})
}

func (s *Service) end(ctx context.Context, action, kind string, id int64, do func(*store.Tx) (int64, error)) error {
	return s.db.Write(ctx, "finding:rule", func(tx *store.Tx) error {
		n, err := do(tx)
		if err == nil && n == 0 {
			err = errs.NotFoundf("There is none of that number in force.")
		}
		if err != nil {
			return err
		}
		tx.Record(action, store.Object{Kind: kind, ID: id}, struct{}{})
		return Ask(ctx, tx)
	})
}

// person finds a live person by e-mail.
func person(ctx context.Context, tx *store.Tx, email string) (int64, error) {
	ids, err := tx.FindingPerson(ctx, strings.ToLower(strings.TrimSpace(email)))
	if err == nil && len(ids) == 0 {
		err = errs.InvalidField("owner", "Nobody who is still here has the e-mail %q.", email)
	}
	return append(ids, 0)[0], err
}

// Combination is two rights that one identity should not hold together.
type Combination = sqlc.FindingToxicListRow

// Combinations lists those in force.
func (s *Service) Combinations(ctx context.Context) (list []Combination, err error) {
	err = s.db.Read(ctx, "finding:read", func(tx *store.Tx) error {
		list, err = tx.FindingToxicList(ctx)
		return err
	})
	return list, err
}

// Side is one of the two: every right whose name has all the words, on an asset of
// one of the classes and domains, with one of the privileges; an empty list is any.
type Side struct {
	Words      []string `json:"words,omitempty"`
	Classes    []string `json:"classes,omitempty"`
	Domains    []string `json:"domains,omitempty"`
	Privileges []string `json:"privileges,omitempty"`
}

// NewCombination is a combination to be.
type NewCombination struct {
	Name   string `json:"name"`
	Why    string `json:"why"`
	Owner  string `json:"owner"` // an e-mail
	First  Side   `json:"first"`
	Second Side   `json:"second"`
}

// Combine makes a combination.
func (s *Service) Combine(ctx context.Context, c NewCombination) (id int64, err error) {
	err = s.db.Write(ctx, "finding:rule", func(tx *store.Tx) error {
		owner, err := person(ctx, tx, c.Owner)
		if err != nil {
			return err
		}
		a, b := c.First.filled(), c.Second.filled()
		id, err = tx.FindingToxicInsert(ctx, sqlc.FindingToxicInsertParams{
			Name: strings.TrimSpace(c.Name), Why: strings.TrimSpace(c.Why), OwnerID: &owner,
			FirstWords: a.Words, FirstClasses: a.Classes, FirstDomains: a.Domains, FirstPrivileges: a.Privileges,
			SecondWords: b.Words, SecondClasses: b.Classes, SecondDomains: b.Domains, SecondPrivileges: b.Privileges, CreatedAt: tx.Now, CreatedBy: tx.Actor.ID(),
		})
		if err != nil {
			return err
		}
		tx.Record("finding.combination_made", store.Object{Kind: "finding_toxic", ID: id}, c)
		return Ask(ctx, tx)
	})
	return id, err
}

// filled has no list that is null.
func (s Side) filled() Side {
	for _, list := range []*[]string{&s.Words, &s.Classes, &s.Domains, &s.Privileges} {
		*list = append([]string{}, *list...)
	}
	return s
}

// EndCombination ends one: what it found closes.
func (s *Service) EndCombination(ctx context.Context, id int64) error {
	return s.end(ctx, "finding.combination_ended", "finding_toxic", id, func(tx *store.Tx) (int64, error) {
		return tx.FindingToxicEnd(ctx, sqlc.FindingToxicEndParams{Now: tx.Now, Actor: tx.Actor.ID(), ID: id})
	})
}

// OwnCombination says who answers for a combination.
func (s *Service) OwnCombination(ctx context.Context, id int64, owner string) error {
	return s.db.Write(ctx, "finding:rule", func(tx *store.Tx) error {
		person, err := person(ctx, tx, owner)
		if err != nil {
			return err
		}
		n, err := tx.FindingToxicOwner(ctx, sqlc.FindingToxicOwnerParams{Owner: person, ID: id})
		if err == nil && n == 0 {
			err = errs.NotFoundf("There is none of that number in force.")
		}
		tx.Record("finding.combination_owned", store.Object{Kind: "finding_toxic", ID: id}, map[string]any{"owner": person})
		return err
	})
}
