package intake

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"strings"

	"github.com/jackc/pgx/v5"

	"interlock/internal/store"
)

// run is one import inside its transaction. It starts afresh if the transaction
// is run again.
type run struct {
	tx       *store.Tx
	bundle   *Bundle
	opts     Options
	source   int64
	problems *problems
	report   *Report
	hash     hash.Hash
	done     int64
	counted  map[string]int64 // see count
	careful  bool             // look for repeated pairs before the merge
}

func newRun(tx *store.Tx, b *Bundle, o Options) *run {
	return &run{
		tx: tx, bundle: b, opts: o, problems: newProblems(o.AllowRejects), hash: sha256.New(), counted: map[string]int64{},
		report: &Report{Source: o.Source, IgnoredColumns: []string{}, IgnoredFiles: append([]string{}, b.ignored...)},
	}
}

// step tells how far the import is: the first half is reading, the second merging.
func (r *run) step(done int64, what string) {
	r.done += done
	if r.opts.Progress != nil {
		r.opts.Progress(r.done, 2*r.bundle.size(), what)
	}
}

// sql fills in what the statements have in common. All of it is ours or
// well-formed by constraint, and as literals the planner can use it.
func (r *run) sql(text string, pairs ...string) string {
	pairs = append(pairs,
		"{own}", "'"+strings.ReplaceAll(r.opts.Source, "'", "''")+"'",
		"{source}", fmt.Sprint(r.source),
		"{now}", "'"+r.tx.Now.Format("2006-01-02 15:04:05.999999Z07:00")+"'::timestamptz",
	)
	text = strings.NewReplacer(pairs...).Replace(text)
	return strings.NewReplacer(pairs...).Replace(text)
}

func (r *run) exec(ctx context.Context, sql string) (int64, error) {
	tag, err := r.tx.Raw().Exec(ctx, sql)
	return tag.RowsAffected(), err
}

// query runs a statement on staging tables. They are new each time, so nothing
// is prepared for them.
func (r *run) query(ctx context.Context, sql string) (pgx.Rows, error) {
	return r.tx.Raw().Query(ctx, sql, pgx.QueryExecModeExec)
}

// planning suits few, large joins. A source's first rows are not in the
// statistics yet; a nested loop over them would take minutes.
const planning = `set local work_mem = '128MB'; set local jit = off; set local enable_nestloop = off`

// stage copies every file into its staging table.
func (r *run) stage(ctx context.Context) error {
	if _, err := r.exec(ctx, planning); err != nil {
		return err
	}
	for _, t := range tables {
		if _, err := r.exec(ctx, t.createStage()); err != nil {
			return err
		}
		if f := r.bundle.file(t); f != nil {
			if err := r.copyIn(ctx, f); err != nil {
				return err
			}
		}
	}
	return nil
}

func (t *table) createStage() string {
	columns := []string{"line bigint not null", "bad boolean not null"}
	for _, c := range t.columns {
		columns = append(columns, c.name+" "+c.stage())
	}
	return fmt.Sprintf(`create temp table stage_%s (%s) on commit drop`, t.name, strings.Join(columns, ", "))
}

func (r *run) copyIn(ctx context.Context, f *file) error {
	src, err := f.start()
	if err != nil {
		return err
	}
	defer func() { _ = src.Close() }()
	sum := sha256.New()
	what := "Reading " + f.table.file + ".csv"
	counted := &countedReader{io.TeeReader(src, sum), func(n int) { r.step(int64(n), what) }}
	s, unknown := newStream(f.table, counted, r.problems)
	if s == nil {
		return nil
	}
	for _, name := range unknown {
		r.report.IgnoredColumns = append(r.report.IgnoredColumns, f.table.file+".csv: "+shown(name))
	}
	copySQL := fmt.Sprintf(`copy stage_%s from stdin binary`, f.table.name)
	if _, err := r.tx.Raw().Conn().PgConn().CopyFrom(ctx, s, copySQL); err != nil {
		return fmt.Errorf("copy %s: %w", f.table.file, err)
	}
	_, _ = fmt.Fprintf(r.hash, "%x  %s.csv\n", sum.Sum(nil), f.table.file)
	return r.analyzeStage(ctx, f.table)
}

// analyzeStage counts what joins are planned by; the other columns would cost as
// much again for nothing.
func (r *run) analyzeStage(ctx context.Context, t *table) error {
	var joined []string
	for _, c := range t.columns {
		if c.kind == key || c.kind == ref {
			joined = append(joined, c.name)
		}
	}
	_, err := r.exec(ctx, fmt.Sprintf(`analyze stage_%s (%s)`, t.name, strings.Join(joined, ", ")))
	return err
}

// fileHash is the SHA-256 of what sha256sum prints for the files that were read,
// in the order of tables.
func (r *run) fileHash() string { return hex.EncodeToString(r.hash.Sum(nil)) }

type countedReader struct {
	src  io.Reader
	seen func(int)
}

func (c *countedReader) Read(p []byte) (int, error) {
	n, err := c.src.Read(p)
	c.seen(n)
	return n, err
}
