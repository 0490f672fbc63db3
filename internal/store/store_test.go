package store_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"interlock/internal/apptest"
	"interlock/internal/authz"
	"interlock/internal/errs"
	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

func TestMain(m *testing.M) { apptest.Main(m) }

func ann(ctx context.Context, role string) context.Context {
	return authz.With(ctx, authz.Actor{Email: "ann@x.example", Roles: []authz.Role{{Name: role, Site: authz.Everywhere}}})
}

func done(tx *store.Tx) { tx.Record("test.done", store.Object{Kind: "test", ID: 1}, nil) }

func addSource(ctx context.Context, tx *store.Tx, name string) error {
	_, err := tx.Raw().Exec(ctx, `insert into source (name, created_at) values ($1, $2)`, name, tx.Now)
	return err
}

func count(t *testing.T, db *store.DB, sql string, args ...any) (n int) {
	t.Helper()
	if err := db.Pool().QueryRow(context.Background(), sql, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func wantRefusal(t *testing.T, err error, kind errs.Kind, sentence string) {
	t.Helper()
	if !errs.Is(err, kind) || err.Error() != sentence {
		t.Fatalf("got  %v (kind %d)\nwant %s (kind %d)", err, errs.KindOf(err), sentence, kind)
	}
}

func TestMigrate(t *testing.T) {
	t.Parallel()
	db, _ := apptest.DB(t)
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestOpenRefusesNonsense(t *testing.T) {
	t.Parallel()
	_, err := store.Open(t.Context(), "mysql:/nonsense port=x", time.Now)
	wantRefusal(t, err, errs.Invalid, "INTERLOCK_DATABASE_URL is not a PostgreSQL address: write it as postgres://user:password@host:5432/database.")
}

func TestNobodyAndNoRole(t *testing.T) {
	t.Parallel()
	db, _ := apptest.DB(t)
	never := func(*store.Tx) error { t.Error("the work ran"); return nil }
	for name, run := range map[string]func(context.Context, string, func(*store.Tx) error) error{"Write": db.Write, "Read": db.Read, "Rehearse": db.Rehearse} {
		t.Run(name, func(t *testing.T) {
			wantRefusal(t, run(t.Context(), "campaign:run", never), errs.Unauthenticated, "Sign in first.")
			wantRefusal(t, run(ann(t.Context(), "member"), "campaign:run", never), errs.Forbidden, "Your roles do not allow this. Ask an administrator for access.")
			wantRefusal(t, run(ann(t.Context(), "nonsense"), "review:read", never), errs.Forbidden, "Your roles do not allow this. Ask an administrator for access.")
		})
	}
	wantRefusal(t, db.Upkeep(ann(t.Context(), "admin"), never), errs.Unauthenticated, "Only the program itself does upkeep.")
	wantRefusal(t, db.Upkeep(t.Context(), never), errs.Unauthenticated, "Only the program itself does upkeep.")
}

func TestWrite(t *testing.T) {
	t.Parallel()
	db, clock := apptest.DB(t)
	clock.Advance(time.Hour + 999*time.Nanosecond)
	ctx := ann(t.Context(), "governance")
	err := db.Write(ctx, "campaign:run", func(tx *store.Tx) error {
		tx.Record("test.one", store.Object{Kind: "campaign", ID: 7, Campaign: 7}, map[string]string{"a": "b"})
		tx.Record("test.two", store.Object{Kind: "source", ID: "hr"}, struct{}{})
		return addSource(ctx, tx, "hr")
	})
	if err != nil {
		t.Fatal(err)
	}
	rows, _ := db.Pool().Query(ctx, `select concat_ws('|', id, at at time zone 'utc', actor, action, object, coalesce(campaign_id, 0), detail) from audit_event order by id`)
	got, err := pgx.CollectRows(rows, pgx.RowTo[string])
	want := []string{
		`1|2026-11-12 10:00:00|ann@x.example|test.one|campaign:7|7|{"a": "b"}`,
		`2|2026-11-12 10:00:00|ann@x.example|test.two|source:hr|0|{}`,
	}
	if d := cmp.Diff(want, got); d != "" || err != nil {
		t.Fatal(d, err)
	}
	if n := count(t, db, `select count(*) from source where created_at = $1`, db.Now()); n != 1 {
		t.Fatal("the row has another time than the event")
	}
}

func TestWriteCommitsNothing(t *testing.T) {
	t.Parallel()
	db, _ := apptest.DB(t)
	ctx := ann(t.Context(), "governance")
	boom := errors.New("boom")
	for name, c := range map[string]struct {
		record bool
		say    error
		want   string
	}{
		"unrecorded": {want: "a write recorded no audit event"},
		"refused":    {record: true, say: boom, want: "boom"},
		"nothing":    {record: true, say: store.ErrNothing, want: "<nil>"},
		"wrapped":    {record: true, say: fmt.Errorf("no rows: %w", store.ErrNothing), want: "<nil>"},
	} {
		err := db.Write(ctx, "campaign:run", func(tx *store.Tx) error {
			if c.record {
				done(tx)
			}
			return errors.Join(addSource(ctx, tx, "hr"), c.say)
		})
		if fmt.Sprint(err) != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	err := db.Write(ctx, "campaign:run", func(tx *store.Tx) error {
		done(tx)
		_ = addSource(ctx, tx, "hr")
		_ = addSource(ctx, tx, "hr") // a bug: the work goes on after PostgreSQL refused
		return nil
	})
	if err == nil {
		t.Error("a transaction that PostgreSQL gave up counts as committed")
	}
	if err := db.Rehearse(ctx, "campaign:run", func(tx *store.Tx) error { done(tx); return addSource(ctx, tx, "hr") }); err != nil {
		t.Error(err)
	}
	err = db.Rehearse(ctx, "campaign:run", func(tx *store.Tx) error { return addSource(ctx, tx, "No Source") })
	if !errs.Is(err, errs.Invalid) {
		t.Error(err)
	}
	if n := count(t, db, `select count(*) from source`) + count(t, db, `select count(*) from audit_event`); n != 0 {
		t.Fatalf("%d rows were committed", n)
	}
	func() {
		defer func() { _ = recover() }()
		_ = db.Write(ctx, "campaign:run", func(tx *store.Tx) error { done(tx); _ = addSource(ctx, tx, "hr"); panic("bug") })
	}()
	if n := count(t, db, `select count(*) from source`); n != 0 || db.Pool().Stat().AcquiredConns() != 0 {
		t.Fatal("a panic committed, or kept its connection")
	}
	if n := count(t, db, `select count(*) from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'`); n != 0 {
		t.Fatalf("%d connections went back to the pool with a transaction open", n)
	}
}

// TestLast: what is kept for last is committed with the event or refuses both, and
// is also tried by a rehearsal.
func TestLast(t *testing.T) {
	t.Parallel()
	db, _ := apptest.DB(t)
	ctx := ann(t.Context(), "governance")
	add := func(run func(context.Context, string, func(*store.Tx) error) error) error {
		return run(ctx, "campaign:run", func(tx *store.Tx) error {
			done(tx)
			return tx.Last().AuditCheckpointInsert(ctx, sqlc.AuditCheckpointInsertParams{Size: 1, Root: []byte{}, At: tx.Now})
		})
	}
	wantRows := func(when string, want int) {
		t.Helper()
		if n := count(t, db, `select (select count(*) from audit_checkpoint) + (select count(*) from audit_event)`); n != want {
			t.Errorf("%s: %d rows, not %d", when, n, want)
		}
	}
	if err := add(db.Rehearse); err != nil {
		t.Error(err)
	}
	wantRows("rehearsed", 0)
	if err := add(db.Write); err != nil {
		t.Error(err)
	}
	wantRows("written", 2)
	if add(db.Write) == nil || add(db.Rehearse) == nil {
		t.Error("the second of the same size was accepted")
	}
	wantRows("refused", 2)
}

func TestReadIsReadOnlyAndOnePicture(t *testing.T) {
	t.Parallel()
	db, _ := apptest.DB(t)
	ctx := ann(t.Context(), "governance")
	err := db.Read(ctx, "campaign:read", func(tx *store.Tx) error { return addSource(ctx, tx, "hr") })
	if pg, ok := errors.AsType[*pgconn.PgError](err); !ok || pg.Code != "25006" {
		t.Fatalf("a write inside Read: %v", err)
	}
	err = db.Read(ctx, "campaign:read", func(tx *store.Tx) error {
		var before, after int
		if err := tx.Raw().QueryRow(ctx, `select count(*) from source`).Scan(&before); err != nil {
			return err
		}
		if err := db.Write(ctx, "campaign:run", func(w *store.Tx) error { done(w); return addSource(ctx, w, "hr") }); err != nil {
			return err
		}
		if err := tx.Raw().QueryRow(ctx, `select count(*) from source`).Scan(&after); err != nil {
			return err
		}
		if before != 0 || after != 0 {
			t.Errorf("saw %d, then %d", before, after)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Upkeep(authz.System(ctx, "test"), func(tx *store.Tx) error { return addSource(ctx, tx, "plant") }); err != nil {
		t.Fatal(err)
	}
	if n := count(t, db, `select count(*) from source`); n != 2 {
		t.Fatal(n)
	}
}

// TestDeadlock lets two writers take two rows in opposite order; both succeed.
func TestDeadlock(t *testing.T) {
	t.Parallel()
	db, _ := apptest.DB(t)
	ctx := ann(t.Context(), "governance")
	for _, name := range []string{"a", "b"} {
		if err := db.Write(ctx, "campaign:run", func(tx *store.Tx) error { done(tx); return addSource(ctx, tx, name) }); err != nil {
			t.Fatal(err)
		}
	}
	var met, all sync.WaitGroup
	met.Add(2)
	tries := [2]int{}
	said := [2]error{}
	for i, order := range [][]string{{"a", "b"}, {"b", "a"}} {
		all.Go(func() {
			said[i] = db.Write(ctx, "campaign:run", func(tx *store.Tx) error {
				tries[i]++
				done(tx)
				if _, err := tx.Raw().Exec(ctx, `set local deadlock_timeout = '20ms'`); err != nil {
					return err
				}
				for step, name := range order {
					if _, err := tx.Raw().Exec(ctx, `update source set created_at = $2 where name = $1`, name, tx.Now); err != nil {
						return err
					}
					if step == 0 && tries[i] == 1 {
						met.Done()
						met.Wait()
					}
				}
				return nil
			})
		})
	}
	all.Wait()
	if said[0] != nil || said[1] != nil || tries[0]+tries[1] < 3 { // they may well meet again
		t.Fatalf("%v, tries %v", said, tries)
	}
	if n := count(t, db, `select count(*) from audit_event`); n != 4 {
		t.Fatalf("%d events of 4 writes: a lost race left its own", n)
	}
}

func TestLostRacesEnd(t *testing.T) {
	t.Parallel()
	db, _ := apptest.DB(t)
	ctx := ann(t.Context(), "governance")
	for code, want := range map[string]int{"40001": 5, "40P01": 5, "23505": 1} {
		tries := 0
		err := db.Write(ctx, "campaign:run", func(*store.Tx) error {
			tries++
			return &pgconn.PgError{Code: code}
		})
		if err == nil || tries != want {
			t.Errorf("%s: %d tries, %v", code, tries, err)
		}
	}
	tries := 0
	err := db.Read(ctx, "campaign:read", func(*store.Tx) error {
		if tries++; tries < 5 {
			return &pgconn.PgError{Code: "40001"}
		}
		return nil
	})
	if err != nil || tries != 5 {
		t.Error(err, tries)
	}
}

// TestSixteenWriters: nothing is lost and nobody waits for a chain.
func TestSixteenWriters(t *testing.T) {
	t.Parallel()
	db, _ := apptest.DB(t)
	var all sync.WaitGroup
	for w := range 16 {
		all.Go(func() {
			ctx := ann(context.Background(), "governance")
			for i := range 10 {
				err := db.Write(ctx, "campaign:run", func(tx *store.Tx) error {
					tx.Record("test.done", store.Object{Kind: "test", ID: w*10 + i}, nil)
					return addSource(ctx, tx, fmt.Sprintf("s%d-%d", w, i))
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	for _, sql := range []string{`select count(*) from source`, `select count(distinct object) from audit_event`, `select count(*) from audit_pending`} {
		if n := count(t, db, sql); n != 160 {
			t.Errorf("%s: %d", sql, n)
		}
	}
}

func TestTranslate(t *testing.T) {
	t.Parallel()
	pg := func(code, constraint string) error {
		return fmt.Errorf("decide: %w", &pgconn.PgError{Code: code, ConstraintName: constraint})
	}
	for name, c := range map[string]struct {
		err  error
		kind errs.Kind
		want string
	}{
		"a refusal":        {errs.Conflictf("So it is."), errs.Conflict, "So it is."},
		"no rows":          {fmt.Errorf("read: %w", pgx.ErrNoRows), errs.NotFound, "There is no such thing here, or it is not yours to see."},
		"a named rule":     {pg("23505", "account_email_is_unique"), errs.Conflict, "There is already an account with this e-mail."},
		"an unnamed rule":  {pg("23505", "x_pkey"), errs.Internal, ""},
		"disk full":        {pg("53100", ""), errs.Unavailable, "The database's disk is full, so nothing was changed. Free space and try again."},
		"NUL":              {pg("22021", ""), errs.Invalid, "The text holds a character that cannot be kept, such as a NUL byte: leave it out."},
		"shutting down":    {pg("57P01", ""), errs.Unavailable, store.Gone},
		"crashed":          {pg("57P02", ""), errs.Unavailable, store.Gone},
		"starting":         {pg("57P03", ""), errs.Unavailable, store.Gone},
		"too many":         {pg("53300", ""), errs.Unavailable, store.Gone},
		"became a standby": {pg("25006", ""), errs.Unavailable, ""},
		"a deadline":       {context.DeadlineExceeded, errs.Unavailable, store.Gone},
		"a bug":            {errors.New("boom"), errs.Internal, ""},
	} {
		err := store.Translate(c.err)
		if errs.KindOf(err) != c.kind || (c.want != "" && err.Error() != c.want) {
			t.Errorf("%s: %v (kind %d)", name, err, errs.KindOf(err))
		}
		if !errors.Is(err, c.err) {
			t.Errorf("%s: the cause is lost to the log", name)
		}
	}
	if store.Translate(nil) != nil {
		t.Error("nil")
	}
	wrapped := store.Translate(pg("23514", "account_role_is_known"))
	if e, ok := errors.AsType[*errs.Error](wrapped); !ok || e.Field != "role" {
		t.Error(wrapped)
	}
}

// TestBackendKilled: the connection goes in the middle of the work.
func TestBackendKilled(t *testing.T) {
	t.Parallel()
	db, _ := apptest.DB(t)
	ctx := ann(t.Context(), "governance")
	kill := func(tx *store.Tx) error {
		pid := tx.Raw().Conn().PgConn().PID()
		_, err := db.Pool().Exec(ctx, `select pg_terminate_backend($1, 5000)`, pid)
		return err
	}
	for name, work := range map[string]func(*store.Tx) error{
		"before a statement": func(tx *store.Tx) error { return errors.Join(kill(tx), addSource(ctx, tx, "a")) },
		"before the commit":  kill,
	} {
		err := db.Write(ctx, "campaign:run", func(tx *store.Tx) error { done(tx); return work(tx) })
		if !errs.Is(err, errs.Unavailable) || err.Error() != store.Gone {
			t.Errorf("%s: %v (kind %d)", name, err, errs.KindOf(err))
		}
	}
	if err := db.Read(ctx, "campaign:read", kill); err == nil || !errs.Is(err, errs.Unavailable) {
		t.Errorf("in a read: %v", err)
	}
	if err := db.Write(ctx, "campaign:run", func(tx *store.Tx) error { done(tx); return nil }); err != nil {
		t.Errorf("afterwards: %v", err)
	}
	if n := count(t, db, `select count(*) from source`); n != 0 {
		t.Error("something was committed")
	}
}

func TestDatabaseIsNotThere(t *testing.T) {
	t.Parallel()
	db, err := store.Open(t.Context(), "postgres://nobody@127.0.0.1:1/none", time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.Write(ann(t.Context(), "governance"), "campaign:run", func(*store.Tx) error { return nil })
	wantRefusal(t, err, errs.Unavailable, store.Gone)
}

func TestRecordRefusesWhatIsNoJSON(t *testing.T) {
	t.Parallel()
	defer func() {
		if r := recover(); r == nil || !strings.Contains(fmt.Sprint(r), "event test.done") {
			t.Fatal(r)
		}
	}()
	(&store.Tx{}).Record("test.done", store.Object{}, make(chan int))
}

// TestReadCommitted: whatever the server's default is, writes see what the holder
// of a lock left.
func TestReadCommitted(t *testing.T) {
	t.Parallel()
	url := apptest.URL(t)
	first, err := store.Open(t.Context(), url, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := first.Pool().Exec(t.Context(), `do $$ begin execute format('alter database %I set default_transaction_isolation = %L', current_database(), 'serializable'); end $$`); err != nil {
		t.Fatal(err)
	}
	first.Close()
	db, err := store.Open(t.Context(), url, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	ctx, level := authz.System(t.Context(), "test"), ""
	show := func(tx *store.Tx) error {
		done(tx)
		return tx.Raw().QueryRow(ctx, `show transaction_isolation`).Scan(&level)
	}
	for name, run := range map[string]func() error{
		"write": func() error { return db.Write(ctx, "", show) }, "rehearse": func() error { return db.Rehearse(ctx, "", show) }, "upkeep": func() error { return db.Upkeep(ctx, show) },
	} {
		if err := run(); err != nil || level != "read committed" {
			t.Errorf("%s: %q %v", name, level, err)
		}
	}
}

// TestCancelledWhileCommitting: who cancels when the commit was sent hears that it
// was done; who cancels before, that it was not.
func TestCancelledWhileCommitting(t *testing.T) {
	t.Parallel()
	db, _ := apptest.DB(t)
	if _, err := db.Pool().Exec(t.Context(), `
		create function slowly() returns trigger language plpgsql as 'begin perform pg_sleep(0.5); return null; end';
		create constraint trigger slowly after insert on audit_event deferrable initially deferred for each row execute function slowly()`); err != nil {
		t.Fatal(err)
	}
	for n, c := range map[string]struct {
		after  time.Duration
		commit bool
	}{"while it commits": {200 * time.Millisecond, true}, "before": {0, false}} {
		ctx, cancel := context.WithCancel(authz.System(t.Context(), "test"))
		err := db.Write(ctx, "", func(tx *store.Tx) error {
			done(tx)
			err := addSource(ctx, tx, "s"+fmt.Sprint(c.commit))
			if c.after == 0 {
				cancel()
			}
			time.AfterFunc(c.after, cancel)
			return err
		})
		if got := count(t, db, `select count(*) from source where name = $1`, "s"+fmt.Sprint(c.commit)) == 1; got != c.commit || (err == nil) != c.commit {
			t.Errorf("cancelled %s: %v, committed %v", n, err, got)
		}
	}
}

// TestTwice: the first try is undone.
func TestTwice(t *testing.T) {
	t.Parallel()
	db, _ := apptest.DB(t)
	db.Twice()
	tries := 0
	err := db.Write(authz.System(t.Context(), "test"), "", func(tx *store.Tx) error {
		done(tx)
		tries++
		return addSource(t.Context(), tx, "s")
	})
	if n := count(t, db, `select count(*) from audit_event`); err != nil || tries != 2 || n != 1 {
		t.Errorf("%v, %d tries, %d events", err, tries, n)
	}
}
