package record_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"interlock/internal/record"
)

func day(n int) time.Time { return time.Date(2026, 5, n, 0, 0, 0, 0, time.UTC) }

func ended(n int) *time.Time {
	t := day(n)
	return &t
}

func state(from int, end *time.Time, name, mfa string) record.State {
	return record.State{From: day(from), Ended: end, Import: int64(from), Fields: []record.Field{{Name: "name", Value: name}, {Name: "mfa", Value: mfa}}}
}

func TestEvents(t *testing.T) {
	t.Parallel()
	got := record.Events([]record.State{ // newest first
		state(9, ended(12), "B", "no"), state(7, nil, "B", "yes"), state(6, nil, "A", "yes"), state(2, ended(4), "A", "no"), state(1, nil, "A", "no"),
	})
	want := []record.Event{
		{At: day(12), What: record.Ended},
		{At: day(9), What: record.Changed, Changes: []record.Change{{"mfa", "yes", "no"}}, Import: 9},
		{At: day(7), What: record.Changed, Changes: []record.Change{{"name", "A", "B"}}, Import: 7},
		{At: day(6), What: record.Returned, Changes: []record.Change{{"mfa", "no", "yes"}}, Import: 6},
		{At: day(4), What: record.Ended},
		{At: day(1), What: record.Seen, Import: 1}, // the state of the 2nd says nothing new
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if got := record.Events(nil); got != nil {
		t.Errorf("nothing happened to nothing: %v", got)
	}
}

func TestSince(t *testing.T) {
	t.Parallel()
	list := []record.State{state(9, nil, "B", "no"), state(7, nil, "A", "no"), state(5, ended(6), "A", "no"), state(1, nil, "A", "yes")}
	for field, want := range map[string]int{"mfa": 7, "name": 9, "unheard of": 7} {
		if got := record.Since(list, field); !got.From.Equal(day(want)) {
			t.Errorf("%s: since %s", field, got.From)
		}
	}
}
