package review

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"interlock/internal/authz"
	"interlock/internal/errs"
)

// risky is a campaign of one high-risk item of ann's and one low-risk of ben's,
// both with the boss; lower is a right that ann's can be reduced to.
func (p *plant) risky() (campaign, high, low, lower int64) {
	p.t.Helper()
	boss := p.identity("boss", who{})
	scada, wiki := p.asset("scada", thing{zone: "ot", safe: true}), p.asset("wiki", thing{zone: "it"})
	p.grant(p.identity("ann", who{manager: boss}), p.right("change", scada, "engineer", 0), "")
	p.grant(p.identity("ben", who{manager: boss}), p.right("read", wiki, "view", 0), "")
	lower = p.right("watch", scada, "view", 0)
	p.right("own", scada, "admin", 0)
	campaign = p.launch(define("true", "manager"))
	return campaign, p.item(campaign, "ann"), p.item(campaign, "ben"), lower
}

func TestDecideRefuses(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	c, high, low, lower := p.risky()
	same := p.one(`select id from entitlement where external_id = 'change'`)
	above := p.one(`select id from entitlement where external_id = 'own'`)
	elsewhere := p.one(`select id from entitlement where external_id = 'read'`)
	for _, x := range []struct {
		name, who string
		batch     Batch
		kind      errs.Kind
		want      string
	}{
		{"nothing ticked", boss, Batch{}, errs.Invalid, "Nothing is ticked: tick at least one item."},
		{"no answer", boss, say(low, "", ""), errs.Invalid, "Choose an answer: certify, certify_under_exception, reduce, revoke or unsure."},
		{"an unknown answer", boss, say(low, "undo", ""), errs.Invalid, "Choose an answer: certify, certify_under_exception, reduce, revoke or unsure."},
		{"high risk without a note", boss, say(high, Certify, " \n "), errs.Invalid, "This access is high risk: say why."},
		{"a long note", boss, say(low, Certify, strings.Repeat("x", MaxNote+1)), errs.Invalid, "The reason is longer than 4000 characters: shorten it."},
		{"a note with nul", boss, say(low, Certify, "a\x00b"), errs.Invalid, "The text holds a character that cannot be kept, such as a NUL byte: leave it out."},
		{"a note that is not UTF-8", boss, say(low, Certify, "a\xffb"), errs.Invalid, "The text holds a character that cannot be kept, such as a NUL byte: leave it out."},
		{"an item twice", boss, Batch{Said: []Said{{Item: low, Answer: Certify}, {Item: low, Answer: Revoke}}, Shown: "list"}, errs.Invalid, fmt.Sprintf("Item %d is answered twice: keep one answer.", low)},
		{"reduce to nothing", boss, say(high, Reduce, "n"), errs.Invalid, "Choose what to reduce to."},
		{"reduce to itself", boss, reduce(high, same), errs.Invalid, "That is no lower right on the same asset: choose one of the list."},
		{"reduce to a higher right", boss, reduce(high, above), errs.Invalid, "That is no lower right on the same asset: choose one of the list."},
		{"reduce to another asset's", boss, reduce(high, elsewhere), errs.Invalid, "That is no lower right on the same asset: choose one of the list."},
		{"reduce what is lowest", boss, reduce(low, lower), errs.Invalid, "That is no lower right on the same asset: choose one of the list."},
		{"reduce to no right", boss, reduce(high, 12345), errs.Invalid, "That is no lower right on the same asset: choose one of the list."},
		{"high risk in bulk", boss, Batch{Said: []Said{{Item: low, Answer: Certify}, {Item: high, Answer: Certify, Note: "n"}}, Bulk: true, Shown: "list"},
			errs.Invalid, fmt.Sprintf("Item %d is high risk: such access is decided one by one, never in bulk.", high)},
		{"not an item", boss, say(999, Certify, "n"), errs.NotFound, "Of 1 item, 1 is not yours to review in this campaign. Load the page again."},
		{"somebody else", "ben@x.example", say(low, Certify, ""), errs.NotFound, "There is no such thing here, or it is not yours to see."},
		{"the subject", "ann@x.example", say(high, Certify, "n"), errs.NotFound, "There is no such thing here, or it is not yours to see."},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			wantRefusal(t, p.Decide(as(t.Context(), x.who), c, x.batch), x.kind, x.want)
		})
	}
	t.Cleanup(func() {
		if n := p.one(`select count(*) from review_decision`) + p.one(`select count(*) from audit_event where action = 'review.decided'`); n != 0 {
			t.Errorf("%d rows of refused answers", n)
		}
	})
}

func reduce(item, to int64) Batch {
	return Batch{Said: []Said{{Item: item, Answer: Reduce, ReduceTo: to, Note: "n"}}, Shown: "item"}
}

