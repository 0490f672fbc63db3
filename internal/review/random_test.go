package review

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"interlock/internal/errs"
)

// randomPlant is an inventory at random, with everything that goes wrong in real
// ones: cycles of managers, people who manage themselves, the same person in two
// sources, no e-mail, people who left, grants by ids of other sources.
type randomPlant struct {
	*plant
	rnd     *rand.Rand
	emails  []string
	subject map[int64]string // grant -> e-mail of its subject, or ""
	grantor map[int64]string // grant -> e-mail of who gave it, or ""
	rights  []int64
}

const (
	randomPeople = 45
	randomGrants = 90
)

func newRandomPlant(t *testing.T, seed uint64) *randomPlant {
	t.Helper()
	r := &randomPlant{plant: newPlant(t), rnd: rand.New(rand.NewPCG(seed, 7)), subject: map[int64]string{}, grantor: map[int64]string{}}
	sources := map[string]int64{"hr": r.src, "plant-a": r.source("plant-a"), "plant_a": r.source("plant_a")}
	names := []string{"hr", "plant-a", "plant_a"}
	for i := range 12 {
		r.emails = append(r.emails, fmt.Sprintf("p%d@x.example", i))
	}
	var ids []int64
	email, byKey := map[int64]string{}, map[string]int64{}
	for i := range randomPeople {
		src, key := names[i%3], fmt.Sprint("u", i/3)
		w := who{src: sources[src], kind: pick(r, "person", "person", "person", "contractor", "vendor", "service", "shared"),
			status: pick(r, "active", "active", "active", "left", "disabled", "leave"), domain: pick(r, "it", "ot", "external", ""), email: pick(r, r.emails...)}
		if r.rnd.IntN(6) == 0 {
			w.email = "-"
		}
		id := r.identity(key, w)
		ids, byKey[src+":"+key] = append(ids, id), id
		if w.email != "-" {
			email[id] = w.email
		}
	}
	for _, id := range ids {
		r.exec(`update identity set manager_id = nullif($2, 0::bigint), owner_id = nullif($3, 0::bigint), ended_at = case when $4 then seen_from end,
			department = nullif($5, ''), organisation = nullif($6, '') where id = $1`,
			id, pick(r, pick(r, ids[:2]...), pick(r, append(ids, 0, id)...)), pick(r, append(ids, 0)...), r.rnd.IntN(12) == 0, pick(r, "Filling", " Filling ", "Office", ""), pick(r, "Kessel", "", ""))
	}
	for i := range 6 {
		asset := r.asset(fmt.Sprint("a", i), thing{zone: pick(r, "it", "ot", ""), owner: pick(r, ids...), safe: r.rnd.IntN(3) == 0})
		for j := range 3 {
			r.rights = append(r.rights, r.right(fmt.Sprint("r", i, j), asset, pick(r, "view", "operate", "engineer", "admin", ""), pick(r, ids...)))
		}
	}
	for range randomGrants {
		src, by := pick(r, names...), ""
		giver := ""
		switch key := fmt.Sprint("u", r.rnd.IntN(randomPeople/3)); r.rnd.IntN(6) {
		case 0:
			by, giver = key, email[byKey[src+":"+key]]
		case 1:
			from := pick(r, names...)
			by, giver = from+":"+key, email[byKey[from+":"+key]]
		case 2:
			giver = pick(r, r.emails...)
			by = pick(r, giver, strings.ToUpper(giver), " "+giver)
		case 3:
			by = "a clerk"
		}
		subject := pick(r, ids...)
		for _, g := range r.texts(`insert into access_grant (source_id, identity_id, entitlement_id, granted_by, seen_from)
			values ($1, $2, $3, nullif($4, ''), $5) on conflict do nothing returning id::text`, sources[src], subject, pick(r, r.rights...), by, r.clock.Now()) {
			var id int64
			_, _ = fmt.Sscan(g, &id)
			r.subject[id], r.grantor[id] = email[subject], giver
		}
	}
	return r
}

func pick[T any](r *randomPlant, of ...T) T { return of[r.rnd.IntN(len(of))] }

func (r *randomPlant) definition() string {
	var list []string
	for range 1 + r.rnd.IntN(4) {
		list = append(list, pick(r, "manager", "owner", "asset_owner", "entitlement_owner", pick(r, r.emails...), "outside@y.example"))
	}
	back := []string{pick(r, r.emails...), "outside@y.example", "reserve@y.example"}[r.rnd.IntN(3):]
	return define(pick(r, "true", "grant.crosses_boundary", `identity.kind != "service"`), strings.Join(list, ", "),
		"fallback: ["+strings.Join(back, ", ")+"]", "silence: {it: "+pick(r, "revoke", "keep", "escalate")+"}")
}

