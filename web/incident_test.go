package web_test

import (
	"encoding/csv"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"interlock/internal/sitetest"
)

// shift is the pump's plant with sessions of 12 November, when it was imported.
func shiftBundle() map[string]string {
	b := map[string]string{}
	for name, text := range pump {
		b[name] = text
	}
	b["sessions.csv"] = "id,identity,asset,person,ticket,started_at,ended_at,window_from,window_to,recording\n" +
		"s1,shift,panel,,,2026-11-12T10:00:00Z,2026-11-12T12:00:00Z,,,\n" +
		"s2,shift,panel,boss,W-1,2026-11-12T10:30:00Z,2026-11-12T10:45:00Z,,,\n" +
		"s3,bot,panel,,W-2,2026-11-12T10:30:00Z,,,,rec\n" +
		"s4,ann,panel,,W-3,2026-11-12T10:59:00Z,2026-11-12T11:01:00Z,,,\n" +
		"early,shift,panel,ann,,2026-11-12T08:00:00Z,2026-11-12T10:15:00Z,,,\n" +
		"late,shift,panel,ann,,2026-11-12T11:00:00Z,2026-11-12T12:00:00Z,,,\n"
	return b
}

// TestIncident: who could have acted, by which way; who was on it; what is not
// attributable to one person; in the time of the site.
func TestIncident(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{Idle: true})
	s.Import("plant", shiftBundle())
	s.Clock.Advance(30 * time.Hour)
	b := s.SignIn("auditor")
	panel := pageOf(s, "asset", "panel")
	ask := "?from=2026-11-12T11:20&to=2026-11-12T12:00" // Stockholm: 10:20 to 11:00 UTC
	p := b.Get(panel + "/incident" + ask)
	tells(t, p, []string{
		"12 Nov 2026, 11:20 CET to 12 Nov 2026, 12:00 CET, Europe/Stockholm", "2 identities could have acted; 4 sessions are known", "All times are of Europe/Stockholm",
		"A session of a shared login that names no person", "From 12 Nov 2026, 11:00 CET to 12 Nov 2026, 13:00 CET",
		"A session names somebody who is not known to have the secret", "It names Bo Boss",
		"A session of what is no person, with nobody named behind it", "Whether it tells its users apart is unknown", "Whether it logs elsewhere is unknown", "Ways that nothing records",
		"A session of one who had no way there that is known", "Pump bot", "Ann Ask → HMI Pump panel (jump host jump-1)", "was on it", "from within its zone", "Its secret was known to: Ann Ask", "Knew its secret then: Ann Ask",
	}, "early", "late", "Ben Bow")
	if n := len(p.All("tr")); n < 8 {
		t.Errorf("%d rows", n)
	}
	file := b.Get(panel + "/incident.csv" + ask)
	rows, err := csv.NewReader(strings.NewReader(file.Body)).ReadAll()
	if err != nil || file.Status != http.StatusOK {
		t.Fatalf("%d %v %s", file.Status, err, file.Body)
	}
	count := map[string]int{}
	for _, r := range rows[1:] {
		count[r[0]]++
	}
	if count["could_act"] != 2 || count["session"] != 4 || count["not_attributable"] != 7 {
		t.Errorf("%v %q", count, rows)
	}
	if !strings.Contains(file.Body, "2026-11-12T11:20:00+01:00") || s.One(`select count(*) from audit_event where action = 'inventory.exported'`) != 1 {
		t.Errorf("%s", file.Body)
	}
}

// TestIncidentTimes: a time before the inventory knows the asset has nobody; an
// import between beginning and end is told; what is no time is refused at its field.
func TestIncidentTimes(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{Idle: true})
	s.Import("plant", shiftBundle())
	s.Clock.Advance(24 * time.Hour)
	later := shiftBundle()
	later["grants.csv"] = "identity,entitlement,via,granted_at,granted_by,expires_at,last_used_at,ticket\nshift,run,,2026-01-05,boss,,2026-11-10,T-1\nboss,prog,jump-1,2026-11-13,,,,T-9\n"
	importDropping(s, "plant", later)
	s.Clock.Advance(24 * time.Hour)
	b := s.SignIn("auditor")
	panel := pageOf(s, "asset", "panel")
	tells(t, b.Get(panel+"/incident?from=2026-10-01T00:00&to=2026-10-02T00:00"), []string{"Nobody is known who could have acted", "Nobody could, as far as the inventory of that time knows"}, "only at the")
	both := b.Get(panel + "/incident?from=2026-11-13T09:00&to=2026-11-13T12:00")
	tells(t, both, []string{"Bo Boss only at the end", "Ann Ask operate", "3 identities could have acted"})
	tells(t, b.Get(panel+"/incident?from=2026-11-13T10:01&to=2026-11-14T10:00"), []string{"Bo Boss", "13 Nov 2026, 10:01 CET to 14 Nov 2026, 10:00 CET"}, "only at the")
	for ask, want := range map[string]string{
		"from=yesterday&to=2026-11-13T12:00":        "Write the time as",
		"from=2026-11-13T12:00&to=2026-11-13T12:00": "The end is not after the beginning",
		"from=2027-11-13T12:00&to=2027-11-14T12:00": "That has not come yet",
	} {
		if p := b.Get(panel + "/incident?" + ask); p.Status != http.StatusUnprocessableEntity || !strings.Contains(p.String(), want) {
			t.Errorf("%s: %d %s", ask, p.Status, p)
		}
		if p := b.Get(panel + "/incident.csv?" + ask); p.Status != http.StatusUnprocessableEntity {
			t.Errorf("%s as a file: %d", ask, p.Status)
		}
	}
	full := url.Values{"from": {"2026-11-13T08:00:00Z"}, "to": {"2026-11-13T11:00:00Z"}}
	tells(t, b.Get(panel+"/incident?"+full.Encode()), []string{"13 Nov 2026, 09:00 CET"})
	if p := b.Get("/assets/999999/incident"); p.Status != http.StatusNotFound {
		t.Errorf("%d", p.Status)
	}
}
