package review

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What was found and how far the identity gets is frozen, and speaks where it matters.
func TestFreezesFindingsAndReach(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	plc, wiki := p.asset("plc", thing{zone: "ot", safe: true}), p.asset("wiki", thing{zone: "it"})
	admin, view, read := p.right("admin", wiki, "admin", 0), p.right("view", wiki, "view", 0), p.right("read", plc, "view", 0)
	boss := p.identity("boss", who{})
	ann, svc := p.identity("ann", who{manager: boss}), p.identity("svc", who{kind: "service", owner: boss})
	grants := []int64{p.grant(ann, admin, ""), p.grant(ann, view, ""), p.grant(svc, view, ""), p.grant(svc, read, "")}
	p.exec(`update access_grant set last_used_at = $1`, p.clock.Now())
	p.exec(`insert into reach (identity_id, assets, safety, crossing, levels, highest, changed_at) values ($1, 4, 1, 3, '{0,1,0,0,0,2,0,1}', 'admin', $2)`, ann, p.clock.Now())
	for _, f := range []struct {
		rule, about string
		severity    int
		id, closed  int64
	}{
		{"credential_in_code", "credential", 4, svc, 0}, {"dormant_grant", "grant", 3, grants[3], 0}, {"no_owner", "identity", 3, svc, 0},
		{"domain_unset", "identity", 1, ann, 0}, {"asset_no_owner", "asset", 2, wiki, 0}, {"toxic", "grant", 3, grants[2], 0}, {"over", "entitlement", 4, read, 1},
	} {
		p.exec(`insert into finding (rule, severity, about, subject_id, identity_id, note, opened_at, closed_at)
			values ($1, $2, $3, $4::bigint, case when $3 = 'credential' then $4::bigint end, 'it is so', $5, case when $6 = 1 then $5::timestamptz end)`, f.rule, f.severity, f.about, f.id, p.clock.Now(), f.closed)
	}
	p.launch(define("true", "manager, owner"))
	got := p.texts(`select concat_ws(' ', identity_key, entitlement_key, risk, recommendation, coalesce(array_to_string(findings, ','), 'nothing'), array_to_string(reasons, ','),
		reach_assets, reach_safety, reach_crossing, reach_levels::text, reach_highest) from review_item order by grant_id`)
	want := []string{
		"ann admin 2 look_closer low:domain_unset,medium:asset_no_owner -reaches_safety,-reaches_across,+used_30 4 1 3 {0,1,0,0,0,2,0,1} admin",
		"ann view 1 certify low:domain_unset,medium:asset_no_owner +used_30 4 1 3 {0,1,0,0,0,2,0,1} admin",
		"svc view 2 look_closer high:toxic,critical:credential_in_code,high:no_owner,medium:asset_no_owner -finding:toxic,-finding:credential_in_code,+used_30",
		"svc read 3 look_closer high:dormant_grant,critical:credential_in_code,high:no_owner -safety,-finding:credential_in_code,+used_30",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// The items of a large campaign are in a table of their own, under the same rules.
func TestApart(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.simple()
	p.apart = 3
	p.launch(define("true", "manager"))
	p.apart = 4
	p.launch(define("true", "manager"))
	if got := p.texts(`select tableoid::regclass || ' ' || count(*) from review_item group by tableoid order by 1`); cmp.Diff(got, []string{"review_item 6", "review_item_2 3"}) != "" {
		t.Fatal(got)
	}
	if got := p.texts(`select relname::text from pg_class where relname like 'launch_%' or relname = 'review_item_3'`); len(got) > 0 {
		t.Fatal(got)
	}
	for what, sql := range map[string]string{
		"columns":     `select attname || ' ' || format_type(atttypid, atttypmod) || ' ' || attnotnull from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped`,
		"constraints": `select conname || ' ' || pg_get_constraintdef(oid) from pg_constraint where conrelid = $1::regclass and contype = 'c' and conname <> 'items_are_of_this_campaign'`,
		"indexes":     `select regexp_replace(pg_get_indexdef(indexrelid), 'INDEX .* USING', '') || indisunique || indisprimary from pg_index where indrelid = $1::regclass`,
		"triggers":    `select replace(pg_get_triggerdef(oid), $1, '') from pg_trigger where tgrelid = $1::regclass and not tgisinternal`,
		"options":     `select reloptions::text from pg_class where oid = $1::regclass`,
	} {
		mother, heir := p.texts(sql+` order by 1`, "public.review_item"), p.texts(sql+` order by 1`, "public.review_item_2")
		if d := cmp.Diff(mother, heir); d != "" || len(mother) == 0 {
			t.Errorf("%s: %s", what, d)
		}
	}
	for _, sql := range []string{`delete from review_item_2`, `update review_item_2 set risk = 1`, `truncate review_item_2`} {
		if _, err := p.db.Pool().Exec(t.Context(), sql); err == nil {
			t.Errorf("%s is done", sql)
		}
	}
}
