package pg

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"
)

// errStillUsed is the server's refusal while sessions of a killed one finish.
var errStillUsed = errors.New("sessions of an earlier server still use the data")

// launch starts the server and waits until it takes connections.
func launch(ctx context.Context, f folder, i Installation, a account, o Options) (*Server, error) {
	password, err := f.password()
	if err != nil {
		return nil, err
	}
	socket, err := f.socketFolder(a)
	if err != nil {
		return nil, err
	}
	if err := disownPidFile(socketLock(socket)); err != nil {
		return nil, err
	}
	s := &Server{folder: f, install: i, socket: socket, password: password, log: o.Log}
	if s.child, err = s.run(ctx, a, o); errors.Is(err, errStillUsed) {
		o.Log.Warn("waiting for sessions of a killed database server to end", "folder", f.cluster())
		s.child, err = s.runOnceFree(ctx, a, o)
	}
	if err != nil {
		return nil, err
	}
	return s, nil
}

// runOnceFree tries until the sessions of a killed server are gone. They end by
// themselves, but one busy with a query only after it.
func (s *Server) runOnceFree(ctx context.Context, a account, o Options) (*child, error) {
	ctx, cancel := context.WithTimeout(ctx, patient)
	defer cancel()
	for {
		select {
		case <-ctx.Done():
			return nil, errors.Join(ctx.Err(), errStillUsed)
		case <-time.After(200 * time.Millisecond):
		}
		if c, err := s.run(ctx, a, o); !errors.Is(err, errStillUsed) {
			return c, err
		}
	}
}

// run makes one attempt at starting the server.
func (s *Server) run(ctx context.Context, a account, o Options) (*child, error) {
	out, err := s.folder.openLog()
	if err != nil {
		return nil, fmt.Errorf("open the database log: %w", err)
	}
	defer out.Close()
	if s.from, err = out.Seek(0, 2); err != nil {
		return nil, err
	}
	// Not the caller's context: only stop ends the server, and cleanly.
	cmd := a.command(context.Background(), s.folder.dir, s.install.tool("postgres"),
		arguments(s.folder.cluster(), s.socket, o.Settings)...)
	cmd.Stdout, cmd.Stderr = out, out
	c, err := spawn(cmd)
	if err != nil {
		return nil, fmt.Errorf("start postgres: %w", err)
	}
	if err := s.awaitReady(ctx, c); err != nil {
		return nil, errors.Join(err, s.explain(s.from))
	}
	return c, nil
}

// awaitReady waits as long as the caller does: after a crash the server may
// have minutes of log to replay.
func (s *Server) awaitReady(ctx context.Context, c *child) error {
	said := time.NewTicker(10 * time.Second)
	defer said.Stop()
	for {
		p, err := readPidFile(s.folder.pidFile())
		if err == nil && p.pid == c.cmd.Process.Pid && p.ready {
			return nil
		}
		select {
		case <-c.gone:
			return fmt.Errorf("postgres ended while starting: %w", c.err)
		case <-ctx.Done():
			return errors.Join(ctx.Err(), c.stop(ctx, s.install, s.log, patient))
		case <-said.C:
			s.log.Info("database is still starting", "log", s.folder.logFile())
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// explain is what the server wrote from an offset of its log on.
func (s *Server) explain(from int64) error {
	text, err := os.ReadFile(s.folder.logFile())
	if err != nil || int64(len(text)) < from {
		return err
	}
	said := string(text[from:])
	if strings.Contains(said, "pre-existing shared memory block") {
		return errStillUsed
	}
	return fmt.Errorf("%s: %s", s.folder.logFile(), lastLines(said))
}

// openLog sets a long log aside before opening it.
func (f folder) openLog() (*os.File, error) {
	const enough = 10 << 20
	if info, err := os.Stat(f.logFile()); err == nil && info.Size() > enough {
		if err := os.Rename(f.logFile(), f.logFile()+".1"); err != nil {
			return nil, err
		}
	}
	return os.OpenFile(f.logFile(), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
}

// lines keeps the end of a program's output, where the reason is.
func lines(text string) []string {
	all := strings.Split(strings.TrimSpace(text), "\n")
	return all[max(0, len(all)-4):]
}

func lastLines(text string) string { return strings.Join(lines(text), " / ") }