func TestDecideForWhom(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	c, items := p.simple()
	if err := p.Decide(t.Context(), c, say(items[0], Certify, "")); !errs.Is(err, errs.Unauthenticated) {
		t.Errorf("nobody: %v", err)
	}
	if err := p.Decide(withRole(t.Context(), boss, "auditor"), c, say(items[0], Certify, "")); !errs.Is(err, errs.Forbidden) {
		t.Errorf("an auditor: %v", err)
	}
	siteOnly := authz.With(t.Context(), authz.Actor{Email: boss, Roles: []authz.Role{{Name: "member", Site: "1"}}})
	if err := p.Decide(siteOnly, c, say(items[0], Certify, "")); !errs.Is(err, errs.Forbidden) {
		t.Errorf("a member of one site: %v", err)
	}
	b := say(items[0], Certify, "")
	b.As = boss // a person cannot answer as another
	if err := p.Decide(as(t.Context(), "ann@x.example"), c, b); !errs.Is(err, errs.NotFound) {
		t.Errorf("as another: %v", err)
	}
	wantRefusal(t, p.Decide(p.root, c, say(items[0], Certify, "")), errs.Invalid, "Say for whom: --reviewer with the reviewer's e-mail.")
	b.As = " Boss@X.example"
	p.must(p.Decide(p.root, c, b))
	p.must(p.Decide(withRole(t.Context(), boss, "governance"), c, say(items[1], Revoke, "left the team")))
	got := p.texts(`select i.identity_key || ' ' || d.decision || ' ' || d.decided_by || ' ' || d.shown || ' ' || coalesce(d.open_ms, -1) || ' ' || d.note || ' ' || d.recommendation
		from review_decision d join review_item i on i.decision_id = d.id order by d.id`)
	if d := cmp.Diff([]string{"ann certify boss@x.example item 3000  look_closer", "ben revoke boss@x.example item 3000 left the team look_closer"}, got); d != "" {
		t.Error(d)
	}
	actors := p.texts(`select actor || ' ' || (detail ->> 'reviewer') from audit_event where action = 'review.decided' order by id`)
	if d := cmp.Diff([]string{"cli:root boss@x.example", "boss@x.example boss@x.example"}, actors); d != "" {
		t.Error(d)
	}
}

func TestDecideInStates(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	c, items := p.simple()
	ctx := as(t.Context(), boss)
	p.must(p.Decide(ctx, c, say(items[0], Certify, "")))
	wantRefusal(t, p.Decide(ctx, c, say(items[0], Revoke, "")), errs.Conflict, fmt.Sprintf("Item %d is answered already: take that answer back first.", items[0]))
	p.must(p.Pause(p.root, c))
	wantRefusal(t, p.Decide(ctx, c, say(items[1], Certify, "")), errs.Conflict, "This campaign is paused; it takes no answers now.")
	wantRefusal(t, p.Sign(ctx, c, ""), errs.Conflict, "This campaign is paused; it takes no answers now.")
	p.must(p.Resume(p.root, c))
	wantRefusal(t, p.Sign(ctx, c, ""), errs.Conflict, "2 items have no answer yet: answer them first.")
	b := Batch{Said: []Said{{Item: items[1], Answer: Certify}, {Item: items[2], Answer: Certify}}, Bulk: true, Shown: "group"}
	p.must(p.Decide(ctx, c, b))
	p.must(p.Sign(ctx, c, ""))
	for _, err := range []error{p.Undo(ctx, c, nil, ""), p.Sign(ctx, c, ""), p.Decide(ctx, c, say(items[1], Revoke, ""))} {
		wantRefusal(t, err, errs.Conflict, "You signed off; your answers can no longer change.")
	}
	sheet, err := p.Sheet(ctx, c, Look{})
	p.must(err)
	if sheet.State != Signing || !sheet.ReadOnly() || sheet.Statement != Statement(3) || sheet.Counts.OpenItems() != 0 || sheet.Counts.Answered[Certify] != 3 {
		t.Fatalf("%+v", sheet)
	}
	_, err = p.Close(p.root, c)
	p.must(err)
	wantRefusal(t, p.Decide(ctx, c, say(items[1], Revoke, "")), errs.Conflict, "This campaign is closed; it takes no answers now.")
	wantRefusal(t, p.Undo(ctx, c, nil, ""), errs.Conflict, "This campaign is closed; it takes no answers now.")
	_, err = p.Close(p.root, c)
	wantRefusal(t, err, errs.Conflict, "This campaign is closed; it cannot close now.")
	wantRefusal(t, p.Cancel(p.root, c), errs.Conflict, "This campaign is closed; it cannot cancel now.")
}

