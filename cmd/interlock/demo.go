package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"interlock/internal/authz"
	"interlock/internal/demo"
	"interlock/internal/errs"
	"interlock/internal/intake"
	"interlock/internal/review"
	"interlock/internal/store"
)

// demoSeed makes the demonstration the same everywhere.
const demoSeed = 1

// fillDemo imports the demonstration's inventory, makes its accounts and runs its
// campaigns up to where they stand, if the database is empty. What happened
// "before today" is written with the clock set back.
func (a *app) fillDemo(ctx context.Context, p *printer) error {
	used, err := a.used(ctx)
	if err != nil || used {
		return err
	}
	p.say("Making the demonstration data ...")
	now := time.Now()
	ctx = authz.CommandLine(ctx, "demo")
	if err := a.demoInventory(ctx, now); err != nil {
		return err
	}
	if err := a.demoAccounts(ctx); err != nil {
		return err
	}
	for _, c := range demo.Campaigns(now) {
		if err := a.demoCampaign(ctx, c, now); err != nil {
			return err
		}
	}
	return nil
}

func (a *app) demoInventory(ctx context.Context, now time.Time) error {
	dir, err := os.MkdirTemp("", "interlock-demo-")
	if err != nil {
		return fmt.Errorf("demonstration: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	for _, b := range demo.Bundles(demoSeed, now) {
		to := filepath.Join(dir, b.Source)
		if err := demo.WriteDir(b.Full(), to); err != nil {
			return err
		}
		if err := a.demoImport(ctx, b.Source, to); err != nil {
			return err
		}
	}
	return nil
}

func (a *app) demoImport(ctx context.Context, source, dir string) error {
	bundle, err := intake.OpenBundle(dir)
	if err != nil {
		return err
	}
	defer func() { _ = bundle.Close() }()
	_, err = a.Intake.Import(ctx, bundle, intake.Options{Source: source})
	return err
}

func (a *app) demoAccounts(ctx context.Context) error {
	for _, s := range demo.SignIns(demoSeed) {
		if _, err := a.Login.AddUser(ctx, s.Email, s.Name, s.Role, "", demo.Password); err != nil {
			return err
		}
		if s.Role == "member" || s.Role == "auditor" {
			continue
		}
		if _, err := a.Login.AddUser(ctx, s.Email, s.Name, "member", "", ""); err != nil {
			return err
		}
	}
	return nil
}

// demoCampaign launches a campaign in the past and has its reviewers answer some
// of it on the days since.
func (a *app) demoCampaign(ctx context.Context, c demo.Campaign, now time.Time) error {
	at := now.AddDate(0, 0, -c.LaunchedDaysAgo)
	past, err := a.back(ctx, func() time.Time { return at })
	if err != nil {
		return err
	}
	defer past.Close()
	then := review.New(past)
	made, err := then.DraftAndLaunch(ctx, c.YAML)
	if err != nil {
		return err
	}
	if c.Closed {
		return demoClose(ctx, then, made.Campaign, func(day int) { at = now.AddDate(0, 0, day-c.LaunchedDaysAgo) })
	}
	days := max(1, min(c.LaunchedDaysAgo, 20))
	for day := range days {
		at = now.AddDate(0, 0, -c.LaunchedDaysAgo+day).Add(time.Duration(day%7) * 23 * time.Minute)
		if err := demoAnswers(ctx, then, made, c.DecidedShare, day, days); err != nil {
			return err
		}
	}
	return nil
}

// demoClose has every reviewer answer all of it within twelve days and sign off,
// and the governance lead close it on the fourteenth.
func demoClose(ctx context.Context, s *review.Service, campaign int64, setDay func(int)) error {
	rows, err := s.Items(ctx, campaign, review.ItemFilter{Page: 5000})
	if err != nil {
		return err
	}
	reviewers := map[string]bool{}
	for i, r := range rows {
		setDay(1 + i%12)
		reviewers[r.Reviewer] = true
		if err := demoAnswer(ctx, s, campaign, r, i); err != nil {
			return err
		}
	}
	setDay(13)
	for _, who := range slices.Sorted(maps.Keys(reviewers)) {
		if err := s.Sign(authz.OnBehalf(ctx, who), campaign, who); err != nil {
			return err
		}
	}
	setDay(14)
	_, err = s.Close(authz.OnBehalf(ctx, demo.SignIns(demoSeed)[0].Email), campaign)
	return err
}

// back opens the database with another clock.
func (a *app) back(ctx context.Context, clock func() time.Time) (*store.DB, error) {
	return store.Open(ctx, a.url, clock)
}

// demoAnswers answers a day's part of the share, as careful reviewers would: what
// the recommendation says, with a reason where the risk is high.
func demoAnswers(ctx context.Context, s *review.Service, made review.Launched, share float64, day, days int) error {
	rows, err := s.Items(ctx, made.Campaign, review.ItemFilter{Answer: "open", Page: 5000})
	if err != nil {
		return err
	}
	target := int(float64(made.Items)*share*float64(day+1)/float64(days)) - (int(made.Items) - len(rows))
	for i, r := range rows {
		if target <= 0 {
			return nil
		}
		if !demoTurn(r, i) {
			continue
		}
		if err := demoAnswer(ctx, s, made.Campaign, r, i); err != nil {
			return err
		}
		target--
	}
	return nil
}

// demoTurn spreads the answers over reviewers and rungs, and leaves the people of
// the sign-in page most of theirs.
func demoTurn(r review.ItemRow, i int) bool {
	for _, s := range demo.SignIns(demoSeed) {
		if s.Email == r.Reviewer {
			return i%7 == 0
		}
	}
	return i%5 != 1
}

var demoReasons = []string{
	"Needed for the weekly line check; used last shift.", "On-call engineer for this cell.", "Agreed with the asset owner; reviewed on site.",
	"Part of the maintenance contract, work order on file.", "Covers the night shift while the team is short.",
}

func demoAnswer(ctx context.Context, s *review.Service, campaign int64, r review.ItemRow, i int) error {
	said := review.Said{Item: r.ID, Answer: review.Certify}
	if r.Recommendation == "revoke" {
		said.Answer, said.Note = review.Revoke, "No longer needed here."
	}
	if review.Risk(r.Risk) >= review.High && said.Note == "" {
		said.Note = demoReasons[i%len(demoReasons)]
	}
	open := time.Duration(9+(i*37)%80) * time.Second
	err := s.Decide(authz.OnBehalf(ctx, r.Reviewer), campaign, review.Batch{Said: []review.Said{said}, Shown: "item", Open: open, As: r.Reviewer})
	if refused, ok := errors.AsType[*errs.Error](err); ok && refused.Kind == errs.NotFound {
		return nil
	}
	return err
}
