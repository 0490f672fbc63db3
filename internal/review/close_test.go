package review

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"interlock/internal/errs"
	"interlock/internal/remediation"
)

// TestCloseSilence closes over every answer, and none, in every consequence class
// under every rule for silence.
func TestCloseSilence(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	boss := p.identity("boss", who{})
	assets := map[string]int64{
		"it": p.asset("wiki", thing{zone: "it"}), "ot": p.asset("hmi", thing{zone: "ot"}), "safety": p.asset("sis", thing{zone: "ot", safe: true}),
	}
	answers := []Answer{Certify, Revoke, Reduce, Unsure, ""}
	lower := map[string]int64{}
	for class, asset := range assets {
		right := p.right("change-"+class, asset, "engineer", 0)
		lower[class] = p.right("watch-"+class, asset, "view", 0)
		for _, a := range answers {
			p.grant(p.identity(class+"-"+string(a), who{manager: boss}), right, "")
		}
	}
	outcomes := map[string]string{"revoke": "revoked", "keep": "kept", "escalate": "escalated"}
	answered := map[Answer]string{Certify: "certified", Revoke: "revoked", Reduce: "reduced"}
	for i, rule := range []map[string]string{
		{"it": "revoke", "ot": "keep", "safety": "escalate"},
		{"it": "keep", "ot": "escalate", "safety": "revoke"},
		{"it": "escalate", "ot": "revoke", "safety": "keep"},
	} {
		c := p.launch(define("true", "manager", fmt.Sprintf("silence: {it: %s, ot: %s, safety: %s}", rule["it"], rule["ot"], rule["safety"]), "fallback: [boss@x.example]"))
		want := map[string]string{}
		for class := range assets {
			for _, a := range answers {
				id := p.item(c, class+"-"+string(a))
				want[class+"-"+string(a)] = or(answered[a], outcomes[rule[class]])
				if a == "" {
					continue
				}
				b := say(id, a, "because")
				if a == Reduce {
					b.Said[0].ReduceTo = lower[class]
				}
				p.must(p.Decide(as(t.Context(), "boss@x.example"), c, b))
			}
		}
		done, err := p.Close(p.root, c)
		p.must(err)
		for name, outcome := range want {
			if got := p.texts(`select outcome from review_item where campaign_id = $1 and identity_key = $2`, c, name); got[0] != outcome {
				t.Errorf("rule %d: %s is %s, want %s", i, name, got[0], outcome)
			}
		}
		expect := Closing{Campaign: c, State: Remediating, Remediation: 8, Silent: map[string]int64{"revoked": 2, "kept": 2, "escalated": 2},
			Outcomes: map[string]int64{"certified": 3, "revoked": 5, "reduced": 3, "kept": 2, "escalated": 2}}
		if d := cmp.Diff(expect, done); d != "" {
			t.Error(d)
		}
		work := p.texts(`select r.work || ' ' || i.outcome || ' ' || (r.reduce_to is not null) || ' ' || count(*) from remediation r join review_item i on i.id = r.item_id
			where r.campaign_id = $1 group by r.work, i.outcome, r.reduce_to is not null order by 1`, c)
		if d := cmp.Diff([]string{"reduce reduced true 3", "remove revoked false 5"}, work); d != "" {
			t.Error(d)
		}
		list, err := remediation.New(p.db).List(withRole(t.Context(), "e@x.example", "plant_engineer"), remediation.Filter{Campaign: c, State: "open", Page: 100})
		p.must(err)
		if len(list) != 8 {
			t.Errorf("%d remediations listed", len(list))
		}
	}
}

func TestCloseOnceAndNothingToRemove(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	c, items := p.simple()
	p.must(p.Decide(as(t.Context(), boss), c, say(items[0], Revoke, "")))
	won := 0
	for _, err := range inParallel(4, func(int) error { _, err := p.Close(p.root, c); return err }) {
		if err == nil {
			won++
		} else if !errs.Is(err, errs.Conflict) {
			t.Error(err)
		}
	}
	if n := p.one(`select count(*) from remediation`); won != 1 || n != 1 {
		t.Fatalf("%d closed it, %d remediations", won, n)
	}
	empty := p.launch(define("true", "manager", "silence: {it: keep, ot: keep, safety: keep}"))
	done, err := p.Close(p.root, empty)
	p.must(err)
	if done.State != Closed || done.Remediation != 0 {
		t.Fatalf("%+v", done)
	}
	for _, moved := range []error{p.Cancel(p.root, 999), p.Pause(p.root, 999), p.Sign(as(t.Context(), boss), 999, "")} {
		if !errs.Is(moved, errs.NotFound) {
			t.Errorf("no such campaign: %v", moved)
		}
	}
}

