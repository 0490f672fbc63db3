package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"interlock/internal/apptest"
)

// smallPlant is an installation with two people's access, and a folder to write in.
func smallPlant(t *testing.T) (dir string) {
	t.Helper()
	nothingSet(t)
	db, _ := apptest.DB(t)
	dir = t.TempDir()
	t.Setenv("INTERLOCK_DATA", filepath.Join(dir, "data"))
	t.Setenv("INTERLOCK_DATABASE_URL", db.Pool().Config().ConnString())
	for name, text := range map[string]string{
		"bundle/identities.csv":   "id,name,kind,email,manager\nmia,Mia Manager,person,mia@x.example,\nmax,Max Manager,person,max@x.example,\nann,Ann Ask,person,ann@x.example,mia\nbob,Bob Build,person,bob@x.example,max\n",
		"bundle/entitlements.csv": "id,name,privilege\nhmi,Operate the HMI,operate\n",
		"bundle/grants.csv":       "identity,entitlement\nann,hmi\nbob,hmi\n",
		"review.yaml":             "name: hmi\ntitle: Who operates the HMI\nscope: \"true\"\nstages:\n  - reviewers: [manager]\n    days: 14\nfallback: [mia@x.example, max@x.example]\n",
	} {
		put(t, filepath.Join(dir, name), text)
	}
	does(t, "import", filepath.Join(dir, "bundle"), "--source", "corp")
	return dir
}

