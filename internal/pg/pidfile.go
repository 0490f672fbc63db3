package pg

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"strconv"
	"strings"
	"time"

	"interlock/internal/errs"
)

// pidFile is what a running server says in postmaster.pid.
type pidFile struct {
	pid    int
	socket string
	ready  bool
}

func readPidFile(path string) (pidFile, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return pidFile{}, err
	}
	var p pidFile
	lines := strings.Split(string(text), "\n")
	p.pid, _ = strconv.Atoi(strings.TrimSpace(lines[0])) // 0 while being written
	if len(lines) > 4 {
		p.socket = strings.TrimSpace(lines[4])
	}
	p.ready = len(lines) > 7 && strings.TrimSpace(lines[7]) == "ready"
	return p, nil
}

// clearEarlier deals with the server of an owner that was killed. We hold the
// lock, so nobody wants that server any more: it is asked to stop, which on
// Linux its owner's death already did, and waited for.
func (f folder) clearEarlier(ctx context.Context, i Installation, log *slog.Logger) error {
	p, err := readPidFile(f.pidFile())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look for an earlier server: %w", err)
	}
	if serves(p.pid, f.cluster()) {
		log.Warn("waiting for an earlier database server to stop", "pid", p.pid, "folder", f.cluster())
		if err := interruptPID(i, p.pid); err != nil && serves(p.pid, f.cluster()) {
			return fmt.Errorf("stop the earlier server %d: %w", p.pid, err)
		}
		if err := awaitGone(ctx, p.pid, f.cluster()); err != nil {
			return err
		}
	}
	return disownPidFile(f.pidFile())
}

func awaitGone(ctx context.Context, pid int, cluster string) error {
	ctx, cancel := context.WithTimeout(ctx, patient)
	defer cancel()
	for serves(pid, cluster) {
		select {
		case <-ctx.Done():
			return errs.Unavailablef("An earlier database server, process %d, is still stopping: start again in a while, or end that process.", pid).Because(ctx.Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
	return nil
}

// disownPidFile puts our pid in a stale pid file. PostgreSQL refuses to start
// when the pid in it is alive, and after a restart of a container or machine it
// often is: some other process has it. Its parent's pid it knows to be stale,
// and goes on to check the shared memory named in the file, which is why the
// file must not simply be removed.
func disownPidFile(path string) error {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	_, rest, _ := strings.Cut(string(text), "\n")
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_TRUNC, 0)
	if err != nil {
		return fmt.Errorf("mark %s as stale: %w", path, err)
	}
	_, err = file.WriteString(strconv.Itoa(os.Getpid()) + "\n" + rest)
	return errors.Join(err, file.Close())
}
