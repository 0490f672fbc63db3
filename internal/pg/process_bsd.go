//go:build unix && !linux

package pg

import (
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
