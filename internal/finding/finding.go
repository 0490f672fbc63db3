// Package finding says what is wrong: facts of the inventory that break a rule.
// A finding is computed, never typed in. It opens when the fact appears, keeps its
// age while the fact stays, and closes by itself when the fact is gone; one that
// comes back is a new finding with an age of its own. It can be acknowledged with a
// reason until a day, and is never deleted.
//
// The rules are the selects in rules.sql; each is merged into the table by one
// statement. What the rules allow is kept here too: crossing policies, the toxic
// combinations, and the reviews of break-glass use. The package changes no inventory.
package finding

import (
	"time"

	"interlock/internal/store"
)

// Service finds, shows and acknowledges.
type Service struct{ db *store.DB }

// New makes the service.
func New(db *store.DB) *Service { return &Service{db} }

// Severity is how grave a finding is.
type Severity int16

// The severities.
const (
	Low Severity = iota + 1
	Medium
	High
	Critical
)

var severityNames = []string{"", "low", "medium", "high", "critical"}

// String is its name.
func (s Severity) String() string {
	if s < Low || s > Critical {
		return ""
	}
	return severityNames[s]
}

// MarshalText writes its name.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// SeverityOf finds a severity by name.
func SeverityOf(name string) (Severity, bool) {
	for s := Low; s <= Critical; s++ {
		if s.String() == name {
			return s, true
		}
	}
	return 0, false
}

// MostDays is for how long at most a finding may be acknowledged; the database
// keeps the same in finding_severity.
func (s Severity) MostDays() int { return [...]int{0, 365, 180, 90, 30}[s] }

// working bounds one evaluation, waiting for another included.
const working = 10 * time.Minute
