// Package exception is the register of legacy assets that cannot do what their
// level asks for. An exception is for one asset and one capability; it says why,
// what protects the asset meanwhile, how much risk is left and when it ends.
//
// A revision is what somebody asks for, first and at each renewal. Requester,
// approver and the testers of its controls are different people, by every name
// they have; the database keeps that. An exception always ends: whether it is in
// force is worked out at the time asked for, whatever a job has done (see
// exception_at), and it is suspended when a control stayed failed or overdue for
// longer than Grace. Access on an asset with an exception counts as excepted, never
// as certified.
package exception

import (
	"time"

	"interlock/internal/errs"
	"interlock/internal/store"
)

// Service runs the register.
type Service struct{ db *store.DB }

// New makes the service.
func New(db *store.DB) *Service { return &Service{db} }

// Grace is how long a control may be failed or overdue before its exception is
// suspended.
const Grace = 14 * 24 * time.Hour

// Renewals is how often an exception is renewed by whom its band asks for; each
// one beyond wants the next higher approver.
const Renewals = 3

// State of an exception or, up to its answer, of a revision.
type State string

// The states. Ahead, Active, Suspended and Expired are worked out of approved and
// the time; the others are stored.
const (
	Draft            State = "draft"
	Submitted        State = "submitted"
	ChangesRequested State = "changes_requested"
	Approved         State = "approved" // its time has not begun
	Active           State = "active"
	Suspended        State = "suspended"
	Expired          State = "expired"
	Rejected         State = "rejected"
	Withdrawn        State = "withdrawn"
	Revoked          State = "revoked"
	Closed           State = "closed"
)

// States lists every state in the order of a life.
func States() []State {
	return []State{Draft, Submitted, ChangesRequested, Approved, Active, Suspended, Expired, Rejected, Withdrawn, Revoked, Closed}
}

// Event is what moves an exception.
type Event string

// The events. Close is for what is no longer needed: the capability is there or
// the asset is gone.
const (
	Submit   Event = "submit"
	SendBack Event = "send back"
	Approve  Event = "approve"
	Reject   Event = "reject"
	Withdraw Event = "withdraw"
	Begin    Event = "begin"
	Suspend  Event = "suspend"
	Expire   Event = "expire"
	Revoke   Event = "revoke"
	Close    Event = "close"
	Renew    Event = "renew"
)

// Events lists every event.
func Events() []Event {
	return []Event{Submit, SendBack, Approve, Reject, Withdraw, Begin, Suspend, Expire, Revoke, Close, Renew}
}

// moves is the life of an exception. Renew opens a new revision beside it and
// changes nothing yet; approving that revision is Approve again, which is also
// what ends a suspension.
var moves = map[State]map[Event]State{
	Draft:            {Submit: Submitted, Withdraw: Withdrawn, Close: Closed},
	Submitted:        {SendBack: ChangesRequested, Approve: Approved, Reject: Rejected, Withdraw: Withdrawn, Close: Closed},
	ChangesRequested: {Submit: Submitted, Withdraw: Withdrawn, Close: Closed},
	Approved:         {Begin: Active, Revoke: Revoked, Close: Closed},
	Active:           {Renew: Active, Approve: Active, Suspend: Suspended, Expire: Expired, Revoke: Revoked, Close: Closed},
	Suspended:        {Renew: Suspended, Approve: Active, Expire: Expired, Revoke: Revoked, Close: Closed},
}

// next says where an event leads, or refuses it with the state as the reason.
func next(s State, e Event) (State, error) {
	if to, ok := moves[s][e]; ok {
		return to, nil
	}
	return s, errs.Conflictf("This exception is %s; it cannot %s now.", s.Words(), e)
}

// InForce tells whether it covers its asset.
func (s State) InForce() bool { return s == Active }

// Over tells whether nothing can happen to it any more.
func (s State) Over() bool { return len(moves[s]) == 0 }

// Words is the state as people say it.
func (s State) Words() string {
	switch s {
	case ChangesRequested:
		return "sent back for changes"
	case Approved:
		return "approved, but has not begun"
	}
	return string(s)
}

// revision is the smaller life of what is asked for.
var revision = map[State]map[Event]State{
	Draft:            {Submit: Submitted, Withdraw: Withdrawn},
	Submitted:        {SendBack: ChangesRequested, Approve: Approved, Reject: Rejected, Withdraw: Withdrawn},
	ChangesRequested: {Submit: Submitted, Withdraw: Withdrawn},
}

func nextRevision(s State, e Event) (State, error) {
	if to, ok := revision[s][e]; ok {
		return to, nil
	}
	return s, errs.Conflictf("This request is %s; it cannot %s now.", s.Words(), e)
}
