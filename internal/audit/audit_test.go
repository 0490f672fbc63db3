package audit_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"interlock/internal/apptest"
	"interlock/internal/audit"
	"interlock/internal/authz"
	"interlock/internal/errs"
	"interlock/internal/store"
)

func TestMain(m *testing.M) { apptest.Main(m) }

// fixture is a log of its own, with the hand of someone who can do anything to
// the database.
type fixture struct {
	db    *store.DB
	clock *apptest.Clock
	seq   *audit.Sequencer
	log   *audit.Service
	raw   *pgxpool.Pool
	ctx   context.Context
}

func setUp(t testing.TB) *fixture {
	t.Helper()
	url := apptest.URL(t)
	f := &fixture{clock: &apptest.Clock{}, ctx: authz.CommandLine(t.Context(), "test")}
	var err error
	if f.db, err = store.Open(t.Context(), url, f.clock.Now); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.db.Close)
	if f.raw, err = pgxpool.New(t.Context(), url); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.raw.Close)
	f.seq = newSequencer(t, f.db, t.TempDir())
	f.log = audit.New(f.db)
	return f
}

func newSequencer(t testing.TB, db *store.DB, dir string) *audit.Sequencer {
	t.Helper()
	signer, verifier, err := audit.LoadKey(dir, "")
	if err != nil {
		t.Fatal(err)
	}
	return audit.NewSequencer(db, signer, verifier)
}

// write records n events of campaign 7, each in a transaction of its own.
func (f *fixture) write(t testing.TB, n int) {
	t.Helper()
	for i := range n {
		err := f.db.Write(f.ctx, "campaign:run", func(tx *store.Tx) error {
			tx.Record("test.happened", store.Object{Kind: "thing", ID: i, Campaign: 7}, map[string]any{"n": i, "text": "a <b> & é"})
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
}

func (f *fixture) exec(t testing.TB, sql string, args ...any) {
	t.Helper()
	if _, err := f.raw.Exec(t.Context(), sql, args...); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func (f *fixture) seal(t testing.TB) audit.Head {
	t.Helper()
	head, err := f.seq.Seal(f.ctx)
	if err != nil {
		t.Fatal(err)
	}
	return head
}

func (f *fixture) verify(t testing.TB) audit.Report {
	t.Helper()
	r, err := f.log.Verify(f.ctx)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (f *fixture) whole(t testing.TB, events int64) {
	t.Helper()
	r := f.verify(t)
	if !r.OK || r.Events != events || r.Sequenced != events {
		t.Fatalf("want %d events in a whole log, got %+v", events, r)
	}
}

func TestSequence(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	f.whole(t, 0)
	f.write(t, 37)
	if head := f.seal(t); head.Size != 37 || head.Note == "" {
		t.Fatalf("head %+v", head)
	}
	f.write(t, 5)
	if err := f.seq.Checkpoint(f.ctx); err != nil {
		t.Fatal(err)
	}
	f.seal(t)
	f.clock.Advance(time.Hour)
	f.whole(t, 42)
}

func TestManyWritersAndTwoSequencers(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	other := newSequencer(t, f.db, t.TempDir())
	ctx, stop := context.WithCancel(f.ctx)
	var sequencers, writers sync.WaitGroup
	for _, s := range []*audit.Sequencer{f.seq, other} {
		sequencers.Go(func() {
			for ctx.Err() == nil {
				if _, err := s.Sequence(f.ctx); err != nil {
					t.Error(err)
				}
				if err := s.Checkpoint(f.ctx); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range 16 {
		writers.Go(func() { f.write(t, 25) })
	}
	writers.Wait()
	stop()
	sequencers.Wait()
	f.seal(t)
	f.clock.Advance(time.Hour)
	f.whole(t, 400)
}

func TestKilledInTheMiddleResumes(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	f.exec(t, `insert into audit_event (at, actor, action, object, detail)
		select $1, 'a', 'a.b', 'c:' || i, '{}' from generate_series(1, 30000) i`, f.clock.Now())
	for d := 5 * time.Millisecond; ; d = d * 3 / 2 {
		ctx, cancel := context.WithTimeout(f.ctx, d)
		_, err := f.seq.Sequence(ctx)
		cancel()
		if err == nil {
			break
		}
	}
	f.seal(t)
	f.whole(t, 30000)
}

func TestAlarm(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	f.write(t, 3)
	expect := func(want int64) {
		t.Helper()
		if n, err := f.log.Alarm(f.ctx); err != nil || n != want {
			t.Fatalf("alarm %d, want %d, %v", n, want, err)
		}
	}
	expect(0)
	f.clock.Advance(2 * time.Minute)
	expect(3)
	f.seal(t)
	expect(0)
}

func TestSearch(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	f.write(t, 60)
	f.seal(t)
	f.write(t, 1)
	first, more, err := f.log.Search(f.ctx, audit.Filter{Action: "test.", Campaign: 7})
	if err != nil || len(first) != 50 || !more || first[0].Seq != nil || *first[1].Seq != 59 {
		t.Fatalf("%d more %v %v", len(first), more, err)
	}
	second, more, err := f.log.Search(f.ctx, audit.Filter{Actor: "cli:test", Before: first[49].ID})
	if err != nil || len(second) != 11 || more {
		t.Fatalf("%d more %v %v", len(second), more, err)
	}
	for name, filter := range map[string]audit.Filter{
		"object": {Object: "thing:59"}, "text": {Text: `"n": 59`}, "kind": {Object: "thing:", Text: "59"},
	} {
		if found, _, err := f.log.Search(f.ctx, filter); err != nil || len(found) != 1 {
			t.Errorf("%s: found %d, %v", name, len(found), err)
		}
	}
	none := audit.Filter{From: apptest.Start.Add(time.Second), To: apptest.Start.Add(time.Hour)}
	if found, _, err := f.log.Search(f.ctx, none); err != nil || len(found) != 0 {
		t.Errorf("found %d, %v", len(found), err)
	}
	member := authz.With(t.Context(), authz.Actor{Email: "m@example.com", Roles: []authz.Role{{Name: "member", Site: "*"}}})
	if _, _, err := f.log.Search(member, audit.Filter{}); !errs.Is(err, errs.Forbidden) {
		t.Errorf("a member searched: %v", err)
	}
}

func ptr(n *int64) string {
	if n == nil {
		return "-"
	}
	return fmt.Sprint(*n)
}
