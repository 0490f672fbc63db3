package exception_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"interlock/internal/apptest"
	"interlock/internal/authz"
	"interlock/internal/errs"
	"interlock/internal/exception"
	"interlock/internal/store"
)

func TestMain(m *testing.M) { apptest.Main(m) }

// register is a plant with two old controllers and the people around them.
type register struct {
	*exception.Service
	db    *store.DB
	clock *apptest.Clock
	t     *testing.T
}

const plant = `
insert into source (name, created_at) values ('plant', now());
insert into site (source_id, external_id, name, timezone, seen_from) values (1, 's', 'Osterby', 'Europe/Stockholm', now());
insert into zone (source_id, external_id, name, site_id, level, domain, seen_from) values (1, 'z1', 'Line 1', 1, 1, 'ot', now());
insert into identity (source_id, external_id, name, kind, email, status, seen_from) values (1, 'mara', 'Mara', 'person', 'mara@x.example', 'active', now());
insert into asset (source_id, external_id, name, zone_id, owner_id, capabilities, seen_from) values
  (1, 'plc1', 'Filler PLC', 1, 1, '{"individual_accounts": "no", "rotation": "partial", "encryption": "native"}', now()),
  (1, 'plc2', 'Capper PLC', 1, 1, '{"individual_accounts": "no"}', now());`

func newRegister(t *testing.T) *register {
	t.Helper()
	db, clock := apptest.DB(t)
	r := &register{exception.New(db), db, clock, t}
	r.exec(plant)
	return r
}

func (r *register) exec(sql string) {
	r.t.Helper()
	if _, err := r.db.Pool().Exec(context.Background(), sql); err != nil {
		r.t.Fatal(err)
	}
}

func (r *register) text(sql string) (s string) {
	r.t.Helper()
	if err := r.db.Pool().QueryRow(context.Background(), sql).Scan(&s); err != nil {
		r.t.Fatal(err)
	}
	return s
}

// as is somebody with a role everywhere; everybody is a member.
func as(name, role string) context.Context {
	return authz.With(context.Background(), authz.Actor{Email: name + "@x.example", Name: name, Roles: []authz.Role{{Name: "member", Site: authz.Everywhere}, {Name: role, Site: authz.Everywhere}}})
}

var (
	asks    = as("asks", "plant_engineer")
	officer = as("ines", "risk_officer")
	tester  = as("tess", "plant_engineer")
)

func whole(ends time.Time) exception.Fields {
	return exception.Fields{
		Reason: "vendor_warranty", Justification: "One login in the firmware.", WayOut: "Replacement in the outage.", EndsAt: &ends,
		Inherent: exception.Score{Likelihood: 5, People: 3, Environment: 2, Supply: 4}, Residual: exception.Score{Likelihood: 2, People: 3, Environment: 2, Supply: 4},
	}
}

func request(ends time.Time) exception.Request {
	return exception.Request{
		Assets: []int64{1}, Capabilities: []string{"individual_accounts"}, Fields: whole(ends),
		Controls: []exception.Control{{Title: "Recorded jump host is the only way in", Owner: "tess@x.example", Method: "Firewall rule", EveryDays: 30}},
	}
}

func (r *register) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

func (r *register) refused(err error, kind errs.Kind, words string) {
	r.t.Helper()
	if !errs.Is(err, kind) || !strings.Contains(err.Error(), words) {
		r.t.Errorf("%v, want %v with %q", err, kind, words)
	}
}

// active is an exception in force for 90 days.
func (r *register) active() int64 {
	r.t.Helper()
	ids, err := r.Request(asks, request(r.db.Now().AddDate(0, 0, 90)))
	r.must(err)
	r.must(r.Submit(asks, ids[0], 0))
	r.must(r.Answer(officer, ids[0], exception.Answer{Event: exception.Approve, Reason: "The outage is planned."}))
	r.is(ids[0], exception.Active)
	return ids[0]
}

