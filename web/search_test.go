package web_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"interlock/internal/sitetest"
)

// TestSearch: a few letters of a name, an e-mail or an id find a person, a login
// or a controller, which one may see.
func TestSearch(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{Idle: true})
	s.Import("corp", bundle)
	s.Import("dock", dock)
	b := s.SignIn("auditor")
	for q, want := range map[string][]string{
		"dora":             {"Dora Dee"},
		" DORA@x.EXAMPLE ": {"Dora Dee"},
		"crane":            {"crane-bot", "Crane controller"},
		"controller":       {"Crane controller", "Mill controller"},
		"liftco":           {"Liftco hotline", "Crane controller"},
		"ask":              {"Ann Ask"},
		"timer":            {"Old Timer"},
		"<script>":         {"<script>alert('Ben')</script> & Sons"},
		"100%":             nil,
		"a_k":              nil,
		"nobody at all":    nil,
	} {
		p := b.Get("/search?" + url.Values{"q": {q}}.Encode())
		sameNames(t, p, want...)
		if len(want) == 0 && !strings.Contains(p.String(), "Nothing is called so") {
			t.Errorf("%q: %s", q, p)
		}
	}
	if got := names(b.Get("/search?q=acme")); !slices.Equal(got, []string{"Acme service"}) {
		t.Errorf("%q", got)
	}
	for _, short := range []string{"", "a", "%20a%20"} {
		tells(t, b.Get("/search?q="+short), []string{"Write two letters or more"})
	}
	at := s.SignIn("plant_engineer@dock")
	sameNames(t, at.Get("/search?q=controller"), "Crane controller")
	sameNames(t, at.Get("/search?q=ann"))
	for who, offered := range map[string]bool{"auditor": true, "plant_engineer@dock": true, "member": false} {
		forms := s.SignIn(who).Get("/account").All("form", "action", "/search")
		if (len(forms) > 0) != offered {
			t.Errorf("%s is offered to search: %d", who, len(forms))
		}
	}
	if p := s.SignIn("member").Get("/search?q=ann"); p.Status != http.StatusForbidden {
		t.Errorf("a member searches: %d", p.Status)
	}
}
