package mail

import (
	"context"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	netmail "net/mail"
	"strings"
	"testing"
	"time"

	gosmtp "github.com/emersion/go-smtp"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"interlock/internal/apptest"
	"interlock/internal/authz"
	"interlock/internal/store"
)

func TestMain(m *testing.M) { apptest.Main(m) }

var due = apptest.Start.AddDate(0, 0, 14)

func digest() Digest {
	return Digest{Campaign: 3, Title: "Plant access after the historian project", Name: "Ann Peeters", Items: 58, High: 4, Minutes: 12, Due: due}
}

func message(to string) Message {
	return Message{To: to, Template: "review_opened", Subject: "Access to review: Plant access", Data: digest()}
}

func enqueued(t *testing.T, db *store.DB, messages ...Message) {
	t.Helper()
	ctx := authz.System(t.Context(), "test")
	err := db.Write(ctx, "campaign:run", func(tx *store.Tx) error {
		tx.Record("test.ran", store.Object{Kind: "test", ID: 1}, nil)
		return Enqueue(ctx, tx, messages)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func noLink(context.Context, *store.Tx, string) (string, bool, error) { return "", false, nil }

func worker(db *store.DB, set Settings) *Worker {
	w := NewWorker(db, set, noLink)
	w.smtp.connect, w.smtp.whole = 2*time.Second, 3*time.Second
	return w
}

// work runs one try, as River would.
func work(t *testing.T, w *Worker, id int64, attempt int) error {
	t.Helper()
	return w.Work(t.Context(), &river.Job[Deliver]{
		JobRow: &rivertype.JobRow{Attempt: attempt, MaxAttempts: tries, AttemptedAt: new(time.Now())}, Args: Deliver{Message: id},
	})
}

func state(t *testing.T, db *store.DB, set Settings, id int64) Letter {
	t.Helper()
	l, err := New(db, set).Get(authz.System(t.Context(), "test"), id)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// parts takes a mail apart: its header, text and HTML.
func parts(t *testing.T, raw string) (h netmail.Header, text, html string) {
	t.Helper()
	m, err := netmail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	var bodies [2]string
	r := multipart.NewReader(m.Body, params["boundary"])
	for i := range bodies {
		p, err := r.NextRawPart()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(quotedprintable.NewReader(p))
		if err != nil {
			t.Fatal(err)
		}
		bodies[i] = strings.ReplaceAll(string(b), "\r\n", "\n")
	}
	return m.Header, bodies[0], bodies[1]
}

func TestDeliver(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"starttls", "tls", "none"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			db, _ := apptest.DB(t)
			srv := &server{mode: mode}
			set := srv.start(t)
			enqueued(t, db, message("ann@example.com"))
			if err := work(t, worker(db, set), 1, 1); err != nil {
				t.Fatal(err)
			}
			if err := work(t, worker(db, set), 1, 2); err != nil { // sent already: nothing happens
				t.Fatal(err)
			}
			mails := srv.mails()
			if l := state(t, db, set, 1); len(mails) != 1 || l.State != "sent" || l.SentAt == nil || l.Attempts != 1 || srv.to[0] != "ann@example.com" {
				t.Fatal(len(mails), l)
			}
			h, text, html := parts(t, mails[0])
			if got := h.Get("Message-ID"); got != fmt.Sprintf("<1.%d@interlock.example.com>", apptest.Start.UnixMicro()) {
				t.Error(got)
			}
			if at, err := h.Date(); h.Get("Auto-Submitted") != "auto-generated" || err != nil || !at.Equal(apptest.Start) {
				t.Error(h)
			}
			for _, part := range []string{"Ann Peeters", "Plant access after the historian project", "58 items", "4 of them high risk", "about 12 minutes", "26 Nov 2026", "https://interlock.example.com/reviews/3"} {
				if !strings.Contains(text, part) || !strings.Contains(html, part) {
					t.Errorf("%q is missing:\n%s\n%s", part, text, html)
				}
			}
			if strings.Contains(text+html, "password yet") || strings.Contains(text+html, "!\n") {
				t.Error(text)
			}
		})
	}
}

func TestDeliverFails(t *testing.T) {
	t.Parallel()
	refuse := func(code int, words string) func(int) error {
		return func(int) error {
			return &gosmtp.SMTPError{Code: code, EnhancedCode: gosmtp.EnhancedCode{code / 100, 1, 1}, Message: words}
		}
	}
	for name, c := range map[string]struct {
		srv   *server
		set   func(*Settings)
		words string
		final bool
	}{
		"down":              {set: func(s *Settings) { s.Port = 1 }, words: "127.0.0.1:1 cannot be used: connection refused"},
		"put off":           {srv: &server{rcpt: refuse(451, "try later")}, words: "put this mail off: 451 4.1.1 try later"},
		"refused":           {srv: &server{rcpt: refuse(550, "no such user")}, words: "refused this mail: 550 5.1.1 no such user", final: true},
		"wrong password":    {set: func(s *Settings) { s.Password = "wrong" }, words: "refused our user name or password: 535"},
		"wrong certificate": {set: func(s *Settings) { s.CAFile = "" }, words: "is not trusted"},
		"no encryption":     {srv: &server{mode: "none"}, set: func(s *Settings) { s.Mode = "starttls" }, words: "STARTTLS"},
		"slow":              {srv: &server{data: func(int, net.Conn) error { time.Sleep(4 * time.Second); return nil }}, words: "took too long"},
		"silent":            {set: func(s *Settings) { s.Port = silent(t) }, words: "took too long"},
		"drops after DATA":  {srv: &server{data: func(_ int, c net.Conn) error { return c.Close() }}, words: "broke off"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db, _ := apptest.DB(t)
			if c.srv == nil {
				c.srv = &server{}
			}
			set := c.srv.start(t)
			if c.set != nil {
				c.set(&set)
			}
			enqueued(t, db, message("ann@example.com"))
			err := work(t, worker(db, set), 1, 1)
			l := state(t, db, set, 1)
			if (err == nil) != c.final || (l.State == "failed") != c.final || !strings.Contains(l.LastError, c.words) {
				t.Fatal(err, l.State, l.LastError)
			}
			if !c.final && !l.DueAt.Equal(apptest.Start.Add(time.Minute)) {
				t.Fatal(l.DueAt)
			}
			if c.final {
				return
			}
			if err := work(t, worker(db, set), 1, tries); err == nil {
				t.Fatal("the last try went well")
			}
			if l := state(t, db, set, 1); l.State != "failed" || l.Attempts != 2 || l.LastError == "" {
				t.Fatal(l)
			}
		})
	}
}

