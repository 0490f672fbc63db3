package audit

import (
	"github.com/jackc/pgx/v5"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// headCheck is where the checkpoints stand in the walk through the tree.
type headCheck struct {
	known    note.Verifiers
	queue    []Head
	previous int64
	bad      map[int64]bool // there, but already reported
}

const selectHeads = `select size, root, note from audit_checkpoint where size > $1 and size <= $2 order by size`

// loadHeads reads the checkpoints of a stretch and checks what needs no tree.
func (v *verification) loadHeads(from, to int64) error {
	v.heads.queue = v.heads.queue[:0]
	rows, err := v.tx.Raw().Query(v.ctx, selectHeads, from, to)
	if err != nil {
		return err
	}
	var size int64
	var root []byte
	var text string
	_, err = pgx.ForEachRow(rows, []any{&size, &root, &text}, func() error {
		v.head(size, toHash(root), text)
		return nil
	})
	return err
}

func (v *verification) head(size int64, root tlog.Hash, text string) {
	v.heads.queue = append(v.heads.queue, Head{Size: size, Root: root})
	n, err := note.Open([]byte(text), v.heads.known)
	if err != nil {
		v.heads.bad[size] = true
		v.add(Signature, nil, nil, "The checkpoint at %d events has no good signature by a known key.", size)
		return
	}
	signed, err := ParseHead(n.Text)
	if err != nil || signed.Size != size || signed.Root != root {
		v.heads.bad[size] = true
		v.add(Checkpoint, nil, nil, "The checkpoint at %d events is not what was signed.", size)
		return
	}
	if signed.Previous != v.heads.previous && !v.heads.bad[signed.Previous] {
		v.add(Checkpoint, nil, nil, "The checkpoint at %d events was removed: the one at %d was signed after it.", signed.Previous, size)
	}
	v.heads.previous = size
	clear(v.heads.bad)
}

// checkHeads compares the checkpoints at the size the tree has grown to.
func (v *verification) checkHeads() {
	for len(v.heads.queue) > 0 && v.heads.queue[0].Size <= v.tree.size {
		h := v.heads.queue[0]
		v.heads.queue = v.heads.queue[1:]
		if root, err := v.tree.root(); err != nil || root != h.Root {
			v.add(Checkpoint, nil, nil, "The checkpoint at %d events does not fit them: something before was changed, or the checkpoint was.", h.Size)
		}
	}
}

// checkSigned looks for checkpoints beyond the tree, whose end was then cut off,
// and for old events that no checkpoint covers.
func (v *verification) checkSigned() error {
	rows, err := v.tx.Raw().Query(v.ctx, `select size from audit_checkpoint where size > $1 or size < 1 order by size limit 100`, v.size)
	if err != nil {
		return err
	}
	var size int64
	_, err = pgx.ForEachRow(rows, []any{&size}, func() error {
		v.add(Checkpoint, nil, nil, "A checkpoint is over %d events, but %d are in the tree: the log was cut, or the checkpoint made up.", size, v.size)
		return nil
	})
	if v.heads.previous < v.size && !v.newest.IsZero() && v.newest.Before(v.tx.Now.Add(-late)) {
		seq := v.heads.previous
		v.add(Unsigned, nil, &seq, "No checkpoint covers no. %d to %d: it was removed, or nothing signs.", seq, v.size-1)
	}
	return err
}
