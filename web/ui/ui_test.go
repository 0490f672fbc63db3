package ui

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// An icon that does not exist would draw nothing, silently.
func TestIconsExist(t *testing.T) {
	named := regexp.MustCompile(`(?:[Ii]con\(|Icon: +)"([a-z0-9-]+)"`)
	var sources []string
	for _, pattern := range []string{"*.templ", "../page/*.templ", "../page/*.go", "../*.go"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		sources = append(sources, found...)
	}
	for _, name := range sources {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range named.FindAllSubmatch(source, -1) {
			if icons[string(m[1])] == "" {
				t.Errorf("%s: there is no icon %q", name, m[1])
			}
		}
	}
	for _, kind := range []string{"person", "contractor", "vendor", "shared", "service", "api_key", "certificate", "workload", "agent", "what"} {
		if icons[kindIcon(kind)] == "" {
			t.Errorf("kind %q has no icon", kind)
		}
	}
}

func TestWords(t *testing.T) {
	for in, want := range map[string]string{"Marit Solheim": "MS", "svc-hist-sync": "S", "": "?", "Åsa af  Öst": "ÅÖ", "\"(x)": "?"} {
		if got := initials(in); got != want {
			t.Errorf("initials(%q) = %q, want %q", in, got, want)
		}
	}
	for in, want := range map[int]string{0: "0", 999: "999", 1284: "1,284", 1000000: "1,000,000", -4018: "-4,018"} {
		if got := Thousands(in); got != want {
			t.Errorf("Thousands(%d) = %q, want %q", in, got, want)
		}
	}
	for in, want := range map[Place]string{{}: "L?", {Domain: "external"}: "EXT", {Level: "3.5", Domain: "dmz"}: "L3.5", {Domain: "ot"}: "OT", {Level: "2"}: "L2"} {
		if got := in.plate(); got != want {
			t.Errorf("%+v has the plate %q, want %q", in, got, want)
		}
	}
}
