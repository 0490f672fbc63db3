// Package review is the main job: a campaign puts grants in front of the people
// who can answer for them, with the facts frozen as they were at launch, takes
// their answers and what they attest, and at the end makes of every answer, and
// of every silence, what the definition says. It does not carry anything out:
// that is remediation's work.
package review

import (
	"time"

	"interlock/internal/store"
)

// Service runs campaigns.
type Service struct {
	db    *store.DB
	apart int64 // how many items make a campaign that has a table of its own
}

// New makes the service.
func New(db *store.DB) *Service { return &Service{db: db, apart: 200_000} }

// Risk of an item, worst last. High and critical items are decided one by one
// and want a note.
type Risk int16

// The four rungs.
const (
	Low Risk = iota + 1
	Medium
	High
	Critical
)

func (r Risk) String() string {
	if r < Low || r > Critical {
		return "unknown"
	}
	return [...]string{"low", "medium", "high", "critical"}[r-1]
}

// Answer is what a reviewer can say of an item.
type Answer string

// The answers.
const (
	Certify Answer = "certify"
	Except  Answer = "certify_under_exception" // counts as excepted, while the exception is in force
	Revoke  Answer = "revoke"
	Reduce  Answer = "reduce"
	Unsure  Answer = "unsure"
)

// Valid tells whether a is one of the answers.
func (a Answer) Valid() bool {
	switch a {
	case Certify, Except, Revoke, Reduce, Unsure:
		return true
	}
	return false
}

// minutesPer is how long a careful answer takes, by risk: our estimate for
// planning, not a standard's. A low-risk item is usually decided with its group.
var minutesPer = map[Risk]float64{Low: 0.1, Medium: 0.4, High: 1.2, Critical: 1.5}

// Minutes estimates the reviewer's time for open items by risk.
func Minutes(open map[Risk]int64) int {
	var sum float64
	for r, n := range open {
		sum += minutesPer[r] * float64(n)
	}
	if sum > 0 && sum < 1 {
		return 1
	}
	return int(sum + 0.5)
}

// working tells how long long work may take before it is given up.
const working = 2 * time.Hour
