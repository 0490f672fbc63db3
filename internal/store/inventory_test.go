package store_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"interlock/internal/apptest"
	"interlock/internal/authz"
	"interlock/internal/store"
)

// known are the rows of a small table, ended ones too.
func known(ctx context.Context, q interface {
	Query(context.Context, string, ...any) (pgx.Rows, error)
}) ([]string, error) {
	rows, err := q.Query(ctx, `select concat_ws(' ', external_id, name, country, seen_from, ended_at) from site order by external_id`)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

// TestAsOf: what is read as of any moment is what was there at that moment, for
// rows that come, change, end and come back.
func TestAsOf(t *testing.T) {
	t.Parallel()
	db, clock := apptest.DB(t)
	pool := db.Pool()
	for _, sql := range []string{`insert into source (name, created_at) values ('hr', now())`} {
		if _, err := pool.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	ctx := authz.CommandLine(t.Context(), "root")
	rnd := rand.New(rand.NewPCG(7, 14))
	type picture struct {
		at   time.Time
		rows []string
	}
	var pictures []picture
	for range 150 {
		clock.Advance(time.Duration(1+rnd.IntN(1000)) * time.Minute)
		change(t, pool, rnd, clock.Now())
		rows, err := known(ctx, pool)
		if err != nil {
			t.Fatal(err)
		}
		pictures = append(pictures, picture{clock.Now(), rows})
	}
	for i, p := range pictures[:len(pictures)-1] {
		for _, at := range []time.Time{p.at, p.at.Add(time.Microsecond), pictures[i+1].at.Add(-time.Microsecond)} {
			var got []string
			err := db.Inventory(ctx, "inventory:read", at, func(tx *store.Tx) (err error) {
				got, err = known(ctx, tx.Raw())
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(p.rows, got); d != "" {
				t.Fatalf("step %d, as of %s: %s", i, at, d)
			}
		}
	}
}

// change does to a site what an import may do at a moment.
func change(t *testing.T, pool *pgxpool.Pool, rnd *rand.Rand, now time.Time) {
	t.Helper()
	id := fmt.Sprintf("s%d", rnd.IntN(6))
	sql := []string{
		`insert into site (source_id, external_id, name, seen_from) values (1, $1, 'new', $2) on conflict (source_id, external_id) do update set name = site.name || '+', seen_from = $2, ended_at = null`,
		`update site set ended_at = $2 where external_id = $1 and ended_at is null`,
		`update site set name = 'n' || length(name), seen_from = $2 where external_id = $1 and ended_at is null`,
		`update site set country = 'SE', seen_from = $2, ended_at = null where external_id = $1 and ended_at is not null`,
	}[rnd.IntN(4)]
	if _, err := pool.Exec(t.Context(), sql, id, now); err != nil {
		t.Fatal(err)
	}
}

// TestAsOfViews: every view over the inventory is there once more for the past,
// with the same columns, and no past changes a thing for who reads now.
func TestAsOfViews(t *testing.T) {
	t.Parallel()
	db, _ := apptest.DB(t)
	rows, err := db.Pool().Query(t.Context(), `
select c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
  from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
 where c.relnamespace = 'as_of'::regnamespace
except
select c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
  from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
 where c.relnamespace = 'public'::regnamespace`)
	if err != nil {
		t.Fatal(err)
	}
	unlike, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(unlike) > 0 {
		t.Errorf("%v %v", unlike, err)
	}
	for _, name := range []string{"identity", "asset", "access_grant", "access_session", "access_fact", "ownership", "identity_standing"} {
		var there bool
		if err := db.Pool().QueryRow(t.Context(), `select to_regclass('as_of.' || $1) is not null`, name).Scan(&there); err != nil || !there {
			t.Errorf("as_of has no %s: %v", name, err)
		}
	}
	for range 2 { // made anew as often as one likes
		if _, err := db.Pool().Exec(t.Context(), `select inventory_as_of()`); err != nil {
			t.Fatal(err)
		}
	}
}

// TestInventoryBySite: a role of a site opens the inventory and says which site; a
// role without the permission does not.
func TestInventoryBySite(t *testing.T) {
	t.Parallel()
	db, clock := apptest.DB(t)
	for name, c := range map[string]struct {
		actor authz.Actor
		want  authz.Sites
		no    bool
	}{
		"everywhere":     {authz.Actor{Email: "a@x.example", Roles: []authz.Role{{Name: "auditor", Site: authz.Everywhere}}}, authz.AllSites, false},
		"at a site":      {authz.Actor{Email: "a@x.example", Roles: []authz.Role{{Name: "plant_engineer", Site: "3"}}}, authz.Sites{IDs: []int64{3}}, false},
		"without":        {authz.Actor{Email: "a@x.example", Roles: []authz.Role{{Name: "member", Site: "3"}}}, authz.Sites{}, true},
		"nobody":         {authz.Actor{}, authz.Sites{}, true},
		"nobody at site": {authz.Actor{Roles: []authz.Role{{Name: "auditor", Site: "3"}}}, authz.Sites{}, true},
	} {
		for _, at := range []time.Time{{}, clock.Now().Add(-time.Hour), clock.Now().Add(time.Hour)} {
			ran := false
			err := db.Inventory(authz.With(t.Context(), c.actor), "inventory:read", at, func(tx *store.Tx) error {
				ran = true
				if d := cmp.Diff(c.want, tx.Sites); d != "" {
					t.Errorf("%s: %s", name, d)
				}
				if want := clock.Now(); at.Before(want) && !at.IsZero() && !tx.At.Equal(at) || (at.IsZero() || at.After(want)) && !tx.At.Equal(want) {
					t.Errorf("%s: as of %s for %s", name, tx.At, at)
				}
				_, err := tx.Raw().Exec(t.Context(), `create temp table x ()`)
				if err == nil {
					t.Errorf("%s: a read writes", name)
				}
				return nil
			})
			if (err != nil) != c.no && ran == c.no {
				t.Errorf("%s: %v", name, err)
			}
			if ran == c.no {
				t.Errorf("%s: ran %v", name, ran)
			}
		}
	}
}
