package review

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"interlock/internal/errs"
)

func (p *plant) letters(to string) []string {
	return p.texts(`select template || ' ' || (data->>'items') || coalesce(' by ' || (data->>'by'), '') || coalesce(' ' || (data->>'other'), '')
		from mail_message where recipient = $1 order by id`, to)
}

const lead = "lead@x.example"

// Open items go to somebody else, who decides them; what is answered stays.
func TestReassign(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	c, items := p.passing()
	p.identity("lead", who{})
	p.identity("new", who{})
	p.must(p.Decide(as(t.Context(), boss), c, say(items[0], Certify, "")))
	p.must(p.Decide(as(t.Context(), boss), c, say(items[1], Unsure, ""))) // now with the keeper
	gov := withRole(t.Context(), lead, "governance")
	done, err := p.Reassign(gov, c, Handover{From: " Boss@x.example", To: "NEW@x.example ", Reason: " On leave until March. "})
	p.must(err)
	if done != (Handed{Moved: 1}) {
		t.Fatalf("%+v", done)
	}
	want := []string{"ann boss@x.example certify", "ben keeper@x.example open boss@x.example", "cid new@x.example open"}
	if d := cmp.Diff(want, p.standing()); d != "" {
		t.Fatal(d)
	}
	if d := cmp.Diff([]string{"review_opened 3", "review_relieved 1 by lead new"}, p.letters(boss)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"review_reassigned 1 by lead boss"}, p.letters("new@x.example")); d != "" {
		t.Error(d)
	}
	p.must(p.Remind(p.root)) // no second first mail
	if n := len(p.letters("new@x.example")); n != 1 {
		t.Errorf("the new reviewer got %d mails", n)
	}
	detail := p.texts(`select detail::text from audit_event where action = 'review.reassigned' and actor = $1`, lead)
	if len(detail) != 1 || detail[0] != fmt.Sprintf(`{"to": "new@x.example", "from": "boss@x.example", "stay": 0, "items": [%d], "reason": "On leave until March."}`, items[2]) {
		t.Error(detail)
	}
	if err := p.Decide(as(t.Context(), boss), c, say(items[2], Certify, "")); !errs.Is(err, errs.NotFound) {
		t.Errorf("the former reviewer decides: %v", err)
	}
	p.must(p.Decide(as(t.Context(), "new@x.example"), c, say(items[2], Certify, "")))
	p.must(p.Sign(as(t.Context(), "new@x.example"), c, ""))
}

// Nobody gets their own access, a grant they gave, by any of their names, or what
// they were unsure of.
func TestReassignNeverToOneself(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	head, keeper := p.identity("boss", who{}), p.identity("keeper", who{})
	right := p.right("read", p.asset("wiki", thing{zone: "it", owner: keeper}), "view", 0)
	ann := p.identity("ann", who{manager: head})
	for _, g := range [][2]string{{"ann", ""}, {"ben", "ann"}, {"cid", ""}} {
		id := ann
		if g[0] != "ann" {
			id = p.identity(g[0], who{manager: head})
		}
		p.grant(id, right, g[1])
	}
	c := p.launch(define("true", "manager, asset_owner"))
	done, err := p.Reassign(p.root, c, Handover{From: boss, To: "ann@x.example", Reason: "r"})
	if err != nil || done != (Handed{Moved: 1, Stay: 2}) {
		t.Fatalf("%+v %v", done, err)
	}
	_, err = p.Reassign(p.root, c, Handover{From: boss, To: "ann@x.example", Reason: "again"})
	wantRefusal(t, err, errs.Invalid, "None of the open items can go there: they are the access of ann@x.example, grants that ann@x.example gave, or what ann@x.example was unsure of.")
	cid := p.item(c, "cid")
	p.must(p.Decide(as(t.Context(), "ann@x.example"), c, say(cid, Unsure, ""))) // to the keeper
	_, err = p.Reassign(p.root, c, Handover{From: next2, To: "ann@x.example", Reason: "back"})
	if !errs.Is(err, errs.Invalid) {
		t.Fatal(err)
	}
	other := p.identity("ann-admin", who{email: "ann.admin@x.example", src: p.source("ad")})
	p.exec(`insert into identity_join (identity_id, other_id, rule, evidence, joined_at, import_id, joined_by, reason) values ($1, $2, 'same_number', '7', now(), null, 'x', 'y')`, min(ann, other), max(ann, other))
	p.exec(`select identity_regroup(array[$1::bigint, $2::bigint])`, ann, other)
	_, err = p.Reassign(p.root, c, Handover{From: boss, To: "ann.admin@x.example", Reason: "by another name"})
	if !errs.Is(err, errs.Invalid) || !strings.HasPrefix(err.Error(), "None of the open items") {
		t.Fatal(err)
	}
}

