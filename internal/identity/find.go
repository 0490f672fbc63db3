package identity

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"interlock/internal/store"
)

// Found is an identity that a search finds.
type Found struct {
	ID           int64
	Source, Key  string
	Name, Kind   string
	Email        *string
	Status       string
	Gone         bool
	Organisation *string
}

const foundSQL = `
select i.id, s.name, i.external_id, i.name, i.kind, i.email, i.status, i.ended_at is not null, i.organisation
  from identity i
  join source s on s.id = i.source_id
 where %s
 order by %s
 limit %d`

// Find looks for identities: first by a whole e-mail or id, or the beginning of a
// name, which have indexes; then, while there is room, anywhere in them.
func (s *Service) Find(ctx context.Context, words string, most int) (list []Found, err error) {
	words = strings.ToLower(strings.TrimSpace(words))
	err = s.db.Inventory(ctx, "inventory:read", time.Time{}, func(tx *store.Tx) error {
		list = nil
		for _, condition := range []string{
			`(i.email = ? or (i.source_id, i.external_id) in (select s.id, x from source s, unnest(array[?, upper(?)]) x))`,
			`lower(i.name) collate "C" >= ? and lower(i.name) collate "C" < ? || chr(1114111)`,
			`strpos(lower(concat_ws(' ', i.name, i.email, i.external_id)), ?) > 0`,
		} {
			if len(list) >= most {
				return nil
			}
			if err := find(ctx, tx, condition, words, most, &list); err != nil {
				return err
			}
		}
		return nil
	})
	return list[:min(len(list), most)], err
}

func find(ctx context.Context, tx *store.Tx, condition, words string, most int, list *[]Found) error {
	w := &store.Where{}
	w.Add(condition, words)
	for _, f := range *list {
		w.Add("i.id <> ?", f.ID)
	}
	atSites(w, tx.Sites, "i.id")
	rows, err := tx.Raw().Query(ctx, fmt.Sprintf(foundSQL, w.SQL(), `i.ended_at is not null, lower(i.name) collate "C", i.id`, most-len(*list)), w.Args...)
	if err != nil {
		return err
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Found])
	*list = append(*list, found...)
	return err
}
