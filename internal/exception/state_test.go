package exception

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// life is every state with every event; what is not here is refused.
var life = map[State]map[Event]State{
	Draft:            {Submit: Submitted, Withdraw: Withdrawn, Close: Closed},
	Submitted:        {SendBack: ChangesRequested, Approve: Approved, Reject: Rejected, Withdraw: Withdrawn, Close: Closed},
	ChangesRequested: {Submit: Submitted, Withdraw: Withdrawn, Close: Closed},
	Approved:         {Begin: Active, Revoke: Revoked, Close: Closed},
	Active:           {Renew: Active, Approve: Active, Suspend: Suspended, Expire: Expired, Revoke: Revoked, Close: Closed},
	Suspended:        {Renew: Suspended, Approve: Active, Expire: Expired, Revoke: Revoked, Close: Closed},
	Expired:          {}, Rejected: {}, Withdrawn: {}, Revoked: {}, Closed: {},
}

func TestLife(t *testing.T) {
	t.Parallel()
	got := map[State]map[Event]State{}
	for _, s := range States() {
		got[s] = map[Event]State{}
		for _, e := range Events() {
			to, err := next(s, e)
			if err == nil {
				got[s][e] = to
			} else if to != s {
				t.Errorf("%s refused %s and still moved to %s", s, e, to)
			}
		}
		if s.Over() != (len(life[s]) == 0) {
			t.Errorf("%s over: %v", s, s.Over())
		}
	}
	if d := cmp.Diff(life, got); d != "" {
		t.Error(d)
	}
}

func TestRevisionsFollowTheLife(t *testing.T) {
	t.Parallel()
	for _, s := range States() {
		for _, e := range Events() {
			to, err := nextRevision(s, e)
			want, ok := life[s][e]
			if ok = ok && s != Approved && s != Active && s != Suspended && e != Close; ok != (err == nil) || ok && to != want {
				t.Errorf("%s %s: %s, %v", s, e, to, err)
			}
		}
	}
}

func TestScores(t *testing.T) {
	t.Parallel()
	bands := map[Band]int{}
	for l := int16(1); l <= 5; l++ {
		for c := int16(1); c <= 5; c++ {
			worst := Score{l, 1, c, 1}
			if worst.Value() != l*c || (Score{l, c, 1, 1}).Value() != l*c || (Score{l, 1, 1, c}).Value() != l*c {
				t.Errorf("%d x %d is %d", l, c, worst.Value())
			}
			bands[BandOf(worst.Value())]++
		}
	}
	if d := cmp.Diff(map[Band]int{Low: 8, Medium: 7, High: 7, Critical: 3}, bands); d != "" {
		t.Error(d)
	}
	if (Score{5, 5, 0, 5}).Value() != 0 || (Score{6, 1, 1, 1}).Value() != 0 {
		t.Error("a rating that is not whole has a value")
	}
}

func TestWants(t *testing.T) {
	t.Parallel()
	for b, above := range map[Band]Band{Low: Medium, Medium: High, High: Critical, Critical: Beyond} {
		if b.Wants(0) != b || b.Wants(Renewals) != b || b.Wants(Renewals+1) != above {
			t.Errorf("%s wants %s, %s and then %s", b, b.Wants(0), b.Wants(Renewals), b.Wants(Renewals+1))
		}
	}
}
