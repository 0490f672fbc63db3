package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"interlock/internal/authz"
	"interlock/internal/demo"
	"interlock/internal/errs"
	"interlock/internal/intake"
	"interlock/internal/review"
	"interlock/internal/store"
)

// demoSeed makes the demonstration the same everywhere.
const demoSeed = 1

// demoActor makes the demonstration. No user of a machine is called so.
const demoActor = "serve --demo"

// fillDemo imports the demonstration's inventory, makes its accounts and runs its
// campaigns up to where they stand, in a database that holds nothing else. One
// that was stopped half-way goes on with what is missing. What happened "before
// today" is written with the clock set back.
func (a *app) fillDemo(ctx context.Context, p *printer) error {
	made, err := a.demoMade(ctx)
	if err != nil || made.whole || made.others {
		return err
	}
	p.say("Making the demonstration data ...")
	now := time.Now()
	ctx = authz.CommandLine(ctx, demoActor)
	err = together(
		func() error { return a.demoInventory(ctx, made.sources, now) },
		func() error { return a.demoAccounts(ctx, made.accounts) })
	if err != nil {
		return err
	}
	err = together(
		func() error { return a.demoExceptions(ctx, now) },
		func() error { return a.demoReach(ctx, now) })
	if err != nil {
		return err
	}
	if err := a.demoFindings(ctx, now); err != nil {
		return err
	}
	if err := a.demoKnown(ctx, now); err != nil {
		return err
	}
	for _, c := range demo.Campaigns(now) {
		if err := a.demoCampaign(ctx, c, made.campaigns, now); err != nil {
			return err
		}
	}
	return a.DB.Write(ctx, "campaign:run", func(tx *store.Tx) error {
		tx.Record(demoWhole, store.Object{Kind: "demonstration", ID: demoSeed}, struct{}{})
		return nil
	})
}

// together does two things at once that know nothing of each other.
func together(one, other func() error) error {
	done := make(chan error, 1)
	go func() { done <- other() }()
	return errors.Join(one(), <-done)
}

// demoWhole is the event after which nothing is missing.
const demoWhole = "demo.made"

// demoState is what there is of the demonstration.
type demoState struct {
	whole, others     bool // nothing is missing; somebody else put something in
	sources, accounts []string
	campaigns         map[string]demoCampaignState // by name, without its quarter
}

type demoCampaignState struct {
	id    int64
	state review.State
	items int64
}

func (a *app) demoMade(ctx context.Context) (s demoState, err error) {
	conn, err := pgx.Connect(ctx, a.url)
	if err != nil {
		return s, fmt.Errorf("connect to the database: %w", err)
	}
	defer func() { _ = conn.Close(ctx) }()
	by := authz.From(authz.CommandLine(ctx, demoActor)).ID()
	err = conn.QueryRow(ctx, `
		select exists (select from audit_event where action = $2 and actor = $1),
		       exists (select from import where actor <> $1)
		       or exists (select from account_role where granted_by <> $1 and granted_by not like 'system:%')
		       or exists (select from review_campaign where created_by <> $1),
		       (select coalesce(array_agg(name), '{}') from source where id in (select source_id from import)),
		       (select coalesce(array_agg(email), '{}') from account where password_hash is not null)`, by, demoWhole).
		Scan(&s.whole, &s.others, &s.sources, &s.accounts)
	if err != nil {
		return s, fmt.Errorf("look for the demonstration: %w", err)
	}
	rows, err := conn.Query(ctx, `
		select d.name, c.id, c.state, c.items from review_campaign c join review_definition d on d.id = c.definition_id where c.state <> 'cancelled'`)
	if err != nil {
		return s, fmt.Errorf("look for the demonstration's campaigns: %w", err)
	}
	s.campaigns = map[string]demoCampaignState{}
	var name string
	var c demoCampaignState
	_, err = pgx.ForEachRow(rows, []any{&name, &c.id, &c.state, &c.items}, func() error {
		s.campaigns[ofAnyQuarter(name)] = c
		return nil
	})
	return s, err
}

// ofAnyQuarter cuts 2026-q4- off the name of a definition.
func ofAnyQuarter(name string) string {
	return name[min(len(name), len("2026-q4-")):]
}

