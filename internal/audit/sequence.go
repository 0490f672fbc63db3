package audit

import (
	"context"
	"fmt"
	"math"

	"github.com/jackc/pgx/v5"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"interlock/internal/authz"
	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

const (
	// batchSize bounds one transaction of the sequencer.
	batchSize = 10_000
	// lockKey is the advisory lock that makes one sequencer of many replicas.
	lockKey = 0x696e7465726c6f63
)

// Sequencer puts events into the tree and signs its head. Any number of them may
// share a database.
type Sequencer struct {
	db       *store.DB
	signer   note.Signer
	verifier string
	batch    int
}

// NewSequencer makes a sequencer that signs with the key LoadKey returned.
func NewSequencer(db *store.DB, signer note.Signer, verifier string) *Sequencer {
	return &Sequencer{db, signer, verifier, batchSize}
}

// turn takes the sequencer's lock for the transaction, or tells that another has it.
type turn func(context.Context, *store.Tx) (bool, error)

func ifFree(ctx context.Context, tx *store.Tx) (bool, error) { return tx.AuditTryLock(ctx, lockKey) }

func wait(ctx context.Context, tx *store.Tx) (bool, error) { return true, tx.AuditLock(ctx, lockKey) }

// Sequence puts what is pending into the tree and returns how much that was;
// nothing while another sequencer is at it.
func (s *Sequencer) Sequence(ctx context.Context) (int64, error) { return s.sequence(ctx, ifFree) }

func (s *Sequencer) sequence(ctx context.Context, take turn) (total int64, err error) {
	ctx = authz.System(ctx, "audit")
	after := int64(math.MinInt64)
	for {
		var leaves []leaf
		err := s.db.Upkeep(ctx, func(tx *store.Tx) error {
			leaves, err = s.step(ctx, tx, take, after)
			return err
		})
		if err != nil {
			return total, fmt.Errorf("sequence the audit log: %w", err)
		}
		total += int64(len(leaves))
		if len(leaves) < s.batch {
			return total, nil
		}
		after = leaves[len(leaves)-1].event
	}
}

// leaf is an event on its way into the tree.
type leaf struct {
	event int64
	hash  tlog.Hash
}

func (s *Sequencer) step(ctx context.Context, tx *store.Tx, take turn, after int64) ([]leaf, error) {
	if held, err := take(ctx, tx); err != nil || !held {
		return nil, err
	}
	leaves, err := s.pending(ctx, tx, after)
	if err != nil || len(leaves) == 0 {
		return nil, err
	}
	size, err := tx.AuditTreeSize(ctx)
	if err != nil {
		return nil, err
	}
	tree, err := loadEdge(ctx, tx, size)
	if err != nil {
		return nil, err
	}
	return leaves, appendLeaves(ctx, tx, tree, leaves)
}

// nestedLoops keeps the planner from reading all events to find the few thousand
// of a batch: it knows little of a table that fills and empties all day.
const nestedLoops = `set local enable_hashjoin = off; set local enable_mergejoin = off`

const selectPending = `
select ` + eventColumns + `
  from (select event_id from audit_pending where event_id > $1 order by event_id limit $2) p
  join audit_event e on e.id = p.event_id
 order by e.id`

func (s *Sequencer) pending(ctx context.Context, tx *store.Tx, after int64) ([]leaf, error) {
	if _, err := tx.Raw().Exec(ctx, nestedLoops); err != nil {
		return nil, err
	}
	rows, err := tx.Raw().Query(ctx, selectPending, after, s.batch)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (leaf, error) {
		e, err := scanEvent(row)
		if err != nil {
			return leaf{}, err
		}
		h, err := e.hash()
		return leaf{e.ID, h}, err
	})
}

const deletePending = `delete from audit_pending p using unnest($1::bigint[]) taken (id) where p.event_id = taken.id`

func appendLeaves(ctx context.Context, tx *store.Tx, tree *edge, leaves []leaf) error {
	first := tlog.StoredHashIndex(0, tree.size)
	records, stored, events := make([][]any, 0, len(leaves)), make([][]any, 0, 2*len(leaves)), make([]int64, 0, len(leaves))
	for _, l := range leaves {
		records = append(records, []any{tree.size, l.event, l.hash[:]})
		events = append(events, l.event)
		added, err := tree.add(l.hash)
		if err != nil {
			return err
		}
		for i := range added {
			stored = append(stored, []any{first + int64(len(stored)), added[i][:]})
		}
	}
	raw := tx.Raw()
	if _, err := raw.CopyFrom(ctx, pgx.Identifier{"audit_leaf"}, []string{"seq", "event_id", "hash"}, pgx.CopyFromRows(records)); err != nil {
		return err
	}
	if _, err := raw.CopyFrom(ctx, pgx.Identifier{"audit_hash"}, []string{"index", "hash"}, pgx.CopyFromRows(stored)); err != nil {
		return err
	}
	_, err := raw.Exec(ctx, deletePending, events)
	return err
}

// Verifier is the public key the sequencer signs with.
func (s *Sequencer) Verifier() string { return s.verifier }

// Sign signs a text, such as an evidence pack's manifest, with the installation's key.
func (s *Sequencer) Sign(text string) ([]byte, error) {
	return note.Sign(&note.Note{Text: text}, s.signer)
}

func (s *Sequencer) keep(ctx context.Context, tx *store.Tx) error {
	return tx.AuditKeyInsert(ctx, sqlc.AuditKeyInsertParams{Verifier: s.verifier, FirstUsed: tx.Now})
}
