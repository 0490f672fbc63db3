//go:build unix

package pg

import (
	"errors"
	"os"
	"syscall"
)

// tryLock locks the file for this process, or returns nil if another has it.
// The lock ends with the file's closing, and so with the process, however it ends.
func tryLock(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return file, nil
	}
	file.Close()
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, nil
	}
	return nil, err
}

// interrupt asks the server for a fast shutdown: sessions end, nothing is lost.
func interrupt(_ Installation, p *os.Process) error { return p.Signal(syscall.SIGINT) }

// quit asks for an immediate one, without a checkpoint.
func quit(_ Installation, p *os.Process) error { return p.Signal(syscall.SIGQUIT) }

// syncFolder makes a rename in the folder last.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
