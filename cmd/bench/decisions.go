package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"

	"interlock/internal/authz"
	"interlock/internal/review"
	"interlock/internal/store"
)

const (
	atOnce   = 8
	perRound = 4000 // decisions of each at most
)

func (b *bench) decisions(ctx context.Context) error {
	if err := b.ensureCampaign(ctx); err != nil {
		return err
	}
	pgbench := filepath.Join(b.server.Bin(), "pgbench")
	if _, err := exec.LookPath(pgbench); err != nil {
		b.table = append(b.table, line{job: "decisions", figure: "-", floor: "-", ratio: "-", aim: "-", note: ": there is no pgbench beside postgres"})
		return nil
	}
	if err := b.plainDecisions(ctx); err != nil {
		return err
	}
	var figure, same, plain []float64
	for range rounds {
		for _, one := range []struct {
			into *[]float64
			run  func() (float64, error)
		}{
			{&figure, func() (float64, error) { return b.decide(ctx) }},
			{&same, func() (float64, error) { return b.pgbench(ctx, pgbench, sameScript) }},
			{&plain, func() (float64, error) { return b.pgbench(ctx, pgbench, plainScript) }},
		} {
			if err := b.reopen(ctx); err != nil {
				return err
			}
			n, err := one.run()
			if err != nil {
				return err
			}
			*one.into = append(*one.into, n)
		}
	}
	b.say("  decisions a second: %.0f against %.0f with the same statements and %.0f without rules", figure, same, plain)
	b.rate(fmt.Sprintf("one decision, %d at once", atOnce), figure, same, 0.6)
	b.rate("  beside bare tables: no rules, no log", figure, plain, 0)
	return b.exec(ctx, campaign, `drop table plain_item, plain_decision, pile`)
}

// rate is a line whose figure is at least so many times its floor; with no aim, for
// knowing only.
func (b *bench) rate(job string, figure, floor []float64, least float64) {
	f, g := median(figure), median(floor)
	l := line{job: job, figure: fmt.Sprintf("%.0f /s", f), floor: fmt.Sprintf("%.0f /s", g), ratio: fmt.Sprintf("%.2f", f/g), aim: "-", ok: f/g >= least}
	if least > 0 {
		l.aim = fmt.Sprintf("at least %.1f x", least)
	}
	b.table = append(b.table, l)
}

// reopen takes every answer back, so that each round finds the same, and lays out
// for each of the eight what it answers in a round.
func (b *bench) reopen(ctx context.Context) error {
	var items string // the campaign's own table, if it is a large one
	err := b.query(ctx, campaign, `select coalesce((select inhrelid::regclass from pg_inherits where inhparent = 'review_item'::regclass), 'review_item'::regclass)::text`, &items)
	if err != nil {
		return err
	}
	return b.exec(ctx, campaign,
		`update review_item set decision = null, decision_id = null, decided_at = null where decision is not null`,
		`update plain_item set decision = null, decision_id = null, decided_at = null where decision is not null`,
		`drop table if exists pile`,
		fmt.Sprintf(`create table pile as
		   select substr(reviewer, 2, 7)::integer - 2 as client, row_number() over (partition by reviewer order by risk desc, id) as n, id as item
		     from review_item where campaign_id = %d and reviewer between '%s' and '%s'`, campaignID, email(2), email(atOnce+1)),
		`alter table pile add primary key (client, n)`,
		`vacuum analyze `+items, `vacuum analyze plain_item`, `vacuum analyze pile`, `checkpoint`)
}

// decide lets eight reviewers answer item after item through the gate.
func (b *bench) decide(ctx context.Context) (perSecond float64, err error) {
	piles, err := b.piles(ctx)
	if err != nil {
		return 0, err
	}
	err = b.with(ctx, campaign, func(db *store.DB) error {
		var done atomic.Int64
		var wg sync.WaitGroup
		failed := make([]error, atOnce)
		begun := time.Now()
		for i := range atOnce {
			wg.Go(func() { failed[i] = answer(ctx, review.New(db), email(i+2), piles[i], &done) })
		}
		wg.Wait()
		perSecond = float64(done.Load()) / time.Since(begun).Seconds()
		return errors.Join(failed...)
	})
	return perSecond, err
}

