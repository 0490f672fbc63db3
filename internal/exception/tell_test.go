package exception_test

import (
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"interlock/internal/authz"
	"interlock/internal/exception"
)

const days = 24 * time.Hour

var system = authz.System(as("", "member"), "exception")

// people have accounts: two risk officers, one of them at another site only.
const people = `
insert into account (email, name, created_at) values ('asks@x.example', 'Asks', now()), ('ines@x.example', 'Ines', now()), ('far@x.example', 'Far', now()), ('tess@x.example', 'Tess', now());
insert into site (source_id, external_id, name, seen_from) values (1, 'far', 'Far', now());
insert into account_role (account_id, role, site_id, granted_at, granted_by) values (1, 'plant_engineer', null, now(), 'x'), (2, 'risk_officer', null, now(), 'x'), (3, 'risk_officer', 2, now(), 'x'), (4, 'risk_officer', null, now(), 'x');`

func newPeopled(t *testing.T) *register {
	t.Helper()
	r := newRegister(t)
	r.exec(people)
	return r
}

// mails lists who got mails of a template, with what they say, and forgets them.
func (r *register) mails(template string) string {
	r.t.Helper()
	got := r.text(`select coalesce(string_agg(recipient || ' ' || (data ->> 'path') || ' ' || (data ->> 'things'), e'\n' order by recipient), '') from mail_message where template = '` + template + `'`)
	r.exec(`delete from mail_message where template = '` + template + `'`)
	return got
}

func (r *register) told(template, want string) {
	r.t.Helper()
	if d := cmp.Diff(want, r.mails(template)); d != "" {
		r.t.Errorf("%s at %s: %s", template, r.db.Now(), d)
	}
}

func (r *register) warned(want int) {
	r.t.Helper()
	n, err := exception.New(r.db).Warn(system) // as after a restart
	if r.must(err); n != want {
		r.t.Errorf("%d warned at %s, want %d", n, r.db.Now(), want)
	}
}

func TestWarnings(t *testing.T) {
	t.Parallel()
	r := newPeopled(t)
	id := r.active()
	ends := func(within string) string {
		line := `["EX-0001, Filler PLC cannot tell users apart: ends within ` + within + `"]`
		return "asks@x.example /exceptions/1 " + line + "\nines@x.example /exceptions/1 " + line + "\nmara@x.example /exceptions/mine " + line + "\ntess@x.example /exceptions/1 " + line
	}
	r.clock.Advance(60*days - time.Microsecond)
	r.warned(0)
	r.clock.Advance(time.Microsecond)
	r.warned(1)
	r.told("exception_ending", ends("30 days"))
	r.warned(0)
	r.clock.Advance(16 * days)
	r.warned(1)
	r.told("exception_ending", ends("14 days"))
	r.clock.Advance(14*days - time.Second) // stood still past 7 days and past 1
	r.warned(1)
	r.told("exception_ending", ends("1 day"))
	r.warned(0)

	r.must(r.Test(tester, 1, true, "As it should be."))
	r.must(r.Renew(asks, id))
	_, err := r.Save(asks, id, 0, whole(r.db.Now().AddDate(0, 0, 20)))
	r.must(err)
	r.must(r.Submit(asks, id, 0))
	r.must(r.Answer(officer, id, exception.Answer{Event: exception.Approve, Reason: "Again."}))
	r.warned(0) // 30 days before had passed when it was approved
	r.clock.Advance(6 * days)
	r.warned(1)
	r.told("exception_ending", ends("14 days"))
	r.clock.Advance(14 * days)
	r.warned(0) // it has ended
}

// Replicas that wake at the same moment warn once.
func TestWarnOnceAmongReplicas(t *testing.T) {
	t.Parallel()
	r := newPeopled(t)
	r.active()
	r.clock.Advance(83 * days)
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			if _, err := exception.New(r.db).Warn(system); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if got := r.text(`select count(*) || ' ' || count(distinct recipient) from mail_message where template = 'exception_ending'`); got != "4 4" {
		t.Errorf("mails and people: %s", got)
	}
}

// A warning whose mail cannot be kept is not marked as given.
func TestWarningAndItsMailAreOne(t *testing.T) {
	t.Parallel()
	r := newPeopled(t)
	r.active()
	r.clock.Advance(83 * days)
	r.exec(`alter table mail_message add constraint broken check (false) not valid`)
	if _, err := r.Warn(system); err == nil {
		t.Error("the mail was kept")
	}
	r.exec(`alter table mail_message drop constraint broken`)
	r.warned(1)
}