func TestCancelKeepsWhatWasAnswered(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	c, items := p.simple()
	p.must(p.Decide(as(t.Context(), boss), c, say(items[0], Revoke, "")))
	p.must(p.Cancel(p.root, c))
	wantRefusal(t, p.Decide(as(t.Context(), boss), c, say(items[1], Revoke, "")), errs.Conflict, "This campaign is cancelled; it takes no answers now.")
	if _, err := p.Close(p.root, c); !errs.Is(err, errs.Conflict) {
		t.Fatal(err)
	}
	if p.one(`select count(*) from review_decision`) != 1 || p.one(`select count(*) from remediation`) != 0 {
		t.Fatal("the answer is gone, or work was opened")
	}
}

func TestWriteItems(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	c, high, low, lower := p.risky()
	p.exec(`alter table review_item disable trigger frozen; update review_item set peer_group = 'department', peers = 24, peers_holding = 3, reach_assets = 14, reach_safety = 2,
		reach_crossing = 12, reach_levels = '{0,6,5,2,1,0,0,0}', reach_highest = 'engineer', findings = '{high:toxic,low:never_used}' where identity_key = 'ann'; alter table review_item enable trigger frozen`)
	p.must(p.Decide(as(t.Context(), boss), c, Batch{Said: []Said{{Item: high, Answer: Reduce, ReduceTo: lower, Note: "=1+1, \"quoted\"\nline"}}, Shown: "item"}))
	var out bytes.Buffer
	p.must(p.WriteItems(withRole(t.Context(), "a@x.example", "auditor"), c, ItemFilter{}, &out))
	rows, err := csv.NewReader(&out).ReadAll()
	p.must(err)
	want := [][]string{
		strings.Split("item,identity,entitlement,asset,reviewer,risk,recommendation,reasons,decision,decided_by,decided_at,note,bulk,entered_by,"+
			"peer_group,peers,peers_holding,reach_assets,reach_safety,reach_crossing,reach_highest,findings,gaps", ","),
		{fmt.Sprint(high), "ann", "change", "scada", boss, "critical", "look_closer", rows[1][7], "reduce", boss, "2026-11-12T09:00:00Z", "'=1+1, \"quoted\"\nline", "false", "",
			"department", "24", "3", "14", "2", "12", "engineer", "high:toxic; low:never_used", ""},
		{fmt.Sprint(low), "ben", "read", "wiki", boss, "low", "look_closer", rows[2][7], "", "", "", "", "", "", "manager", "1", "", "", "", "", "", "", ""},
	}
	if d := cmp.Diff(want, rows); d != "" {
		t.Fatal(d)
	}
	out.Reset()
	p.must(p.WriteItems(p.root, c, ItemFilter{Answer: "open"}, &out))
	if got := strings.Count(out.String(), "\n"); got != 2 {
		t.Fatalf("%d lines of open items", got)
	}
	out.Reset()
	if err := p.WriteItems(p.root, 999, ItemFilter{}, &out); !errs.Is(err, errs.NotFound) || out.Len() != 0 {
		t.Fatalf("no campaign: %v %q", err, out.String())
	}
	if err := p.WriteItems(as(t.Context(), boss), c, ItemFilter{}, &out); !errs.Is(err, errs.Forbidden) {
		t.Fatal(err)
	}
}

func (p *plant) mails() []string {
	return p.texts(`select template || ' ' || recipient || ' ' || (data ->> 'items') from mail_message order by id`)
}

func TestRemindOnce(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	c, items := p.passing()
	opened := []string{"review_opened boss@x.example 3"}
	if d := cmp.Diff(opened, p.mails()); d != "" {
		t.Fatal(d)
	}
	replicas := func() {
		t.Helper()
		for _, err := range inParallel(2, func(int) error { return p.Remind(context.Background()) }) {
			p.must(err)
		}
	}
	replicas()                                     // nothing is new
	p.clock.Advance(14*24*time.Hour + 8*time.Hour) // from 9 to 17
	replicas()                                     // due now is not overdue
	if d := cmp.Diff(opened, p.mails()); d != "" {
		t.Fatal(d)
	}
	p.must(p.Decide(as(t.Context(), boss), c, say(items[0], Unsure, "")))
	replicas() // the keeper got an item since
	opened = append(opened, "review_opened keeper@x.example 1")
	if d := cmp.Diff(opened, p.mails()); d != "" {
		t.Fatal(d)
	}
	p.clock.Advance(time.Second)
	for range 5 {
		replicas()
	}
	overdue := append(slices.Clone(opened), "review_overdue boss@x.example 2", "review_overdue keeper@x.example 1")
	if d := cmp.Diff(overdue, p.mails()); d != "" {
		t.Fatal(d)
	}
	if n := p.one(`select count(*) from river_job where kind = 'mail_deliver'`); n != 4 {
		t.Fatalf("%d jobs carry 4 mails", n)
	}
	st, err := p.Status(p.root, c)
	p.must(err)
	if st.Overdue != 3 {
		t.Fatalf("%d overdue", st.Overdue)
	}
}

