package exception

import (
	"context"
	"strings"

	"interlock/internal/errs"
	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// View is a filter of the register that somebody keeps under a name.
type View = sqlc.ExceptionViewsRow

// mostViews is how many one person keeps.
const mostViews = 30

// Views lists what the reader keeps.
func (s *Service) Views(ctx context.Context) (list []View, err error) {
	err = s.db.Read(ctx, "exception:read", func(tx *store.Tx) error {
		list, err = tx.ExceptionViews(ctx, tx.Actor.ID())
		return err
	})
	return list, err
}

// Keep keeps a filter under a name, in place of the one that had it.
func (s *Service) Keep(ctx context.Context, name, query string) error {
	name = strings.TrimSpace(name)
	switch {
	case name == "":
		return errs.InvalidField("name", "Give the view a name.")
	case len([]rune(name)) > 80:
		return errs.InvalidField("name", "A name has at most 80 characters.")
	case len(query) > maxText:
		return errs.InvalidField("name", "This filter is too long to keep.")
	}
	return s.db.Write(ctx, "exception:read", func(tx *store.Tx) error {
		n, err := tx.ExceptionViewCount(ctx, sqlc.ExceptionViewCountParams{Owner: tx.Actor.ID(), Name: name})
		if err != nil {
			return err
		}
		if n >= mostViews {
			return errs.InvalidField("name", "You keep %d views, the most there can be: drop one first.", n)
		}
		id, err := tx.ExceptionViewSave(ctx, sqlc.ExceptionViewSaveParams{Owner: tx.Actor.ID(), Name: name, Query: query, SavedAt: tx.Now})
		if err != nil {
			return err
		}
		tx.Record("exception.view_kept", store.Object{Kind: "exception_view", ID: id}, map[string]any{"name": name, "query": query})
		return nil
	})
}

// Drop drops a filter that the reader keeps.
func (s *Service) Drop(ctx context.Context, id int64) error {
	return s.db.Write(ctx, "exception:read", func(tx *store.Tx) error {
		n, err := tx.ExceptionViewDrop(ctx, sqlc.ExceptionViewDropParams{ID: id, Owner: tx.Actor.ID()})
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.NotFoundf("There is no such view of yours.")
		}
		tx.Record("exception.view_dropped", store.Object{Kind: "exception_view", ID: id}, struct{}{})
		return nil
	})
}