func (a *app) demoInventory(ctx context.Context, there []string, now time.Time) error {
	dir, err := os.MkdirTemp("", "interlock-demo-")
	if err != nil {
		return fmt.Errorf("demonstration: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	for _, b := range demo.Bundles(demoSeed, now) {
		if slices.Contains(there, b.Source) {
			continue
		}
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

func (a *app) demoAccounts(ctx context.Context, there []string) error {
	for _, s := range demo.SignIns(demoSeed) {
		password := demo.Password
		if slices.Contains(there, s.Email) {
			password = "" // has one, and a new one would end sessions
		}
		if _, err := a.Login.AddUser(ctx, s.Email, s.Name, s.Role, "", password); err != nil {
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
func (a *app) demoCampaign(ctx context.Context, c demo.Campaign, there map[string]demoCampaignState, now time.Time) error {
	at := now.AddDate(0, 0, -c.LaunchedDaysAgo)
	past, err := a.back(ctx, func() time.Time { return at })
	if err != nil {
		return err
	}
	defer past.Close()
	then := review.New(past)
	made, err := demoLaunch(ctx, then, c, there)
	if err != nil {
		return err
	}
	if c.Closed && made.State != review.Active && made.State != review.Signing {
		return nil // closed
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

// demoLaunch launches a campaign unless it was; a draft that was left is launched.
func demoLaunch(ctx context.Context, then *review.Service, c demo.Campaign, there map[string]demoCampaignState) (review.Launched, error) {
	was, ok := there[ofAnyQuarter(c.Name)]
	switch {
	case !ok:
		return then.DraftAndLaunch(ctx, c.YAML)
	case was.state == review.Draft:
		return then.Launch(ctx, was.id)
	}
	return review.Launched{Campaign: was.id, State: was.state, Items: was.items}, nil
}

// demoClose has every reviewer answer all of it within twelve days and sign off,
// and the governance lead close it on the fourteenth.
func demoClose(ctx context.Context, s *review.Service, campaign int64, setDay func(int)) error {
	rows, err := s.Items(ctx, campaign, review.ItemFilter{Page: 5000})
	if err != nil {
		return err
	}
	for i, r := range rows {
		setDay(1 + i%12)
		if r.Decision != nil { // before it was stopped
			continue
		}
		if err := demoAnswer(ctx, s, campaign, r, i, demoSaid(r, i)); err != nil {
			return err
		}
	}
	setDay(13)
	reviewers, err := s.Reviewers(ctx, campaign, "", 5000)
	if err != nil {
		return err
	}
	for _, who := range reviewers {
		if who.SignedAt != nil {
			continue
		}
		if err := s.Sign(authz.OnBehalf(ctx, who.Reviewer), campaign, who.Reviewer); err != nil {
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
		said := demoSaid(r, i)
		if i%41 == 40 && review.Risk(r.Risk) < review.High {
			said.Answer, said.Note = review.Unsure, "I do not know this system well enough."
		}
		if err := demoAnswer(ctx, s, made.Campaign, r, i, said); err != nil {
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

// demoSaid is what a careful reviewer says of an item.
func demoSaid(r review.ItemRow, i int) review.Said {
	said := review.Said{Item: r.ID, Answer: review.Certify}
	if r.Recommendation == "revoke" {
		said.Answer, said.Note = review.Revoke, "No longer needed here."
	}
	if review.Risk(r.Risk) >= review.High && said.Note == "" {
		said.Note = demoReasons[i%len(demoReasons)]
	}
	return said
}

// demoAnswer answers an item as its reviewer would, who looked at it before.
func demoAnswer(ctx context.Context, s *review.Service, campaign int64, r review.ItemRow, i int, said review.Said) error {
	if err := s.Seen(authz.System(ctx, "demonstration"), campaign, r.Reviewer); err != nil {
		return err
	}
	open := time.Duration(9+(i*37)%80) * time.Second
	for _, answer := range []review.Answer{said.Answer, review.Except} { // where an exception is in force, under it
		said.Answer = answer
		err := s.Decide(authz.OnBehalf(ctx, r.Reviewer), campaign, review.Batch{Said: []review.Said{said}, Shown: "item", Open: open, As: r.Reviewer})
		if refused, ok := errors.AsType[*errs.Error](err); !ok || refused.Field != "answer" {
			if ok && refused.Kind == errs.NotFound {
				return nil
			}
			return err
		}
	}
	return nil // nobody can certify it: it stays open
}
