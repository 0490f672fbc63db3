package web

import (
	"errors"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"strings"

	"github.com/a-h/templ"

	"interlock/internal/authz"
	"interlock/internal/errs"
	"interlock/web/page"
	"interlock/web/ui"
)

var (
	errNoPage     = errs.NotFoundf("There is no such page. Go back, or start from your reviews.")
	errOddAddress = errs.Invalidf("The address holds a character that no text has. Take it out, or start from your reviews.")
	errPanicked   = errors.New("panicked")
)

// handle makes a handler of a function that returns its failure: one place
// decides the answer.
func (s *server) handle(run func(http.ResponseWriter, *http.Request) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := run(w, r); err != nil {
			s.fail(w, r, err)
		}
	})
}

// show renders a page whole before a byte is sent.
func (s *server) show(w http.ResponseWriter, r *http.Request, status int, c templ.Component) error {
	if r.Method == http.MethodPost && status >= http.StatusBadRequest {
		w.Header().Set("HX-Push-Url", "false") // an address that only takes forms is none to come back to
	}
	templ.Handler(c, templ.WithStatus(status), templ.WithErrorHandler(func(_ *http.Request, err error) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.fail(w, r, err) })
	})).ServeHTTP(w, r)
	return nil
}

var statuses = map[errs.Kind]int{
	errs.Internal: http.StatusInternalServerError, errs.Invalid: http.StatusUnprocessableEntity, errs.Unauthenticated: http.StatusUnauthorized,
	errs.Forbidden: http.StatusForbidden, errs.NotFound: http.StatusNotFound, errs.Conflict: http.StatusConflict,
	errs.TooMany: http.StatusTooManyRequests, errs.Unavailable: http.StatusServiceUnavailable,
}

var titles = map[errs.Kind]string{
	errs.Internal: "This went wrong on our side", errs.Invalid: "This cannot be done as asked", errs.Forbidden: "Not open to your roles",
	errs.NotFound: "There is nothing here", errs.Conflict: "This cannot be done now", errs.TooMany: "Too many tries", errs.Unavailable: "Not reachable now",
}

const ours = "The fault is ours and was written to the log. Nothing was changed. Try again, and tell your administrator if it stays."

// fail answers a failure: one sentence for the person, the cause for the log.
func (s *server) fail(w http.ResponseWriter, r *http.Request, err error) {
	kind := errs.KindOf(err)
	signIn := address("/login", "next", pageOfRequest(r))
	if kind == errs.Unauthenticated && r.Header.Get("HX-Request") != "" {
		w.Header().Set("HX-Redirect", signIn)
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	if kind == errs.Unauthenticated && r.Method == http.MethodGet {
		http.Redirect(w, r, signIn, http.StatusSeeOther)
		return
	}
	s.logFailure(r, kind, err)
	p := page.Error{Status: statuses[kind], Title: titles[kind], Text: ours, Out: ui.Link{Label: "Go to your start page", Href: "/"}, RequestID: requestID(r)}
	if kind != errs.Internal {
		p.Text = sentence(err)
	}
	if kind == errs.Unauthenticated {
		p.Title, p.Out = "You are signed out", ui.Link{Label: "Sign in", Href: signIn}
		p.Typed = typedNote(r)
	}
	if r.Method == http.MethodPost && (kind == errs.Internal || kind == errs.Unavailable) {
		p.Title, p.Typed = "Not saved", typedNote(r)
	}
	if a := authz.From(r.Context()); !a.Nobody() && kind != errs.Unavailable && kind != errs.Internal {
		shell := s.shell(r, p.Title, "")
		p.Shell = &shell
	}
	_ = s.show(w, r, p.Status, p.Page())
}

// formOnly are addresses of a review that only take forms.
var formOnly = regexp.MustCompile(`^(/reviews/\d+)/(?:items/(\d+)/(?:decision|undo)|undo|bulk)$`)

// pageOfRequest is the page that a request came from or asks for, as an address
// that can be opened: to it one returns after signing in.
func pageOfRequest(r *http.Request) string {
	if r.Method == http.MethodGet {
		return local(r.URL.RequestURI())
	}
	if m := formOnly.FindStringSubmatch(r.URL.Path); m != nil {
		return address(m[1], "item", m[2])
	}
	if from, err := url.Parse(r.Referer()); err == nil && from.Host == r.Host {
		return local(from.RequestURI())
	}
	return "/"
}

// typedNote is the reason that was typed, so that a failure does not lose it;
// forms with files have none.
func typedNote(r *http.Request) string {
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
		return ""
	}
	return r.PostFormValue("note")
}

func (s *server) logFailure(r *http.Request, kind errs.Kind, err error) {
	attrs := []any{"id", requestID(r), "method", r.Method, "path", r.URL.Path, "error", err}
	if cause := errors.Unwrap(err); cause != nil {
		attrs = append(attrs, "cause", cause)
	}
	if kind == errs.Internal || kind == errs.Unavailable {
		s.Log.Error("request failed", attrs...)
		return
	}
	s.Log.Info("request refused", attrs...)
}

func sentence(err error) string {
	if e, ok := errors.AsType[*errs.Error](err); ok {
		return e.Message
	}
	return ours
}

// refusal gives a refusal that belongs on the form it came from; nil for any
// other failure.
func refusal(err error) *errs.Error {
	e, ok := errors.AsType[*errs.Error](err)
	if ok && (e.Kind == errs.Invalid || e.Kind == errs.Conflict || e.Kind == errs.Unavailable || e.Kind == errs.TooMany) {
		return e
	}
	return nil
}

// see sends the browser on after a change.
func see(w http.ResponseWriter, r *http.Request, to string) error {
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// local keeps a "next" address within this site. Browsers read a backslash as a
// slash, and redirecting cleans the path, so that it is judged as cleaned.
func local(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(next, "/") || strings.ContainsAny(next, "\\\t\r\n") {
		return "/"
	}
	if strings.HasPrefix(path.Clean(u.Path), "//") || strings.HasPrefix(next, "//") {
		return "/"
	}
	return next
}
