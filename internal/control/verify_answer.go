package control

import (
	"encoding/json"
	"fmt"
	"hash/maphash"

	"interlock/internal/audit"
)

// answers are those the audit log speaks of, until a row of the decisions is found
// for each. They are kept by a short sum, so that a million fit in memory.
type answers struct {
	seed maphash.Seed
	left map[uint64]answer
	full bool
}

type answer struct {
	seq, item int64
	times     int    // said so alike
	note      uint64 // its sum; 0 when the event does not tell it for this item
	entered   uint64 // the sum of who entered it for the reviewer
}

func newAnswers() *answers { return &answers{seed: maphash.MakeSeed(), left: map[uint64]answer{}} }

// said takes in an event, if it tells of answers.
func (a *answers) said(e audit.Event, seq int64) {
	switch e.Action {
	case "review.decided":
		a.decided(e, seq)
	case "review.undone":
		a.undone(e, seq)
	}
}

func (a *answers) decided(e audit.Event, seq int64) {
	var d struct {
		Items []struct {
			Item     int64  `json:"item"`
			Decision string `json:"decision"`
			ReduceTo int64  `json:"reduce_to"`
			Note     string `json:"note"`
		} `json:"items"`
		Bulk     bool   `json:"bulk"`
		Note     string `json:"note"`
		Reviewer string `json:"reviewer"`
	}
	if json.Unmarshal(e.Detail, &d) != nil {
		return
	}
	reviewer, entered := reviewerOf(e, d.Reviewer)
	for _, i := range d.Items {
		row := decisionRow{Item: i.Item, Decision: i.Decision, ReduceTo: i.ReduceTo, DecidedBy: reviewer, DecidedAt: e.At, Bulk: d.Bulk}
		kept := answer{seq: seq, item: i.Item, entered: a.sum(entered)}
		switch {
		case i.Note != "":
			kept.note = a.sum(i.Note)
		case len(d.Items) == 1 || d.Note != "":
			kept.note = a.sum(d.Note)
		}
		a.keep(row, kept)
	}
}

func (a *answers) undone(e audit.Event, seq int64) {
	var d struct {
		Items    []int64 `json:"items"`
		Reviewer string  `json:"reviewer"`
	}
	if json.Unmarshal(e.Detail, &d) != nil {
		return
	}
	reviewer, entered := reviewerOf(e, d.Reviewer)
	for _, item := range d.Items {
		row := decisionRow{Item: item, Decision: "undo", DecidedBy: reviewer, DecidedAt: e.At}
		a.keep(row, answer{seq: seq, item: item, entered: a.sum(entered)})
	}
}

// reviewerOf is who answered: the actor, unless the event names for whom the actor
// entered it.
func reviewerOf(e audit.Event, reviewer string) (decided, entered string) {
	if reviewer == "" || reviewer == e.Actor {
		return e.Actor, ""
	}
	return reviewer, e.Actor
}

func (a *answers) keep(row decisionRow, kept answer) {
	if len(a.left) == maxAnswers {
		a.full = true
		return
	}
	key := a.key(row)
	if other, again := a.left[key]; again {
		kept.times = other.times
		if kept.note != other.note {
			kept.note = 0
		}
		if kept.entered != other.entered {
			kept.entered = 0
		}
	}
	kept.times++
	a.left[key] = kept
}

// has tells whether the audit log speaks of this row.
func (a *answers) has(row decisionRow) bool {
	key := a.key(row)
	kept, ok := a.left[key]
	if !ok {
		return a.full
	}
	if kept.times--; kept.times == 0 {
		delete(a.left, key)
	} else {
		a.left[key] = kept
	}
	var entered string
	if row.EnteredBy != nil && (json.Unmarshal(row.EnteredBy, &entered) != nil || kept.entered != 0 && kept.entered != a.sum(entered)) {
		return false
	}
	return kept.note == 0 || kept.note == a.sum(row.Note)
}

// leftOver names answers of the audit log that no row tells of.
func (a *answers) leftOver(r *Report) {
	for _, kept := range a.left {
		r.problem("%s: item %d was answered by event no. %d of the audit log; there is no row for it.", decisionsFile, kept.item, kept.seq)
	}
}

func (a *answers) key(d decisionRow) uint64 {
	if d.Decision == "undo" {
		d.Bulk = false
	}
	return a.sum(fmt.Sprintf("%d %s %d %q %d %t", d.Item, d.Decision, d.ReduceTo, d.DecidedBy, d.DecidedAt.UnixMicro(), d.Bulk))
}

func (a *answers) sum(s string) uint64 { return maphash.String(a.seed, s) | 1 }
