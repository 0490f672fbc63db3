package main

import (
	"context"
	"encoding/csv"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"

	"interlock/internal/errs"
	"interlock/internal/review"
)

type campaignCmd struct {
	Preview previewCmd `cmd:"" help:"Say what a definition would ask of whom; nothing is written."`
	Launch  launchCmd  `cmd:"" help:"Launch a campaign from a definition."`
	Status  statusCmd  `cmd:"" help:"How a campaign stands."`
	Items   itemsCmd   `cmd:"" help:"The items of a campaign as CSV, riskiest first."`
	Decide  decideCmd  `cmd:"" help:"Record a reviewer's answers from a CSV file: item,decision,note."`
	Sign    signCmd    `cmd:"" help:"Sign a reviewer off."`
	Close   closeCmd   `cmd:"" help:"Close a campaign: apply the silence rules, open removals."`
}

type previewCmd struct {
	File string `arg:"" help:"Definition, YAML." type:"path"`
	JSON bool   `name:"json" help:"Print as JSON."`
}

func (previewCmd) Help() string {
	return "Example:\n  interlock campaign preview q4-plant-access.yaml"
}

func (c *previewCmd) Run(ctx context.Context, set *settings, p *printer) error {
	return with(ctx, set, func(ctx context.Context, a *app) error {
		text, err := readDefinition(c.File)
		if err != nil {
			return err
		}
		pv, err := a.Review.Preview(ctx, text)
		if err != nil {
			return err
		}
		if c.JSON {
			return p.json(pv)
		}
		p.say("%s for %s, about %s in all; %s to the fallback, %s with nobody.", items(pv.Items), errs.Count(len(pv.Reviewers), "reviewer", "reviewers"),
			errs.Count(pv.Minutes, "minute", "minutes"), errs.Thousands(pv.FallbackItems), errs.Thousands(pv.Without))
		for _, r := range pv.Reviewers[:min(10, len(pv.Reviewers))] {
			p.say("  %9s  %s", errs.Thousands(r.Items), r.Email)
		}
		for _, w := range beforeLaunch(pv) {
			p.note("note: %s", w)
		}
		return nil
	})
}

// beforeLaunch is what to know before launching: what would be refused first.
func beforeLaunch(pv review.Preview) []string {
	var said []string
	if err := pv.Orphans(); err != nil {
		said = append(said, err.Error())
	}
	for _, g := range pv.Gone {
		said = append(said, g+" is no longer active in the inventory: name another person.")
	}
	for _, s := range pv.StaleSources {
		said = append(said, "The import of "+s+" is too old: import it again, or raise fresh_within.")
	}
	if pv.Running != nil {
		said = append(said, pv.Running.String()+": a launch beside it needs --again.")
	}
	said = append(said, pv.Warnings...)
	for _, n := range pv.NotInForce {
		said = append(said, n+" is kept in the definition but not acted on yet.")
	}
	return said
}

type launchCmd struct {
	File  string `arg:"" help:"Definition, YAML." type:"path"`
	Again bool   `help:"Launch it though a campaign of the same definition still runs."`
	JSON  bool   `name:"json" help:"Print as JSON."`
}

func (launchCmd) Help() string {
	return "Example:\n  interlock campaign launch q4-plant-access.yaml --json"
}

func (c *launchCmd) Run(ctx context.Context, set *settings, p *printer) error {
	return with(ctx, set, func(ctx context.Context, a *app) error {
		text, err := readDefinition(c.File)
		if err != nil {
			return err
		}
		var options []review.LaunchOption
		if c.Again {
			options = append(options, review.Again)
		}
		made, err := a.Review.DraftAndLaunch(ctx, text, options...)
		if err != nil {
			return err
		}
		for _, w := range made.Warnings {
			p.note("note: %s", w)
		}
		if c.JSON {
			return p.json(made)
		}
		p.say("Campaign %d is %s: %s for %s, %s to the fallback, %.1f s.", made.Campaign, made.State, items(made.Items),
			errs.Count(made.Reviewers, "reviewer", "reviewers"), errs.Thousands(made.FallbackItems), made.Seconds)
		return nil
	})
}

func items(n int64) string { return errs.Count(n, "item", "items") }

// readDefinition reads a definition; nothing sensible is longer than the limit.
func readDefinition(file string) (string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return "", unreadable("definition", file, err)
	}
	if len(text) > 100_000 {
		return "", errs.Invalidf("The definition %s is longer than 100 kB: that is not a campaign definition.", file)
	}
	return string(text), nil
}

