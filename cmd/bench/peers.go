package main

import (
	"context"
	"fmt"
	"time"

	"interlock/internal/review"
)

// plainAggregate counts over the same rows, with none of the rules: who counts as
// a peer, whom each is compared with, and the answer for each grant.
const plainAggregate = `select count(*) from (
  select i.kind, i.department, g.entitlement_id, count(*) from access_grant g join identity i on i.id = g.identity_id where g.ended_at is null group by 1, 2, 3) a`

// peers finds for each grant how many of the identity's peers hold the same.
func (b *bench) peers(ctx context.Context) error {
	if err := b.ensureBase(ctx); err != nil {
		return err
	}
	var figure, floor []time.Duration
	for range rounds {
		var rows, compared int
		d, err := b.timed(ctx, func() error {
			return b.query(ctx, base, `select count(*), count(peers_holding) from (`+review.PeerShares()+`) s`, &rows, &compared)
		})
		if err != nil {
			return err
		}
		if rows != b.rows || compared == 0 {
			return fmt.Errorf("%d of %d grants have a share, %d are compared", rows, b.rows, compared)
		}
		figure = append(figure, d)
		var groups int
		if d, err = b.timed(ctx, func() error { return b.query(ctx, base, plainAggregate, &groups) }); err != nil {
			return err
		}
		floor = append(floor, d)
	}
	b.within(fmt.Sprintf("peer shares of %d grants", b.rows), figure, floor, 5)
	return nil
}
