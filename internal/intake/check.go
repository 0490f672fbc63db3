package intake

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Every bundle is checked whole before anything is merged. name_<table> gives
// every id that the bundle may refer to the row it stands for, new rows included;
// ready_<table> holds the staged rows with their references resolved.

const addOwnAsset = `
insert into stage_asset (line, bad, id, name)
select 0, false, {own}, {own}
 where exists (select from stage_entitlement where coalesce(asset, {own}) = {own} and not bad)
   and not exists (select from stage_asset where id = {own})
   and not exists (select from asset where source_id = {source} and external_id = {own} and ended_at is null)`

const findRepeats = `
delete from stage_{table} s
 using (select id, min(line) as line from stage_{table} group by id having count(*) > 1) first
 where s.id = first.id and s.line > first.line
returning s.line, s.id, first.line`

const makeNames = `
create temp table name_{table} on commit drop as
select s.id as ref, coalesce(t.id, nextval('{table}_id_seq')) as id, s.bad
  from stage_{table} s
  left join {table} t on t.source_id = {source} and t.external_id = s.id
 union all
select t.external_id, t.id, false
  from {table} t
 where t.source_id = {source} and t.ended_at is null and {kept}
   and not exists (select from stage_{table} s where s.id = t.external_id)`

// An ended row of another source still counts: access that outlives its identity
// is what a review has to see, so it must not keep a bundle out.
const addNamesElsewhere = `
insert into name_{table}
select u.ref, coalesce(n.id, t.id), coalesce(n.bad, false)
  from ({refs}) u
  join source x on x.name = split_part(u.ref, ':', 1)
  left join name_{table} n on x.id = {source} and n.ref = substr(u.ref, strpos(u.ref, ':') + 1)
  left join {table} t on x.id <> {source} and t.source_id = x.id and t.external_id = substr(u.ref, strpos(u.ref, ':') + 1)
 where coalesce(n.id, t.id) is not null
   and not exists (select from name_{table} o where o.ref = u.ref)`

// check finds everything that is wrong between rows.
func (r *run) check(ctx context.Context) error {
	if _, err := r.exec(ctx, r.sql(addOwnAsset)); err != nil {
		return err
	}
	for _, t := range tables {
		for _, step := range []func(context.Context, *table) error{r.name, r.resolve, r.count, r.findUnknown, r.findReversed, r.cascade} {
			if err := step(ctx, t); err != nil {
				return fmt.Errorf("check %s: %w", t.file, err)
			}
		}
	}
	if !r.careful && r.problems.total == 0 {
		return nil
	}
	for _, t := range tables {
		if err := r.findRepeated(ctx, t); err != nil {
			return fmt.Errorf("check %s: %w", t.file, err)
		}
	}
	return nil
}

// name makes name_<table>, of the tables whose rows have ids.
func (r *run) name(ctx context.Context, t *table) error {
	if !t.keyed() {
		return nil
	}
	err := r.collect(ctx, r.sql(findRepeats, "{table}", t.name), func(line int64, id string, first int64) {
		r.problems.add(t, line, "id", id, fmt.Sprintf("is the id of line %d already", first))
		r.problems.gone++
	})
	if err != nil {
		return err
	}
	if _, err := r.exec(ctx, r.sql(makeNames, "{table}", t.name, "{kept}", r.kept(t))+"; analyze name_"+t.name); err != nil {
		return err
	}
	if _, err := r.exec(ctx, r.sql(addNamesElsewhere, "{table}", t.name, "{refs}", refsTo(t))); err != nil {
		return err
	}
	return nil
}

// kept says which rows that are not in the bundle may be referred to.
func (r *run) kept(t *table) string {
	switch {
	case r.bundle.file(t) == nil:
		return "true"
	case t.name == "asset":
		return "t.external_id = {own}"
	}
	return "false"
}

// refsTo selects what in the bundle refers to t with a colon in it.
func refsTo(t *table) string {
	var list []string
	for _, from := range tables {
		for _, c := range from.refs() {
			if c.refers == t.name {
				list = append(list, fmt.Sprintf("select distinct %s as ref from stage_%s where strpos(%s, ':') > 0", c.name, from.name, c.name))
			}
		}
	}
	if len(list) == 0 {
		return "select ''::text as ref where false"
	}
	return strings.Join(list, " union ")
}

// count tells in one look how much there is to do, so that a bundle that says
// what the last one said is not gone through once for each thing that is not wrong
// with it.
func (r *run) count(ctx context.Context, t *table) error {
	list := []string{"count(*) filter (where fresh)", "count(*) filter (where changed)"}
	names := []string{"fresh", "changed"}
	for _, c := range t.refs() {
		list, names = append(list, "count("+c.name+"_unknown)"), append(names, c.name+"_unknown")
	}
	for _, span := range t.spans {
		list, names = append(list, "count(*) filter (where "+t.reversed(span)+")"), append(names, t.reversed(span))
	}
	counts, into := make([]int64, len(list)), make([]any, len(list))
	for i := range counts {
		into[i] = &counts[i]
	}
	row := r.tx.Raw().QueryRow(ctx, "select "+strings.Join(list, ", ")+" from ready_"+t.name, pgx.QueryExecModeExec)
	if err := row.Scan(into...); err != nil {
		return err
	}
	for i, n := range names {
		r.counted[t.name+" "+n] = counts[i]
	}
	return nil
}