func TestNoReminderWithoutOpenItems(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	c, items := p.simple()
	paused := p.launch(define("true", "manager"))
	p.must(p.Pause(p.root, paused))
	for _, id := range items {
		p.must(p.Decide(as(t.Context(), boss), c, say(id, Certify, "")))
	}
	p.clock.Advance(30 * 24 * time.Hour)
	p.must(p.Remind(t.Context()))
	if n := p.one(`select count(*) from mail_message where template = 'review_overdue'`); n != 0 {
		t.Fatalf("%d reminders to who answered everything, or of a paused campaign", n)
	}
	p.must(p.Resume(p.root, paused))
	p.must(p.Remind(t.Context()))
	if n := p.one(`select count(*) from mail_message where template = 'review_overdue'`); n != 1 {
		t.Fatalf("%d reminders after it was resumed", n)
	}
}

// TestEscalatedIsTold: the fallback hears once how much was kept without an answer.
func TestEscalatedIsTold(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	c, high, low, _ := p.risky()
	p.must(p.Decide(as(t.Context(), boss), c, say(low, Revoke, "")))
	_, err := p.Close(p.root, c)
	p.must(err)
	const told = `select concat_ws(' ', recipient, subject, data ->> 'items', data ->> 'high', data ->> 'name') from mail_message where template = 'review_escalated'`
	if d := cmp.Diff([]string{fallback + " Kept without an answer: A review 1 1 " + fallback}, p.texts(told)); d != "" {
		t.Fatal(d)
	}
	if n := p.one(`select count(*) from audit_event where action = 'review.notified' and detail ->> 'step' = 'escalated'`); n != 1 || high == 0 {
		t.Fatal(n)
	}
	quiet := p.launch(define("true", "manager", "silence: {it: keep, ot: revoke, safety: keep}"))
	_, err = p.Close(p.root, quiet)
	p.must(err)
	if n := len(p.texts(told)); n != 1 {
		t.Fatalf("%d mails", n)
	}
}

// TestPreviousAnswer: only what a closed campaign made of an answer counts, and
// the last of them.
func TestPreviousAnswer(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	c, items := p.simple()
	text := define("true", "manager")
	p.must(p.Decide(as(t.Context(), boss), c, say(items[0], Revoke, "")))
	seen := func() string {
		next := p.launch(text)
		return p.texts(`select concat_ws(' ', previous_decision, previous_by) from review_item where campaign_id = $1 and identity_key = 'ann'`, next)[0]
	}
	if got := seen(); got != "" {
		t.Fatalf("the answer of a running campaign counts: %q", got)
	}
	cancelled := p.launch(text)
	p.must(p.Decide(as(t.Context(), boss), cancelled, say(p.item(cancelled, "ann"), Certify, "")))
	p.must(p.Cancel(p.root, cancelled))
	_, err := p.Close(p.root, c)
	p.must(err)
	if got := seen(); got != "revoke boss@x.example" {
		t.Fatalf("after the close: %q", got)
	}
	again := p.launch(text)
	p.must(p.Decide(as(t.Context(), boss), again, say(p.item(again, "ann"), Certify, "")))
	_, err = p.Close(p.root, again)
	p.must(err)
	if got := seen(); got != "certify boss@x.example" {
		t.Fatalf("after the second close: %q", got)
	}
}

// TestHeldCampaign: who comes while a launch or a close is under way hears so, and
// does not wait for it.
func TestHeldCampaign(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	c, _ := p.simple()
	draft, err := p.Draft(p.root, define("true", "manager"))
	p.must(err)
	_, err = p.StartLaunch(p.root, draft, Again)
	p.must(err)
	tx, err := p.db.Pool().Begin(context.Background())
	p.must(err)
	defer func() { _ = tx.Rollback(context.Background()) }()
	_, err = tx.Exec(t.Context(), `select from review_campaign for update`)
	p.must(err)
	wantRefusal(t, p.Cancel(p.root, draft), errs.Conflict, "It is being launched; cancel the launch instead.")
	wantRefusal(t, p.Pause(p.root, c), errs.Conflict, "It is being closed already.")
	_, err = p.StartClose(p.root, c)
	wantRefusal(t, err, errs.Conflict, "It is being closed already.")
}
