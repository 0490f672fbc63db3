package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var shellBlock = regexp.MustCompile("(?s)```sh\n(.*?)```")

// TestReadme runs what the README tells a newcomer to type: the main job as it
// stands, and the two commands as targets that exist.
func TestReadme(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := shellBlock.FindAllStringSubmatch(string(text), -1)
	if len(blocks) != 2 || !strings.Contains(blocks[1][1], "evidence verify") {
		t.Fatalf("the README has %d blocks of commands; this test knows two", len(blocks))
	}
	makefile, err := os.ReadFile("../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	for _, target := range []string{"run", "test"} {
		if !strings.Contains(blocks[0][1], "make "+target) || !strings.Contains(string(makefile), "\n"+target+":") {
			t.Errorf("make %s is not in the README and the Makefile", target)
		}
	}
	p := install(t)
	if err := os.Mkdir(filepath.Join(p.dir, "bin"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(binary, filepath.Join(p.dir, "bin", "interlock")); err != nil {
		t.Fatal(err)
	}
	sh := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c", blocks[1][1])
	sh.Dir, sh.Env = p.dir, p.command(t.Context()).Env
	out, err := sh.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "valid: ") || !strings.Contains(string(out), "The audit log is whole") {
		t.Fatalf("%v: %s", err, out)
	}
}
