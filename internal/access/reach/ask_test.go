package reach_test

import (
	"strings"
	"testing"
	"time"

	"interlock/internal/access/reach"
	"interlock/internal/apptest"
	"interlock/internal/authz"
	"interlock/internal/errs"
)

// The ways and what is lost without each part of them, asked again and again.
func TestFar(t *testing.T) {
	t.Parallel()
	db, clock := apptest.DB(t)
	s, ctx := reach.New(db), authz.CommandLine(t.Context(), "tester")
	exec(t, db, historian+read)
	for _, c := range []struct{ without, label, lost string }{
		{"grant:1", "unknown right of svc-historian on JH-2", "JH-2 EWS-4 PLC-1"},
		{"grant:2", "engineer of svc-historian on EWS-4", "EWS-4 PLC-1"},
		{"grant:3", "engineer of plc-maint on PLC-1", "PLC-1"},
		{"conduit:down", "jump host down from DMZ to Operations", "EWS-4 PLC-1"},
		{"conduit:4", "data diode out from Operations to Office", ""},
		{"credential:key", "password of plc-maint stored on EWS-4", "PLC-1"},
		{"holder:1", "what Bob knows of plc-maint", ""},
	} {
		a, err := s.Far(ctx, 1, time.Time{}, []string{c.without})
		if err != nil || a.WhatIf[0].Label != c.label || a.Without.Assets != 3-len(strings.Fields(c.lost)) || names(a.Lost) != c.lost {
			t.Errorf("without %s: %+v loses %q, want %q (%v)", c.without, a.WhatIf, names(a.Lost), c.lost, err)
		}
	}
	a, err := s.Far(ctx, 1, time.Time{}, nil)
	if err != nil || a.Without != nil || len(a.Parts) != 7 || a.Parts[0].Ways != 3 {
		t.Errorf("%+v %v", a.Parts, err)
	}
	for _, bad := range []string{"grant:99", "conduit:nowhere", "wish:1", "grant"} {
		if _, err := s.Far(ctx, 1, time.Time{}, []string{bad}); !errs.Is(err, errs.Invalid) {
			t.Errorf("without %s: %v", bad, err)
		}
	}
	if _, err := s.Far(ctx, 99, time.Time{}, nil); !errs.Is(err, errs.NotFound) {
		t.Error(err)
	}
	if _, err := s.Far(t.Context(), 1, time.Time{}, nil); !errs.Is(err, errs.Unauthenticated) {
		t.Error(err)
	}

	// What is held in memory is good until an import, or for some minutes.
	exec(t, db, `update access_grant set ended_at = '2026-01-02' where id = 2`)
	reaches := func(want int) {
		t.Helper()
		if a, err := s.Far(ctx, 1, time.Time{}, nil); err != nil || a.Result.Assets != want {
			t.Errorf("reaches %d, want %d (%v)", a.Result.Assets, want, err)
		}
	}
	reaches(3)
	clock.Advance(11 * time.Minute)
	reaches(1)
	exec(t, db, `update access_grant set ended_at = null where id = 2`)
	reaches(1)
	exec(t, db, read)
	reaches(3)
	if a, err := s.Far(ctx, 1, time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC), nil); err != nil || a.Result.Assets != 3 {
		t.Errorf("%+v %v", a.Result, err)
	}
}

func names(list []reach.Reached) string {
	var words []string
	for _, x := range list {
		words = append(words, x.Name)
	}
	return strings.Join(words, " ")
}
