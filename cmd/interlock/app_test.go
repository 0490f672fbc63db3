package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"interlock/internal/errs"
	"interlock/internal/pg"
)

// embedded is an app on the embedded PostgreSQL in a directory.
func embedded(t *testing.T, dir, command string) *app {
	t.Helper()
	a, err := open(t.Context(), &settings{command: command, Data: dir, LogLevel: "error", SMTPMode: "starttls", SMTPFrom: "Interlock <i@x.example>"}, false)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// A short command that owns the database keeps it up for those that joined it.
func TestShortCommandsWaitForEachOther(t *testing.T) {
	t.Parallel()
	if len(pg.Installations()) == 0 {
		t.Skip("no PostgreSQL here")
	}
	dir := t.TempDir()
	if err := os.Chmod(filepath.Dir(dir), 0o711); err != nil {
		t.Fatal(err)
	}
	owner := embedded(t, dir, "user list")
	defer owner.close()
	joined := embedded(t, dir, "import")
	err := (&app{set: &settings{Data: dir}, url: joined.url, server: joined.server}).mayReplace(t.Context(), true)
	if !errs.Is(err, errs.Conflict) {
		t.Errorf("restoring under two commands: %v", err)
	}
	ended := make(chan bool)
	go func() { owner.letOthersFinish(t.Context()); close(ended) }()
	select {
	case <-ended:
		t.Error("did not wait")
	case <-time.After(500 * time.Millisecond):
	}
	if err := joined.DB.Pool().Ping(t.Context()); err != nil {
		t.Error(err)
	}
	joined.close()
	select {
	case <-ended:
	case <-time.After(20 * time.Second):
		t.Error("waits for nobody")
	}
}
