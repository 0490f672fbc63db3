package mail

import (
	"regexp"
	"testing"
)

// StartServer gives tests outside the package the mail server of those inside.
func StartServer(t *testing.T) (*server, Settings) {
	t.Helper()
	s := &server{}
	set := s.start(t)
	set.BaseURL = "https://interlock.example.com"
	return s, set
}

var token = regexp.MustCompile(`/password\?token=([\w-]+)`)

// Secrets finds the secret in each mail that arrived, by recipient; empty if it
// carries no link.
func (s *server) Secrets(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, raw := range s.mails() {
		h, text, html := parts(t, raw)
		to, err := h.AddressList("To")
		if err != nil {
			t.Fatal(err)
		}
		found[to[0].Address] = ""
		if m := token.FindStringSubmatch(text); m != nil {
			found[to[0].Address] = m[1]
			if n := len(token.FindAllString(html, -1)); n != 2 {
				t.Fatal("the HTML part lacks the link:", html)
			}
		}
	}
	return found
}
