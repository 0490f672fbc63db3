package intake

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"time"

	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// pageSize is how many imports one page lists.
const pageSize = 50

// ImportRow is one accepted import. Counts are by file, such as "grants".
type ImportRow struct {
	Number            int64
	Source            string
	By                string
	FileHash          string
	Started, Finished time.Time
	Counts            map[string]Counts
	Rejected          int
	Ignored           []string
}

// UploadRow is a bundle that waits for its import to be asked for.
type UploadRow struct {
	ID       int64
	Source   string
	FileName string
	Bytes    int64
	By       string
	At       time.Time
}

// Imports lists accepted imports, newest first: a page that begins after the
// import numbered after, or the first page if that is 0.
func (s *Service) Imports(ctx context.Context, after int64) (list []ImportRow, err error) {
	err = s.db.Read(ctx, "inventory:read", func(tx *store.Tx) error {
		rows, err := tx.IntakeImportList(ctx, sqlc.IntakeImportListParams{After: after, Most: pageSize})
		for _, row := range rows {
			r := ImportRow{
				Number: row.ID, Source: row.Source, By: row.Actor, FileHash: row.FileHash,
				Started: row.StartedAt, Finished: row.FinishedAt, Rejected: int(row.Rejected), Ignored: row.Ignored,
			}
			if err := json.Unmarshal(row.Counts, &r.Counts); err != nil {
				return fmt.Errorf("counts of import %d: %w", r.Number, err)
			}
			list = append(list, r)
		}
		return err
	})
	return list, err
}

// Freshness says how old the inventory is: when each source was last imported.
type Freshness struct {
	Sources        int64
	Oldest, Newest time.Time
}

// Freshness is shown at the foot of every page, so it wants no more than an account.
func (s *Service) Freshness(ctx context.Context) (f Freshness, err error) {
	err = s.db.Read(ctx, "account:own", func(tx *store.Tx) error {
		row, err := tx.IntakeFreshness(ctx)
		f = Freshness(row)
		return err
	})
	return f, err
}

// UploadInfo tells of an upload what its page shows.
func (s *Service) UploadInfo(ctx context.Context, id int64) (u UploadRow, err error) {
	err = s.db.Read(ctx, "inventory:import", func(tx *store.Tx) error {
		row, err := tx.IntakeUploadGet(ctx, id)
		u = UploadRow{ID: row.ID, Source: row.Source, FileName: row.FileName, Bytes: row.Size, By: row.CreatedBy, At: row.CreatedAt}
		return err
	})
	return u, err
}

var sourceName = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,62}$`)

const badSource = "A source's name has 1 to 63 small letters, digits, dots, dashes or underscores and begins with a letter or digit."

// wellFormedSource says early what the constraint source_name_is_well_formed
// would say when the import begins.
func wellFormedSource(name string) bool { return sourceName.MatchString(name) }