func TestReassignRefused(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	c, _ := p.passing()
	p.identity("gone", who{status: "left"})
	p.identity("away", who{status: "leave"})
	p.identity("done", who{})
	p.exec(`insert into account (email, name, created_at, disabled_at) values ('aud@x.example', 'Aud', now(), null), ('off@x.example', 'Off', now(), now()), ('acc@x.example', 'Acc', now(), null)`)
	p.exec(`insert into account_role (account_id, role, granted_at, granted_by) select id, 'auditor', now(), 'x' from account where email = 'aud@x.example'`)
	p.exec(`insert into review_reviewer (campaign_id, reviewer, signed_at, statement) values ($1, 'done@x.example', now(), 's')`, c)
	for _, r := range []struct {
		from, to, reason string
		kind             errs.Kind
		says             string
	}{
		{boss, "x", "r", errs.Invalid, "Write the e-mail of who takes over."},
		{boss, boss, "r", errs.Invalid, "These items are with boss@x.example already: name somebody else."},
		{boss, next2, " ", errs.Invalid, "Say why: both are told, and it stays on record."},
		{boss, next2, strings.Repeat("x", MaxNote+1), errs.Invalid, "The reason is longer than 4000 characters: shorten it."},
		{boss, "gone@x.example", "r", errs.Invalid, "gone is not active in the inventory: name somebody who is here."},
		{boss, "away@x.example", "r", errs.Invalid, "away is not active in the inventory: name somebody who is here."},
		{boss, "typo@x.example", "r", errs.Invalid, "Nobody with the e-mail typo@x.example is known: name an active person of the inventory, or who has an account."},
		{boss, "off@x.example", "r", errs.Invalid, "The account of Off is disabled: name somebody else."},
		{boss, "aud@x.example", "r", errs.Invalid, "Aud may not review: their account has the role auditor only."},
		{boss, "done@x.example", "r", errs.Invalid, "done signed off in this campaign already: name somebody else."},
		{"keeper@x.example", "acc@x.example", "r", errs.Conflict, "keeper@x.example has no open items in this campaign."},
	} {
		_, err := p.Reassign(p.root, c, Handover{From: r.from, To: r.to, Reason: r.reason})
		wantRefusal(t, err, r.kind, r.says)
	}
	if _, err := p.Reassign(as(t.Context(), boss), c, Handover{From: boss, To: next2, Reason: "r"}); !errs.Is(err, errs.Forbidden) {
		t.Error(err)
	}
	if n := p.one(`select count(*) from audit_event where action = 'review.reassigned'`); n != 0 {
		t.Error("a refused one is on record as done")
	}
	p.must(p.Pause(p.root, c))
	_, err := p.Reassign(p.root, c, Handover{From: boss, To: next2, Reason: "r"})
	wantRefusal(t, err, errs.Conflict, "This campaign is paused; its items stay where they are.")
	p.must(p.Resume(p.root, c))
	if _, err := p.Reassign(p.root, c, Handover{From: boss, To: "acc@x.example", Reason: "an account will do"}); err != nil {
		t.Error(err)
	}
	if _, err := p.Reassign(p.root, 99, Handover{From: boss, To: next2, Reason: "r"}); !errs.Is(err, errs.NotFound) {
		t.Error(err)
	}
}

func TestLeaving(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	c, items := p.passing()
	p.must(p.Decide(as(t.Context(), boss), c, say(items[0], Unsure, "")))
	l, err := p.Leaving(p.root, c, "BOSS@x.example")
	p.must(err)
	if d := cmp.Diff(Leaving{Campaign: "A review", Email: boss, Name: "boss", Open: 2, Candidates: []Candidate{{Reviewer: next2, Name: "keeper"}}}, l); d != "" {
		t.Error(d)
	}
	if _, err := p.Leaving(p.root, c, "nobody@x.example"); !errs.Is(err, errs.NotFound) {
		t.Error(err)
	}
}

