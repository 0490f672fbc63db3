package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/jackc/pgx/v5"

	"interlock/internal/pg"
	"interlock/internal/store"
)

// bench is one run.
type bench struct {
	rows   int
	dir    string // holds the cluster and the bundle
	server *pg.Server
	table  []line
}

// line is one row of the table.
type line struct {
	job                       string
	figure, floor, ratio, aim string
	ok                        bool
	note                      string
}

func (b *bench) print(ctx context.Context, w io.Writer) error {
	facts, err := b.machine(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "%s\n\n", facts)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "job\tfigure\tfloor\tratio\taim\t")
	for _, l := range b.table {
		verdict := "ok"
		if !l.ok {
			verdict = "not met"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\n", l.job, l.figure, l.floor, l.ratio, l.aim, verdict+l.note)
	}
	return t.Flush()
}

// within is a line whose figure may take at most so many times its floor.
func (b *bench) within(job string, figure, floor []time.Duration, most float64) {
	f, g := median(figure), median(floor)
	ratio := f.Seconds() / g.Seconds()
	b.table = append(b.table, line{
		job: job, figure: short(f), floor: short(g), ratio: fmt.Sprintf("%.2f", ratio), aim: fmt.Sprintf("at most %.1f x", most), ok: ratio <= most,
	})
	b.say("  %s: %v against %v", job, figure, floor)
}

func short(d time.Duration) string {
	if d < time.Second {
		return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000)
	}
	return fmt.Sprintf("%.2f s", d.Seconds())
}

type number interface{ ~int64 | ~float64 }

func median[T number](list []T) T {
	list = slices.Sorted(slices.Values(list))
	return list[len(list)/2]
}

// p99 is the time that 99 of 100 stay within.
func p99(list []time.Duration) time.Duration {
	list = slices.Sorted(slices.Values(list))
	return list[(len(list)-1)*99/100]
}

// timed runs fn after a checkpoint, so that it does not pay for what went before.
func (b *bench) timed(ctx context.Context, fn func() error) (time.Duration, error) {
	if err := b.exec(ctx, "postgres", `checkpoint`); err != nil {
		return 0, err
	}
	begun := time.Now()
	err := fn()
	return time.Since(begun).Round(time.Millisecond), err
}

func (b *bench) bundle() string { return filepath.Join(b.dir, "bundle") }

// conn runs fn on a connection of its own.
func (b *bench) conn(ctx context.Context, database string, fn func(*pgx.Conn) error) error {
	c, err := pgx.Connect(ctx, b.server.URL(database))
	if err != nil {
		return err
	}
	defer func() { _ = c.Close(ctx) }()
	return fn(c)
}

// exec runs statements one by one.
func (b *bench) exec(ctx context.Context, database string, statements ...string) error {
	return b.conn(ctx, database, func(c *pgx.Conn) error {
		for _, sql := range statements {
			if _, err := c.Exec(ctx, sql); err != nil {
				return fmt.Errorf("%s: %w", sql, err)
			}
		}
		return nil
	})
}

// query reads one row.
func (b *bench) query(ctx context.Context, database, sql string, into ...any) error {
	return b.conn(ctx, database, func(c *pgx.Conn) error { return c.QueryRow(ctx, sql).Scan(into...) })
}

// fresh makes a database with the schema and nothing in it.
func (b *bench) fresh(ctx context.Context, name string) error {
	if err := b.recreate(ctx, name, "template1"); err != nil {
		return err
	}
	return b.with(ctx, name, func(db *store.DB) error { return db.Migrate(ctx) })
}

// recreate makes a database as a copy of another.
func (b *bench) recreate(ctx context.Context, name, template string) error {
	return b.exec(ctx, "postgres", `drop database if exists `+name+` with (force)`, `create database `+name+` template `+template+` strategy file_copy`)
}

func (b *bench) drop(ctx context.Context, name string) error {
	return b.exec(ctx, "postgres", `drop database if exists `+name+` with (force)`)
}

// exists tells whether an earlier part, or an earlier run, left the database.
func (b *bench) exists(ctx context.Context, name string) (there bool, err error) {
	err = b.query(ctx, "postgres", `select exists (select from pg_database where datname = '`+name+`')`, &there)
	return there, err
}

// with runs fn on the program's own gate to the database.
func (b *bench) with(ctx context.Context, database string, fn func(*store.DB) error) error {
	db, err := store.Open(ctx, b.server.URL(database), time.Now)
	if err != nil {
		return err
	}
	defer db.Close()
	return fn(db)
}
