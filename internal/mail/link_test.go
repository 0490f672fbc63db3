package mail_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"interlock/internal/apptest"
	"interlock/internal/authz"
	"interlock/internal/errs"
	"interlock/internal/login"
	"interlock/internal/mail"
	"interlock/internal/store"
)

// Mails of a whole campaign go through River to a real server; whoever has no
// password finds a link in it that works once and for seven days.
func TestLinkInMail(t *testing.T) {
	t.Parallel()
	db, clock := apptest.DB(t)
	srv, set := mail.StartServer(t)
	people := login.New(db)
	ctx := authz.CommandLine(t.Context(), "root")
	if _, err := people.AddUser(ctx, "has@example.com", "", "member", "", "four unrelated words"); err != nil {
		t.Fatal(err)
	}
	enqueue(t, db, people, "has@example.com", "new@example.com", "late@example.com")
	run(t, db, mail.NewWorker(db, set, func(ctx context.Context, tx *store.Tx, email string) (string, bool, error) {
		secret, ok, err := login.LinkFor(ctx, tx, email)
		return set.BaseURL + "/password?token=" + secret, ok, err
	}), func() bool { return len(srv.Secrets(t)) == 3 })
	secrets := srv.Secrets(t)
	if secrets["has@example.com"] != "" {
		t.Fatal("has a password already")
	}
	for range 2 { // a mail scanner looks first
		if link, err := people.LinkInfo(t.Context(), secrets["new@example.com"]); err != nil || link.Email != "new@example.com" {
			t.Fatal(link, err)
		}
	}
	if err := people.SetPassword(t.Context(), secrets["new@example.com"], "four unrelated words"); err != nil {
		t.Fatal(err)
	}
	if err := people.SetPassword(t.Context(), secrets["new@example.com"], "four unrelated words"); !errs.Is(err, errs.NotFound) {
		t.Fatal("worked twice:", err)
	}
	clock.Advance(7 * 24 * time.Hour)
	if err := people.SetPassword(t.Context(), secrets["late@example.com"], "four unrelated words"); !errs.Is(err, errs.NotFound) {
		t.Fatal("worked after seven days:", err)
	}
	hidden(t, db, set, secrets["late@example.com"])
}

// hidden checks that the secret is nowhere but in the mail.
func hidden(t *testing.T, db *store.DB, set mail.Settings, secret string) {
	t.Helper()
	l, err := mail.New(db, set).Get(authz.System(t.Context(), "test"), 3)
	if err != nil || !strings.Contains(l.Text, "(single-use link, made when the mail is sent)") || !strings.Contains(l.HTML, "(single-use link") || strings.Contains(l.Text+l.HTML, "token") {
		t.Fatal(err, l.Text)
	}
	var n int
	err = db.Pool().QueryRow(t.Context(), `select count(*) from (select m::text from mail_message m union all select j::text from river_job j union all select t::text from login_token t) r (row) where row like '%' || $1 || '%'`, secret).Scan(&n)
	if err != nil || n != 0 {
		t.Fatal(err, n)
	}
}

func enqueue(t *testing.T, db *store.DB, _ *login.Service, to ...string) {
	t.Helper()
	ctx := authz.System(t.Context(), "test")
	err := db.Write(ctx, "campaign:run", func(tx *store.Tx) error {
		var persons []login.Person
		var messages []mail.Message
		for _, email := range to {
			persons = append(persons, login.Person{Email: email})
			messages = append(messages, mail.Message{To: email, Template: "review_opened", Subject: "Access to review", Data: mail.Digest{Title: "Q4"}})
		}
		return errors.Join(login.EnsureAccounts(ctx, tx, persons), mail.Enqueue(ctx, tx, messages))
	})
	if err != nil {
		t.Fatal(err)
	}
}

// run works River's mail queue until done.
func run(t *testing.T, db *store.DB, w *mail.Worker, done func() bool) {
	t.Helper()
	workers := river.NewWorkers()
	river.AddWorker(workers, w)
	client, err := river.NewClient(riverpgxv5.New(db.Pool()), &river.Config{
		Queues: map[string]river.QueueConfig{mail.Queue: {MaxWorkers: 4}}, Workers: workers, FetchPollInterval: 100 * time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range 200 {
		if done() {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if err := client.Stop(context.Background()); err != nil || !done() {
		t.Fatal("the mails did not arrive:", err)
	}
}
