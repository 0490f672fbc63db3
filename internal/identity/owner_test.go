package identity_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"interlock/internal/authz"
	"interlock/internal/errs"
	"interlock/internal/identity"
	"interlock/internal/sitetest"
)

// estate is a plant in which Gus, who left, owned a service, an asset and a right;
// Mia managed him, Otto owns what the service works on, Rita granted last.
var estate = map[string]string{
	"zones.csv": "id,name,level,domain\ncell,Cell,2,ot\n",
	"identities.csv": "id,name,kind,email,manager,owner,status\n" +
		"mia,Mia Moe,person,mia@x.example,,,active\notto,Otto Orr,person,otto@x.example,,,active\nrita,Rita Roe,person,rita@x.example,,,active\n" +
		"gus,Gus Gone,person,gus@x.example,mia,,left\naway,Ada Away,person,ada@x.example,,,leave\n" +
		"svc,svc-historian,service,,,gus,active\nlone,svc-lone,service,,,,active\nacme,Acme,vendor,,,otto,active\nrobot,svc-robot,service,,,svc,active\nold,svc-old,service,,,,left\n",
	"assets.csv": "id,name,zone,owner\nhmi,HMI 4,cell,gus\nmill,Mill,cell,otto\npress,Press,cell,otto\n",
	"entitlements.csv": "id,name,asset,privilege,owner\nmill-eng,Change the mill,mill,engineer,gus\nmill-view,Watch the mill,mill,view,\n" +
		"hmi-op,Run the HMI,hmi,operate,\n",
	"grants.csv": "identity,entitlement,granted_at,granted_by,ticket\nsvc,mill-eng,2026-01-05,rita,T-1\nsvc,mill-view,2026-02-05,gus,\nacme,hmi-op,2026-03-05,rita@x.example,\n",
}

func as(s *sitetest.Site, email string, role string) context.Context {
	return authz.With(s.T.Context(), authz.Actor{Account: 1, Email: email, Name: email, Roles: []authz.Role{{Name: role, Site: authz.Everywhere}}})
}

func settled(t *testing.T) *sitetest.Site {
	t.Helper()
	s := start(t)
	s.Import("corp", estate)
	return s
}

// thing finds one by its id in the source.
func thing(s *sitetest.Site, subject, key string) identity.Thing {
	s.T.Helper()
	return identity.Thing{Subject: subject, ID: s.One(`select id from `+subject+` where external_id = $1`, key)}
}

// standing is "owner named_by standing" of a thing.
func standing(s *sitetest.Site, t identity.Thing) (got string) {
	s.T.Helper()
	err := s.DB.Pool().QueryRow(s.T.Context(), `select concat_ws(' ', coalesce(owner_name, '-'), named_by, standing, case when is_contradicted then 'contradicted' end)
		from ownership where subject = $1 and subject_id = $2`, t.Subject, t.ID).Scan(&got)
	if err != nil {
		s.T.Fatalf("%v: %v", t, err)
	}
	return got
}

func wantStanding(s *sitetest.Site, t identity.Thing, want string) {
	s.T.Helper()
	if got := standing(s, t); got != want {
		s.T.Errorf("%v: %s, want %s", t, got, want)
	}
}