// A person is reminded at most once an hour, whoever asks, and never right after
// another mail about the campaign.
func TestNudge(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	c, items := p.passing()
	p.identity("lead", who{})
	gov := withRole(t.Context(), lead, "governance")
	const nobody = "Nobody was reminded: who has open items was written to within the last hour."
	_, err := p.Nudge(gov, c, "")
	wantRefusal(t, err, errs.Conflict, nobody) // the launch wrote to them
	p.clock.Advance(Quiet)
	p.must(p.Decide(as(t.Context(), boss), c, say(items[0], Unsure, "")))
	p.must(p.Remind(p.root)) // the keeper's first mail
	told := 0
	for _, err := range inParallel(4, func(int) error {
		n, err := p.Nudge(gov, c, "")
		if err == nil {
			told += n
		}
		return err
	}) {
		if err != nil && err.Error() != nobody {
			t.Error(err)
		}
	}
	if told != 1 {
		t.Fatalf("%d were told", told)
	}
	if d := cmp.Diff([]string{"review_opened 3", "review_reminded 2 by lead"}, p.letters(boss)); d != "" {
		t.Error(d)
	}
	p.clock.Advance(Quiet - time.Second)
	_, err = p.Nudge(gov, c, boss)
	wantRefusal(t, err, errs.Conflict, nobody)
	p.clock.Advance(time.Second)
	if n, err := p.Nudge(gov, c, "Boss@x.example "); n != 1 || err != nil {
		t.Error(n, err)
	}
	if n, err := p.Nudge(gov, c, ""); n != 1 || err != nil { // the keeper's hour is over too
		t.Error(n, err)
	}
	got := p.texts(`select actor || ' ' || (detail->>'reviewers') from audit_event where action = 'review.reminded' order by id`)
	if d := cmp.Diff([]string{lead + ` ["` + boss + `"]`, lead + ` ["` + boss + `"]`, lead + ` ["` + next2 + `"]`}, got); d != "" {
		t.Error(d)
	}
	if _, err := p.Nudge(as(t.Context(), boss), c, ""); !errs.Is(err, errs.Forbidden) {
		t.Error(err)
	}
	p.must(p.Pause(p.root, c))
	_, err = p.Nudge(gov, c, "")
	wantRefusal(t, err, errs.Conflict, "This campaign is paused; nobody can answer now, so nobody is reminded.")
}

// Due times are told in the zone of the one site, else in that of all sites.
func TestZone(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	head, other := p.identity("boss", who{}), p.identity("otto", who{})
	asset := map[string]int64{"": p.asset("cloud", thing{})}
	for _, s := range [][2]string{{"Norrvik", "Europe/Stockholm"}, {"Vale", "Europe/Lisbon"}} {
		site := p.one(`insert into site (source_id, external_id, name, timezone, seen_from) values ($1, $2, $2, $3, now()) returning id`, p.src, s[0], s[1])
		asset[s[0]] = p.asset("a-"+s[0], thing{zone: map[string]string{"Norrvik": "it", "Vale": "ot"}[s[0]]})
		p.exec(`update zone set site_id = $1 where id = (select zone_id from asset where id = $2)`, site, asset[s[0]])
	}
	give := func(id string, manager int64, at string) {
		p.grant(p.identity(id, who{manager: manager}), p.right("r-"+id, asset[at], "view", 0), "")
	}
	give("ann", head, "Norrvik")
	give("ben", head, "")
	give("cid", other, "Vale")
	give("dot", other, "Norrvik")
	c := p.launch(define("true", "manager"))
	seen := func(email string) string {
		t.Helper()
		sheet, err := p.Sheet(as(t.Context(), email), c, Look{})
		p.must(err)
		in, err := p.Inbox(as(t.Context(), email))
		p.must(err)
		mailed := p.texts(`select coalesce(data->>'zone', '') from mail_message where recipient = $1`, email)[0]
		if in.Waiting[0].Zone != sheet.Zone || mailed != sheet.Zone {
			t.Errorf("%s is told %q, %q and by mail %q", email, in.Waiting[0].Zone, sheet.Zone, mailed)
		}
		return sheet.Zone
	}
	if got := seen(boss) + ", " + seen("otto@x.example"); got != "Europe/Stockholm, " {
		t.Errorf("%q", got)
	}
	p.exec(`update site set timezone = 'Europe/Stockholm'`)
	sheet, err := p.Sheet(as(t.Context(), "otto@x.example"), c, Look{})
	if err != nil || sheet.Zone != "Europe/Stockholm" {
		t.Errorf("two sites of one zone: %q %v", sheet.Zone, err)
	}
}
