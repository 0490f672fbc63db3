package web

import (
	"net/http"
	"strings"

	"github.com/alexedwards/scs/v2"

	"interlock/internal/authz"
	"interlock/internal/errs"
	"interlock/internal/login"
	"interlock/web/page"
	"interlock/web/ui"
)

const sessionAccount = login.SessionAccount

// What a session says once, after an action.
const (
	sessionToast = "toast"
	sessionUndo  = "undo"

	sessionUndoItems = "undo_items"
	sessionLast      = "last_answered"
)

func newSessions(keep scs.Store, secure bool) *scs.SessionManager {
	m := scs.New()
	m.Store = keep
	m.Lifetime = login.SessionLife
	m.Cookie.Name = "interlock"
	if secure { // no other host may set it, and no page without TLS
		m.Cookie.Name = "__Host-interlock"
	}
	m.Cookie.HttpOnly = true
	m.Cookie.SameSite = http.SameSiteLaxMode
	m.Cookie.Secure = secure
	m.Cookie.Persist = false
	return m
}

// tell shows a sentence on the next page; undo, if not empty, is where its
// button posts to.
// items are what it takes back, where the address does not say it.
func (s *server) tell(r *http.Request, text, undo string, items ...string) {
	s.sessions.Put(r.Context(), sessionToast, text)
	s.sessions.Put(r.Context(), sessionUndo, undo)
	s.sessions.Put(r.Context(), sessionUndoItems, strings.Join(items, ","))
}

func (s *server) toast(r *http.Request) *ui.Toast {
	if !s.sessions.Exists(r.Context(), sessionToast) {
		return nil
	}
	text := s.sessions.PopString(r.Context(), sessionToast)
	t := &ui.Toast{Text: text, UndoAction: s.sessions.PopString(r.Context(), sessionUndo)}
	if items := s.sessions.PopString(r.Context(), sessionUndoItems); items != "" {
		for item := range strings.SplitSeq(items, ",") {
			t.UndoParams = append(t.UndoParams, ui.Param{Name: "item", Value: item})
		}
	}
	return t
}

func (s *server) signInForm(w http.ResponseWriter, r *http.Request) error {
	if !authz.From(r.Context()).Nobody() {
		return see(w, r, "/")
	}
	p := s.signInPage(r.URL.Query().Get("email"), r.URL.Query().Get("next"))
	p.Message = s.sessions.PopString(r.Context(), sessionToast)
	return s.show(w, r, http.StatusOK, p.Page())
}

func (s *server) signInPage(email, next string) page.Login {
	p := page.Login{Org: s.Org, Email: email, Next: local(next)}
	if len(s.Demo) == 0 {
		return p
	}
	p.Demo = &page.Demo{Password: s.DemoKey}
	for _, d := range s.Demo {
		use := address("/login", "email", d.Email, "next", next)
		p.Demo.People = append(p.Demo.People, page.DemoPerson{Name: d.Name, Role: d.Role, Email: d.Email, Use: use})
	}
	return p
}

func (s *server) signIn(w http.ResponseWriter, r *http.Request) error {
	email, next := r.PostFormValue("email"), r.PostFormValue("next")
	a, err := s.Login.SignIn(r.Context(), email, r.PostFormValue("password"), s.remote(r))
	if e := signInRefusal(err); e != "" {
		p := s.signInPage(email, next)
		p.Error = e
		return s.show(w, r, http.StatusUnprocessableEntity, p.Page())
	}
	if err != nil {
		return err
	}
	if err := s.sessions.RenewToken(r.Context()); err != nil {
		return err
	}
	s.sessions.Put(r.Context(), sessionAccount, a.Account)
	return see(w, r, local(next))
}

func (s *server) signOut(w http.ResponseWriter, r *http.Request) error {
	if err := s.sessions.Destroy(r.Context()); err != nil {
		return err
	}
	s.sessions.Put(r.Context(), sessionToast, "You are signed out.")
	return see(w, r, "/login")
}

func (s *server) passwordForm(w http.ResponseWriter, r *http.Request) error {
	return s.showPassword(w, r, http.StatusOK, page.Password{Token: r.URL.Query().Get("token")})
}

func (s *server) showPassword(w http.ResponseWriter, r *http.Request, status int, p page.Password) error {
	p.Org, p.MinLength = s.Org, login.MinPassword
	link, err := s.Login.LinkInfo(r.Context(), p.Token)
	if err != nil {
		if signInRefusal(err) == "" {
			return err
		}
		status, p.Expired = http.StatusGone, sentence(err)
	}
	p.Email = link.Email
	return s.show(w, r, status, p.Page())
}

func (s *server) setPassword(w http.ResponseWriter, r *http.Request) error {
	p := page.Password{Token: r.PostFormValue("token")}
	if r.PostFormValue("password") != r.PostFormValue("again") {
		p.AgainError = "The two are not the same: type the password again."
		return s.showPassword(w, r, http.StatusUnprocessableEntity, p)
	}
	if err := s.Login.SetPassword(r.Context(), p.Token, r.PostFormValue("password")); err != nil {
		if errs.Is(err, errs.NotFound) { // spent: the page says so
			return s.showPassword(w, r, http.StatusGone, p)
		}
		if e := refusal(err); e != nil {
			p.Error = e.Message
			return s.showPassword(w, r, http.StatusUnprocessableEntity, p)
		}
		return err
	}
	s.sessions.Put(r.Context(), sessionToast, "Your password is set. Sign in with it.")
	return see(w, r, "/login")
}

// signInRefusal is the sentence of a refusal to sign in; "" for no refusal and
// for failures that are not the person's.
func signInRefusal(err error) string {
	switch errs.KindOf(err) {
	case errs.Invalid, errs.Unauthenticated, errs.Forbidden, errs.NotFound, errs.Conflict, errs.TooMany:
		if err != nil {
			return sentence(err)
		}
	}
	return ""
}