type statusCmd struct {
	ID   int64 `arg:"" help:"Number of the campaign."`
	JSON bool  `name:"json" help:"Print as JSON."`
}

func (statusCmd) Help() string {
	return "Examples:\n  interlock campaign status 3\n  interlock campaign status 3 --json"
}

func (c *statusCmd) Run(ctx context.Context, set *settings, p *printer) error {
	return with(ctx, set, func(ctx context.Context, a *app) error {
		st, err := a.Review.Status(ctx, c.ID)
		if err != nil {
			return noCampaign(err, c.ID)
		}
		if c.JSON {
			return p.json(st)
		}
		p.say("Campaign %d, %s: %s", st.Campaign, st.Title, st.State)
		p.say("  %s of %s decided: %d certified, %d excepted, %d revoked, %d reduced, %d unsure; %d overdue", errs.Thousands(st.Decided), items(st.Items), st.Certified, st.Excepted, st.Revoked, st.Reduced, st.Unsure, st.Overdue)
		p.say("  removals: %d open, %d verified, %d came back", st.Remediation.Open, st.Remediation.Verified, st.Remediation.Reappeared)
		return nil
	})
}

func noCampaign(err error, id int64) error {
	if errs.Is(err, errs.NotFound) {
		return errs.NotFoundf("There is no campaign %d.", id)
	}
	return err
}

type itemsCmd struct {
	ID   int64 `arg:"" help:"Number of the campaign."`
	CSV  bool  `name:"csv" help:"Print as CSV, one row an item (also without this flag)." xor:"form"`
	JSON bool  `name:"json" help:"Print as JSON, one object a line." xor:"form"`
}

func (itemsCmd) Help() string {
	return "Examples:\n  interlock campaign items 3 --csv > items.csv\n  interlock campaign items 3 --json"
}

func (c *itemsCmd) Run(ctx context.Context, set *settings, p *printer) error {
	return with(ctx, set, func(ctx context.Context, a *app) error {
		if !c.JSON {
			return noCampaign(a.Review.WriteItems(ctx, c.ID, review.ItemFilter{}, p.out), c.ID)
		}
		rows, csv := io.Pipe()
		go func() { _ = csv.CloseWithError(a.Review.WriteItems(ctx, c.ID, review.ItemFilter{}, csv)) }()
		err := p.jsonLines(rows, "item", "bulk")
		_ = rows.CloseWithError(err)
		return noCampaign(err, c.ID)
	})
}

type decideCmd struct {
	ID       int64  `arg:"" help:"Number of the campaign."`
	Reviewer string `required:"" placeholder:"EMAIL" help:"E-mail of the reviewer."`
	File     string `required:"" placeholder:"FILE" help:"CSV with the columns item, decision, note (and reduce_to)." type:"path"`
	JSON     bool   `name:"json" help:"Print as JSON."`
}

func (decideCmd) Help() string {
	return "Example:\n  interlock campaign decide 3 --reviewer eva.holm@example.com --file answers.csv\nA decision is certify, certify_under_exception, revoke, reduce (with reduce_to, the number of the lower entitlement) or unsure. The rules are those of the browser; all answers are taken or none."
}

func (c *decideCmd) Run(ctx context.Context, set *settings, p *printer) error {
	return with(ctx, set, func(ctx context.Context, a *app) error {
		f, err := os.Open(c.File)
		if err != nil {
			return unreadable("file of answers", c.File, err)
		}
		defer func() { _ = f.Close() }()
		said, err := readAnswers(f)
		if err != nil {
			return err
		}
		if err := a.Review.Decide(ctx, c.ID, review.Batch{Said: said, Shown: "file", As: c.Reviewer}); err != nil {
			return noCampaign(err, c.ID)
		}
		if c.JSON {
			return p.json(map[string]any{"campaign": c.ID, "reviewer": c.Reviewer, "decided": len(said)})
		}
		p.say("%s recorded for %s.", errs.Count(len(said), "answer", "answers"), c.Reviewer)
		return nil
	})
}

