package reach_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"interlock/internal/access/reach"
	"interlock/internal/apptest"
	"interlock/internal/authz"
	"interlock/internal/errs"
	"interlock/internal/store"
)

func quietly(int64, int64, string) {}

// read puts an import on record, as if the inventory had come with it.
const read = `insert into import (source_id, file_hash, actor, started_at, finished_at, counts) values (1, 'x', 'ann', now() - interval '20 years', now(), '{}');`

func recompute(t *testing.T, db *store.DB) reach.Made {
	t.Helper()
	made, err := reach.New(db).Recompute(authz.System(t.Context(), "test"), quietly)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func exec(t *testing.T, db *store.DB, sql string) {
	t.Helper()
	if _, err := db.Pool().Exec(t.Context(), sql); err != nil {
		t.Fatal(err)
	}
}

func TestKept(t *testing.T) {
	t.Parallel()
	db, clock := apptest.DB(t)
	s, ctx := reach.New(db), authz.CommandLine(t.Context(), "tester")
	exec(t, db, historian+read)
	if k, st, err := s.Kept(ctx, 1); err != nil || k.Assets != 0 || !st.At.IsZero() || !st.Outdated {
		t.Fatalf("before anything: %+v %+v %v", k, st, err)
	}
	if made := recompute(t, db); made.Identities != 3 || made.Moved != 0 {
		t.Fatalf("%+v", made)
	}
	k, st, err := s.Kept(ctx, 1)
	if err != nil || st.Outdated || st.Import != 1 || st.Source != "plant" || !st.At.Equal(clock.Now()) {
		t.Fatalf("%+v %v", st, err)
	}
	if want := (reach.Counts{Assets: 3, Safety: 1, Crossing: 3, ByLevel: [8]int{1: 1, 3: 1, 4: 1}, Highest: "admin"}); k.Counts != want || k.Was != nil || k.Alike != 1 || k.Target != 3 {
		t.Errorf("%+v", k)
	}
	if want := "svc-historian -> JH-2 (vpn in, no MFA) -> EWS-4 (jump host down) -> stored credential of plc-maint -> PLC-1 (direct line)"; k.Path() != want {
		t.Errorf("%s", k.Path())
	}

	first := clock.Now()
	clock.Advance(time.Hour)
	exec(t, db, `update credential set stored_on_id = null, seen_from = '2026-01-02'; update asset set name = 'JH-3', seen_from = '2026-01-02' where id = 1`)
	if made := recompute(t, db); made.Moved != 1 {
		t.Fatalf("%+v", made)
	}
	less, _, err := s.Kept(ctx, 1)
	if want := "svc-historian -> JH-3 (vpn in, no MFA) -> EWS-4 (jump host down)"; err != nil || less.Assets != 2 || less.Path() != want || !less.ChangedAt.Equal(clock.Now()) {
		t.Errorf("%+v %v", less, err)
	}
	if diff := cmp.Diff(&k.Counts, less.Was); diff != "" {
		t.Errorf("before: %s", diff)
	}

	// Computed again with nothing new, what was before stays; so does who did not move.
	clock.Advance(time.Hour)
	if made := recompute(t, db); made.Moved != 0 {
		t.Errorf("%+v", made)
	}
	many, _, err := s.Many(ctx, []int64{1, 2, 99})
	if diff := cmp.Diff(map[int64]reach.Kept{1: less, 2: many[2]}, many); err != nil || diff != "" || !many[2].ChangedAt.Equal(first) {
		t.Errorf("%s %v", diff, err)
	}
}

func TestKeptGoesOutOfDate(t *testing.T) {
	t.Parallel()
	db, clock := apptest.DB(t)
	s, ctx := reach.New(db), authz.CommandLine(t.Context(), "tester")
	due := func() (n int) {
		t.Helper()
		if err := (&reach.DueWorker{Reach: s}).Work(t.Context(), nil); err != nil { // as the clock has it done
			t.Fatal(err)
		}
		if err := db.Pool().QueryRow(ctx, `select count(*) from job_progress where kind = 'reach'`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	is := func(what string, outdated bool, jobs int) {
		t.Helper()
		st, err := s.Standing(ctx)
		if n := due(); err != nil || st.Outdated != outdated || n != jobs {
			t.Errorf("%s: outdated %v, %d jobs asked for, want %v, %d (%v)", what, st.Outdated, n, outdated, jobs, err)
		}
	}
	is("nothing imported", true, 0)
	exec(t, db, historian+read)
	is("imported", true, 1)
	is("asked twice", true, 1)
	recompute(t, db)
	exec(t, db, `update job_progress set state = 'done'`)
	is("computed", false, 1)
	clock.Advance(23 * time.Hour)
	is("the same day", false, 1)
	clock.Advance(2*time.Hour + time.Minute)
	is("a day later", true, 2)
	recompute(t, db)
	exec(t, db, `update job_progress set state = 'done'`)
	exec(t, db, read)
	is("a newer import", true, 3)
}

// Of two computations the one of the later moment stays.
func TestOlderComputationIsDropped(t *testing.T) {
	t.Parallel()
	db, clock := apptest.DB(t)
	exec(t, db, historian)
	recompute(t, db)
	clock.Advance(-time.Hour)
	exec(t, db, `update access_grant set ended_at = '2026-01-02'`)
	recompute(t, db)
	k, _, err := reach.New(db).Kept(authz.CommandLine(t.Context(), "tester"), 1)
	if err != nil || k.Assets != 3 {
		t.Errorf("%+v %v", k, err)
	}
}

func TestWhoMayComputeAndRead(t *testing.T) {
	t.Parallel()
	db, _ := apptest.DB(t)
	s := reach.New(db)
	if _, err := s.Recompute(t.Context(), quietly); !errs.Is(err, errs.Unauthenticated) {
		t.Error(err)
	}
	member := authz.With(t.Context(), authz.Actor{Account: 1, Email: "m@x.example", Roles: []authz.Role{{Name: "member", Site: authz.Everywhere}}})
	for what, err := range map[string]error{
		"kept":     second(s.Kept(member, 1)),
		"standing": func() error { _, err := s.Standing(member); return err }(),
		"subject":  func() error { _, err := s.Subject(member, 1); return err }(),
	} {
		if !errs.Is(err, errs.Forbidden) {
			t.Error(what, err)
		}
	}
}

func second(_ reach.Kept, _ reach.Standing, err error) error { return err }

// A set of bits is asked in SQL as it was written in Go.
func TestBitsAreRead(t *testing.T) {
	t.Parallel()
	db, _ := apptest.DB(t)
	exec(t, db, historian)
	recompute(t, db)
	var got string
	err := db.Pool().QueryRow(t.Context(), `
		select string_agg(id::text, ' ' order by id) from reach, generate_series(0, 40) id
		 where identity_id = 1 and id < octet_length(many) * 8 and get_bit(many, id) = 1`).Scan(&got)
	if err != nil || got != "1 2 3" {
		t.Errorf("%q %v", got, err)
	}
}
