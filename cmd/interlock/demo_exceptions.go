package main

import (
	"context"
	"time"

	"interlock/internal/authz"
	"interlock/internal/demo"
	"interlock/internal/exception"
)

// demoExceptions asks for exceptions over the past half year: most are approved,
// some wait, a few have a control that failed, and every fourth gap nobody asked for.
func (a *app) demoExceptions(ctx context.Context, now time.Time) error {
	there, err := a.Exception.List(ctx, exception.Filter{Page: 1})
	if err != nil || len(there) > 0 {
		return err
	}
	gaps, err := a.Exception.Uncovered(ctx, exception.GapFilter{Page: 120})
	if err != nil {
		return err
	}
	var at time.Time
	past, err := a.back(ctx, func() time.Time { return at })
	if err != nil {
		return err
	}
	defer past.Close()
	then := exception.New(past)
	limits, err := then.Limits(ctx)
	if err != nil {
		return err
	}
	for i, g := range gaps {
		if i%4 == 3 {
			continue
		}
		at = now.AddDate(0, 0, -(i*13)%170)
		if err := demoException(ctx, then, limits, g, i, now, func(t time.Time) { at = t }); err != nil {
			return err
		}
	}
	return nil
}

func demoException(ctx context.Context, s *exception.Service, l exception.Limits, g exception.Gap, i int, now time.Time, setTime func(time.Time)) error {
	people := demo.SignIns(demoSeed)
	by := func(role string) context.Context {
		for _, p := range people {
			if p.Role == role {
				return authz.OnBehalf(ctx, p.Email)
			}
		}
		return ctx
	}
	owner := people[0].Email
	asks, officer, tester := by("plant_engineer"), by("risk_officer"), authz.OnBehalf(ctx, owner)
	begun := now.AddDate(0, 0, -(i*13)%170)
	q := demoRequest(g, l, i, begun, owner)
	ids, err := s.Request(asks, q)
	if err != nil || i%10 == 6 || exception.BandOf(q.Fields.Residual.Value()) == exception.Critical { // waits
		return err
	}
	if err := s.Answer(officer, ids[0], exception.Answer{Event: exception.Approve, Reason: "The way out is planned and paid for."}); err != nil {
		return err
	}
	e, err := s.Get(officer, ids[0])
	if err != nil {
		return err
	}
	for _, c := range e.Controls {
		for day := begun.AddDate(0, 0, 3); day.Before(now) && day.Before(*q.Fields.EndsAt); day = day.AddDate(0, 0, int(c.EveryDays)-5) {
			setTime(day)
			failed := i%11 == 1 && day.AddDate(0, 0, 12).After(now)
			note := "As it should be."
			if failed {
				note = "A second way in was open, past this control."
			}
			if err := s.Test(tester, c.ID, !failed, note); err != nil {
				return err
			}
		}
	}
	return nil
}

func demoRequest(g exception.Gap, l exception.Limits, i int, begun time.Time, owner string) exception.Request {
	score := func(likelihood, worst int) exception.Score {
		return exception.Score{Likelihood: int16(likelihood), People: int16(worst), Environment: 1, Supply: int16(max(1, worst-1))} //nolint:gosec // 1 to 5
	}
	worst := 1 + (i*7)%5
	residual := score(1+(i*3)%4, worst)
	ends := begun.Add(l[exception.BandOf(residual.Value())]).Truncate(24 * time.Hour)
	replaced := ends.AddDate(0, 0, -10)
	q := exception.Request{
		Assets: []int64{g.AssetID}, Capabilities: []string{g.Capability}, Submit: true,
		Fields: exception.Fields{
			Reason: exception.Reasons()[i%5], Justification: "The firmware does not support it, and the vendor has no newer one for this model.",
			Inherent: score(5, worst), Residual: residual, WayOut: "Replaced with the line's next control system.", ReplaceOn: &replaced, Outage: "Next planned outage of the line", Budget: "Approved", EndsAt: &ends,
		},
	}
	usual := exception.CapabilityOf(g.Capability).Control
	for _, c := range usual[:min(len(usual), 2)] {
		q.Controls = append(q.Controls, exception.Control{Title: c.Title, Method: c.Method, Owner: owner, EveryDays: c.EveryDays})
	}
	return q
}
