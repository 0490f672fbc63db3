package review

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"interlock/internal/authz"
	"interlock/internal/errs"
)

func TestInbox(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	c, high, low, _ := p.risky()
	ctx := as(t.Context(), boss)
	waiting := func() int64 {
		t.Helper()
		n, err := p.WaitingCount(ctx)
		p.must(err)
		return n
	}
	in, err := p.Inbox(ctx)
	p.must(err)
	if len(in.Waiting) != 1 || len(in.Signed) != 0 || waiting() != 1 {
		t.Fatalf("%+v", in)
	}
	w := in.Waiting[0]
	if d := cmp.Diff(Counts{Total: 2, Open: map[Risk]int64{Low: 1, Medium: 0, High: 0, Critical: 1}}, w.Counts); d != "" || w.State != Active || w.Decided != 0 {
		t.Fatal(d, w)
	}
	if want := time.Date(2026, 11, 26, 17, 0, 0, 0, time.UTC); !w.Due.Equal(want) {
		t.Fatal(w.Due, want)
	}
	p.must(p.Decide(ctx, c, say(high, Revoke, "n")))
	p.must(p.Decide(ctx, c, say(low, Certify, "")))
	p.must(p.Sign(ctx, c, ""))
	in, err = p.Inbox(ctx)
	p.must(err)
	if len(in.Waiting) != 0 || len(in.Signed) != 1 || in.Signed[0].Items != 2 || in.Signed[0].Removed != 1 || waiting() != 0 {
		t.Fatalf("%+v", in)
	}
	if in, err := p.Inbox(as(t.Context(), "ann@x.example")); err != nil || len(in.Waiting)+len(in.Signed) != 0 {
		t.Fatal(in, err)
	}
	for _, who := range []string{"auditor", "nonsense"} {
		if _, err := p.Inbox(withRole(t.Context(), boss, who)); !errs.Is(err, errs.Forbidden) {
			t.Errorf("%s: %v", who, err)
		}
	}
}

