package web

import "net/http"

// route is one address: who it is for, and what answers it.
type route struct {
	method, path string
	need         string // a permission, or open
	run          func(http.ResponseWriter, *http.Request) error
}

// open is the need of a route that is for everyone, also without signing in.
const open = "open"

// routes is the site map.
func (s *server) routes() []route {
	return []route{
		{"GET", "/", "account:own", s.home},
		{"GET", "/login", open, s.signInForm},
		{"POST", "/login", open, s.signIn},
		{"POST", "/logout", open, s.signOut},
		{"GET", "/password", open, s.passwordForm},
		{"POST", "/password", open, s.setPassword},

		{"GET", "/reviews", "review:read", s.inbox},
		{"GET", "/reviews/{campaign}", "review:read", s.sheet},
		{"POST", "/reviews/{campaign}/items/{item}/decision", "review:decide", s.decide},
		{"POST", "/reviews/{campaign}/items/{item}/undo", "review:decide", s.undo},
		{"POST", "/reviews/{campaign}/undo", "review:decide", s.undoLast},
		{"POST", "/reviews/{campaign}/bulk", "review:decide", s.decideBulk},
		{"GET", "/reviews/{campaign}/sign", "review:read", s.signForm},
		{"POST", "/reviews/{campaign}/sign", "review:decide", s.sign},
	}
}
