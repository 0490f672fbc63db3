package control

import (
	"context"
	"errors"
	"io"
	"time"

	"interlock/internal/audit"
	"interlock/internal/authz"
	"interlock/internal/errs"
	"interlock/internal/store"
)

const (
	// limit bounds an export, which takes minutes for a million items.
	limit = 12 * time.Hour
	// pictures is how often an export waits for events that came between the
	// sealing of the log and its own picture.
	pictures = 20
)

// Progress is told how much of total was read, and what is being read.
type Progress func(done, total int64, what string)

// MayExport refuses who may not export, and the refusal is on record.
func (s *Service) MayExport(ctx context.Context, campaign int64) error {
	refusal := authz.Check(authz.From(ctx), "evidence:export")
	if refusal == nil || errs.Is(refusal, errs.Unauthenticated) {
		return refusal
	}
	err := s.record(ctx, "", "evidence.refused", campaign, struct{}{})
	return errors.Join(refusal, err)
}

func (s *Service) record(ctx context.Context, permission, action string, campaign int64, detail any) error {
	return s.db.Write(ctx, permission, func(tx *store.Tx) error {
		tx.Record(action, object(campaign), detail)
		return nil
	})
}

func object(campaign int64) store.Object {
	return store.Object{Kind: "campaign", ID: campaign, Campaign: campaign}
}

// Export writes a campaign's evidence pack. All of it shows one moment, and
// nothing is written before it is complete and on record.
func (s *Service) Export(ctx context.Context, campaign int64, w io.Writer, progress Progress) error {
	if err := s.MayExport(ctx, campaign); err != nil {
		return err
	}
	return s.with(ctx, campaign, progress, func(ctx context.Context, p *pack) error {
		if err := s.record(ctx, "evidence:export", "evidence.exported", campaign, p.receipt()); err != nil {
			return err
		}
		return p.writeTo(w)
	})
}

// with makes a campaign's pack, complete and signed, for as long as use needs it.
func (s *Service) with(ctx context.Context, campaign int64, progress Progress, use func(context.Context, *pack) error) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	p, err := newPack(campaign, progress)
	if err != nil {
		return err
	}
	defer p.remove()
	if err := s.picture(ctx, p); err != nil {
		return err
	}
	if err := p.sign(s.log); err != nil {
		return err
	}
	return use(ctx, p)
}

var errWaiting = errors.New("events are waiting")

// picture reads all of the pack in one transaction, in which every event of the
// campaign is in the signed log.
func (s *Service) picture(ctx context.Context, p *pack) error {
	for range pictures {
		head, err := s.log.Seal(ctx)
		if err != nil {
			return err
		}
		err = s.db.Read(ctx, "evidence:export", func(tx *store.Tx) error {
			waiting, err := audit.Waiting(ctx, tx, p.Campaign, head)
			if err != nil {
				return err
			}
			if waiting {
				return errWaiting
			}
			return p.fill(ctx, tx, head, s.log)
		})
		if !errors.Is(err, errWaiting) {
			return err
		}
	}
	return errs.Unavailablef("Answers come in faster than the audit log is signed. Pause the campaign or try again in a moment.")
}
