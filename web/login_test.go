package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"interlock/internal/sitetest"
)

func TestSignIn(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{Idle: true})
	email := s.Account("ann@x.example")

	t.Run("a wrong password", func(t *testing.T) {
		p := s.Browser().Get("/login").Submit("/login", "email", email, "password", "not this one")
		if p.Status != http.StatusUnprocessableEntity || !strings.Contains(p.String(), "E-mail or password is not right.") {
			t.Errorf("%d %s", p.Status, p)
		}
		if f := p.Form("/login"); f.Get("email") != email || f.Get("password") != "" {
			t.Errorf("the form holds %v", f)
		}
	})
	t.Run("goes to where one was going", func(t *testing.T) {
		b := s.Browser()
		p := b.Get("/reviews/7?item=3").Follow()
		if p = p.Submit("/login", "email", email, "password", sitetest.Password); p.Location() != "/reviews/7?item=3" {
			t.Errorf("leads to %q", p.Location())
		}
	})
	t.Run("and nowhere else", func(t *testing.T) {
		for _, next := range wayward {
			b := s.Browser()
			p := b.Post("/login", "email", email, "password", sitetest.Password, "next", next)
			if to := p.Location(); p.Status != http.StatusSeeOther || !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.HasPrefix(to, `/\`) {
				t.Errorf("next=%q leads to %d %q", next, p.Status, to)
			}
		}
	})
	t.Run("the cookie", func(t *testing.T) {
		p := s.Browser().Post("/login", "email", email, "password", sitetest.Password)
		c := p.Header.Get("Set-Cookie")
		if !strings.HasPrefix(c, "interlock=") || !strings.Contains(c, "HttpOnly") || !strings.Contains(c, "SameSite=Lax") || strings.Contains(c, "Secure") || strings.Contains(c, "Expires") {
			t.Errorf("cookie %q", c)
		}
	})
	t.Run("a new session for who signs in", func(t *testing.T) {
		b := s.Browser()
		b.Post("/logout") // gives a session to nobody
		b.Get("/login")
		before := b.Client.Jar.Cookies(b.Get("/login").URL)
		b.Enter(email)
		after := b.Client.Jar.Cookies(b.Get("/login").URL)
		if len(after) != 1 || (len(before) == 1 && before[0].Value == after[0].Value) {
			t.Errorf("before %v, after %v", before, after)
		}
	})
	t.Run("signing out", func(t *testing.T) {
		b := s.Browser()
		b.Enter(email)
		kept := b.Client.Jar.Cookies(b.Get("/reviews").URL)
		if p := b.Post("/logout").Follow(); !strings.Contains(p.String(), "You are signed out.") {
			t.Errorf("%d %s", p.Status, p)
		}
		b.Client.Jar.SetCookies(b.Get("/login").URL, kept)
		if p := b.Get("/reviews"); p.Status != http.StatusSeeOther || !strings.HasPrefix(p.Location(), "/login") {
			t.Errorf("the old cookie still opens: %d %s", p.Status, p.Location())
		}
	})
	t.Run("a disabled account", func(t *testing.T) {
		b := s.SignIn("gone@x.example")
		s.Exec(`update account set disabled_at = now() where email = 'gone@x.example'`)
		if p := b.Get("/reviews"); p.Status != http.StatusSeeOther {
			t.Errorf("its session is still open: %d", p.Status)
		}
		if p := s.Browser().Post("/login", "email", "gone@x.example", "password", sitetest.Password); p.Status != http.StatusUnprocessableEntity || !strings.Contains(p.String(), "disabled") {
			t.Errorf("%d %s", p.Status, p)
		}
	})
	t.Run("left alone for too long", func(t *testing.T) {
		b := s.SignIn("idle@x.example")
		s.Clock.Advance(61 * time.Minute)
		if p := b.Get("/reviews"); p.Status != http.StatusSeeOther {
			t.Errorf("an hour later: %d", p.Status)
		}
	})
}

func TestLockOut(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{Idle: true})
	email := s.Account("ann@x.example")
	b := s.Browser()
	for range 5 {
		b.Post("/login", "email", email, "password", "not this one")
	}
	p := b.Post("/login", "email", email, "password", sitetest.Password)
	if p.Status != http.StatusUnprocessableEntity || !strings.Contains(p.String(), "Too many tries with this e-mail. Try again in 15 minutes") {
		t.Errorf("%d %s", p.Status, p)
	}
	s.Clock.Advance(16 * time.Minute)
	b.Enter(email)
	if n := s.One(`select count(*) from audit_event where action = 'login.refused'`); n != 5 {
		t.Errorf("%d refusals are on record", n)
	}
}

func TestSecureCookie(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{Idle: true, Secure: true})
	email := s.Account("ann@x.example")
	h := s.Browser().Post("/login", "email", email, "password", sitetest.Password).Header
	if c := h.Get("Set-Cookie"); !strings.HasPrefix(c, "__Host-interlock=") || !strings.Contains(c, "; Path=/;") || !strings.Contains(c, "Secure") || strings.Contains(c, "Domain") {
		t.Errorf("cookie %q", c)
	}
	if h.Get("Strict-Transport-Security") != "max-age=31536000" {
		t.Errorf("headers %v", h)
	}
}

// A form on another site cannot act with one's session, also not sign in or out.
func TestForgery(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{Idle: true})
	b := s.SignIn("governance")
	for _, h := range []http.Header{
		{"Sec-Fetch-Site": {"cross-site"}}, {"Sec-Fetch-Site": {"same-site"}},
		{"Sec-Fetch-Site": {""}, "Origin": {"https://evil.example"}}, {"Sec-Fetch-Site": {""}, "Origin": {"null"}},
	} {
		b.Header = h
		for _, path := range []string{"/campaigns/preview", "/logout", "/login", "/campaigns/1/close"} {
			if p := b.Post(path, "definition", definition("x", "true")); p.Status != http.StatusForbidden {
				t.Errorf("POST %s with %v: %d", path, h, p.Status)
			}
		}
	}
	b.Header = nil
	if p := b.Get("/campaigns"); p.Status != http.StatusOK {
		t.Errorf("signed out by another site: %d", p.Status)
	}
}

// A reviewer who never had an account gets a link by mail, sets a password with
// it once, and sees the items.
func TestPasswordLink(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{})
	s.Import("corp", bundle)
	launch(s, definition("plant", "true", "manager", "owner"))
	letters := s.Letters("mia@x.example")
	if len(letters) != 1 || letters[0].Subject != "Access to review: A look at plant" {
		t.Fatalf("letters %+v", letters)
	}
	link := letters[0].Link("/password?token=")
	if !strings.HasPrefix(link, s.URL) || !strings.Contains(letters[0].HTML, "/password?token=") {
		t.Fatalf("the link is %q in %s", link, letters[0].Text)
	}
	b := s.Browser()
	form := b.Get(link)
	if form.Form("/password").Get("email") != "mia@x.example" || form.Header.Get("Referrer-Policy") != "same-origin" {
		t.Errorf("%d %s", form.Status, form)
	}
	if p := form.Submit("/password", "password", "too short", "again", "too short"); p.Status != http.StatusUnprocessableEntity || !strings.Contains(p.String(), "12 characters") {
		t.Errorf("%d %s", p.Status, p)
	}
	if p := form.Submit("/password", "password", sitetest.Password, "again", "something else"); p.Status != http.StatusUnprocessableEntity || !strings.Contains(p.String(), "not the same") {
		t.Errorf("%d %s", p.Status, p)
	}
	if p := form.Submit("/password", "password", sitetest.Password, "again", sitetest.Password).Follow(); !strings.Contains(p.String(), "Your password is set.") {
		t.Errorf("%d %s", p.Status, p)
	}
	b.Enter("mia@x.example")
	if p := b.Get(letters[0].Link("/reviews/")); p.Status != http.StatusOK || !strings.Contains(p.String(), "Ann Ask") {
		t.Errorf("%d %s", p.Status, p)
	}
	for _, p := range []*sitetest.Page{s.Browser().Get(link), form.Submit("/password", "password", "another long passphrase", "again", "another long passphrase")} {
		if p.Status != http.StatusGone || !strings.Contains(p.String(), "This link does not work any more") {
			t.Errorf("the spent link: %d %s", p.Status, p)
		}
	}
	late := s.Letters("otto@x.example")[0].Link("/password?token=")
	s.Clock.Advance(7*24*time.Hour + time.Minute)
	if p := s.Browser().Get(late); p.Status != http.StatusGone {
		t.Errorf("after a week: %d", p.Status)
	}
}
