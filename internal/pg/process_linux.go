package pg

import (
	"os"
	"strconv"
	"strings"
	"syscall"
)

// stopWithParent has the kernel ask the server for a fast shutdown when we die.
func stopWithParent(attr *syscall.SysProcAttr) { attr.Pdeathsig = syscall.SIGINT }

// serves reports whether the process is the server of that cluster. The pid
// alone proves nothing: it may belong to another process by now.
func serves(pid int, cluster string) bool {
	line, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/cmdline")
	return err == nil && strings.Contains(string(line), "\x00-D\x00"+cluster+"\x00")
}
