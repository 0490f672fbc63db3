package control_test

import (
	"archive/zip"
	"bytes"
	"flag"
	"os"
	"strings"
	"sync"
	"testing"

	"interlock/internal/control"
)

func TestEveryByteCounts(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	f.campaign(t, 3)
	pack := f.export(t)
	var all sync.WaitGroup
	defer all.Wait()
	const workers = 4
	for worker := range workers {
		all.Go(func() {
			for i := worker * step; i < len(pack); i += workers * step {
				flip(t, pack, i)
			}
		})
	}
}

func flip(t *testing.T, pack []byte, i int) {
	t.Helper()
	changed := bytes.Clone(pack)
	changed[i] ^= 1 << (i % 8)
	r, err := control.Verify(bytes.NewReader(changed), int64(len(changed)), "")
	if err != nil || r.Valid || len(r.Problems) == 0 {
		t.Errorf("byte %d: %+v %v", i, r, err)
	}
}

func TestCutPacks(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	f.campaign(t, 3)
	pack := f.export(t)
	for n := 0; n < len(pack); n += 97 {
		if r := verify(t, pack[:n], ""); r.Valid {
			t.Errorf("cut at %d is valid", n)
		}
	}
	for _, longer := range [][]byte{append(bytes.Clone(pack), 0), append([]byte{0}, pack...)} {
		if r := verify(t, longer, ""); r.Valid {
			t.Errorf("a longer pack is valid")
		}
	}
}

// TestNames changes the content of one file and mends the zip: the file is named.
func TestNames(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	f.campaign(t, 3)
	pack := f.export(t)
	names := unzip(t, pack)
	for name := range names {
		r := verify(t, rebuilt(t, pack, name, func(b []byte) []byte {
			b[len(b)/2] ^= 1
			return b
		}), "")
		if r.Valid || !strings.Contains(strings.Join(r.Problems, "\n"), name) {
			t.Errorf("%s is not named: %v", name, r.Problems)
		}
		r = verify(t, rebuilt(t, pack, name, func([]byte) []byte { return nil }), "")
		if r.Valid || !strings.Contains(strings.Join(r.Problems, "\n"), name) {
			t.Errorf("%s is not missed: %v", name, r.Problems)
		}
	}
	if r := verify(t, rebuilt(t, pack, "", nil), ""); r.Valid || !strings.Contains(strings.Join(r.Problems, "\n"), `"more.txt" does not belong`) {
		t.Errorf("%v", r.Problems)
	}
}

// rebuilt writes the pack again with one file changed or left out; without a name,
// with one file more.
func rebuilt(t *testing.T, pack []byte, name string, change func([]byte) []byte) []byte {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(pack), int64(len(pack)))
	if err != nil {
		t.Fatal(err)
	}
	files := unzip(t, pack)
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range r.File {
		body := files[f.Name]
		if f.Name == name {
			if body = change(body); body == nil {
				continue
			}
		}
		add(t, w, f.Name, body)
	}
	if name == "" {
		add(t, w, "more.txt", []byte("more"))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func add(t *testing.T, w *zip.Writer, name string, body []byte) {
	t.Helper()
	f, err := w.Create(name)
	if err == nil {
		_, err = f.Write(body)
	}
	if err != nil {
		t.Fatal(err)
	}
}

var update = flag.Bool("update", false, "write testdata/pack.zip anew: only for a new format, as old packs must verify for years")

const golden = "testdata/pack.zip"

// TestOldPack verifies a pack as it was made when the format was fixed.
func TestOldPack(t *testing.T) {
	t.Parallel()
	if *update {
		f := setUp(t)
		f.campaign(t, 3)
		if err := os.WriteFile(golden, f.export(t), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	pack, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if r := verify(t, pack, ""); !r.Valid || r.Decisions != 5 || r.Events != 4 {
		t.Errorf("%+v", r)
	}
}

func FuzzVerify(f *testing.F) {
	pack, err := os.ReadFile(golden)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(pack)
	f.Add([]byte("PK\x05\x06" + strings.Repeat("\x00", 18)))
	f.Fuzz(func(t *testing.T, pack []byte) {
		r, err := control.Verify(bytes.NewReader(pack), int64(len(pack)), "")
		if err == nil && r.Valid != (len(r.Problems) == 0) {
			t.Error("valid with problems")
		}
	})
}
