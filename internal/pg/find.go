package pg

import (
	"cmp"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"time"
)

// oldest is the oldest major version a new cluster is made with.
const oldest = 15

// Installation is a PostgreSQL found on this machine.
type Installation struct {
	Bin     string // folder of its programs
	Major   int
	Version string // as it says itself, e.g. 15.18
}

func (i Installation) tool(name string) string {
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return filepath.Join(i.Bin, name)
}

// searchIn are the patterns of folders looked through besides PATH.
var searchIn = []string{
	"/usr/lib/postgresql/*/bin", // Debian, Ubuntu
	"/usr/lib/postgresql*/bin",  // SUSE
	"/usr/pgsql-*/bin",          // PostgreSQL's own packages for Red Hat
	"/usr/libexec/postgresql*",  // Alpine
	"/usr/local/pgsql/bin",      // built from source
	"/opt/homebrew/opt/postgresql@*/bin",
	"/usr/local/opt/postgresql@*/bin",
	"/Applications/Postgres.app/Contents/Versions/*/bin",
	`C:\Program Files\PostgreSQL\*\bin`,
}

// searchPath is a variable so that a test can search nowhere.
var searchPath = func() []string { return filepath.SplitList(os.Getenv("PATH")) }

// Installations lists the PostgreSQL servers on this machine, newest first.
func Installations() []Installation { return withTools("postgres", "initdb") }

// Client finds the programs that back up and restore a database of a server of
// that major version: the oldest that are not older. Older ones refuse it; those
// of a later version use settings it does not know.
func Client(major int, tools ...string) (best Installation, ok bool) {
	for _, i := range withTools(tools...) {
		if i.Major >= major {
			best = i // newest first, so the last is the oldest that will do
		}
	}
	return best, best.Bin != ""
}

// withTools lists the installations that have all the named programs.
func withTools(names ...string) []Installation {
	var found []Installation
	seen := map[string]bool{}
	for _, folder := range folders() {
		// A link in /usr/local/bin leads to the real folder; Debian's wrapper
		// /usr/bin/pg_dump leads to one without pg_dump, and drops out below.
		first := Installation{Bin: folder}.tool(names[0])
		if target, err := filepath.EvalSymlinks(first); err == nil {
			folder = filepath.Dir(target)
		}
		if seen[folder] {
			continue
		}
		seen[folder] = true
		if i, ok := inspect(folder, names); ok {
			found = append(found, i)
		}
	}
	slices.SortStableFunc(found, func(a, b Installation) int {
		return cmp.Or(cmp.Compare(b.Major, a.Major), cmp.Compare(minor(b.Version), minor(a.Version)))
	})
	return found
}

func folders() []string {
	all := searchPath()
	for _, pattern := range searchIn {
		match, _ := filepath.Glob(pattern) // the only error is a bad pattern
		all = append(all, match...)
	}
	return slices.DeleteFunc(all, func(f string) bool { return !filepath.IsAbs(f) })
}

var versionLine = regexp.MustCompile(`\(PostgreSQL\) ((\d+)[^\s]*)`)

// inspect asks the first of the programs for its version, if all are there.
func inspect(folder string, names []string) (Installation, bool) {
	i := Installation{Bin: folder}
	for _, name := range names {
		if _, err := exec.LookPath(i.tool(name)); err != nil {
			return i, false
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, i.tool(names[0]), "--version").Output()
	if err != nil {
		return i, false
	}
	m := versionLine.FindSubmatch(out)
	if m == nil {
		return i, false
	}
	i.Version = string(m[1])
	i.Major, err = strconv.Atoi(string(m[2]))
	return i, err == nil
}

func minor(version string) int {
	n, _ := strconv.Atoi(regexp.MustCompile(`\d+$`).FindString(version)) // a beta counts as nothing
	return n
}
