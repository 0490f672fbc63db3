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
	d, err := s.ready(text)
	if err != nil {
		return 0, err
	}
	err = s.db.Write(ctx, "campaign:run", func(tx *store.Tx) (err error) {
		id, err = draft(ctx, tx, d, text)
		return err
	})
	return id, err
}

// ready reads a definition and its scope.
func (s *Service) ready(text string) (Definition, error) {
	d, err := Parse(text)
	if err == nil {
		_, err = d.assign(s.db.Now())
	}
	return d, err
}

func draft(ctx context.Context, tx *store.Tx, d Definition, text string) (id int64, err error) {
	definition, err := saveDefinition(ctx, tx, d, text)
	if err != nil {
		return 0, err
	}
	id, err = tx.ReviewCampaignInsert(ctx, sqlc.ReviewCampaignInsertParams{
		DefinitionID: definition, Title: d.Title, CreatedBy: tx.Actor.ID(), CreatedAt: tx.Now,
	})
	tx.Record("campaign.drafted", about(id), map[string]string{"name": d.Name, "title": d.Title, "scope": d.Scope})
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
