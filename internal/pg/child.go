package pg

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"runtime"
	"time"
)

// child is the postgres process this one started.
type child struct {
	cmd  *exec.Cmd
	gone chan struct{} // closed once it has ended
	err  error         // how; read only after gone
}

// spawn starts cmd so that it is told to stop when this process dies.
func spawn(cmd *exec.Cmd) (*child, error) {
	stopWithParent(cmd.SysProcAttr)
	c := &child{cmd: cmd, gone: make(chan struct{})}
	started := make(chan error, 1)
	go func() {
		// Linux sends the parent-death signal when the forking thread ends,
		// so this goroutine keeps its thread until the child is gone.
		runtime.LockOSThread()
		err := cmd.Start()
		started <- err
		if err != nil {
			return
		}
		c.err = cmd.Wait()
		close(c.gone)
	}()
	return c, <-started
}

// stop asks for a fast shutdown, then ever less politely. Even the last step
// loses nothing committed: the next start replays the log.
func (c *child) stop(ctx context.Context, i Installation, log *slog.Logger, patience time.Duration) error {
	if err := interrupt(i, c.cmd.Process); err != nil && !c.ended() {
		return fmt.Errorf("stop postgres: %w", err)
	}
	if c.awaitEnd(ctx, patience) {
		return nil
	}
	log.Warn("database does not stop; ending it without a checkpoint", "pid", c.cmd.Process.Pid)
	if err := quit(i, c.cmd.Process); err == nil && c.awaitEnd(context.Background(), 5*time.Second) {
		return nil
	}
	if err := c.cmd.Process.Kill(); err != nil && !c.ended() {
		return fmt.Errorf("kill postgres: %w", err)
	}
	<-c.gone
	return nil
}

// awaitEnd waits for at most the given time, or five seconds past the caller's
// patience: a caller that is itself being stopped often comes with none left.
func (c *child) awaitEnd(ctx context.Context, atMost time.Duration) bool {
	limit := time.After(atMost)
	done := ctx.Done()
	for {
		select {
		case <-c.gone:
			return true
		case <-limit:
			return false
		case <-done:
			done, limit = nil, time.After(min(atMost, 5*time.Second))
		}
	}
}

func (c *child) ended() bool {
	select {
	case <-c.gone:
		return true
	default:
		return false
	}
}

// interruptPID asks a server that is not our child for a fast shutdown.
func interruptPID(i Installation, pid int) error {
	p, err := os.FindProcess(pid)
	if err != nil {
		return err
	}
	return interrupt(i, p)
}
