package main

import (
	"bytes"
	"context"
	"fmt"
	"testing"
	"time"

	"interlock/internal/authz"
	"interlock/internal/demo"
	"interlock/internal/store"
)

// counts is what the demonstration leaves.
func counts(t *testing.T, db *store.DB) string {
	t.Helper()
	var n [5]int
	err := db.Pool().QueryRow(t.Context(), `select (select count(*) from import), (select count(*) from identity), (select count(*) from review_campaign where state = 'active'),
		(select count(*) from review_decision), (select count(*) from account where password_hash is not null)`).Scan(&n[0], &n[1], &n[2], &n[3], &n[4])
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(n)
}

// A demonstration that was killed half-way is made whole by the next start, and
// then never touched again.
func TestDemoGoesOn(t *testing.T) {
	a, db := installed(t, "serve")
	if err := a.wire(t.Context()); err != nil {
		t.Fatal(err)
	}
	p := &printer{out: &output{Writer: &bytes.Buffer{}}, errOut: &bytes.Buffer{}}
	kills := 0
	for ; kills < 100; kills++ { // each start gets a little further
		stopped, stop := context.WithTimeout(t.Context(), time.Duration(200+40*kills)*time.Millisecond)
		err := a.fillDemo(stopped, p)
		stop()
		if err == nil {
			break
		}
	}
	t.Log("killed", kills, "times")
	if err := a.fillDemo(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	whole := counts(t, db)
	t.Log("whole at", whole)
	var n [5]int
	if _, err := fmt.Sscanf(whole, "[%d %d %d %d %d]", &n[0], &n[1], &n[2], &n[3], &n[4]); err != nil {
		t.Fatal(err)
	}
	if kills < 3 || n[0] != len(demo.Bundles(demoSeed, time.Now())) || n[2] != 2 || n[3] < 100 || n[4] != len(demo.SignIns(demoSeed)) {
		t.Error(whole)
	}
	who := demo.SignIns(demoSeed)[0]
	if _, err := a.Login.SignIn(t.Context(), who.Email, demo.Password, ""); err != nil {
		t.Error(err)
	}
	exec(t, db, `update account set disabled_at = now()`)
	if err := a.fillDemo(t.Context(), p); err != nil || counts(t, db) != whole {
		t.Error("touched again", err)
	}
}

func TestDemoLeavesOthersAlone(t *testing.T) {
	t.Parallel()
	a, db := installed(t, "serve")
	if err := a.wire(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Login.AddUser(authz.CommandLine(t.Context(), "demo"), "ann@example.com", "", "admin", "", "four unrelated words"); err != nil {
		t.Fatal(err)
	}
	if err := a.fillDemo(t.Context(), &printer{out: &output{Writer: &bytes.Buffer{}}}); err != nil || counts(t, db) != "[0 0 0 0 1]" {
		t.Error(counts(t, db), err)
	}
}
