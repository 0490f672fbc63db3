package review

import (
	"context"
	_ "embed"
	"fmt"
	"strconv"
	"strings"

	"interlock/internal/store"
)

//go:embed launch.sql
var launchSQL string

// freezer makes the items of a campaign, in one statement however many there are.
type freezer struct {
	tx       *store.Tx
	campaign int64
	apart    int64
}

// freeze makes the items and tells what waits for whom. The items of a large
// campaign stay in the table they were made in; the others go to review_item.
func (f freezer) freeze(ctx context.Context, a assignment, read string) (all Preview, err error) {
	made := fmt.Sprintf("review_item_%d", f.campaign)
	if err := f.make(ctx, made, a, read); err != nil {
		return all, err
	}
	if err := all.count(ctx, f.tx, fmt.Sprintf(pilesSQL, made)); err != nil {
		return all, err
	}
	if err := all.Orphans(); err != nil || all.Items == 0 {
		return all, err
	}
	if all.Items >= f.apart {
		return all, f.exec(ctx, `select review_items_adopt($1::text::regclass, $2)`, made, f.campaign)
	}
	return all, f.exec(ctx, `select review_items_take($1::text::regclass)`, made)
}

// make fills the table. Workers share in that: what is weighed of a grant costs far
// more than to hand over the row, which the planner cannot know.
func (f freezer) make(ctx context.Context, made string, a assignment, read string) error {
	err := f.exec(ctx, `set local work_mem = '128MB'; set local maintenance_work_mem = '256MB'; set local parallel_tuple_cost = 0`)
	if err != nil {
		return err
	}
	clauses, tables := inline(), []string{}
	if large, err := f.isLarge(ctx); err != nil {
		return err
	} else if large {
		if clauses, tables, err = aside(ctx, f.tx, f.campaign); err != nil {
			return err
		}
	}
	if err := f.exec(ctx, "create table "+made+" with (fillfactor = 90) as\n"+a.with(clauses, read), a.args...); err != nil {
		return err
	}
	for _, t := range tables {
		if err := f.exec(ctx, "drop table "+t); err != nil {
			return err
		}
	}
	return nil
}

// isLarge tells, without counting, whether the inventory may have so many grants
// that a campaign of them is large: one takes more than a hundred bytes.
func (f freezer) isLarge(ctx context.Context) (large bool, err error) {
	err = f.tx.Raw().QueryRow(ctx, `select pg_relation_size('access_grant') >= $1 * 100`, f.apart).Scan(&large)
	return large, err
}

func (f freezer) exec(ctx context.Context, sql string, args ...any) error {
	_, err := f.tx.Raw().Exec(ctx, sql, args...)
	return err
}

// frozen is launch.sql for a campaign: the items that the assignment makes.
func (d Definition) frozen(campaign int64) string {
	return strings.NewReplacer("{{campaign}}", strconv.FormatInt(campaign, 10), "{{second}}", d.second()).Replace(launchSQL)
}
