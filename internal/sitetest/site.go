// Package sitetest gives a test the whole program: the site over a database of
// its own, its jobs worked in this process, its mail taken by a real mail server,
// and the clock in the test's hands.
package sitetest

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"interlock/internal/apptest"
	"interlock/internal/audit"
	"interlock/internal/authz"
	"interlock/internal/errs"
	"interlock/internal/intake"
	"interlock/internal/login"
	"interlock/internal/mail"
	"interlock/internal/wire"
	"interlock/web"
)

// Password is the password of every account that SignIn makes.
const Password = "nine calm pumps by the weir"

// Options say what is unlike the usual installation.
type Options struct {
	Org    string
	NoMail bool // no mail server is set
	Secure bool // served over TLS
	Idle   bool // no jobs are worked
	Demo   []web.DemoSignIn
}

// Site is a running installation.
type Site struct {
	*wire.Services
	T     *testing.T
	Clock *apptest.Clock
	URL   string
	Root  context.Context // the command line
	Log   *Lines
	post  *postOffice
}

// Start runs an installation until the test ends.
func Start(t *testing.T, o Options) *Site {
	t.Helper()
	db, clock := apptest.DB(t)
	s := &Site{T: t, Clock: clock, Root: authz.CommandLine(t.Context(), "root"), Log: &Lines{}}
	srv := httptest.NewUnstartedServer(nil)
	s.URL = "http://" + srv.Listener.Addr().String()
	settings := mail.Settings{From: "Interlock <interlock@example.com>", BaseURL: s.URL}
	if !o.NoMail {
		s.post = openPostOffice(t)
		settings.Host, settings.Port, settings.Mode = "127.0.0.1", s.post.port, "none"
	}
	must(t, settings.Check())
	signer, verifier, err := audit.LoadKey(t.TempDir(), "")
	must(t, err)
	s.Services = wire.New(db, settings, signer, verifier)
	log := slog.New(slog.NewJSONHandler(s.Log, nil))
	srv.Config.Handler = s.handler(o, log)
	srv.Start()
	t.Cleanup(srv.Close)
	if !o.Idle {
		s.work()
	}
	return s
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (s *Site) handler(o Options, log *slog.Logger) http.Handler {
	org := o.Org
	if org == "" {
		org = "Testworks"
	}
	return web.New(web.Services{
		Login: s.Login, Sessions: login.NewSessions(s.DB), Review: s.Review, Remediation: s.Remediation, Intake: s.Intake, Asset: s.Asset, Finding: s.Finding, Jobs: s.Jobs, Identity: s.Identity, Reach: s.Reach, Exception: s.Exception,
		Mail: s.Mail, Audit: s.Audit, Control: s.Control,
	}, web.Settings{
		Org: org, Version: "test", Zone: time.UTC, Secure: o.Secure, Mailing: !o.NoMail, Demo: o.Demo, DemoKey: Password, Log: log,
		Now: s.Clock.Now, Ready: s.DB.Pool().Ping,
	})
}

// work works the jobs until the test ends.
func (s *Site) work() {
	client, err := s.Worker(slog.New(slog.NewJSONHandler(io.Discard, nil)))
	must(s.T, err)
	ctx := context.WithoutCancel(s.T.Context())
	must(s.T, client.Start(ctx))
	s.T.Cleanup(func() {
		ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
		defer cancel()
		_ = client.StopAndCancel(ctx)
	})
}

// Settled waits until no job is waiting or running.
func (s *Site) Settled() {
	s.T.Helper()
	s.Until("the jobs are done", func() bool {
		return s.One(`select count(*) from river_job where state in ('available', 'running', 'pending') or state in ('scheduled', 'retryable') and scheduled_at <= now()`) == 0
	})
}

// Until waits until what is asked for is so.
func (s *Site) Until(what string, so func() bool) {
	s.T.Helper()
	for end := time.Now().Add(30 * time.Second); !so(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			s.T.Fatalf("waited too long until %s", what)
		}
	}
}

// One reads a number.
func (s *Site) One(sql string, args ...any) (n int64) {
	s.T.Helper()
	if err := s.DB.Pool().QueryRow(context.Background(), sql, args...).Scan(&n); err != nil {
		s.T.Fatalf("%s: %v", sql, err)
	}
	return n
}

// Exec runs SQL past every rule of the program.
func (s *Site) Exec(sql string, args ...any) {
	s.T.Helper()
	if _, err := s.DB.Pool().Exec(context.Background(), sql, args...); err != nil {
		s.T.Fatalf("%s: %v", sql, err)
	}
}

// Import imports CSV files by name, as one source.
func (s *Site) Import(source string, files map[string]string) {
	s.T.Helper()
	dir := s.T.TempDir()
	for name, text := range files {
		must(s.T, writeFile(filepath.Join(dir, name), text))
	}
	b, err := intake.OpenBundle(dir)
	must(s.T, err)
	defer func() { _ = b.Close() }()
	if _, err = s.Intake.Import(s.Root, b, intake.Options{Source: source}); err != nil {
		s.T.Fatalf("import %s: %v %v", source, err, details(err))
	}
}

func details(err error) []string {
	if e, ok := err.(*errs.Error); ok { //nolint:errorlint // a test's own message
		return e.Details
	}
	return nil
}

// Account makes an account with the role; a role may be limited to a site, as
// governance@site-id. What is no role but an e-mail becomes a member.
func (s *Site) Account(who string) (email string) {
	s.T.Helper()
	email, role, site := strings.ToLower(who), "member", ""
	if at := strings.Index(who, "@"); at < 0 || !strings.Contains(who[at:], ".") {
		role, site, _ = strings.Cut(who, "@")
		email = strings.ReplaceAll(who, "@", "-at-") + "@x.example"
	}
	_, err := s.Login.AddUser(s.Root, email, "", role, site, Password)
	must(s.T, err)
	return email
}

// Cut closes the database to every connection, as when its server is gone; the
// func it returns opens it again.
func (s *Site) Cut() (mend func()) {
	s.T.Helper()
	name := s.DB.Pool().Config().ConnConfig.Database
	u, err := url.Parse(s.DB.Pool().Config().ConnString())
	must(s.T, err)
	u.Path = "/postgres"
	conn, err := pgx.Connect(s.T.Context(), u.String())
	must(s.T, err)
	run := func(sql string, args ...any) {
		if _, err := conn.Exec(context.Background(), sql, args...); err != nil {
			s.T.Error(err)
		}
	}
	run(`alter database ` + name + ` allow_connections false`)
	run(`select pg_terminate_backend(pid) from pg_stat_activity where datname = $1`, name)
	mended := false
	mend = func() {
		if !mended {
			mended = true
			run(`alter database ` + name + ` allow_connections true`)
		}
	}
	s.T.Cleanup(func() { mend(); _ = conn.Close(context.Background()) })
	return mend
}
