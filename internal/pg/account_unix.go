//go:build unix

package pg

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"strconv"
	"syscall"

	"interlock/internal/errs"
)

// passable lets the server's account through the data directory to its own
// folders, which are closed to everybody else.
const passable = 0o711

// letThrough opens the data directory itself, and only that, to passers-by.
func letThrough(dir string) error {
	info, err := os.Stat(dir)
	if err != nil || os.Geteuid() != 0 || info.Mode().Perm()&0o001 != 0 {
		return err
	}
	return os.Chmod(dir, info.Mode().Perm()|0o011)
}

// serverAccount is the owner of the cluster if there is one, so that a cluster
// made as one user can be served later by root on that user's behalf.
func serverAccount(cluster string) (account, error) {
	if os.Geteuid() != 0 {
		return account{uid: os.Geteuid(), gid: os.Getegid()}, nil
	}
	info, err := os.Stat(cluster)
	if err == nil && ownerOf(info) != 0 {
		uid := strconv.Itoa(ownerOf(info))
		if u, err := user.LookupId(uid); err == nil {
			return accountOf(u)
		}
		return account{name: uid, uid: ownerOf(info), gid: groupOf(info), other: true}, nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return account{}, err
	}
	for _, name := range []string{"postgres", "nobody"} {
		if u, err := user.Lookup(name); err == nil {
			return accountOf(u)
		}
	}
	return account{}, errs.Unavailablef("PostgreSQL does not run as root, and there is no user postgres or nobody: start Interlock as another user.")
}

func accountOf(u *user.User) (account, error) {
	a := account{name: u.Username, other: true}
	var err error
	if a.uid, err = strconv.Atoi(u.Uid); err != nil {
		return a, fmt.Errorf("user %s: %w", u.Username, err)
	}
	if a.gid, err = strconv.Atoi(u.Gid); err != nil {
		return a, fmt.Errorf("user %s: %w", u.Username, err)
	}
	ids, _ := u.GroupIds() // without them the server has only its own group
	for _, id := range ids {
		if n, err := strconv.ParseUint(id, 10, 32); err == nil {
			a.groups = append(a.groups, uint32(n))
		}
	}
	return a, nil
}

// attributes give the program its own process group, or the terminal's Ctrl-C
// would reach it as well as us.
func (a account) attributes() *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setpgid: true}
	if a.other {
		attr.Credential = &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid), Groups: a.groups}
	}
	return attr
}

func (a account) own(path string) error {
	if !a.other {
		return nil
	}
	return os.Lchown(path, a.uid, a.gid)
}

// ownsAlone reports whether the account owns a folder and nobody else may use it.
func (a account) ownsAlone(info fs.FileInfo) bool {
	return ownerOf(info) == a.uid && info.Mode().Perm()&0o077 == 0
}

func ownerOf(info fs.FileInfo) int { return int(info.Sys().(*syscall.Stat_t).Uid) }
func groupOf(info fs.FileInfo) int { return int(info.Sys().(*syscall.Stat_t).Gid) }
