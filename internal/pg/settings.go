package pg

import (
	"maps"
	"slices"
)

// tuned suits two cores, a million rows and a small machine. Settings go on the
// command line, so a new release can change them for clusters that exist;
// whoever needs others is better served by a server of their own.
var tuned = map[string]string{
	"shared_buffers":               "256MB",
	"work_mem":                     "32MB",
	"maintenance_work_mem":         "256MB",
	"max_connections":              "60",
	"max_locks_per_transaction":    "256", // backup and restore lock every partition of every campaign
	"max_wal_size":                 "4GB",
	"checkpoint_timeout":           "15min",
	"checkpoint_completion_target": "0.9",
	"random_page_cost":             "1.1",
	"synchronous_commit":           "on",
	"jit":                          "off",
	"timezone":                     "UTC",
	"log_timezone":                 "UTC",
	"lc_messages":                  "C",
	"log_line_prefix":              "%m [%p] ",
}

// arguments are the server's: the defaults, then the caller's, then what makes
// the cluster private, which no caller may change.
func arguments(cluster, socket string, extra map[string]string) []string {
	all := maps.Clone(tuned)
	if sharedMemoryIsSmall() {
		all["dynamic_shared_memory_type"] = "sysv"
	}
	maps.Copy(all, extra)
	maps.Copy(all, map[string]string{
		"listen_addresses":        "",
		"port":                    port,
		"unix_socket_directories": socket,
		"unix_socket_permissions": "0700",
		"logging_collector":       "off",
		"log_destination":         "stderr",
	})
	args := []string{"-D", cluster}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		args = append(args, "-c", name+"="+all[name])
	}
	return args
}
