// Package web is the browser's side of Interlock: routes, middleware, handlers,
// and the words of the pages. A handler reads a request, calls one use case and
// fills a page's props; what is allowed is decided behind it. It never touches
// the store.
package web

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/go-chi/chi/v5"

	"interlock/internal/access"
	"interlock/internal/access/reach"
	"interlock/internal/asset"
	"interlock/internal/audit"
	"interlock/internal/control"
	"interlock/internal/exception"
	"interlock/internal/finding"
	"interlock/internal/identity"
	"interlock/internal/intake"
	"interlock/internal/job"
	"interlock/internal/login"
	"interlock/internal/mail"
	"interlock/internal/remediation"
	"interlock/internal/review"
	"interlock/static"
)

// Services are the use cases that the pages call.
type Services struct {
	Login       *login.Service
	Sessions    scs.Store
	Review      *review.Service
	Asset       *asset.Service
	Remediation *remediation.Service
	Intake      *intake.Service
	Exception   *exception.Service
	Finding     *finding.Service
	Identity    *identity.Service
	Reach       *reach.Service
	Jobs        *job.Service
	Mail        *mail.Service
	Audit       *audit.Service
	Control     *control.Service
}

// Settings are what an installation chooses.
type Settings struct {
	Org     string         // the customer's name
	Version string         // of the program
	Zone    *time.Location // in which times are shown
	Secure  bool           // served over TLS: cookies say so
	Mailing bool           // a mail server is set
	Demo    []DemoSignIn   // shown on the sign-in page
	DemoKey string         // their one password
	Log     *slog.Logger
	Now     func() time.Time
	Ready   func(context.Context) error // whether the database answers

	TrustedProxy []netip.Prefix // whose word on where a request comes from is believed
}

// DemoSignIn is a person of the demonstration data who may sign in.
type DemoSignIn struct{ Name, Role, Email string }

type server struct {
	Services
	Settings
	sessions       *scs.SessionManager
	registerFields []access.Field
	fields         []access.Field
}

// New builds the site.
func New(services Services, settings Settings) http.Handler {
	s := &server{Services: services, Settings: settings, fields: access.Fields(), registerFields: access.RegisterFields()}
	s.sessions = newSessions(services.Sessions, settings.Secure)
	s.sessions.ErrorFunc = s.fail

	r := chi.NewRouter()
	// In this order: a panic becomes a page; every line of the log has the
	// request's id; the policy is on every answer; a form from elsewhere is
	// refused before anything is read; bodies are bounded; then who is it.
	r.Use(s.requestID, s.logged, s.recovered, s.secured, crossOrigin().Handler, limited)
	r.Mount(static.Prefix, static.Handler())
	r.Get("/health", s.health)
	perAddress := s.perAddress()
	r.Group(func(r chi.Router) {
		r.Use(s.sessions.LoadAndSave, s.actor)
		for _, rt := range s.routes() {
			h := s.guard(rt)
			if slices.Contains(tried, rt.method+" "+rt.path) {
				h = perAddress(h)
			}
			r.Method(rt.method, rt.path, h)
		}
		r.NotFound(s.handle(func(http.ResponseWriter, *http.Request) error { return errNoPage }).ServeHTTP)
	})
	return r
}

func crossOrigin() *http.CrossOriginProtection { return http.NewCrossOriginProtection() }

func (s *server) health(w http.ResponseWriter, r *http.Request) {
	if err := s.Ready(r.Context()); err != nil {
		http.Error(w, "database not reachable", http.StatusServiceUnavailable)
		return
	}
	_, _ = w.Write([]byte("ok\n"))
}

// address builds a path with a query.
func address(path string, params ...string) string {
	q := url.Values{}
	for i := 0; i+1 < len(params); i += 2 {
		if params[i+1] != "" {
			q.Set(params[i], params[i+1])
		}
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}
