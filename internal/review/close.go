package review

import (
	"context"

	"interlock/internal/remediation"
	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// Closing says what became of the items when a campaign closed.
type Closing struct {
	Campaign    int64            `json:"campaign"`
	State       State            `json:"state"`
	Outcomes    map[string]int64 `json:"outcomes"`
	Silent      map[string]int64 `json:"silent"` // of those, without an answer, by outcome
	Remediation int64            `json:"remediation"`
}

// Close ends a campaign: silence means what the definition says by consequence
// class, and every removal becomes work to do.
func (s *Service) Close(ctx context.Context, campaign int64) (Closing, error) {
	ctx, cancel := context.WithTimeout(ctx, working)
	defer cancel()
	var done Closing
	err := s.db.Write(ctx, "campaign:run", func(tx *store.Tx) (err error) {
		done, err = closeCampaign(ctx, tx, campaign)
		return err
	})
	return done, err
}

func closeCampaign(ctx context.Context, tx *store.Tx, campaign int64) (Closing, error) {
	done := Closing{Campaign: campaign, Outcomes: map[string]int64{}, Silent: map[string]int64{}}
	if err := lock(ctx, tx, campaign); err != nil {
		return done, err
	}
	c, err := tx.ReviewCampaignForUpdate(ctx, campaign)
	if err != nil {
		return done, err
	}
	if done.State, err = next(State(c.State), end); err != nil {
		return done, err
	}
	d, err := Parse(c.Definition)
	if err != nil {
		return done, err
	}
	high, err := done.settle(ctx, tx, d.Silence)
	if err != nil {
		return done, err
	}
	if err := tx.ReviewLastAnswersKeep(ctx, campaign); err != nil {
		return done, err
	}
	if done.Remediation, err = remediation.Open(ctx, tx, campaign); err != nil {
		return done, err
	}
	if done.Remediation == 0 {
		done.State, _ = next(done.State, settle)
	}
	tx.Record("campaign.closed", about(campaign), done)
	if err := done.escalate(ctx, tx, c, d.Fallback, high); err != nil {
		return done, err
	}
	by := tx.Actor.ID()
	return done, tx.ReviewCampaignClosed(ctx, sqlc.ReviewCampaignClosedParams{ID: campaign, State: string(done.State), ClosedAt: &tx.Now, ClosedBy: &by})
}

// settle gives every item its outcome, before the state changes: the database
// takes outcomes only while the campaign is open. high is how many high-risk
// items are escalated.
func (c *Closing) settle(ctx context.Context, tx *store.Tx, silence Silence) (high int64, err error) {
	rows, err := tx.ReviewSettle(ctx, sqlc.ReviewSettleParams{CampaignID: c.Campaign, Now: tx.Now, It: silence.IT, Ot: silence.OT, Safety: silence.Safety})
	for _, r := range rows {
		c.Outcomes[r.Outcome] += r.Items
		if r.Silent {
			c.Silent[r.Outcome] += r.Items
		}
		if r.Outcome == escalated {
			high += r.High
		}
	}
	return high, err
}

// Cancel ends a campaign that is not closed yet, without effect; what was answered stays on record.
func (s *Service) Cancel(ctx context.Context, campaign int64) error {
	return s.move(ctx, campaign, cancel, "campaign.cancelled")
}

// Pause stops answers for now.
func (s *Service) Pause(ctx context.Context, campaign int64) error {
	return s.move(ctx, campaign, pause, "campaign.paused")
}

// Resume takes answers again.
func (s *Service) Resume(ctx context.Context, campaign int64) error {
	return s.move(ctx, campaign, resume, "campaign.resumed")
}

func (s *Service) move(ctx context.Context, campaign int64, m move, action string) error {
	return s.db.Write(ctx, "campaign:run", func(tx *store.Tx) error {
		if _, err := lockSoon(ctx, tx, campaign); err != nil {
			return err
		}
		tx.Record(action, about(campaign), struct{}{})
		return advance(ctx, tx, campaign, m)
	})
}
