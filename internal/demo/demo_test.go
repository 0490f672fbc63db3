package demo

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

var testNow = time.Date(2026, 11, 12, 6, 10, 0, 0, time.UTC)

// row is a CSV row by column, with the source and file it came from.
type row map[string]string

// inventory is what an importer would know after all bundles, by file.
type inventory map[string][]row

// references says which columns refer to which file, file by file.
var references = map[string]map[string]string{
	"zones.csv":        {"site": "sites.csv"},
	"conduits.csv":     {"from_zone": "zones.csv", "to_zone": "zones.csv"},
	"assets.csv":       {"zone": "zones.csv", "owner": "identities.csv"},
	"identities.csv":   {"manager": "identities.csv", "owner": "identities.csv"},
	"entitlements.csv": {"asset": "assets.csv", "owner": "identities.csv"},
	"implies.csv":      {"entitlement": "entitlements.csv", "implied": "entitlements.csv"},
	"grants.csv":       {"identity": "identities.csv", "entitlement": "entitlements.csv", "via": "conduits.csv", "granted_by": "identities.csv"},
	"credentials.csv":  {"identity": "identities.csv", "stored_on": "assets.csv"},
	"holders.csv":      {"identity": "identities.csv", "person": "identities.csv"},
	"sessions.csv":     {"identity": "identities.csv", "asset": "assets.csv", "person": "identities.csv"},
}

// full turns a reference of a row into source:id; empty stays empty.
func (r row) full(column string) string {
	v := r[column]
	if v == "" || strings.Contains(v, ":") {
		return v
	}
	return r["source"] + ":" + v
}

func read(t *testing.T, bundles []Bundle) inventory {
	t.Helper()
	inv := inventory{}
	for _, b := range bundles {
		for name, data := range b.Full().Files {
			rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
			if err != nil {
				t.Fatalf("%s/%s: %v", b.Source, name, err)
			}
			for _, cells := range rows[1:] {
				r := row{"source": b.Source}
				for i, column := range rows[0] {
					r[column] = cells[i]
				}
				inv[name] = append(inv[name], r)
			}
		}
	}
	return inv
}

// index is a file's rows by source:id.
func (inv inventory) index(file string) map[string]row {
	out := map[string]row{}
	for _, r := range inv[file] {
		out[r["source"]+":"+r["id"]] = r
	}
	return out
}

func seeds(t *testing.T, check func(t *testing.T, inv inventory)) {
	for _, seed := range []uint64{1, 7, 2026} {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) { check(t, read(t, Bundles(seed, testNow))) })
	}
}

func TestSameSeedSameBytes(t *testing.T) {
	a, b, other := Bundles(1, testNow), Bundles(1, testNow), Bundles(2, testNow)
	for i := range a {
		x, errX := Zip(a[i].Full())
		y, errY := Zip(b[i].Full())
		z, errZ := Zip(other[i].Full())
		if errX != nil || errY != nil || errZ != nil {
			t.Fatal(errX, errY, errZ)
		}
		if !bytes.Equal(x, y) {
			t.Errorf("%s: the same seed gave other bytes", a[i].Source)
		}
		if bytes.Equal(x, z) {
			t.Errorf("%s: another seed gave the same bytes", a[i].Source)
		}
	}
}

func TestReferencesResolve(t *testing.T) {
	seeds(t, func(t *testing.T, inv inventory) {
		order := []string{Corporate, PlantA, PlantB}
		known := map[string]map[string]row{}
		for file := range inv {
			known[file] = inv.index(file)
		}
		for file, columns := range references {
			for _, r := range inv[file] {
				for column, target := range columns {
					ref := r.full(column)
					if ref == "" {
						continue
					}
					if known[target][ref] == nil {
						t.Errorf("%s %s: %s %q is unknown", r["source"], file, column, ref)
					}
					source, _, _ := strings.Cut(ref, ":")
					if slices.Index(order, source) > slices.Index(order, r["source"]) {
						t.Errorf("%s %s: %s %q comes in later", r["source"], file, column, ref)
					}
				}
			}
		}
	})
}

