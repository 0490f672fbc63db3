package audit

import (
	"context"
	"fmt"
	"math/bits"

	"golang.org/x/mod/sumdb/tlog"

	"interlock/internal/store"
)

// edge is the right edge of a tree: at each level the last complete subtree. It
// is all that appending a record or computing the root needs, so a tree of any
// size is walked in constant memory.
type edge struct {
	size int64
	last [64]struct {
		n    int64
		hash tlog.Hash
	}
}

// ReadHashes makes the edge a tlog.HashReader.
func (e *edge) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		level, n := tlog.SplitStoredHashIndex(index)
		if e.last[level].n != n {
			return nil, fmt.Errorf("tree hash %d is not on the edge of %d records", index, e.size)
		}
		out[i] = e.last[level].hash
	}
	return out, nil
}

// add appends a record and returns the hashes to store, from
// tlog.StoredHashIndex(0, n) on.
func (e *edge) add(record tlog.Hash) ([]tlog.Hash, error) {
	hashes, err := tlog.StoredHashesForRecordHash(e.size, record, e)
	if err != nil {
		return nil, err
	}
	for level, h := range hashes {
		e.last[level].n, e.last[level].hash = e.size>>level, h
	}
	e.size++
	return hashes, nil
}

func (e *edge) root() (tlog.Hash, error) { return tlog.TreeHash(e.size, e) }

// loadEdge reads the edge of the stored tree: one query of at most 63 rows.
func loadEdge(ctx context.Context, tx *store.Tx, size int64) (*edge, error) {
	var indexes []int64
	for rest := uint64(size); rest != 0; rest &= rest - 1 { //nolint:gosec // a size is never negative
		level := bits.TrailingZeros64(rest)
		indexes = append(indexes, tlog.StoredHashIndex(level, size>>level-1))
	}
	hashes, err := (&reader{ctx, tx}).ReadHashes(indexes)
	if err != nil {
		return nil, err
	}
	e := &edge{size: size}
	for i, index := range indexes {
		level, n := tlog.SplitStoredHashIndex(index)
		e.last[level].n, e.last[level].hash = n, hashes[i]
	}
	return e, nil
}

// reader is a tlog.HashReader over the stored tree, one query a call.
type reader struct {
	ctx context.Context
	tx  *store.Tx
}

func (r *reader) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	known, err := readHashes(r.ctx, r.tx, indexes)
	if err != nil {
		return nil, err
	}
	return known.ReadHashes(indexes)
}

// hashes are some of the stored hashes, by index.
type hashes map[int64]tlog.Hash

func readHashes(ctx context.Context, tx *store.Tx, indexes []int64) (hashes, error) {
	rows, err := tx.AuditHashes(ctx, indexes)
	if err != nil {
		return nil, fmt.Errorf("read tree: %w", err)
	}
	known := make(hashes, len(rows))
	for _, r := range rows {
		if len(r.Hash) != tlog.HashSize {
			return nil, fmt.Errorf("tree hash %d is damaged", r.Index)
		}
		known[r.Index] = tlog.Hash(r.Hash)
	}
	return known, nil
}

// ReadHashes makes known hashes a tlog.HashReader.
func (h hashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		hash, ok := h[index]
		if !ok {
			return nil, fmt.Errorf("tree hash %d is missing", index)
		}
		out[i] = hash
	}
	return out, nil
}
