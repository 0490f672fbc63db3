// Package pg runs the PostgreSQL of the default set-up: a private cluster in a
// data directory, as a child process that answers on a Unix socket with a
// generated password and never on a port. It uses the PostgreSQL installed on
// the machine and downloads nothing.
//
// One process owns the cluster; others that open the same directory join it.
// The owner's end, wanted or not, is the cluster's end: a joiner then gets an
// error from its next query. What is to last therefore never joins: it waits for
// the owner to end and owns the cluster itself. Nothing here ever deletes data. It is not for an
// outside server: that needs only its URL, though Dump and Restore serve both.
package pg

import (
	"context"
	"errors"
	"log/slog"
	"net/url"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"

	"interlock/internal/errs"
)

const (
	// Database is the database Open makes sure of.
	Database = "interlock"

	role    = "interlock"
	port    = "5432" // names the socket file only; nothing listens on it
	patient = 60 * time.Second
)

// lastingPatience is how long Open waits for another owner to end.
var lastingPatience = 10 * time.Minute

// ErrOwned is returned by Open when another process went on owning the cluster
// that this one wants to own.
var ErrOwned = errors.New("another process owns the database")

// Options say where the cluster lives and how it differs from the defaults.
type Options struct {
	Dir      string            // made when missing; holds the cluster, its log and its lock
	Settings map[string]string // on top of the package's own, as in postgresql.conf
	Log      *slog.Logger      // slog.Default when nil
	Own      bool              // never join: wait until the cluster can be owned
	Waiting  func()            // called once before such a wait; may be nil
}

// Server is a running cluster, owned or joined.
type Server struct {
	folder   folder
	install  Installation
	socket   string
	password string
	log      *slog.Logger
	from     int64         // where its log stood when we came
	child    *child        // nil when joined
	released chan struct{} // closed when the child has ended and the lock is free; nil when joined
	closing  sync.Once
	closed   error
}

// Open starts the cluster in o.Dir, or joins it if another process runs it.
func Open(ctx context.Context, o Options) (*Server, error) {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	f, err := openFolder(o.Dir)
	if err != nil {
		return nil, err
	}
	s, err := startOrJoin(ctx, f, o)
	if err != nil {
		return nil, f.refusal(err)
	}
	return s, nil
}

// refusal puts what kept the database from opening into a sentence, with what the
// programs said below it.
func (f folder) refusal(err error) error {
	_, worded := errors.AsType[*errs.Error](err)
	switch {
	case worded, errors.Is(err, context.Canceled), errors.Is(err, ErrOwned):
		return err
	case strings.Contains(err.Error(), "No space left on device"), errors.Is(err, syscall.ENOSPC):
		return errs.Unavailablef("The disk of the data directory %s is full: free space, then start again.", f.dir).Because(err)
	}
	return errs.Unavailablef("The private PostgreSQL in %s cannot be started: the reason is below, and its log is %s.", f.dir, f.logFile()).
		Because(err).WithDetails(strings.Split(err.Error(), "\n"))
}

// startOrJoin asks for the owner's lock and for the owner's server in turn,
// because either may appear at any moment while another process starts or stops.
func startOrJoin(ctx context.Context, f folder, o Options) (*Server, error) {
	if o.Own {
		return startOnceFree(ctx, f, o)
	}
	giveUp := time.NewTimer(patient)
	defer giveUp.Stop()
	for {
		lock, err := f.lock()
		if err != nil {
			return nil, err
		}
		if lock != nil {
			return start(ctx, f, o, lock)
		}
		s, err := join(ctx, f, o)
		if err == nil {
			return s, nil
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(ctx.Err(), err)
		case <-giveUp.C:
			return nil, errs.Unavailablef("Another interlock holds %s, but its database does not answer: stop that one, then start again.", f.dir).Because(err)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// startOnceFree starts the cluster, if need be after its present owner ended.
func startOnceFree(ctx context.Context, f folder, o Options) (*Server, error) {
	giveUp := time.NewTimer(lastingPatience)
	defer giveUp.Stop()
	for said := false; ; {
		lock, err := f.lock()
		if err != nil {
			return nil, err
		}
		if lock != nil {
			return start(ctx, f, o, lock)
		}
		if !said && o.Waiting != nil {
			o.Waiting()
		}
		said = true
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-giveUp.C:
			return nil, ErrOwned
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// start runs the cluster as a child of this process, and keeps the lock for as
// long as the child lives.
func start(ctx context.Context, f folder, o Options, lock *os.File) (*Server, error) {
	s, err := startLocked(ctx, f, o)
	if err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	s.released = make(chan struct{})
	go func() {
		<-s.child.gone
		lock.Close()
		close(s.released)
	}()
	if err := ensureDatabase(ctx, s.URL("postgres")); err != nil {
		return nil, errors.Join(err, s.Close(ctx))
	}
	return s, nil
}

func startLocked(ctx context.Context, f folder, o Options) (*Server, error) {
	install, err := f.installation()
	if err != nil {
		return nil, err
	}
	a, err := serverAccount(f.cluster())
	if err != nil {
		return nil, err
	}
	if err := a.reaches(ctx, install.tool("postgres"), f.dir); err != nil {
		return nil, err
	}
	if err := f.clearEarlier(ctx, install, o.Log); err != nil {
		return nil, err
	}
	if err := f.ensureCluster(ctx, install, a, o.Log); err != nil {
		return nil, err
	}
	return launch(ctx, f, install, a, o)
}

// URL is the address of a database in the cluster, password included.
func (s *Server) URL(database string) string {
	u := url.URL{
		Scheme: "postgres",
		User:   url.UserPassword(role, s.password),
		Path:   "/" + database, // with no host, a path without the slash loses the database silently
		RawQuery: url.Values{
			"host": {s.socket}, "port": {port}, "connect_timeout": {"5"},
		}.Encode(),
	}
	return u.String()
}

// Owned reports whether this process runs the cluster, as against having joined it.
func (s *Server) Owned() bool { return s.child != nil }

// Bin is the folder of psql, pg_dump and pg_restore that match the server.
func (s *Server) Bin() string { return s.install.Bin }

// DiskFull tells whether the server met a full disk since it was opened. It often
// ends of it, so that its clients only hear that it is gone.
func (s *Server) DiskFull() bool {
	text, err := os.ReadFile(s.folder.logFile())
	return err == nil && int64(len(text)) > s.from && strings.Contains(string(text[s.from:]), "No space left on device")
}

// Done is closed when an owned server has ended, and blocks forever on a joined
// one. If it closes before Close was called, the server crashed or was killed.
func (s *Server) Done() <-chan struct{} { return s.released }

// Close stops an owned server and leaves a joined one running.
func (s *Server) Close(ctx context.Context) error {
	if s.child == nil {
		return nil
	}
	s.closing.Do(func() {
		patience := patient
		if s.DiskFull() {
			patience = 2 * time.Second // recovering from that, it does not always heed the first request
		}
		if s.closed = s.child.stop(ctx, s.install, s.log, patience); s.closed == nil {
			<-s.released
		}
	})
	return s.closed
}
