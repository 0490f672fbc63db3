package web

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/go-chi/httprate"

	"interlock/internal/errs"
)

// tries is how often a minute an address may try a password or a link. People
// behind one gateway share an address, and a morning's mail brings many at once.
const tries = 60

// tried are the routes that this holds for.
var tried = []string{"POST /login", "POST /password"}

func (s *server) perAddress() func(http.Handler) http.Handler {
	return httprate.LimitBy(tries, time.Minute, func(r *http.Request) (string, error) {
		return httprate.CanonicalizeIP(s.remote(r)), nil // a network of IPv6 counts as one
	}, httprate.WithResponseHeaders(httprate.ResponseHeaders{RetryAfter: "Retry-After"}), httprate.WithLimitHandler(s.tooMany))
}

func (s *server) tooMany(w http.ResponseWriter, r *http.Request) {
	err := errs.TooManyf("Too many tries from your network address. Try again in a minute.")
	if r.URL.Path != "/login" {
		s.fail(w, r, err)
		return
	}
	s.logFailure(r, errs.TooMany, err)
	p := s.signInPage("", r.PostFormValue("next"))
	p.Locked = err.Message
	_ = s.show(w, r, http.StatusTooManyRequests, p.Page())
}

// remote is the address the request came from, without its port.
func (s *server) remote(r *http.Request) string {
	return clientAddress(r.RemoteAddr, r.Header.Values("X-Forwarded-For"), s.TrustedProxy)
}

// clientAddress believes what a trusted proxy says of the hop before it, and no
// more: anybody can send the header.
func clientAddress(peer string, forwarded []string, trusted []netip.Prefix) string {
	if host, _, err := net.SplitHostPort(peer); err == nil {
		peer = host
	}
	hops := strings.Split(strings.Join(forwarded, ","), ",")
	for _, hop := range slices.Backward(hops) {
		at, err := netip.ParseAddr(peer)
		if err != nil || !slices.ContainsFunc(trusted, func(p netip.Prefix) bool { return p.Contains(at.Unmap()) }) {
			return peer
		}
		before, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil {
			return peer
		}
		peer = before.Unmap().String()
	}
	return peer
}
