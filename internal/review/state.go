package review

import "interlock/internal/errs"

// State of a campaign.
type State string

// The states, in their order. Cancelled can follow any before the close: once
// closing led to remediating, work is under way and the outcome stands.
const (
	Draft       State = "draft"
	Launching   State = "launching"
	Active      State = "active"
	Paused      State = "paused"
	Signing     State = "signing"
	Remediating State = "remediating"
	Closed      State = "closed"
	Cancelled   State = "cancelled"
)

// States lists every state.
func States() []State {
	return []State{Draft, Launching, Active, Paused, Signing, Remediating, Closed, Cancelled}
}

type move string

const (
	start    move = "launch"
	launched move = "open"
	failed   move = "return to draft"
	pause    move = "pause"
	resume   move = "resume"
	allSign  move = "finish signing"
	reopen   move = "reopen"
	end      move = "close"
	settle   move = "settle"
	cancel   move = "cancel"
)

var moves = map[State]map[move]State{
	Draft:       {start: Launching, cancel: Cancelled},
	Launching:   {launched: Active, failed: Draft, cancel: Cancelled},
	Active:      {pause: Paused, allSign: Signing, end: Remediating, cancel: Cancelled},
	Paused:      {resume: Active, cancel: Cancelled},
	Signing:     {reopen: Active, end: Remediating, cancel: Cancelled},
	Remediating: {settle: Closed},
}

// next says where a move leads, or refuses it with the state as the reason.
func next(s State, m move) (State, error) {
	if to, ok := moves[s][m]; ok {
		return to, nil
	}
	return s, errs.Conflictf("This campaign is %s; it cannot %s now.", s, m)
}

// Open tells whether reviewers may answer.
func (s State) Open() bool { return s == Active || s == Signing }
