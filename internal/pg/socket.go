package pg

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"interlock/internal/errs"
)

// longest is the longest name of a socket that all systems take; macOS allows
// 103 bytes, Linux 107.
const longest = 103

func socketLock(dir string) string { return filepath.Join(dir, ".s.PGSQL."+port+".lock") }

// socketFolder makes the private folder of the socket: in the data directory,
// where no other user can be in the way, or under a short name in the folder
// for temporary files when the data directory's name is too long.
func (f folder) socketFolder(a account) (string, error) {
	name := fmt.Sprintf("interlock-%x", sha256.Sum256([]byte(f.dir)))[:26]
	for _, dir := range []string{
		filepath.Join(f.dir, "run"),
		filepath.Join(os.TempDir(), name),
		filepath.Join("/tmp", name),
	} {
		if len(filepath.Join(dir, ".s.PGSQL."+port)) <= longest {
			return dir, a.privateFolder(dir)
		}
	}
	return "", errs.Unavailablef("The name of %s is too long for the database's socket: set TMPDIR to a folder with a shorter name.", os.TempDir())
}

// privateFolder makes a folder for the server alone, and refuses one that
// somebody else put there: its owner could swap the socket for another.
func (a account) privateFolder(dir string) error {
	err := os.Mkdir(dir, 0o700)
	if err == nil {
		return a.own(dir)
	}
	if !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("make the folder of the socket: %w", err)
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return fmt.Errorf("look at the folder of the socket: %w", err)
	}
	if !info.IsDir() || !a.ownsAlone(info) {
		return errs.Unavailablef("The folder of the database's socket, %s, belongs to somebody else or is open to others: remove it.", dir)
	}
	return nil
}
