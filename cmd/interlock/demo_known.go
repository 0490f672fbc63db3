package main

import (
	"context"
	"slices"
	"time"

	"interlock/internal/authz"
	"interlock/internal/demo"
	"interlock/internal/finding"
)

// demoKnown has somebody live with a few findings for a while, and allows two
// identities to be used on both sides.
func (a *app) demoKnown(ctx context.Context, now time.Time) error {
	there, err := a.Finding.Policies(ctx)
	if err != nil || len(there) > 0 {
		return err
	}
	past, err := a.back(ctx, func() time.Time { return now.AddDate(0, 0, -5) })
	if err != nil {
		return err
	}
	defer past.Close()
	then, people := finding.New(past), demo.SignIns(demoSeed)
	by := func(role string) context.Context {
		for _, p := range people {
			if p.Role == role {
				return authz.OnBehalf(ctx, p.Email)
			}
		}
		return ctx
	}
	officer, lead := by("risk_officer"), by("governance")
	for _, k := range []struct {
		rule   string
		most   int
		reason string
		days   int
	}{
		{"around_jump_host", 4, "The jump host of this line is ordered; until it is in, the way is watched by the shift.", 45},
		{"credential_overdue", 6, "Changing it stops the line. It is planned for the next outage.", 60},
		{"never_used", 3, "Stand-by access for the turn of the year.", 60},
	} {
		rows, err := then.List(ctx, finding.Filter{Rule: k.rule, Page: k.most})
		if err != nil {
			return err
		}
		for _, row := range rows {
			if err := then.Acknowledge(officer, row.ID, k.reason, now.AddDate(0, 0, k.days-5)); err != nil {
				return err
			}
		}
	}
	rows, err := then.List(ctx, finding.Filter{Rule: "reuse_both_sides"})
	rows = slices.DeleteFunc(rows, func(r finding.Row) bool { return r.IdentityKind == nil || *r.IdentityKind != "service" })
	for _, row := range rows[:min(len(rows), 2)] {
		if err := then.Allow(lead, row.ID, "It carries batch results from the lines to the office and cannot be two.", people[1].Email, now.AddDate(0, 5, 0)); err != nil {
			return err
		}
	}
	return err
}
