package web

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-chi/chi/v5/middleware"

	"interlock/internal/authz"
	"interlock/internal/errs"
)

// maxBody bounds a form; uploads bound themselves.
const maxBody = 1 << 20

// policy is strict: nothing inline, nothing from elsewhere.
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
	"form-action 'self'; frame-src 'self'; frame-ancestors 'self'; base-uri 'none'"

type requestKey struct{}

func (s *server) requestID(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := rand.Text()[:12]
		w.Header().Set("X-Request-Id", id)
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), requestKey{}, id)))
	})
}

func requestID(r *http.Request) string {
	id, _ := r.Context().Value(requestKey{}).(string)
	return id
}

func (s *server) logged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ww := middleware.NewWrapResponseWriter(w, r.ProtoMajor)
		begun := time.Now()
		next.ServeHTTP(ww, r)
		s.Log.Debug("request", "id", requestID(r), "method", r.Method, "path", r.URL.Path,
			"status", ww.Status(), "bytes", ww.BytesWritten(), "ms", time.Since(begun).Milliseconds())
	})
}

func (s *server) recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			p := recover()
			if p == http.ErrAbortHandler { //nolint:errorlint // net/http compares it so
				panic(p)
			}
			if p != nil {
				s.Log.Error("panic", "id", requestID(r), "path", r.URL.Path, "panic", p, "stack", string(debug.Stack()))
				s.fail(w, r, errPanicked)
			}
		}()
		next.ServeHTTP(w, r)
	})
}

func (s *server) secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
		h.Set("Cache-Control", "no-store")
		if s.Secure {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}

func limited(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/imports" && !strings.HasSuffix(r.URL.Path, "/attachments") { // these bound it themselves
			r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		}
		next.ServeHTTP(w, r)
	})
}

// actor finds out who asks; an account that is gone or disabled is nobody.
func (s *server) actor(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if id := s.sessions.GetInt64(r.Context(), sessionAccount); id != 0 {
			a, err := s.Login.Actor(r.Context(), id)
			switch {
			case err == nil:
				r = r.WithContext(authz.With(r.Context(), a))
			case errs.Is(err, errs.Unavailable), errs.Is(err, errs.Internal):
				s.fail(w, r, err)
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

// guard lets in who the route is for, before its handler runs; the use case
// checks again.
func (s *server) guard(rt route) http.Handler {
	h := s.handle(rt.run)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if q, err := url.QueryUnescape(r.URL.RawQuery); err == nil && (strings.ContainsRune(q, 0) || !utf8.ValidString(q)) {
			s.fail(w, r, errOddAddress)
			return
		}
		if rt.need != open {
			if err := check(authz.From(r.Context()), rt.need); err != nil {
				s.fail(w, r, err)
				return
			}
		}
		h.ServeHTTP(w, r)
	})
}

// check refuses who does not have what a route needs.
func check(a authz.Actor, need string) error {
	if permission, limited := strings.CutSuffix(need, atSites); limited {
		_, err := authz.CheckAtSites(a, permission)
		return err
	}
	return authz.Check(a, need)
}
