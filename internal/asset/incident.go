package asset

import (
	"context"
	"fmt"
	"slices"
	"time"

	"interlock/internal/access/reach"
	"interlock/internal/audit"
	"interlock/internal/errs"
	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// Span is the time of an incident.
type Span struct{ From, To time.Time }

// Check refuses what is no span of time, or has not begun.
func (s Span) Check(now time.Time) error {
	switch {
	case !s.To.After(s.From):
		return errs.InvalidField("to", "The end is not after the beginning.")
	case s.From.After(now):
		return errs.InvalidField("from", "That has not come yet.")
	}
	return nil
}

// Actors tells who gets to an asset at a moment; reach.Service.Actors is one.
type Actors func(ctx context.Context, asset int64, at time.Time) ([]reach.Actor, error)

// Suspect is an identity that could have acted. Only says at which end of the time,
// where it was not all of it.
type Suspect struct {
	reach.Actor
	Only string // "", beginning or end
}

// Session is somebody's time on the asset that overlaps.
type Session = sqlc.AssetSessionsWithinRow

// Person is somebody who knew a secret.
type Person struct {
	ID   int64
	Name string
}

// Incident is who could have acted on an asset in a time, who is known to have been
// on it, and what nobody in particular answers for.
type Incident struct {
	Asset    Profile // itself, without who has access
	Span     Span
	Suspects []Suspect
	Sessions []Session
	Holders  map[int64][]Person // by identity: who knew its secret
	Doubts   []Doubt

	reach map[int64]bool // who gets there at all, if only to see
}

// Incident looks at an asset in a time.
func (s *Service) Incident(ctx context.Context, id int64, span Span, actors Actors) (i Incident, err error) {
	if err := span.Check(s.db.Now()); err != nil {
		return i, err
	}
	if span.To.After(s.db.Now()) {
		span.To = s.db.Now()
	}
	changed := false
	err = s.db.Read(ctx, "inventory:read", func(tx *store.Tx) (err error) {
		i = Incident{Span: span, Asset: Profile{Has: map[string]string{}}}
		if err := i.Asset.readSelf(ctx, tx, id); err != nil {
			return err
		}
		if i.Sessions, err = tx.AssetSessionsWithin(ctx, sqlc.AssetSessionsWithinParams{Asset: id, Since: span.From, Until: span.To}); err != nil {
			return err
		}
		changed, err = tx.AssetChangedWithin(ctx, sqlc.AssetChangedWithinParams{Since: span.From, Until: span.To})
		return err
	})
	if err != nil {
		return i, err
	}
	if err := i.suspect(ctx, actors, changed); err != nil {
		return i, err
	}
	if err := i.readHolders(ctx, s.db); err != nil {
		return i, err
	}
	i.Doubts = i.doubts()
	return i, nil
}

// suspect asks who got there at the beginning, and at the end too where the
// inventory has changed between. An asset that was not known yet had nobody. Who
// can only see it could not act.
func (i *Incident) suspect(ctx context.Context, actors Actors, changed bool) error {
	first, err := actors(ctx, i.Asset.ID, i.Span.From)
	if err != nil && !errs.Is(err, errs.NotFound) {
		return err
	}
	last := first
	if changed {
		if last, err = actors(ctx, i.Asset.ID, i.Span.To); err != nil && !errs.Is(err, errs.NotFound) {
			return err
		}
	}
	i.reach = map[int64]bool{}
	for _, s := range both(first, last) {
		if i.reach[s.ID] = true; s.Privilege != "view" {
			i.Suspects = append(i.Suspects, s)
		}
	}
	return nil
}

// both brings who got there at either end together, with what they could do most.
func both(first, last []reach.Actor) (list []Suspect) {
	at := map[int64]int{}
	for _, a := range first {
		at[a.ID] = len(list)
		list = append(list, Suspect{a, "beginning"})
	}
	for _, a := range last {
		n, there := at[a.ID]
		if !there {
			list = append(list, Suspect{a, "end"})
			continue
		}
		if list[n].Only = ""; rankOf(a.Privilege) > rankOf(list[n].Privilege) {
			list[n].Actor = a
		}
	}
	slices.SortStableFunc(list, func(a, b Suspect) int { return rankOf(b.Privilege) - rankOf(a.Privilege) })
	return list
}

func rankOf(privilege string) int {
	return slices.Index([]string{"view", "operate", "engineer", "admin"}, privilege)
}

func (i *Incident) readHolders(ctx context.Context, db *store.DB) error {
	var shared []int64
	for _, s := range i.Suspects {
		if s.Kind == "shared" {
			shared = append(shared, s.ID)
		}
	}
	for _, s := range i.Sessions {
		if s.IdentityKind == "shared" {
			shared = append(shared, s.IdentityID)
		}
	}
	return db.Read(ctx, "inventory:read", func(tx *store.Tx) error {
		rows, err := tx.AssetHoldersWithin(ctx, sqlc.AssetHoldersWithinParams{Identities: shared, Since: i.Span.From, Until: i.Span.To})
		i.Holders = map[int64][]Person{}
		for _, r := range rows {
			i.Holders[r.IdentityID] = append(i.Holders[r.IdentityID], Person{r.PersonID, r.PersonName})
		}
		return err
	})
}

// IncidentExported puts on record that somebody took an incident view with them.
func (s *Service) IncidentExported(ctx context.Context, i Incident) error {
	what := store.Object{Kind: "inventory", ID: fmt.Sprintf("asset-%d", i.Asset.ID)}
	return audit.Exports(ctx, s.db, nil, what, map[string]any{"from": i.Span.From, "to": i.Span.To, "identities": len(i.Suspects), "sessions": len(i.Sessions)})
}