func put(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// does runs a command that must succeed and returns what it printed.
func does(t *testing.T, args ...string) string {
	t.Helper()
	var out, errOut bytes.Buffer
	if exit := run(args, &out, &errOut); exit != done {
		t.Fatalf("interlock %v: exit %d, %s%s", args, exit, out.String(), errOut.String())
	}
	return out.String()
}

// facts runs a command with --json and reads what it prints.
func facts(t *testing.T, args ...string) map[string]any {
	t.Helper()
	var v map[string]any
	out := does(t, append(args, "--json")...)
	if err := json.Unmarshal([]byte(out), &v); err != nil {
		t.Fatalf("interlock %v: %v: %s", args, err, out)
	}
	return v
}

// The command line is told of each answer why it cannot be taken.
func TestDecideSaysWhose(t *testing.T) {
	dir := smallPlant(t)
	yaml := filepath.Join(dir, "review.yaml")
	does(t, "campaign", "launch", yaml)
	text, err := os.ReadFile(yaml)
	if err != nil {
		t.Fatal(err)
	}
	other := put(t, filepath.Join(dir, "other.yaml"), strings.Replace(string(text), "name: hmi", "name: other", 1))
	does(t, "campaign", "launch", other)
	items := strings.Split(does(t, "campaign", "items", "1", "--csv"), "\n")
	var mine, theirs string
	for _, row := range items[1:3] {
		id, _, _ := strings.Cut(row, ",")
		if strings.Contains(row, "mia@x.example") {
			mine = id
		} else {
			theirs = id
		}
	}
	elsewhere, _, _ := strings.Cut(strings.Split(does(t, "campaign", "items", "2", "--csv"), "\n")[1], ",")
	answers := put(t, filepath.Join(dir, "answers.csv"), "item,decision,note\n"+mine+",certify,ok\n"+theirs+",certify,ok\n"+elsewhere+",certify,ok\n9999,certify,ok\n")
	decide := func(campaign, who string) string {
		got, exit := said(t, "campaign", "decide", campaign, "--reviewer", who, "--file", answers)
		if exit != refused {
			t.Errorf("exit %d", exit)
		}
		return got
	}
	want := "interlock: 3 answers cannot be taken for mia@x.example in campaign 1, so none was: see below.\n" +
		"  item " + theirs + ": it is max@x.example's to review\n  item " + elsewhere + ": it belongs to campaign 2\n  item 9999: there is none of that number\n"
	if got := decide("1", "mia@x.example"); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	if got := decide("1", "nobody@x.example"); got != "interlock: nobody@x.example reviews nothing in campaign 1: check the e-mail against the campaign's items.\n" {
		t.Error(got)
	}
	if got := decide("7", "mia@x.example"); got != "interlock: There is no campaign 7.\n" {
		t.Error(got)
	}
	refusal(t, "nobody@x.example reviews nothing in campaign 1", "campaign", "sign", "1", "--reviewer", "nobody@x.example")
	refusal(t, "1 item has no answer yet: answer it first.", "campaign", "sign", "1", "--reviewer", "mia@x.example")
	if st := facts(t, "campaign", "status", "1"); st["decided"] != 0.0 {
		t.Errorf("something was taken: %v", st)
	}
	put(t, answers, "item,decision,note\n"+mine+",certify,ok\n")
	if out := does(t, "campaign", "decide", "1", "--reviewer", "MIA@x.example", "--file", answers); out != "1 answer recorded for MIA@x.example.\n" {
		t.Error(out)
	}
	if got := facts(t, "campaign", "sign", "1", "--reviewer", "mia@x.example"); got["signed"] != true {
		t.Error(got)
	}
}

// Every command that tells facts tells them as JSON too.
func TestFactsAsJSON(t *testing.T) {
	dir := smallPlant(t)
	launched := facts(t, "campaign", "launch", filepath.Join(dir, "review.yaml"))
	if launched["items"] != 2.0 {
		t.Error(launched)
	}
	line, _, _ := strings.Cut(does(t, "campaign", "items", "1", "--json"), "\n")
	var item map[string]any
	if err := json.Unmarshal([]byte(line), &item); err != nil || item["item"] == 0.0 || item["entitlement"] == "" {
		t.Errorf("%s: %v", line, err)
	}
	for _, c := range []struct{ key, line string }{
		{"items", "campaign preview " + filepath.Join(dir, "review.yaml")},
		{"state", "campaign status 1"},
		{"outcomes", "campaign close 1"},
		{"file", "evidence export 1 -o " + filepath.Join(dir, "pack.zip")},
		{"valid", "evidence verify " + filepath.Join(dir, "pack.zip")},
		{"ok", "audit verify"},
		{"link", "user add zoe@x.example --role member"},
		{"state", "user disable zoe@x.example"},
		{"state", "user enable zoe@x.example"},
		{"state", "user revoke zoe@x.example --role member"},
		{"version", "version"},
	} {
		if got := facts(t, strings.Fields(c.line)...); got[c.key] == nil {
			t.Errorf("interlock %s --json: %v has no %s", c.line, got, c.key)
		}
	}
}

// What is launched twice, or names somebody nobody knows, is told before it is done.
func TestLaunchIsToldBefore(t *testing.T) {
	dir := smallPlant(t)
	yaml := filepath.Join(dir, "review.yaml")
	text, err := os.ReadFile(yaml)
	if err != nil {
		t.Fatal(err)
	}
	put(t, yaml, strings.Replace(string(text), "[mia@", "[mai@", 1))
	const slip = "mai@x.example, the fallback, is not in the inventory and has no account: check the spelling."
	pv := facts(t, "campaign", "preview", yaml)
	if w, ok := pv["warnings"].([]any); !ok || len(w) != 1 || w[0] != slip || pv["running"] != nil {
		t.Error(pv)
	}
	if got, exit := said(t, "campaign", "preview", yaml); exit != done || got != "note: "+slip+"\n" {
		t.Error(exit, got)
	}
	if got, exit := said(t, "campaign", "launch", yaml); exit != done || got != "note: "+slip+"\n" {
		t.Error(exit, got)
	}
	refusal(t, `Campaign 1 of the same definition, "Who operates the HMI", is active: close or cancel it first, or launch this one beside it (--again) if that is meant.`, "campaign", "launch", yaml)
	if got, _ := said(t, "campaign", "preview", yaml); !strings.Contains(got, "is active: a launch beside it needs --again.\n") {
		t.Error(got)
	}
	again := facts(t, "campaign", "launch", yaml, "--again")
	if w, ok := again["warnings"].([]any); !ok || len(w) != 1 {
		t.Error(again)
	}
	does(t, "campaign", "close", "1")
	does(t, "campaign", "close", fmt.Sprint(again["campaign"]))
	put(t, yaml, string(text))
	if made := facts(t, "campaign", "launch", yaml); len(made["warnings"].([]any)) != 0 {
		t.Error(made)
	}
}
