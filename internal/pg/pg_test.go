package pg

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// TestMain lets a test run this binary again as a second process, which opens
// the directory it is given, says how that went, and closes on end of input.
func TestMain(m *testing.M) {
	if dir := os.Getenv("PG_TEST_OPEN"); dir != "" {
		os.Exit(second(dir))
	}
	os.Exit(m.Run())
}

func second(dir string) int {
	ctx := context.Background()
	s, err := Open(ctx, Options{Dir: dir, Settings: quick, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		fmt.Println("error:", err)
		return 1
	}
	fmt.Println("owned:", s.Owned())
	io.Copy(io.Discard, os.Stdin)
	if err := s.Close(ctx); err != nil {
		fmt.Println("close:", err)
		return 1
	}
	fmt.Println("closed")
	return 0
}

// quick trades the survival of a power cut for speed; a killed process loses
// nothing by it.
var quick = map[string]string{"fsync": "off", "shared_buffers": "16MB"}

// process is a second process and what it says, line by line.
type process struct {
	t     *testing.T
	cmd   *exec.Cmd
	out   *bufio.Scanner
	stdin io.Closer
}

func run(t *testing.T, dir string, attr *syscall.SysProcAttr) *process {
	t.Helper()
	cmd := exec.Command(binary(t), "-test.run=^$")
	cmd.Env = append(os.Environ(), "PG_TEST_OPEN="+dir)
	cmd.SysProcAttr, cmd.Dir, cmd.Stderr = attr, "/", os.Stderr
	stdin, err := cmd.StdinPipe()
	check(t, err)
	stdout, err := cmd.StdoutPipe()
	check(t, err)
	check(t, cmd.Start())
	t.Cleanup(func() { stdin.Close(); cmd.Process.Wait() })
	return &process{t, cmd, bufio.NewScanner(stdout), stdin}
}

func (p *process) says(want string) {
	p.t.Helper()
	p.out.Scan()
	if got := p.out.Text(); got != want {
		p.t.Fatalf("the other process said %q, want %q", got, want)
	}
}

// binary is this test, where any user may run it.
func binary(t *testing.T) string {
	self, err := os.Executable()
	check(t, err)
	to := filepath.Join(filepath.Dir(folderFor(t)), "again")
	check(t, os.Link(self, to))
	check(t, os.Chmod(to, 0o755))
	return to
}

// folderFor is a new directory that the server's account can reach, which
// those of t.TempDir are not when root runs the tests.
func folderFor(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	check(t, os.Chmod(filepath.Dir(dir), 0o711))
	return filepath.Join(dir, "data")
}

func open(t *testing.T, dir string) *Server {
	t.Helper()
	s, err := Open(t.Context(), Options{Dir: dir, Settings: quick, Log: slog.New(slog.NewTextHandler(t.Output(), nil))})
	check(t, err)
	t.Cleanup(func() { check(t, s.Close(context.Background())) })
	return s
}

// ask runs a statement in our database and returns its single value as text.
func ask(t *testing.T, s *Server, sql string) string {
	t.Helper()
	got, err := tryAsk(s, sql)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return got
}

func tryAsk(s *Server, sql string) (string, error) {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, s.URL(Database))
	if err != nil {
		return "", err
	}
	defer conn.Close(ctx)
	var got any
	err = conn.QueryRow(ctx, sql).Scan(&got)
	if errors.Is(err, pgx.ErrNoRows) {
		err = nil
	}
	return fmt.Sprint(got), err
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestStart(t *testing.T) {
	dir := folderFor(t)
	began := time.Now()
	s, err := Open(t.Context(), Options{Dir: dir})
	check(t, err)
	cold := time.Since(began)
	ask(t, s, "create table kept as select 42 as n")
	began = time.Now()
	check(t, s.Close(t.Context()))
	stop := time.Since(began)
	began = time.Now()
	s, err = Open(t.Context(), Options{Dir: dir})
	check(t, err)
	t.Logf("cold %v, warm %v, stop %v", cold, time.Since(began), stop)
	defer s.Close(t.Context())

	for sql, want := range map[string]string{
		"select n from kept":                                                          "42",
		"select current_setting('listen_addresses')":                                  "",
		"select current_setting('password_encryption')":                               "scram-sha-256",
		"select current_setting('TimeZone')":                                          "UTC",
		"select current_setting('server_encoding')":                                   "UTF8",
		"select count(*) from pg_hba_file_rules where auth_method <> 'scram-sha-256'": "0",
	} {
		if got := ask(t, s, sql); got != want {
			t.Errorf("%s: %q, want %q", sql, got, want)
		}
	}
	info, err := os.Stat(s.folder.passwordFile())
	check(t, err)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("password file has mode %v", info.Mode())
	}
	if _, err := pgx.Connect(t.Context(), strings.Replace(s.URL(Database), s.password, "guess", 1)); err == nil {
		t.Error("a wrong password was let in")
	}
}
