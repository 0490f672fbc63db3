// Package static holds the stylesheets, scripts and pictures of the web pages,
// embedded in the binary. Every file is served under an address that contains
// the hash of its content, so that browsers may keep it for ever.
//
// It is not for files that users upload or download: those are served by the
// handlers that know who may see them.
package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
)

// Prefix is where Handler expects to be mounted.
const Prefix = "/static/"

//go:embed css js img vendor
var embedded embed.FS

type file struct {
	name    string
	hash    string
	body    []byte
	mime    string
	gzipped func() []byte // nil when it would not become smaller
}

var files = load()

// URL returns the address of an embedded file such as "css/interlock.css".
// It panics when there is none, so call it from package-level variables:
// a misspelt name then stops the program at its start.
func URL(name string) string {
	f, ok := files[name]
	if !ok {
		panic(fmt.Sprintf("static: there is no file %q", name))
	}
	return Prefix + f.hash + "/" + name
}

// Handler serves the embedded files under Prefix.
func Handler() http.Handler {
	return http.HandlerFunc(serve)
}

func serve(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	hash, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, Prefix), "/")
	f, ok := files[name]
	if !ok || hash != f.hash {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Content-Type", f.mime)
	h.Set("X-Content-Type-Options", "nosniff")
	body := f.body
	if f.gzipped != nil {
		h.Set("Vary", "Accept-Encoding")
		if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			h.Set("Content-Encoding", "gzip")
			body = f.gzipped()
		}
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method == http.MethodGet {
		_, _ = w.Write(body)
	}
}

func load() map[string]file {
	all := map[string]file{}
	err := fs.WalkDir(embedded, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := embedded.ReadFile(name)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(body)
		f := file{name: name, hash: hex.EncodeToString(sum[:6]), body: body, mime: mimeType(name)}
		if len(body) > 1024 {
			f.gzipped = sync.OnceValue(func() []byte { return gzipped(body) })
		}
		all[name] = f
		return nil
	})
	if err != nil {
		panic(err)
	}
	return all
}

// mimeType does not ask the machine's own table for the kinds we serve: some
// machines call JavaScript text/plain, which nosniff then refuses to run.
func mimeType(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	}
	if t := mime.TypeByExtension(path.Ext(name)); t != "" {
		return t
	}
	return "text/plain; charset=utf-8"
}

func gzipped(body []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(body)
	_ = z.Close()
	return b.Bytes()
}
