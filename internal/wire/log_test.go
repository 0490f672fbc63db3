package wire_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"interlock/internal/sitetest"
)

// lines is a log that may be written from anywhere.
type lines struct {
	sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.Lock()
	defer l.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.Lock()
	defer l.Unlock()
	return l.text.String()
}

// The jobs' library says of itself only what is wrong, whatever level is set.
func TestJobsAreQuiet(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{Idle: true})
	var log lines
	client, err := s.Worker(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Start(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}
	time.Sleep(time.Second)
	s.Exec(`insert into river_job (kind, args, max_attempts, state) values ('no_such_kind', '{}', 1, 'available')`)
	s.Until("the trouble is told", func() bool { return strings.Contains(log.String(), "no_such_kind") })
	if err := client.StopAndCancel(context.Background()); err != nil {
		t.Fatal(err)
	}
	if said := log.String(); strings.Contains(said, "level=INFO") || strings.Contains(said, "level=DEBUG") {
		t.Error(said)
	}
}
