package job

import (
	"context"
	"errors"
	"testing"
	"time"

	"interlock/internal/authz"
)

// killed leaves a job as a process does that was killed in the middle of it.
func killed(t *testing.T, s *Service, id int64, attempt int) {
	t.Helper()
	if _, err := s.begin(authz.System(t.Context(), "test"), id); err != nil {
		t.Fatal(err)
	}
	_, err := s.db.Pool().Exec(t.Context(), `update river_job set state = 'running', attempt = $1, attempted_at = now() where kind = 'test_job'`, attempt)
	if err != nil {
		t.Fatal(err)
	}
}

func riverState(t *testing.T, s *Service) (state string) {
	t.Helper()
	if err := s.db.Pool().QueryRow(t.Context(), `select state::text from river_job where kind = 'test_job'`).Scan(&state); err != nil {
		t.Fatal(err)
	}
	return state
}

func TestRescue(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		attempt      int
		spoil        string
		ask          bool
		after        time.Duration
		river, state string
		mended       int
	}{
		"says something":         {attempt: 1, after: silence, river: "running", state: "running"},
		"silent":                 {attempt: 1, river: "available", state: "running"},
		"asked to stop":          {attempt: 1, ask: true, river: "cancelled", state: "cancelled", mended: 1},
		"no try left":            {attempt: 3, river: "discarded", state: "failed", mended: 1},
		"gone from River":        {attempt: 1, spoil: `update river_job set metadata = '{}'`, river: "running", state: "failed", mended: 1},
		"to be tried again":      {attempt: 1, spoil: `update river_job set state = 'retryable'`, river: "retryable", state: "running"},
		"killed before it began": {attempt: 1, spoil: `update job_progress set state = 'waiting'`, river: "available", state: "waiting"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, db, clock, id := started(t)
			mended := 0
			s.Abandoned("test", func(_ context.Context, object string) error {
				if mended++; object != "test:1" {
					t.Error(object)
				}
				return nil
			})
			killed(t, s, id, c.attempt)
			if c.ask {
				if err := s.Cancel(actor(t.Context(), "ann@x.example", "member"), id); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := db.Pool().Exec(t.Context(), c.spoil); err != nil {
				t.Fatal(err)
			}
			if clock.Advance(silence + time.Millisecond); c.after != 0 {
				clock.Advance(c.after - silence - time.Millisecond)
			}
			for range 2 {
				if err := s.Rescue(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			p := seen(t, s, id)
			if riverState(t, s) != c.river || p.State != c.state || mended != c.mended || p.Ended() != (p.Message != "") {
				t.Errorf("River's job is %s, ours %s (%s), put right %d times", riverState(t, s), p.State, p.Message, mended)
			}
		})
	}
}

// What cannot be put right now is put right later.
func TestRescueComesAgain(t *testing.T) {
	t.Parallel()
	s, _, clock, id := started(t)
	boom := errors.New("boom")
	s.Abandoned("test", func(context.Context, string) error { return boom })
	killed(t, s, id, 3)
	clock.Advance(time.Minute)
	if err := s.Rescue(t.Context()); !errors.Is(err, boom) {
		t.Fatal(err)
	}
	if p := seen(t, s, id); p.Ended() {
		t.Fatalf("%+v", p)
	}
	boom = nil
	if err := s.Rescue(t.Context()); err != nil {
		t.Fatal(err)
	}
	if p := seen(t, s, id); p.State != "failed" {
		t.Fatalf("%+v", p)
	}
}

// A process that was only silent hears that it was given up, stops, and has no
// say in how the job ended.
func TestGivenUp(t *testing.T) {
	t.Parallel()
	s, _, clock, id := started(t)
	err := s.Run(t.Context(), id, time.Minute, false, func(ctx context.Context, _ *Report) (any, error) {
		if _, err := s.db.Pool().Exec(ctx, `update job_progress set state = 'failed', message = 'given up'`); err != nil {
			t.Error(err)
		}
		clock.Advance(time.Minute)
		select {
		case <-ctx.Done():
		case <-time.After(10 * time.Second):
			t.Error("nobody told the work to stop")
		}
		return nil, ctx.Err()
	})
	if p := seen(t, s, id); err != nil || p.State != "failed" || p.Message != "given up" {
		t.Fatalf("%v %+v", err, p)
	}
}

// A program that is alone on its database does not wait: whatever ran is worked
// again at once, what was asked to stop or has no try left ends.
func TestTakeOver(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		attempt      int
		ask          bool
		river, state string
	}{
		"killed":        {1, false, "available", "running"},
		"asked to stop": {1, true, "cancelled", "cancelled"},
		"no try left":   {3, false, "discarded", "failed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, db, clock, id := started(t)
			killed(t, s, id, c.attempt)
			if c.ask {
				if err := s.Cancel(actor(t.Context(), "ann@x.example", "member"), id); err != nil {
					t.Fatal(err)
				}
			}
			const other = `insert into river_job (kind, args, max_attempts, state, attempt, attempted_at) values ('other', '{}', 3, 'running', 1, now())`
			if _, err := db.Pool().Exec(t.Context(), other); err != nil {
				t.Fatal(err)
			}
			clock.Advance(time.Millisecond)
			if err := s.TakeOver(t.Context()); err != nil {
				t.Fatal(err)
			}
			if p := seen(t, s, id); riverState(t, s) != c.river || p.State != c.state {
				t.Errorf("River's job is %s, ours %s", riverState(t, s), p.State)
			}
			var running int
			if err := db.Pool().QueryRow(t.Context(), `select count(*) from river_job where state = 'running'`).Scan(&running); err != nil || running != 0 {
				t.Errorf("%d still run: %v", running, err)
			}
		})
	}
}
