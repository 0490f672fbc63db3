package control

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/jackc/pgx/v5"

	"interlock/internal/authz"
	"interlock/internal/errs"
	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// kept is how long a pack can be downloaded again.
const kept = 24 * time.Hour

// Pack is an evidence pack that is kept, whichever replica made it.
type Pack struct {
	ID         int64     `json:"id"`
	CampaignID int64     `json:"campaign"`
	Name       string    `json:"name"` // of the file
	Size       int64     `json:"size"`
	Sha256     string    `json:"sha256"`
	MadeBy     string    `json:"made_by"`
	MadeAt     time.Time `json:"made_at"`
	ExpiresAt  time.Time `json:"expires_at"`
}

// keep makes the pack of a job and keeps it, all of it or nothing. A job that is
// worked again finds what an earlier try kept.
func (s *Service) keep(ctx context.Context, a PackArgs, tell Progress) (Pack, error) {
	var made Pack
	err := s.db.Read(ctx, "evidence:export", func(tx *store.Tx) error {
		row, err := tx.ControlPackOfJob(ctx, a.Progress)
		made = Pack(row)
		return err
	})
	if !errs.Is(err, errs.NotFound) {
		return made, err
	}
	err = s.with(ctx, a.Campaign, tell, func(ctx context.Context, p *pack) error {
		whole := newSum()
		if err := p.writeTo(whole); err != nil {
			return err
		}
		return s.db.Write(ctx, "evidence:export", func(tx *store.Tx) (err error) {
			made = Pack{
				CampaignID: a.Campaign, Name: p.file, Size: whole.n, Sha256: whole.hex(), MadeBy: p.By, MadeAt: p.MadeAt, ExpiresAt: tx.Now.Add(kept),
			}
			if made.ID, err = made.insert(ctx, tx, a.Progress, p); err != nil {
				return err
			}
			tx.Record("evidence.exported", object(a.Campaign), p.receipt())
			return nil
		})
	})
	return made, err
}

func (k Pack) insert(ctx context.Context, tx *store.Tx, job int64, p *pack) (int64, error) {
	id, err := tx.ControlPackInsert(ctx, sqlc.ControlPackInsertParams{
		CampaignID: k.CampaignID, JobID: job, Name: k.Name, Size: k.Size, Sha256: k.Sha256, MadeBy: k.MadeBy, MadeAt: k.MadeAt, ExpiresAt: k.ExpiresAt,
	})
	if err != nil {
		return 0, err
	}
	to := &chunker{put: func(position int32, content []byte) error {
		return tx.ControlChunkInsert(ctx, sqlc.ControlChunkInsertParams{PackID: id, Position: position, Content: content})
	}}
	return id, errors.Join(p.writeTo(to), to.flush())
}

// Packs lists the newest packs of a campaign that are kept.
func (s *Service) Packs(ctx context.Context, campaign int64) ([]Pack, error) {
	var list []Pack
	err := s.db.Read(ctx, "evidence:export", func(tx *store.Tx) error {
		list = nil
		rows, err := tx.ControlPacks(ctx, sqlc.ControlPacksParams{CampaignID: campaign, Now: tx.Now})
		for _, r := range rows {
			list = append(list, Pack(r))
		}
		return err
	})
	return list, err
}

// Open opens a pack that is kept. Who takes it away is on record before a byte is
// read; so is who may not.
func (s *Service) Open(ctx context.Context, campaign, id int64) (Pack, io.ReadSeeker, error) {
	if err := s.MayExport(ctx, campaign); err != nil {
		return Pack{}, nil, err
	}
	var p Pack
	err := s.db.Write(ctx, "evidence:export", func(tx *store.Tx) error {
		row, err := tx.ControlPack(ctx, sqlc.ControlPackParams{CampaignID: campaign, ID: id, Now: tx.Now})
		if errors.Is(err, pgx.ErrNoRows) {
			return errs.NotFoundf("This pack is no longer kept: packs are kept for a day. Make it again.")
		}
		p = Pack(row)
		tx.Record("evidence.downloaded", object(campaign), map[string]any{"pack": id, "file": p.Name, "sha256": p.Sha256})
		return err
	})
	return p, &content{size: p.Size, chunk: func(position int32) ([]byte, error) { return s.chunk(ctx, id, position) }}, err
}

func (s *Service) chunk(ctx context.Context, pack int64, position int32) (body []byte, err error) {
	err = s.db.Read(ctx, "evidence:export", func(tx *store.Tx) error {
		body, err = tx.ControlChunk(ctx, sqlc.ControlChunkParams{PackID: pack, Position: position})
		return err
	})
	return body, err
}

// Sweep deletes the packs that ran out.
func (s *Service) Sweep(ctx context.Context) error {
	ctx = authz.System(ctx, "sweep")
	return s.db.Upkeep(ctx, func(tx *store.Tx) error { return tx.ControlPacksSweep(ctx, tx.Now) })
}
