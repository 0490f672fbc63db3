package exception_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"interlock/internal/errs"
	"interlock/internal/exception"
)

// A second request for the same asset and capability: refused while one waits, and
// when both are approved at once.
func TestOverlap(t *testing.T) {
	t.Parallel()
	r := newRegister(t)
	id := r.active()
	ids, err := r.Request(as("other", "plant_engineer"), request(r.db.Now().AddDate(0, 0, 30)))
	r.must(err)
	r.must(r.Submit(as("other", "plant_engineer"), ids[0], 0))
	r.refused(r.Answer(officer, ids[0], exception.Answer{Event: exception.Approve, Reason: "Fine."}), errs.Conflict, "Renew that one")
	r.must(r.Revoke(officer, id, "The other one is better."))
	r.must(r.Answer(officer, ids[0], exception.Answer{Event: exception.Approve, Reason: "Fine."}))

	var wg sync.WaitGroup
	said := make([]error, 6)
	for i := range said {
		wg.Go(func() {
			q := request(r.db.Now().AddDate(0, 0, 30))
			q.Assets = []int64{2}
			_, said[i] = r.Request(as(fmt.Sprint("p", i), "plant_engineer"), q)
		})
	}
	wg.Wait()
	won := 0
	for _, err := range said {
		if err == nil {
			won++
		} else {
			r.refused(err, errs.Conflict, "waits already")
		}
	}
	if won != 1 {
		t.Errorf("%d requests at once went through", won)
	}
}

// Who asks is refused as approver whatever role they come in, under every name they
// have, and in the database too.
func TestRequesterApprovesThroughASecondRole(t *testing.T) {
	t.Parallel()
	r := newRegister(t)
	r.exec(`insert into identity (source_id, external_id, name, kind, email, status, seen_from) values (1, 'a1', 'Asks', 'person', 'asks@x.example', 'active', now()), (1, 'a2', 'Asks', 'person', 'a.asks@x.example', 'active', now());
		insert into identity_person (id, email, status, emails) values (2, 'asks@x.example', 'active', '{asks@x.example,a.asks@x.example}');
		insert into identity_member (identity_id, person_id) values (2, 2), (3, 2)`)
	ids, err := r.Request(asks, request(r.db.Now().AddDate(0, 0, 90)))
	r.must(err)
	r.must(r.Submit(asks, ids[0], 0))
	for _, who := range []string{"asks", "a.asks"} {
		for _, event := range []exception.Event{exception.Approve, exception.SendBack, exception.Reject} {
			err := r.Answer(as(who, "risk_officer"), ids[0], exception.Answer{Event: event, Reason: "Fine."})
			if !errs.Is(err, errs.Forbidden) {
				t.Errorf("%s may %s: %v", who, event, err)
			}
		}
	}
	r.is(ids[0], exception.Submitted)
}

// What was approved is what was read: a revision that changed meanwhile is not.
func TestApprovalOfWhatChangedMeanwhile(t *testing.T) {
	t.Parallel()
	r := newRegister(t)
	ids, err := r.Request(asks, request(r.db.Now().AddDate(0, 0, 90)))
	r.must(err)
	r.must(r.Submit(asks, ids[0], 0))
	read, err := r.Get(officer, ids[0])
	r.must(err)
	r.must(r.Answer(as("otto", "risk_officer"), ids[0], exception.Answer{Event: exception.SendBack, Reason: "Score it again."}))
	worse := whole(r.db.Now().AddDate(0, 0, 60))
	worse.Residual.Likelihood = 4
	saved, err := r.Save(asks, ids[0], 0, worse)
	r.must(err)
	r.must(r.Submit(asks, ids[0], saved))
	r.refused(r.Answer(officer, ids[0], exception.Answer{Event: exception.Approve, Reason: "As I read it.", Saved: read.Latest().Saved}), errs.Conflict, "Somebody changed this")
	r.is(ids[0], exception.Submitted)
	now, err := r.Get(officer, ids[0])
	r.must(err)
	r.must(r.Answer(officer, ids[0], exception.Answer{Event: exception.Approve, Reason: "Read again.", Saved: now.Latest().Saved}))
}