func (r *register) is(id int64, want exception.State) {
	r.t.Helper()
	e, err := r.Get(officer, id)
	r.must(err)
	if e.State != want {
		r.t.Errorf("exception %d is %s, want %s", id, e.State, want)
	}
}

func TestRequestToApproval(t *testing.T) {
	t.Parallel()
	r := newRegister(t)
	ends := r.db.Now().AddDate(0, 0, 90)
	many := request(ends)
	many.Assets = []int64{1, 2}
	ids, err := r.Request(asks, many)
	r.must(err)
	if len(ids) != 2 {
		t.Fatalf("%d exceptions", len(ids))
	}
	id := ids[1] // of the Filler PLC
	r.is(id, exception.Draft)
	_, err = r.Request(as("other", "plant_engineer"), request(ends))
	r.refused(err, errs.Conflict, "waits already")

	r.refused(r.Submit(tester, id, 0), errs.Forbidden, "Only asks@x.example")
	r.must(r.Submit(asks, id, 0))
	r.refused(r.Submit(asks, id, 0), errs.Conflict, "can no longer be changed")
	_, err = r.Save(asks, id, 0, whole(ends.AddDate(0, 0, 1)))
	r.refused(err, errs.Conflict, "can no longer be changed")

	r.refused(r.Answer(asks, id, exception.Answer{Event: exception.Approve, Reason: "Fine."}), errs.Forbidden, "Your roles")
	r.refused(r.Answer(as("asks", "risk_officer"), id, exception.Answer{Event: exception.Approve, Reason: "Fine."}), errs.Forbidden, "You asked for this")
	r.refused(r.Answer(as("tess", "risk_officer"), id, exception.Answer{Event: exception.Approve, Reason: "Fine."}), errs.Forbidden, "control")
	r.refused(r.Answer(officer, id, exception.Answer{Event: exception.Approve, Reason: " "}), errs.Invalid, "Say why")

	r.must(r.Answer(officer, id, exception.Answer{Event: exception.SendBack, Reason: "Score the new way in."}))
	r.is(id, exception.ChangesRequested)
	changed := whole(ends)
	changed.Residual.Likelihood = 3
	saved, err := r.Save(asks, id, 0, changed)
	r.must(err)
	r.refused(r.Submit(asks, id, saved-1), errs.Conflict, "Somebody changed this")
	r.must(r.Submit(asks, id, saved))
	r.must(r.Answer(officer, id, exception.Answer{Event: exception.Approve, Reason: "Outage fits."}))
	r.is(id, exception.Active)

	got := r.text(`select string_agg(event || ' ' || became, ', ' order by id) from exception_step where exception_id = 2`)
	want := "request draft, submit submitted, send back changes_requested, save changes_requested, submit submitted, approve approved"
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if got := r.text(`select changed #>> '{residual}' from exception_step where event = 'save'`); got != `["{2 3 2 4}", "{3 3 2 4}"]` {
		t.Errorf("what changed: %s", got)
	}
}

