package main

import (
	"context"
	"encoding/csv"
	"errors"
	"os"
	"strconv"

	"interlock/internal/errs"
	"interlock/internal/identity"
	"interlock/internal/intake"
)

type importCmd struct {
	Bundle       string `arg:"" help:"Folder or zip of CSV files." type:"path"`
	Source       string `required:"" placeholder:"NAME" help:"The system it comes from, such as plant-a."`
	DryRun       bool   `help:"Say what would change, and change nothing."`
	AcceptDrop   bool   `help:"Accept that more than 20 % of the source's grants end."`
	AllowRejects bool   `help:"Leave bad rows out and write them to rejects.csv."`
	JSON         bool   `name:"json" help:"Print the report as JSON."`
}

func (importCmd) Help() string {
	return "Examples:\n  interlock import ./plant-a --source plant-a --dry-run\n  interlock import corporate.zip --source corporate --json"
}

func (c *importCmd) Run(ctx context.Context, set *settings, p *printer) error {
	return with(ctx, set, func(ctx context.Context, a *app) error {
		b, err := intake.OpenBundle(c.Bundle)
		if err != nil {
			return err
		}
		defer func() { _ = b.Close() }()
		report, err := a.Intake.Import(ctx, b, intake.Options{Source: c.Source, DryRun: c.DryRun, AcceptDrop: c.AcceptDrop, AllowRejects: c.AllowRejects})
		if err != nil {
			return err
		}
		if err := writeRejects(report.Rejects); err != nil {
			return err
		}
		return c.print(p, report)
	})
}

func (c *importCmd) print(p *printer, r intake.Report) error {
	if c.JSON {
		r.Rejects = nil
		return p.json(r)
	}
	what := "Import " + strconv.FormatInt(r.Import, 10) + " of " + r.Source
	if c.DryRun {
		what = "Dry run of " + r.Source + ": nothing was changed"
	}
	p.say("%s, %.1f s", what, r.Seconds)
	for _, k := range []struct {
		name string
		n    intake.Counts
	}{
		{"sites", r.Sites}, {"zones", r.Zones}, {"conduits", r.Conduits}, {"assets", r.Assets},
		{"identities", r.Identities}, {"entitlements", r.Entitlements}, {"implies", r.Implies}, {"grants", r.Grants},
		{"credentials", r.Credentials}, {"holders", r.Holders}, {"sessions", r.Sessions},
	} {
		p.say("  %-13s %11s added %11s changed %11s ended", k.name, errs.Thousands(k.n.Added), errs.Thousands(k.n.Changed), errs.Thousands(k.n.Ended))
	}
	sayJoined(p, r)
	if r.Rejected > 0 {
		p.say("  %s left out: see rejects.csv", errs.Count(r.Rejected, "row was", "rows were"))
	}
	for _, col := range r.IgnoredColumns {
		p.say("  column %s is not known and was ignored", col)
	}
	for _, f := range r.IgnoredFiles {
		p.say("  file %s is not read yet and was ignored", f)
	}
	return nil
}

// sayJoined tells who was taken for one person, and by which rule: never silently.
func sayJoined(p *printer, r intake.Report) {
	for _, rule := range []string{identity.SameEmail, identity.SameNumber} {
		if n := r.JoinedBy[rule]; n > 0 {
			p.say("  %s taken for one person by the same %s", errs.Count(n, "pair of identities is", "pairs of identities are"), map[string]string{identity.SameEmail: "e-mail", identity.SameNumber: "number"}[rule])
		}
	}
	if r.Parted > 0 {
		p.say("  %s no longer taken for one person", errs.Count(r.Parted, "pair is", "pairs are"))
	}
}

// writeRejects puts what was left out beside the caller, to be mended.
func writeRejects(rejects []intake.Reject) (err error) {
	if len(rejects) == 0 {
		return nil
	}
	f, err := os.Create("rejects.csv")
	if err != nil {
		return errs.Unavailablef("The import is done, but rejects.csv cannot be written here: run it where you may write.").Because(err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w := csv.NewWriter(f)
	_ = w.Write([]string{"file", "line", "column", "value", "reason", "row"})
	for _, r := range rejects {
		_ = w.Write([]string{r.File, strconv.FormatInt(r.Line, 10), r.Column, r.Value, r.Reason, r.Row})
	}
	w.Flush()
	return w.Error()
}
