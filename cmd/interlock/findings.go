package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"interlock/internal/finding"
)

type findingsCmd struct {
	Rule string `help:"Only those of one rule, such as no_owner." placeholder:"RULE"`
	JSON bool   `name:"json" help:"Print as JSON, one list." xor:"form"`
	CSV  bool   `name:"csv" help:"Print as CSV, one row a finding." xor:"form"`
}

func (findingsCmd) Help() string {
	return "What is wrong in the inventory now, the worst first. Looks anew if something was imported since it last did.\n" +
		"Examples:\n  interlock findings\n  interlock findings --rule no_owner --json\n  interlock findings --csv > findings.csv"
}

func (c *findingsCmd) Run(ctx context.Context, set *settings, p *printer) error {
	f := finding.Filter{Rule: c.Rule}
	if c.Rule != "" {
		if _, err := finding.RuleOf(c.Rule); err != nil {
			return err
		}
	}
	return with(ctx, set, func(ctx context.Context, a *app) error {
		if err := a.Finding.Current(ctx); err != nil {
			return err
		}
		switch {
		case c.JSON:
			return writeFindings(ctx, a, p, f)
		case c.CSV:
			return a.Finding.WriteCSV(ctx, f, p.out)
		case c.Rule != "":
			return a.Finding.Each(ctx, f, func(r finding.Row) error { return sayFinding(p, r) })
		}
		return sayNumbers(ctx, a, p)
	})
}

// writeFindings prints one list, an element a line.
func writeFindings(ctx context.Context, a *app, p *printer, f finding.Filter) error {
	out := bufio.NewWriter(p.out)
	before := "[\n"
	err := a.Finding.Each(ctx, f, func(r finding.Row) error {
		body, err := json.Marshal(r)
		if err != nil {
			return fmt.Errorf("finding %d: %w", r.ID, err)
		}
		_, err = out.WriteString(before + string(body))
		before = ",\n"
		return err
	})
	if before == "[\n" {
		_, _ = out.WriteString("[")
	}
	_, _ = out.WriteString("\n]\n")
	return errors.Join(err, out.Flush())
}

func sayFinding(p *printer, r finding.Row) error {
	who := ""
	if r.IdentityKey != nil {
		who = *r.IdentitySource + ":" + *r.IdentityKey + "  "
	}
	if r.AssetKey != nil {
		who += *r.AssetSource + ":" + *r.AssetKey + "  "
	}
	p.say("%-8s %s  %s%s", r.Severity, r.OpenedAt.Format("2006-01-02"), who, r.Note)
	return nil
}

func sayNumbers(ctx context.Context, a *app, p *printer) error {
	n, err := a.Finding.Numbers(ctx)
	if err != nil {
		return err
	}
	p.say("%-8s %8s %8s  %-24s %s", "severity", "open", "known", "rule", "title")
	for _, c := range n.Counts {
		p.say("%-8s %8d %8d  %-24s %s", c.Rule.Severity, c.Open, c.Acknowledged, c.Rule.ID, c.Rule.Title)
	}
	return nil
}
