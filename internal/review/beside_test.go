package review

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"interlock/internal/errs"
)

// A definition whose campaign still runs is not launched beside it unasked: not
// directly, not as a job, not by a draft that was there before.
func TestNotTwiceAtOnce(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.grant(p.identity("ann", who{manager: p.identity("mary", who{})}), p.right("read", p.asset("wiki", thing{}), "view", 0), "")
	text := define("true", "manager")
	before, err := p.Draft(p.root, text)
	p.must(err)
	first, err := p.DraftAndLaunch(p.root, text)
	p.must(err)
	want := fmt.Sprintf(`Campaign %d of the same definition, "A review", is active: close or cancel it first, or launch this one beside it (--again) if that is meant.`, first.Campaign)
	revised := strings.Replace(text, "days: 14", "days: 15", 1)
	for what, try := range map[string]func(...LaunchOption) error{
		"drafted and launched": func(o ...LaunchOption) error { _, err := p.DraftAndLaunch(p.root, revised, o...); return err },
		"drafted, as a job":    func(o ...LaunchOption) error { _, err := p.DraftAndStartLaunch(p.root, text, o...); return err },
		"a draft":              func(o ...LaunchOption) error { _, err := p.Launch(p.root, before, o...); return err },
		"a draft, as a job":    func(o ...LaunchOption) error { _, err := p.StartLaunch(p.root, before, o...); return err },
	} {
		t.Log(what)
		campaigns := p.one(`select count(*) from review_campaign`)
		err := try()
		wantRefusal(t, err, errs.Conflict, want)
		if p.one(`select count(*) from review_campaign`) != campaigns {
			t.Error("a refused launch left a campaign")
		}
	}
	pv, err := p.Preview(p.root, revised)
	p.must(err)
	if d := cmp.Diff(&Running{first.Campaign, "A review", Active}, pv.Running); d != "" {
		t.Error(d)
	}
	other := strings.Replace(text, "name: r", "name: other", 1)
	_, err = p.DraftAndLaunch(p.root, other)
	p.must(err)
	for _, state := range States() {
		p.exec(`update review_campaign set state = $2 where id = $1`, first.Campaign, string(state))
		asks := state == Launching || state == Active || state == Paused || state == Signing
		if pv, err := p.Preview(p.root, text); err != nil || (pv.Running != nil) != asks {
			t.Errorf("beside one that is %s: %+v %v", state, pv.Running, err)
		}
	}
	p.exec(`update review_campaign set state = 'active' where id = $1`, first.Campaign)
	_, err = p.StartLaunch(p.root, before, Again)
	p.must(err)
	_, err = p.Launch(p.root, before) // the job works what was asked for
	p.must(err)
	_, err = p.DraftAndLaunch(p.root, text, Again)
	p.must(err)
}

// Of many launches of one definition at once one wins, whichever way they come.
func TestManyLaunchesOfOneDefinition(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.grant(p.identity("ann", who{}), p.right("read", p.asset("wiki", thing{}), "view", 0), "")
	text := define("true", "manager")
	drafts := make([]int64, 8)
	for i := range drafts {
		id, err := p.Draft(p.root, text)
		p.must(err)
		drafts[i] = id
	}
	won := 0
	for _, err := range inParallel(len(drafts), func(i int) error {
		var err error
		switch i % 4 {
		case 0:
			_, err = p.DraftAndLaunch(p.root, text)
		case 1:
			_, err = p.DraftAndStartLaunch(p.root, text)
		case 2:
			_, err = p.Launch(p.root, drafts[i])
		case 3:
			_, err = p.StartLaunch(p.root, drafts[i])
		}
		return err
	}) {
		if err == nil {
			won++
		} else if !errs.Is(err, errs.Conflict) {
			t.Error(err)
		}
	}
	if n := p.one(`select count(*) from review_campaign where state in ('launching', 'active')`); won != 1 || n != 1 {
		t.Errorf("%d won, %d run", won, n)
	}
}

// Who is named but known nowhere is most likely a slip; it is told, not refused.
func TestWarnings(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.grant(p.identity("ann", who{manager: p.identity("mary", who{})}), p.right("read", p.asset("wiki", thing{}), "view", 0), "")
	p.exec(`insert into account (email, name, created_at) values ('has-account@x.example', 'A', now())`)
	text := define("true", "manager, maty@x.example, mary@x.example", "fallback: [fallbakc@x.example, has-account@x.example]")
	want := []string{
		"fallbakc@x.example, the fallback, is not in the inventory and has no account: check the spelling.",
		"maty@x.example, named as a reviewer, is not in the inventory and has no account: check the spelling.",
	}
	pv, err := p.Preview(p.root, text)
	p.must(err)
	made, err := p.DraftAndLaunch(p.root, text)
	p.must(err)
	if d := cmp.Diff(want, pv.Warnings); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(want, made.Warnings); d != "" {
		t.Error(d)
	}
	pv, err = p.Preview(p.root, define("true", "manager", "fallback: [mary@x.example]"))
	p.must(err)
	if len(pv.Warnings) != 0 {
		t.Error(pv.Warnings)
	}
}
