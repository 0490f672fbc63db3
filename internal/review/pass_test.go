package review

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"interlock/internal/errs"
)

const next2 = "keeper@x.example"

// passing is one low-risk item each of ann, ben and cid, with the boss first and
// the keeper next.
func (p *plant) passing() (campaign int64, items []int64) {
	p.t.Helper()
	boss, keeper := p.identity("boss", who{}), p.identity("keeper", who{})
	right := p.right("read", p.asset("wiki", thing{zone: "it", owner: keeper}), "view", 0)
	for _, id := range []string{"ann", "ben", "cid"} {
		p.grant(p.identity(id, who{manager: boss}), right, "")
	}
	campaign = p.launch(define("true", "manager, asset_owner"))
	return campaign, []int64{p.item(campaign, "ann"), p.item(campaign, "ben"), p.item(campaign, "cid")}
}

func (p *plant) standing() []string {
	return p.texts(`select concat_ws(' ', identity_key, reviewer, coalesce(decision, 'open'), passed_from) from review_item order by identity_key`)
}

func TestUnsurePassesOn(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	c, items := p.passing()
	first, second := as(t.Context(), boss), as(t.Context(), next2)
	if _, err := p.Sheet(second, c, Look{}); !errs.Is(err, errs.NotFound) {
		t.Fatalf("the next one sees a campaign before they have anything in it: %v", err)
	}
	b := Batch{Said: []Said{{Item: items[0], Answer: Unsure}, {Item: items[1], Answer: Certify}}, Shown: "list"}
	p.must(p.Decide(first, c, b))
	want := []string{"ann keeper@x.example open boss@x.example", "ben boss@x.example certify", "cid boss@x.example open"}
	if d := cmp.Diff(want, p.standing()); d != "" {
		t.Fatal(d)
	}
	if err := p.Decide(first, c, say(items[0], Certify, "")); !errs.Is(err, errs.NotFound) {
		t.Fatalf("what was passed on is no longer theirs: %v", err)
	}
	p.must(p.Undo(first, c, items[:1], "")) // taken back
	p.must(p.Decide(first, c, say(items[0], Unsure, "")))
	p.must(p.Decide(second, c, say(items[0], Revoke, "")))
	wantRefusal(t, p.Undo(first, c, items[:1], ""), errs.Conflict,
		"There is no answer of yours to take back: it was taken back already, or the next reviewer answered.")
	p.must(p.Undo(second, c, nil, ""))
	p.must(p.Decide(second, c, say(items[0], Unsure, "")))
	want = []string{"ann fallback@x.example open keeper@x.example", "ben boss@x.example certify", "cid boss@x.example open"}
	if d := cmp.Diff(want, p.standing()); d != "" {
		t.Fatal(d)
	}
	third := as(t.Context(), fallback)
	p.must(p.Decide(third, c, say(items[0], Unsure, ""))) // nobody is left: it stays with them
	want[0] = "ann fallback@x.example unsure keeper@x.example"
	if d := cmp.Diff(want, p.standing()); d != "" {
		t.Fatal(d)
	}
	sheet, err := p.Sheet(third, c, Look{})
	p.must(err)
	if sheet.Counts.Total != 1 || sheet.Counts.Answered[Unsure] != 1 {
		t.Fatalf("%+v", sheet.Counts)
	}
}

func TestUnsureStaysWhenTheNextSigned(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	c, items := p.passing()
	first, second := as(t.Context(), boss), as(t.Context(), next2)
	p.must(p.Decide(first, c, say(items[0], Unsure, "")))
	p.must(p.Decide(second, c, say(items[0], Certify, "")))
	p.must(p.Sign(second, c, ""))
	p.must(p.Decide(first, c, say(items[1], Unsure, "")))
	p.must(p.Decide(as(t.Context(), fallback), c, say(items[1], Certify, "")))
	p.must(p.Sign(as(t.Context(), fallback), c, ""))
	p.must(p.Decide(first, c, say(items[2], Unsure, "")))
	want := []string{"ann keeper@x.example certify boss@x.example", "ben fallback@x.example certify boss@x.example", "cid boss@x.example unsure"}
	if d := cmp.Diff(want, p.standing()); d != "" {
		t.Fatal(d)
	}
}

// TestSignWithNothingLeft: who passed everything on may still sign, before and
// after the others.
func TestSignWithNothingLeft(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	c, items := p.passing()
	first, second := as(t.Context(), boss), as(t.Context(), next2)
	for _, id := range items {
		p.must(p.Decide(first, c, say(id, Unsure, "")))
		p.must(p.Decide(second, c, say(id, Certify, "")))
	}
	p.must(p.Sign(second, c, ""))
	st, err := p.Status(p.root, c)
	p.must(err)
	if st.State != Signing {
		t.Fatalf("%s, though whoever has items signed", st.State)
	}
	p.must(p.Sign(first, c, ""))
	got := p.texts(`select reviewer || ': ' || statement from review_reviewer order by reviewer`)
	if d := cmp.Diff([]string{boss + ": " + Statement(0), next2 + ": " + Statement(3)}, got); d != "" {
		t.Fatal(d)
	}
}

