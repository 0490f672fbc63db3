package asset

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"interlock/internal/store"
)

// Found is an asset that a search finds.
type Found struct {
	ID          int64
	Source, Key string
	Name        string
	Class       *string
	Zone, Site  *string
	Level       *float64
	Domain      *string
	Gone        bool
}

// foundSQL looks anywhere, and shows first what begins so: there are few enough.
const foundSQL = `
select a.id, s.name, a.external_id, a.name, a.class, z.name, st.name, z.level, z.domain, a.ended_at is not null
  from asset a
  join source s on s.id = a.source_id
  left join zone z on z.id = a.zone_id
  left join site st on st.id = z.site_id
 where %s
 order by a.ended_at is not null, lower(a.external_id) <> %s, not starts_with(lower(a.name), %[2]s), lower(a.name) collate "C", a.id
 limit %d`

// Find looks for assets by name, id, vendor or model.
func (s *Service) Find(ctx context.Context, words string, most int) (list []Found, err error) {
	words = strings.ToLower(strings.TrimSpace(words))
	err = s.db.Inventory(ctx, "inventory:read", time.Time{}, func(tx *store.Tx) error {
		w := &store.Where{}
		w.Add("strpos(lower(concat_ws(' ', a.name, a.external_id, a.vendor, a.model)), ?) > 0", words)
		atSites(w, tx.Sites)
		rows, err := tx.Raw().Query(ctx, fmt.Sprintf(foundSQL, w.SQL(), "$1", most), w.Args...)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, pgx.RowToStructByPos[Found])
		return err
	})
	return list, err
}
