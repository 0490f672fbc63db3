package remediation

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"interlock/internal/apptest"
	"interlock/internal/authz"
	"interlock/internal/errs"
	"interlock/internal/store"
)

func TestMain(m *testing.M) { apptest.Main(m) }

// settled is two campaigns with one item of each outcome.
const settled = `
insert into review_definition (name, revision, text, created_by, created_at) values ('r', 1, '', 'ann', now());
insert into review_campaign (definition_id, title, created_by, created_at) values (1, 'One', 'ann', now()), (1, 'Two', 'ann', now());
insert into review_item (campaign_id, grant_id, identity_id, identity_key, identity_name, identity_kind, identity_status,
  entitlement_id, entitlement_key, entitlement_name, asset_id, asset_key, asset_name, safety_related, crosses, seen_from, consequence, risk, recommendation, reasons, assigned_by, reviewer, outcome)
select c, n, 1, 'ann', 'Ann', 'person', 'active', 1, 'e', 'E', 1, 'a', 'A', false, false, now(), 'it', 1, 'certify', '{}', 'manager', 'boss@x.example', o
  from generate_series(1, 2) c, unnest(array['certified', 'revoked', 'reduced', 'kept', 'escalated', null]) with ordinality v (o, n) order by c, n`

func TestOpen(t *testing.T) {
	t.Parallel()
	db, _ := apptest.DB(t)
	if _, err := db.Pool().Exec(t.Context(), settled); err != nil {
		t.Fatal(err)
	}
	ctx := authz.CommandLine(t.Context(), "root")
	open := func(campaign int64) (n int64, err error) {
		err = db.Write(ctx, "campaign:run", func(tx *store.Tx) error {
			if n, err = Open(ctx, tx, campaign); err == nil && n == 0 {
				return store.ErrNothing
			}
			return err
		})
		return n, err
	}
	for campaign, want := range map[int64]int64{1: 2, 2: 2, 99: 0} {
		if n, err := open(campaign); n != want || err != nil {
			t.Errorf("campaign %d: %d opened, %v", campaign, n, err)
		}
	}
	if n, err := open(1); err == nil { // remediation_is_one_per_item
		t.Errorf("opened twice: %d", n)
	}
	var events string
	err := db.Pool().QueryRow(ctx, `select string_agg(action || ' ' || object || ' ' || campaign_id || ' ' || detail, ', ' order by object) from audit_event`).Scan(&events)
	if want := `remediation.opened campaign:1 1 {"items": 2}, remediation.opened campaign:2 2 {"items": 2}`; events != want || err != nil {
		t.Error(events, err)
	}
	listed(t, db)
}

func listed(t *testing.T, db *store.DB) {
	t.Helper()
	s := New(db)
	engineer := authz.With(context.Background(), authz.Actor{Email: "e@x.example", Roles: []authz.Role{{Name: "plant_engineer", Site: authz.Everywhere}}})
	list := func(f Filter) (got []string) {
		rows, err := s.List(engineer, f)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			got = append(got, fmt.Sprint(r.Campaign, " ", r.Work, " ", r.State))
		}
		return got
	}
	if d := cmp.Diff([]string{"One remove open", "One reduce open"}, list(Filter{Campaign: 1, Page: 10})); d != "" {
		t.Error(d)
	}
	first, err := s.List(engineer, Filter{Page: 3})
	if err != nil || len(first) != 3 || len(list(Filter{Page: 3, After: first[2].ID})) != 1 {
		t.Error("pages", first, err)
	}
	if got := list(Filter{State: "done", Page: 10}); len(got) != 0 {
		t.Error(got)
	}
	member := authz.With(context.Background(), authz.Actor{Email: "m@x.example", Roles: []authz.Role{{Name: "member", Site: authz.Everywhere}}})
	if _, err := s.List(member, Filter{Page: 1}); !errs.Is(err, errs.Forbidden) {
		t.Error(err)
	}
	err = db.Read(engineer, "remediation:read", func(tx *store.Tx) error {
		counts, err := Counts(engineer, tx, 1)
		if d := cmp.Diff(map[string]int64{"open": 2}, counts); d != "" {
			t.Error(d)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