// The asset is retired while the approval is on its way: whichever comes first, no
// asset that is gone is left with an exception in force once that was noted.
func TestAssetRetiredDuringApproval(t *testing.T) {
	t.Parallel()
	for range 4 {
		r := newRegister(t)
		ids, err := r.Request(asks, request(r.db.Now().AddDate(0, 0, 90)))
		r.must(err)
		r.must(r.Submit(asks, ids[0], 0))
		var wg sync.WaitGroup
		var said error
		wg.Go(func() { said = r.Answer(officer, ids[0], exception.Answer{Event: exception.Approve, Reason: "Fine."}) })
		r.exec(`update asset set ended_at = now() where id = 1`)
		wg.Wait()
		if said != nil {
			r.refused(said, errs.Conflict, "no longer in the inventory")
		}
		_, err = r.Note(system)
		r.must(err)
		r.is(ids[0], exception.Closed)
	}
}

// The day an exception ends begins at midnight in the zone it was typed in, wherever
// the server and the database stand, also over a change of the clocks.
func TestMidnightInAnotherZone(t *testing.T) {
	t.Parallel()
	for _, zone := range []string{"Pacific/Auckland", "America/New_York", "Europe/Stockholm", "Pacific/Kiritimati"} {
		t.Run(strings.ReplaceAll(zone, "/", " "), func(t *testing.T) {
			t.Parallel()
			r := newRegister(t)
			place, err := time.LoadLocation(zone)
			r.must(err)
			y, m, d := r.db.Now().In(place).AddDate(0, 0, 150).Date()
			ends := time.Date(y, m, d, 0, 0, 0, 0, place)
			q := request(ends)
			q.Submit = true
			ids, err := r.Request(asks, q)
			r.must(err)
			r.must(r.Answer(officer, ids[0], exception.Answer{Event: exception.Approve, Reason: "Fine."}))
			r.exec(`update exception_control set next_due = next_due + interval '1 year'`)
			r.clock.Advance(ends.Sub(r.db.Now()) - time.Microsecond)
			r.is(ids[0], exception.Active)
			if got := r.db.Now().In(place).Format("15:04:05"); got != "23:59:59" {
				t.Errorf("it is %s there", got)
			}
			r.clock.Advance(time.Microsecond)
			r.is(ids[0], exception.Expired)
			if got := r.db.Now().In(place).Format("15:04:05"); got != "00:00:00" {
				t.Errorf("it is %s there", got)
			}
		})
	}
}

// The longest is counted in whole days of 24 hours, to the moment.
func TestToTheMomentOfTheBand(t *testing.T) {
	t.Parallel()
	r := newRegister(t)
	longest := r.db.Now().Add(180 * days)
	q := request(longest.Add(time.Microsecond))
	q.Submit = true
	_, err := r.Request(asks, q)
	r.refused(err, errs.Invalid, "at most 180 days")
	q = request(longest)
	q.Submit = true
	ids, err := r.Request(asks, q)
	r.must(err)
	r.must(r.Answer(officer, ids[0], exception.Answer{Event: exception.Approve, Reason: "Fine."}))
	r.refused(func() error {
		q := request(r.db.Now())
		q.Assets, q.Submit = []int64{2}, true
		_, err := r.Request(asks, q)
		return err
	}(), errs.Invalid, "end before it begins")
}

// Renewal and expiry at the same moment: the renewal counts or it ended, never both.
func TestRenewedAsItExpires(t *testing.T) {
	t.Parallel()
	r := newRegister(t)
	id := r.active()
	r.must(r.Renew(asks, id))
	_, err := r.Save(asks, id, 0, whole(r.db.Now().AddDate(0, 0, 150)))
	r.must(err)
	r.must(r.Submit(asks, id, 0))
	r.exec(`update exception_control set next_due = next_due + interval '1 year'`)
	r.clock.Advance(90 * days)
	r.refused(r.Answer(officer, id, exception.Answer{Event: exception.Approve, Reason: "Too late."}), errs.Conflict, "expired")
	_, err = r.Note(system)
	r.must(err)
	r.is(id, exception.Expired)
}