// TestPassOnToWhoSigns: at the same moment one passes an item on and the other
// signs off. Whoever is first, nobody has signed with an open item.
func TestPassOnToWhoSigns(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	_, _ = p.passing()
	for range 12 {
		c := p.launch(define("true", "manager, asset_owner"))
		item := p.item(c, "ann")
		first, second := as(t.Context(), boss), as(t.Context(), next2)
		p.must(p.Decide(first, c, say(p.item(c, "ben"), Unsure, "")))
		p.must(p.Decide(second, c, say(p.item(c, "ben"), Certify, "")))
		said := inParallel(2, func(i int) error {
			if i == 0 {
				return p.Decide(first, c, say(item, Unsure, ""))
			}
			return p.Sign(second, c, "")
		})
		p.must(said[0])
		got := p.texts(`select i.reviewer || ' ' || coalesce(i.decision, 'open') || ' ' || (r.signed_at is not null) from review_item i, review_reviewer r
			where i.id = $1 and r.campaign_id = i.campaign_id and r.reviewer = $2`, item, next2)[0]
		if said[1] == nil && got != "fallback@x.example open true" || said[1] != nil && got != "keeper@x.example open false" {
			t.Fatalf("signing said %v, and the item is with %s", said[1], got)
		}
	}
}

// TestPassSkips: an item goes past who left meanwhile, is its subject, gave the
// grant, was unsure of it before or signed off, to who is left of the fallback.
func TestPassSkips(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	boss, keeper := p.identity("boss", who{}), p.identity("keeper", who{})
	giver, last := p.identity("giver", who{}), p.identity("last", who{})
	right := p.right("read", p.asset("wiki", thing{zone: "it", owner: keeper}), "view", 0)
	p.grant(p.identity("ann", who{manager: boss}), right, "giver")
	p.grant(p.identity("ben", who{manager: boss}), right, "")
	c := p.launch(define("true", "manager, asset_owner", "fallback: [giver@x.example, ann@x.example, boss@x.example, away@y.example, last@x.example, ben@x.example]"))
	p.exec(`update identity set status = 'left' where id = $1`, keeper)
	ann, ben := p.item(c, "ann"), p.item(c, "ben")
	for _, who := range []string{"boss@x.example", "away@y.example"} {
		p.must(p.Decide(as(t.Context(), who), c, say(ann, Unsure, "")))
	}
	if d := cmp.Diff([]string{"ann last@x.example open away@y.example", "ben boss@x.example open"}, p.standing()); d != "" {
		t.Fatal(d)
	}
	if got := p.texts(`select coalesce(next_reviewer, 'nobody') from review_item where id = $1`, ann)[0]; got != "ben@x.example" {
		t.Fatalf("after last comes %s", got)
	}
	p.exec(`update identity set ended_at = seen_from where external_id = 'ben'`)
	p.must(p.Decide(as(t.Context(), "last@x.example"), c, say(ann, Unsure, "")))
	p.exec(`update identity set status = 'disabled' where id in ($1, $2)`, giver, last)
	p.must(p.Decide(as(t.Context(), "boss@x.example"), c, say(ben, Unsure, "")))
	want := []string{"ann last@x.example unsure away@y.example", "ben ann@x.example open boss@x.example"}
	if d := cmp.Diff(want, p.standing()); d != "" {
		t.Fatal(d)
	}
	done, err := p.Close(p.root, c)
	p.must(err)
	if done.Silent["escalated"] != 2 {
		t.Fatalf("%+v", done)
	}
}

// TestUndoLeavesWhoPassed: the second one takes their answer back; the first one
// still has theirs, and can take it back until the second answers again.
func TestUndoLeavesWhoPassed(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	c, items := p.passing()
	first, second, third := as(t.Context(), boss), as(t.Context(), next2), as(t.Context(), fallback)
	given := func(want string) {
		t.Helper()
		sheet, err := p.Sheet(first, c, Look{})
		p.must(err)
		got := ""
		for _, g := range sheet.Given {
			got += g.Decision + " " + g.NowWith
			if g.NowDecision != nil {
				got += " who said " + *g.NowDecision
			}
			if !g.MayUndo {
				got += ", for good"
			}
		}
		if got != want {
			t.Fatalf("the first one's list says %q, want %q", got, want)
		}
	}
	p.must(p.Decide(first, c, say(items[0], Unsure, "")))
	given("unsure keeper@x.example")
	p.must(p.Decide(second, c, say(items[0], Certify, "")))
	given("unsure keeper@x.example who said certify, for good")
	p.must(p.Undo(second, c, nil, ""))
	given("unsure keeper@x.example")
	p.must(p.Decide(second, c, say(items[0], Unsure, "")))
	given("unsure fallback@x.example, for good")
	p.must(p.Decide(third, c, say(items[0], Revoke, "")))
	given("unsure fallback@x.example who said revoke, for good")
	p.must(p.Undo(third, c, nil, ""))
	p.must(p.Undo(second, c, items[:1], "")) // back from the third
	given("unsure keeper@x.example")
	p.must(p.Undo(first, c, nil, "")) // back from the second
	given("")
	wantRefusal(t, p.Undo(first, c, nil, ""), errs.Conflict, "There is nothing to take back: none of your answers stands here.")
	p.must(p.Decide(first, c, say(items[0], Unsure, "")))
	if got := p.standing()[0]; got != "ann keeper@x.example open boss@x.example" {
		t.Fatal(got)
	}
}
