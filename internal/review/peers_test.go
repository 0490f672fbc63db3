package review

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// crew adds people of a department, under a manager or of an organisation; the
// first holders of them hold the right.
func (p *plant) crew(name, kind, department, organisation string, manager int64, size, holders int, right int64) (ids []int64) {
	p.t.Helper()
	for i := range size {
		id := p.identity(fmt.Sprint(name, i), who{kind: kind, manager: manager})
		p.exec(`update identity set department = nullif($2, ''), organisation = nullif($3, '') where id = $1`, id, department, organisation)
		if i < holders {
			p.grant(id, right, "")
		}
		ids = append(ids, id)
	}
	return ids
}

// share reads what an item freezes of its peers: "3 of 24 department".
func (p *plant) share(campaign int64, identity string) string {
	p.t.Helper()
	return p.texts(`select coalesce(peers_holding::text, '-') || ' of ' || coalesce(peers::text, '-') || ' ' || coalesce(peer_group, '-')
		from review_item where campaign_id = $1 and identity_key = $2`, campaign, identity)[0]
}

func TestPeers(t *testing.T) {
	t.Parallel()
	for _, apart := range []int64{200_000, 1} { // worked out in the statement, and aside
		t.Run(fmt.Sprint(apart), func(t *testing.T) {
			t.Parallel()
			p := newPlant(t)
			p.apart = apart
			right := p.right("edit", p.asset("mes", thing{zone: "it"}), "operate", 0)
			mary, moe := p.identity("mary", who{}), p.identity("moe", who{})
			upkeep := p.crew("upkeep", "person", "Maintenance", "", mary, 25, 4, right)
			p.crew("helper", "contractor", "Maintenance", "", 0, 9, 9, right) // of another kind
			p.crew("night", "person", " Night shift ", "", moe, 3, 1, right)
			p.crew("day", "person", "Day shift", "", moe, 4, 2, right)
			p.crew("lone", "person", "Archive", "", 0, 3, 1, right)
			p.crew("loose", "person", "", "Us", 0, 9, 1, right)
			p.crew("kessel", "vendor", "", "Kessel", 0, 9, 2, right)
			p.exec(`update identity set status = 'left' where id = any ($1)`, []int64{upkeep[1], upkeep[23]})
			p.exec(`update identity set ended_at = seen_from where id = $1`, upkeep[24])
			p.exec(`update identity set status = 'leave' where id = $1`, upkeep[2])
			p.grantVia(upkeep[2], right) // twice the same, counted once
			ended := p.grant(upkeep[10], right, "")
			p.exec(`update access_grant set ended_at = seen_from where id = $1`, ended)
			c := p.launch(define("true", "manager"))
			for identity, want := range map[string]string{
				"upkeep0": "2 of 21 department", // 25 less themselves, two who left and one who is gone; of three more holders one left
				"upkeep1": "3 of 22 department", // who left is compared with all who are here
				"helper0": "8 of 8 department",
				"night0":  "2 of 6 manager",    // two others in the department are too few
				"lone0":   "- of 2 department", // and so they are where nobody else is known
				"loose0":  "- of - -",
				"kessel0": "1 of 8 organisation",
			} {
				if got := p.share(c, identity); got != want {
					t.Errorf("%s: %s, not %s", identity, got, want)
				}
			}
		})
	}
}

// grantVia gives a right once more, by a way of its own.
func (p *plant) grantVia(identity, right int64) {
	p.t.Helper()
	p.asset("wayside", thing{zone: "ot"})
	zone := p.one(`select id from zone where external_id = 'ot'`)
	way := p.one(`insert into conduit (source_id, external_id, from_zone_id, to_zone_id, seen_from) values ($1, 'way', $2, $2, $3) returning id`, p.src, zone, p.clock.Now())
	p.exec(`insert into access_grant (source_id, identity_id, entitlement_id, conduit_id, seen_from) values ($1, $2, $3, $4, $5)`, p.src, identity, right, way, p.clock.Now())
}

// What is rare among peers raises a low risk, what is usual lowers a medium one
// that only comes of the privilege.
func TestPeersWeigh(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	wiki, plc := p.asset("wiki", thing{zone: "it"}), p.asset("plc", thing{zone: "ot", safe: true})
	view, operate, engineer, rare, safe := p.right("view", wiki, "view", 0), p.right("operate", wiki, "operate", 0), p.right("engineer", wiki, "engineer", 0),
		p.right("rare", wiki, "engineer", 0), p.right("safe", plc, "engineer", 0)
	crew := p.crew("u", "person", "Maintenance", "", 0, 12, 0, 0)
	for i, id := range crew {
		p.exec(`insert into access_grant (source_id, identity_id, entitlement_id, last_used_at, seen_from)
			select $1, $2, r, $4, $4 from unnest($3::bigint[]) r where r = any ($5) or $6 = 0`,
			p.src, id, []int64{view, operate, engineer, rare, safe}, p.clock.Now(), []int64{engineer, safe}, i)
	}
	p.launch(define("true", "manager"))
	got := p.texts(`select entitlement_key || ' ' || risk || ' ' || recommendation || ' ' || array_to_string(reasons, ' ') from review_item where identity_key = 'u0' order by entitlement_id`)
	want := []string{
		"view 1 certify +used_30",
		"operate 2 look_closer -rare +used_30",
		"engineer 1 certify +used_30 +usual",
		"rare 2 look_closer -rare +used_30",
		"safe 4 look_closer -safety +used_30 +usual",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// The frozen share is what counting one by one finds.
func (r *randomPlant) peersAreCounted() {
	r.t.Helper()
	wrong := r.texts(`
		with here as (
		  select identity_id as id, identity_kind as kind, nullif(btrim(identity_department), '') as department, manager_id, case when identity_kind in ('vendor', 'contractor') then nullif(btrim(identity_organisation), '') end as organisation
		    from identity_fact where identity_status in ('active', 'leave')
		), peer as (
		  select i.id as item, i.entitlement_id, h.id,
		         h.department = nullif(btrim(f.identity_department), '') as d, h.manager_id = f.manager_id as m, h.organisation = nullif(btrim(f.identity_organisation), '') as o
		    from review_item i
		    join identity_fact f on f.identity_id = i.identity_id
		    join here h on h.kind = f.identity_kind and h.id <> f.identity_id
		), counted as (
		  select item, g.peer_group, count(*) as peers, count(*) filter (where exists (select from access_grant a
		           where a.identity_id = p.id and a.entitlement_id = p.entitlement_id and a.ended_at is null)) as holding
		    from peer p
		   cross join lateral (values ('department', p.d), ('manager', p.m), ('organisation', p.o)) g (peer_group, shared)
		   where g.shared
		   group by item, g.peer_group
		), best as (
		  select distinct on (item) * from counted where peers >= 5 order by item, array_position(array['department', 'manager', 'organisation'], peer_group)
		)
		select i.id || ': ' || concat_ws(' ', i.peers_holding, i.peers, i.peer_group) || ' not ' || concat_ws(' ', b.holding, b.peers, b.peer_group)
		  from review_item i
		  left join best b on b.item = i.id
		 where (b.item is null and i.peers_holding is not null)
		    or (b.item is not null and (b.holding, b.peers, b.peer_group) is distinct from (i.peers_holding::bigint, i.peers::bigint, i.peer_group))`)
	if len(wrong) > 0 {
		r.t.Errorf("%d shares, such as %s", len(wrong), wrong[0])
	}
	if r.one(`select count(*) from review_item where peers_holding > 0`) == 0 {
		r.t.Error("nobody has a peer who holds the same")
	}
}
