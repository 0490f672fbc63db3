package pg

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"strconv"
	"syscall"

	"golang.org/x/sys/windows"
)

// Nothing in this file has been run yet: it compiles, and follows the manual.

const passable = 0o700

func letThrough(string) error { return nil }

func serverAccount(string) (account, error) { return account{}, nil }

func (a account) attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{CreationFlags: windows.CREATE_NEW_PROCESS_GROUP}
}

func (a account) own(string) error           { return nil }
func (a account) ownsAlone(fs.FileInfo) bool { return true }
func stopWithParent(*syscall.SysProcAttr)    {}
func syncFolder(string) error                { return nil }

func sharedMemoryIsSmall() bool { return false }

func tryLock(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	const flags = windows.LOCKFILE_EXCLUSIVE_LOCK | windows.LOCKFILE_FAIL_IMMEDIATELY
	err = windows.LockFileEx(windows.Handle(file.Fd()), flags, 0, 1, 0, &windows.Overlapped{})
	if err == nil {
		return file, nil
	}
	file.Close()
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) {
		return nil, nil
	}
	return nil, err
}

// PostgreSQL on Windows takes its signals through a pipe that pg_ctl knows.
func signal(i Installation, name string, p *os.Process) error {
	return exec.Command(i.tool("pg_ctl"), "kill", name, strconv.Itoa(p.Pid)).Run()
}

func interrupt(i Installation, p *os.Process) error { return signal(i, "INT", p) }
func quit(i Installation, p *os.Process) error      { return signal(i, "QUIT", p) }

// serves goes by the pid alone.
func serves(pid int, _ string) bool {
	h, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION, false, uint32(pid))
	if err != nil {
		return false
	}
	windows.CloseHandle(h)
	return true
}

// Free is how many bytes may still be written to the disk a folder is on.
func Free(folder string) (free uint64, err error) {
	name, err := windows.UTF16PtrFromString(folder)
	if err != nil {
		return 0, err
	}
	err = windows.GetDiskFreeSpaceEx(name, &free, nil, nil)
	return free, err
}
