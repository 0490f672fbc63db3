package audit

import (
	"github.com/jackc/pgx/v5"
	"golang.org/x/mod/sumdb/tlog"
)

// stray is an event that is not in the tree.
type stray struct {
	Event
	pending bool
}

const selectStrays = `
select ` + eventColumns + `, p.event_id is not null
  from audit_event e
  left join audit_leaf l on l.event_id = e.id
  left join audit_pending p on p.event_id = e.id
 where l.event_id is null and (p.event_id is null or e.at < $1)
 order by e.id
 limit $2`

// findStrays collects events without a leaf, unless they are new and waiting.
func (v *verification) findStrays() error {
	rows, err := v.tx.Raw().Query(v.ctx, selectStrays, v.tx.Now.Add(-late), maxProblems)
	if err != nil {
		return err
	}
	v.strays, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (s stray, err error) {
		s.Event, err = scanEvent(row, &s.pending)
		return s, err
	})
	if err != nil {
		return err
	}
	return v.findLost()
}

// findLost names events that wait for the tree but are not there.
func (v *verification) findLost() error {
	const lost = `
select p.event_id from audit_pending p
 where not exists (select from audit_event e where e.id = p.event_id)
 order by 1 limit $1`
	rows, err := v.tx.Raw().Query(v.ctx, lost, maxProblems)
	if err != nil {
		return err
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	for _, id := range ids {
		v.add(Removed, new(id), nil, "Event %d was removed before it was put into the tree.", id)
	}
	return err
}

// nameStrays tells an event whose leaf was removed from one that was slipped in.
func (v *verification) nameStrays() error {
	for _, s := range v.strays {
		h, err := s.hash()
		seq, lost := v.gone[h]
		switch {
		case err == nil && lost:
			v.add(Leaf, &s.ID, &seq, "The leaf of %s, no. %d in the tree, was removed.", s.Event, seq)
		case s.pending:
			v.add(Pending, &s.ID, nil, "%s is not in the tree after more than a minute: nothing sequences the log.", sentence(s.Event))
		default:
			v.add(Inserted, &s.ID, nil, "%s is neither in the tree nor waiting for it: it was slipped in.", sentence(s.Event))
		}
	}
	return nil
}

func sentence(e Event) string { return "E" + e.String()[1:] }

// findSurplus names rows beside the tree: hashes past its end and leaves far from
// the others.
func (v *verification) findSurplus() error {
	rows, err := v.tx.Raw().Query(v.ctx,
		`select index from audit_hash where index >= $1 or index < 0 order by index limit 100`, tlog.StoredHashCount(v.size))
	if err != nil {
		return err
	}
	indexes, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	for _, index := range indexes {
		v.add(TreeHash, nil, nil, "Tree hash %d belongs to no record: it was slipped in, or the log's end cut off.", index)
	}
	if err != nil {
		return err
	}
	rows, err = v.tx.Raw().Query(v.ctx,
		`select seq, event_id from audit_leaf where seq >= $1 or seq < 0 order by seq limit 100`, v.size)
	if err != nil {
		return err
	}
	var seq, event int64
	_, err = pgx.ForEachRow(rows, []any{&seq, &event}, func() error {
		v.add(Leaf, new(event), new(seq), "The leaf at no. %d, for event %d, lies outside the tree: it was slipped in.", seq, event)
		return nil
	})
	return err
}