func TestOneDecisionWins(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	c, items := p.simple()
	won := 0
	for _, err := range inParallel(8, func(i int) error {
		return p.Decide(as(t.Context(), boss), c, say(items[0], []Answer{Certify, Revoke}[i%2], "n"))
	}) {
		if err == nil {
			won++
		} else {
			wantRefusal(t, err, errs.Conflict, fmt.Sprintf("Item %d is answered already: take that answer back first.", items[0]))
		}
	}
	if won != 1 || p.one(`select count(*) from review_decision`) != 1 || p.one(`select count(*) from audit_event where action = 'review.decided'`) != 1 {
		t.Fatalf("%d won", won)
	}
}

func TestNoDecisionAfterClose(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	boss := p.identity("boss", who{})
	right := p.right("read", p.asset("wiki", thing{}), "view", 0)
	for i := range 40 {
		p.grant(p.identity(string(rune('a'+i%26))+string(rune('a'+i/26)), who{manager: boss}), right, "")
	}
	c := p.launch(define("true", "manager"))
	var ids []int64
	for id := range 40 {
		ids = append(ids, p.one(`select id from review_item order by id offset $1 limit 1`, id))
	}
	outcome := inParallel(9, func(i int) error {
		if i == 8 {
			time.Sleep(15 * time.Millisecond)
			_, err := p.Close(p.root, c)
			return err
		}
		for k := i; k < 40; k += 8 {
			if err := p.Decide(as(context.Background(), "boss@x.example"), c, say(ids[k], Certify, "")); err != nil {
				return err
			}
		}
		return nil
	})
	p.must(outcome[8])
	for _, err := range outcome[:8] {
		if err != nil && !errs.Is(err, errs.Conflict) {
			t.Error(err)
		}
	}
	if n := p.one(`select count(*) from review_item where (decision = 'certify') <> (outcome = 'certified')`); n != 0 {
		t.Errorf("%d items were answered and not counted so", n)
	}
	closing := p.one(`select min(id) from audit_event where action = 'campaign.closed'`)
	if n := p.one(`select count(*) from audit_event where action = 'review.decided' and id > $1 and campaign_id = $2`, closing, c); n != 0 {
		t.Errorf("%d decisions after the close", n)
	}
}

func TestUndo(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	c, items := p.simple()
	ctx := as(t.Context(), boss)
	wantRefusal(t, p.Undo(ctx, c, nil, ""), errs.Conflict, "There is nothing to take back: none of your answers stands here.")
	if err := p.Undo(as(t.Context(), "else@x.example"), c, nil, ""); !errs.Is(err, errs.NotFound) {
		t.Fatalf("somebody else: %v", err)
	}
	for _, id := range items {
		p.must(p.Decide(ctx, c, say(id, Revoke, "n")))
	}
	p.must(p.Undo(ctx, c, nil, "")) // the last
	p.must(p.Undo(ctx, c, items[:1], ""))
	p.must(p.Undo(p.root, c, items[1:2], boss))
	const gone = "There is no answer of yours to take back: it was taken back already, or the next reviewer answered."
	wantRefusal(t, p.Undo(ctx, c, items[:1], ""), errs.Conflict, gone)
	p.must(p.Decide(ctx, c, say(items[0], Certify, "")))
	wantRefusal(t, p.Undo(ctx, c, items[:2], ""), errs.Conflict, gone) // all or none
	got := p.texts(`select i.identity_key || ' ' || d.decision || ' ' || d.decided_by from review_decision d join review_item i on i.id = d.item_id order by d.id`)
	want := []string{"ann revoke boss@x.example", "ben revoke boss@x.example", "cid revoke boss@x.example", "cid undo boss@x.example",
		"ann undo boss@x.example", "ben undo boss@x.example", "ann certify boss@x.example"}
	if d := cmp.Diff(want, got); d != "" {
		t.Fatal(d)
	}
	if n := p.one(`select count(*) from review_item where decision is null and decision_id is null and decided_at is null`); n != 2 {
		t.Fatalf("%d items are open", n)
	}
}

