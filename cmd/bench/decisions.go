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
	atOnce  = 8
	seconds = 5 // of each round
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
	var figure, floor []float64
	for range rounds {
		if err := b.exec(ctx, campaign, `vacuum review_item`, `checkpoint`); err != nil {
			return err
		}
		n, err := b.decide(ctx)
		if err != nil {
			return err
		}
		figure = append(figure, n)
		if err := b.exec(ctx, campaign, `vacuum plain_item`, `checkpoint`); err != nil {
			return err
		}
		if n, err = b.pgbench(ctx, pgbench); err != nil {
			return err
		}
		floor = append(floor, n)
	}
	ratio := median(figure) / median(floor)
	b.say("  decisions a second: %.0f against %.0f", figure, floor)
	b.table = append(b.table, line{
		job: fmt.Sprintf("one decision, %d at once", atOnce), figure: fmt.Sprintf("%.0f /s", median(figure)), floor: fmt.Sprintf("%.0f /s", median(floor)),
		ratio: fmt.Sprintf("%.2f", ratio), aim: "at least 0.6 x", ok: ratio >= 0.6,
	})
	return b.exec(ctx, campaign, `drop table plain_item, plain_decision`)
}

// decide lets eight reviewers answer item after item through the gate.
func (b *bench) decide(ctx context.Context) (perSecond float64, err error) {
	piles, err := b.piles(ctx)
	if errors.Is(err, errNoPile) { // a small run has used them up
		if err := b.exec(ctx, campaign, `update review_item set decision = null, decision_id = null, decided_at = null where decision is not null`, `vacuum review_item`); err != nil {
			return 0, err
		}
		piles, err = b.piles(ctx)
	}
	if err != nil {
		return 0, err
	}
	err = b.with(ctx, campaign, func(db *store.DB) error {
		var done atomic.Int64
		var wg sync.WaitGroup
		failed := make([]error, atOnce)
		until, cancel := context.WithTimeout(ctx, seconds*time.Second)
		defer cancel()
		begun := time.Now()
		for i := range atOnce {
			wg.Go(func() {
				failed[i] = answer(ctx, until, review.New(db), email(i+2), piles[i], &done)
				cancel() // who runs out of items ends the round for all
			})
		}
		wg.Wait()
		perSecond = float64(done.Load()) / time.Since(begun).Seconds()
		return errors.Join(failed...)
	})
	return perSecond, err
}

var errNoPile = errors.New("one of the eight has nothing to decide")

// piles are the open items of the eight.
func (b *bench) piles(ctx context.Context) ([][]int64, error) {
	piles := make([][]int64, atOnce)
	err := b.conn(ctx, campaign, func(c *pgx.Conn) error {
		for i := range piles {
			rows, err := c.Query(ctx, `select id from review_item where campaign_id = $1 and reviewer = $2 and decision is null order by risk desc, id`, campaignID, email(i+2))
			if err != nil {
				return err
			}
			if piles[i], err = pgx.CollectRows(rows, pgx.RowTo[int64]); err != nil {
				return err
			}
			if len(piles[i]) == 0 {
				return errNoPile
			}
		}
		return nil
	})
	return piles, err
}

func answer(ctx, until context.Context, r *review.Service, email string, items []int64, done *atomic.Int64) error {
	ctx = authz.With(ctx, authz.Actor{Email: email, Name: email, Roles: []authz.Role{{Name: "member", Site: authz.Everywhere}}})
	for _, id := range items {
		if until.Err() != nil {
			return nil
		}
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
		`insert into plain_item select * from review_item`, `vacuum analyze plain_item`)
}

// script is one decision as bare SQL; each client walks through items of its own.
const script = `\set n :n + 1
\set item 1 + (:client_id * 10000 + :n) %% %d
begin;
update plain_item set decision = 'certify', decision_id = :n, decided_at = now() where id = :item;
insert into plain_decision (item_id, campaign_id, decision, note, decided_by, decided_at, open_ms, bulk, recommendation, shown) values (:item, 1, 'certify', 'Needed for the night shift', 'u0000001@example.com', now(), 4000, false, 'certify', 'item');
commit;
`

var tps = regexp.MustCompile(`tps = ([0-9.]+)`)

func (b *bench) pgbench(ctx context.Context, program string) (float64, error) {
	file := filepath.Join(b.dir, "decide.sql")
	if err := os.WriteFile(file, fmt.Appendf(nil, script, b.rows), 0o644); err != nil {
		return 0, err
	}
	u, err := url.Parse(b.server.URL(campaign))
	if err != nil {
		return 0, err
	}
	key, _ := u.User.Password()
	clients := strconv.Itoa(atOnce)
	cmd := exec.CommandContext(ctx, program, "-n", "-M", "prepared", "-c", clients, "-j", "2", "-T", strconv.Itoa(seconds), "-D", "n=0", "-f", file,
		"-h", u.Query().Get("host"), "-U", u.User.Username(), campaign)
	cmd.Env = append(os.Environ(), "PGPASSWORD="+key)
	out, err := cmd.CombinedOutput()
	m := tps.FindSubmatch(out)
	if err != nil || m == nil {
		return 0, fmt.Errorf("pgbench: %w: %s", err, out)
	}
	return strconv.ParseFloat(string(m[1]), 64)
}
