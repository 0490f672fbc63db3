package exception_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"interlock/internal/access"
	"interlock/internal/errs"
	"interlock/internal/exception"
)

// several is an exception in force for the Filler, which once had another, and a
// draft for the Capper.
func (r *register) several() {
	r.t.Helper()
	first := r.active()
	r.clock.Advance(10 * days)
	r.must(r.Revoke(officer, first, "Once more, and better."))
	r.clock.Advance(5 * days)
	r.active()
	q := request(r.db.Now().AddDate(0, 0, 30))
	q.Assets = []int64{2}
	_, err := r.Request(asks, q)
	r.must(err)
	r.clock.Advance(40 * days)
}

func (r *register) lists(f exception.Filter) string {
	r.t.Helper()
	f.Page = 100
	rows, err := r.List(officer, f)
	r.must(err)
	var ids []string
	for _, row := range rows {
		ids = append(ids, fmt.Sprint(row.ID))
	}
	return strings.Join(ids, " ")
}

func TestRegisterIsFiltered(t *testing.T) {
	t.Parallel()
	r := newRegister(t)
	r.several()
	for where, want := range map[string]string{
		`true`: "3 2 1", `asset.name == "Capper PLC"`: "3", `exception.state == "active"`: "2", `exception.age_days > 50`: "2 1", `exception.age_days > 55`: "",
		`exception.capability == "individual_accounts" && asset.level <= 1.0`: "3 2 1", `exception.score >= 8`: "3 2 1", `exception.ends_in_days < 60`: "2 1", `has(exception.score)`: "3 2 1",
		`exception.drifting`: "3 2 1", `!exception.drifting`: "", `exception.waiting`: "", `exception.risk_owner == "asks@x.example"`: "3 2 1", `exception.renewals > 0`: "", `exception.controls == 1`: "3 2 1",
		`exception.reason in ["cost"]`: "", `exception.requested_by.startsWith("asks")`: "3 2 1", `finding("no_owner")`: "",
		`identity.kind == "person" && exception.state == "active"`: "", // nobody has access
	} {
		if got := r.lists(exception.Filter{Where: where}); got != want {
			t.Errorf("%s finds %q, want %q", where, got, want)
		}
	}
	r.exec(`insert into entitlement (source_id, external_id, name, asset_id, privilege, seen_from) values (1, 'run', 'Run', 1, 'operate', now());
		insert into access_grant (source_id, identity_id, entitlement_id, seen_from) values (1, 1, 1, now())`)
	if got := r.lists(exception.Filter{Where: `identity.kind == "person" && exception.state == "active"`}); got != "2" {
		t.Errorf("by who has access: %q", got)
	}
	for where, words := range map[string]string{`exception.colour == "red"`: "state, capability, score", `exemption.state == "x"`: "Known: exception, identity", `exception.age_days`: "a number", `exception`: "exception.state"} {
		_, err := r.List(officer, exception.Filter{Where: where, Page: 10})
		r.refused(err, errs.Invalid, words)
	}
	if _, err := access.Compile(`exception.score > 3`, time.Now()); err == nil || !strings.Contains(err.Error(), "Known: identity") {
		t.Errorf("a campaign's scope knows exceptions: %v", err)
	}
}

func TestRegisterIsSortedAndPaged(t *testing.T) {
	t.Parallel()
	r := newRegister(t)
	r.several()
	for _, sort := range append(exception.Sorts(), "") {
		all := r.lists(exception.Filter{Sort: sort})
		var paged []string
		f := exception.Filter{Sort: sort, Page: 1}
		for range 4 {
			rows, err := r.List(officer, f)
			r.must(err)
			for _, row := range rows {
				paged = append(paged, fmt.Sprint(row.ID))
				f.After = &exception.Cursor{Key: row.Key, ID: row.ID}
			}
		}
		if got := strings.Join(paged, " "); got != all || len(paged) != 3 {
			t.Errorf("by %q: %s in pages, %s at once", sort, got, all)
		}
	}
	if got := r.lists(exception.Filter{Sort: "age"}); got != "2 1 3" {
		t.Errorf("by age: %s", got)
	}
	if got := r.lists(exception.Filter{Sort: "ends", State: "in_force"}); got != "2" {
		t.Errorf("in force: %s", got)
	}
	_, err := r.List(officer, exception.Filter{Sort: "colour", Page: 1})
	r.refused(err, errs.Invalid, "sorted by risk, age, ends, drift")
}

