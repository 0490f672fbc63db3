//go:build unix

package pg

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

func TestJoin(t *testing.T) {
	t.Parallel()
	dir := folderFor(t)
	s := open(t, dir)
	other := run(t, dir, nil)
	other.says("owned: false")
	again := open(t, dir)
	if again.Owned() || again.Bin() != s.Bin() {
		t.Errorf("the second Server owns: %v, bin %s", again.Owned(), again.Bin())
	}
	other.stdin.Close()
	other.says("closed")
	check(t, again.Close(t.Context()))
	if got := ask(t, s, "select 1"); got != "1" {
		t.Errorf("after the joiners left: %s", got)
	}
}

func TestOwnerStopsUnderJoiner(t *testing.T) {
	t.Parallel()
	dir := folderFor(t)
	owner := run(t, dir, nil)
	owner.says("owned: true")
	joined := open(t, dir)
	ask(t, joined, "create table kept as select 7 as n")
	held, err := pgx.Connect(t.Context(), joined.URL(Database))
	check(t, err)
	owner.stdin.Close()
	owner.says("closed")
	if err := held.Ping(t.Context()); err == nil {
		t.Error("a session outlived its server")
	}
	s := open(t, dir)
	if got := ask(t, s, "select n from kept"); !s.Owned() || got != "7" {
		t.Errorf("after the owner left: owned %v, %s", s.Owned(), got)
	}
	if got := ask(t, joined, "select n from kept"); got != "7" {
		t.Errorf("through the joiner's address: %s", got)
	}
}

// What is to last waits for the owner to end, then owns the cluster; who comes
// after it joins.
func TestOwnWaits(t *testing.T) {
	t.Parallel()
	dir := folderFor(t)
	owner := run(t, dir, nil)
	owner.says("owned: true")
	waiting, opened := make(chan bool), make(chan *Server)
	go func() {
		s, err := Open(context.Background(), Options{Dir: dir, Settings: quick, Own: true, Waiting: func() { close(waiting) }})
		if err != nil {
			t.Error(err)
		}
		opened <- s
	}()
	<-waiting
	select {
	case <-opened:
		t.Error("did not wait for the owner")
	case <-time.After(300 * time.Millisecond):
	}
	owner.stdin.Close()
	owner.says("closed")
	s := <-opened
	defer s.Close(context.Background())
	if !s.Owned() {
		t.Error("joined")
	}
	later := run(t, dir, nil)
	later.says("owned: false")
	later.stdin.Close()
	later.says("closed")
	if got := ask(t, s, "select 1"); got != "1" {
		t.Error(got)
	}
}

func TestOwnGivesUp(t *testing.T) { // not parallel: changes how long it waits
	was := lastingPatience
	t.Cleanup(func() { lastingPatience = was })
	lastingPatience = 100 * time.Millisecond
	dir := folderFor(t)
	owner := run(t, dir, nil)
	owner.says("owned: true")
	if _, err := Open(t.Context(), Options{Dir: dir, Own: true}); !errors.Is(err, ErrOwned) {
		t.Errorf("%v", err)
	}
}

func TestOwnerKilled(t *testing.T) {
	t.Parallel()
	dir := folderFor(t)
	owner := run(t, dir, nil)
	owner.says("owned: true")
	ask(t, open(t, dir), "create table kept as select 7 as n")
	before := inode(t, dir)
	check(t, owner.cmd.Process.Kill())
	owner.cmd.Process.Wait()
	began := time.Now()
	s := open(t, dir)
	t.Logf("open after the owner was killed: %v", time.Since(began))
	if got := ask(t, s, "select n from kept"); !s.Owned() || got != "7" || inode(t, dir) != before {
		t.Errorf("owned %v, kept %s", s.Owned(), got)
	}
}

func TestPostmasterKilled(t *testing.T) {
	t.Parallel()
	dir := folderFor(t)
	first := open(t, dir)
	ask(t, first, "create table kept as select 7 as n")
	before := inode(t, dir)
	check(t, first.child.cmd.Process.Kill())
	began := time.Now()
	s := open(t, dir)
	t.Logf("open after the postmaster was killed: %v", time.Since(began))
	<-first.Done()
	if got := ask(t, s, "select n from kept"); !s.Owned() || got != "7" || inode(t, dir) != before {
		t.Errorf("owned %v, kept %s", s.Owned(), got)
	}
}

