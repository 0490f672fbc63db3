package intake

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"interlock/internal/access/reach"
	"interlock/internal/asset"
	"interlock/internal/errs"
	"interlock/internal/finding"
	"interlock/internal/identity"
	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// limit bounds one import, waiting for another of the same source included.
const limit = time.Hour

// Import brings a bundle in, or tells what it would do. It refuses the bundle as
// a whole if a row is wrong, unless the options allow to leave rows out.
func (s *Service) Import(ctx context.Context, b *Bundle, o Options) (Report, error) {
	if !wellFormedSource(o.Source) {
		return Report{}, errs.InvalidField("source", badSource)
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	begun := s.db.Now()
	report, err := s.once(ctx, b, o, o.AllowRejects)
	if repeated(err) {
		report, err = s.once(ctx, b, o, true)
	}
	report.Seconds = s.db.Now().Sub(begun).Round(time.Millisecond).Seconds()
	return report, err
}

func (s *Service) once(ctx context.Context, b *Bundle, o Options, careful bool) (report Report, err error) {
	do := s.db.Write
	if o.DryRun {
		do = s.db.Rehearse
	}
	err = do(ctx, "inventory:import", func(tx *store.Tx) error {
		r := newRun(tx, b, o)
		r.careful = careful
		err := r.run(ctx, s.db.Now)
		report = *r.report
		return err
	})
	return report, err
}

func (r *run) run(ctx context.Context, clock func() time.Time) error {
	if err := r.open(ctx); err != nil {
		return err
	}
	if err := r.stage(ctx); err != nil {
		return err
	}
	if !r.problems.broken { // half a file would make every reference look wrong
		if err := r.check(ctx); err != nil {
			return err
		}
	}
	if err := r.countRejects(ctx); err != nil {
		return err
	}
	if err := r.problems.refusal(r.opts); err != nil {
		r.report.Rejects = r.problems.list[:min(len(r.problems.list), maxListed)]
		return err
	}
	if err := r.merge(ctx); err != nil {
		return err
	}
	if err := r.listRejects(); err != nil {
		return err
	}
	if !r.opts.DryRun {
		if err := r.refreshStatistics(ctx); err != nil {
			return err
		}
		if err := r.record(ctx, clock()); err != nil {
			return err
		}
	}
	if err := r.join(ctx); err != nil || r.opts.DryRun {
		return err
	}
	if err := asset.AskCount(ctx, r.tx); err != nil {
		return err
	}
	return finding.Ask(ctx, r.tx)
}

// join looks for who is known to another source too.
func (r *run) join(ctx context.Context) error {
	if r.report.Identities == (Counts{}) {
		return nil
	}
	joined, err := identity.Join(ctx, r.tx, r.source, r.report.Import)
	r.report.Joined, r.report.JoinedBy, r.report.Parted = joined.Pairs(), joined.Made, joined.Lapsed
	return err
}

// open takes the source's turn: of two imports of one source the second waits.
func (r *run) open(ctx context.Context) error {
	if err := r.tx.IntakeLockSource(ctx, r.opts.Source); err != nil {
		return err
	}
	id, err := r.tx.IntakeSource(ctx, sqlc.IntakeSourceParams{Name: r.opts.Source, CreatedAt: r.tx.Now})
	if err != nil {
		return err
	}
	r.source = id
	latest, err := r.tx.IntakeLatest(ctx, id)
	if err != nil {
		return err
	}
	if latest.After(r.tx.Now) {
		return errs.Conflictf("Nothing was imported: an import of %s that began later, at %s, is in already. Start again if this bundle is the newer one.", r.opts.Source, latest.Format(time.RFC3339))
	}
	return nil
}

// countRejects counts the bad rows, whether they will be left out or keep the
// bundle out. Of a broken file the rows are not known.
func (r *run) countRejects(ctx context.Context) error {
	if r.problems.total == 0 || r.problems.broken {
		return nil
	}
	r.report.Rejected = r.problems.gone
	for _, t := range tables {
		var n int
		if err := r.tx.Raw().QueryRow(ctx, `select count(*) from ready_`+t.name+` where bad`).Scan(&n); err != nil {
			return err
		}
		r.report.Rejected += n
	}
	return nil
}

func (r *run) listRejects() error {
	if err := r.quoteRows(); err != nil {
		return err
	}
	r.report.Rejects = r.problems.list
	return nil
}

// record numbers the import and files it in the audit log.
func (r *run) record(ctx context.Context, finished time.Time) error {
	counts := map[string]Counts{}
	for _, t := range tables {
		counts[t.file] = *r.report.counts(t.file)
	}
	body, err := json.Marshal(counts)
	if err != nil {
		return fmt.Errorf("import counts: %w", err)
	}
	rejected := int32(min(r.report.Rejected, 1<<31-1)) //nolint:gosec // bounded
	ignored := append(append([]string{}, r.report.IgnoredFiles...), r.report.IgnoredColumns...)
	r.report.Import, err = r.tx.IntakeImportInsert(ctx, sqlc.IntakeImportInsertParams{
		SourceID: r.source, FileHash: r.fileHash(), Actor: r.tx.Actor.ID(), StartedAt: r.tx.Now, FinishedAt: finished,
		Counts: body, Rejected: rejected, Ignored: ignored,
	})
	if err != nil {
		return err
	}
	r.tx.Record("import.done", store.Object{Kind: "import", ID: r.report.Import}, map[string]any{
		"source": r.opts.Source, "sha256": r.fileHash(), "counts": counts, "rejected": r.report.Rejected,
		"ignored": ignored, "accept_drop": r.opts.AcceptDrop,
	})
	return reach.Ask(ctx, r.tx)
}
