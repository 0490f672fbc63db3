package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"interlock/internal/control"
	"interlock/internal/errs"
)

type evidenceCmd struct {
	Export evidenceExportCmd `cmd:"" help:"Write the evidence pack of a campaign."`
	Verify evidenceVerifyCmd `cmd:"" help:"Verify a pack; needs no database."`
}

type evidenceExportCmd struct {
	ID   int64  `arg:"" help:"Number of the campaign."`
	Out  string `short:"o" required:"" placeholder:"FILE" help:"File to write." type:"path"`
	JSON bool   `name:"json" help:"Print as JSON."`
}

func (evidenceExportCmd) Help() string {
	return "Example:\n  interlock evidence export 3 -o pack.zip"
}

func (c *evidenceExportCmd) Run(ctx context.Context, set *settings, p *printer) error {
	return with(ctx, set, func(ctx context.Context, a *app) error {
		err := toFile(c.Out, func(w io.Writer) error { return a.Control.Export(ctx, c.ID, w, nil) })
		if err != nil {
			return noCampaign(err, c.ID)
		}
		if c.JSON {
			return p.json(map[string]any{"campaign": c.ID, "file": c.Out})
		}
		p.say("The evidence of campaign %d is in %s.", c.ID, c.Out)
		return nil
	})
}

type evidenceVerifyCmd struct {
	Pack string `arg:"" help:"The pack." type:"path"`
	Key  string `placeholder:"KEY" help:"The public key you were told, to be sure who signed."`
	JSON bool   `name:"json" help:"Print as JSON."`
}

func (evidenceVerifyCmd) Help() string {
	return "Examples:\n  interlock evidence verify pack.zip\n  interlock evidence verify pack.zip --key 'interlock+1a2b3c4d+AQID...'"
}

func (c *evidenceVerifyCmd) Run(p *printer) error {
	f, err := os.Open(c.Pack)
	if err != nil {
		return unreadable("pack", c.Pack, err)
	}
	defer func() { _ = f.Close() }()
	st, err := f.Stat()
	if err != nil {
		return fmt.Errorf("size of %s: %w", c.Pack, err)
	}
	report, err := control.Verify(f, st.Size(), c.Key)
	if err != nil {
		return err
	}
	if c.JSON {
		if err := p.json(report); err != nil {
			return err
		}
	}
	return printVerdict(p, c, report)
}

func printVerdict(p *printer, c *evidenceVerifyCmd, r control.Report) error {
	if !r.Valid {
		return errs.Invalidf("The pack %s is not valid.", c.Pack).WithDetails(r.Problems)
	}
	if !c.JSON {
		p.say("valid: %s", c.Pack)
		p.say("  campaign %d, %s: %s, %s, %s", r.Campaign, r.Title, items(r.Items),
			errs.Count(r.Decisions, "decision", "decisions"), errs.Count(r.Events, "audit event", "audit events"))
		p.say("  signed by %s", r.Fingerprint)
		p.say("  %s", r.Trust)
	}
	return nil
}

type auditCmd struct {
	Verify auditVerifyCmd `cmd:"" help:"Recompute the whole audit log and name what was changed."`
}

type auditVerifyCmd struct {
	JSON bool `name:"json" help:"Print as JSON."`
}

func (auditVerifyCmd) Help() string {
	return "Example:\n  interlock audit verify"
}

func (c *auditVerifyCmd) Run(ctx context.Context, set *settings, p *printer) error {
	return with(ctx, set, func(ctx context.Context, a *app) error {
		if _, err := a.Sequencer.Seal(ctx); err != nil {
			return err
		}
		report, err := a.Audit.Verify(ctx)
		if err != nil {
			return err
		}
		if c.JSON {
			if err := p.json(report); err != nil {
				return err
			}
		}
		if !report.OK {
			var lines []string
			for _, pr := range report.Problems {
				lines = append(lines, pr.What)
			}
			return errs.Conflictf("The audit log was tampered with or is damaged: %s below.", errs.Count(len(lines), "place is", "places are")).WithDetails(lines)
		}
		if !c.JSON {
			p.say("The audit log is whole: %s, %s.", errs.Count(report.Events, "event", "events"), errs.Count(report.Checkpoints, "signed checkpoint", "signed checkpoints"))
		}
		return nil
	})
}
