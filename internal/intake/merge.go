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

// stored is the column of the inventory table.
func (c column) stored() string {
	switch {
	case c.kind == key:
		return "external_id"
	case c.name == "via":
		return "conduit_id"
	case c.kind == ref:
		return c.name + "_id"
	}
	return c.name
}

// value is the SQL for what is stored, from the staged row s.
func (c column) value() string {
	switch {
	case c.kind == ref:
		return "r_" + c.name + ".id"
	case c.kind == email:
		return "lower(s." + c.name + ")"
	case c.name == "level":
		return "s.level::numeric"
	case c.otherwise != "":
		return fmt.Sprintf("coalesce(s.%s, %s)", c.name, c.otherwise)
	}
	return "s." + c.name
}

// written is the reference as written, or what stands for none.
func (c column) written() string {
	if c.otherwise != "" {
		return fmt.Sprintf("coalesce(s.%s, %s)", c.name, c.otherwise)
	}
	return "s." + c.name
}

// same compares the reference with another.
func (c column) same(row, other string) string {
	if c.required {
		return fmt.Sprintf("%s.%s = %s", row, c.stored(), other)
	}
	return fmt.Sprintf("coalesce(%s.%s, 0) = coalesce(%s, 0)", row, c.stored(), other)
}

// stores lists the stored columns and the SQL for each.
func (t *table) stores() (names, values []string) {
	var assessed []string
	for _, c := range t.columns {
		if c.kind == capability {
			assessed = append(assessed, fmt.Sprintf("'%[1]s', s.%[1]s", c.name))
			continue
		}
		names, values = append(names, c.stored()), append(values, c.value())
	}
	if assessed != nil {
		names = append(names, "capabilities")
		values = append(values, "jsonb_strip_nulls(jsonb_build_object("+strings.Join(assessed, ", ")+"))")
	}
	return names, values
}

// resolve makes ready_<table>: what each staged row comes to, and how it differs
// from the row that is there.
func (r *run) resolve(ctx context.Context, t *table) error {
	names, values := t.stores()
	var list, joins, match []string
	for i := range names {
		list = append(list, values[i]+" as "+names[i])
	}
	for _, c := range t.refs() {
		list = append(list, fmt.Sprintf("case when r_%s.id is null then %s end as %[1]s_unknown", c.name, c.written()))
		joins = append(joins, fmt.Sprintf("left join name_%s r_%s on r_%[2]s.ref = %s", c.refers, c.name, c.written()))
		match = append(match, c.same("t", "r_"+c.name+".id"))
	}
	id := "t.id"
	if t.keyed() {
		id = "n.id"
		joins = append([]string{"join name_{table} n on n.ref = s.id", "left join {table} t on t.id = n.id"}, joins...)
	} else {
		joins = append(joins, "left join {table} t on t.source_id = {source} and "+strings.Join(match, " and "))
	}
	sql := `create temp table ready_{table} on commit drop as
select s.line, s.bad, ` + id + ` as id, t.id is null as fresh, t.ended_at is not null as back,
       t.id is not null and (t.ended_at is not null or (t.` + strings.Join(names, ", t.") + `) is distinct from (` + strings.Join(values, ", ") + `)) as changed,
       ` + strings.Join(list, ",\n       ") + `
  from stage_{table} s
  ` + strings.Join(joins, "\n  ")
	_, err := r.exec(ctx, r.sql(sql, "{table}", t.name))
	return err
}

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
	names, _ := t.stores()
	columns, id, overriding := strings.Join(names, ", "), "", ""
	if t.keyed() {
		id, overriding = "id, ", "overriding system value"
	}
	insert := `insert into {table} (` + id + `source_id, ` + columns + `, seen_from) ` + overriding + `
select ` + id + `{source}, ` + columns + `, {now} from ready_{table} where fresh and not bad`
	added, err := r.exec(ctx, r.sql(insert, "{table}", t.name))
	if err != nil {
		return err
	}
	var set []string
	for _, n := range names {
		set = append(set, n+" = r."+n)
	}
	update := `with u as (
  update {table} t set ` + strings.Join(set, ", ") + `, seen_from = {now}, ended_at = null
    from ready_{table} r
   where t.id = r.id and r.changed and not r.bad
  returning r.back)
select count(*) filter (where back), count(*) filter (where not back) from u`
	var returned, changed int64
	row := r.tx.Raw().QueryRow(ctx, r.sql(update, "{table}", t.name), pgx.QueryExecModeExec)
	err = row.Scan(&returned, &changed)
	*r.report.counts(t.file) = Counts{Added: added + returned, Changed: changed, Ended: r.report.counts(t.file).Ended}
	return err
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
	r.report.Implies.Ended += ended
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
	return errs.Conflictf("Nothing was imported: the bundle would end %s of the %s grants that %s has (%d %%), and more than %d %% at once is taken for a mistake; accept the drop (--accept-drop) if it is meant.",
		thousands(ended), thousands(before), r.opts.Source, ended*100/before, maxDrop)
}

// refreshStatistics lets what is asked next be planned with what is there now.
func (r *run) refreshStatistics(ctx context.Context) error {
	for _, t := range tables {
		if c := r.report.counts(t.file); c.Added+c.Changed+c.Ended > 1000 {
			if _, err := r.exec(ctx, `analyze (skip_locked) `+t.name); err != nil {
				return err
			}
		}
	}
	return nil
}
