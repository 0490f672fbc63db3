package e2e

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// realInventory is an inventory that really exists: who may do what in an open-source
// organisation.
func realInventory(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../../../shared/data/real/kubernetes-org")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the real inventory is not here")
	}
	return dir
}

const lead = "governance@example.com"

const wholeReview = `name: whole
title: Everything in the organisation
scope: "true"
stages:
  - reviewers: [owner, manager, asset_owner]
    days: 14
fallback: [governance@example.com, reserve@example.com]
silence: {it: revoke, ot: escalate, safety: escalate}
`

func (p *program) write(name, text string) string {
	p.Helper()
	path := filepath.Join(p.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		p.Fatal(err)
	}
	return path
}

// facts runs a command with --json and reads what it prints.
func (p *program) facts(args ...string) map[string]any {
	p.Helper()
	var v map[string]any
	out := p.done(append(args, "--json")...)
	if err := json.Unmarshal([]byte(out), &v); err != nil {
		p.Fatalf("%v: %s", err, out)
	}
	return v
}

func (p *program) same(what string, got, want any) {
	p.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		p.Errorf("%s: %v, want %v", what, got, want)
	}
}

// Everything by commands, on a real inventory: from the import to a verified
// pack, and back from a backup.
func TestCommands(t *testing.T) {
	t.Parallel()
	bundle := realInventory(t)
	p := install(t)
	s := p.serve() // keeps PostgreSQL running, as in an installation

	got := p.facts("import", bundle, "--source", "kubernetes")
	p.same("identities added", got["identities"].(map[string]any)["added"], 1509)
	grants := got["grants"].(map[string]any)["added"]
	p.same("grants added", grants, 6281)
	again := p.facts("import", bundle, "--source", "kubernetes")
	for _, kind := range []string{"identities", "assets", "entitlements", "implies", "grants"} {
		p.same(kind+" of the same bundle again", again[kind], "map[added:0 changed:0 ended:0]")
	}
	definition := p.write("whole.yaml", wholeReview)
	preview := p.facts("campaign", "preview", definition)
	p.same("items in the preview", preview["items"], grants)
	launched := p.facts("campaign", "launch", definition)
	p.same("items", launched["items"], preview["items"])
	p.same("items to the fallback", launched["fallback_items"], preview["fallback_items"])
	p.same("state", launched["state"], "active")

	n := p.decideAll("1")
	p.same("answers", n, launched["items"])
	p.refused("signed off", "campaign", "decide", "1", "--reviewer", lead, "--file", p.write("late.csv", "item,decision,note\n1,revoke,too late\n"))
	closing := p.facts("campaign", "close", "1")
	p.same("outcomes", closing["state"], "remediating")
	status := p.done("campaign", "status", "1", "--json")
	pack := filepath.Join(p.dir, "pack.zip")
	p.done("evidence", "export", "1", "-o", pack)
	p.verifies(pack)
	if out := p.done("audit", "verify"); !strings.Contains(out, "The audit log is whole") {
		t.Error(out)
	}
	p.restored(status)

	s.kill()
	s = p.serve()
	p.same("after kill -9", p.done("campaign", "status", "1", "--json"), status)
	s.stop()
	p.same("with no server", p.done("campaign", "status", "1", "--json"), status)
}

// decideAll answers every item of a campaign for its reviewers, riskiest first,
// and signs them off.
func (p *program) decideAll(id string) int {
	p.Helper()
	rows, err := csv.NewReader(strings.NewReader(p.done("campaign", "items", id, "--csv"))).ReadAll()
	if err != nil {
		p.Fatal(err)
	}
	files := map[string]string{}
	for i, r := range rows[1:] {
		if files[r[4]] == "" {
			files[r[4]] = "item,decision,note\n"
		}
		answer := "certify"
		if i%40 == 0 {
			answer = "revoke"
		}
		files[r[4]] += r[0] + "," + answer + ",Seen in the list of members\n"
	}
	for reviewer, file := range files {
		p.done("campaign", "decide", id, "--reviewer", reviewer, "--file", p.write("answers.csv", file))
		p.done("campaign", "sign", id, "--reviewer", reviewer)
	}
	return len(rows) - 1
}

