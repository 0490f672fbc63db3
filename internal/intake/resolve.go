package intake

import (
	"context"
	"fmt"
	"strings"
)

// stored is the column of the inventory table.
func (c column) stored() string {
	switch {
	case c.kind == key:
		return "external_id"
	case c.name == "via":
		return "conduit_id"
	case c.name == "ended_at": // of a session; every row has an ended_at of its own
		return "finished_at"
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
