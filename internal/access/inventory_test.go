package access_test

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"interlock/internal/apptest"
)

func TestMain(m *testing.M) { apptest.Main(m) }

// inventory is small, random and full of what is not known.
const inventory = `
select setseed(0.42);
insert into source (name, created_at) values ('erp', now()), ('plant-a', now());
insert into site (source_id, external_id, name, seen_from)
select 1, 'site-' || n, 'Site ' || n, now() from generate_series(1, 3) n;
insert into zone (source_id, external_id, name, site_id, level, domain, seen_from)
select 1, 'zone-' || n, 'Zone ' || n, nullif(n % 4, 0), (array[0, 1, 2, 3, 3.5, 4, 5, null])[n], (array['ot', 'ot', 'ot', 'ot', 'dmz', 'it', 'external', null])[n], now()
  from generate_series(1, 8) n;
insert into conduit (source_id, external_id, from_zone_id, to_zone_id, kind, project, seen_from)
select 1, 'conduit-' || n, n, n + 1, 'vpn', case when n > 2 then 'project ' || n end, now() from generate_series(1, 4) n;
insert into identity (source_id, external_id, name, kind, email, department, organisation, domain, status, owner_id, manager_id, seen_from)
select 1 + n % 2, 'id-' || n, (array['Ann', 'b%', 'c_d', 'O''Hara', 'x\y', 'Zoë', '$1', 'Ann Lee', 'a''; drop table site; --', '日本', 'two
lines', 'tab	ok'])[1 + n % 12],
       (array['person', 'contractor', 'vendor', 'shared', 'service', 'api_key', 'agent'])[1 + n % 7],
       case when n % 3 > 0 then 'id' || n || '@example.com' end, (array['IT', 'OT', '', null])[1 + n % 4], case when n % 5 = 0 then 'Siemens' end,
       (array['it', 'ot', 'external', 'dmz', null])[1 + n % 5], (array['active', 'leave', 'disabled', 'left'])[1 + (random() * 3)::int],
       case when n > 6 and n % 2 = 0 then n % 6 + 1 end, case when n > 6 and n % 3 = 0 then n % 5 + 1 end, now()
  from generate_series(1, 24) n;
insert into asset (source_id, external_id, name, zone_id, class, vendor, criticality, safety_related, capabilities, seen_from)
select 1 + n % 2, 'asset-' || n, 'Asset ' || n, nullif(n % 9, 0), (array['PLC', 'HMI', null])[1 + n % 3], case when n % 2 = 0 then 'Siemens' end,
       nullif(n % 6, 0), n % 4 = 0, case when n % 3 > 0 then '{"mfa": "no", "rbac": "native"}'::jsonb else '{"lockout": "partial"}' end, now()
  from generate_series(1, 12) n;
insert into entitlement (source_id, external_id, name, asset_id, privilege, seen_from)
select 1, 'ent-' || n, 'Right ' || n, 1 + n % 12, (array['view', 'operate', 'engineer', 'admin', null])[1 + n % 5], now() from generate_series(1, 20) n;
insert into access_grant (source_id, identity_id, entitlement_id, conduit_id, granted_at, expires_at, last_used_at, seen_from)
select 1 + n % 2, 1 + n % 24, 1 + (random() * 19)::int, nullif(n % 5, 0),
       case when n % 3 > 0 then $1::timestamptz - random() * interval '400 days' end,
       case when n % 4 = 0 then $1::timestamptz + (random() - 0.5) * interval '100 days' end,
       case when n % 2 = 0 then $1::timestamptz - random() * interval '300 days' end, $1::timestamptz - interval '50 days'
  from generate_series(1, 120) n on conflict do nothing;
insert into review_item (campaign_id, grant_id, identity_id, identity_key, identity_name, identity_kind, identity_status, entitlement_id, entitlement_key,
       entitlement_name, asset_id, asset_key, asset_name, safety_related, crosses, seen_from, consequence, risk, recommendation, reasons, assigned_by, reviewer, decision, decided_at)
select c, g.id, 1, '', '', 'person', 'active', 1, '', '', 1, '', '', false, false, now(), 'it', 1, 'certify', '{}', '', 'r@example.com',
       (array['certify', 'reduce', 'revoke', 'unsure'])[1 + (g.id + c) % 4], $1::timestamptz - random() * interval '90 days'
  from access_grant g, generate_series(1, 2) c where g.id % 3 = 0;
create table fact as select * from access_fact;
`

