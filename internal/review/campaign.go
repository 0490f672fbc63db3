package review

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// Draft saves a definition and makes a campaign of it, not yet launched.
func (s *Service) Draft(ctx context.Context, text string) (id int64, err error) {
	d, err := Parse(text)
	if err != nil {
		return 0, err
	}
	if _, err := d.assign(s.db.Now()); err != nil {
		return 0, err
	}
	err = s.db.Write(ctx, "campaign:run", func(tx *store.Tx) error {
		definition, err := saveDefinition(ctx, tx, d, text)
		if err != nil {
			return err
		}
		id, err = tx.ReviewCampaignInsert(ctx, sqlc.ReviewCampaignInsertParams{
			DefinitionID: definition, Title: d.Title, CreatedBy: tx.Actor.ID(), CreatedAt: tx.Now,
		})
		tx.Record("campaign.drafted", about(id), map[string]string{"name": d.Name, "title": d.Title, "scope": d.Scope})
		return err
	})
	return id, err
}

func saveDefinition(ctx context.Context, tx *store.Tx, d Definition, text string) (int64, error) {
	same, err := tx.ReviewDefinitionSame(ctx, sqlc.ReviewDefinitionSameParams{Name: d.Name, Text: text})
	if err == nil {
		return same, nil
	}
	if !errors.Is(err, pgx.ErrNoRows) {
		return 0, err
	}
	return tx.ReviewDefinitionSave(ctx, sqlc.ReviewDefinitionSaveParams{
		Name: d.Name, Text: text, CreatedBy: tx.Actor.ID(), CreatedAt: tx.Now,
	})
}

func about(campaign int64) store.Object {
	return store.Object{Kind: "campaign", ID: campaign, Campaign: campaign}
}