// verifies wants a pack that is valid, on a machine that knows nothing else, and
// not valid once any one byte is another.
func (p *program) verifies(pack string) {
	p.Helper()
	elsewhere := install(p.T)
	if out := elsewhere.done("evidence", "verify", pack); !strings.HasPrefix(out, "valid: ") || !strings.Contains(out, "campaign 1") {
		p.Error(out)
	}
	body, err := os.ReadFile(pack)
	if err != nil {
		p.Fatal(err)
	}
	for _, at := range []int{len(body) / 3, len(body) / 2, len(body) - 40} {
		bad := append([]byte{}, body...)
		bad[at] ^= 1
		r := elsewhere.run("evidence", "verify", p.write("bad.zip", string(bad)))
		first, rest, _ := strings.Cut(r.err, "\n")
		if r.code != 1 || !strings.HasSuffix(first, "bad.zip is not valid.") || strings.TrimSpace(rest) == "" {
			p.Errorf("byte %d flipped: exit %d\n%s%s", at, r.code, r.out, r.err)
		}
	}
}

// restored backs up and restores elsewhere; all is as before there.
func (p *program) restored(status string) {
	p.Helper()
	backup := filepath.Join(p.dir, "backup.dump")
	p.done("backup", backup)
	other := install(p.T)
	other.done("restore", backup)
	p.same("status after restore", other.done("campaign", "status", "1", "--json"), status)
	other.refused("There is data already", "restore", backup)
	other.refused("not a backup", "restore", p.write("no.dump", "this is no backup"), "--yes")
	p.same("status after a refused restore", other.done("campaign", "status", "1", "--json"), status)
}

// What cannot be done is refused in a sentence; what is no command is usage.
func TestRefusals(t *testing.T) {
	t.Parallel()
	p := install(t)
	p.serve()
	yaml := func(name, from, to string) string { return p.write(name, strings.Replace(wholeReview, from, to, 1)) }
	empty := filepath.Join(p.dir, "empty")
	if err := os.Mkdir(empty, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		words string
		args  []string
	}{
		{"no folder or zip", []string{"import", filepath.Join(p.dir, "nowhere"), "--source", "x"}},
		{"none of the files", []string{"import", empty, "--source", "x"}},
		{"zip", []string{"import", p.write("no.zip", "no zip"), "--source", "x"}},
		{"does not exist", []string{"campaign", "preview", filepath.Join(p.dir, "nowhere.yaml")}},
		{"fallback", []string{"campaign", "launch", yaml("f.yaml", "fallback: [governance@example.com, reserve@example.com]\n", "")}},
		{"levle", []string{"campaign", "preview", yaml("s.yaml", `"true"`, "asset.levle < 2.0")}},
		{"no campaign 7", []string{"campaign", "status", "7"}},
		{"no campaign 7", []string{"campaign", "items", "7", "--csv"}},
		{"no campaign 7", []string{"campaign", "close", "7"}},
		{"no campaign 7", []string{"campaign", "sign", "7", "--reviewer", lead}},
		{"no campaign 7", []string{"evidence", "export", "7", "-o", filepath.Join(p.dir, "x.zip")}},
		{"none was", []string{"campaign", "decide", "7", "--reviewer", lead, "--file", p.write("a.csv", "item,decision,note\nx,certify,\n")}},
		{"no column", []string{"campaign", "decide", "7", "--reviewer", lead, "--file", p.write("b.csv", "a,b\n")}},
		{"does not exist", []string{"evidence", "verify", filepath.Join(p.dir, "nowhere.zip")}},
		{"not", []string{"evidence", "verify", p.write("no-pack.zip", "PK")}},
		{"role", []string{"user", "add", "x@example.com", "--role", "king"}},
		{"site", []string{"user", "add", "x@example.com", "--role", "member", "--site", "moon"}},
		{"does not exist", []string{"restore", filepath.Join(p.dir, "nowhere.dump")}},
		{"cannot be listened on", []string{"serve", "--addr", "256.0.0.1:1"}},
	} {
		p.refused(c.words, c.args...)
	}
	if _, err := os.Stat(filepath.Join(p.dir, "x.zip")); err == nil {
		t.Error("a refused export left a file")
	}
	for _, args := range [][]string{{"no-such-command"}, {"import"}, {"campaign", "status", "one"}, {"serve", "--addr"}, {"campaign", "items", "1", "--xml"}} {
		if r := p.run(args...); r.code != 2 || r.err == "" {
			t.Errorf("interlock %v: exit %d\n%s%s", args, r.code, r.out, r.err)
		}
	}
	for _, args := range [][]string{{"--help"}, {"import", "--help"}, {"campaign", "launch", "--help"}, {"version"}, {"doctor"}} {
		if r := p.run(args...); r.code != 0 || r.out == "" {
			t.Errorf("interlock %v: exit %d\n%s%s", args, r.code, r.out, r.err)
		}
	}
}
