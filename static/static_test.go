package static

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestServesUnderItsHashOnly(t *testing.T) {
	get := func(url string, header ...string) *http.Response {
		r := httptest.NewRequest(http.MethodGet, url, nil)
		if len(header) == 2 {
			r.Header.Set(header[0], header[1])
		}
		w := httptest.NewRecorder()
		Handler().ServeHTTP(w, r)
		return w.Result()
	}
	url := URL("css/interlock.css")

	res := get(url)
	if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "text/css; charset=utf-8" {
		t.Fatalf("%s: %d %s", url, res.StatusCode, res.Header.Get("Content-Type"))
	}
	if got, want := res.Header.Get("Cache-Control"), "public, max-age=31536000, immutable"; got != want {
		t.Errorf("Cache-Control is %q, want %q", got, want)
	}
	plain, _ := io.ReadAll(res.Body)

	res = get(url, "Accept-Encoding", "gzip")
	z, err := gzip.NewReader(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if unzipped, _ := io.ReadAll(z); string(unzipped) != string(plain) {
		t.Error("the compressed body differs from the plain one")
	}
	for _, url := range []string{"/static/css/interlock.css", "/static/000000000000/css/interlock.css", "/static/", "/static/x/../static.go"} {
		if res := get(url); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d, want 404", url, res.StatusCode)
		}
	}
}

func TestURLPanicsOnUnknownName(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	URL("css/none.css")
}
