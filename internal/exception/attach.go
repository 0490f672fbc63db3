package exception

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"path"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"interlock/internal/authz"
	"interlock/internal/errs"
	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// Limits of what is attached to an exception.
const (
	MaxFile  = 20 << 20 // bytes
	MaxFiles = 50
)

// Attachment is a file that belongs to an exception.
type Attachment struct {
	Name, Type string
	Content    []byte
	AddedAt    time.Time
}

// Attach keeps a file with an exception: evidence that stays as it is. Who asks
// for exceptions may, and who tests one of its controls.
func (s *Service) Attach(ctx context.Context, id int64, name string, content []byte) error {
	name = fileName(name)
	switch {
	case len(content) == 0:
		return errs.InvalidField("attachment", "The file is empty: choose another.")
	case len(content) > MaxFile:
		return errs.InvalidField("attachment", "The file is larger than 20 MB: make it smaller, or attach the part that matters.")
	}
	sum := sha256.Sum256(content)
	return s.db.Write(ctx, "exception:test", func(tx *store.Tx) error {
		if err := concerned(ctx, tx, id); err != nil {
			return err
		}
		h, err := hold(ctx, tx, id)
		if err != nil {
			return err
		}
		if h.state().Over() {
			return errs.Conflictf("This exception is %s; nothing is attached to it any more.", h.state().Words())
		}
		before, err := tx.ExceptionAttachedBefore(ctx, sqlc.ExceptionAttachedBeforeParams{Sha256: sum[:], ExceptionID: id})
		switch {
		case err != nil:
			return err
		case before.Same:
			return errs.InvalidField("attachment", "This very file is attached already.")
		case before.Files >= MaxFiles:
			return errs.Conflictf("%d files are attached already, the most there can be.", before.Files)
		}
		file, err := tx.ExceptionAttachmentInsert(ctx, sqlc.ExceptionAttachmentInsertParams{
			ExceptionID: id, Name: name, Type: sniff(content), Size: int32(len(content)), Sha256: sum[:], Content: content, AddedBy: tx.Actor.ID(), AddedAt: tx.Now, //nolint:gosec // bounded above
		})
		if err != nil {
			return err
		}
		return step(ctx, tx, id, h.rev.Number, "attach", h.state(), h.state(), "", map[string]any{"attachment": file, "name": name, "bytes": len(content), "sha256": hex.EncodeToString(sum[:])})
	})
}

// concerned refuses who neither asks for exceptions nor tests a control of this one,
// as if there were no such exception.
func concerned(ctx context.Context, tx *store.Tx, id int64) error {
	if tx.Actor.IsSystem() || authz.Can(tx.Actor, "exception:request") {
		return nil
	}
	tests, err := tx.ExceptionIsTester(ctx, sqlc.ExceptionIsTesterParams{ExceptionID: id, Owner: tx.Actor.ID()})
	if err == nil && !tests {
		err = errs.NotFoundf("There is no such exception.")
	}
	return err
}

// Open reads a file; that it was read goes on record.
func (s *Service) Open(ctx context.Context, id, file int64) (a Attachment, err error) {
	err = s.db.Write(ctx, "exception:read", func(tx *store.Tx) error {
		row, err := tx.ExceptionAttachmentGet(ctx, sqlc.ExceptionAttachmentGetParams{ID: file, ExceptionID: id})
		if err != nil {
			return err
		}
		tx.Record("exception.attachment_read", store.Object{Kind: "exception", ID: id}, map[string]any{"attachment": file, "name": row.Name, "sha256": hex.EncodeToString(row.Sha256)})
		a = Attachment{Name: row.Name, Type: row.Type, Content: row.Content, AddedAt: row.AddedAt}
		return nil
	})
	return a, err
}

// sniff is what a file is by what it begins with, whatever its name says. What a
// browser could run is told to be nothing in particular.
func sniff(content []byte) string {
	kind := http.DetectContentType(content)
	head := bytes.ToLower(content[:min(len(content), 1024)])
	if strings.HasPrefix(kind, "text/") && (!strings.HasPrefix(kind, "text/plain") || bytes.Contains(head, []byte("<svg")) || bytes.Contains(head, []byte("<html")) || bytes.Contains(head, []byte("<script"))) {
		return "application/octet-stream"
	}
	return kind
}

// fileName is the last part of a name, without what a file system, a header or a
// reader's eye could take for something else.
func fileName(name string) string {
	name = path.Base(strings.ReplaceAll(strings.ToValidUTF8(name, "_"), `\`, "/"))
	name = strings.Map(func(r rune) rune {
		switch {
		case !unicode.IsPrint(r):
			return -1 // also marks that turn the reading order
		case strings.ContainsRune(`<>:"|?*`, r):
			return '_'
		}
		return r
	}, name)
	name = strings.Trim(name, ". ")
	for len(name) > 200 { // keep the ending, which says what it is
		stem, ending := strings.TrimSuffix(name, path.Ext(name)), path.Ext(name)
		if len(ending) > 20 || stem == "" {
			stem, ending = name, ""
		}
		_, last := utf8.DecodeLastRuneInString(stem)
		name = stem[:len(stem)-last] + ending
	}
	if name == "" || name == "/" {
		return "file"
	}
	return name
}
