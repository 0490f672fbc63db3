package audit

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"interlock/internal/authz"
	"interlock/internal/errs"
	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// Head is a signed head of the tree. Previous is the size of the one before, so
// that a checkpoint cannot go missing unnoticed.
type Head struct {
	Size     int64
	Root     tlog.Hash
	Previous int64
	Note     string
}

const headFormat = "interlock audit\n%d\n%s\nprevious %d\n"

// Text is what is signed of a head.
func (h Head) Text() string { return fmt.Sprintf(headFormat, h.Size, h.Root, h.Previous) }

// ParseHead reads the text of a checkpoint, which is exactly as signed.
func ParseHead(text string) (Head, error) {
	var h Head
	lines := strings.Split(text, "\n")
	if len(lines) != 5 || !strings.HasPrefix(lines[3], "previous ") {
		return h, errors.New("this is no checkpoint of an audit log")
	}
	size, sizeErr := strconv.ParseInt(lines[1], 10, 64)
	previous, previousErr := strconv.ParseInt(strings.TrimPrefix(lines[3], "previous "), 10, 64)
	root, rootErr := base64.StdEncoding.DecodeString(lines[2])
	if err := errors.Join(sizeErr, previousErr, rootErr); err != nil || len(root) != tlog.HashSize {
		return h, errors.New("this is no checkpoint of an audit log")
	}
	h = Head{Size: size, Root: tlog.Hash(root), Previous: previous}
	if h.Text() != text {
		return h, errors.New("this is no checkpoint of an audit log")
	}
	return h, nil
}

// Checkpoint signs the head of the tree if it grew since it was last signed.
func (s *Sequencer) Checkpoint(ctx context.Context) error {
	_, err := s.checkpoint(ctx, ifFree, 0)
	return err
}

// Seal puts everything that is committed into the tree, waiting for its turn,
// and returns the signed head: what an evidence pack rests on.
func (s *Sequencer) Seal(ctx context.Context) (Head, error) {
	if _, err := s.sequence(ctx, wait); err != nil {
		return Head{}, err
	}
	return s.checkpoint(ctx, wait, 0)
}

// checkpoint signs unless the last one is younger than apart.
func (s *Sequencer) checkpoint(ctx context.Context, take turn, apart time.Duration) (head Head, err error) {
	ctx = authz.System(ctx, "audit")
	err = s.db.Upkeep(ctx, func(tx *store.Tx) error {
		held, err := take(ctx, tx)
		if err != nil || !held {
			return err
		}
		head, err = s.signHead(ctx, tx, apart)
		return err
	})
	if err != nil {
		return head, fmt.Errorf("sign the audit log: %w", err)
	}
	return head, nil
}

func (s *Sequencer) signHead(ctx context.Context, tx *store.Tx, apart time.Duration) (Head, error) {
	if err := s.keep(ctx, tx); err != nil {
		return Head{}, err
	}
	size, err := tx.AuditTreeSize(ctx)
	if err != nil {
		return Head{}, err
	}
	last, at, err := lastHead(ctx, tx)
	if err != nil || size == last.Size || tx.Now.Sub(at) < apart {
		return last, err
	}
	head, err := s.nextHead(ctx, tx, size, last)
	if err != nil {
		return Head{}, err
	}
	return head, tx.AuditCheckpointInsert(ctx, sqlc.AuditCheckpointInsertParams{Size: size, Root: head.Root[:], Note: head.Note, At: tx.Now})
}

// nextHead signs a head only if it extends the one signed last: a log that was
// rewritten never gets a good signature.
func (s *Sequencer) nextHead(ctx context.Context, tx *store.Tx, size int64, last Head) (Head, error) {
	tree := &reader{ctx, tx}
	root, err := tlog.TreeHash(size, tree)
	if err != nil {
		return Head{}, err
	}
	if err := extends(tree, size, root, last); err != nil {
		return Head{}, unfit(last.Size).Because(err)
	}
	head := Head{Size: size, Root: root, Previous: last.Size}
	signed, err := s.Sign(head.Text())
	head.Note = string(signed)
	return head, err
}

func unfit(size int64) *errs.Error {
	return errs.Conflictf("The audit log no longer fits what was signed at %d events, so nothing more is signed. Run: interlock audit verify", size)
}

func extends(tree tlog.HashReader, size int64, root tlog.Hash, last Head) error {
	if last.Size == 0 {
		return nil
	}
	proof, err := tlog.ProveTree(size, last.Size, tree)
	if err != nil {
		return err
	}
	return tlog.CheckTree(proof, size, root, last.Size, last.Root)
}

// lastHead is the head signed last, if its signature is good; zero if none is.
func lastHead(ctx context.Context, tx *store.Tx) (Head, time.Time, error) {
	row, err := tx.AuditCheckpointLast(ctx)
	if errors.Is(err, pgx.ErrNoRows) {
		return Head{}, time.Time{}, nil
	}
	if err != nil {
		return Head{}, time.Time{}, err
	}
	keys, err := tx.AuditKeys(ctx)
	if err != nil {
		return Head{}, time.Time{}, err
	}
	head, err := openHead(row.Note, verifiers(keys))
	if err != nil || head.Size != row.Size || !bytes.Equal(head.Root[:], row.Root) {
		return Head{}, row.At, unfit(row.Size).Because(err)
	}
	return head, row.At, nil
}

func openHead(signed string, known note.Verifiers) (Head, error) {
	n, err := note.Open([]byte(signed), known)
	if err != nil {
		return Head{}, err
	}
	head, err := ParseHead(n.Text)
	head.Note = signed
	return head, err
}

func verifiers(keys []string) note.Verifiers {
	var list []note.Verifier
	for _, k := range keys {
		if v, err := note.NewVerifier(k); err == nil {
			list = append(list, v)
		}
	}
	return note.VerifierList(list...)
}