func TestOverview(t *testing.T) {
	t.Parallel()
	r := newRegister(t)
	r.several()
	o, err := r.Overview(officer)
	r.must(err)
	var where []string
	for _, w := range o.Where {
		where = append(where, fmt.Sprintf("%s%s %d %d %d %d", w.SiteName, w.Capability, w.Gaps, w.Covered, w.Drifting, w.Uncovered))
	}
	if d := cmp.Diff([]string{"Osterby 3 0 1 2", "individual_accounts 2 0 1 1", "rotation 1 0 0 1"}, where); d != "" {
		t.Error(d)
	}
	if len(o.Ages) != 1 || o.Ages[0].Span != 0 || o.Ages[0].Exceptions != 1 || int(o.Ages[0].Oldest) != 55 || int(o.MedianAge) != 55 {
		t.Errorf("ages %+v, median %f", o.Ages, o.MedianAge)
	}
}

func TestExportIsWhatIsFiltered(t *testing.T) {
	t.Parallel()
	r := newRegister(t)
	r.several()
	var csv bytes.Buffer
	r.must(r.Export(officer, exception.Filter{Where: `exception.state == "active"`}, &csv))
	if n := strings.Count(csv.String(), "\n"); n != 2 || !strings.Contains(csv.String(), "Filler PLC") {
		t.Errorf("%d lines: %s", n, &csv)
	}
	r.refused(r.Export(officer, exception.Filter{Where: "nonsense"}, &csv), errs.Invalid, "not known")
	if got := r.text(`select detail ->> 'Where' from audit_event where action = 'exception.exported' order by id limit 1`); got != `exception.state == "active"` {
		t.Errorf("on record: %s", got)
	}
}

func TestViewsAreKept(t *testing.T) {
	t.Parallel()
	r := newRegister(t)
	r.must(r.Keep(officer, " Old ones ", "sort=age"))
	r.must(r.Keep(officer, "Old ones", "sort=age&view=in_force"))
	r.refused(r.Keep(officer, " ", "x"), errs.Invalid, "name")
	r.refused(r.Keep(officer, strings.Repeat("x", 81), "x"), errs.Invalid, "80 characters")
	views, err := r.Views(officer)
	r.must(err)
	if len(views) != 1 || views[0].Query != "sort=age&view=in_force" {
		t.Errorf("%+v", views)
	}
	if others, err := r.Views(asks); err != nil || len(others) > 0 {
		t.Errorf("somebody else sees %+v, %v", others, err)
	}
	r.refused(r.Drop(asks, views[0].ID), errs.NotFound, "no such view")
	r.must(r.Drop(officer, views[0].ID))
	for i := range 30 {
		r.must(r.Keep(officer, fmt.Sprint("v", i), "x"))
	}
	r.refused(r.Keep(officer, "one more", "x"), errs.Invalid, "30 views")
	r.must(r.Keep(officer, "v1", "y"))
}

// Several are renewed at once only with a score for each, all or none.
func TestRenewAll(t *testing.T) {
	t.Parallel()
	r := newPeopled(t)
	r.active()
	q := request(r.db.Now().AddDate(0, 0, 60))
	q.Assets, q.Submit = []int64{2}, true
	ids, err := r.Request(asks, q)
	r.must(err)
	r.must(r.Answer(officer, ids[0], exception.Answer{Event: exception.Approve, Reason: "Fine."}))
	ends := r.db.Now().AddDate(0, 0, 100)
	score := exception.Score{Likelihood: 2, People: 2, Environment: 2, Supply: 2}
	r.refused(r.RenewAll(asks, nil), errs.Invalid, "tick at least one")
	r.refused(r.RenewAll(asks, []exception.Renewal{{ID: 1, Residual: score, EndsAt: &ends}, {ID: 2, EndsAt: &ends}}), errs.Invalid, "EX-0002: Score it anew")
	r.refused(r.RenewAll(asks, []exception.Renewal{{ID: 1, Residual: score, EndsAt: &ends}, {ID: 1, Residual: score, EndsAt: &ends}}), errs.Conflict, "EX-0001: Renewal 1 is submitted already")
	r.refused(r.RenewAll(asks, []exception.Renewal{{ID: 1, Residual: score}}), errs.Invalid, "EX-0001: Say when it ends")
	if n := r.text(`select count(*)::text from exception_revision where number > 1`); n != "0" {
		t.Errorf("%s renewals were kept of what was refused", n)
	}
	r.exec(`delete from mail_message`)
	higher := exception.Score{Likelihood: 3, People: 2, Environment: 2, Supply: 2}
	r.must(r.RenewAll(asks, []exception.Renewal{{ID: 2, Residual: higher, EndsAt: &ends}, {ID: 1, Residual: score, EndsAt: &ends}}))
	if got := r.text(`select string_agg(exception_id || ' ' || state || ' ' || residual, ', ' order by exception_id) from exception_revision where number = 2`); got != "1 submitted 4, 2 submitted 6" {
		t.Error(got)
	}
	r.told("exception_waits", `ines@x.example /exceptions?view=waiting ["EX-0001, Filler PLC cannot tell users apart: renewal 1, low risk stays", "EX-0002, Capper PLC cannot tell users apart: renewal 1, medium risk stays"]`)
}
