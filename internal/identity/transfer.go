package identity

import (
	"time"

	"interlock/internal/errs"
)

// Transfer is where the handing over of one thing's ownership stands.
type Transfer string

// A transfer begins as an offer. Accepted counts over what the source says, until
// it is ended.
const (
	Offered   Transfer = "offered"
	Accepted  Transfer = "accepted"
	Declined  Transfer = "declined"
	Withdrawn Transfer = "withdrawn"
	Expired   Transfer = "expired"
	Ended     Transfer = "ended"
)

// Transfers lists every state.
func Transfers() []Transfer {
	return []Transfer{Offered, Accepted, Declined, Withdrawn, Expired, Ended}
}

type step string

const (
	accept   step = "accept"
	decline  step = "decline"
	withdraw step = "withdraw"
	lapse    step = "lapse"
	end      step = "end"
)

var steps = map[Transfer]map[step]Transfer{
	Offered:  {accept: Accepted, decline: Declined, withdraw: Withdrawn, lapse: Expired},
	Accepted: {end: Ended},
}

var sofar = map[Transfer]string{
	Offered:   "This offer is still waiting for an answer.",
	Accepted:  "This offer was accepted already.",
	Declined:  "This offer was declined already.",
	Withdrawn: "This offer was withdrawn. Load the page again to see what is offered now.",
	Expired:   "This offer has expired. Ask for a new one.",
	Ended:     "This ownership was handed on already.",
}

// next says where a step leads, or refuses it with the state as the reason.
func next(t Transfer, s step) (Transfer, error) {
	if to, ok := steps[t][s]; ok {
		return to, nil
	}
	return t, errs.Conflictf("%s", sofar[t])
}

// at is the state at a moment: an offer whose time is over has expired, whether or
// not anybody has written that down.
func (t Transfer) at(now, expires time.Time) Transfer {
	if t == Offered && !now.Before(expires) {
		return Expired
	}
	return t
}
