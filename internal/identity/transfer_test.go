package identity

import (
	"testing"
	"time"
)

// TestNext is the whole table: every state by every step.
func TestNext(t *testing.T) {
	t.Parallel()
	want := map[Transfer]map[step]Transfer{
		Offered:  {accept: Accepted, decline: Declined, withdraw: Withdrawn, lapse: Expired},
		Accepted: {end: Ended},
	}
	tried := 0
	for _, from := range Transfers() {
		for _, s := range []step{accept, decline, withdraw, lapse, end} {
			tried++
			to, err := next(from, s)
			if allowed, ok := want[from][s]; ok {
				if err != nil || to != allowed {
					t.Errorf("%s, %s: %s %v, want %s", from, s, to, err, allowed)
				}
				continue
			}
			if err == nil || to != from || err.Error() == "" {
				t.Errorf("%s, %s: %s %v, want a refusal in words", from, s, to, err)
			}
		}
	}
	if tried != 30 {
		t.Errorf("%d cases tried", tried)
	}
}

// An offer has expired at the very moment its time is over, and nothing else does.
func TestAt(t *testing.T) {
	t.Parallel()
	end := time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)
	for _, from := range Transfers() {
		for _, c := range []struct {
			now  time.Time
			late bool
		}{{end.Add(-time.Microsecond), false}, {end, true}, {end.Add(time.Hour), true}} {
			want := from
			if c.late && from == Offered {
				want = Expired
			}
			if got := from.at(c.now, end); got != want {
				t.Errorf("%s at %s: %s, want %s", from, c.now, got, want)
			}
		}
	}
}
