package main

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"

	"interlock/internal/access/reach"
	"interlock/internal/store"
)

const (
	mostReach  = 10 * time.Second
	mostWhatIf = 200 * time.Millisecond
	mostMemory = 1 << 20 // kB
)

// plants fills an inventory of plants for reach: twenty sites of twelve zones,
// rights on everything, groups that imply others, in circles too, and secrets of
// service and shared identities on a fifth of the systems.
const plants = `
insert into source (name, created_at) values ('plant', now());
insert into site (source_id, external_id, name, seen_from) select 1, 's' || n, 'Plant ' || n, now() from generate_series(0, 19) n;
insert into zone (source_id, external_id, name, site_id, level, domain, seen_from)
select 1, 'z' || n, 'Zone ' || n, 1 + n / 12, (array[5, 4, 4, 3.5, 3.5, 3, 3, 2, 2, 1, 1, 0])[1 + n % 12],
       (array['it', 'it', 'external', 'dmz', 'dmz', 'ot', 'ot', 'ot', 'ot', 'ot', 'ot', null])[1 + n % 12], now() from generate_series(0, 239) n;
insert into conduit (source_id, external_id, from_zone_id, to_zone_id, kind, mfa, seen_from)
select 1, 'c' || n, 1 + n, 1 + (n / 12) * 12 + (n * 5 + 1) % 12, (array['vpn', 'jump_host', 'direct', 'data_diode', 'remote_gateway'])[1 + n % 5], n % 3 > 0, now() from generate_series(0, 239) n;
insert into identity (source_id, external_id, name, kind, domain, status, owner_id, contract_end, seen_from)
select 1, 'u' || n, 'Identity ' || n, case when n % 25 in (7, 11) then 'service' when n % 25 = 13 then 'shared' when n % 25 = 19 then 'vendor' else 'person' end,
       case when n % 25 = 19 then 'external' when n % 97 = 0 then null when n % 6 = 5 then 'ot' else 'it' end, case when n % 100 = 17 then 'left' else 'active' end,
       case when n % 25 in (7, 11, 13, 19) and n % 30 > 0 then 1 + n / 100 * 10 end, case when n % 25 = 19 then now() + (n % 300 - 10) * interval '1 day' end, now()
  from generate_series(0, {identities} - 1) n;
insert into asset (source_id, external_id, name, zone_id, class, owner_id, safety_related, capabilities, seen_from)
select 1, 'a' || n, 'System ' || n, case when n % 200 > 0 then 1 + n % 240 end, (array['erp', 'plc', 'scada', 'network', 'directory', 'ews'])[1 + n % 6], case when n % 50 > 0 then 1 + n * 10 % {identities} end, n % 11 = 0,
       jsonb_build_object('mfa', (array['native', 'via_proxy', 'no', 'unknown'])[1 + n % 4], 'rotation', (array['native', 'partial', 'no'])[1 + n % 3], 'individual_accounts', (array['native', 'no'])[1 + n % 2]), now() from generate_series(0, {assets} - 1) n;
insert into entitlement (source_id, external_id, name, asset_id, privilege, seen_from)
select 1, 'e' || n, 'Right ' || n, 1 + n % {assets}, (array['view', 'operate', 'view', 'engineer', 'view', 'operate', 'view', 'operate', 'engineer', 'admin'])[1 + (n * 7919 / 13) % 10], now()
  from generate_series(0, 3 * {assets} - 1) n;
insert into implication (source_id, entitlement_id, implied_id, seen_from)
select 1, 1 + n * 6, 1 + (n * 6 + 3 * (1 + n % 2)) % (3 * {assets}), now() from generate_series(0, {assets} / 2 - 1) n on conflict do nothing;
insert into access_grant (source_id, identity_id, entitlement_id, conduit_id, granted_at, expires_at, last_used_at, ticket, granted_by, seen_from)
select 1, 1 + n / 10 % {identities}, 1 + (n / 10 * 7919::bigint + n % 10 * 104729) % (3 * {assets}), case when n % 9 = 0 then 1 + n * 31 % 240 end, now() - interval '1 year',
       case when n % 20 = 0 then now() - interval '1 day' when n % 3 > 0 then now() + n % 400 * interval '1 day' end, case when n % 10 > 0 then now() - n * 31 % 130 * interval '1 day' end, case when n % 8 > 0 then 'CHG' || n end, 'u' || n % 500, now()
  from generate_series(0, {grants} - 1) n on conflict do nothing;
insert into credential (source_id, external_id, identity_id, kind, stored_on_id, issued_at, rotated_at, rotation_days, storage, seen_from)
select 1, 'k' || n, 1 + (n / 3 * 25 + (array[7, 11, 13])[1 + n % 3]) % {identities}, 'password', 1 + n * 5 % {assets}, now() - interval '2 years', case when n % 4 > 0 then now() - n % 120 * interval '1 day' end, 90, (array['vault', 'file', 'local', 'vault'])[1 + n % 4], now() from generate_series(0, {assets} / 5 * 2 - 1) n;
insert into holder (source_id, identity_id, person_id, seen_from)
select 1, 1 + n / 8 * 25 + 13, 1 + (n * 37) % {identities}, now() from generate_series(0, {identities} / 25 * 8 - 1) n on conflict do nothing;
analyze;`