// silent takes connections and never says a word.
func silent(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l.Addr().(*net.TCPAddr).Port
}

func TestDeliverAfterFailure(t *testing.T) {
	t.Parallel()
	db, _ := apptest.DB(t)
	srv := &server{rcpt: func(try int) error {
		if try == 1 {
			return &gosmtp.SMTPError{Code: 451, Message: "greylisted"}
		}
		return nil
	}, data: func(try int, c net.Conn) error {
		if try == 2 {
			return c.Close()
		}
		return nil
	}}
	w := worker(db, srv.start(t))
	enqueued(t, db, message("ann@example.com"))
	if work(t, w, 1, 1) == nil || work(t, w, 1, 2) == nil {
		t.Fatal("should have failed")
	}
	if err := work(t, w, 1, 3); err != nil {
		t.Fatal(err)
	}
	mails := srv.mails()
	if l := state(t, db, w.smtp.Settings, 1); l.State != "sent" || l.Attempts != 3 || l.LastError != "" || len(mails) != 2 {
		t.Fatal(l, len(mails))
	}
	first, _, _ := parts(t, mails[0])
	second, _, _ := parts(t, mails[1])
	if first.Get("Message-ID") != second.Get("Message-ID") {
		t.Fatal("a copy carries another id")
	}
}

func TestHeadersStayOneLine(t *testing.T) {
	t.Parallel()
	db, _ := apptest.DB(t)
	srv := &server{mode: "none"}
	set := srv.start(t)
	long := digest()
	long.Name, long.Title = strings.Repeat("Ünïcode Näme ", 16), "Zugänge prüfen\r\nBcc: all@example.com\u202e"
	plain := digest()
	plain.Name, plain.Title = strings.Repeat("x", 200), `<script>alert(1)</script>`
	enqueued(t, db,
		Message{To: "ann@example.com\r\nRCPT TO:<eve@example.com>", Template: "review_opened", Subject: "x", Data: long},
		Message{To: "ann@example.com", Template: "review_opened", Subject: "Zugänge prüfen: \r\nBcc: eve@example.com", Data: long},
		Message{To: "ann@example.com", Template: "review_overdue", Subject: strings.Repeat("y", 300), Data: plain})
	for id := range int64(3) {
		if err := work(t, worker(db, set), id+1, 1); err != nil {
			t.Fatal(err)
		}
	}
	if l := state(t, db, set, 1); l.State != "failed" || l.LastError != "The recipient is no e-mail address." {
		t.Fatal(l)
	}
	mails := srv.mails()
	h, text, _ := parts(t, mails[0])
	to, err := h.AddressList("To")
	subject, _ := new(mime.WordDecoder).DecodeHeader(h.Get("Subject"))
	if err != nil || len(to) != 1 || to[0].Name != oneLine(long.Name) || h.Get("Bcc") != "" || subject != "Zugänge prüfen: Bcc: eve@example.com" {
		t.Fatal(err, to, subject)
	}
	if !strings.Contains(text, `"Zugänge prüfen Bcc: all@example.com"`) {
		t.Fatal(text)
	}
	h, _, html := parts(t, mails[1])
	to, err = h.AddressList("To")
	if err != nil || len(to[0].Name) != 200 || strings.Contains(html, "<script>") {
		t.Fatal(err, to, html)
	}
	for line := range strings.Lines(strings.Join(mails, "\n")) {
		if len(line) > 1000 {
			t.Fatal("a line longer than RFC 5322 allows:", line)
		}
	}
	if strings.Contains(strings.Join(srv.to, " "), "eve") {
		t.Fatal(srv.to)
	}
}