// TestEntered: what an operator enters for a reviewer says so, wherever it is kept;
// what runs in the reviewer's own name does not.
func TestEntered(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	c, items := p.simple()
	for i, b := range []Batch{say(items[0], Certify, ""), say(items[1], Certify, "")} {
		b.As = boss
		p.must(p.Decide([]context.Context{p.root, authz.OnBehalf(t.Context(), boss)}[i], c, b))
	}
	sheet, err := p.Sheet(as(t.Context(), boss), c, Look{Item: items[0]})
	p.must(err)
	if by := sheet.Case.Said.EnteredBy; by == nil || *by != "cli:root" || sheet.Given[0].EnteredBy != nil || *sheet.Given[1].EnteredBy != "cli:root" {
		t.Errorf("the reviewer does not see who entered it: %+v %+v", sheet.Case.Said, sheet.Given)
	}
	var file strings.Builder
	p.must(p.WriteItems(p.root, c, ItemFilter{}, &file))
	for _, line := range strings.Split(strings.TrimSpace(file.String()), "\n") {
		entered := strings.HasPrefix(line, fmt.Sprintf("%d,", items[0]))
		if strings.Contains(line, ",cli:root,") != entered {
			t.Errorf("items.csv: %s", line)
		}
	}
	p.must(p.Undo(p.root, c, items[:1], boss))
	p.must(p.Decide(as(t.Context(), boss), c, say(items[0], Revoke, "")))
	p.must(p.Decide(as(t.Context(), boss), c, say(items[2], Revoke, "")))
	p.must(p.Sign(p.root, c, boss))
	got := p.texts(`select decision || ' ' || decided_by || ' ' || coalesce(entered_by, '-') from review_decision order by id`)
	want := []string{"certify boss@x.example cli:root", "certify boss@x.example -", "undo boss@x.example cli:root", "revoke boss@x.example -", "revoke boss@x.example -"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	got = p.texts(`select entered_by || '; ' || statement from review_reviewer`)
	if d := cmp.Diff([]string{"cli:root; Entered by cli:root on behalf of boss@x.example: " + Statement(3)}, got); d != "" {
		t.Error(d)
	}
}

// TestNotesOfAFile: the audit log has each item's own note.
func TestNotesOfAFile(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	c, items := p.simple()
	b := Batch{Shown: "file", Said: []Said{{Item: items[0], Answer: Certify}, {Item: items[1], Answer: Revoke, Note: "left"}}}
	p.must(p.Decide(as(t.Context(), boss), c, b))
	p.must(p.Decide(as(t.Context(), boss), c, say(items[2], Certify, "works here")))
	got := p.texts(`select (detail ->> 'items') || ' ' || coalesce(detail ->> 'note', '-') from audit_event where action = 'review.decided' order by id`)
	want := []string{
		fmt.Sprintf(`[{"item": %d, "decision": "certify"}, {"item": %d, "note": "left", "decision": "revoke"}] -`, items[0], items[1]),
		fmt.Sprintf(`[{"item": %d, "decision": "certify"}] works here`, items[2]),
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// TestRefusalsOnRecord: also of taking back and of signing off.
func TestRefusalsOnRecord(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	c, items := p.simple()
	ctx := as(t.Context(), boss)
	for _, err := range []error{
		p.Decide(as(t.Context(), "eve@x.example"), c, say(items[0], Certify, "")), p.Undo(ctx, c, items[:1], ""), p.Sign(ctx, c, ""), p.Sign(as(t.Context(), "eve@x.example"), c, ""),
	} {
		if err == nil {
			t.Fatal("not refused")
		}
	}
	got := p.texts(`select concat_ws(' ', actor, detail ->> 'act', detail ->> 'reason') from audit_event where action = 'review.refused' order by id`)
	want := []string{
		"eve@x.example There is no such thing here, or it is not yours to see.",
		"boss@x.example undo There is no answer of yours to take back: it was taken back already, or the next reviewer answered.",
		"boss@x.example sign 3 items have no answer yet: answer them first.",
		"eve@x.example sign There is no such thing here, or it is not yours to see.",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	gone, hangUp := context.WithCancel(ctx)
	refusal := p.Undo(ctx, c, items[:1], "")
	hangUp()
	if err := p.onRecord(gone, c, map[string]any{}, refusal); err == nil || p.one(`select count(*) from audit_event where action = 'review.refused'`) != 6 {
		t.Errorf("who hangs up leaves no record: %v", err)
	}
}

// TestReduceAmongMany: a right beyond the fifty that a page lists is as good.
func TestReduceAmongMany(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	c, high, low, _ := p.risky()
	p.exec(`insert into entitlement (source_id, external_id, name, asset_id, privilege, seen_from)
		select source_id, 'many' || n, 'many ' || lpad(n::text, 3, '0'), asset_id, 'operate', seen_from from entitlement, generate_series(1, 60) n where external_id = 'watch'`)
	last := p.one(`select id from entitlement where external_id = 'watch'`) // view comes after sixty operate
	p.must(p.Decide(as(t.Context(), boss), c, reduce(high, last)))
	p.exec(`update entitlement set ended_at = seen_from where id = $1`, last)
	p.must(p.Undo(as(t.Context(), boss), c, []int64{high}, ""))
	err := p.Decide(as(t.Context(), boss), c, Batch{Shown: "file", Said: []Said{{Item: low, Answer: Certify}, {Item: high, Answer: Reduce, ReduceTo: last, Note: "n"}}})
	wantRefusal(t, err, errs.Invalid, "That is no lower right on the same asset: choose one of the list.")
}
