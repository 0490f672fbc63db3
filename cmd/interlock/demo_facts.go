package main

import (
	"context"
	"slices"
	"time"

	"interlock/internal/authz"
	"interlock/internal/demo"
	"interlock/internal/finding"
	"interlock/internal/identity"
)

// demoReach works out how far everybody gets, before the campaigns are launched
// whose items tell it, and offers some of what a leaver owned to who managed them.
func (a *app) demoReach(ctx context.Context, now time.Time) error {
	if _, err := a.Reach.Recompute(ctx, quietly); err != nil {
		return err
	}
	past, err := a.back(ctx, func() time.Time { return now.AddDate(0, 0, -2) })
	if err != nil {
		return err
	}
	defer past.Close()
	return a.demoOffer(ctx, identity.New(past))
}

// demoFindings looks for what is wrong as of before the campaigns, so that most of
// it has been known for long and their items tell it.
func (a *app) demoFindings(ctx context.Context, now time.Time) error {
	was, err := a.Finding.Numbers(ctx)
	if err != nil {
		return err
	}
	at := now
	past, err := a.back(ctx, func() time.Time { return at })
	if err != nil {
		return err
	}
	defer past.Close()
	for _, days := range []int{80, 52, 31, 9} {
		if at = now.AddDate(0, 0, -days); !at.After(was.EvaluatedAt) {
			continue // before it was stopped
		}
		if _, err := finding.New(past).Evaluate(ctx, quietly); err != nil {
			return err
		}
	}
	return nil
}

func quietly(int64, int64, string) {}

// demoOffer offers to who signs in as a member what they would be proposed for.
func (a *app) demoOffer(ctx context.Context, then *identity.Service) error {
	there, _, err := a.Identity.Handings(ctx, identity.HandingFilter{})
	if err != nil || len(there) > 0 {
		return err
	}
	lack, _, err := a.Identity.Ownership(ctx, identity.OwnershipFilter{Standings: []string{identity.Gone}})
	if err != nil {
		return err
	}
	o := identity.Offer{Note: "Who answered for these has left. Will you?"}
	governance := ""
	for _, person := range demo.SignIns(demoSeed) {
		if person.Role == "governance" {
			governance = person.Email
		}
		for _, w := range lack {
			if person.Role == "member" && len(o.Things) < 2 && slices.ContainsFunc(w.Proposals, func(p identity.Proposal) bool { return p.Email == person.Email }) {
				o.Things, o.To = append(o.Things, w.Thing()), append(o.To, person.Email)
			}
		}
	}
	if len(o.Things) == 0 {
		return nil
	}
	return then.Offer(authz.OnBehalf(ctx, governance), o)
}
