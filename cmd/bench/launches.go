package main

import (
	"context"
	"fmt"
	"time"

	"interlock/internal/review"
	"interlock/internal/store"
)

// campaign is the database of the last launch, for the parts after it. Its
// campaign has the number 1.
const campaign, campaignID = "campaign", 1

const definition = `name: everything
title: All access
scope: "true"
stages:
  - reviewers: [owner, manager, asset_owner]
    days: 14
fallback: [%s, %s]
silence: {it: revoke, ot: escalate, safety: escalate}
`

// definition names two leaders for what nobody else can review.
func (b *bench) definition() string {
	s := b.shape()
	return fmt.Sprintf(definition, email(s.lead(1)), email(s.lead(2)))
}

func (b *bench) launches(ctx context.Context) error {
	if err := b.ensureBase(ctx); err != nil {
		return err
	}
	var figure, floor []time.Duration
	for range rounds {
		if err := b.recreate(ctx, campaign, base); err != nil {
			return err
		}
		d, err := b.launch(ctx)
		if err != nil {
			return err
		}
		figure = append(figure, d)
		if d, err = b.insertPlain(ctx); err != nil {
			return err
		}
		floor = append(floor, d)
	}
	b.within(fmt.Sprintf("launch a campaign of %d items", b.rows), figure, floor, 2)
	return nil
}

func (b *bench) launch(ctx context.Context) (took time.Duration, err error) {
	err = b.with(ctx, campaign, func(db *store.DB) error {
		r := review.New(db)
		id, err := r.Draft(ctx, b.definition())
		if err != nil {
			return err
		}
		var made review.Launched
		took, err = b.timed(ctx, func() (err error) {
			made, err = r.Launch(ctx, id)
			return err
		})
		if err == nil && (id != campaignID || made.Items != int64(b.rows)) {
			return fmt.Errorf("campaign %d has %d items, not %d", id, made.Items, b.rows)
		}
		return err
	})
	return took, err
}

// insertPlain is the least a launch can cost: the finished rows into a table
// with as many indexes, nothing joined and nothing weighed.
func (b *bench) insertPlain(ctx context.Context) (time.Duration, error) {
	err := b.exec(ctx, campaign, `create table made as select * from review_item`,
		`create table plain (like review_item)`, `alter table plain add primary key (id)`,
		`create index on plain (campaign_id, reviewer, risk desc, id)`, `create index on plain (campaign_id, risk desc, id)`, `create index on plain (grant_id, campaign_id desc)`)
	if err != nil {
		return 0, err
	}
	took, err := b.timed(ctx, func() error { return b.exec(ctx, campaign, `insert into plain select * from made`) })
	if err != nil {
		return 0, err
	}
	return took, b.exec(ctx, campaign, `drop table made`, `drop table plain`)
}

// ensureCampaign launches unless that is done.
func (b *bench) ensureCampaign(ctx context.Context) error {
	there, err := b.exists(ctx, campaign)
	if err != nil || there {
		return err
	}
	if err := b.ensureBase(ctx); err != nil {
		return err
	}
	if err := b.recreate(ctx, campaign, base); err != nil {
		return err
	}
	_, err = b.launch(ctx)
	return err
}
