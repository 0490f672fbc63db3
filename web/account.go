package web

import (
	"net/http"
	"strings"

	"interlock/internal/errs"
	"interlock/internal/login"
	"interlock/web/page"
)

func (s *server) account(w http.ResponseWriter, r *http.Request) error {
	return s.showAccount(w, r, http.StatusOK, page.Account{})
}

// showAccount fills the page of whoever asks; p says what was wrong with the form.
func (s *server) showAccount(w http.ResponseWriter, r *http.Request, status int, p page.Account) error {
	own, err := s.Login.Own(r.Context())
	if err != nil {
		return err
	}
	p.Shell, p.Email, p.MinLength = s.shell(r, "Your account", ""), own.Email, login.MinPassword
	for _, role := range own.Roles {
		name, at, sited := strings.Cut(role, " at ")
		words := orElse(roleWords[name], name)
		if sited {
			words += " at " + at
		}
		p.Roles = append(p.Roles, words)
	}
	if own.SignedInAt != nil {
		p.SignedIn = s.recent(*own.SignedInAt)
	}
	p.Changed = s.moment(own.PasswordAt)
	return s.show(w, r, status, p.Page())
}

// changePassword ends every session, so the present one begins anew.
func (s *server) changePassword(w http.ResponseWriter, r *http.Request) error {
	p := page.Account{}
	if r.PostFormValue("password") != r.PostFormValue("again") {
		p.AgainError = "The two are not the same: type the password again."
		return s.showAccount(w, r, http.StatusUnprocessableEntity, p)
	}
	err := s.Login.ChangePassword(r.Context(), r.PostFormValue("old"), r.PostFormValue("password"))
	if e := refusal(err); e != nil && e.Kind != errs.Unavailable {
		switch e.Field {
		case "old":
			p.OldError = e.Message
		case "password":
			p.PasswordError = e.Message
		default:
			p.Error = e.Message
		}
		return s.showAccount(w, r, statuses[e.Kind], p)
	}
	if err != nil {
		return err
	}
	if err := s.sessions.RenewToken(r.Context()); err != nil {
		return err
	}
	s.tell(r, "Your password is changed. Everywhere else you are signed out.", "")
	return see(w, r, "/account")
}
