// Package record tells what happened to a row of the inventory: from the states it
// was in, when it came, what changed, when it went and came back. It reads nothing;
// who owns the row says what its fields are called.
package record

import "time"

// Field is a named value of a state, in words.
type Field struct{ Name, Value string }

// State is what a source said of something from a moment on.
type State struct {
	From   time.Time
	Ended  *time.Time // when the source no longer had it
	Import int64      // that brought it; 0 when that is not known
	Fields []Field    // the same, in the same order, in every state
}

// What happened.
type What string

// What can happen to a row.
const (
	Seen     What = "seen"
	Changed  What = "changed"
	Ended    What = "ended"
	Returned What = "returned"
)

// Event is what happened at a moment. Changes is empty where it came or went.
type Event struct {
	At      time.Time
	What    What
	Changes []Change
	Import  int64
}

// Change is a field that has another value than before.
type Change struct{ Field, Was, Now string }

// Events tells what happened, newest first, of states in that order. A state that
// differs in no field from the one before is no event.
func Events(states []State) []Event {
	var out []Event
	for i, s := range states {
		if s.Ended != nil {
			out = append(out, Event{At: *s.Ended, What: Ended})
		}
		if i == len(states)-1 {
			return append(out, Event{At: s.From, What: Seen, Import: s.Import})
		}
		before := states[i+1]
		e := Event{At: s.From, What: Changed, Changes: changes(before.Fields, s.Fields), Import: s.Import}
		if before.Ended != nil {
			e.What = Returned
		}
		if e.What == Returned || len(e.Changes) > 0 {
			out = append(out, e)
		}
	}
	return out
}

func changes(was, now []Field) (list []Change) {
	for i, f := range now {
		if f.Value != was[i].Value {
			list = append(list, Change{f.Name, was[i].Value, f.Value})
		}
	}
	return list
}

// Since tells which state first said of a field what the newest says, with no gap.
func Since(states []State, field string) State {
	first := states[0]
	for _, s := range states[1:] {
		if s.Ended != nil || value(s, field) != value(first, field) {
			break
		}
		first = s
	}
	return first
}

func value(s State, field string) string {
	for _, f := range s.Fields {
		if f.Name == field {
			return f.Value
		}
	}
	return ""
}
