package control

import (
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"

	"github.com/jackc/pgx/v5"

	"interlock/internal/audit"
	"interlock/internal/errs"
	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// pack is an evidence pack while it is made, in a temporary folder.
type pack struct {
	Manifest
	file      string // its name when it is taken away
	dir       string
	parts     map[string]*part
	tell      Progress
	done      int64
	total     int64
	manifest  []byte
	signature []byte
}

func newPack(campaign int64, tell Progress) (*pack, error) {
	dir, err := os.MkdirTemp("", "interlock-evidence-")
	if err != nil {
		return nil, fmt.Errorf("evidence: %w", err)
	}
	if tell == nil {
		tell = func(int64, int64, string) {}
	}
	return &pack{Manifest: Manifest{Format: Format, Campaign: campaign}, dir: dir, parts: map[string]*part{}, tell: tell}, nil
}

func (p *pack) remove() { _ = os.RemoveAll(p.dir) }

// fill reads everything, in the transaction.
func (p *pack) fill(ctx context.Context, tx *store.Tx, head audit.Head, log *audit.Sequencer) error {
	c, err := tx.ControlCampaign(ctx, p.Campaign)
	if errors.Is(err, pgx.ErrNoRows) {
		return errs.NotFoundf("There is no campaign %d.", p.Campaign)
	}
	if err != nil {
		return err
	}
	p.Title, p.State, p.MadeAt, p.By = c.Title, c.State, tx.Now, tx.Actor.ID()
	p.file = fmt.Sprintf("%s-%d.zip", c.Name, c.ID)
	p.done, p.Events = 0, 0
	p.total = c.Items + c.Decisions + c.Remediations + c.Events
	people, err := tx.ControlReviewers(ctx, p.Campaign)
	if err != nil {
		return err
	}
	if err := p.describe(c, people, head, log); err != nil {
		return err
	}
	if err := p.tables(ctx, tx); err != nil {
		return err
	}
	return p.trail(ctx, tx, head)
}

func (p *pack) describe(c sqlc.ControlCampaignRow, people []sqlc.ControlReviewersRow, head audit.Head, log *audit.Sequencer) error {
	campaign, err := json.MarshalIndent(describe(c, people), "", "  ")
	if err != nil {
		return fmt.Errorf("evidence: %w", err)
	}
	// Signed again, as another installation's key may have signed the head first.
	checkpoint, err := log.Sign(head.Text())
	if err != nil {
		return fmt.Errorf("evidence: %w", err)
	}
	for _, f := range []struct {
		name string
		body []byte
	}{
		{"README.txt", []byte(readme)}, {campaignFile, append(campaign, '\n')}, {"definition.yaml", []byte(c.Definition)},
		{checkpointFile, checkpoint}, {verifierFile, []byte(log.Verifier() + "\n")},
	} {
		err := p.part(f.name, func(w io.Writer) error {
			_, err := w.Write(f.body)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// part writes one file of the pack.
func (p *pack) part(name string, fill func(io.Writer) error) error {
	part, err := newPart(p.dir, name)
	if err != nil {
		return err
	}
	p.parts[name] = part
	err = errors.Join(fill(part), part.close())
	if errors.Is(err, syscall.ENOSPC) {
		return errs.Unavailablef("There is no room for the pack in %s: free space there, or set TMPDIR to a larger disk.", os.TempDir()).Because(err)
	}
	return err
}

func (p *pack) tables(ctx context.Context, tx *store.Tx) (err error) {
	if p.Items, err = p.table(ctx, tx, "items", itemFacts, itemsFrom, itemsFile); err != nil {
		return err
	}
	if p.Decisions, err = p.table(ctx, tx, "decisions", decisionFacts, decisionsFrom, decisionsFile); err != nil {
		return err
	}
	p.Remediations, err = p.table(ctx, tx, "remediations", remediationFacts, remediationsFrom, "")
	return err
}

// table writes name.csv and, if it has a name, the same rows as JSON.
func (p *pack) table(ctx context.Context, tx *store.Tx, name string, facts []column, from, asJSON string) (int64, error) {
	t := &table{columns: facts, from: from}
	copyRows := func(w io.Writer) error {
		t.csv = csv.NewWriter(w)
		rows, err := tx.Raw().Query(ctx, t.sql(), pgx.QueryResultFormats{pgx.TextFormatCode}, p.Campaign)
		if err != nil {
			return err
		}
		return t.copy(rows, func(n int64) { p.tell(p.done+n, p.total, name) })
	}
	inner := copyRows
	if asJSON != "" {
		inner = func(w io.Writer) error {
			return p.part(asJSON, func(j io.Writer) error {
				t.json = j
				return copyRows(w)
			})
		}
	}
	err := p.part(name+".csv", inner)
	p.done += t.rows
	p.tell(p.done, p.total, name)
	return t.rows, err
}

// trail writes the campaign's events with their proofs.
func (p *pack) trail(ctx context.Context, tx *store.Tx, head audit.Head) error {
	return p.part(trailFile, func(w io.Writer) error {
		return audit.Trail(ctx, tx, p.Campaign, head, func(e audit.Proven) error {
			p.Events++
			if p.Events%1000 == 0 {
				p.tell(p.done+p.Events, p.total, "audit log")
			}
			_, err := w.Write(trailLine(e))
			return err
		})
	})
}

// trailLine holds the event byte for byte as it was hashed.
func trailLine(e audit.Proven) []byte {
	line := fmt.Appendf(nil, `{"seq":%d,"event":`, e.Seq)
	line = append(append(line, e.Event...), `,"proof":[`...)
	for i, h := range e.Proof {
		if i > 0 {
			line = append(line, ',')
		}
		line = append(append(append(line, '"'), h.String()...), '"')
	}
	return append(line, "]}\n"...)
}

// sign lists the files in their order and signs the list.
func (p *pack) sign(log *audit.Sequencer) (err error) {
	for _, name := range contents {
		p.Files = append(p.Files, p.parts[name].File)
	}
	if p.manifest, err = json.MarshalIndent(p.Manifest, "", "  "); err != nil {
		return fmt.Errorf("evidence: %w", err)
	}
	p.manifest = append(p.manifest, '\n')
	if p.signature, err = log.Sign(signedText(p.sum())); err != nil {
		return fmt.Errorf("evidence: %w", err)
	}
	return nil
}

func (p *pack) sum() string {
	s := sha256.Sum256(p.manifest)
	return hex.EncodeToString(s[:])
}

// receipt is what the audit log keeps of an export.
func (p *pack) receipt() map[string]any {
	return map[string]any{
		"manifest_sha256": p.sum(), "items": p.Items, "decisions": p.Decisions, "events": p.Events, "state": p.State,
	}
}