// A session busy in its query does not notice at once that the postmaster died.
func TestPostmasterKilledUnderBusySession(t *testing.T) {
	t.Parallel()
	dir := folderFor(t)
	first := open(t, dir)
	ask(t, first, "create function spin() returns void language plpgsql as "+
		"'begin while clock_timestamp() < now() + interval ''1.5 s'' loop end loop; end'")
	done := make(chan bool)
	go func() { defer close(done); tryAsk(first, "select spin()") }()
	time.Sleep(300 * time.Millisecond)
	check(t, first.child.cmd.Process.Kill())
	began := time.Now()
	s := open(t, dir)
	t.Logf("open under a busy session: %v", time.Since(began))
	if got := ask(t, s, "select 1"); got != "1" {
		t.Error(got)
	}
	<-done
}

func TestTwoAtOnce(t *testing.T) {
	t.Parallel()
	dir := folderFor(t)
	a, b := run(t, dir, nil), run(t, dir, nil)
	a.out.Scan()
	b.out.Scan()
	if got := a.out.Text() + ", " + b.out.Text(); strings.Count(got, "owned: true") != 1 || strings.Count(got, "owned: false") != 1 {
		t.Errorf("two processes at once: %s", got)
	}
}

// After a restart the pid in the file is often somebody else's, which
// PostgreSQL alone would take for a running server.
func TestStalePid(t *testing.T) {
	t.Parallel()
	dir := folderFor(t)
	s := open(t, dir)
	pidFile := s.folder.pidFile()
	text, err := os.ReadFile(pidFile)
	check(t, err)
	check(t, s.Close(t.Context()))
	_, rest, _ := strings.Cut(string(text), "\n")
	sleeper := sleep(t, s)
	a, err := serverAccount(s.folder.cluster())
	check(t, err)
	for _, path := range []string{pidFile, socketLock(s.socket)} {
		check(t, a.write(path, fmt.Sprint(sleeper, "\n", strings.TrimSpace(rest))))
	}
	if s := open(t, dir); ask(t, s, "select 1") != "1" {
		t.Error("no answer")
	}
	if got, err := readPidFile(pidFile); err != nil || got.pid == sleeper {
		t.Errorf("the pid file still names %d: %v", got.pid, err)
	}
	check(t, syscall.Kill(sleeper, 0)) // and was left alone
}

// sleep is the pid of a process that is alive, of the server's own account, and
// not a server.
func sleep(t *testing.T, s *Server) int {
	t.Helper()
	a, err := serverAccount(s.folder.cluster())
	check(t, err)
	cmd := a.command(t.Context(), "/", "/bin/sleep", "60")
	check(t, cmd.Start())
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	return cmd.Process.Pid
}

func TestNotRoot(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("the other tests do this")
	}
	nobody := &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	dir := folderFor(t)
	check(t, os.Mkdir(dir, 0o700))
	check(t, os.Chown(dir, 65534, 65534))
	for range 2 {
		p := run(t, dir, nobody)
		p.says("owned: true")
		p.stdin.Close()
		p.says("closed")
	}
	if s := open(t, dir); ask(t, s, "select 1") != "1" {
		t.Error("root could not serve a cluster made by another user")
	}
	p := run(t, dir, nobody)
	p.says("owned: false")
	p.stdin.Close()
	p.says("closed")
}

func TestUnreachableFolder(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root's server is another user")
	}
	dir := filepath.Join(filepath.Dir(folderFor(t)), "closed", "data")
	check(t, os.Mkdir(filepath.Dir(dir), 0o700))
	refused(t, dir, filepath.Dir(dir)+": choose another")
}

func TestSocketFolderOfAnother(t *testing.T) {
	t.Parallel()
	dir := folderFor(t)
	check(t, os.MkdirAll(filepath.Join(dir, "run"), 0o777))
	check(t, os.Chmod(filepath.Join(dir, "run"), 0o777))
	refused(t, dir, "belongs to somebody else")
}

func inode(t *testing.T, dir string) uint64 {
	t.Helper()
	info, err := os.Stat(filepath.Join(dir, "cluster"))
	check(t, err)
	return info.Sys().(*syscall.Stat_t).Ino
}
