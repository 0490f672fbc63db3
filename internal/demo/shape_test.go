package demo

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func inRange(t *testing.T, what string, got, lo, hi int) {
	t.Helper()
	t.Logf("%s: %d", what, got)
	if got < lo || got > hi {
		t.Errorf("%s: %d, want %d to %d", what, got, lo, hi)
	}
}

func count(rows []row, fit func(row) bool) int {
	n := 0
	for _, r := range rows {
		if fit(r) {
			n++
		}
	}
	return n
}

func TestCounts(t *testing.T) {
	seeds(t, func(t *testing.T, inv inventory) {
		ids := inv["identities.csv"]
		kind := func(k string) int { return count(ids, func(r row) bool { return r["kind"] == k }) }
		inRange(t, "identities", len(ids), 380, 420)
		inRange(t, "persons", kind("person"), 260, 270)
		inRange(t, "contractors", kind("contractor"), 23, 27)
		inRange(t, "vendors", kind("vendor"), 18, 22)
		inRange(t, "shared", kind("shared"), 23, 27)
		inRange(t, "services", kind("service"), 33, 37)
		inRange(t, "api keys", kind("api_key"), 11, 13)
		inRange(t, "certificates", kind("certificate"), 9, 11)
		inRange(t, "workloads", kind("workload"), 7, 9)
		inRange(t, "agents", kind("agent"), 4, 6)
		inRange(t, "assets", len(inv["assets.csv"]), 120, 120)
		inRange(t, "safety-related assets", count(inv["assets.csv"], func(r row) bool { return r["safety_related"] == "true" }), 5, 8)
		inRange(t, "sites", len(inv["sites.csv"]), 3, 3)
		inRange(t, "zones", len(inv["zones.csv"]), 20, 50)
		inRange(t, "conduits", len(inv["conduits.csv"]), 60, 130)
		inRange(t, "entitlements", len(inv["entitlements.csv"]), 300, 480)
		inRange(t, "implies", len(inv["implies.csv"]), 30, 90)
		inRange(t, "grants", len(inv["grants.csv"]), 2800, 3200)
		inRange(t, "credentials", len(inv["credentials.csv"]), 110, 220)
		inRange(t, "holders", len(inv["holders.csv"]), 100, 300)
		inRange(t, "sessions", len(inv["sessions.csv"]), 60, 300)
	})
}

// access is a grant joined to what it refers to.
type access struct{ grant, identity, entitlement, asset, zone row }

func (inv inventory) accesses() []access {
	ids, ents, assets, zones := inv.index("identities.csv"), inv.index("entitlements.csv"), inv.index("assets.csv"), inv.index("zones.csv")
	var out []access
	for _, g := range inv["grants.csv"] {
		a := access{grant: g, identity: ids[g.full("identity")], entitlement: ents[g.full("entitlement")]}
		a.asset = assets[a.entitlement.full("asset")]
		a.zone = zones[a.asset.full("zone")]
		out = append(out, a)
	}
	return out
}

func (a access) crosses() bool {
	home, to := a.identity["domain"], a.zone["domain"]
	switch home {
	case "it", "external":
		return to == "ot" || to == "dmz"
	case "ot":
		return to == "it" || to == "dmz" || to == "external"
	}
	return false
}

func (a access) strong() bool {
	return a.entitlement["privilege"] == "engineer" || a.entitlement["privilege"] == "admin"
}

func (a access) high() bool {
	standing := a.identity["kind"] == "vendor" && a.grant["expires_at"] == ""
	return a.crosses() && a.strong() || a.asset["safety_related"] == "true" || standing
}

func (a access) afterHistorian() bool {
	return a.crosses() && (a.zone["domain"] == "ot" || a.zone["domain"] == "dmz")
}

func (a access) privilegedB() bool { return a.grant["source"] == PlantB && a.strong() }

func TestRisk(t *testing.T) {
	seeds(t, func(t *testing.T, inv inventory) {
		all := inv.accesses()
		share := func(what string, lo, hi int, fit func(access) bool) {
			t.Helper()
			n := 0
			for _, a := range all {
				if fit(a) {
					n++
				}
			}
			inRange(t, what, n*1000/len(all), lo, hi)
		}
		share("high risk per mille", 80, 105, access.high)
		share("crossing and strong per mille", 50, 90, func(a access) bool { return a.crosses() && a.strong() })
		share("never used per mille", 8, 40, func(a access) bool { return a.grant["last_used_at"] == "" })
		share("dormant per mille", 25, 80, func(a access) bool {
			used, err := when(a.grant["last_used_at"])
			return err == nil && testNow.Sub(used).Hours() > 90*24
		})
		share("of people gone per mille", 20, 80, func(a access) bool { return a.identity["status"] == "left" || a.identity["status"] == "disabled" })
		share("without ticket per mille", 8, 35, func(a access) bool { return a.grant["ticket"] == "" })
		share("without granter per mille", 100, 250, func(a access) bool { return a.grant["granted_by"] == "" })
		share("expiring within a month per mille", 10, 60, func(a access) bool {
			end, err := when(a.grant["expires_at"])
			return err == nil && end.After(testNow) && end.Before(testNow.AddDate(0, 0, 30))
		})
		share("by the project's way per mille", 2, 30, func(a access) bool { return a.grant["via"] == "nor-hub-to-ops" })
	})
}