func TestSheet(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	boss1 := p.identity("boss", who{})
	scada, wiki := p.asset("scada", thing{zone: "ot", safe: true}), p.asset("wiki", thing{zone: "it"})
	change, look := p.right("change", scada, "engineer", 0), p.right("look", scada, "view", 0)
	readWiki, editWiki := p.right("read", wiki, "view", 0), p.right("edit%_", wiki, "admin", 0)
	for i := range 30 {
		id := p.identity(fmt.Sprintf("s%02d", i), who{manager: boss1})
		p.grant(id, []int64{change, readWiki, editWiki}[i%3], "")
	}
	_ = look
	c := p.launch(define("true", "manager"))
	ctx := as(t.Context(), boss)
	sheet := func(l Look) Sheet {
		t.Helper()
		s, err := p.Sheet(ctx, c, l)
		p.must(err)
		return s
	}
	s := sheet(Look{})
	if s.ReadOnly() || s.Counts.Total != 30 || len(s.One.Rows) != 10 || len(s.Look.Rows) != 10 || len(s.Groups) != 1 || s.Groups[0].Items != 10 || s.One.Next != nil {
		t.Fatalf("%+v", s)
	}
	if s.Case == nil || s.Case.ID != s.One.Rows[0].ID || len(s.Case.Lower) != 1 || s.Case.Lower[0].ID != look {
		t.Fatalf("%+v", s.Case)
	}
	for words, want := range map[string]int{"S00": 1, "%_": 10, "100%": 0, "scada": 10, `\`: 0} {
		s := sheet(Look{Words: words})
		if got := len(s.One.Rows) + len(s.Look.Rows); got != want {
			t.Errorf("%q finds %d, want %d", words, got, want)
		}
	}
	if s := sheet(Look{Risk: Low}); len(s.One.Rows)+len(s.Look.Rows) != 0 || len(s.Groups) != 1 {
		t.Errorf("%+v", s)
	}
	for _, by := range []string{"identity", "asset"} {
		if s := sheet(Look{By: by}); len(s.Keyed.Rows) != 30 || (by == "identity" && s.Keyed.Rows[0].IdentityName != "s00") {
			t.Errorf("by %s: %d rows, %s first", by, len(s.Keyed.Rows), s.Keyed.Rows[0].IdentityName)
		}
	}
	if s := sheet(Look{Item: 9999}); s.Case != nil {
		t.Error("an item that is not there")
	}
	p.must(p.Decide(ctx, c, say(s.One.Rows[0].ID, Certify, "n")))
	if s := sheet(Look{Item: -1}); len(s.Given) != 1 || s.MoreGiven || s.Counts.OpenItems() != 29 || s.Case != nil {
		t.Errorf("%+v", s.Given)
	}
	for _, who := range []string{"s00@x.example", "nobody@x.example"} {
		if _, err := p.Sheet(as(t.Context(), who), c, Look{}); !errs.Is(err, errs.NotFound) {
			t.Errorf("%s: %v", who, err)
		}
	}
}

// TestPages walks lists page by page and meets every row once.
func TestPages(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	boss1 := p.identity("boss", who{})
	right := []int64{p.right("read", p.asset("wiki", thing{zone: "it"}), "view", 0), p.right("change", p.asset("sis", thing{safe: true}), "engineer", 0)}
	const people = 60
	for i := range people {
		id := p.identity(fmt.Sprintf("s%d", i%7)+fmt.Sprint("-", i), who{manager: boss1})
		p.exec(`update identity set name = 'same name' where id = $1 and $2`, id, i%2 == 0)
		p.grant(id, right[0], "")
		p.grant(id, right[1], "")
	}
	c := p.launch(define("true", "manager"))
	ctx := as(t.Context(), boss)
	walk := func(name string, want int, look Look, page func(Sheet) Rows) {
		t.Helper()
		seen := map[int64]bool{}
		for range want {
			s, err := p.Sheet(ctx, c, look)
			p.must(err)
			rows := page(s)
			for _, r := range rows.Rows {
				if seen[r.ID] {
					t.Fatalf("%s: item %d twice", name, r.ID)
				}
				seen[r.ID] = true
			}
			if rows.Next == nil {
				break
			}
			look.After = *rows.Next
		}
		if len(seen) != want {
			t.Errorf("%s: %d items, want %d", name, len(seen), want)
		}
	}
	walk("one by one", people, Look{}, func(s Sheet) Rows { return s.One })
	walk("by identity", 2*people, Look{By: "identity"}, func(s Sheet) Rows { return s.Keyed })
	walk("by asset", 2*people, Look{By: "asset"}, func(s Sheet) Rows { return s.Keyed })
	walk("high by asset", people, Look{By: "asset", Risk: Critical}, func(s Sheet) Rows { return s.Keyed })
	walk("of a group", people, Look{Group: right[0]}, func(s Sheet) Rows { return s.Groups[0].Members })
	seen := map[int64]bool{}
	f := ItemFilter{Page: 50, Reviewer: "BOSS@x.example"}
	for {
		rows, err := p.Items(p.root, c, f)
		p.must(err)
		for _, r := range rows {
			seen[r.ID] = true
		}
		if len(rows) < 50 {
			break
		}
		f.After = Cursor{Risk: Risk(rows[49].Risk), ID: rows[49].ID}
	}
	if len(seen) != 2*people {
		t.Errorf("%d items listed", len(seen))
	}
}

func TestCampaignReads(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	c, high, low, _ := p.risky()
	p.must(p.Decide(as(t.Context(), boss), c, say(high, Unsure, "n")))
	p.must(p.Decide(as(t.Context(), boss), c, say(low, Certify, "")))
	aud := withRole(t.Context(), "a@x.example", "auditor")
	got, err := p.Campaign(aud, c)
	p.must(err)
	if got.State != Active || got.Items != 2 || got.Decided() != 1 || got.OpenItems() != 1 || got.HighTotal != 1 || got.SafetyOpen != 1 || got.OpenBy["safety"] != 1 || got.Parsed().Name != "r" {
		t.Fatalf("%+v", got)
	}
	p.clock.Advance(15 * 24 * time.Hour)
	st, err := p.Status(aud, c)
	p.must(err)
	if st.Overdue != 1 || st.Certified != 1 || st.Unsure != 0 {
		t.Fatalf("%+v", st)
	}
	head, err := p.Head(aud, c)
	p.must(err)
	if head.Definition != define("true", "manager") {
		t.Fatal(head.Definition)
	}
	if _, err = p.Head(aud, 99); !errs.Is(err, errs.NotFound) {
		t.Fatal(err)
	}
	list, err := p.Campaigns(aud, "", 0, 10)
	p.must(err)
	if len(list) != 1 || list[0].ID != c {
		t.Fatalf("%+v", list)
	}
	reviewers, err := p.Reviewers(aud, c, "", 10)
	p.must(err)
	if len(reviewers) != 2 || reviewers[0].Reviewer != boss || reviewers[0].Decided != 1 || reviewers[1].Reviewer != fallback || reviewers[1].HighOpen != 1 {
		t.Fatalf("%+v", reviewers)
	}
	if after, err := p.Reviewers(aud, c, boss, 10); err != nil || len(after) != 1 {
		t.Fatal(after, err)
	}
	if _, err := p.Campaign(as(t.Context(), boss), c); !errs.Is(err, errs.Forbidden) {
		t.Fatal(err)
	}
}

func TestSeen(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	c, _ := p.simple()
	sys := authz.System(t.Context(), "web")
	for _, after := range []time.Duration{0, 30 * time.Second, 2 * time.Minute} {
		p.clock.Advance(after)
		p.must(p.Seen(sys, c, boss))
	}
	got := p.texts(`select to_char(first_seen_at at time zone 'utc', 'HH24:MI:SS') || ' ' || to_char(last_seen_at at time zone 'utc', 'HH24:MI:SS') from review_reviewer`)
	if d := cmp.Diff([]string{"09:00:00 09:02:30"}, got); d != "" {
		t.Fatal(d)
	}
	if err := p.Seen(as(t.Context(), boss), c, boss); !errs.Is(err, errs.Unauthenticated) {
		t.Fatal(err)
	}
}
