package pg

import (
	"os"
	"slices"
	"testing"
)

func TestArguments(t *testing.T) {
	t.Parallel()
	args := arguments("/c", "/s", map[string]string{"listen_addresses": "*", "work_mem": "1MB"})
	for want, there := range map[string]bool{
		"listen_addresses=": true, "listen_addresses=*": false,
		"work_mem=1MB": true, "work_mem=32MB": false,
		"unix_socket_directories=/s": true, "jit=off": true,
	} {
		if slices.Contains(args, want) != there {
			t.Errorf("%s given: %v, want %v", want, !there, there)
		}
	}
}

func TestLongLogIsSetAside(t *testing.T) {
	t.Parallel()
	f := folder{t.TempDir()}
	check(t, os.WriteFile(f.logFile(), nil, 0o600))
	check(t, os.Truncate(f.logFile(), 11<<20))
	for range 2 { // the second finds a short one and leaves it
		file, err := f.openLog()
		check(t, err)
		check(t, file.Close())
	}
	old, err := os.Stat(f.logFile() + ".1")
	check(t, err)
	if old.Size() != 11<<20 {
		t.Errorf("the old log has %d bytes", old.Size())
	}
}