func TestNotWhole(t *testing.T) {
	t.Parallel()
	r := newRegister(t)
	now := r.db.Now()
	for words, spoil := range map[string]func(*exception.Request){
		"Choose the reason":           func(q *exception.Request) { q.Fields.Reason = "" },
		"Say why the asset cannot":    func(q *exception.Request) { q.Fields.Justification = " " },
		"without the controls":        func(q *exception.Request) { q.Fields.Inherent.People = 0 },
		"with the controls":           func(q *exception.Request) { q.Fields.Residual.Supply = 0 },
		"A score is 1 to 5":           func(q *exception.Request) { q.Fields.Residual.Supply = 6 },
		"do not add risk":             func(q *exception.Request) { q.Fields.Residual.Likelihood = 5; q.Fields.Residual.People = 5 },
		"comes to its end":            func(q *exception.Request) { q.Fields.WayOut = "" },
		"every exception ends":        func(q *exception.Request) { q.Fields.EndsAt = nil },
		"end before it begins":        func(q *exception.Request) { q.Fields.EndsAt = &now },
		"at most 180 days":            func(q *exception.Request) { later := now.AddDate(0, 0, 181); q.Fields.EndsAt = &later },
		"Name at least one control":   func(q *exception.Request) { q.Controls = nil },
		"Who asks never tests":        func(q *exception.Request) { q.Controls[0].Owner = "ASKS@x.example" },
		"Say how the control":         func(q *exception.Request) { q.Controls[0].Method = "" },
		"every 1 to 366 days":         func(q *exception.Request) { q.Controls[0].EveryDays = 0 },
		"needs no exception":          func(q *exception.Request) { q.Capabilities = []string{"encryption"} },
		"Nobody has assessed":         func(q *exception.Request) { q.Capabilities = []string{"mfa"} },
		"not in the inventory":        func(q *exception.Request) { q.Assets = []int64{99} },
		"Choose at least one asset":   func(q *exception.Request) { q.Assets = nil },
		"Choose what the asset":       func(q *exception.Request) { q.Capabilities = nil },
		"This reason is not known":    func(q *exception.Request) { q.Fields.Reason = "whim" },
		"longer than 8000 characters": func(q *exception.Request) { q.Fields.Outage = strings.Repeat("x", 8001) },
	} {
		q := request(now.AddDate(0, 0, 90))
		spoil(&q)
		ids, err := r.Request(asks, q)
		if err == nil {
			err = r.Submit(asks, ids[0], 0)
			r.must(r.Withdraw(asks, ids[0], "never mind"))
		}
		if !errs.Is(err, errs.Invalid) && !errs.Is(err, errs.NotFound) || !strings.Contains(err.Error(), words) {
			t.Errorf("want %q: %v", words, err)
		}
	}
}

func TestItEndsByItself(t *testing.T) {
	t.Parallel()
	r := newRegister(t)
	id := r.active()
	r.clock.Advance(29 * 24 * time.Hour)
	r.must(r.Test(tester, 1, true, "Rule unchanged."))
	r.clock.Advance(29 * 24 * time.Hour)
	r.must(r.Test(tester, 1, true, "Rule unchanged."))
	r.clock.Advance(29 * 24 * time.Hour)
	r.must(r.Test(tester, 1, true, "Rule unchanged."))
	r.is(id, exception.Active)
	r.clock.Advance(3*24*time.Hour - time.Microsecond)
	r.is(id, exception.Active)
	r.clock.Advance(time.Microsecond) // to the moment, and no job has run
	r.is(id, exception.Expired)
	r.refused(r.Renew(asks, id), errs.Conflict, "expired")
	for range 2 {
		if _, err := r.Note(authz.System(t.Context(), "exception")); err != nil {
			t.Fatal(err)
		}
	}
	r.is(id, exception.Expired)
	if got := r.text(`select count(*) || ' ' || min(actor) from exception_step where event = 'expire'`); got != "1 system:exception" {
		t.Errorf("noted: %s", got)
	}
	r.active() // anew
}

func TestDriftSuspends(t *testing.T) {
	t.Parallel()
	r := newRegister(t)
	id := r.active()
	r.refused(r.Test(asks, 1, true, "Fine."), errs.NotFound, "yours to test")
	r.must(r.Test(tester, 1, false, "A second way in."))
	r.is(id, exception.Active)
	r.clock.Advance(exception.Grace - time.Microsecond)
	r.is(id, exception.Active)
	r.clock.Advance(time.Microsecond)
	r.is(id, exception.Suspended)
	_, err := r.Note(authz.System(t.Context(), "exception"))
	r.must(err)
	r.must(r.Test(tester, 1, true, "The way is closed."))
	r.is(id, exception.Suspended) // to come back wants an approval
	r.must(r.Renew(asks, id))
	_, err = r.Save(asks, id, 0, whole(r.db.Now().AddDate(0, 0, 60)))
	r.must(err)
	r.must(r.Submit(asks, id, 0))
	r.must(r.Answer(officer, id, exception.Answer{Event: exception.Approve, Reason: "Closed and shown."}))
	r.is(id, exception.Active)

	r.clock.Advance(30 * 24 * time.Hour) // the next test is overdue
	r.is(id, exception.Active)
	r.clock.Advance(exception.Grace)
	r.is(id, exception.Suspended)
}