// readAnswers reads item,decision,note,reduce_to; every bad row is named.
func readAnswers(r io.Reader) ([]review.Said, error) {
	rows := csv.NewReader(r)
	rows.FieldsPerRecord = -1
	head, err := rows.Read()
	if err != nil {
		return nil, errs.Invalidf("The file of answers is empty: it needs the columns item, decision, note.")
	}
	head[0] = trimBOM(head[0])
	item, decision := slices.Index(head, "item"), slices.Index(head, "decision")
	if item < 0 || decision < 0 {
		return nil, errs.Invalidf("The file of answers has no column item or decision: its first line must name them.")
	}
	note, reduce := slices.Index(head, "note"), slices.Index(head, "reduce_to")
	var said []review.Said
	var bad []string
	for {
		row, err := rows.Read()
		if err == io.EOF {
			break
		}
		line, _ := rows.FieldPos(0)
		if err != nil {
			return nil, errs.Invalidf("The file of answers cannot be read as CSV at line %d: check its quotes.", line).Because(err)
		}
		s, reason := answerOf(row, item, decision, note, reduce)
		if reason != "" {
			bad = append(bad, "line "+strconv.Itoa(line)+": "+reason)
			continue
		}
		said = append(said, s)
	}
	if len(bad) > 0 {
		return nil, errs.Invalidf("%s of the file cannot be taken, so none was: mend what is named below.", errs.Count(len(bad), "row", "rows")).WithDetails(bad)
	}
	return said, nil
}

func trimBOM(s string) string {
	if len(s) >= 3 && s[:3] == "\ufeff" {
		return s[3:]
	}
	return s
}

func answerOf(row []string, item, decision, note, reduce int) (review.Said, string) {
	if len(row) <= max(item, decision) {
		return review.Said{}, "it has too few columns"
	}
	id, err := strconv.ParseInt(row[item], 10, 64)
	if err != nil {
		return review.Said{}, "item " + strconv.Quote(row[item]) + " is not a number"
	}
	s := review.Said{Item: id, Answer: review.Answer(row[decision])}
	if !s.Answer.Valid() {
		return s, "decision " + strconv.Quote(row[decision]) + " is not one of certify, certify_under_exception, revoke, reduce, unsure"
	}
	if note >= 0 && note < len(row) {
		s.Note = row[note]
	}
	if reduce >= 0 && reduce < len(row) && row[reduce] != "" {
		if s.ReduceTo, err = strconv.ParseInt(row[reduce], 10, 64); err != nil {
			return s, "reduce_to " + strconv.Quote(row[reduce]) + " is not a number"
		}
	}
	return s, ""
}

type signCmd struct {
	ID       int64  `arg:"" help:"Number of the campaign."`
	Reviewer string `required:"" placeholder:"EMAIL" help:"E-mail of the reviewer."`
	JSON     bool   `name:"json" help:"Print as JSON."`
}

func (signCmd) Help() string {
	return "Example:\n  interlock campaign sign 3 --reviewer eva.holm@example.com\nEvery item of the reviewer must have an answer. Afterwards the answers can no longer change."
}

func (c *signCmd) Run(ctx context.Context, set *settings, p *printer) error {
	return with(ctx, set, func(ctx context.Context, a *app) error {
		if err := a.Review.Sign(ctx, c.ID, c.Reviewer); err != nil {
			return noCampaign(err, c.ID)
		}
		if c.JSON {
			return p.json(map[string]any{"campaign": c.ID, "reviewer": c.Reviewer, "signed": true})
		}
		p.say("%s signed off campaign %d.", c.Reviewer, c.ID)
		return nil
	})
}

type closeCmd struct {
	ID   int64 `arg:"" help:"Number of the campaign."`
	JSON bool  `name:"json" help:"Print as JSON."`
}

func (closeCmd) Help() string {
	return "Example:\n  interlock campaign close 3\nWhat has no answer is treated as the definition's silence says. It cannot be undone."
}

func (c *closeCmd) Run(ctx context.Context, set *settings, p *printer) error {
	return with(ctx, set, func(ctx context.Context, a *app) error {
		closing, err := a.Review.Close(ctx, c.ID)
		if err != nil {
			return noCampaign(err, c.ID)
		}
		if c.JSON {
			return p.json(closing)
		}
		p.say("Campaign %d is %s: %s open.", c.ID, closing.State, errs.Count(closing.Remediation, "removal is", "removals are"))
		for _, outcome := range slices.Sorted(maps.Keys(closing.Outcomes)) {
			p.say("  %9s %s, %s of them without an answer", errs.Thousands(closing.Outcomes[outcome]), outcome, errs.Thousands(closing.Silent[outcome]))
		}
		return nil
	})
}
