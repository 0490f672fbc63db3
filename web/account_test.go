package web_test

import (
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"interlock/internal/sitetest"
	"interlock/web"
)

func TestAccount(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{Idle: true})
	b, elsewhere := s.SignIn("plant_engineer"), s.Browser()
	elsewhere.Enter("plant_engineer@x.example")
	p := b.Get("/account")
	for _, want := range []string{"plant_engineer@x.example", "Plant engineer", "today 0"} {
		if !strings.Contains(p.String(), want) {
			t.Errorf("%q is missing in %d %s", want, p.Status, p)
		}
	}
	const next = "eleven quiet valves by the mill"
	for _, c := range []struct {
		old, password, again, words string
		status                      int
	}{
		{"not this one", next, next, "not your present password", http.StatusUnprocessableEntity},
		{sitetest.Password, "too short", "too short", "12 characters", http.StatusUnprocessableEntity},
		{sitetest.Password, next, next + "!", "not the same", http.StatusUnprocessableEntity},
	} {
		if p := b.Get("/account").Submit("/account", "old", c.old, "password", c.password, "again", c.again); p.Status != c.status || !strings.Contains(p.String(), c.words) {
			t.Errorf("%+v: %d %s", c, p.Status, p)
		}
	}
	before := b.Client.Jar.Cookies(p.URL)[0].Value
	p = b.Get("/account").Submit("/account", "old", sitetest.Password, "password", next, "again", next).Follow()
	if p.Status != http.StatusOK || !strings.Contains(p.String(), "Your password is changed.") {
		t.Fatalf("%d %s", p.Status, p)
	}
	if after := b.Client.Jar.Cookies(p.URL)[0].Value; after == before {
		t.Error("the session goes on under its old name")
	}
	if p := b.Get("/reviews"); p.Status != http.StatusOK {
		t.Errorf("signed out here: %d", p.Status)
	}
	if p := elsewhere.Get("/reviews"); p.Status != http.StatusSeeOther {
		t.Errorf("still signed in elsewhere: %d", p.Status)
	}
	if p := s.Browser().Post("/login", "email", "plant_engineer@x.example", "password", next); p.Status != http.StatusSeeOther {
		t.Errorf("%d %s", p.Status, p)
	}
}

// A disabled or gone person's next request is nobody's.
func TestSessionsOfThoseWhoLeft(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{Idle: true})
	s.Import("corp", bundle)
	mia := s.SignIn("mia@x.example")
	if p := mia.Get("/reviews"); p.Status != http.StatusOK {
		t.Fatal(p.Status)
	}
	s.Exec(`update identity set status = 'left' where email = 'mia@x.example'`)
	if p := mia.Get("/reviews"); p.Status != http.StatusSeeOther {
		t.Errorf("still in: %d", p.Status)
	}
	if p := s.Browser().Post("/login", "email", "mia@x.example", "password", sitetest.Password); p.Status != http.StatusUnprocessableEntity || !strings.Contains(p.String(), "has left or is disabled") {
		t.Errorf("%d %s", p.Status, p)
	}
}

// One address cannot try passwords all day, whatever e-mails it tries them with.
func TestTriesFromOneAddress(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{Idle: true})
	b := s.Browser()
	var p *sitetest.Page
	tries := 0
	for ; tries < 130; tries++ { // the minute may turn in between
		if p = b.Post("/login", "email", fmt.Sprintf("p%d@x.example", tries), "password", "x", "next", "/reviews"); p.Status != http.StatusUnprocessableEntity {
			break
		}
	}
	if tries < 60 || p.Status != http.StatusTooManyRequests || p.Header.Get("Retry-After") != "60" || !strings.Contains(p.String(), "Try again in a minute.") {
		t.Fatalf("after %d: %d %v %s", tries, p.Status, p.Header, p)
	}
	if p := b.Post("/password", "token", "guess"); p.Status != http.StatusTooManyRequests {
		t.Errorf("guessing links: %d", p.Status)
	}
	if p := b.Get("/login"); p.Status != http.StatusOK {
		t.Errorf("the form: %d", p.Status)
	}
}

func TestWhereARequestComesFrom(t *testing.T) {
	t.Parallel()
	trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	for _, c := range []struct {
		peer, forwarded, want string
	}{
		{"192.0.2.1:99", "", "192.0.2.1"},
		{"192.0.2.1:99", "203.0.113.5", "192.0.2.1"},
		{"10.0.0.1:99", "203.0.113.5", "203.0.113.5"},
		{"10.0.0.1:99", "198.51.100.9, 203.0.113.5", "203.0.113.5"},
		{"10.0.0.1:99", "203.0.113.5, 10.0.0.2", "203.0.113.5"},
		{"10.0.0.1:99", "10.0.0.3, 10.0.0.2", "10.0.0.3"},
		{"10.0.0.1:99", "203.0.113.5, nonsense", "10.0.0.1"},
		{"10.0.0.1:99", "", "10.0.0.1"},
		{"[::1]:99", "2001:db8::1", "2001:db8::1"},
		{"[::ffff:10.0.0.1]:99", "203.0.113.5", "203.0.113.5"},
		{"@", "203.0.113.5", "@"},
	} {
		if got := web.Client(c.peer, []string{c.forwarded}, trusted); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}
