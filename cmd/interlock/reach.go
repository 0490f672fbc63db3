package main

import (
	"context"
	"encoding/csv"
	"fmt"
	"strconv"
	"time"

	"interlock/internal/access/reach"
	"interlock/internal/errs"
)

type reachCmd struct {
	Identity string   `arg:"" optional:"" help:"Id of one identity; without it, everyone."`
	Source   string   `placeholder:"NAME" help:"Its source, if several have this id."`
	AsOf     string   `help:"Read the inventory as of this time: 2026-11-30 or 2026-11-30T08:00:00Z." placeholder:"TIME"`
	Without  []string `help:"Also tell what is no longer reached without this: grant:ID, conduit:ID, credential:ID or holder:ID, with the ids of --json; or a conduit's or credential's id in its source." placeholder:"WHAT"`
	JSON     bool     `name:"json" help:"Print as JSON, for everyone one object a line." xor:"form"`
	CSV      bool     `name:"csv" help:"Print as CSV, one row an identity." xor:"form"`
}

func (reachCmd) Help() string {
	return "How far an identity gets in the end: by its grants, over the conduits, and with the secrets stored where it gets to.\nExamples:\n" +
		"  interlock reach svc-historian --source plant-a\n  interlock reach svc-historian --json\n  interlock reach svc-historian --without conduit:vpn-1\n  interlock reach --csv > reach.csv\n  interlock reach --csv --as-of 2026-06-30"
}

func (c *reachCmd) Run(ctx context.Context, set *settings, p *printer) error {
	at, err := c.asOf()
	if err != nil {
		return err
	}
	if c.Identity == "" && c.Source != "" {
		return errs.Invalidf("--source says where the identity is from: name the identity too.")
	}
	if len(c.Without) > 0 && (c.Identity == "" || c.CSV) {
		return errs.Invalidf("--without answers for one identity, in words or with --json: name the identity.")
	}
	return with(ctx, set, func(ctx context.Context, a *app) error {
		if c.Identity == "" {
			return c.everyone(ctx, a, p, at)
		}
		answer, err := a.Reach.WhatIf(ctx, c.Identity, c.Source, at, c.Without)
		if err != nil {
			return err
		}
		if len(c.Without) > 0 {
			return c.whatIf(p, answer)
		}
		return c.one(p, answer.Result)
	})
}

func (c *reachCmd) asOf() (time.Time, error) {
	if c.AsOf == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly} {
		if at, err := time.Parse(layout, c.AsOf); err == nil {
			return at.UTC(), nil
		}
	}
	return time.Time{}, errs.InvalidField("as-of", "%q is not a time; write 2026-11-30 or 2026-11-30T08:00:00Z.", c.AsOf)
}

var reachHeader = []string{"source", "identity", "assets", "safety", "crossing", "highest"}

func reachRow(source, identity string, assets, safety, crossing int, highest string) []string {
	return []string{source, identity, strconv.Itoa(assets), strconv.Itoa(safety), strconv.Itoa(crossing), highest}
}

func (c *reachCmd) one(p *printer, r reach.Result) error {
	switch {
	case c.JSON:
		return p.json(r)
	case c.CSV:
		w := csv.NewWriter(p.out)
		return w.WriteAll([][]string{reachHeader, reachRow(r.Source, r.Identity, r.Assets, r.Safety, r.Crossing, r.Highest)})
	}
	p.say("%s (%s:%s) reaches %s: %d safety-related, %d on the other side, at most to %s", r.Name, r.Source, r.Identity, errs.Count(r.Assets, "asset", "assets"), r.Safety, r.Crossing, orNothing(r.Highest))
	for _, x := range r.Reached {
		p.say("  %-8s level %-7s %s", orNothing(x.Privilege), x.Level, x.Path)
	}
	return nil
}

// lost is what --without prints as JSON.
type lost struct {
	Source   string          `json:"source"`
	Identity string          `json:"identity"`
	Without  []string        `json:"without"`
	Before   int             `json:"before"`
	After    int             `json:"after"`
	Lost     []reach.Reached `json:"lost"`
}

func (c *reachCmd) whatIf(p *printer, a reach.Answer) error {
	r := a.Result
	if c.JSON {
		return p.json(lost{Source: r.Source, Identity: r.Identity, Without: c.Without, Before: r.Assets, After: a.Without.Assets, Lost: append([]reach.Reached{}, a.Lost...)})
	}
	for _, part := range a.WhatIf {
		p.say("without the %s %s", part.Kind, part.Label)
	}
	p.say("%s (%s:%s) reaches %d assets instead of %d; no longer reached, or with less:", r.Name, r.Source, r.Identity, a.Without.Assets, r.Assets)
	for _, x := range a.Lost {
		p.say("  %-8s level %-7s %s", orNothing(x.Privilege), x.Level, x.Path)
	}
	return nil
}

func orNothing(word string) string {
	if word == "" {
		return "-"
	}
	return word
}

func (c *reachCmd) everyone(ctx context.Context, a *app, p *printer, at time.Time) error {
	if c.JSON {
		return a.Reach.Everyone(ctx, at, func(r reach.Row) error { return p.json(r) })
	}
	if !c.CSV {
		p.say("%-12s %-24s %8s %8s %8s  %s", "source", "identity", "assets", "safety", "crossing", "highest")
		return a.Reach.Everyone(ctx, at, func(r reach.Row) error {
			p.say("%-12s %-24s %8d %8d %8d  %s", r.Source, r.Identity, r.Assets, r.Safety, r.Crossing, orNothing(r.Highest))
			return nil
		})
	}
	w := csv.NewWriter(p.out)
	if err := w.Write(reachHeader); err != nil {
		return fmt.Errorf("print reach: %w", err)
	}
	err := a.Reach.Everyone(ctx, at, func(r reach.Row) error {
		return w.Write(reachRow(r.Source, r.Identity, int(r.Assets), int(r.Safety), int(r.Crossing), r.Highest))
	})
	if w.Flush(); err != nil {
		return err
	}
	return w.Error()
}
