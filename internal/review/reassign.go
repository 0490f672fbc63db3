package review

import (
	"context"
	"slices"
	"strings"

	"interlock/internal/authz"
	"interlock/internal/errs"
	"interlock/internal/mail"
	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// Handover gives a reviewer's open items to somebody else.
type Handover struct{ From, To, Reason string }

// Handed says what became of a handover. What stays is the new reviewer's own
// access, a grant they gave, or what they were unsure of.
type Handed struct{ Moved, Stay int64 }

func (h *Handover) check() error {
	h.From, h.To, h.Reason = strings.ToLower(strings.TrimSpace(h.From)), strings.ToLower(strings.TrimSpace(h.To)), strings.TrimSpace(h.Reason)
	switch {
	case !isEmail(h.To):
		return errs.InvalidField("to", "Write the e-mail of who takes over.")
	case h.To == h.From:
		return errs.InvalidField("to", "These items are with %s already: name somebody else.", h.To)
	case h.Reason == "":
		return errs.InvalidField("reason", "Say why: both are told, and it stays on record.")
	case len(h.Reason) > MaxNote:
		return errs.InvalidField("reason", "The reason is longer than %d characters: shorten it.", MaxNote)
	}
	return nil
}

// Reassign gives a reviewer's open items in a campaign to another person who may
// decide them, and tells both.
func (s *Service) Reassign(ctx context.Context, campaign int64, h Handover) (Handed, error) {
	if err := h.check(); err != nil {
		return Handed{}, err
	}
	var done Handed
	err := s.db.Write(ctx, "campaign:run", func(tx *store.Tx) error {
		c, err := lockSoon(ctx, tx, campaign)
		if err != nil {
			return err
		}
		if !State(c.State).Open() {
			return errs.Conflictf("This campaign is %s; its items stay where they are.", c.State)
		}
		to, err := tx.ReviewCandidate(ctx, sqlc.ReviewCandidateParams{Email: h.To, Campaign: campaign})
		if err != nil {
			return err
		}
		if err := mayTakeOver(h.To, to); err != nil {
			return err
		}
		moved, err := h.move(ctx, tx, campaign, &done)
		if err != nil {
			return err
		}
		return h.tell(ctx, tx, c, to.Name, moved, done)
	})
	return done, err
}

// mayTakeOver refuses who cannot review: not here, not known, not allowed, or done.
func mayTakeOver(email string, c sqlc.ReviewCandidateRow) error {
	able := authz.Actor{Email: email}
	for _, r := range c.Roles {
		able.Roles = append(able.Roles, authz.Role{Name: r, Site: authz.Everywhere})
	}
	switch {
	case c.Known && !c.Live:
		return errs.InvalidField("to", "%s is not active in the inventory: name somebody who is here.", c.Name)
	case !c.Known && !c.Account:
		return errs.InvalidField("to", "Nobody with the e-mail %s is known: name an active person of the inventory, or who has an account.", email)
	case c.Disabled:
		return errs.InvalidField("to", "The account of %s is disabled: name somebody else.", c.Name)
	case len(c.Roles) > 0 && !authz.Can(able, "review:decide"):
		return errs.InvalidField("to", "%s may not review: their account has the role %s only.", c.Name, strings.Join(c.Roles, " and "))
	case c.Signed:
		return errs.InvalidField("to", "%s signed off in this campaign already: name somebody else.", c.Name)
	}
	return nil
}

// move changes the reviewer of what may move.
func (h Handover) move(ctx context.Context, tx *store.Tx, campaign int64, done *Handed) ([]sqlc.ReviewReassignRow, error) {
	moved, err := tx.ReviewReassign(ctx, sqlc.ReviewReassignParams{Campaign: campaign, FromReviewer: h.From, ToReviewer: h.To})
	if err != nil {
		return nil, err
	}
	left, err := tx.ReviewStillOpen(ctx, sqlc.ReviewStillOpenParams{CampaignID: campaign, Reviewer: h.From})
	if err != nil {
		return nil, err
	}
	*done = Handed{Moved: int64(len(moved)), Stay: left.Open}
	switch {
	case done.Moved == 0 && done.Stay == 0:
		return nil, errs.Conflictf("%s has no open items in this campaign.", h.From)
	case done.Moved == 0:
		return nil, errs.InvalidField("to", "None of the open items can go there: they are the access of %[1]s, grants that %[1]s gave, or what %[1]s was unsure of.", h.To)
	}
	_, err = tx.ReviewReviewersAdd(ctx, sqlc.ReviewReviewersAddParams{CampaignID: campaign, Emails: []string{h.To}})
	return moved, err
}

// tell puts the handover on record and writes to both; that is also the new
// reviewer's first digest, and the one for being late.
func (h Handover) tell(ctx context.Context, tx *store.Tx, c sqlc.ReviewCampaignForUpdateRow, name string, moved []sqlc.ReviewReassignRow, done Handed) error {
	tx.Record("review.reassigned", about(c.ID), map[string]any{"from": h.From, "to": h.To, "reason": h.Reason, "items": itemsOf(moved), "stay": done.Stay})
	for step, sent := range map[string]bool{"opened": true, "overdue": c.DueAt.Before(tx.Now)} {
		if !sent {
			continue
		}
		if err := tx.ReviewNoticeKeep(ctx, sqlc.ReviewNoticeKeepParams{CampaignID: c.ID, Reviewer: h.To, Step: step, SentAt: tx.Now}); err != nil {
			return err
		}
	}
	by, err := actorName(ctx, tx)
	if err != nil {
		return err
	}
	known, err := names(ctx, tx, h.From)
	if err != nil {
		return err
	}
	high, at := summed(moved)
	zone, err := zonesIn(tx).of(ctx, at)
	if err != nil {
		return err
	}
	n := notice{Campaign: c.ID, Title: c.Title, Items: done.Moved, High: high, Minutes: minutesOf(done.Moved, high), Due: *c.DueAt, Zone: zone, By: by, Reason: h.Reason}
	taker, giver := n, n
	taker.Name, taker.Other = name, known.of(h.From)
	giver.Name, giver.Other = known.of(h.From), name
	return mail.Enqueue(ctx, tx, []mail.Message{taker.message(h.To, "reassigned"), giver.message(h.From, "relieved")})
}

func itemsOf(moved []sqlc.ReviewReassignRow) []int64 {
	ids := make([]int64, len(moved))
	for i, m := range moved {
		ids[i] = m.ID
	}
	slices.Sort(ids)
	return ids
}

func summed(moved []sqlc.ReviewReassignRow) (high int64, at sites) {
	for _, m := range moved {
		if Risk(m.Risk) >= High {
			high++
		}
		at.add(sites{m.Site, m.Site})
	}
	return high, at
}

// Leaving is a reviewer whose open items may go to somebody else, and to whom.
type Leaving struct {
	Campaign, Email, Name string
	Open                  int64
	Candidates            []Candidate
}

// Candidate is who reviews in the campaign besides.
type Candidate = sqlc.ReviewCandidatesRow

// Leaving reads what a handover would move, and who could take it.
func (s *Service) Leaving(ctx context.Context, campaign int64, reviewer string) (Leaving, error) {
	l := Leaving{Email: strings.ToLower(strings.TrimSpace(reviewer))}
	err := s.db.Read(ctx, "campaign:run", func(tx *store.Tx) error {
		c, err := tx.ReviewCampaignGet(ctx, campaign)
		if err != nil {
			return err
		}
		if _, err = tx.ReviewStanding(ctx, sqlc.ReviewStandingParams{CampaignID: campaign, Reviewer: l.Email}); err != nil {
			return err
		}
		n, err := tx.ReviewStillOpen(ctx, sqlc.ReviewStillOpenParams{CampaignID: campaign, Reviewer: l.Email})
		if err != nil {
			return err
		}
		known, err := names(ctx, tx, l.Email)
		if err != nil {
			return err
		}
		l.Campaign, l.Name, l.Open = c.Title, known.of(l.Email), n.Open
		l.Candidates, err = tx.ReviewCandidates(ctx, sqlc.ReviewCandidatesParams{CampaignID: campaign, Reviewer: l.Email})
		return err
	})
	return l, err
}
