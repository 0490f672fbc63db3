package e2e

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
)

// disk is a small disk of its own for the data directory.
func (p *program) disk(megabytes int) {
	p.Helper()
	if os.Geteuid() != 0 {
		p.Skip("only root can mount a small disk")
	}
	if err := syscall.Mount("tmpfs", p.data, "tmpfs", 0, fmt.Sprintf("size=%dm,mode=0755", megabytes)); err != nil {
		p.Skip("a small disk cannot be mounted here:", err)
	}
	p.Cleanup(func() { // before the directory is removed
		if err := syscall.Unmount(p.data, 0); err != nil {
			p.Error(err)
		}
	})
}

// A disk that fills up while a bundle comes in: one sentence, and all is as it was.
func TestFullDiskWhileImporting(t *testing.T) {
	if testing.Short() {
		t.Skip("fills a disk")
	}
	p := install(t)
	p.disk(160)
	small, large := p.bundle("small", 3), p.bundle("large", 3*many)
	p.facts("import", small, "--source", "plant")
	before := p.tally()
	r := p.run("import", large, "--source", "plant", "--log-level=error")
	said := r.err
	if r.code != 1 || !strings.HasPrefix(said, "interlock: The disk") || !strings.Contains(said, "full") || !strings.HasSuffix(said, ".\n") || strings.Count(said, "\n") != 1 {
		log, _ := os.ReadFile(p.data + "/postgres.log")
		t.Errorf("exit %d\n%s%s\n%s", r.code, r.out, r.err, log)
	}
	p.same("after the disk was full", p.tally(), before)
	p.same("nothing changed", p.facts("import", small, "--source", "plant")["grants"], "map[added:0 changed:0 ended:0]")
}
