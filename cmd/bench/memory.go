package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	"interlock/internal/review"
	"interlock/internal/store"
)

const most = 300 << 10 // kB that the program may take

// memory runs the real program on a database of its own: an import as a command,
// then a server that launches a campaign as a job and shows its first page.
func (b *bench) memory(ctx context.Context) error {
	const database = "memory"
	program := filepath.Join(b.dir, "interlock")
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", program, "./cmd/interlock").CombinedOutput(); err != nil {
		return fmt.Errorf("build: %w: %s", err, out)
	}
	if err := errors.Join(os.MkdirAll(filepath.Join(b.dir, "data"), 0o700), b.recreate(ctx, database, "template1")); err != nil {
		return err
	}
	imported, err := b.command(ctx, database, program, "import", b.bundle(), "--source", "plant")
	if err != nil {
		return err
	}
	served, err := b.serve(ctx, database, program)
	if err != nil {
		return err
	}
	peak := max(imported, served)
	b.table = append(b.table, line{
		job: "memory of the program at its peak", figure: fmt.Sprintf("%d MB", peak>>10), floor: "-", ratio: "-", aim: "under 300 MB", ok: peak < most,
		note: fmt.Sprintf(" (import %d MB; serve with a launch and %d pages %d MB)", imported>>10, requests, served>>10),
	})
	return b.drop(ctx, database)
}

func (b *bench) program(ctx context.Context, database, program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Env = append(os.Environ(), "INTERLOCK_DATABASE_URL="+b.server.URL(database), "INTERLOCK_DATA="+filepath.Join(b.dir, "data"), "INTERLOCK_LOG_LEVEL=error")
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	return cmd
}

// command runs a command to its end and returns its peak in kB.
func (b *bench) command(ctx context.Context, database, program string, args ...string) (int64, error) {
	cmd := b.program(ctx, database, program, args...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("%s: %w: %s", args[0], err, out)
	}
	return cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss, nil
}

// serve runs the server through a launch and pages and returns its peak in kB.
func (b *bench) serve(ctx context.Context, database, program string) (peak int64, err error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	cmd := b.program(ctx, database, program, "serve", "--addr", "127.0.0.1:0")
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	out, err := cmd.StdoutPipe()
	if err != nil {
		return 0, err
	}
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	first, _ := bufio.NewReader(out).ReadString('\n')
	_, address, ok := strings.Cut(strings.TrimSpace(first), "http://")
	if ok {
		err = b.work(ctx, database, "http://"+address)
	}
	if peak, readErr := peakOf(cmd.Process.Pid); ok && err == nil {
		stop()
		_ = cmd.Wait()
		return peak, readErr
	}
	stop()
	return 0, errors.Join(err, cmd.Wait(), fmt.Errorf("serve said %q %s", first, complaints.String()))
}

var highWater = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

func peakOf(pid int) (int64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	m := highWater.FindSubmatch(text)
	if m == nil {
		return 0, errors.New("no VmHWM in /proc")
	}
	return strconv.ParseInt(string(m[1]), 10, 64)
}

// work gives the server its work: a launch as a job, then pages.
func (b *bench) work(ctx context.Context, database, address string) error {
	err := b.with(ctx, database, func(db *store.DB) error {
		if err := addReviewer(ctx, db); err != nil {
			return err
		}
		r := review.New(db)
		id, err := r.Draft(ctx, b.definition())
		if err != nil {
			return err
		}
		_, err = r.StartLaunch(ctx, id)
		return err
	})
	if err != nil {
		return err
	}
	if err := b.await(ctx, database); err != nil {
		return err
	}
	return browse(ctx, address)
}

func (b *bench) await(ctx context.Context, database string) error {
	for {
		var state, message string
		if err := b.query(ctx, database, `select state, message from job_progress where kind = 'launch'`, &state, &message); err != nil {
			return err
		}
		switch state {
		case "waiting", "running":
		case "done":
			return nil
		default:
			return fmt.Errorf("the launch is %s: %s", state, message)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
}

func browse(ctx context.Context, address string) error {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return err
	}
	client := &http.Client{Jar: jar}
	resp, err := client.PostForm(address+"/login", url.Values{"email": {reviewer}, "password": {password}})
	if err != nil {
		return err
	}
	_ = resp.Body.Close()
	for range requests {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("%s/reviews/%d", address, campaignID), nil)
		if err != nil {
			return err
		}
		if resp, err = client.Do(req); err != nil {
			return err
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			return fmt.Errorf("the page answered %s", resp.Status)
		}
	}
	return nil
}
