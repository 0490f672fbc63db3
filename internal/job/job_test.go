package job

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/riverqueue/river"

	"interlock/internal/apptest"
	"interlock/internal/authz"
	"interlock/internal/errs"
	"interlock/internal/store"
)

func TestMain(m *testing.M) { apptest.Main(m) }

type args struct {
	Progress int64 `json:"progress"`
}

func (args) Kind() string { return "test_job" }

func actor(ctx context.Context, email, role string) context.Context {
	return authz.With(ctx, authz.Actor{Email: email, Roles: []authz.Role{{Name: role, Site: authz.Everywhere}}})
}

// started is a job that ann, a member, asked for.
func started(t *testing.T) (*Service, *store.DB, *apptest.Clock, int64) {
	t.Helper()
	db, clock := apptest.DB(t)
	var id int64
	err := db.Write(actor(t.Context(), "ann@x.example", "member"), "review:decide", func(tx *store.Tx) (err error) {
		tx.Record("test.asked", store.Object{Kind: "test", ID: 1}, nil)
		id, err = Start(t.Context(), tx, "test", "A test", "test:1", func(id int64) river.JobArgs { return args{id} })
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return New(db), db, clock, id
}

func seen(t *testing.T, s *Service, id int64) Progress {
	t.Helper()
	p, err := s.Progress(actor(t.Context(), "ann@x.example", "member"), id)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestEndings(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	for name, c := range map[string]struct {
		last           bool
		result         any
		err            error
		state, message string
		again          bool // River is to try it again
	}{
		"done":                 {result: map[string]int{"rows": 3}, state: "done"},
		"refused":              {err: errs.Conflictf("The file is empty."), state: "refused", message: "The file is empty."},
		"refused, wrapped":     {err: errors.Join(boom, errs.Invalidf("Line 3.")), state: "refused", message: "Line 3."},
		"failed, not yet last": {err: boom, state: "running", again: true},
		"unavailable":          {err: errs.Unavailablef("Gone."), state: "running", again: true},
		"failed":               {err: boom, last: true, state: "failed", message: "This did not work after several tries. Nothing was changed; the log says why.", again: true},
		"unavailable at last":  {err: errs.Unavailablef("Gone."), last: true, state: "failed", message: "This did not work after several tries. Nothing was changed; the log says why.", again: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, db, clock, id := started(t)
			if p := seen(t, s, id); p.State != "waiting" || p.Ended() {
				t.Fatalf("%+v", p)
			}
			clock.Advance(time.Minute)
			var as authz.Actor
			err := s.Run(t.Context(), id, time.Minute, c.last, func(ctx context.Context, r *Report) (any, error) {
				as = authz.From(ctx)
				r.Step(1, 2, "half")
				return c.result, c.err
			})
			if c.again != (err != nil) || (err != nil && !errors.Is(err, c.err)) {
				t.Fatal(err)
			}
			p := seen(t, s, id)
			if p.State != c.state || p.Message != c.message || p.Ended() != (c.state != "running") {
				t.Fatalf("%+v", p)
			}
			if as.ID() != "ann@x.example" {
				t.Fatalf("worked as %q", as.ID())
			}
			if c.state == "done" && (string(p.Result) != `{"rows": 3}` || !p.UpdatedAt.Equal(apptest.Start.Add(time.Minute))) {
				t.Fatalf("%s %s", p.Result, p.UpdatedAt)
			}
			if n, _ := count(t, db, `select count(*) from river_job where kind = 'test_job' and max_attempts = 3`); n != 1 {
				t.Fatalf("%d jobs", n)
			}
		})
	}
}

func count(t *testing.T, db *store.DB, sql string) (n int64, err error) {
	t.Helper()
	err = db.Pool().QueryRow(t.Context(), sql).Scan(&n)
	return n, err
}

func TestProgressIsSeenWhileItRuns(t *testing.T) {
	t.Parallel()
	s, _, _, id := started(t)
	err := s.Run(t.Context(), id, time.Minute, false, func(_ context.Context, r *Report) (any, error) {
		for i := range int64(100) {
			r.Step(i, 200, "early")
		}
		r.Step(100, 200, "half")
		deadline := time.Now().Add(10 * time.Second)
		for seen(t, s, id).Done != 100 {
			if time.Now().After(deadline) {
				t.Error("no progress is seen")
				break
			}
			time.Sleep(20 * time.Millisecond)
		}
		p := seen(t, s, id)
		want := Progress{ID: id, Kind: "test", Title: "A test", Object: "test:1", State: "running", Done: 100, Total: 200, Message: "half", CreatedBy: "ann@x.example"}
		if d := cmp.Diff(want, p, cmpopts.IgnoreFields(Progress{}, "CreatedAt", "UpdatedAt")); d != "" {
			t.Error(d)
		}
		return nil, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if p := seen(t, s, id); p.State != "done" || p.Done != 200 {
		t.Fatalf("%+v", p)
	}
}

func TestCancelWhileItRuns(t *testing.T) {
	t.Parallel()
	s, db, _, id := started(t)
	ann := actor(t.Context(), "ann@x.example", "member")
	err := s.Run(t.Context(), id, time.Minute, false, func(ctx context.Context, _ *Report) (any, error) {
		if err := s.Cancel(ann, id); err != nil {
			t.Error(err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(10 * time.Second):
			t.Error("nobody told the work to stop")
		}
		return nil, ctx.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	if p := seen(t, s, id); p.State != "cancelled" || p.Message != "Cancelled. Nothing was changed." || !p.CancelAsked {
		t.Fatalf("%+v", p)
	}
	if err := s.Cancel(ann, id); !errs.Is(err, errs.Conflict) || err.Error() != "This job has ended already or is not yours." {
		t.Fatal(err)
	}
	if n, err := count(t, db, `select count(*) from audit_event where action = 'job.cancel_asked' and actor = 'ann@x.example'`); n != 1 || err != nil {
		t.Fatal(n, err)
	}
}

func TestCancelBeforeItRuns(t *testing.T) {
	t.Parallel()
	s, _, _, id := started(t)
	if err := s.Cancel(actor(t.Context(), "ann@x.example", "member"), id); err != nil {
		t.Fatal(err)
	}
	err := s.Run(t.Context(), id, time.Minute, false, func(ctx context.Context, _ *Report) (any, error) { return nil, ctx.Err() })
	if err != nil {
		t.Fatal(err)
	}
	if p := seen(t, s, id); p.State != "cancelled" {
		t.Fatalf("%+v", p)
	}
}

// TestTooLateToCancel: what is done is done, whatever was asked meanwhile.
func TestTooLateToCancel(t *testing.T) {
	t.Parallel()
	s, _, _, id := started(t)
	err := s.Run(t.Context(), id, time.Minute, false, func(context.Context, *Report) (any, error) {
		return 1, s.Cancel(actor(t.Context(), "ann@x.example", "member"), id)
	})
	if p := seen(t, s, id); err != nil || p.State != "done" {
		t.Fatalf("%v %+v", err, p)
	}
}

// TestRestart: the process ends in the middle; the next Run carries on, and a Run
// after the end does nothing.
func TestRestart(t *testing.T) {
	t.Parallel()
	s, _, _, id := started(t)
	stopped, stop := context.WithCancel(t.Context())
	err := s.Run(stopped, id, time.Minute, false, func(ctx context.Context, _ *Report) (any, error) {
		stop()
		return nil, ctx.Err()
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("River must hear that it is to be tried again: %v", err)
	}
	if p := seen(t, s, id); p.State != "running" {
		t.Fatalf("%+v", p)
	}
	runs := 0
	work := func(context.Context, *Report) (any, error) { runs++; return nil, nil }
	for range 2 {
		if err := s.Run(t.Context(), id, time.Minute, true, work); err != nil {
			t.Fatal(err)
		}
	}
	if p := seen(t, s, id); p.State != "done" || runs != 1 {
		t.Fatalf("%d runs, %+v", runs, p)
	}
}

func TestLimit(t *testing.T) {
	t.Parallel()
	s, _, _, id := started(t)
	err := s.Run(t.Context(), id, time.Millisecond, true, func(ctx context.Context, _ *Report) (any, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	})
	if p := seen(t, s, id); !errors.Is(err, context.DeadlineExceeded) || p.State != "failed" {
		t.Fatalf("%v %+v", err, p)
	}
}

func TestOthersJobsAreInvisible(t *testing.T) {
	t.Parallel()
	s, _, _, id := started(t)
	for who, sees := range map[string]bool{"member": false, "plant_engineer": false, "risk_officer": false, "governance": true, "auditor": true, "admin": true} {
		ctx := actor(t.Context(), "bob@x.example", who)
		_, err := s.Progress(ctx, id)
		list, listErr := s.List(ctx, "test")
		if (err == nil) != sees || (err != nil && !errs.Is(err, errs.NotFound)) || listErr != nil || (len(list) == 1) != sees {
			t.Errorf("%s: %v, %d listed, %v", who, err, len(list), listErr)
		}
		p := Progress{State: "running", CreatedBy: "ann@x.example"}
		if who == "governance" || who == "admin" {
			if !p.MayCancel(authz.From(ctx)) {
				t.Errorf("%s is not offered to stop a job", who)
			}
			continue // and may: it would end the job for the others
		}
		if err := s.Cancel(ctx, id); !errs.Is(err, errs.Conflict) || p.MayCancel(authz.From(ctx)) {
			t.Errorf("%s cancels: %v", who, err)
		}
	}
	if err := s.Cancel(actor(t.Context(), "bob@x.example", "governance"), id); err != nil {
		t.Error(err)
	}
	if list, err := s.List(actor(t.Context(), "ann@x.example", "member"), "other"); err != nil || len(list) != 0 {
		t.Error(list, err)
	}
	if _, err := s.Progress(t.Context(), id); !errs.Is(err, errs.Unauthenticated) {
		t.Error(err)
	}
}

func TestEnqueue(t *testing.T) {
	t.Parallel()
	db, _ := apptest.DB(t)
	ctx := authz.System(t.Context(), "clock")
	tick := func() error {
		return db.Upkeep(ctx, func(tx *store.Tx) error { return Enqueue(ctx, tx, args{1}, OncePer(time.Hour)) })
	}
	for range 3 { // three replicas tick the same hour
		if err := tick(); err != nil {
			t.Fatal(err)
		}
	}
	many := []river.InsertManyParams{{Args: args{2}}, {Args: args{3}}}
	err := db.Upkeep(ctx, func(tx *store.Tx) error { return errors.Join(EnqueueMany(ctx, tx, nil), EnqueueMany(ctx, tx, many)) })
	if err != nil {
		t.Fatal(err)
	}
	if n, err := count(t, db, `select count(*) from river_job`); n != 3 || err != nil {
		t.Fatal(n, err)
	}
	err = db.Rehearse(ctx, "", func(tx *store.Tx) error { return Enqueue(ctx, tx, args{9}, nil) })
	if n, _ := count(t, db, `select count(*) from river_job`); n != 3 || err != nil {
		t.Fatal("a job outlived its transaction", n, err)
	}
	err = db.Upkeep(ctx, func(tx *store.Tx) error { return Enqueue(ctx, tx, nameless{}, nil) })
	if err == nil || !strings.HasPrefix(err.Error(), "enqueue ") {
		t.Fatal(err)
	}
}

type nameless struct{ C chan int }

func (nameless) Kind() string { return "nameless" }
