package exception

import "time"

// Score is one rating on the 5x5 matrix: how likely, and how bad for people, the
// environment and supply, each 1 to 5. The worst axis counts, so that harm to
// people is never averaged away.
type Score struct {
	Likelihood, People, Environment, Supply int16
}

// Consequence is the worst axis.
func (s Score) Consequence() int16 { return max(s.People, s.Environment, s.Supply) }

// Value is likelihood times consequence, 1 to 25; 0 when it is not rated whole.
func (s Score) Value() int16 {
	if !s.whole() {
		return 0
	}
	return s.Likelihood * s.Consequence()
}

func (s Score) whole() bool {
	for _, v := range []int16{s.Likelihood, s.People, s.Environment, s.Supply} {
		if v < 1 || v > 5 {
			return false
		}
	}
	return true
}

// Band is a step of risk.
type Band string

// The bands of a score: 1-4, 5-9, 10-16 and 20-25; no product of 1 to 5 lies between.
const (
	Low      Band = "low"
	Medium   Band = "medium"
	High     Band = "high"
	Critical Band = "critical"
)

// Beyond is above every band: it is what approves a critical exception past its renewals.
const Beyond Band = "beyond"

// Bands lists them upwards.
func Bands() []Band { return []Band{Low, Medium, High, Critical} }

// BandOf is the band of a score's value.
func BandOf(value int16) Band {
	switch {
	case value >= 20:
		return Critical
	case value >= 10:
		return High
	case value >= 5:
		return Medium
	}
	return Low
}

const day = 24 * time.Hour

// Appetite is the residual score from which an exception is above what the
// company accepts.
const Appetite = 15

// rank orders the bands and what is beyond them.
func (b Band) rank() int {
	for i, known := range append(Bands(), Beyond) {
		if b == known {
			return i
		}
	}
	return -1
}

// Wants is the approver an exception needs: who may approve its band and, past
// its renewals, the next higher.
func (b Band) Wants(renewals int) Band {
	if renewals <= Renewals {
		return b
	}
	return append(Bands(), Beyond)[b.rank()+1]
}