func TestAskedAndAnswered(t *testing.T) {
	t.Parallel()
	r := newPeopled(t)
	q := request(r.db.Now().AddDate(0, 0, 90))
	q.Assets, q.Submit = []int64{1, 2}, true
	ids, err := r.Request(asks, q)
	r.must(err)
	r.told("exception_waits", `ines@x.example /exceptions?view=waiting ["EX-0001, Capper PLC cannot tell users apart: medium risk stays", "EX-0002, Filler PLC cannot tell users apart: medium risk stays"]`)
	r.must(r.Answer(officer, ids[0], exception.Answer{Event: exception.SendBack, Reason: "Score it again."}))
	if got := r.text(`select recipient || subject || (data ->> 'other') || (data ->> 'reason') || (data ->> 'by') from mail_message where template = 'exception_answered'`); got !=
		"asks@x.exampleSent back for changes: Capper PLC cannot tell users apartsent back for changesScore it again.ines" {
		t.Error(got)
	}
	r.must(r.Answer(officer, ids[1], exception.Answer{Event: exception.Approve, Reason: "Fine."}))
	r.must(r.Revoke(officer, ids[1], "The jump host is gone."))
	line := ` ["EX-0002, Filler PLC cannot tell users apart: revoked"]`
	r.told("exception_over", "asks@x.example /exceptions/2"+line+"\nmara@x.example /exceptions/mine"+line+"\ntess@x.example /exceptions/2"+line)

	q = request(r.db.Now().AddDate(0, 0, 30)) // more than any risk officer may approve: each of them hears of it
	q.Fields.Residual, q.Submit = exception.Score{Likelihood: 5, People: 4, Environment: 1, Supply: 1}, true
	_, err = r.Request(asks, q)
	r.must(err)
	r.told("exception_waits", `ines@x.example /exceptions/3 ["EX-0003, Filler PLC cannot tell users apart: critical risk stays"]`)
	r.exec(`insert into account (email, name, created_at) values ('cro@x.example', 'Cro', now()); insert into account_role (account_id, role, granted_at, granted_by) values (5, 'risk_officer', now(), 'x');
		insert into exception_approver values ('cro@x.example', 'critical', 'root@x.example', now())`)
	r.must(r.Answer(officer, 3, exception.Answer{Event: exception.SendBack, Reason: "Score it again."}))
	r.must(r.Submit(asks, 3, 0))
	r.told("exception_waits", `cro@x.example /exceptions/3 ["EX-0003, Filler PLC cannot tell users apart: critical risk stays"]`)
}

func (r *register) noted(want int) {
	r.t.Helper()
	n, err := exception.New(r.db).Note(system)
	if r.must(err); n != want {
		r.t.Errorf("%d noted at %s, want %d", n, r.db.Now(), want)
	}
}

func TestDriftAndEndAreTold(t *testing.T) {
	t.Parallel()
	r := newPeopled(t)
	r.active()
	all := func(what string) string {
		line := `["EX-0001, Filler PLC cannot tell users apart: ` + what + `"]`
		return "asks@x.example /exceptions/1 " + line + "\nines@x.example /exceptions/1 " + line + "\nmara@x.example /exceptions/mine " + line + "\ntess@x.example /exceptions/1 " + line
	}
	r.clock.Advance(30*days - time.Microsecond)
	r.noted(0)
	r.clock.Advance(time.Microsecond) // the test is overdue
	r.noted(1)
	r.told("exception_drifting", all("a test is overdue"))
	r.noted(0)
	r.must(r.Test(tester, 1, true, "Late, but as it should be."))
	r.clock.Advance(10 * days)
	r.must(r.Test(tester, 1, false, "A second way in."))
	r.noted(0)
	if got := r.text(`select string_agg(recipient || (data ->> 'reason'), ' ' order by recipient) from mail_message where template = 'exception_drifting'`); got !=
		"asks@x.exampleA second way in. ines@x.exampleA second way in. mara@x.exampleA second way in." {
		t.Error(got)
	}
	r.clock.Advance(exception.Grace)
	r.noted(1)
	r.told("exception_suspended", all("suspended"))
	r.clock.Advance(40 * days)
	r.noted(1)
	line := `["EX-0001, Filler PLC cannot tell users apart: expired"]`
	r.told("exception_over", "asks@x.example /exceptions/1 "+line+"\nines@x.example /exceptions/1 "+line+"\nmara@x.example /exceptions/mine "+line+"\ntess@x.example /exceptions/1 "+line)
	r.noted(0)
}

func TestTestersAreReminded(t *testing.T) {
	t.Parallel()
	r := newPeopled(t)
	r.active()
	reminded := func(want int) {
		t.Helper()
		n, err := r.Remind(system)
		if r.must(err); n != want {
			t.Errorf("%d reminded at %s, want %d", n, r.db.Now(), want)
		}
	}
	r.clock.Advance(23*days - time.Microsecond)
	reminded(0)
	r.clock.Advance(time.Microsecond)
	reminded(1)
	r.told("exception_tests", `tess@x.example /exceptions/mine ["Recorded jump host is the only way in, on Filler PLC"]`)
	reminded(0)
	r.must(r.Test(tester, 1, true, "As it should be."))
	reminded(0)
	r.clock.Advance(23 * days)
	reminded(1)
}
