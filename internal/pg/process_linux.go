package pg

import (
	"os"
	"strconv"
	"strings"
	"syscall"
)

// stopWithParent has the kernel ask the server for a fast shutdown when we die.
func stopWithParent(attr *syscall.SysProcAttr) { attr.Pdeathsig = syscall.SIGINT }

// sharedMemoryIsSmall reports a /dev/shm that parallel queries would fill, such
// as the 64 MB of a Docker container.
func sharedMemoryIsSmall() bool {
	var fs syscall.Statfs_t
	err := syscall.Statfs("/dev/shm", &fs)
	return err != nil || fs.Blocks*uint64(fs.Bsize) < 512<<20
}

// serves reports whether the process is the server of that cluster. The pid
// alone proves nothing: it may belong to another process by now.
func serves(pid int, cluster string) bool {
	line, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/cmdline")
	return err == nil && strings.Contains(string(line), "\x00-D\x00"+cluster+"\x00")
}
