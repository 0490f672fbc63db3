package audit

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"golang.org/x/mod/sumdb/tlog"

	"interlock/internal/errs"
	"interlock/internal/store"
)

// proveSize is how many events are proven with one query for tree hashes.
const proveSize = 2000

// Proven is an event as it was hashed, with the proof that a head includes it.
type Proven struct {
	Seq   int64
	Event []byte // canonical
	Proof tlog.RecordProof
}

// Trail calls each for every event of the campaign that the head includes, by id.
// An event that does not fit the head is a refusal: no evidence is made of it.
func Trail(ctx context.Context, tx *store.Tx, campaign int64, head Head, each func(Proven) error) error {
	for after := int64(0); ; {
		events, err := trailPage(ctx, tx, campaign, head.Size, after)
		if err != nil || len(events) == 0 {
			return err
		}
		proven, err := prove(ctx, tx, head, events)
		if err != nil {
			return err
		}
		for _, p := range proven {
			if err := each(p); err != nil {
				return err
			}
		}
		after = events[len(events)-1].ID
	}
}

const selectTrail = `
select ` + eventColumns + `, l.seq
  from audit_event e
  join audit_leaf l on l.event_id = e.id
 where e.campaign_id = $1 and e.id > $2 and l.seq < $3
 order by e.id
 limit $4`

func trailPage(ctx context.Context, tx *store.Tx, campaign, size, after int64) ([]Event, error) {
	rows, err := tx.Raw().Query(ctx, selectTrail, campaign, after, size, proveSize)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Event, error) { return scanNumbered(row) })
}

// Waiting tells whether the transaction sees events of the campaign that the
// head does not include.
func Waiting(ctx context.Context, tx *store.Tx, campaign int64, head Head) (waiting bool, err error) {
	const q = `
select exists (select from audit_event e
                where e.campaign_id = $1
                  and not exists (select from audit_leaf l where l.event_id = e.id and l.seq < $2))`
	err = tx.Raw().QueryRow(ctx, q, campaign, head.Size).Scan(&waiting)
	return waiting, err
}

func prove(ctx context.Context, tx *store.Tx, head Head, events []Event) ([]Proven, error) {
	seqs := make([]int64, len(events))
	for i, e := range events {
		seqs[i] = *e.Seq
	}
	proofs, err := Prove(ctx, tx, head.Size, seqs)
	if err != nil {
		return nil, err
	}
	out := make([]Proven, len(events))
	for i, e := range events {
		line, err := e.Canonical()
		if err != nil {
			return nil, err
		}
		if err := tlog.CheckRecord(proofs[i], head.Size, head.Root, seqs[i], tlog.RecordHash(line)); err != nil {
			return nil, errs.Conflictf("The audit log does not fit its signed head at %s, so it proves nothing. Run: interlock audit verify", e).Because(err)
		}
		out[i] = Proven{seqs[i], line, proofs[i]}
	}
	return out, nil
}

// Prove gives the proofs that the tree of this size includes the records.
func Prove(ctx context.Context, tx *store.Tx, size int64, seqs []int64) ([]tlog.RecordProof, error) {
	need := map[int64]struct{}{}
	note := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		for _, i := range indexes {
			need[i] = struct{}{}
		}
		return make([]tlog.Hash, len(indexes)), nil
	})
	if _, err := proveAll(size, seqs, note); err != nil {
		return nil, err
	}
	indexes := make([]int64, 0, len(need))
	for i := range need {
		indexes = append(indexes, i)
	}
	known, err := readHashes(ctx, tx, indexes)
	if err != nil {
		return nil, err
	}
	return proveAll(size, seqs, known)
}

func proveAll(size int64, seqs []int64, tree tlog.HashReader) ([]tlog.RecordProof, error) {
	proofs := make([]tlog.RecordProof, len(seqs))
	for i, seq := range seqs {
		var err error
		if proofs[i], err = tlog.ProveRecord(size, seq, tree); err != nil {
			return nil, fmt.Errorf("prove no. %d: %w", seq, err)
		}
	}
	return proofs, nil
}
