package intake

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"interlock/internal/errs"
)

// maxDrop is the part of a source's grants, in percent, that an import may end
// without being asked to.
const maxDrop = 20

// merge brings the inventory to what the bundle says. New and changed rows go in
// along the references, ended ones out against them. Rows without ids go out
// first, while only those that were there before can be found missing.
func (r *run) merge(ctx context.Context) error {
	for _, t := range tables {
		if !t.keyed() {
			if err := r.end(ctx, t); err != nil {
				return fmt.Errorf("end %s: %w", t.file, err)
			}
		}
		if err := r.take(ctx, t); err != nil {
			return fmt.Errorf("merge %s: %w", t.file, err)
		}
		if err := r.refuseRepeated(ctx, t); err != nil {
			return err
		}
		if f := r.bundle.file(t); f != nil {
			r.step(f.size, "Merging "+t.file)
		}
	}
	for _, t := range slices.Backward(tables) {
		if !t.keyed() {
			continue
		}
		if err := r.end(ctx, t); err != nil {
			return fmt.Errorf("end %s: %w", t.file, err)
		}
	}
	if err := r.endOrphans(ctx); err != nil {
		return fmt.Errorf("end what hangs on ended rows: %w", err)
	}
	return r.refuseDrop(ctx)
}

// take inserts new rows before it updates old ones, which may refer to them.
func (r *run) take(ctx context.Context, t *table) error {
	added, err := r.insert(ctx, t)
	if err != nil {
		return err
	}
	returned, changed, err := r.update(ctx, t)
	*r.report.counts(t.file) = Counts{Added: added + returned, Changed: changed, Ended: r.report.counts(t.file).Ended}
	return err
}

func (r *run) insert(ctx context.Context, t *table) (int64, error) {
	if !r.any(t, "fresh") {
		return 0, nil
	}
	names, _ := t.stores()
	columns, id, overriding := strings.Join(names, ", "), "", ""
	if t.keyed() {
		id, overriding = "id, ", "overriding system value"
	}
	return r.exec(ctx, r.sql(`insert into {table} (`+id+`source_id, `+columns+`, seen_from) `+overriding+`
select `+id+`{source}, `+columns+`, {now} from ready_{table} where fresh and not bad`, "{table}", t.name))
}

func (r *run) update(ctx context.Context, t *table) (returned, changed int64, err error) {
	if !r.any(t, "changed") {
		return 0, 0, nil
	}
	names, _ := t.stores()
	var set []string
	for _, n := range names {
		set = append(set, n+" = r."+n)
	}
	sql := `with u as (
  update {table} t set ` + strings.Join(set, ", ") + `, seen_from = {now}, ended_at = null
    from ready_{table} r
   where t.id = r.id and r.changed and not r.bad
  returning r.back)
select count(*) filter (where back), count(*) filter (where not back) from u`
	row := r.tx.Raw().QueryRow(ctx, r.sql(sql, "{table}", t.name), pgx.QueryExecModeExec)
	err = row.Scan(&returned, &changed)
	return returned, changed, err
}

// end ends what the source no longer has. A rejected row is still there.
func (r *run) end(ctx context.Context, t *table) error {
	if r.bundle.file(t) == nil {
		return nil
	}
	sql := `update {table} t set ended_at = {now}
 where t.source_id = {source} and t.ended_at is null
   and not exists (select from ready_{table} r where r.id = t.id)`
	if t.name == "asset" {
		sql += ` and not (t.external_id = {own} and exists (select from entitlement e where e.asset_id = t.id and e.ended_at is null))`
	}
	ended, err := r.exec(ctx, r.sql(sql, "{table}", t.name))
	r.report.counts(t.file).Ended = ended
	return err
}

// endOrphans ends the source's grants and implications that hang on what has
// ended just now, also if the bundle has no file of them.
func (r *run) endOrphans(ctx context.Context) error {
	if r.report.Identities.Ended+r.report.Entitlements.Ended == 0 {
		return nil
	}
	ended, err := r.exec(ctx, r.sql(`update access_grant t set ended_at = {now}
 where t.source_id = {source} and t.ended_at is null
   and (t.identity_id in (select id from identity where source_id = {source} and ended_at = {now})
     or t.entitlement_id in (select id from entitlement where source_id = {source} and ended_at = {now}))`))
	if err != nil {
		return err
	}
	r.report.Grants.Ended += ended
	ended, err = r.exec(ctx, r.sql(`update implication t set ended_at = {now}
 where t.source_id = {source} and t.ended_at is null
   and exists (select from entitlement e where e.id in (t.entitlement_id, t.implied_id) and e.source_id = {source} and e.ended_at = {now})`))
	if err != nil {
		return err
	}
	r.report.Implies.Ended += ended
	return r.endSecrets(ctx)
}

// endSecrets ends the credentials and holders of identities that have ended just
// now. A session is a thing of the past, which stays.
func (r *run) endSecrets(ctx context.Context) error {
	ended, err := r.exec(ctx, r.sql(`update credential t set ended_at = {now}
 where t.source_id = {source} and t.ended_at is null
   and t.identity_id in (select id from identity where source_id = {source} and ended_at = {now})`))
	if err != nil {
		return err
	}
	r.report.Credentials.Ended += ended
	ended, err = r.exec(ctx, r.sql(`update holder t set ended_at = {now}
 where t.source_id = {source} and t.ended_at is null
   and exists (select from identity i where i.id in (t.identity_id, t.person_id) and i.source_id = {source} and i.ended_at = {now})`))
	r.report.Holders.Ended += ended
	return err
}

// refuseDrop stops an import that ends so many grants that the file is more
// likely cut short than the access gone.
func (r *run) refuseDrop(ctx context.Context) error {
	ended := r.report.Grants.Ended
	if ended == 0 || r.opts.AcceptDrop {
		return nil
	}
	var live int64
	row := r.tx.Raw().QueryRow(ctx, `select count(*) from access_grant where source_id = $1 and ended_at is null`, r.source)
	if err := row.Scan(&live); err != nil {
		return err
	}
	before := live - r.report.Grants.Added + ended
	if ended*100 <= before*maxDrop {
		return nil
	}
	return errs.Conflictf("Nothing was imported: the bundle would end %s of the %s that %s has (%d %%), and more than %d %% at once is taken for a mistake; accept the drop (--accept-drop) if it is meant.",
		errs.Thousands(ended), errs.Count(before, "grant", "grants"), r.opts.Source, ended*100/before, maxDrop)
}

// refreshStatistics lets what is asked next be planned with what is there now: of
// what changed much, and of what was never counted, however small.
func (r *run) refreshStatistics(ctx context.Context) error {
	for _, t := range tables {
		c := r.report.counts(t.file)
		changed := c.Added + c.Changed + c.Ended
		if changed == 0 {
			continue
		}
		var counted bool
		if err := r.tx.Raw().QueryRow(ctx, `select reltuples >= 0 from pg_class where oid = $1::regclass`, t.name).Scan(&counted); err != nil {
			return err
		}
		if counted && changed <= 1000 {
			continue
		}
		if _, err := r.exec(ctx, `analyze (skip_locked) `+t.name); err != nil {
			return err
		}
	}
	return nil
}
