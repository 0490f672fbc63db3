package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"interlock/internal/finding"
	"interlock/internal/store"
)

// mostFindings is what one look by every rule may take at a million grants.
const mostFindings = 40 * time.Second

// findings measures the first evaluation, which writes every finding, and the
// next ones, which find the same.
func (b *bench) findings(ctx context.Context) error {
	const database = "findings"
	if err := b.fresh(ctx, database); err != nil {
		return err
	}
	sql := strings.NewReplacer("{identities}", strconv.Itoa(b.shape().identities), "{grants}", strconv.Itoa(b.rows), "{assets}", strconv.Itoa(max(b.rows/50, 200))).Replace(plants)
	if err := b.exec(ctx, database, sql); err != nil {
		return err
	}
	err := b.with(ctx, database, func(db *store.DB) error { return b.evaluations(ctx, finding.New(db)) })
	if err != nil {
		return err
	}
	return b.drop(ctx, database)
}

func (b *bench) evaluations(ctx context.Context, s *finding.Service) error {
	var first finding.Evaluation
	var took []time.Duration
	for round := range rounds + 1 {
		var e finding.Evaluation
		d, err := b.timed(ctx, func() (err error) {
			e, err = s.Evaluate(ctx, func(int64, int64, string) {})
			return err
		})
		if err != nil {
			return err
		}
		if took = append(took, d); round == 0 {
			first = e
		}
		for _, t := range slowest(e.Rules, 6) {
			b.say("  %-24s %8d found %8d opened %10s", t.Rule, t.Found, t.Opened, short(t.Took))
		}
	}
	again := median(took[1:])
	b.table = append(b.table,
		line{
			job: "findings by every rule, the first time", figure: short(took[0]), floor: "-", ratio: "-", aim: "at most " + short(mostFindings), ok: took[0] <= mostFindings,
			note: fmt.Sprintf(" (%d rules open %d findings)", len(first.Rules), first.Opened),
		},
		line{job: "findings by every rule, nothing changed", figure: short(again), floor: "-", ratio: "-", aim: "at most " + short(mostFindings/2), ok: again <= mostFindings/2})
	return nil
}

func slowest(list []finding.Tally, n int) []finding.Tally {
	list = slices.SortedFunc(slices.Values(list), func(x, y finding.Tally) int { return cmp.Compare(y.Took, x.Took) })
	return list[:min(n, len(list))]
}
