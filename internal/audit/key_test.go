package audit_test

import (
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"interlock/internal/audit"
	"interlock/internal/errs"
)

func TestLoadKeyIsMadeOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var all sync.WaitGroup
	keys := make([]string, 16)
	for i := range keys {
		all.Go(func() {
			var err error
			if _, keys[i], err = audit.LoadKey(dir, ""); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for _, k := range keys {
		if k != keys[0] {
			t.Errorf("two keys: %s and %s", keys[0], k)
		}
	}
	info, err := os.Stat(filepath.Join(dir, audit.KeyFile))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	if left, err := filepath.Glob(filepath.Join(dir, "*.key.*")); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

func TestLoadKey(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for range 20 { // a key may hold a plus sign
		secret, public, err := note.GenerateKey(nil, "interlock")
		if err != nil {
			t.Fatal(err)
		}
		_, verifier, err := audit.LoadKey(dir, secret+"\n")
		if err != nil || verifier != public {
			t.Fatalf("%s, want %s: %v", verifier, public, err)
		}
	}
	if _, _, err := audit.LoadKey(dir, "PRIVATE+KEY+x"); !errs.Is(err, errs.Invalid) {
		t.Errorf("a damaged key was taken: %v", err)
	}
	if _, _, err := audit.LoadKey(dir, ""); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(dir, audit.KeyFile), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, _, err := audit.LoadKey(dir, ""); runtime.GOOS != "windows" && !errs.Is(err, errs.Invalid) {
		t.Errorf("a key that others can read was taken: %v", err)
	}
}