// piles are the open items of the eight.
func (b *bench) piles(ctx context.Context) ([][]int64, error) {
	piles := make([][]int64, atOnce)
	err := b.conn(ctx, campaign, func(c *pgx.Conn) error {
		for i := range piles {
			rows, err := c.Query(ctx, `select item from pile where client = $1 order by n`, i)
			if err != nil {
				return err
			}
			if piles[i], err = pgx.CollectRows(rows, pgx.RowTo[int64]); err != nil {
				return err
			}
		}
		return nil
	})
	return piles, err
}

func answer(ctx context.Context, r *review.Service, email string, items []int64, done *atomic.Int64) error {
	ctx = authz.With(ctx, authz.Actor{Email: email, Name: email, Roles: []authz.Role{{Name: "member", Site: authz.Everywhere}}})
	for _, id := range items[:min(len(items), perRound)] {
		said := review.Said{Item: id, Answer: review.Certify, Note: "Needed for the night shift"}
		err := r.Decide(ctx, campaignID, review.Batch{Said: []review.Said{said}, Shown: "item", Open: 4 * time.Second})
		if err != nil {
			return err
		}
		done.Add(1)
	}
	return nil
}

// plainDecisions are the two tables with their indexes and without their rules.
func (b *bench) plainDecisions(ctx context.Context) error {
	return b.exec(ctx, campaign, `drop table if exists plain_item, plain_decision`,
		`create table plain_item (like review_item including indexes including storage)`, `create table plain_decision (like review_decision including indexes including identity)`,
		`insert into plain_item select * from review_item`)
}

// sameScript is what the program sends for a decision, sent the same way.
const sameScript = `\set n :n + 1
\set by :client_id + 2
\startpipeline
insert into review_decision (item_id, campaign_id, decision, reduce_to, note, decided_by, decided_at, entered_by, open_ms, bulk, shown) values ((select item from pile where client = :client_id and n = :n), 1, 'certify', nullif(0::bigint, 0), 'Needed for the night shift', 'u' || lpad(:by::text, 7, '0') || '@example.com', now(), null, 4000, false, 'item');
insert into audit_event (at, actor, action, object, campaign_id, detail) values (now(), 'u' || lpad(:by::text, 7, '0') || '@example.com', 'review.decided', 'campaign:1', 1, '{"bulk": false, "items": [{"item": 10000000001, "decision": "certify"}], "note": "Needed for the night shift", "open_ms": 4000, "reviewer": "u0000002@example.com", "shown": "item"}');
\endpipeline
`

// plainScript is a decision on tables without rules, and without a log of it.
const plainScript = `\set n :n + 1
\startpipeline
insert into plain_decision (item_id, campaign_id, decision, note, decided_by, decided_at, open_ms, bulk, recommendation, shown) values ((select item from pile where client = :client_id and n = :n), 1, 'certify', 'Needed for the night shift', 'u0000001@example.com', now(), 4000, false, 'certify', 'item');
update plain_item set decision = 'certify', decision_id = :n, decided_at = now() where id = (select item from pile where client = :client_id and n = :n);
\endpipeline
`

// pgbench lets eight clients go through their piles.
func (b *bench) pgbench(ctx context.Context, program, script string) (float64, error) {
	var pile int
	if err := b.query(ctx, campaign, `select min(n) from (select count(*) as n from pile group by client) p`, &pile); err != nil {
		return 0, err
	}
	file := filepath.Join(b.dir, "decide.sql")
	if err := os.WriteFile(file, []byte(script), 0o644); err != nil {
		return 0, err
	}
	u, err := url.Parse(b.server.URL(campaign))
	if err != nil {
		return 0, err
	}
	key, _ := u.User.Password()
	cmd := exec.CommandContext(ctx, program, "-n", "-M", "prepared", "-c", strconv.Itoa(atOnce), "-j", "2", "-t", strconv.Itoa(min(pile, perRound)), "-D", "n=0", "-f", file,
		"-h", u.Query().Get("host"), "-U", u.User.Username(), campaign)
	cmd.Env = append(os.Environ(), "PGPASSWORD="+key)
	out, err := cmd.CombinedOutput()
	m := tps.FindSubmatch(out)
	if err != nil || m == nil || refused.Match(out) {
		return 0, fmt.Errorf("pgbench: %w: %s", err, out)
	}
	return strconv.ParseFloat(string(m[1]), 64)
}

var (
	tps     = regexp.MustCompile(`tps = ([0-9.]+)`)
	refused = regexp.MustCompile(`failed transactions: [1-9]|aborted|ERROR`)
)
