package reach

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"interlock/internal/store"
)

// asOf selects from a table's rows, and its former ones, what was there at $1.
func asOf(table, columns, more string) string {
	return fmt.Sprintf(`select %[2]s from %[1]s t where t.seen_from <= $1 and (t.ended_at is null or t.ended_at > $1) %[3]s
 union all select %[2]s from %[1]s_history t where t.seen_from <= $1 and t.seen_until > $1 %[3]s`, table, columns, more)
}

// asKnown is asOf with what had ended.
func asKnown(table, columns string) string {
	return fmt.Sprintf(`select %[2]s from %[1]s t where t.seen_from <= $1
 union all select %[2]s from %[1]s_history t where t.seen_from <= $1 and
   (t.seen_until > $1 or t.ended_at is not null and not exists (select from %[1]s n where n.id = t.id and n.seen_from <= $1)
      and not exists (select from %[1]s_history n where n.id = t.id and n.seen_from > t.seen_from and n.seen_from <= $1))`, table, columns)
}

// loader reads one inventory. Rows of each table get the place at which they come.
type loader struct {
	tx    pgx.Tx
	at    time.Time
	inv   inventory
	words map[string]string

	identities, zones, conduits, assets, entitlements places
}

// places finds a row's place by its id.
type places map[int64]int32

// of gives none for no id, and gone for one that is not there.
func (p places) of(id int64) int32 {
	if id == 0 {
		return none
	}
	if i, ok := p[id]; ok {
		return i
	}
	return gone
}

// Load reads what is live at a moment, former states included.
func Load(ctx context.Context, tx *store.Tx, at time.Time) (p *Plant, err error) {
	l := &loader{tx: tx.Raw(), at: at, words: map[string]string{}, identities: places{}, zones: places{}, conduits: places{}, assets: places{}, entitlements: places{}}
	for _, step := range []func(context.Context) error{l.readIdentities, l.readZones, l.readConduits, l.readAssets, l.readRights, l.readGrants, l.readSecrets} {
		if err := step(ctx); err != nil {
			return nil, fmt.Errorf("load the inventory: %w", err)
		}
	}
	p = build(l.inv)
	p.At = at
	p.Import, err = tx.ReachNewestImport(ctx, at)
	return p, err
}

func (l *loader) each(ctx context.Context, sql string, into []any, add func()) error {
	rows, err := l.tx.Query(ctx, sql, l.at)
	if err != nil {
		return err
	}
	_, err = pgx.ForEachRow(rows, into, func() error { add(); return nil })
	return err
}

// once keeps one copy of a word that many rows have.
func (l *loader) once(word string) string {
	if kept, ok := l.words[word]; ok {
		return kept
	}
	l.words[word] = word
	return word
}

// word finds a word's number; an unknown one is 0.
func word(words []string, w string) uint8 { return uint8(max(slices.Index(words, w), 0)) } //nolint:gosec // a few words

func (l *loader) readIdentities(ctx context.Context) error {
	var x identity
	var kind, home, status string
	sql := `select t.*, s.name from (` + asOf("identity", "t.id, t.external_id, t.name, t.kind, coalesce(t.domain, ''), t.status, t.source_id", "") + `) t join source s on s.id = t.source_id order by s.name, t.external_id`
	return l.each(ctx, sql, []any{&x.id, &x.external, &x.name, &kind, &home, &status, nil, &x.source}, func() {
		x.source, x.kind, x.home, x.active = l.once(x.source), l.once(kind), Domain(word(domains, home)), status == "active"
		l.identities[x.id] = int32(len(l.inv.identities)) //nolint:gosec // fits
		l.inv.identities = append(l.inv.identities, x)
	})
}

func (l *loader) readZones(ctx context.Context) error {
	var x zone
	var domain, level string
	return l.each(ctx, asKnown("zone", "t.id, t.name, coalesce(t.domain, ''), coalesce(t.level::text, '')"), []any{&x.id, &x.name, &domain, &level}, func() {
		x.domain, x.level = Domain(word(domains, domain)), unknownLevel
		if i := slices.Index(Levels[:], strings.TrimSuffix(level, ".0")); i >= 0 {
			x.level = uint8(i) //nolint:gosec // eight
		}
		l.zones[x.id] = int32(len(l.inv.zones)) //nolint:gosec // fits
		l.inv.zones = append(l.inv.zones, x)
	})
}

func (l *loader) readConduits(ctx context.Context) error {
	var x conduit
	var from, to int64
	sql := asOf("conduit", "t.id, t.external_id, t.from_zone_id, t.to_zone_id, coalesce(t.kind, ''), t.mfa, t.recorded, t.vaulted", "")
	return l.each(ctx, sql, []any{&x.id, &x.external, &from, &to, &x.kind, &x.mfa, &x.recorded, &x.vaulted}, func() {
		if x.from, x.to = l.zones.of(from), l.zones.of(to); x.from < 0 || x.to < 0 {
			return
		}
		l.conduits[x.id] = int32(len(l.inv.conduits)) //nolint:gosec // fits
		l.inv.conduits = append(l.inv.conduits, x)
	})
}

func (l *loader) readAssets(ctx context.Context) error {
	var x asset
	var zone int64
	sql := `select t.*, s.name from (` + asKnown("asset", "t.id, t.external_id, t.name, coalesce(t.zone_id, 0), t.safety_related, coalesce(t.class, ''), t.source_id") + `) t join source s on s.id = t.source_id order by s.name, t.external_id`
	return l.each(ctx, sql, []any{&x.id, &x.external, &x.name, &zone, &x.safety, &x.class, nil, &x.source}, func() {
		x.source, x.class = l.once(x.source), l.once(x.class)
		x.zone = max(l.zones.of(zone), none)
		l.assets[x.id] = int32(len(l.inv.assets)) //nolint:gosec // fits
		l.inv.assets = append(l.inv.assets, x)
	})
}

func (l *loader) readRights(ctx context.Context) error {
	var id, asset, implied int64
	var privilege string
	err := l.each(ctx, asKnown("entitlement", "t.id, t.asset_id, coalesce(t.privilege, '')"), []any{&id, &asset, &privilege}, func() {
		if a := l.assets.of(asset); a >= 0 {
			l.entitlements[id] = int32(len(l.inv.entitlements)) //nolint:gosec // fits
			l.inv.entitlements = append(l.inv.entitlements, entitlement{a, Privilege(word(privileges, privilege))})
		}
	})
	if err != nil {
		return err
	}
	return l.each(ctx, asOf("implication", "t.entitlement_id, t.implied_id", ""), []any{&id, &implied}, func() {
		if from, to := l.entitlements.of(id), l.entitlements.of(implied); from >= 0 && to >= 0 {
			l.inv.implies = append(l.inv.implies, implication{from, to})
		}
	})
}

// readGrants reads the many, so it looks at the bytes: four numbers a row.
func (l *loader) readGrants(ctx context.Context) error {
	sql := asOf("access_grant", "t.id, t.identity_id, t.entitlement_id, coalesce(t.conduit_id, 0::bigint)",
		"and (t.granted_at is null or t.granted_at <= $1) and (t.expires_at is null or t.expires_at > $1)")
	rows, err := l.tx.Query(ctx, sql, pgx.QueryResultFormats{pgx.BinaryFormatCode}, l.at)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		raw := rows.RawValues()
		number := func(i int) int64 { return int64(binary.BigEndian.Uint64(raw[i])) } //nolint:gosec // a bigint
		g := grant{number(0), l.identities.of(number(1)), l.entitlements.of(number(2)), l.conduits.of(number(3))}
		if g.identity >= 0 && g.entitlement >= 0 {
			l.inv.grants = append(l.inv.grants, g)
		}
	}
	return rows.Err()
}

func (l *loader) readSecrets(ctx context.Context) error {
	var x credential
	var identity, other int64
	sql := asOf("credential", "t.id, t.external_id, t.kind, t.identity_id, t.stored_on_id",
		"and t.stored_on_id is not null and (t.issued_at is null or t.issued_at <= $1) and (t.expires_at is null or t.expires_at > $1)")
	err := l.each(ctx, sql, []any{&x.id, &x.external, &x.kind, &identity, &other}, func() {
		if x.identity, x.asset = l.identities.of(identity), l.assets.of(other); x.identity >= 0 && x.asset >= 0 {
			l.inv.credentials = append(l.inv.credentials, x)
		}
	})
	if err != nil {
		return err
	}
	var id int64
	sql = asOf("holder", "t.id, t.identity_id, t.person_id", "and (t.since is null or t.since <= $1) and (t.until is null or t.until > $1)")
	return l.each(ctx, sql, []any{&id, &identity, &other}, func() {
		if person, shared := l.identities.of(other), l.identities.of(identity); person >= 0 && shared >= 0 {
			l.inv.holders = append(l.inv.holders, holder{id, person, shared})
		}
	})
}