func TestIdsAreUnique(t *testing.T) {
	seeds(t, func(t *testing.T, inv inventory) {
		for file, rows := range inv {
			seen := map[string]bool{}
			for _, r := range rows {
				key := r["source"] + ":" + r["id"]
				if _, has := r["id"]; !has {
					key = r.full("identity") + " " + r.full("entitlement") + " " + r.full("person") + " " + r.full("implied")
				}
				if seen[key] || strings.Count(r["id"], ":") > 0 {
					t.Errorf("%s: %s twice, or with a colon", file, key)
				}
				seen[key] = true
			}
		}
		emails, names := map[string]bool{}, map[string]bool{}
		twice := 0
		for _, r := range inv["identities.csv"] {
			e := r["email"]
			if r["source"] != Corporate && r["kind"] == "person" && names[r["name"]] {
				if twice++; e != "" && !emails[e] {
					t.Errorf("%s has another e-mail at the plant", r["name"])
				}
				continue
			}
			if e != "" && (emails[e] || e != strings.ToLower(e) || !strings.HasSuffix(e, ".example") || strings.ContainsFunc(e, func(c rune) bool { return c > 126 || c == ' ' })) {
				t.Errorf("bad or repeated e-mail %q", e)
			}
			if names[r["name"]] {
				t.Errorf("name %q twice", r["name"])
			}
			emails[e], names[r["name"]] = true, true
		}
		inRange(t, "people known to two sources", twice, 5, 7)
	})
}

var words = map[string]map[string][]string{
	"zones.csv":        {"domain": {"it", "dmz", "ot", "external"}, "level": {"0", "1", "2", "3", "3.5", "4", "5"}},
	"conduits.csv":     {"kind": {"direct", "vpn", "jump_host", "remote_gateway", "data_diode"}},
	"identities.csv":   {"kind": {"person", "contractor", "vendor", "shared", "service", "api_key", "certificate", "workload", "agent"}, "domain": {"it", "dmz", "ot", "external"}, "status": {"active", "leave", "disabled", "left"}},
	"entitlements.csv": {"privilege": {"view", "operate", "engineer", "admin"}},
	"assets.csv":       {"criticality": {"1", "2", "3", "4", "5"}, "mfa": {"native", "via_proxy", "partial", "no", "unknown"}},
}

func TestWordsAndDates(t *testing.T) {
	seeds(t, func(t *testing.T, inv inventory) {
		for file, columns := range words {
			for column, allowed := range columns {
				used := map[string]bool{}
				for _, r := range inv[file] {
					used[r[column]] = true
					if !slices.Contains(allowed, r[column]) {
						t.Errorf("%s: %s %q", file, column, r[column])
					}
				}
				if len(used) != len(allowed) {
					t.Errorf("%s: %s uses only %v", file, column, used)
				}
			}
		}
		for file, rows := range inv {
			for _, r := range rows {
				for column, v := range r {
					checkTime(t, file, column, v)
				}
				checkOrder(t, r, "granted_at", "last_used_at")
				checkOrder(t, r, "granted_at", "expires_at")
				checkOrder(t, r, "issued_at", "rotated_at")
				checkOrder(t, r, "started_at", "ended_at")
				checkOrder(t, r, "window_from", "window_to")
				checkOrder(t, r, "since", "until")
			}
		}
	})
}

func when(v string) (time.Time, error) {
	if len(v) == len(time.DateOnly) {
		return time.Parse(time.DateOnly, v)
	}
	return time.Parse(time.RFC3339, v)
}

func checkTime(t *testing.T, file, column, v string) {
	t.Helper()
	isTime := strings.HasSuffix(column, "_at") || strings.HasSuffix(column, "_on") && column != "stored_on" ||
		slices.Contains([]string{"since", "until", "contract_end", "window_from", "window_to"}, column)
	if !isTime || v == "" {
		return
	}
	at, err := when(v)
	if err != nil {
		t.Errorf("%s: %s: %v", file, column, err)
	}
	past := []string{"granted_at", "last_used_at", "last_seen_at", "issued_at", "rotated_at", "started_at", "ended_at", "installed_on", "since"}
	if slices.Contains(past, column) && at.After(testNow) {
		t.Errorf("%s: %s %s is in the future", file, column, v)
	}
}

func checkOrder(t *testing.T, r row, first, second string) {
	t.Helper()
	if r[first] == "" || r[second] == "" {
		return
	}
	a, _ := when(r[first])
	b, _ := when(r[second])
	if b.Before(a) {
		t.Errorf("%s %s: %s before %s: %v", r["source"], r["id"], second, first, r)
	}
}
