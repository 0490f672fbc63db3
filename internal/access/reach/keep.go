package reach

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"github.com/jackc/pgx/v5"

	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// Made is what a computation of everyone's reach left: how many identities there
// are, and how many of them got elsewhere before.
type Made struct {
	Identities int     `json:"identities"`
	Moved      int     `json:"moved"`
	Seconds    float64 `json:"seconds"`
}

// Recompute finds how far everyone gets now and keeps it, instead of what was
// kept before. step is told how many identities of all are done.
func (s *Service) Recompute(ctx context.Context, step func(done, total int64, message string)) (made Made, err error) {
	begun := s.db.Now()
	step(0, 0, "Reading the inventory")
	p, err := s.Plant(ctx, time.Time{})
	if err != nil {
		return made, err
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	err = s.db.Upkeep(ctx, func(tx *store.Tx) error {
		made = Made{Identities: len(p.identities)}
		if newer, err := claim(ctx, tx, p.At); err != nil || newer {
			return err
		}
		if made.Moved, err = keep(ctx, tx, p, step); err != nil {
			return err
		}
		return tx.ReachRunInsert(ctx, sqlc.ReachRunInsertParams{
			ImportID: some(p.Import), At: p.At, FinishedAt: s.db.Now(), Identities: int32(made.Identities), Moved: int32(made.Moved), //nolint:gosec // fits
		})
	})
	made.Seconds = s.db.Now().Sub(begun).Seconds()
	return made, err
}

// claim waits for another computation; true if it was of a later moment.
func claim(ctx context.Context, tx *store.Tx, at time.Time) (newer bool, err error) {
	if err := tx.ReachLock(ctx); err != nil {
		return false, err
	}
	return tx.ReachIsNewer(ctx, at)
}

const staged = `create temporary table reach_new (
  identity_id bigint, assets integer, safety integer, crossing integer, levels integer[], highest text,
  few bigint[], many bytea, target_id bigint, alike integer, way jsonb) on commit drop`

// merged keeps what was before whenever the reach itself is another; that the way
// is told differently is no such change.
const merged = `merge into reach r using reach_new n on r.identity_id = n.identity_id
when not matched then insert (identity_id, assets, safety, crossing, levels, highest, few, many, target_id, alike, way, changed_at)
  values (n.identity_id, n.assets, n.safety, n.crossing, n.levels, n.highest, n.few, n.many, n.target_id, n.alike, n.way, $1)
when matched and (r.safety, r.crossing, r.levels, r.highest, r.few, r.many) is distinct from (n.safety, n.crossing, n.levels, n.highest, n.few, n.many) then update set
  was_assets = r.assets, was_safety = r.safety, was_crossing = r.crossing, was_levels = r.levels, was_highest = r.highest, changed_at = $1,
  assets = n.assets, safety = n.safety, crossing = n.crossing, levels = n.levels, highest = n.highest, few = n.few, many = n.many,
  target_id = n.target_id, alike = n.alike, way = n.way
when matched and (r.target_id, r.alike, r.way) is distinct from (n.target_id, n.alike, n.way) then update set
  target_id = n.target_id, alike = n.alike, way = n.way`

const (
	ended       = `delete from reach r where not exists (select from reach_new n where n.identity_id = r.identity_id)`
	moved       = `select count(*) from reach where changed_at = $1 and was_assets is not null`
	countsEnded = `delete from reach_asset r where not exists (select from unnest($1::bigint[]) n where n = r.asset_id)`
	counts      = `insert into reach_asset as r (asset_id, identities, acting) select * from unnest($1::bigint[], $2::integer[], $3::integer[])
on conflict (asset_id) do update set identities = excluded.identities, acting = excluded.acting
where (r.identities, r.acting) is distinct from (excluded.identities, excluded.acting)`
	analyzed = `analyze reach, reach_asset`
)

func keep(ctx context.Context, tx *store.Tx, p *Plant, step func(done, total int64, message string)) (n int, err error) {
	raw := tx.Raw()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	if _, err := raw.Exec(ctx, staged); err != nil {
		return 0, fmt.Errorf("stage reach: %w", err)
	}
	rows := compute(ctx, p, runtime.GOMAXPROCS(0), step)
	if _, err := raw.CopyFrom(ctx, pgx.Identifier{"reach_new"}, stagedColumns, rows); err != nil {
		return 0, fmt.Errorf("stage reach: %w", err)
	}
	step(int64(len(p.identities)), int64(len(p.identities)), "Writing it down")
	ids, identities, acting := rows.byAsset()
	for _, do := range []struct {
		sql  string
		args []any
	}{{merged, []any{p.At}}, {ended, nil}, {countsEnded, []any{ids}}, {counts, []any{ids, identities, acting}}, {analyzed, nil}} {
		if _, err := raw.Exec(ctx, do.sql, do.args...); err != nil {
			return 0, fmt.Errorf("keep reach: %w", err)
		}
	}
	return n, raw.QueryRow(ctx, moved, p.At).Scan(&n)
}

func some(id int64) *int64 {
	if id == 0 {
		return nil
	}
	return &id
}
