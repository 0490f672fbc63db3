package audit

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"interlock/internal/store"
)

// pageSize is how many events a search shows at once.
const pageSize = 50

// Filter narrows a search; what is empty does not. Action ending in a dot and
// Object ending in a colon mean all that begin so. Before is the id to go on
// from, of the last event seen.
type Filter struct {
	Actor    string    `json:"actor,omitempty"`
	Action   string    `json:"action,omitempty"`
	Object   string    `json:"object,omitempty"`
	Campaign int64     `json:"campaign,omitempty"`
	From     time.Time `json:"from,omitzero"`
	To       time.Time `json:"to,omitzero"`
	Text     string    `json:"text,omitempty"`
	Before   int64     `json:"-"`
}

// Search returns the newest fifty events that match, and whether there are more.
func (s *Service) Search(ctx context.Context, f Filter) (found []Event, more bool, err error) {
	err = s.db.Read(ctx, "audit:read", func(tx *store.Tx) error {
		rows, err := f.query(ctx, tx, pageSize+1)
		if err != nil {
			return err
		}
		found, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (Event, error) { return scanNumbered(row) })
		return err
	})
	if len(found) > pageSize {
		return found[:pageSize], true, err
	}
	return found, false, err
}

func scanNumbered(row pgx.Row) (Event, error) {
	var seq *int64
	e, err := scanEvent(row, &seq)
	e.Seq = seq
	return e, err
}

// query runs the search; no limit if that is 0.
func (f Filter) query(ctx context.Context, tx *store.Tx, limit int) (pgx.Rows, error) {
	where, args := f.where()
	sql := `select ` + eventColumns + `, l.seq from audit_event e left join audit_leaf l on l.event_id = e.id` +
		where + ` order by e.id desc`
	if limit > 0 {
		sql += fmt.Sprintf(` limit %d`, limit)
	}
	return tx.Raw().Query(ctx, sql, args...)
}

// where names only what was asked, so that the planner picks the index for it.
func (f Filter) where() (sql string, args []any) {
	var all []string
	add := func(condition string, value any) {
		args = append(args, value)
		all = append(all, strings.ReplaceAll(condition, "?", fmt.Sprintf("$%d", len(args))))
	}
	f.conditions(add)
	if len(all) == 0 {
		return "", nil
	}
	return ` where ` + strings.Join(all, ` and `), args
}

func (f Filter) conditions(add func(string, any)) {
	if f.Actor != "" {
		add(`e.actor = ?`, f.Actor)
	}
	prefix(add, `e.action`, f.Action, ".")
	prefix(add, `e.object`, f.Object, ":")
	if f.Campaign != 0 {
		add(`e.campaign_id = ?`, f.Campaign)
	}
	if !f.From.IsZero() {
		add(`e.at >= ?`, f.From)
	}
	if !f.To.IsZero() {
		add(`e.at < ?`, f.To)
	}
	if f.Text != "" {
		add(`(e.detail::text ilike ? or e.object ilike ? or e.actor ilike ? or e.action ilike ?)`, "%"+likeEscape(f.Text)+"%")
	}
	if f.Before != 0 {
		add(`e.id < ?`, f.Before)
	}
}

func prefix(add func(string, any), column, value, end string) {
	switch {
	case value == "":
	case strings.HasSuffix(value, end):
		add(column+` like ?`, likeEscape(value)+"%")
	default:
		add(column+` = ?`, value)
	}
}

var likeEscape = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace
