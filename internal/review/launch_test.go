package review

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"interlock/internal/authz"
	"interlock/internal/errs"
)

func TestLaunchRefuses(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.grant(p.identity("ann", who{}), p.right("read", p.asset("wiki", thing{}), "view", 0), "")
	p.identity("gone", who{status: "left"})
	p.identity("away", who{status: "disabled"})
	p.exec(`insert into import (source_id, file_hash, actor, started_at, finished_at, counts) values ($1, '', 'a', $2, $2, '{}')`,
		p.src, p.clock.Now().AddDate(0, 0, -8))
	for name, c := range map[string]struct{ text, want string }{
		"nothing in scope": {define(`identity.id == "bob"`, "manager"), `Nothing is in scope, so there is nothing to review: widen the scope "identity.id == \"bob\"".`},
		"stale source":     {define("true", "manager", "fresh_within: 7d"), "The import of hr is older than 7d: import it again, or raise fresh_within."},
		"gone people": {define("true", "gone@x.example", "fallback: [away@x.example, "+fallback+"]"),
			"away@x.example, gone@x.example are no longer active in the inventory: name others in the definition."},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := p.DraftAndLaunch(p.root, c.text)
			wantRefusal(t, err, errs.Conflict, c.want)
		})
	}
	p.nothingLaunched()
	_, err := p.Draft(p.root, define("identity.nmae == 1", "manager"))
	if !errs.Is(err, errs.Invalid) {
		t.Fatalf("a scope that cannot be read: %v", err)
	}
	_, err = p.Draft(p.root, "name: [")
	if !errs.Is(err, errs.Invalid) {
		t.Fatalf("a definition that cannot be read: %v", err)
	}
	if n := p.one(`select count(*) from review_campaign`) + p.one(`select count(*) from audit_event`); n != 0 {
		t.Fatalf("%d campaigns", n)
	}
	if _, err := p.Launch(p.root, 999); !errs.Is(err, errs.NotFound) {
		t.Fatal(err)
	}
}

func TestStaleSourceOutOfScope(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.grant(p.identity("ann", who{}), p.right("read", p.asset("wiki", thing{}), "view", 0), "")
	old := p.source("old")
	p.exec(`insert into import (source_id, file_hash, actor, started_at, finished_at, counts) values ($1, '', 'a', $2, $2, '{}')`,
		old, p.clock.Now().AddDate(0, 0, -8))
	p.launch(define("true", "manager", "fresh_within: 7d"))
}

func TestLaunchNeedsTheRight(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	for role, kind := range map[string]errs.Kind{"member": errs.Forbidden, "auditor": errs.Forbidden, "plant_engineer": errs.Forbidden} {
		ctx := withRole(t.Context(), "ann@x.example", role)
		_, drafted := p.Draft(ctx, define("true", "manager"))
		_, launched := p.Launch(ctx, 1)
		_, previewed := p.Preview(ctx, define("true", "manager"))
		_, asked := p.StartLaunch(ctx, 1)
		_, closed := p.Close(ctx, 1)
		for i, err := range []error{drafted, launched, previewed, asked, closed, p.Cancel(ctx, 1), p.Pause(ctx, 1), p.Resume(ctx, 1)} {
			if !errs.Is(err, kind) {
				t.Errorf("%s, %d: %v", role, i, err)
			}
		}
	}
	if _, err := p.Draft(t.Context(), define("true", "manager")); !errs.Is(err, errs.Unauthenticated) {
		t.Error(err)
	}
	if _, err := p.Draft(withRole(t.Context(), "gov@x.example", "governance"), define("true", "manager")); err != nil {
		t.Error(err)
	}
}

func TestLaunchFreezes(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	campaign, _ := p.simple()
	before := p.texts(`select to_jsonb(i)::text from review_item i order by id`)
	for _, sql := range []string{
		`update identity set name = 'renamed', email = 'else@x.example', status = 'left', manager_id = null`,
		`update entitlement set name = 'renamed', privilege = 'admin'`,
		`update asset set name = 'renamed', safety_related = true`,
		`update access_grant set granted_by = 'boss', ended_at = seen_from`,
	} {
		p.exec(sql)
	}
	if d := cmp.Diff(before, p.texts(`select to_jsonb(i)::text from review_item i order by id`)); d != "" {
		t.Fatal(d)
	}
	st, err := p.Status(p.root, campaign)
	p.must(err)
	if st.State != Active || st.Items != 3 || st.Decided != 0 || st.Overdue != 0 {
		t.Fatalf("%+v", st)
	}
	if got := p.texts(`select action from audit_event order by id`); cmp.Diff(got, []string{"campaign.drafted", "campaign.launched", "review.notified"}) != "" {
		t.Fatal(got)
	}
}

