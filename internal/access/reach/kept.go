package reach

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// Counts is how far an identity gets, in numbers. ByLevel is in the order of Levels.
type Counts struct {
	Assets   int
	Safety   int
	Crossing int
	ByLevel  [len(Levels)]int
	Highest  string // the highest privilege on any of them
}

// Kept is how far an identity gets, as it was last computed.
type Kept struct {
	Identity int64
	Counts
	Was       *Counts // before that last changed; nil when it never did
	ChangedAt time.Time
	Target    int64  // the most consequential asset, or 0
	Alike     int    // how many are as consequential, the target included
	Way       []Step // a shortest way to the target
}

// Path is the way to what matters most, in one line.
func (k Kept) Path() string {
	if len(k.Way) == 0 {
		return ""
	}
	path := Path(k.Way)
	if k.Alike > 1 {
		path += fmt.Sprintf(" and %d more alike", k.Alike-1)
	}
	return path
}

// Standing says of which inventory the kept reach is.
type Standing struct {
	At         time.Time // the moment whose inventory it is; zero when nothing was computed yet
	Import     int64     // the newest import in it, or 0
	Source     string    // of that import
	ImportedAt time.Time
	Identities int
	Moved      int  // how many got elsewhere before
	Outdated   bool // there is a newer import, or it is older than a day
}

// Kept is the kept reach of one identity; it is all zero while there is none.
func (s *Service) Kept(ctx context.Context, id int64) (k Kept, st Standing, err error) {
	many, st, err := s.Many(ctx, []int64{id})
	if k = many[id]; k.Identity == 0 {
		k.Identity = id
	}
	return k, st, err
}

// Many is the kept reach of some identities, by id.
func (s *Service) Many(ctx context.Context, ids []int64) (many map[int64]Kept, st Standing, err error) {
	err = s.db.Read(ctx, "inventory:read", func(tx *store.Tx) error {
		if st, err = standing(ctx, tx); err != nil {
			return err
		}
		many, err = KeptOf(ctx, tx, ids)
		return err
	})
	return many, st, err
}

// Standing tells of which inventory the kept reach is.
func (s *Service) Standing(ctx context.Context) (st Standing, err error) {
	err = s.db.Read(ctx, "inventory:read", func(tx *store.Tx) error {
		st, err = standing(ctx, tx)
		return err
	})
	return st, err
}

func standing(ctx context.Context, tx *store.Tx) (Standing, error) {
	row, err := tx.ReachStanding(ctx)
	if errors.Is(err, pgx.ErrNoRows) {
		return Standing{Outdated: true}, nil
	}
	if err != nil {
		return Standing{}, err
	}
	st := Standing{At: row.At, Identities: int(row.Identities), Moved: int(row.Moved), Outdated: row.NewerImport || tx.Now.Sub(row.At) > fresh+time.Hour}
	if row.ImportID != nil {
		st.Import, st.Source, st.ImportedAt = *row.ImportID, *row.Source, *row.ImportedAt
	}
	return st, nil
}

// KeptOf is the kept reach of some identities, by id, within a transaction.
func KeptOf(ctx context.Context, tx *store.Tx, ids []int64) (map[int64]Kept, error) {
	rows, err := tx.ReachKept(ctx, ids)
	if err != nil {
		return nil, err
	}
	many := make(map[int64]Kept, len(rows))
	for _, r := range rows {
		k, err := keptOf(r)
		if err != nil {
			return nil, err
		}
		many[k.Identity] = k
	}
	return many, nil
}

func keptOf(r sqlc.ReachKeptRow) (Kept, error) {
	k := Kept{Identity: r.IdentityID, ChangedAt: r.ChangedAt, Alike: int(r.Alike), Counts: countsOf(r.Assets, r.Safety, r.Crossing, r.Levels, r.Highest)}
	if r.TargetID != nil {
		k.Target = *r.TargetID
	}
	if r.WasAssets != nil {
		was := countsOf(*r.WasAssets, *r.WasSafety, *r.WasCrossing, r.WasLevels, r.WasHighest)
		k.Was = &was
	}
	if err := json.Unmarshal(r.Way, &k.Way); err != nil {
		return k, fmt.Errorf("the way kept for identity %d: %w", r.IdentityID, err)
	}
	return k, nil
}

func countsOf(assets, safety, crossing int32, levels []int32, highest *string) Counts {
	c := Counts{Assets: int(assets), Safety: int(safety), Crossing: int(crossing)}
	for l, n := range levels {
		c.ByLevel[l] = int(n)
	}
	if highest != nil {
		c.Highest = *highest
	}
	return c
}

// Subject is the identity that reach is asked about.
type Subject struct {
	ID              int64
	Key, Name, Kind string
	Domain          string // where it is at home, or empty
	Status          string
	EndedAt         *time.Time // when its source no longer had it
	Source          string
}

// Subject tells who an identity is.
func (s *Service) Subject(ctx context.Context, id int64) (x Subject, err error) {
	err = s.db.Read(ctx, "inventory:read", func(tx *store.Tx) error {
		row, err := tx.ReachSubject(ctx, id)
		x = Subject{ID: row.ID, Key: row.ExternalID, Name: row.Name, Kind: row.Kind, Status: row.Status, EndedAt: row.EndedAt, Source: row.Source}
		if row.Domain != nil {
			x.Domain = *row.Domain
		}
		return err
	})
	return x, err
}
