package pg

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"interlock/internal/errs"
)

// folder is a data directory. What it holds:
//
//	cluster/                     PostgreSQL's own data folder
//	cluster/interlock.password   the generated password, there as soon as the cluster is
//	run/                         the socket, if the path is short enough
//	lock                         locked by the process that owns the cluster
//	postgres.log, postgres.log.1 what the server wrote
type folder struct{ dir string }

func (f folder) cluster() string      { return filepath.Join(f.dir, "cluster") }
func (f folder) passwordFile() string { return filepath.Join(f.cluster(), "interlock.password") }
func (f folder) pidFile() string      { return filepath.Join(f.cluster(), "postmaster.pid") }
func (f folder) lockFile() string     { return filepath.Join(f.dir, "lock") }
func (f folder) logFile() string      { return filepath.Join(f.dir, "postgres.log") }

// openFolder makes the directory if need be and names it without links, so
// that all processes agree on its name.
func openFolder(dir string) (folder, error) {
	if dir == "" {
		return folder{}, errs.Invalidf("No data directory is set: name one with --data or INTERLOCK_DATA.")
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return folder{}, fmt.Errorf("data directory: %w", err)
	}
	if err := os.MkdirAll(dir, passable); err != nil {
		return folder{}, errs.Unavailablef("The data directory %s cannot be made%s: choose another with --data or INTERLOCK_DATA.", dir, because(err)).Because(err)
	}
	if dir, err = filepath.EvalSymlinks(dir); err != nil {
		return folder{}, fmt.Errorf("data directory: %w", err)
	}
	return folder{dir}, letThrough(dir)
}

// Made tells whether a data directory holds a cluster. It makes nothing.
func Made(dir string) bool {
	_, err := os.Stat(filepath.Join(folder{dir}.cluster(), "PG_VERSION"))
	return err == nil
}

// lock takes the owner's lock of the directory, if it is free.
func (f folder) lock() (*os.File, error) {
	file, err := tryLock(f.lockFile())
	if err != nil {
		return nil, errs.Unavailablef("The data directory %s cannot be written%s: run Interlock as the user it belongs to, or choose another with --data or INTERLOCK_DATA.", f.dir, because(err)).Because(err)
	}
	return file, nil
}

// because gives the usual reasons why a file cannot be made in a few words.
func because(err error) string {
	switch {
	case errors.Is(err, fs.ErrPermission):
		return " (you have no right to)"
	case errors.Is(err, syscall.ENOTDIR), errors.Is(err, fs.ErrExist):
		return " (a file is in the way)"
	case errors.Is(err, syscall.EROFS):
		return " (the disk is read-only)"
	case errors.Is(err, syscall.ENOSPC):
		return " (the disk is full)"
	}
	return ""
}

func (f folder) password() (string, error) {
	text, err := os.ReadFile(f.passwordFile())
	if err != nil {
		return "", fmt.Errorf("read the database password: %w", err)
	}
	return strings.TrimSpace(string(text)), nil
}

// major is the version that made the cluster, 0 when there is none yet.
func (f folder) major() (int, error) {
	text, err := os.ReadFile(filepath.Join(f.cluster(), "PG_VERSION"))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, f.vacant()
	}
	if err != nil {
		return 0, fmt.Errorf("read the version of the data: %w", err)
	}
	major, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return 0, errs.Unavailablef("The file %s/PG_VERSION is damaged: restore the data directory from a copy, or a backup into a new one.", f.cluster()).Because(err)
	}
	return major, nil
}

// vacant refuses a cluster folder that holds something other than a cluster.
func (f folder) vacant() error {
	inside, err := os.ReadDir(f.cluster())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil && len(inside) > 0 {
		return errs.Unavailablef("The folder %s is not empty and not a PostgreSQL data folder: move it away, or choose another data directory with --data or INTERLOCK_DATA.", f.cluster())
	}
	return err
}

// ErrOtherVersion is returned by Open when the data is from a major version
// that is not installed. The data is left as it is.
var ErrOtherVersion = errors.New("the data is from another version of PostgreSQL")

// installation picks the server for this folder: the version of the data, or
// the newest for a new folder.
func (f folder) installation() (Installation, error) {
	major, err := f.major()
	if err != nil {
		return Installation{}, err
	}
	all := Installations()
	for _, i := range all {
		if i.Major == major || major == 0 && i.Major >= oldest {
			return i, nil
		}
	}
	if len(all) == 0 || major == 0 {
		return Installation{}, notInstalled(all, major)
	}
	return Installation{}, errs.Unavailablef("The data in %s was made by PostgreSQL %d and this machine has %s: install PostgreSQL %d,"+
		" run `interlock backup FILE`, then restore it into a new data directory with PostgreSQL %d.",
		f.cluster(), major, all[0].Version, major, all[0].Major).Because(ErrOtherVersion)
}