func TestRenewalsWantTheNextHigher(t *testing.T) {
	t.Parallel()
	r := newRegister(t)
	id := r.active()
	risky := func() exception.Fields {
		f := whole(r.db.Now().AddDate(0, 0, 80))
		f.Residual.Likelihood = 3 // 12, high
		return f
	}
	for renewal := range exception.Renewals + 1 {
		r.must(r.Test(tester, 1, true, "As it should be."))
		r.must(r.Renew(asks, id))
		r.refused(r.Renew(asks, id), errs.Conflict, "draft already")
		r.refused(r.Submit(asks, id, 0), errs.Invalid, "Score the risk with the controls")
		_, err := r.Save(asks, id, 0, risky())
		r.must(err)
		r.must(r.Submit(asks, id, 0))
		err = r.Answer(officer, id, exception.Answer{Event: exception.Approve, Reason: "Again."})
		if renewal < exception.Renewals {
			r.must(err)
		} else {
			r.refused(err, errs.Forbidden, "next higher approver (critical)")
		}
	}
	r.is(id, exception.Active) // by the last approval
	r.exec(`insert into exception_approver values ('ines@x.example', 'critical', 'root@x.example', now())`)
	r.must(r.Answer(officer, id, exception.Answer{Event: exception.Approve, Reason: "The last time."}))
}

func TestGainedOrGoneCloses(t *testing.T) {
	t.Parallel()
	for name, sql := range map[string]string{
		"gained": `update asset set capabilities = '{"individual_accounts": "via_proxy"}' where id = 1`, "gone": `update asset set ended_at = now() where id = 1`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRegister(t)
			id := r.active()
			r.must(r.Renew(asks, id))
			_, err := r.Save(asks, id, 0, whole(r.db.Now().AddDate(0, 0, 60)))
			r.must(err)
			r.must(r.Submit(asks, id, 0))
			r.exec(sql)
			if name == "gone" {
				r.refused(r.Answer(officer, id, exception.Answer{Event: exception.Approve, Reason: "Fine."}), errs.Conflict, "no longer in the inventory")
			}
			if n, err := r.Note(authz.System(t.Context(), "exception")); n != 1 || err != nil {
				t.Fatal(n, err)
			}
			r.is(id, exception.Closed)
			r.refused(r.Answer(officer, id, exception.Answer{Event: exception.Approve, Reason: "Fine."}), errs.Conflict, "withdrawn")
			r.refused(r.Revoke(officer, id, "Too late."), errs.Conflict, "closed")
		})
	}
}

func TestTwoApproversAtOnce(t *testing.T) {
	t.Parallel()
	r := newRegister(t)
	ids, err := r.Request(asks, request(r.db.Now().AddDate(0, 0, 90)))
	r.must(err)
	r.must(r.Submit(asks, ids[0], 0))
	var wg sync.WaitGroup
	said := make([]error, 8)
	for i := range said {
		wg.Go(func() {
			said[i] = r.Answer(as(string(rune('a'+i)), "risk_officer"), ids[0], exception.Answer{Event: exception.Approve, Reason: "Fine."})
		})
	}
	wg.Wait()
	won := 0
	for _, err := range said {
		if err == nil {
			won++
		} else {
			r.refused(err, errs.Conflict, "approved")
		}
	}
	if won != 1 {
		t.Errorf("%d approvals went through", won)
	}
}