// nobodyJudgesThemselves fails when an item waits for its subject or who gave the
// grant, now or next, or one of them answered it.
func (r *randomPlant) nobodyJudgesThemselves() {
	r.t.Helper()
	rows, err := r.db.Pool().Query(context.Background(), `
		select i.id, i.grant_id, i.reviewer, coalesce(i.next_reviewer, '-'),
		       array(select d.decided_by from review_decision d where d.item_id = i.id)
		  from review_item i`)
	r.must(err)
	defer rows.Close()
	for n := 0; rows.Next(); n++ {
		var item, grant int64
		var reviewer, next string
		var deciders []string
		r.must(rows.Scan(&item, &grant, &reviewer, &next, &deciders))
		for _, who := range append(deciders, reviewer, next) {
			if who == "" || who == r.subject[grant] || who == r.grantor[grant] {
				r.t.Errorf("item %d of %q, granted by %q: %q judges it", item, r.subject[grant], r.grantor[grant], who)
			}
		}
		if reviewer == next {
			r.t.Errorf("item %d goes from %s to themselves", item, reviewer)
		}
	}
	r.must(rows.Err())
}

func TestRandomInventories(t *testing.T) {
	t.Parallel()
	var launched, refused, done atomic.Int64
	t.Run("seeds", func(t *testing.T) {
		for seed := range uint64(6) {
			t.Run(fmt.Sprint(seed), func(t *testing.T) {
				t.Parallel()
				r := newRandomPlant(t, seed)
				r.apart = []int64{200_000, 1, 30}[seed%3] // none, all or some campaigns in tables of their own
				var campaigns []int64
				for range 6 {
					if c := r.tryLaunch(); c != 0 {
						campaigns = append(campaigns, c)
						launched.Add(1)
					} else {
						refused.Add(1)
					}
				}
				r.nobodyJudgesThemselves()
				r.liveReviewers()
				r.peersAreCounted()
				for _, c := range campaigns {
					done.Add(r.play(c))
					r.checkPlayed(c)
				}
				r.nobodyJudgesThemselves()
			})
		}
	})
	if launched.Load() < 6 || refused.Load() < 3 || done.Load() < 250 {
		t.Errorf("too little happened: %d launches, %d refused, %d acts", launched.Load(), refused.Load(), done.Load())
	}
}

// tryLaunch launches at random; a refusal must be one that is meant, and leave
// nothing. What was launched is what the preview said.
func (r *randomPlant) tryLaunch() int64 {
	r.t.Helper()
	text := r.definition()
	pv, err := r.Preview(r.root, text)
	r.must(err)
	before := r.one(`select count(*) from review_item`)
	made, err := r.DraftAndLaunch(r.root, text, Again)
	if err != nil {
		meant := pv.Without > 0 || pv.Items == 0 || strings.Contains(err.Error(), "no longer active")
		if !errs.Is(err, errs.Conflict) || !meant || r.one(`select count(*) from review_item`) != before {
			r.t.Errorf("refused with %v, preview %+v", err, pv)
		}
		return 0
	}
	if pv.Without != 0 || pv.Items != made.Items || pv.FallbackItems != made.FallbackItems || int64(len(pv.Reviewers)) != made.Reviewers {
		r.t.Errorf("preview %+v, launch %+v", pv, made)
	}
	return made.Campaign
}

// liveReviewers: whoever a rule led to is an active person that a source still has.
func (r *randomPlant) liveReviewers() {
	r.t.Helper()
	bad := r.texts(`select distinct reviewer || ' by ' || assigned_by from review_item i
		where assigned_by not in ('named', 'fallback')
		  and not exists (select from identity p where p.email = i.reviewer and p.kind in ('person', 'contractor') and p.status = 'active' and p.ended_at is null)`)
	if len(bad) > 0 {
		r.t.Errorf("reviewers who are gone: %v", bad)
	}
}

// play lets six people at once do what they like with a campaign, closes it
// under them, and returns how many acts were taken.
func (r *randomPlant) play(campaign int64) int64 {
	r.t.Helper()
	var items []int64
	for _, s := range r.texts(`select id::text from review_item where campaign_id = $1 order by id`, campaign) {
		var id int64
		_, _ = fmt.Sscan(s, &id)
		items = append(items, id)
	}
	reviewers := r.texts(`select reviewer from review_reviewer where campaign_id = $1`, campaign)
	seed, closeAt := r.rnd.Uint64(), r.rnd.IntN(40)
	var done atomic.Int64
	inParallel(6, func(i int) error {
		g := &randomPlant{plant: r.plant, rnd: rand.New(rand.NewPCG(seed, uint64(i))), emails: append(slices.Clone(reviewers), pick(r2(seed, i), r.emails...)), rights: r.rights}
		for n := range 40 {
			err := g.act(campaign, items)
			if i == 0 && n == closeAt {
				_, err = g.Close(g.root, campaign)
			}
			if err == nil {
				done.Add(1)
			} else if errs.KindOf(err) == errs.Internal || errs.KindOf(err) == errs.Unavailable {
				r.t.Errorf("no words: %v", err)
			}
		}
		return nil
	})
	return done.Load()
}

