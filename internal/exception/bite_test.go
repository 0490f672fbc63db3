package exception_test

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"interlock/internal/authz"
	"interlock/internal/errs"
	"interlock/internal/exception"
	"interlock/internal/review"
)

// reviewed is a register whose two controllers are under review by Mara, who owns them.
type reviewed struct {
	*register
	review   *review.Service
	campaign int64
}

const definition = "name: plant\ntitle: The plant\nscope: 'true'\nstages:\n  - reviewers: [asset_owner]\n    days: 92\nfallback: [mara@x.example]\n"

var mara = as("mara", "member")

func newReviewed(t *testing.T) *reviewed {
	t.Helper()
	r := newPeopled(t)
	r.exec(`insert into identity (source_id, external_id, name, kind, email, status, seen_from) values (1, 'op', 'Op', 'person', 'op@x.example', 'active', now());
		insert into entitlement (source_id, external_id, name, asset_id, privilege, seen_from) select 1, 'run' || id, 'Run', id, 'operate', now() from asset;
		insert into access_grant (source_id, identity_id, entitlement_id, seen_from) select 1, 2, id, now() from entitlement`)
	return &reviewed{r, review.New(r.db), 0}
}

func (r *reviewed) launch() {
	r.t.Helper()
	made, err := r.review.DraftAndLaunch(authz.CommandLine(context.Background(), "root"), definition, review.Again)
	r.must(err)
	r.campaign = made.Campaign
}

// item is the one of the Filler PLC, or of the Capper.
func (r *reviewed) item(asset int) int64 {
	r.t.Helper()
	n, err := strconv.ParseInt(r.text(fmt.Sprintf(`select id::text from review_item where asset_id = %d`, asset)), 10, 64)
	r.must(err)
	return n
}

func (r *reviewed) says(asset int, a review.Answer) error {
	return r.review.Decide(mara, r.campaign, review.Batch{Shown: "item", Said: []review.Said{{Item: r.item(asset), Answer: a, Note: "Needed."}}})
}

func (r *reviewed) state(want string) {
	r.t.Helper()
	got := r.text(`select string_agg(concat_ws(' ', asset_name, coalesce(decision, 'open'), outcome), ', ' order by asset_id) from review_item`)
	if got != want {
		r.t.Errorf("%s, want %s", got, want)
	}
}

func TestCertifyUnderException(t *testing.T) {
	t.Parallel()
	r := newReviewed(t)
	id := r.active()
	r.launch()
	got := r.text(`select string_agg(asset_name || ' ' || gaps::text, ' ' order by asset_id) from review_item`)
	if want := "Filler PLC {individual_accounts:1:" + r.db.Now().AddDate(0, 0, 90).Format(time.RFC3339) + ",rotation} Capper PLC {individual_accounts}"; got != want {
		t.Errorf("frozen: %s, want %s", got, want)
	}
	r.refused(r.says(1, review.Certify), errs.Conflict, "certified under the exception")
	r.refused(r.says(2, review.Certify), errs.Conflict, "Request an exception first")
	r.refused(r.says(2, review.Except), errs.Conflict, "Request an exception first")
	r.must(r.says(1, review.Except))
	r.state("Filler PLC certify_under_exception, Capper PLC open")
	r.must(r.says(2, review.Revoke))

	r.refused(r.Revoke(tester, id, "no"), errs.Forbidden, "")
	r.must(r.Revoke(officer, id, "The jump host is gone."))
	r.state("Filler PLC open, Capper PLC revoke")
	got = r.text(`select recipient || ' ' || subject || ' ' || (data ->> 'reason') || (data ->> 'items') from mail_message where template = 'review_reopened'`)
	if got != "mara@x.example Open again: access to review: The plant EX-0001, for Filler PLC, is revoked.1" {
		t.Error(got)
	}
	sheet, err := r.review.Sheet(mara, r.campaign, review.Look{Item: r.item(1)})
	r.must(err)
	if sheet.Case == nil || sheet.Case.Again == nil || !sheet.Case.Now.Unaccountable() {
		t.Errorf("the reviewer is not shown that it is open again: %+v", sheet.Case)
	}
	r.refused(r.says(1, review.Except), errs.Conflict, "Request an exception first")
}

// However it ends, and whenever a job runs: who certified under it decides again.
func TestReopens(t *testing.T) {
	t.Parallel()
	for name, over := range map[string]struct {
		after time.Duration
		do    func(*reviewed)
		why   string
	}{
		"expired":   {91 * days, func(r *reviewed) { r.exec(`update exception_control set next_due = next_due + interval '1 year'`) }, "expired"},
		"suspended": {30*days + exception.Grace, func(*reviewed) {}, "suspended"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newReviewed(t)
			r.active()
			r.launch()
			r.must(r.says(1, review.Except))
			r.must(r.says(2, review.Revoke))
			over.do(r)
			r.clock.Advance(over.after)
			r.refused(r.review.Sign(mara, r.campaign, ""), errs.Conflict, "no longer in force") // no job has run
			for range 2 {
				_, err := r.Note(system)
				r.must(err)
			}
			r.state("Filler PLC open, Capper PLC revoke")
			if got := r.text(`select string_agg(data ->> 'reason', '') from mail_message where template = 'review_reopened'`); got != "EX-0001, for Filler PLC, is "+over.why+"." {
				t.Error(got)
			}
		})
	}
}

// What is signed off stays as it was attested, and counts as unanswered at the close.
func TestSignedOffCountsAsUnanswered(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		after time.Duration
		want  string
	}{
		"in force": {60 * days, "Filler PLC certify_under_exception excepted, Capper PLC revoke revoked"},
		"ended":    {91 * days, "Filler PLC certify_under_exception escalated, Capper PLC revoke revoked"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newReviewed(t)
			r.active()
			r.exec(`update exception_control set next_due = next_due + interval '1 year'`)
			r.launch()
			r.must(r.says(1, review.Except))
			r.must(r.says(2, review.Revoke))
			r.must(r.review.Sign(mara, r.campaign, ""))
			r.clock.Advance(c.after)
			_, err := r.Note(system)
			r.must(err)
			closing, err := r.review.Close(authz.CommandLine(context.Background(), "root"), r.campaign)
			r.must(err)
			r.state(c.want)
			st, err := r.review.Status(authz.CommandLine(context.Background(), "root"), r.campaign)
			r.must(err)
			if silent := closing.Silent["escalated"]; st.Excepted != 1 || st.Certified != 0 || (silent == 1) != (name == "ended") {
				t.Errorf("%+v, %d without an answer", st, silent)
			}
		})
	}
}

// An answer on its way while the exception ends is either opened again or refused.
func TestEndWhileCertifying(t *testing.T) {
	t.Parallel()
	r := newReviewed(t)
	id := r.active()
	r.launch()
	said := make(chan error)
	go func() { said <- r.says(1, review.Except) }()
	r.must(r.Revoke(officer, id, "Now."))
	if err := <-said; err != nil && !strings.Contains(err.Error(), "exception") {
		t.Error(err)
	}
	r.state("Filler PLC open, Capper PLC open")
}

// The grace of the database is that of the register.
func TestGrace(t *testing.T) {
	t.Parallel()
	r := newRegister(t)
	if got := r.text(`select extract(epoch from exception_grace())::bigint::text`); got != "1209600" || exception.Grace != 1209600*time.Second {
		t.Errorf("%s and %s", got, exception.Grace)
	}
}
