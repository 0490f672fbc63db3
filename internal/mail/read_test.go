package mail

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"interlock/internal/apptest"
	"interlock/internal/authz"
	"interlock/internal/errs"
	"interlock/internal/store"
)

func jobs(t *testing.T, db *store.DB) (n int) {
	t.Helper()
	if err := db.Pool().QueryRow(t.Context(), `select count(*) from river_job where kind = 'mail_deliver' and queue = 'mail' and max_attempts = 12`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestWaitsForServer(t *testing.T) {
	t.Parallel()
	db, clock := apptest.DB(t)
	enqueued(t, db, message("ann@example.com"), message("bob@example.com"))
	if err := work(t, worker(db, Settings{}), 1, 1); err != nil {
		t.Fatal(err)
	}
	if l := state(t, db, Settings{}, 1); l.State != "waiting" || l.Attempts != 0 || l.DueAt != nil {
		t.Fatal(l)
	}
	srv := &server{}
	set := srv.start(t)
	resume := func(s Settings, want int) {
		t.Helper()
		if err := New(db, s).ResumeWaiting(t.Context()); err != nil || jobs(t, db) != want {
			t.Fatal(err, jobs(t, db), want)
		}
	}
	resume(Settings{}, 2)
	resume(set, 3) // the parked one
	resume(set, 3)
	clock.Advance(25 * time.Hour)
	resume(set, 5) // both were lost
	if err := work(t, worker(db, set), 1, 1); err != nil || len(srv.mails()) != 1 {
		t.Fatal(err)
	}
}

func TestEnqueueMany(t *testing.T) {
	t.Parallel()
	db, _ := apptest.DB(t)
	var messages []Message
	for i := range 10_000 {
		messages = append(messages, message(fmt.Sprintf("p%d@example.com", i)))
	}
	began := time.Now()
	enqueued(t, db, messages...)
	t.Log("10,000 mails in", time.Since(began))
	if jobs(t, db) != 10_000 {
		t.Fatal(jobs(t, db))
	}
	ctx := authz.System(t.Context(), "test")
	list, err := New(db, Settings{}).List(ctx, Filter{State: "waiting", Before: 9_000})
	if err != nil || len(list) != page || list[0].ID != 8_999 || list[0].To != "p8998@example.com" {
		t.Fatal(err, list)
	}
	if list, err := New(db, Settings{}).List(ctx, Filter{State: "failed"}); err != nil || len(list) != 0 {
		t.Fatal(err, list)
	}
	enqueued(t, db)
	for _, m := range []Message{{Template: "review_opened", Data: "not a digest"}, {Template: "joke", Data: Digest{}}, {Template: "top", Data: Digest{}}} {
		err = db.Write(ctx, "campaign:run", func(tx *store.Tx) error {
			tx.Record("test.mail", store.Object{Kind: "test", ID: 1}, nil)
			return Enqueue(ctx, tx, []Message{m})
		})
		if err == nil {
			t.Errorf("took what cannot be shown: %+v", m)
		}
	}
}

func TestRetry(t *testing.T) {
	t.Parallel()
	db, _ := apptest.DB(t)
	s := New(db, Settings{})
	enqueued(t, db, message("ann@example.com"), message("bob@example.com"))
	if _, err := db.Pool().Exec(t.Context(), `update mail_message set state = 'failed', last_error = 'refused' where id = 1`); err != nil {
		t.Fatal(err)
	}
	auditor := authz.With(t.Context(), authz.Actor{Email: "a@x.y", Roles: []authz.Role{{Name: "auditor", Site: "*"}}})
	governance := authz.With(t.Context(), authz.Actor{Email: "g@x.y", Roles: []authz.Role{{Name: "governance", Site: "*"}}})
	member := authz.With(t.Context(), authz.Actor{Email: "m@x.y", Roles: []authz.Role{{Name: "member", Site: "*"}}})
	_, hidden := s.Get(member, 1)
	_, list := s.List(member, Filter{})
	for name, c := range map[string]struct {
		err  error
		kind errs.Kind
	}{
		"nobody":    {s.Retry(t.Context(), 1), errs.Unauthenticated},
		"auditor":   {s.Retry(auditor, 1), errs.Forbidden},
		"reading":   {hidden, errs.Forbidden},
		"listing":   {list, errs.Forbidden},
		"waiting":   {s.Retry(governance, 2), errs.Conflict},
		"not there": {s.Retry(governance, 3), errs.NotFound},
	} {
		if !errs.Is(c.err, c.kind) {
			t.Error(name, c.err)
		}
	}
	if err := s.Retry(governance, 1); err != nil || jobs(t, db) != 3 {
		t.Fatal(err, jobs(t, db))
	}
	if l, err := s.Get(auditor, 1); err != nil || l.State != "waiting" || !strings.Contains(l.Text, later) {
		t.Fatal(l, err)
	}
	var by string
	if err := db.Pool().QueryRow(t.Context(), `select actor || ' ' || object from audit_event where action = 'mail.retried'`).Scan(&by); err != nil || by != "g@x.y mail:1" {
		t.Fatal(by, err)
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	ok := Settings{Host: "mail.example.com", From: "i@example.com", BaseURL: "https://i.example.com"}
	for part, change := range map[string]func(*Settings){
		"":                     func(*Settings) {},
		"unencrypted":          func(s *Settings) { s.Mode = "none" },
		"is not known":         func(s *Settings) { s.Mode = "ssl" },
		"no e-mail address":    func(s *Settings) { s.From = "nobody" },
		"a browser can open":   func(s *Settings) { s.BaseURL = "interlock" },
		"cannot be read":       func(s *Settings) { s.CAFile = "/not/there" },
		"holds no certificate": func(s *Settings) { s.CAFile = "settings.go" },
	} {
		s := ok
		change(&s)
		if err := s.Check(); (err == nil) != (part == "") || err != nil && !strings.Contains(err.Error(), part) {
			t.Errorf("%q: %v", part, err)
		}
	}
	local := Settings{Host: "::1", Mode: "none", From: "i@example.com", BaseURL: "http://127.0.0.1:8080"}
	if err := errors.Join(local.Check(), Settings{}.Check()); err != nil || local.port() != 25 || ok.port() != 587 {
		t.Fatal(err)
	}
}

func TestWaits(t *testing.T) {
	t.Parallel()
	var sum time.Duration
	for attempt := 1; attempt < tries; attempt++ {
		sum += wait(attempt)
	}
	if sum < 40*time.Hour || sum > 56*time.Hour {
		t.Fatal("not about two days:", sum)
	}
}

func TestConstraints(t *testing.T) {
	t.Parallel()
	db, _ := apptest.DB(t)
	enqueued(t, db, message("ann@example.com"))
	for constraint, set := range map[string]string{
		"mail_headers_are_one_line": `subject = e'a\nb'`,
		"mail_state_is_known":       `state = 'lost'`,
		"mail_sent_has_a_time":      `state = 'sent'`,
		"mail_failed_says_why":      `state = 'failed'`,
	} {
		_, err := db.Pool().Exec(t.Context(), `update mail_message set `+set)
		if pg, ok := errors.AsType[*pgconn.PgError](err); !ok || pg.ConstraintName != constraint {
			t.Errorf("%s: %v", constraint, err)
		}
	}
}