func r2(seed uint64, i int) *randomPlant {
	return &randomPlant{rnd: rand.New(rand.NewPCG(seed, uint64(i)+100))}
}

func (r *randomPlant) act(campaign int64, items []int64) error {
	who := pick(r, r.emails...)
	ctx := as(context.Background(), who)
	if r.rnd.IntN(2) == 0 {
		if mine := r.itemsOf(campaign, who); len(mine) > 0 {
			items = mine
		}
	}
	switch r.rnd.IntN(12) {
	case 0:
		return r.Sign(ctx, campaign, "")
	case 1:
		return r.Undo(ctx, campaign, nil, "")
	case 2:
		return r.Undo(ctx, campaign, []int64{pick(r, items...)}, "")
	}
	b := Batch{Shown: "list", Bulk: r.rnd.IntN(4) == 0}
	for range 1 + r.rnd.IntN(3) {
		s := Said{Item: pick(r, items...), Answer: pick(r, Certify, Revoke, Reduce, Unsure, Unsure), Note: pick(r, "", "why", "why")}
		if s.Answer == Reduce {
			s.ReduceTo = pick(r, r.rights...)
		}
		b.Said = append(b.Said, s)
	}
	return r.Decide(ctx, campaign, b)
}

func (r *randomPlant) itemsOf(campaign int64, who string) []int64 {
	rows, err := r.Items(r.root, campaign, ItemFilter{Reviewer: who, Answer: "open", Page: 50})
	r.must(err)
	var ids []int64
	for _, row := range rows {
		ids = append(ids, row.ID)
	}
	return ids
}

// checkPlayed holds what a played campaign became against its log.
func (r *randomPlant) checkPlayed(campaign int64) {
	r.t.Helper()
	for what, sql := range map[string]string{
		"items that do not say their last answer": `
			select i.id || ': ' || coalesce(i.decision, 'open') || ' after ' || coalesce(l.decision, 'nothing') from review_item i
			left join lateral (select d.* from review_decision d where d.item_id = i.id order by d.id desc limit 1) l on true
			where i.campaign_id = $1 and not case coalesce(l.decision, 'undo')
			  when 'undo' then i.decision is null
			  when 'unsure' then (i.decision = 'unsure' and i.reviewer = l.decided_by) or (i.decision is null and i.passed_from = l.decided_by)
			  else i.decision = l.decision and i.reviewer = l.decided_by and i.decision_id = l.id end`,
		"answers after a sign-off": `
			select e.actor || ' ' || e.action from audit_event e join audit_event s on s.campaign_id = e.campaign_id and s.action = 'review.signed' and s.actor = e.actor
			where e.campaign_id = $1 and e.action in ('review.decided', 'review.undone') and e.id > s.id`,
		"answers after the close": `
			select e.actor || ' ' || e.action from audit_event e join audit_event s on s.campaign_id = e.campaign_id and s.action = 'campaign.closed'
			where e.campaign_id = $1 and e.action in ('review.decided', 'review.undone', 'review.signed') and e.id > s.id`,
		"high risk in bulk, or without a note": `
			select i.id::text from review_decision d join review_item i on i.id = d.item_id
			where i.campaign_id = $1 and i.risk >= 3 and d.decision <> 'undo' and (d.bulk or d.note = '')`,
		"items without an outcome, or work without one": `
			select i.id || ' ' || coalesce(i.outcome, 'none') from review_item i left join remediation m on m.item_id = i.id
			where i.campaign_id = $1 and (i.outcome is null or (i.outcome in ('revoked', 'reduced')) <> (m.id is not null))`,
		"reviewers with items who are not listed": `
			select i.reviewer from review_item i where i.campaign_id = $1
			and not exists (select from review_reviewer r where r.campaign_id = i.campaign_id and r.reviewer = i.reviewer)`,
		"who signed with an open item": `
			select i.reviewer from review_item i join review_reviewer r on r.campaign_id = i.campaign_id and r.reviewer = i.reviewer
			where i.campaign_id = $1 and r.signed_at is not null and i.decision is null`,
	} {
		if bad := r.texts(sql, campaign); len(bad) > 0 {
			r.t.Errorf("%d %s: %v", len(bad), what, bad[:min(5, len(bad))])
		}
	}
}
