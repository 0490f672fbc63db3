package pg

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// refused opens a directory that must not open, for the reason given.
func refused(t *testing.T, dir, why string) error {
	t.Helper()
	s, err := Open(t.Context(), Options{Dir: dir, Settings: quick})
	if err == nil {
		s.Close(t.Context())
		t.Fatalf("opened %s", dir)
	}
	if !strings.Contains(err.Error(), why) {
		t.Errorf("refused with %q, want %q", err, why)
	}
	return err
}

// tree is every file under a folder and what is in it.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	check(t, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		files[path] = string(text)
		return err
	}))
	return files
}

func TestOtherVersion(t *testing.T) {
	t.Parallel()
	dir := folderFor(t)
	cluster := filepath.Join(dir, "cluster")
	check(t, os.MkdirAll(filepath.Join(cluster, "base"), 0o700))
	check(t, os.WriteFile(filepath.Join(cluster, "PG_VERSION"), []byte("12\n"), 0o600))
	check(t, os.WriteFile(filepath.Join(cluster, "base", "1"), []byte("data"), 0o600))
	before := tree(t, cluster)
	err := refused(t, dir, "made by PostgreSQL 12")
	if !errors.Is(err, ErrOtherVersion) || !strings.Contains(err.Error(), "install PostgreSQL 12, run `interlock backup FILE`") {
		t.Errorf("refused with %v", err)
	}
	if after := tree(t, cluster); len(after) != 2 || after[filepath.Join(cluster, "base", "1")] != "data" || len(before) != 2 {
		t.Errorf("the folder was touched: %v", after)
	}
}

func TestNotACluster(t *testing.T) {
	t.Parallel()
	dir := folderFor(t)
	check(t, os.MkdirAll(filepath.Join(dir, "cluster", "photos"), 0o755))
	refused(t, dir, "not a PostgreSQL data folder")
}

func TestHalfMadeAndLongName(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(folderFor(t), strings.Repeat("long/", 20))
	left := filepath.Join(dir, "cluster.new-123", "base")
	check(t, os.MkdirAll(left, 0o755))
	var s *Server
	t.Cleanup(func() { os.Remove(s.socket) }) // outside the test's own folder
	s = open(t, dir)
	if ask(t, s, "select 1") != "1" || len(filepath.Join(s.socket, ".s.PGSQL.5432")) > longest {
		t.Errorf("socket in %s", s.socket)
	}
	if _, err := os.Stat(left); err != nil {
		t.Errorf("what was left behind: %v", err)
	}
}

func TestNotInstalled(t *testing.T) {
	in, path := searchIn, searchPath
	t.Cleanup(func() { searchIn, searchPath = in, path })
	searchIn, searchPath = nil, func() []string { return nil }
	dir := folderFor(t)
	err := refused(t, dir, InstallHint())
	if !errors.Is(err, ErrNotInstalled) {
		t.Errorf("refused with %v", err)
	}
}

func TestInstallations(t *testing.T) {
	found := Installations()
	if len(found) == 0 || found[0].Major < oldest {
		t.Fatalf("found %v", found)
	}
	for _, i := range found {
		t.Logf("%+v", i)
	}
}
