package review

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"interlock/internal/errs"
)

const whole = `name: q4-plant
title: " Plant access "
scope: grant.crosses_boundary
stages:
  - reviewers: [owner, Manager, " Named@X.example "]
    days: 14
fallback: [Governance@Example.com]
outcome: one_deny_denies
silence: {it: revoke, ot: keep}
reminders: [-7d, +1d]
escalate_after: 2d
carry_forward: 365d
second_look: 5%
fresh_within: 7d
repeat: every 1 calendar_quarter
`

func TestParse(t *testing.T) {
	t.Parallel()
	got, err := Parse(whole)
	if err != nil {
		t.Fatal(err)
	}
	want := Definition{
		Name: "q4-plant", Title: "Plant access", Scope: "grant.crosses_boundary",
		Stages:   []Stage{{Reviewers: []string{"owner", "manager", "named@x.example"}, Days: 14}},
		Fallback: []string{"governance@example.com"}, Outcome: "one_deny_denies",
		Silence: Silence{IT: "revoke", OT: "keep", Safety: "escalate"}, Reminders: []string{"-7d", "+1d"},
		EscalateAfter: "2d", CarryForward: "365d", SecondLook: "5%", FreshWithin: "7d", Repeat: "every 1 calendar_quarter",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Fatal(d)
	}
	if got.Fresh() != 7*24*time.Hour {
		t.Fatal(got.Fresh())
	}
	if d := cmp.Diff([]string{"reminders", "escalate_after", "carry_forward", "second_look", "repeat"}, got.NotInForce()); d != "" {
		t.Fatal(d)
	}
	again, err := Parse(got.Text())
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(got, again); d != "" {
		t.Fatal(d)
	}
}

func TestParseDefaults(t *testing.T) {
	t.Parallel()
	d, err := Parse("name: a\nscope: \"true\"\nstages: [{reviewers: [manager], days: 1}]\nfallback: [a@b.example]\n")
	if err != nil {
		t.Fatal(err)
	}
	if d.Title != "a" || d.Outcome != "all_must_accept" || d.Silence != (Silence{"escalate", "escalate", "escalate"}) || len(d.NotInForce()) != 0 || d.Fresh() != 0 {
		t.Fatalf("%+v", d)
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	replace := func(old, by string) string {
		if !strings.Contains(whole, old) {
			t.Fatalf("%q is not in the definition", old)
		}
		return strings.Replace(whole, old, by, 1)
	}
	known := "manager, owner, asset_owner, entitlement_owner"
	for name, c := range map[string]struct{ text, field, want string }{
		"empty":           {"", "", "The definition is empty: it needs name, title, scope, stages and fallback."},
		"only a comment":  {"# later\n", "", "The definition is empty: it needs name, title, scope, stages and fallback."},
		"unknown field":   {replace("outcome:", "outcom:"), "", `Line 8 of the definition: "outcom" is not known here, only name, title, scope, stages, fallback, outcome, silence, reminders, escalate_after, carry_forward, second_look, fresh_within, repeat.`},
		"wrong type":      {replace("days: 14", "days: soon"), "", `Line 6 of the definition: days is "soon", which is not a whole number.`},
		"not yaml":        {"name: [", "", "The definition cannot be read at line 1: a bracket is not closed."},
		"field twice":     {whole + "name: b\n", "", `Line 16 of the definition: name is there already, in line 1: keep one.`},
		"two documents":   {whole + "---\nname: b\n", "", "The definition holds more than one document: keep one campaign per file."},
		"no name":         {replace("name: q4-plant\n", ""), "name", `The definition's name "" is not one: use 1 to 63 small letters, digits and dashes.`},
		"name in capital": {replace("q4-plant", "Q4"), "name", `The definition's name "Q4" is not one: use 1 to 63 small letters, digits and dashes.`},
		"name too long":   {replace("q4-plant", strings.Repeat("a", 64)), "name", `The definition's name "` + strings.Repeat("a", 64) + `" is not one: use 1 to 63 small letters, digits and dashes.`},
		"title too long":  {replace(" Plant access ", strings.Repeat("ä", 201)), "title", "The title is longer than 200 characters: shorten it."},
		"title of lines":  {replace(`" Plant access "`, `"a\nb"`), "title", "The title holds a line break or another character that does not print: leave it out."},
		"title with nul":  {replace(`" Plant access "`, `"a\0b"`), "title", "The title holds a line break or another character that does not print: leave it out."},
		"no scope":        {replace("scope: grant.crosses_boundary\n", ""), "scope", `The definition has no scope: write one, or "true" for everything.`},
		"blank scope":     {replace("scope: grant.crosses_boundary", `scope: "  "`), "scope", `The definition has no scope: write one, or "true" for everything.`},
		"no stages":       {"name: a\nscope: a\nfallback: [a@b]\n", "stages", "The definition has 0 stages; this version runs exactly one."},
		"two stages":      {replace("    days: 14\n", "    days: 14\n  - reviewers: [owner]\n    days: 7\n"), "stages", "The definition has 2 stages; this version runs exactly one."},
		"when":            {replace("days: 14", "days: 14\n    when: asset.level <= 2.0"), "stages", `The only stage has a "when": leave it out, or write the condition into the scope.`},
		"no days":         {replace("days: 14", "days: 0"), "days", "The stage runs 0 days: choose 1 to 92."},
		"days before":     {replace("days: 14", "days: -1"), "days", "The stage runs -1 days: choose 1 to 92."},
		"too many days":   {replace("days: 14", "days: 93"), "days", "The stage runs 93 days: choose 1 to 92."},
		"no reviewers":    {replace(`[owner, Manager, " Named@X.example "]`, "[]"), "reviewers", "The stage names no reviewers: use " + known + " or an e-mail."},
		"unknown reviewer": {replace("Manager", "boss"), "reviewers",
			`The reviewer "boss" is not known: use ` + known + " or an e-mail."},
		"display name": {replace("Manager", "Ann <ann@x.example>"), "reviewers",
			`The reviewer "ann <ann@x.example>" is not known: use ` + known + " or an e-mail."},
		"no fallback":    {replace("fallback: [Governance@Example.com]\n", ""), "fallback", "The definition has no fallback: name at least one e-mail, so that nothing is without a reviewer."},
		"blank fallback": {replace("[Governance@Example.com]", `[""]`), "fallback", `The fallback "" is not an e-mail address.`},
		"fallback rule":  {replace("[Governance@Example.com]", "[manager]"), "fallback", `The fallback "manager" is not an e-mail address.`},
		"outcome": {replace("one_deny_denies", "most"), "outcome",
			`The outcome "most" is not known. Known: one_accept_accepts, all_must_accept, one_deny_denies, accepted_if_not_denied.`},
		"silence":        {replace("ot: keep", "ot: ignore"), "silence", `Silence "ignore" is not known. Known: revoke, keep, escalate.`},
		"silence of":     {replace("ot: keep", "dmz: keep"), "", `Line 9 of the definition: "dmz" is not known here, only it, ot, safety.`},
		"fresh_within":   {replace("fresh_within: 7d", "fresh_within: 7"), "fresh_within", `fresh_within is "7": write a number of days, such as 7d.`},
		"carry_forward":  {replace("365d", "1y"), "carry_forward", `carry_forward is "1y": write a number of days, such as 7d.`},
		"escalate_after": {replace("2d", "0d"), "escalate_after", `escalate_after is "0d": write a number of days, such as 7d.`},
		"a list":         {"- name: a\n", "", "The definition is not one: begin with name: and go on with title, scope, stages and fallback, each on a line of its own."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Parse(c.text)
			wantRefusal(t, err, errs.Invalid, c.want)
			if e, _ := errors.AsType[*errs.Error](err); e.Field != c.field {
				t.Fatalf("field %q, want %q", e.Field, c.field)
			}
		})
	}
}

