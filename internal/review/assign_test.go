package review

import (
	"fmt"
	"testing"

	"interlock/internal/errs"
)

// TestAssignment launches one campaign a case, scoped to the case's subject.
func TestAssignment(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	other, twin := p.source("plant-a"), p.source("plant_a")
	mary := p.identity("mary", who{})
	olga := p.identity("olga", who{kind: "contractor"})
	gone := p.identity("gone", who{status: "left"})
	away := p.identity("away", who{status: "leave"})
	off := p.identity("off", who{status: "disabled"})
	mute := p.identity("mute", who{email: "-"})
	vendor := p.identity("vendor", who{kind: "vendor", email: "vendor@v.example"})
	ended := p.identity("ended", who{})
	p.exec(`update identity set ended_at = $2 where id = $1`, ended, p.clock.Now())
	p.identity("m77", who{src: other, email: "mary@x.example"})
	p.identity("M77", who{src: other, email: "other@x.example"})
	p.identity("m77", who{src: twin, email: "twin@x.example"})
	keeper := p.identity("keeper", who{})
	titled := p.identity("titled", who{})
	nils := p.identity("nils", who{})
	p.person(nils, p.identity("n1", who{src: other, email: "nils@plant.example"}), p.identity("n2", who{src: other, email: "-"}))
	fled := p.identity("fled", who{src: other, email: "-"})
	p.person(p.identity("f1", who{status: "left"}), fled)
	taker := p.identity("taker", who{})

	all := "manager, owner, asset_owner, entitlement_owner"
	for i, c := range []struct {
		name      string
		subject   who
		asset     int64 // owner
		right     int64 // owner
		grantedBy string
		reviewers string
		fallback  string
		want, by  string
	}{
		{name: "manager", subject: who{manager: mary}, reviewers: all, want: "mary@x.example", by: "manager"},
		{name: "owner", subject: who{kind: "service", owner: mary}, reviewers: all, want: "mary@x.example", by: "owner"},
		{name: "asset owner", asset: keeper, reviewers: all, want: "keeper@x.example", by: "asset_owner"},
		{name: "entitlement owner", right: titled, reviewers: all, want: "titled@x.example", by: "entitlement_owner"},
		{name: "order of the rules", subject: who{manager: mary}, asset: keeper, right: titled, reviewers: "asset_owner, manager", want: "keeper@x.example", by: "asset_owner"},
		{name: "a named person", subject: who{manager: mary}, reviewers: "Keeper@x.example, manager", want: "keeper@x.example", by: "named"},
		{name: "named after a rule", reviewers: "manager, keeper@x.example", want: "keeper@x.example", by: "named"},
		{name: "nobody else", reviewers: all, want: fallback, by: "fallback"},
		{name: "a contractor may", subject: who{manager: olga}, reviewers: all, want: "olga@x.example", by: "manager"},
		{name: "left", subject: who{manager: gone}, reviewers: all, want: fallback, by: "fallback"},
		{name: "on leave", subject: who{manager: away}, asset: keeper, reviewers: all, want: "keeper@x.example", by: "asset_owner"},
		{name: "disabled", subject: who{manager: off}, reviewers: all, want: fallback, by: "fallback"},
		{name: "no longer in the source", subject: who{manager: ended}, reviewers: all, want: fallback, by: "fallback"},
		{name: "owner of the asset no longer in the source", asset: ended, reviewers: all, want: fallback, by: "fallback"},
		{name: "owner of the right no longer in the source", right: ended, reviewers: all, want: fallback, by: "fallback"},
		{name: "owner no longer in the source", subject: who{kind: "service", owner: ended}, reviewers: all, want: fallback, by: "fallback"},
		{name: "no e-mail", subject: who{manager: mute}, reviewers: all, want: fallback, by: "fallback"},
		{name: "a vendor does not review", subject: who{manager: vendor}, reviewers: all, want: fallback, by: "fallback"},
		{name: "the subject owns the asset", subject: who{email: "keeper@x.example", manager: mary}, asset: keeper, reviewers: "asset_owner, manager", want: "mary@x.example", by: "manager"},
		{name: "the subject is the named one", subject: who{email: "dora@x.example", manager: mary}, reviewers: "DORA@x.example, manager", want: "mary@x.example", by: "manager"},
		{name: "the subject in another source", subject: who{src: other, email: "mary@x.example", manager: mary}, asset: keeper, reviewers: all, want: "keeper@x.example", by: "asset_owner"},
		{name: "the subject is the fallback", subject: who{email: fallback}, reviewers: all, fallback: fallback + ", " + reserve, want: reserve, by: "fallback"},
		{name: "granted by id", subject: who{manager: mary}, grantedBy: "mary", asset: keeper, reviewers: all, want: "keeper@x.example", by: "asset_owner"},
		{name: "granted by the id of another source", subject: who{manager: mary}, grantedBy: "plant-a:m77", asset: keeper, reviewers: all, want: "keeper@x.example", by: "asset_owner"},
		{name: "ids are compared exactly", subject: who{manager: mary}, grantedBy: "plant-a:M77", asset: keeper, reviewers: all, want: "mary@x.example", by: "manager"},
		{name: "granted by an e-mail", subject: who{manager: mary}, grantedBy: "Mary@X.example", asset: keeper, reviewers: all, want: "keeper@x.example", by: "asset_owner"},
		{name: "an e-mail with blanks", subject: who{manager: mary}, grantedBy: " mary@x.example ", asset: keeper, reviewers: all, want: "keeper@x.example", by: "asset_owner"},
		{name: "granted by the named one", grantedBy: "keeper", reviewers: "keeper@x.example", want: fallback, by: "fallback"},
		{name: "granted by the fallback", grantedBy: fallback, reviewers: all, fallback: fallback + ", " + reserve, want: reserve, by: "fallback"},
		{name: "granted by nobody known", subject: who{manager: mary}, grantedBy: "a clerk", reviewers: all, want: "mary@x.example", by: "manager"},
		{name: "a manager known without an e-mail elsewhere", subject: who{manager: p.one(`select id from identity where external_id = 'n2'`)}, reviewers: all, want: "nils@x.example", by: "manager"},
		{name: "a manager who left another source", subject: who{manager: fled}, reviewers: all, want: fallback, by: "fallback"},
		{name: "the subject by another name", subject: who{src: other, email: "-", manager: nils}, reviewers: all, want: fallback, by: "fallback"},
		{name: "the subject by another name is named", subject: who{src: other, email: "-", manager: nils}, reviewers: "nils@plant.example, manager", want: fallback, by: "fallback"},
		{name: "granted by the manager under another name", subject: who{manager: nils}, grantedBy: "plant-a:n1", reviewers: all, want: fallback, by: "fallback"},
		{name: "an owner who took it over", subject: who{kind: "service", owner: mary}, reviewers: all, want: "taker@x.example", by: "owner"},
		{name: "an owner of the asset who took it over", asset: gone, reviewers: all, want: "taker@x.example", by: "asset_owner"},
		{name: "manages themselves", subject: who{email: "loop@x.example"}, reviewers: all, want: fallback, by: "fallback"},
	} {
		id := fmt.Sprintf("s%02d", i)
		subject := p.identity(id, c.subject)
		if c.name == "manages themselves" {
			p.exec(`update identity set manager_id = id where id = $1`, subject)
		}
		asset := p.asset("a-"+id, thing{owner: c.asset})
		switch c.name {
		case "the subject by another name", "the subject by another name is named":
			p.person(nils, subject)
		case "an owner who took it over":
			p.taken("identity", subject, taker)
		case "an owner of the asset who took it over":
			p.taken("asset", asset, taker)
		}
		right := p.right("r-"+id, asset, "view", c.right)
		p.grant(subject, right, c.grantedBy)
		t.Run(c.name, func(t *testing.T) {
			p := *p
			p.t = t
			text := define(fmt.Sprintf(`identity.id == %q`, id), c.reviewers, "fallback: ["+or(c.fallback, fallback)+"]")
			pv, err := p.Preview(p.root, text)
			p.must(err)
			campaign := p.launch(text)
			got := p.texts(`select assigned_by || ': ' || reviewer from review_item where campaign_id = $1`, campaign)
			if len(got) != 1 || got[0] != c.by+": "+c.want {
				t.Fatalf("got %v, want %s: %s", got, c.by, c.want)
			}
			if len(pv.Reviewers) != 1 || pv.Reviewers[0].Email != c.want || (pv.FallbackItems == 1) != (c.by == "fallback") {
				t.Fatalf("preview %+v, want %s", pv, c.want)
			}
		})
	}
}