// stock gives a connection to a database with the inventory.
func stock(t testing.TB) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), apptest.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(t.Context()) })
	if _, err := conn.Exec(t.Context(), inventory, pgx.QueryExecModeSimpleProtocol, apptest.Start); err != nil {
		t.Fatal(err)
	}
	return conn
}

type row map[string]any

// rows reads the same facts as plain values, with the documented rules for what
// is not known: text "", capabilities "unknown", numbers and times absent.
func rows(t testing.TB, conn *pgx.Conn) []map[string]any {
	t.Helper()
	result, err := conn.Query(t.Context(), `select f.*, f.zone_level::float8 as zone_level, (select max(decided_at) from review_item r where r.grant_id = f.grant_id and r.decision in ('certify', 'reduce')) as decided from fact f order by grant_id`)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := pgx.CollectRows(result, pgx.RowToMap)
	if err != nil {
		t.Fatal(err)
	}
	var all []map[string]any
	for _, r := range raw {
		all = append(all, facts(t, r))
	}
	return all
}

func facts(t testing.TB, r row) map[string]any {
	identity, asset, entitlement, grant := row{}, row{}, row{}, row{}
	for _, name := range []string{"name", "kind", "email", "department", "organisation", "domain", "status", "source"} {
		identity[name] = r.text("identity_" + name)
	}
	identity["id"], identity["owner"], identity["manager"] = r.text("identity_external_id"), r.text("owner_external_id"), r.text("manager_external_id")
	for _, name := range []string{"name", "class", "vendor", "source"} {
		asset[name] = r.text("asset_" + name)
	}
	asset["id"], asset["site"], asset["zone"], asset["domain"] = r.text("asset_external_id"), r.text("site_external_id"), r.text("zone_external_id"), r.text("zone_domain")
	asset["safety_related"] = r["asset_safety_related"]
	if n, ok := r["asset_criticality"].(int16); ok {
		asset["criticality"] = int64(n)
	}
	if n, ok := r["zone_level"].(float64); ok {
		asset["level"] = n
	}
	asset["capability"] = r.capabilities(t)
	entitlement["id"], entitlement["name"], entitlement["privilege"] = r.text("entitlement_external_id"), r.text("entitlement_name"), r.text("entitlement_privilege")
	grant["id"], grant["crosses_boundary"], grant["source"] = r["grant_id"], r["crosses_boundary"], r.text("grant_source")
	grant["project"], grant["conduit"], grant["expires"] = r.text("conduit_project"), r.text("conduit_external_id"), r["expires_at"]
	grant["age_days"] = days(r["granted_at"], r["seen_from"])
	grant["unused_days"] = days(r["last_used_at"], r["granted_at"], r["seen_from"])
	grant["last_decision_days"] = days(r["decided"])
	all := map[string]any{"identity": identity, "asset": asset, "entitlement": entitlement, "grant": grant, "now": apptest.Start}
	for name, record := range all {
		if record, ok := record.(row); ok {
			all[name] = record.present()
		}
	}
	return all
}

func (r row) text(name string) string {
	s, _ := r[name].(string)
	return s
}

func (r row) present() map[string]any {
	for name, v := range r {
		if v == nil {
			delete(r, name)
		}
	}
	return r
}

func (r row) capabilities(t testing.TB) map[string]string {
	all := map[string]string{}
	for _, name := range []string{"mfa", "federation", "individual_accounts", "rbac", "central_logging", "rotation", "encryption", "lockout", "service_identity"} {
		all[name] = "unknown"
	}
	body, err := json.Marshal(r["asset_capabilities"])
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(body, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

func days(times ...any) any {
	for _, at := range times {
		if at, ok := at.(time.Time); ok {
			return int64(math.Floor(apptest.Start.Sub(at).Hours() / 24))
		}
	}
	return nil
}
