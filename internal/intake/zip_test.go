package intake

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"interlock/internal/errs"
)

// entry is one entry of a test's zip.
type entry struct {
	name, content string
	mode          fs.FileMode
}

func zipOf(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for _, e := range entries {
		h := &zip.FileHeader{Name: e.name, Method: zip.Deflate}
		if e.mode != 0 {
			h.SetMode(e.mode)
		}
		w, err := z.CreateHeader(h)
		if err == nil && e.content != "" {
			_, err = w.Write([]byte(e.content))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func TestZipRefused(t *testing.T) {
	t.Parallel()
	good := entry{name: "identities.csv", content: people}
	many := make([]entry, 1001)
	for i := range many {
		many[i] = entry{name: fmt.Sprintf("%d.txt", i)}
	}
	forged := zipOf(t, good, entry{name: "notes.txt", content: people})
	for _, at := range []int{bytes.Index(forged, []byte("PK\x01\x02")), bytes.LastIndex(forged, []byte("PK\x01\x02"))} {
		binary.LittleEndian.PutUint32(forged[at+24:], 3<<30)
	}
	encrypted := zipOf(t, good)
	encrypted[bytes.LastIndex(encrypted, []byte("PK\x01\x02"))+8] |= 1
	for name, test := range map[string]struct {
		zip  []byte
		want string
	}{
		"no zip":      {[]byte(people), "This is not a zip"},
		"empty":       {nil, "This is not a zip"},
		"cut":         {zipOf(t, good)[:60], "This is not a zip"},
		"dot dot":     {zipOf(t, entry{name: "../identities.csv", content: people}), `"../identities.csv" in the zip names a place outside it`},
		"dots inside": {zipOf(t, entry{name: "a/../../identities.csv", content: people}), "a place outside it"},
		"absolute":    {zipOf(t, entry{name: "/etc/identities.csv", content: people}), "a place outside it"},
		"backslash":   {zipOf(t, entry{name: `..\identities.csv`, content: people}), "a place outside it"},
		"drive":       {zipOf(t, entry{name: "C:identities.csv", content: people}), "a place outside it"},
		"symlink":     {zipOf(t, entry{"identities.csv", "/etc/passwd", fs.ModeSymlink | 0o777}), `"identities.csv" in the zip is a link`},
		"twice":       {zipOf(t, good, good), `"identities.csv" is in the zip twice`},
		"two folders": {zipOf(t, good, entry{name: "x/identities.csv", content: people}), "is in the zip twice"},
		"too many":    {zipOf(t, many...), "more than 1,000 entries"},
		"bomb":        {zipOf(t, entry{name: "grants.csv", content: strings.Repeat("\x00", 65<<20)}), "more than 200 times its size"},
		"4 GB":        {forged, "4 GB"},
		"encrypted":   {encrypted, "encrypted"},
		"nothing":     {zipOf(t, entry{name: "notes.txt", content: "x"}), "holds none of the files"},
		"too deep":    {zipOf(t, entry{name: "a/b/identities.csv", content: people}), "holds none of the files"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ReadZip(bytes.NewReader(test.zip), int64(len(test.zip)))
			if !errs.Is(err, errs.Invalid) || !strings.Contains(err.Error(), test.want) {
				t.Error(err)
			}
		})
	}
}

// TestZipDirectoryBomb builds a zip that lists far more entries than it should
// be allowed to make us remember.
func TestZipDirectoryBomb(t *testing.T) {
	t.Parallel()
	one := zipOf(t, entry{name: strings.Repeat("n", 60)})
	begin, end := bytes.Index(one, []byte("PK\x01\x02")), bytes.LastIndex(one, []byte("PK\x05\x06"))
	bomb := append(bytes.Clone(one[:begin]), bytes.Repeat(one[begin:end], 200_000)...)
	tail := bytes.Clone(one[end:])
	binary.LittleEndian.PutUint32(tail[12:], uint32(200_000*(end-begin)))
	bomb = append(bomb, tail...)
	_, err := ReadZip(bytes.NewReader(bomb), int64(len(bomb)))
	if err == nil || !strings.Contains(err.Error(), "more than 1,000 entries") {
		t.Error(err)
	}
}

func TestZipWithAFolder(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	data := zipOf(t, entry{name: "export/"}, entry{name: "export/identities.csv", content: people}, entry{name: "export/readme.txt", content: "x"})
	path := filepath.Join(t.TempDir(), "bundle.zip")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	b, err := OpenBundle(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = b.Close() }()
	report, err := d.Import(d.ctx, b, Options{Source: "corp"})
	if err != nil || report.Identities.Added != 2 || fmt.Sprint(report.IgnoredFiles) != "[export/readme.txt]" {
		t.Errorf("%+v %v", report, err)
	}
}

func TestDamagedZip(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	data := zipOf(t, entry{name: "identities.csv", content: people})
	data[bytes.Index(data, []byte("PK\x07\x08"))-3] ^= 0xff
	b, err := ReadZip(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	_, err = d.Import(d.ctx, b, Options{Source: "corp"})
	if !errs.Is(err, errs.Invalid) || !strings.Contains(err.Error(), "cannot be read on") {
		t.Error(err)
	}
}

func TestOpenBundle(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for path, want := range map[string]string{
		filepath.Join(dir, "none"): "There is no folder or zip",
		dir:                        "holds none of the files",
	} {
		if _, err := OpenBundle(path); !errs.Is(err, errs.Invalid) || !strings.Contains(err.Error(), want) {
			t.Error(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "grants.csv"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenBundle(dir); !errs.Is(err, errs.Invalid) || !strings.Contains(err.Error(), "is not a file") {
		t.Error(err)
	}
}
