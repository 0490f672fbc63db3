//go:build unix && !linux

package pg

import (
	"errors"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
)

// stopWithParent does nothing where the kernel has no such signal: the server
// outlives us, and the next Open stops it before starting its own.
func stopWithParent(*syscall.SysProcAttr) {}

func sharedMemoryIsSmall() bool { return false }

// serves reports whether the process is the server of that cluster. The pid
// alone proves nothing: it may belong to another process by now.
func serves(pid int, cluster string) bool {
	line, err := exec.Command("ps", "-ww", "-o", "command=", "-p", strconv.Itoa(pid)).Output()
	return err == nil && strings.Contains(string(line), " -D "+cluster+" ")
}

// Free is how many bytes may still be written to the disk a folder is on.
func Free(folder string) (uint64, error) {
	out, err := exec.Command("df", "-Pk", folder).Output()
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	words := strings.Fields(lines[len(lines)-1])
	if err != nil || len(words) < 4 {
		return 0, errors.Join(err, errors.New("df says nothing of it"))
	}
	kb, err := strconv.ParseUint(words[3], 10, 64)
	return kb << 10, err
}