// reaches measures how far everyone gets, the reading of the inventory included,
// and one what-if on it.
func (b *bench) reaches(ctx context.Context) error {
	const database = "reach"
	if err := b.fresh(ctx, database); err != nil {
		return err
	}
	sql := strings.NewReplacer("{identities}", strconv.Itoa(b.shape().identities), "{grants}", strconv.Itoa(b.rows), "{assets}", strconv.Itoa(max(b.rows/50, 200))).Replace(plants)
	if err := b.exec(ctx, database, sql); err != nil {
		return err
	}
	err := b.with(ctx, database, func(db *store.DB) error { return b.reachOf(ctx, reach.New(db)) })
	if err != nil {
		return err
	}
	return b.drop(ctx, database)
}

func (b *bench) reachOf(ctx context.Context, s *reach.Service) error {
	var loads, alls []time.Duration
	var p *reach.Plant
	var all []reach.Summary
	for range rounds {
		begun := time.Now()
		var err error
		if p, err = s.Plant(ctx, time.Time{}); err != nil {
			return err
		}
		loads = append(loads, time.Since(begun))
		if all, err = p.All(ctx, runtime.NumCPU()); err != nil {
			return err
		}
		alls = append(alls, time.Since(begun))
	}
	peak, err := peakOf(os.Getpid())
	if err != nil {
		return err
	}
	total, most, far := 0, 0, 0
	for i, r := range all {
		total += int(r.Assets)
		if r.Assets > all[most].Assets {
			most = i
		}
		if r.Assets > 1000 {
			far++
		}
	}
	whatIf := make([]time.Duration, 0, 20)
	for i := range 20 {
		begun := time.Now()
		p.Lost(int32(most), reach.Without{Conduits: []int64{int64(1 + i)}, Grants: []int64{int64(most*10 + 1)}})
		whatIf = append(whatIf, time.Since(begun))
	}
	slowest := p99(whatIf)
	b.table = append(b.table,
		line{
			job: "all reaches", figure: short(median(alls)), floor: short(median(loads)), ratio: "-", aim: "at most 10 s", ok: median(alls) <= mostReach,
			note: fmt.Sprintf(" (floor: reading the inventory; %d identities reach %d assets on average, the farthest %d, %d more than 1000)", len(all), total/max(len(all), 1), all[most].Assets, far),
		},
		line{job: "memory at the peak of all reaches", figure: fmt.Sprintf("%d MB", peak>>10), floor: "-", ratio: "-", aim: "at most 1 GB", ok: peak <= mostMemory},
		line{job: "one what-if, of who gets farthest", figure: short(median(whatIf)), floor: "-", ratio: "-", aim: "at most 200 ms", ok: slowest <= mostWhatIf, note: " (slowest " + short(slowest) + ")"})
	return nil
}