func TestOwnership(t *testing.T) {
	t.Parallel()
	s := settled(t)
	for key, want := range map[string]string{
		"identity svc": "Gus Gone source gone", "identity lone": "- none", "identity acme": "Otto Orr source owned", "identity robot": "svc-historian source no_person",
		"asset hmi": "Gus Gone source gone", "asset mill": "Otto Orr source owned",
		"entitlement mill-eng": "Gus Gone source gone", "entitlement mill-view": "Otto Orr asset owned", "entitlement hmi-op": "Gus Gone asset gone",
	} {
		subject, id, _ := strings.Cut(key, " ")
		wantStanding(s, thing(s, subject, id), want)
	}
	n, err := s.Identity.OwnershipCounts(s.Root)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(identity.OwnershipCounts{Things: 10, Owned: 4, None: 1, Gone: 5}, n); d != "" {
		t.Error(d)
	}
	for _, c := range []struct {
		filter identity.OwnershipFilter
		want   string
	}{
		{identity.OwnershipFilter{Standings: []string{identity.Nobody}}, "svc-lone"},
		{identity.OwnershipFilter{Standings: []string{identity.Gone, identity.NoPerson}}, "Change the mill, HMI 4, Run the HMI, svc-historian, svc-robot"},
		{identity.OwnershipFilter{Standings: []string{identity.Gone}, Subject: "entitlement"}, "Change the mill, Run the HMI"},
		{identity.OwnershipFilter{Text: "gus"}, "Change the mill, HMI 4, Run the HMI, svc-historian"},
		{identity.OwnershipFilter{Owner: s.One(`select id from identity where external_id = 'otto'`), Subject: "asset"}, "Mill, Press"},
	} {
		list, more, err := s.Identity.Ownership(s.Root, c.filter)
		var names []string
		for _, o := range list {
			names = append(names, o.Name)
		}
		if got := strings.Join(names, ", "); err != nil || more || got != c.want {
			t.Errorf("%+v: %s, want %s (%v)", c.filter, got, c.want, err)
		}
	}
	gone, err := s.Identity.GoneOwners(s.Root, time.Time{})
	if err != nil || len(gone) != 2 || gone[0].Name != "Gus Gone" || gone[0].Things != 4 {
		t.Errorf("%+v %v", gone, err)
	}
}

