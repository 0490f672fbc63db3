package audit_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"interlock/internal/audit"
)

func TestTampering(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		sql    string
		kind   string
		event  string
		seq    string
		within string
	}{
		"event changed":      {`update audit_event set actor = 'x' where id = 5`, audit.Changed, "5", "4", "event 5 (test.happened by x at 2026-11-12T09:00:00Z)"},
		"detail changed":     {`update audit_event set detail = '{"n": 4, "text": "b"}' where id = 5`, audit.Changed, "5", "4", "event 5"},
		"event removed":      {`delete from audit_event where id = 5`, audit.Removed, "5", "4", "Event 5, no. 4"},
		"event inserted":     {`insert into audit_event (at, actor, action, object, detail) values (now(), 'x', 'a.b', 'c:1', '{}')`, audit.Inserted, "21", "-", "slipped in"},
		"leaf changed":       {`update audit_leaf set hash = sha256('x') where seq = 4`, audit.Leaf, "5", "4", "leaf of event 5"},
		"leaf cut":           {`update audit_leaf set hash = 'x' where seq = 4`, audit.Leaf, "5", "4", "leaf of event 5"},
		"leaf moved":         {`update audit_leaf set event_id = 99 where seq = 4`, audit.Removed, "99", "4", "Event 99"},
		"leaf removed":       {`delete from audit_leaf where seq = 4`, audit.Leaf, "5", "4", "event 5"},
		"leaves removed":     {`delete from audit_leaf where seq between 4 and 9`, audit.Leaf, "-", "4", "no. 4 to 9"},
		"leaf inserted":      {`insert into audit_leaf values (20, 99, sha256('x'))`, audit.Removed, "99", "20", "Event 99"},
		"leaf far out":       {`insert into audit_leaf values (9000000000, 99, sha256('x'))`, audit.Leaf, "99", "9000000000", "outside the tree"},
		"leaf before":        {`insert into audit_leaf values (-1, 99, sha256('x'))`, audit.Leaf, "99", "-1", "outside the tree"},
		"hash changed":       {`update audit_hash set hash = sha256('x') where index = 2`, audit.TreeHash, "-", "0", "Tree hash 2, over no. 0 to 1"},
		"low hash changed":   {`update audit_hash set hash = sha256('x') where index = 0`, audit.TreeHash, "-", "0", "Tree hash 0, over no. 0"},
		"hash removed":       {`delete from audit_hash where index = 2`, audit.TreeHash, "-", "0", "is missing"},
		"hash inserted":      {`insert into audit_hash values (5000, sha256('x'))`, audit.TreeHash, "-", "-", "Tree hash 5000"},
		"root changed":       {`update audit_checkpoint set root = sha256('x') where size = 10`, audit.Checkpoint, "-", "-", "at 10 events"},
		"note changed":       {`update audit_checkpoint set note = replace(note, 'audit', 'audiT') where size = 10`, audit.Signature, "-", "-", "at 10 events"},
		"note swapped":       {`update audit_checkpoint set note = (select note from audit_checkpoint where size = 20) where size = 10`, audit.Checkpoint, "-", "-", "at 10 events"},
		"size changed":       {`update audit_checkpoint set size = 11 where size = 10`, audit.Checkpoint, "-", "-", "at 11 events"},
		"checkpoint removed": {`delete from audit_checkpoint where size = 10`, audit.Checkpoint, "-", "-", "at 10 events was removed"},
		"last one removed":   {`delete from audit_checkpoint where size = 20`, audit.Unsigned, "-", "10", "no. 10 to 19"},
		"checkpoint made up": {`insert into audit_checkpoint values (15, sha256('x'), 'interlock audit', now())`, audit.Signature, "-", "-", "at 15 events"},
		"beyond the tree":    {`insert into audit_checkpoint values (99, sha256('x'), 'interlock audit', now())`, audit.Checkpoint, "-", "-", "over 99 events"},
		"key removed":        {`delete from audit_key`, audit.Signature, "-", "-", "at 10 events"},
		"log cut off":        {`delete from audit_event where id > 15; delete from audit_leaf where seq > 14; delete from audit_hash where index >= 26`, audit.Checkpoint, "-", "-", "the log was cut"},
		"still waiting":      {`insert into audit_pending values (77)`, audit.Removed, "77", "-", "Event 77"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := setUp(t)
			f.write(t, 10)
			f.seal(t)
			f.write(t, 10)
			f.seal(t)
			f.clock.Advance(time.Hour)
			f.whole(t, 20)
			for _, table := range []string{"event", "leaf", "hash", "checkpoint", "key"} {
				f.exec(t, `alter table audit_`+table+` disable trigger user`)
			}
			f.exec(t, c.sql)
			r := f.verify(t)
			named := slices.ContainsFunc(r.Problems, func(p audit.Problem) bool {
				return p.Kind == c.kind && ptr(p.Event) == c.event && ptr(p.Seq) == c.seq && strings.Contains(p.What, c.within)
			})
			if r.OK || !named {
				t.Errorf("not named: %v", r.Problems)
			}
			for _, p := range r.Problems {
				t.Log(p.Kind, ptr(p.Event), ptr(p.Seq), p.What)
			}
		})
	}
}