func TestPreviewIsWhatLaunchMakes(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	mary, boss := p.identity("mary", who{}), p.identity("max", who{})
	asset := p.asset("scada", thing{zone: "ot", owner: boss, safe: true})
	for i := range 7 {
		right := p.right(fmt.Sprint("r", i), asset, []string{"view", "admin"}[i%2], 0)
		p.grant(p.identity(fmt.Sprint("s", i), who{manager: []int64{mary, 0, boss}[i%3], domain: "it"}), right, []string{"", "max"}[i%2])
	}
	p.grant(boss, p.right("own", asset, "view", 0), "mary")
	text := define("true", "manager, asset_owner")
	pv, err := p.Preview(p.root, text)
	p.must(err)
	if n := p.one(`select count(*) from audit_event`) + p.one(`select count(*) from review_item`) + p.one(`select count(*) from review_definition`); n != 0 {
		t.Fatalf("a preview wrote %d rows", n)
	}
	made, err := p.DraftAndLaunch(withRole(t.Context(), "gov@x.example", "governance"), text)
	p.must(err)
	if pv.Items != made.Items || pv.FallbackItems != made.FallbackItems || int64(len(pv.Reviewers)) != made.Reviewers || pv.Without != 0 {
		t.Fatalf("preview %+v, launch %+v", pv, made)
	}
	var piles []string
	for _, r := range pv.Reviewers {
		piles = append(piles, fmt.Sprint(r.Email, " ", r.Items))
	}
	got := p.texts(`select reviewer || ' ' || count(*) from review_item group by reviewer order by count(*) desc, reviewer`)
	if d := cmp.Diff(piles, got); d != "" {
		t.Fatal(d)
	}
	for r := Low; r <= Critical; r++ {
		if n := p.one(`select count(*) from review_item where risk = $1`, int16(r)); n != pv.Risks[r] {
			t.Errorf("%s: preview %d, launch %d", r, pv.Risks[r], n)
		}
	}
	if made.State != Active || made.Items != 8 || made.Seconds <= 0 {
		t.Fatalf("%+v", made)
	}
}

func TestLaunchTwiceAtOnce(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.grant(p.identity("ann", who{}), p.right("read", p.asset("wiki", thing{}), "view", 0), "")
	id, err := p.Draft(p.root, define("true", "manager"))
	p.must(err)
	refusals := inParallel(4, func(int) error { _, err := p.Launch(p.root, id); return err })
	won := 0
	for _, err := range refusals {
		if err == nil {
			won++
			continue
		}
		wantRefusal(t, err, errs.Conflict, "This campaign is active; it cannot open now.")
	}
	if won != 1 || p.one(`select count(*) from review_item`) != 1 || p.one(`select count(*) from mail_message`) != 1 {
		t.Fatalf("%d launches won", won)
	}
}

// inParallel runs fn n times at once and returns what each said.
func inParallel(n int, fn func(int) error) []error {
	said := make([]error, n)
	var wg sync.WaitGroup
	begin := make(chan struct{})
	for i := range n {
		wg.Go(func() {
			<-begin
			said[i] = fn(i)
		})
	}
	close(begin)
	wg.Wait()
	return said
}

func TestDefinitionsKeepTheirRevisions(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	text := define("true", "manager")
	for _, s := range []string{text, text, define("true", "owner"), text} {
		_, err := p.Draft(p.root, s)
		p.must(err)
	}
	got := p.texts(`select d.revision::text from review_campaign c join review_definition d on d.id = c.definition_id order by c.id`)
	if d := cmp.Diff([]string{"1", "1", "2", "3"}, got); d != "" {
		t.Fatal(d)
	}
	for _, err := range inParallel(6, func(i int) error {
		_, err := p.Draft(p.root, define("true", "owner", fmt.Sprintf("second_look: %d%%", i)))
		return err
	}) {
		if err != nil && !errs.Is(err, errs.Conflict) {
			t.Errorf("two who save at once: %v", err)
		}
	}
}

// TestLaunchGivenUp cancels the draft also when the person gave up waiting.
func TestLaunchGivenUp(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.grant(p.identity("ann", who{}), p.right("read", p.asset("wiki", thing{}), "view", 0), "")
	hold, err := p.db.Pool().Begin(t.Context())
	p.must(err)
	_, err = hold.Exec(t.Context(), `lock review_item`)
	p.must(err)
	ctx, cancel := context.WithTimeout(authz.CommandLine(t.Context(), "root"), 300*time.Millisecond)
	defer cancel()
	_, err = p.DraftAndLaunch(ctx, define("true", "manager"))
	p.must(hold.Rollback(t.Context()))
	if !errs.Is(err, errs.Unavailable) {
		t.Fatal(err)
	}
	p.nothingLaunched()
}