// TestProposals: who is proposed for what Gus owned, best first, and why.
func TestProposals(t *testing.T) {
	t.Parallel()
	s := settled(t)
	list, _, err := s.Identity.Ownership(s.Root, identity.OwnershipFilter{})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, o := range list {
		var words []string
		for _, p := range o.Proposals {
			words = append(words, strings.TrimSpace(p.Name+" "+p.Rule+" "+p.About))
		}
		if words != nil {
			got[o.Name] = strings.Join(words, "; ")
		}
	}
	want := map[string]string{
		"svc-historian":   "Mia Moe manager Gus Gone; Otto Orr asset_owner Mill; Rita Roe last_granter",
		"HMI 4":           "Mia Moe manager Gus Gone; Otto Orr asset_owner Cell; Rita Roe last_granter",
		"Change the mill": "Mia Moe manager Gus Gone; Otto Orr asset_owner Mill; Rita Roe last_granter",
		"Run the HMI":     "Mia Moe manager Gus Gone; Rita Roe last_granter",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func offered(s *sitetest.Site, to string, things ...identity.Thing) []int64 {
	s.T.Helper()
	if err := s.Identity.Offer(as(s, "gov@x.example", "governance"), offer(to, things...)); err != nil {
		s.T.Fatal(err)
	}
	return waiting(s, to)
}

func offer(to string, things ...identity.Thing) identity.Offer {
	return identity.Offer{Things: things, To: slices.Repeat([]string{to}, len(things)), Note: "Gus has left."}
}

// waiting are the offers to a person that wait.
func waiting(s *sitetest.Site, to string) (ids []int64) {
	s.T.Helper()
	m, err := s.Identity.Mine(as(s, to, "member"), identity.OwnershipFilter{})
	if err != nil {
		s.T.Fatal(err)
	}
	for _, o := range m.Offers {
		ids = append(ids, o.ID)
	}
	return ids
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Nothing changes hands until the new owner accepts; then campaigns and findings
// read the same new owner, whatever the source goes on saying.
func TestOfferAndAccept(t *testing.T) {
	t.Parallel()
	s := settled(t)
	svc, hmi := thing(s, "identity", "svc"), thing(s, "asset", "hmi")
	ids := offered(s, "mia@x.example", svc, hmi)
	if len(ids) != 2 {
		t.Fatalf("%v", ids)
	}
	wantStanding(s, svc, "Gus Gone source gone")
	if n := s.One(`select count(*) from mail_message where recipient = 'mia@x.example' and template = 'ownership_offered'`); n != 1 {
		t.Errorf("%d mails for two things", n)
	}
	if n := s.One(`select count(*) from ownership_transfer where proposal = 'manager' and former_owner_id is not null`); n != 2 {
		t.Errorf("%d of the offers are to the manager", n)
	}
	must(t, s.Identity.Answer(as(s, "mia@x.example", "member"), ids, true, ""))
	wantStanding(s, svc, "Mia Moe transfer owned")
	wantStanding(s, hmi, "Mia Moe transfer owned")
	wantStanding(s, thing(s, "entitlement", "hmi-op"), "Mia Moe asset owned")
	if n := s.One(`select count(*) from access_fact where owner_email = 'mia@x.example' and identity_external_id = 'svc'`); n != 2 {
		t.Errorf("%d grants are read with the new owner", n)
	}
	s.Clock.Advance(time.Minute)
	s.Import("corp", estate)
	wantStanding(s, svc, "Mia Moe transfer owned")
	m, err := s.Identity.Mine(as(s, "mia@x.example", "member"), identity.OwnershipFilter{})
	if err != nil || len(m.Offers) != 0 || len(m.Owned) != 3 {
		t.Errorf("%+v %v", m, err)
	}
	for _, action := range []string{"ownership.offered", "ownership.accepted"} {
		if n := s.One(`select count(*) from audit_event where action = $1`, action); n != 1 {
			t.Errorf("%d events %s", n, action)
		}
	}
}

// The source changes its mind after somebody accepted: that is seen, not followed,
// unless the owner is gone as well.
func TestSourceChangesItsMind(t *testing.T) {
	t.Parallel()
	s := settled(t)
	svc := thing(s, "identity", "svc")
	must(t, s.Identity.Answer(as(s, "mia@x.example", "member"), offered(s, "mia@x.example", svc), true, ""))
	again := func(from, to string) {
		t.Helper()
		s.Clock.Advance(time.Minute)
		estate := map[string]string{"identities.csv": strings.ReplaceAll(estate["identities.csv"], from, to)}
		s.Import("corp", estate)
	}
	again("service,,,gus,", "service,,,otto,")
	wantStanding(s, svc, "Mia Moe transfer owned contradicted")
	if list, _, err := s.Identity.Ownership(s.Root, identity.OwnershipFilter{Disputed: true}); err != nil || len(list) != 1 || list[0].SourceOwner != "Otto Orr" {
		t.Errorf("%+v %v", list, err)
	}
	again("service,,,gus,", "service,,,mia,")
	wantStanding(s, svc, "Mia Moe source owned")
	again("mia@x.example,,,active", "mia@x.example,,,left")
	wantStanding(s, svc, "Mia Moe transfer gone")
	s.Clock.Advance(time.Minute)
	s.Import("corp", map[string]string{"identities.csv": strings.NewReplacer("service,,,gus,", "service,,,otto,", "mia@x.example,,,active", "mia@x.example,,,left").Replace(estate["identities.csv"])})
	wantStanding(s, svc, "Otto Orr source owned contradicted")
	transfer := s.One(`select id from ownership_transfer where state = 'accepted'`)
	gov := as(s, "gov@x.example", "governance")
	refused(t, s.Identity.End(gov, transfer, " "), errs.Invalid)
	must(t, s.Identity.End(gov, transfer, "Mia has left."))
	wantStanding(s, svc, "Otto Orr source owned")
	refused(t, s.Identity.End(gov, transfer, "again"), errs.Conflict)
}

func TestOfferRefused(t *testing.T) {
	t.Parallel()
	s := settled(t)
	svc, acme := thing(s, "identity", "svc"), thing(s, "identity", "acme")
	gov := as(s, "gov@x.example", "governance")
	for name, c := range map[string]struct {
		ctx   context.Context
		offer identity.Offer
		kind  errs.Kind
	}{
		"nothing":                 {gov, identity.Offer{}, errs.Invalid},
		"to nobody":               {gov, offer("", svc), errs.Invalid},
		"to a stranger":           {gov, offer("stranger@x.example", svc), errs.Invalid},
		"to who left":             {gov, offer("gus@x.example", svc), errs.Invalid},
		"to who is away":          {gov, offer("ada@x.example", svc), errs.Invalid},
		"to who owns it":          {gov, offer("otto@x.example", acme), errs.Invalid},
		"twice":                   {gov, offer("mia@x.example", svc, svc), errs.Invalid},
		"a person":                {gov, offer("mia@x.example", thing(s, "identity", "otto")), errs.NotFound},
		"what left":               {gov, offer("mia@x.example", thing(s, "identity", "old")), errs.NotFound},
		"what is not theirs":      {as(s, "rita@x.example", "member"), offer("mia@x.example", acme), errs.NotFound},
		"by an auditor":           {as(s, "otto@x.example", "auditor"), offer("mia@x.example", acme), errs.Forbidden},
		"a note beyond all bound": {gov, identity.Offer{Things: []identity.Thing{svc}, To: []string{"mia@x.example"}, Note: strings.Repeat("x", 2001)}, errs.Invalid},
	} {
		t.Run(name, func(t *testing.T) { refused(t, s.Identity.Offer(c.ctx, c.offer), c.kind) })
	}
	must(t, s.Identity.Offer(as(s, "otto@x.example", "member"), offer("mia@x.example", acme))) // an owner hands over what is theirs
	refused(t, s.Identity.Offer(gov, offer("rita@x.example", acme)), errs.Conflict)
	if n := s.One(`select count(*) from ownership_transfer`); n != 1 {
		t.Errorf("%d offers", n)
	}
}

// Only the person who is asked can answer, once, in time.
func TestAnswer(t *testing.T) {
	t.Parallel()
	s := settled(t)
	svc, hmi := thing(s, "identity", "svc"), thing(s, "asset", "hmi")
	ids := offered(s, "mia@x.example", svc)
	mia, gov := as(s, "mia@x.example", "member"), as(s, "gov@x.example", "governance")
	refused(t, s.Identity.Answer(as(s, "otto@x.example", "member"), ids, true, ""), errs.NotFound)
	refused(t, s.Identity.Answer(gov, ids, true, ""), errs.NotFound)
	refused(t, s.Identity.Answer(s.Root, ids, true, ""), errs.NotFound)
	refused(t, s.Identity.Answer(mia, nil, true, ""), errs.Invalid)
	refused(t, s.Identity.Answer(mia, ids, false, " "), errs.Invalid)
	must(t, s.Identity.Answer(mia, ids, false, "Rita knows it."))
	refused(t, s.Identity.Answer(mia, ids, true, ""), errs.Conflict)
	wantStanding(s, svc, "Gus Gone source gone")

	ids = offered(s, "mia@x.example", svc, hmi)
	refused(t, s.Identity.Withdraw(mia, ids), errs.NotFound)
	must(t, s.Identity.Withdraw(gov, ids[:1]))
	refused(t, s.Identity.Answer(mia, ids, true, ""), errs.Conflict)
	wantStanding(s, hmi, "Gus Gone source gone") // all or none

	s.Clock.Advance(14 * 24 * time.Hour)
	refused(t, s.Identity.Answer(mia, ids[1:], true, ""), errs.Conflict)
	if left := waiting(s, "mia@x.example"); left != nil {
		t.Errorf("%v still wait", left)
	}
	must(t, s.Identity.Expire(s.Root))
	must(t, s.Identity.Expire(s.Root))
	if n := s.One(`select count(*) from audit_event where action = 'ownership.expired'`); n != 1 {
		t.Errorf("%d events of expiry", n)
	}
	offered(s, "rita@x.example", svc, hmi)
}

// Another identity of the same person answers for them; whoever leaves meanwhile
// owns nothing.
func TestAnswerByAnotherName(t *testing.T) {
	t.Parallel()
	s := settled(t)
	s.Import("plant", map[string]string{"identities.csv": "id,name,kind,email,status\nM-1001,Mia Moe,person,mia@plant.example,active\nx,X,person,mia@x.example,active\nM-1001b,Mia,person,mia@plant.example,active\n"})
	s.Exec(`insert into identity_join (identity_id, other_id, rule, evidence, joined_at, joined_by, reason)
		select min(id), max(id), 'same_number', 'M-1001', now(), 'root', 'known' from identity where external_id in ('mia', 'M-1001')`)
	s.Exec(`select identity_regroup(array(select id from identity where external_id in ('mia', 'M-1001')))`)
	ids := offered(s, "mia@x.example", thing(s, "identity", "svc"))
	must(t, s.Identity.Answer(as(s, "mia@plant.example", "member"), ids, true, ""))
	wantStanding(s, thing(s, "identity", "svc"), "Mia Moe transfer owned")
	ids = offered(s, "rita@x.example", thing(s, "asset", "hmi"))
	s.Exec(`update identity set status = 'left' where external_id = 'rita'`)
	refused(t, s.Identity.Answer(as(s, "rita@x.example", "member"), ids, true, ""), errs.Invalid)
}

// Who takes over what somebody took over before ends that.
func TestTakenOverTwice(t *testing.T) {
	t.Parallel()
	s := settled(t)
	svc := thing(s, "identity", "svc")
	for _, who := range []string{"mia@x.example", "rita@x.example"} {
		must(t, s.Identity.Answer(as(s, who, "member"), offered(s, who, svc), true, ""))
		s.Clock.Advance(time.Minute)
	}
	wantStanding(s, svc, "Rita Roe transfer owned")
	list, _, err := s.Identity.Handings(s.Root, identity.HandingFilter{Of: svc})
	if err != nil || len(list) != 2 || list[1].State != "ended" || *list[1].EndedReason != "taken over by rita@x.example" {
		t.Errorf("%+v %v", list, err)
	}
}

// Two at once: of an answer and a withdrawal one happens; of two offers one waits.
func TestTwoAtOnce(t *testing.T) {
	t.Parallel()
	s := settled(t)
	svc, hmi := thing(s, "identity", "svc"), thing(s, "asset", "hmi")
	gov, mia := as(s, "gov@x.example", "governance"), as(s, "mia@x.example", "member")
	race := func(both ...func() error) (won int) {
		t.Helper()
		var wg sync.WaitGroup
		got := make([]error, len(both))
		for i, f := range both {
			wg.Go(func() { got[i] = f() })
		}
		wg.Wait()
		for _, err := range got {
			if err == nil {
				won++
			} else if !errs.Is(err, errs.Conflict) {
				t.Errorf("%v", err)
			}
		}
		return won
	}
	for range 5 {
		ids := offered(s, "mia@x.example", svc)
		won := race(func() error { return s.Identity.Answer(mia, ids, true, "") }, func() error { return s.Identity.Withdraw(gov, ids) },
			func() error { return s.Identity.Answer(mia, ids, false, "no") })
		if won != 1 {
			t.Errorf("%d of three answers were taken", won)
		}
		s.Exec(`update ownership_transfer set state = 'ended', ended_by = 'test', ended_at = now(), ended_reason = 'test' where state = 'accepted'`)
		won = race(func() error { return s.Identity.Offer(gov, offer("mia@x.example", hmi)) }, func() error { return s.Identity.Offer(gov, offer("rita@x.example", hmi)) })
		if won != 1 {
			t.Errorf("%d of two offers were made", won)
		}
		must(t, s.Identity.Withdraw(gov, []int64{s.One(`select id from ownership_transfer where state = 'offered'`)}))
	}
}