// TestNextReviewer: who is unsure gives the item to the next candidate who is
// neither themselves, nor the subject, nor who gave the grant.
func TestNextReviewer(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	mary, keeper := p.identity("mary", who{}), p.identity("keeper", who{})
	asset := p.asset("wiki", thing{owner: keeper})
	right := p.right("read", asset, "view", mary)
	p.grant(p.identity("ann", who{manager: mary}), right, "")
	p.grant(p.identity("ben", who{manager: mary}), right, "keeper")
	p.grant(keeper, right, "")
	c := p.launch(define("true", "manager, entitlement_owner, asset_owner"))
	for id, want := range map[string]string{"ann": "keeper@x.example", "ben": fallback, "keeper": fallback} {
		if got := p.texts(`select next_reviewer from review_item where campaign_id = $1 and identity_key = $2`, c, id); len(got) != 1 || got[0] != want {
			t.Errorf("after mary, %s goes to %v, want %s", id, got, want)
		}
	}
}

func TestNobodyIsLeft(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	right := p.right("read", p.asset("wiki", thing{}), "view", 0)
	p.grant(p.identity("Fay", who{email: fallback}), right, "")
	text := define("true", "manager")
	pv, err := p.Preview(p.root, text)
	p.must(err)
	want := "One item would have no reviewer, the access of Fay: the fallback is the subject or gave the grant. Name a second fallback."
	if pv.Without != 1 {
		t.Fatalf("%+v", pv)
	}
	wantRefusal(t, pv.Orphans(), errs.Conflict, want)
	_, err = p.DraftAndLaunch(p.root, text)
	wantRefusal(t, err, errs.Conflict, want)
	p.nothingLaunched()
}

// nothingLaunched fails unless every campaign is cancelled and left nothing behind.
func (p *plant) nothingLaunched() {
	p.t.Helper()
	for _, table := range []string{"review_item", "review_reviewer", "review_decision", "review_notice", "mail_message", "river_job", "remediation"} {
		if n := p.one(`select count(*) from ` + table); n != 0 {
			p.t.Errorf("%d rows in %s after a refused launch", n, table)
		}
	}
	if n := p.one(`select count(*) from review_campaign where state <> 'cancelled'`); n != 0 {
		p.t.Errorf("%d campaigns are not cancelled", n)
	}
	if n := p.one(`select count(*) from audit_event where action in ('campaign.launched', 'review.notified')`); n != 0 {
		p.t.Errorf("%d events of a launch", n)
	}
}