func TestNextOfEveryStateAndMove(t *testing.T) {
	t.Parallel()
	want := map[State]map[move]State{
		Draft:       {start: Launching, cancel: Cancelled},
		Launching:   {launched: Active, failed: Draft, cancel: Cancelled},
		Active:      {pause: Paused, allSign: Signing, end: Remediating, cancel: Cancelled},
		Paused:      {resume: Active, cancel: Cancelled},
		Signing:     {reopen: Active, end: Remediating, cancel: Cancelled},
		Remediating: {settle: Closed},
		Closed:      {},
		Cancelled:   {},
	}
	all := []move{start, launched, failed, pause, resume, allSign, reopen, end, settle, cancel}
	if len(States()) != len(want) {
		t.Fatalf("%d states, the table has %d", len(States()), len(want))
	}
	for _, s := range States() {
		for _, m := range all {
			to, err := next(s, m)
			expect, ok := want[s][m]
			switch {
			case ok && (err != nil || to != expect):
				t.Errorf("%s, %s: %s %v, want %s", s, m, to, err, expect)
			case !ok && (!errs.Is(err, errs.Conflict) || to != s):
				t.Errorf("%s, %s: %s %v, want a refusal", s, m, to, err)
			}
		}
		if s.Open() != (s == Active || s == Signing) {
			t.Errorf("%s open: %v", s, s.Open())
		}
	}
	_, err := next(Closed, pause)
	wantRefusal(t, err, errs.Conflict, "This campaign is closed; it cannot pause now.")
}

func TestWordsOfAnswers(t *testing.T) {
	t.Parallel()
	for a, want := range map[Answer]bool{Certify: true, Revoke: true, Reduce: true, Unsure: true, "": false, "undo": false, "CERTIFY": false} {
		if a.Valid() != want {
			t.Errorf("%q valid: %v", a, a.Valid())
		}
	}
	for r, want := range map[Risk]string{0: "unknown", Low: "low", Medium: "medium", High: "high", Critical: "critical", 5: "unknown"} {
		if r.String() != want {
			t.Errorf("%d is %q", r, r.String())
		}
	}
	if Minutes(nil) != 0 || Minutes(map[Risk]int64{Low: 1}) != 1 || Minutes(map[Risk]int64{Critical: 10, Medium: 5}) != 17 {
		t.Error("minutes")
	}
	if got := ReasonsText([]string{"-no_owner", "+ticket", "?use_unknown", "-new_code"}); got !=
		"against: Nobody owns this identity; for: Granted under a ticket; Its source does not say when access was used; against: new_code" {
		t.Error(got)
	}
}
