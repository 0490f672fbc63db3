package audit

import (
	"fmt"

	"github.com/jackc/pgx/v5"
	"golang.org/x/mod/sumdb/tlog"
)

const selectLeaves = `
select l.seq, l.event_id, l.hash, e.id is not null,
       coalesce(e.id, 0), coalesce(e.at, 'epoch'), coalesce(e.actor, ''), coalesce(e.action, ''), coalesce(e.object, ''),
       e.campaign_id, coalesce(e.detail::text, 'null')
  from audit_leaf l
  left join audit_event e on e.id = l.event_id
 where l.seq >= $1 and l.seq < $2
 order by l.seq`

// stretch checks the records from up to to. Hashes of one stretch fit in memory.
func (v *verification) stretch(from, to int64) error {
	stored, err := v.storedHashes(tlog.StoredHashIndex(0, from), tlog.StoredHashIndex(0, to))
	if err != nil {
		return err
	}
	if err := v.loadHeads(from, to); err != nil {
		return err
	}
	rows, err := v.tx.Raw().Query(v.ctx, selectLeaves, from, to)
	if err != nil {
		return err
	}
	defer rows.Close()
	next := from
	for rows.Next() {
		l, err := scanLeaf(rows)
		if err != nil {
			return err
		}
		v.missing(next, l.seq, stored)
		v.record(l.seq, v.leaf(l, stored), stored)
		next = l.seq + 1
	}
	v.missing(next, to, stored)
	return rows.Err()
}

type foundLeaf struct {
	seq, event int64
	hash       []byte
	present    bool
	Event
}

func scanLeaf(row pgx.Row) (l foundLeaf, err error) {
	var detail string
	err = row.Scan(&l.seq, &l.event, &l.hash, &l.present,
		&l.ID, &l.At, &l.Actor, &l.Action, &l.Object, &l.Campaign, &detail)
	l.Detail = []byte(detail)
	return l, err
}

// leaf compares an event, its leaf and the tree's lowest hash: of the three the
// odd one out was changed. It returns the hash the tree was built from.
func (v *verification) leaf(l foundLeaf, stored hashes) tlog.Hash {
	inTree, known := stored[tlog.StoredHashIndex(0, l.seq)]
	byLeaf := toHash(l.hash)
	if !l.present {
		v.add(Removed, &l.event, &l.seq, "Event %d, no. %d in the tree, was removed.", l.event, l.seq)
		if known {
			return inTree
		}
		return byLeaf
	}
	v.newest = l.At
	byEvent, err := l.Event.hash()
	switch {
	case err == nil && byEvent == byLeaf:
		return byEvent
	case err == nil && known && byEvent == inTree:
		v.add(Leaf, &l.event, &l.seq, "The leaf of %s, no. %d in the tree, was changed; the event itself is whole.", l.Event, l.seq)
		return byEvent
	}
	v.add(Changed, &l.event, &l.seq, "The row of %s, no. %d in the tree, was changed.", l.Event, l.seq)
	if known {
		return inTree
	}
	return byLeaf
}

// missing notes the places from up to to that have no leaf, and goes on with what
// the tree has stored for them.
func (v *verification) missing(from, to int64, stored hashes) {
	if from >= to {
		return
	}
	if to-from == 1 {
		v.add(Leaf, nil, &from, "The leaf of no. %d in the tree is missing.", from)
	} else {
		v.add(Leaf, nil, &from, "The leaves of no. %d to %d in the tree are missing.", from, to-1)
	}
	for seq := from; seq < to; seq++ {
		h, ok := stored[tlog.StoredHashIndex(0, seq)]
		if !ok {
			v.stop(seq)
			return
		}
		if len(v.gone) < maxProblems {
			v.gone[h] = seq
		}
		v.record(seq, h, stored)
	}
}

// record appends to the recomputed tree and compares what is stored.
func (v *verification) record(seq int64, h tlog.Hash, stored hashes) {
	if !v.whole {
		return
	}
	added, err := v.tree.add(h)
	if err != nil {
		v.stop(seq)
		return
	}
	index := tlog.StoredHashIndex(0, seq)
	for level, want := range added {
		v.compare(index+int64(level), level, seq, want, stored)
	}
	v.checkHeads()
}

func (v *verification) compare(index int64, level int, seq int64, want tlog.Hash, stored hashes) {
	got, ok := stored[index]
	first := seq >> level << level
	span := fmt.Sprintf("no. %d", seq)
	if level > 0 {
		span = fmt.Sprintf("no. %d to %d", first, seq)
	}
	switch {
	case !ok:
		v.add(TreeHash, nil, &first, "Tree hash %d, over %s, is missing.", index, span)
	case got != want:
		v.add(TreeHash, nil, &first, "Tree hash %d, over %s, is not what these records give.", index, span)
	}
}

// stop gives up recomputing the tree; events are still checked.
func (v *verification) stop(seq int64) {
	if v.whole {
		v.add(TreeHash, nil, &seq, "From no. %d on the tree cannot be recomputed, nor the checkpoints after it be checked.", seq)
	}
	v.whole = false
}

func (v *verification) storedHashes(from, to int64) (hashes, error) {
	rows, err := v.tx.Raw().Query(v.ctx, `select index, hash from audit_hash where index >= $1 and index < $2`, from, to)
	if err != nil {
		return nil, err
	}
	known := make(hashes, to-from)
	var index int64
	var hash []byte
	_, err = pgx.ForEachRow(rows, []any{&index, &hash}, func() error {
		known[index] = toHash(hash)
		return nil
	})
	return known, err
}

// toHash is zero for what is no hash, which then fits nothing.
func toHash(b []byte) (h tlog.Hash) {
	if len(b) == len(h) {
		copy(h[:], b)
	}
	return h
}
