// Package e2e tests the built program from outside: its commands, and its pages
// in a real browser with the keyboard. It holds tests only.
package e2e

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// binary is the program, built for the tests of this package.
var binary string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "interlock-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	binary = filepath.Join(dir, "interlock")
	build := exec.Command("go", "build", "-o", binary, "interlock/cmd/interlock")
	build.Stderr = os.Stderr
	build.Env = append(os.Environ(), "CGO_ENABLED=0") // as it is released
	if err := build.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "build:", err)
		return 1
	}
	return m.Run()
}

// program is the built program with a data directory of its own.
type program struct {
	*testing.T
	data string
	dir  string // where it runs
}

// install makes a data directory. PostgreSQL refuses to run as root, so its user
// must be able to reach the directory: t.TempDir would keep it out.
func install(t *testing.T) *program {
	t.Helper()
	dir, err := os.MkdirTemp("", "interlock-data-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return &program{T: t, data: dir, dir: t.TempDir()}
}

func (p *program) command(ctx context.Context, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, binary, args...)
	c.Dir = p.dir
	for _, kv := range os.Environ() {
		if !strings.HasPrefix(kv, "INTERLOCK_") {
			c.Env = append(c.Env, kv)
		}
	}
	c.Env = append(c.Env, "INTERLOCK_DATA="+p.data, "INTERLOCK_CONFIG="+filepath.Join(p.dir, "none.json"))
	if _, err := os.Stat(filepath.Join(p.dir, "none.json")); err != nil {
		_ = os.WriteFile(filepath.Join(p.dir, "none.json"), []byte("{}"), 0o600)
	}
	return c
}

// result is what a command left.
type result struct {
	out, err string
	code     int
}

func (p *program) run(args ...string) result {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.Context(), 3*time.Minute)
	defer cancel()
	c := p.command(ctx, args...)
	var out, errs bytes.Buffer
	c.Stdout, c.Stderr = &out, &errs
	err := c.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		p.Fatalf("interlock %s: %v", strings.Join(args, " "), err)
	}
	return result{out.String(), errs.String(), c.ProcessState.ExitCode()}
}

// done runs a command that must succeed and returns what it printed.
func (p *program) done(args ...string) string {
	p.Helper()
	r := p.run(args...)
	if r.code != 0 {
		p.Fatalf("interlock %s: exit %d\n%s%s", strings.Join(args, " "), r.code, r.out, r.err)
	}
	return r.out
}

// refused runs a command that must be refused: exit 1, and one sentence that
// holds the words.
func (p *program) refused(words string, args ...string) {
	p.Helper()
	r := p.run(args...)
	first, _, _ := strings.Cut(r.err, "\n")
	if r.code != 1 || !strings.HasPrefix(first, "interlock: ") || !strings.Contains(r.err, words) || !strings.HasSuffix(first, ".") {
		p.Errorf("interlock %s: exit %d, want 1 and a sentence with %q\n%s%s", strings.Join(args, " "), r.code, words, r.out, r.err)
	}
}

// server is a running interlock serve.
type server struct {
	*program
	URL  string
	cmd  *exec.Cmd
	log  *bytes.Buffer
	over chan error
}

func (p *program) serve(args ...string) *server {
	p.Helper()
	addr := freeAddress(p.T)
	args = append([]string{"serve", "--addr", addr}, args...)
	s := &server{program: p, URL: "http://" + addr, log: &bytes.Buffer{}, over: make(chan error, 1)}
	s.cmd = p.command(context.WithoutCancel(p.Context()), args...)
	s.cmd.Env = append(s.cmd.Env, "INTERLOCK_URL="+s.URL)
	s.cmd.Stderr, s.cmd.Stdout = s.log, io.Discard
	if err := s.cmd.Start(); err != nil {
		p.Fatal(err)
	}
	go func() { s.over <- s.cmd.Wait() }()
	p.Cleanup(s.stop)
	for end := time.Now().Add(2 * time.Minute); ; time.Sleep(50 * time.Millisecond) {
		resp, err := http.Get(s.URL + "/health")
		if err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return s
			}
		}
		select {
		case err := <-s.over:
			s.over <- err
			p.Fatalf("serve ended: %v\n%s", err, s.log)
		default:
		}
		if time.Now().After(end) {
			p.Fatalf("serve does not answer\n%s", s.log)
		}
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// stop ends the server as an operator would, and waits.
func (s *server) stop() {
	if s.cmd.ProcessState != nil {
		return
	}
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case err := <-s.over:
		s.over <- err
	case <-time.After(40 * time.Second):
		_ = s.cmd.Process.Kill()
		s.Errorf("serve does not stop\n%s", s.log)
	}
}

// kill ends the server with no chance to tidy up.
func (s *server) kill() {
	_ = s.cmd.Process.Kill()
	s.over <- <-s.over
}
