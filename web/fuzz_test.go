package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"interlock/web"
)

var wayward = []string{
	"", "/", "/reviews/1?item=2#decide", "//evil.example", `/\evil.example`, `\\evil.example`, "https://evil.example", "http:evil.example", "/./\\evil.example",
	"/../\\evil.example", "/.//evil.example", "/\t/evil.example", "/%09/evil.example", "/%5cevil.example", "javascript:alert(1)", " //evil.example",
	"/reviews/..//evil.example", "///evil.example", "/@evil.example", "evil.example", "?next=//evil.example", "/a\r\nSet-Cookie: x=y",
}

// FuzzLocal: wherever the address after signing in comes from, a browser stays on
// this site.
func FuzzLocal(f *testing.F) {
	for _, next := range wayward {
		f.Add(next)
	}
	f.Fuzz(func(t *testing.T, next string) {
		w := httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodPost, "http://interlock.example/login", nil)
		http.Redirect(w, r, web.Local(next), http.StatusSeeOther)
		// A browser drops tabs and line breaks and reads a backslash as a slash.
		to := strings.NewReplacer("\t", "", "\n", "", "\r", "", `\`, "/").Replace(strings.Trim(w.Header().Get("Location"), " \x00"))
		at, err := r.URL.Parse(to)
		if err != nil || at.Host != "interlock.example" || at.Scheme != "http" || strings.HasPrefix(to, "//") {
			t.Errorf("%q leads to %q (%v)", next, to, err)
		}
	})
}

// FuzzLook: whatever an address asks for, what is looked up is sane.
func FuzzLook(f *testing.F) {
	for _, q := range []string{
		"item=none&open=3&after=one.4.17.", "after=key.2.9.Zoë.Ö&group=asset", "skip=-5&given=x", "skip=99999999999999", "risk=high&q=%00", "after=....", "item=-9",
		"after=low.-7.9223372036854775808.k", "q=%ff%fe",
	} {
		f.Add(q)
	}
	f.Fuzz(func(t *testing.T, query string) {
		q, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		look := web.LookOf(q)
		if look.Skip < 0 || look.Risk < 0 || look.Risk > 4 {
			t.Errorf("%q asks for %+v", query, look)
		}
		if c := web.CursorOf(q.Get("after")); c != look.After {
			t.Errorf("%q goes on at %+v, not %+v", query, look.After, c)
		}
	})
}
