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
	p.must(p.Decide(second, c, say(items[0], Unsure, ""))) // nobody is left: it stays with them
	want = []string{"ann keeper@x.example unsure", "ben boss@x.example certify", "cid boss@x.example open"}
	if d := cmp.Diff(want, p.standing()); d != "" {
		t.Fatal(d)
	}
	sheet, err := p.Sheet(second, c, Look{})
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
	want := []string{"ann keeper@x.example certify boss@x.example", "ben boss@x.example unsure", "cid boss@x.example open"}
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
		if said[1] == nil && got != "boss@x.example unsure true" || said[1] != nil && got != "keeper@x.example open false" {
			t.Fatalf("signing said %v, and the item is with %s", said[1], got)
		}
	}
}