func TestOrganisation(t *testing.T) {
	seeds(t, func(t *testing.T, inv inventory) {
		ids := inv.index("identities.csv")
		managers, tops := map[string]int{}, 0
		for key, r := range ids {
			if r["kind"] != "person" {
				continue
			}
			if r["manager"] == "" {
				tops++
			} else {
				managers[r.full("manager")]++
			}
			steps := 0
			for at := key; at != ""; at = ids[at].full("manager") {
				if steps++; steps > 10 {
					t.Fatalf("%s is in a loop of managers", key)
				}
			}
			if boss := ids[r.full("manager")]; boss != nil && (boss["status"] != "active" || boss["kind"] != "person") {
				t.Errorf("manager of %s is not a live person", key)
			}
		}
		inRange(t, "people without a manager", tops, 1, 1)
		inRange(t, "managers", len(managers), 22, 32)
		for _, s := range SignIns(1) {
			key := ""
			for k, r := range ids {
				if r["email"] == s.Email && r["source"] == Corporate && r["status"] == "active" && r["name"] == s.Name {
					key = k
				}
			}
			if key == "" {
				t.Errorf("%s is not in the corporate bundle", s.Email)
			}
			if s.Title == "Production manager, Norrvik" {
				inRange(t, "reports of "+s.Name, managers[key], 13, 15)
			}
		}
	})
}

func TestOwners(t *testing.T) {
	seeds(t, func(t *testing.T, inv inventory) {
		ids := inv.index("identities.csv")
		none, gone, over := 0, 0, 0
		for _, r := range inv["identities.csv"] {
			if r["kind"] == "person" {
				continue
			}
			owner := ids[r.full("owner")]
			switch {
			case owner == nil:
				none++
			case owner["kind"] != "person" || owner["id"] == r["id"]:
				t.Errorf("%s is owned by no person", r["id"])
			case owner["status"] == "left":
				gone++
			}
			if end, err := when(r["contract_end"]); err == nil && end.Before(testNow) && r["status"] == "active" {
				over++
			}
		}
		inRange(t, "identities without owner", none, 3, 8)
		inRange(t, "identities whose owner left", gone, 3, 6)
		inRange(t, "contracts over", over, 3, 6)
	})
}

func TestGroupsHaveOneCircle(t *testing.T) {
	inv := read(t, Bundles(1, testNow))
	below := map[string][]string{}
	for _, r := range inv["implies.csv"] {
		below[r.full("entitlement")] = append(below[r.full("entitlement")], r.full("implied"))
	}
	var inCircle []string
	for start := range below {
		seen, todo := map[string]bool{}, slices.Clone(below[start])
		for len(todo) > 0 {
			at := todo[0]
			todo = todo[1:]
			if !seen[at] {
				seen[at] = true
				todo = append(todo, below[at]...)
			}
		}
		if seen[start] {
			inCircle = append(inCircle, start)
		}
	}
	inRange(t, "groups in a circle", len(inCircle), 3, 3)
}

// piles gives every item of a scope to its reviewer.
func (inv inventory) piles(scope func(access) bool, order []string) map[string]int {
	ids := inv.index("identities.csv")
	out := map[string]int{}
	for _, a := range inv.accesses() {
		if end, err := when(a.grant["expires_at"]); !scope(a) || err == nil && end.Before(testNow) {
			continue
		}
		reviewer := "fallback"
		for _, kind := range order {
			who := map[string]string{"manager": a.identity.full("manager"), "owner": a.identity.full("owner"), "asset_owner": a.asset.full("owner")}[kind]
			if who == "" || who == a.grant.full("identity") || who == a.grant.full("granted_by") || ids[who]["status"] != "active" {
				continue
			}
			reviewer = ids[who]["email"]
			break
		}
		out[reviewer]++
	}
	return out
}

func TestCampaignPiles(t *testing.T) {
	campaigns := Campaigns(testNow)
	if len(campaigns) != 3 || !campaigns[0].Closed || !strings.Contains(campaigns[2].YAML, `asset.domain in ["ot", "dmz"]`) {
		t.Fatal("the test does not know these campaigns")
	}
	seeds(t, func(t *testing.T, inv inventory) {
		first := inv.piles(access.afterHistorian, []string{"asset_owner", "owner", "manager"})
		second := inv.piles(access.privilegedB, []string{"asset_owner", "manager", "owner"})
		t.Log(first)
		t.Log(second)
		inRange(t, "items after the historian project", total(first), 400, 700)
		inRange(t, "privileged items in plant B", total(second), 100, 300)
		inRange(t, "first: fallback", first["fallback"], 0, 20)
		inRange(t, "second: fallback", second["fallback"], 0, 20)
		var members []Person
		for _, s := range SignIns(1) {
			if s.Role == "member" {
				members = append(members, s)
			}
		}
		inRange(t, "pile of "+members[0].Name, first[members[0].Email], 40, 150)
		inRange(t, "first pile of "+members[1].Name, first[members[1].Email], 15, 150)
		inRange(t, "second pile of "+members[1].Name, second[members[1].Email], 40, 150)
	})
}

func total(piles map[string]int) int {
	n := 0
	for _, v := range piles {
		n += v
	}
	return n
}

func TestSignIns(t *testing.T) {
	roles := map[string]int{}
	for _, s := range SignIns(1) {
		roles[s.Role]++
	}
	for role, n := range map[string]int{"governance": 1, "admin": 1, "auditor": 1, "risk_officer": 1, "plant_engineer": 1, "member": 2} {
		if roles[role] != n {
			t.Errorf("%d sign-ins with role %s, want %d", roles[role], role, n)
		}
	}
	if len(Password) < 16 {
		t.Error("the password is short")
	}
}

func TestWriteDir(t *testing.T) {
	b := Bundles(1, testNow)[1]
	dir := filepath.Join(t.TempDir(), "plant-a")
	if err := WriteDir(b, dir); err != nil {
		t.Fatal(err)
	}
	for name, want := range b.Files {
		got, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || string(got) != string(want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
