package audit

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"interlock/internal/store"
)

const (
	// limit bounds a verification or an export, which take minutes for millions.
	limit = 12 * time.Hour
	// maxProblems is how many problems are named one by one.
	maxProblems = 1000
)

// Report is the outcome of Verify.
type Report struct {
	Events      int64     `json:"events"`
	Sequenced   int64     `json:"sequenced"`
	Checkpoints int64     `json:"checkpoints"`
	Keys        []string  `json:"keys"`
	Problems    []Problem `json:"problems"`
	More        int64     `json:"more_problems,omitempty"`
	OK          bool      `json:"ok"`
}

// Kinds of problem.
const (
	Changed    = "event_changed"
	Removed    = "event_removed"
	Inserted   = "event_inserted"
	Pending    = "event_pending"
	Leaf       = "leaf"
	TreeHash   = "tree_hash"
	Checkpoint = "checkpoint"
	Signature  = "signature"
	Unsigned   = "unsigned"
)

// Problem is one thing that does not fit. Event and Seq are there when one event
// or one place in the tree is meant.
type Problem struct {
	Kind  string `json:"kind"`
	Event *int64 `json:"event,omitempty"`
	Seq   *int64 `json:"seq,omitempty"`
	What  string `json:"what"`
}

func (r *Report) add(kind string, event, seq *int64, format string, args ...any) {
	if len(r.Problems) == maxProblems {
		r.More++
		return
	}
	r.Problems = append(r.Problems, Problem{kind, event, seq, fmt.Sprintf(format, args...)})
}

// Verify recomputes the whole log from its events: each event against its leaf,
// the tree from the leaves, each checkpoint against the tree and its signature.
// With trusted keys given only those may have signed; else those the log knows.
func (s *Service) Verify(ctx context.Context, trusted ...string) (Report, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	var r Report
	err := s.db.Read(ctx, "audit:read", func(tx *store.Tx) error {
		v, err := newVerification(ctx, tx, trusted)
		if err != nil {
			return err
		}
		err = v.run()
		r = v.Report
		return err
	})
	r.OK = err == nil && len(r.Problems) == 0
	return r, err
}

// verification is one run of Verify.
type verification struct {
	Report
	ctx   context.Context //nolint:containedctx // lives for one call
	tx    *store.Tx
	keys  []string
	size  int64 // places in the tree, by the leaves
	tree  edge
	whole bool // the tree could be recomputed so far
	heads headCheck
	// gone are places without a leaf, by what the tree says of them
	gone   map[tlog.Hash]int64
	strays []stray
	newest time.Time // of the event sequenced last
}

func newVerification(ctx context.Context, tx *store.Tx, trusted []string) (*verification, error) {
	keys, err := tx.AuditKeys(ctx)
	if err != nil {
		return nil, err
	}
	if len(trusted) > 0 {
		keys = trusted
	}
	v := &verification{ctx: ctx, tx: tx, keys: keys, whole: true, gone: map[tlog.Hash]int64{}}
	v.Problems, v.Keys = []Problem{}, keys
	v.heads.known, v.heads.bad = verifiers(keys), map[int64]bool{}
	return v, v.count()
}

// count learns how large the tree claims to be; a leaf numbered far beyond the
// others is not followed there.
func (v *verification) count() error {
	const counts = `
select (select count(*) from audit_event),
       (select count(*) from audit_leaf),
       (select count(*) from audit_checkpoint)`
	if err := v.tx.Raw().QueryRow(v.ctx, counts).Scan(&v.Events, &v.Sequenced, &v.Checkpoints); err != nil {
		return err
	}
	const size = `select coalesce(max(seq), -1) + 1 from audit_leaf where seq between 0 and 2 * $1::bigint + 10000`
	return v.tx.Raw().QueryRow(v.ctx, size, v.Sequenced).Scan(&v.size)
}

func (v *verification) run() error {
	steps := []func() error{v.findStrays, v.walk, v.nameStrays, v.findSurplus, v.checkSigned}
	for _, step := range steps {
		if err := step(); err != nil {
			return fmt.Errorf("verify the audit log: %w", err)
		}
	}
	return nil
}

// walk goes through the tree a stretch at a time.
func (v *verification) walk() error {
	if _, err := v.tx.Raw().Exec(v.ctx, nestedLoops); err != nil {
		return err
	}
	for from := int64(0); from < v.size; from += batchSize {
		if err := v.stretch(from, min(from+batchSize, v.size)); err != nil {
			return err
		}
	}
	return nil
}
