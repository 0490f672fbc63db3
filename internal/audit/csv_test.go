package audit_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"io"
	"log/slog"
	"testing"
	"time"

	"interlock/internal/audit"
	"interlock/internal/authz"
	"interlock/internal/errs"
	"interlock/internal/store"
)

func TestExport(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	f.write(t, 70)
	f.seal(t)
	err := f.db.Write(authz.CommandLine(t.Context(), "x"), "campaign:run", func(tx *store.Tx) error {
		tx.Record("test.odd", store.Object{Kind: "=cmd", ID: 1, Campaign: 7}, "-1")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := f.log.Export(f.ctx, audit.Filter{Campaign: 7, Action: "test."}, &out); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&out).ReadAll()
	if err != nil || len(rows) != 72 || rows[1][5] != "'=cmd:1" || rows[1][1] != "" || rows[2][1] != "69" {
		t.Fatalf("%d rows %v %v", len(rows), rows[1], err)
	}
	member := authz.With(t.Context(), authz.Actor{Email: "m@example.com", Roles: []authz.Role{{Name: "member", Site: "*"}}})
	if err := f.log.Export(member, audit.Filter{}, io.Discard); !errs.Is(err, errs.Forbidden) {
		t.Errorf("a member exported: %v", err)
	}
	found, _, err := f.log.Search(f.ctx, audit.Filter{Action: "audit."})
	if err != nil || len(found) != 2 || found[0].Action != "audit.export_refused" || found[0].Actor != "m@example.com" {
		t.Errorf("%v %v", found, err)
	}
}

func TestNothingIsSignedOverARewrittenLog(t *testing.T) {
	t.Parallel()
	for name, sql := range map[string]string{
		"hash": `update audit_hash set hash = sha256('x') where index = 0`,
		"root": `update audit_checkpoint set root = sha256('x')`,
		"note": `update audit_checkpoint set note = replace(note, 'interlock audit', 'interlock Audit')`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := setUp(t)
			f.write(t, 1)
			f.seal(t)
			f.write(t, 4)
			f.exec(t, `alter table audit_hash disable trigger user`)
			f.exec(t, `alter table audit_checkpoint disable trigger user`)
			f.exec(t, sql)
			if _, err := f.seq.Seal(f.ctx); !errs.Is(err, errs.Conflict) {
				t.Errorf("a rewritten log was signed: %v", err)
			}
		})
	}
}

func TestSignaturesKeepApart(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	f.write(t, 2)
	f.seal(t)
	f.write(t, 2)
	f.clock.Advance(time.Second)
	ran, stop := runFor(t, f)
	defer stop()
	f.clock.Advance(3 * time.Second)
	for r := f.verify(t); r.Checkpoints < 2; r = f.verify(t) {
		select {
		case <-ran:
			t.Fatal("Run ended")
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func runFor(t *testing.T, f *fixture) (<-chan struct{}, func()) {
	t.Helper()
	ctx, cancel := context.WithTimeout(f.ctx, 30*time.Second)
	ran := make(chan struct{})
	go func() {
		defer close(ran)
		f.seq.Run(ctx, slog.New(slog.DiscardHandler))
	}()
	return ran, func() {
		cancel()
		<-ran
	}
}