func (r *run) any(t *table, what string) bool { return r.counted[t.name+" "+what] > 0 }

// reversed is the condition of a row that ends before it begins.
func (t *table) reversed(span [2]string) string {
	return t.column(span[1]).stored() + " < " + t.column(span[0]).stored()
}

// findUnknown marks rows whose references lead nowhere.
func (r *run) findUnknown(ctx context.Context, t *table) error {
	for _, c := range t.refs() {
		if !r.any(t, c.name+"_unknown") {
			continue
		}
		sql := fmt.Sprintf(`update ready_%s set bad = true where %[2]s_unknown is not null returning line, %[2]s_unknown, 0::bigint`, t.name, c.name)
		err := r.collect(ctx, sql, func(line int64, value string, _ int64) {
			r.problems.add(t, line, c.name, value, unknownReason(c, r.opts.Source))
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// findReversed marks rows that end before they begin.
func (r *run) findReversed(ctx context.Context, t *table) error {
	for _, span := range t.spans {
		if !r.any(t, t.reversed(span)) {
			continue
		}
		from, to := t.column(span[0]), t.column(span[1])
		sql := fmt.Sprintf(`update ready_%s set bad = true where %s
returning line, to_char(%s at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 0::bigint`, t.name, t.reversed(span), to.stored())
		err := r.collect(ctx, sql, func(line int64, value string, _ int64) {
			r.problems.add(t, line, to.name, value, "is before "+from.name)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// findRepeated marks pairs that are given twice.
func (r *run) findRepeated(ctx context.Context, t *table) error {
	if t.keyed() {
		return nil
	}
	return r.collect(ctx, t.repeatedPairs(), func(line int64, _ string, first int64) {
		r.problems.add(t, line, "", "", fmt.Sprintf("the row says the same as line %d; keep one", first))
	})
}

// errRepeated is how the merge finds pairs that are given twice. To look for
// them beforehand takes a tenth of a large import.
var errRepeated = errors.New("a pair is given twice")

const repeatedConstraints = "grant_is_unique_per_source implication_is_unique_per_source holder_is_unique_per_source"

// refuseRepeated returns errRepeated if not every staged pair became a row of its own.
func (r *run) refuseRepeated(ctx context.Context, t *table) error {
	if t.keyed() || r.careful || r.bundle.file(t) == nil {
		return nil
	}
	var staged, live int64
	row := r.tx.Raw().QueryRow(ctx, r.sql(`select (select count(*) from ready_{table}), (select count(*) from {table} where source_id = {source} and ended_at is null)`, "{table}", t.name), pgx.QueryExecModeExec)
	if err := row.Scan(&staged, &live); err != nil {
		return err
	}
	if staged != live {
		return errRepeated
	}
	return nil
}

func repeated(err error) bool {
	pg, ok := errors.AsType[*pgconn.PgError](err)
	return errors.Is(err, errRepeated) || ok && pg.ConstraintName != "" && strings.Contains(repeatedConstraints, pg.ConstraintName)
}

func unknownReason(c column, source string) string {
	file := fileOf(c.refers)
	return fmt.Sprintf("is not in %s.csv nor known from earlier imports of %s; for another source's write source:id", file, source)
}

func fileOf(name string) string {
	for _, t := range tables {
		if t.name == name {
			return t.file
		}
	}
	return name
}

func (t *table) repeatedPairs() string {
	var keys, same []string
	for _, c := range t.refs() {
		keys = append(keys, c.stored())
		same = append(same, c.same("r", "d."+c.stored()))
	}
	return fmt.Sprintf(`update ready_%[1]s r set bad = true
  from (select %[2]s, min(line) as first from ready_%[1]s where not bad group by %[2]s having count(*) > 1) d
 where %[3]s and r.line > d.first and not r.bad
returning r.line, '', d.first`, t.name, strings.Join(keys, ", "), strings.Join(same, " and "))
}

// cascade rejects what refers to rejected rows, to the end: identities refer to
// identities. A refused bundle does not need it.
func (r *run) cascade(ctx context.Context, t *table) error {
	if !r.opts.AllowRejects || r.problems.total == 0 {
		return nil
	}
	for {
		before := r.problems.total
		if t.keyed() {
			if _, err := r.exec(ctx, r.sql(`update name_{table} n set bad = true from ready_{table} r where r.id = n.id and r.bad and not n.bad`, "{table}", t.name)); err != nil {
				return err
			}
		}
		for _, c := range t.refs() {
			if err := r.cascadeAlong(ctx, t, c); err != nil {
				return err
			}
		}
		if r.problems.total == before {
			return nil
		}
	}
}

func (r *run) cascadeAlong(ctx context.Context, t *table, c column) error {
	sql := r.sql(`update ready_{table} r set bad = true
  from stage_{table} s
  join name_{target} n on n.ref = {written}
 where n.bad and s.line = r.line and not r.bad
returning r.line, n.ref, 0::bigint`, "{table}", t.name, "{target}", c.refers, "{written}", c.written())
	return r.collect(ctx, sql, func(line int64, value string, _ int64) {
		r.problems.add(t, line, c.name, value, "is rejected itself")
	})
}

func (r *run) collect(ctx context.Context, sql string, add func(line int64, value string, first int64)) error {
	rows, err := r.query(ctx, sql)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var line, first int64
		var value string
		if err := rows.Scan(&line, &value, &first); err != nil {
			return err
		}
		add(line, value, first)
	}
	return rows.Err()
}
