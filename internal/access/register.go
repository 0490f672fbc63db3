package access

import (
	"slices"
	"time"

	"interlock/internal/store"
)

// register are the names of an exception, which only the filter of its register
// knows, besides all others.
var register = []column{
	words("exception.state", "exception_state", "how it stands at this moment", known, "draft", "submitted", "changes_requested", "approved", "active", "suspended", "expired", "rejected", "withdrawn", "revoked", "closed"),
	words("exception.capability", "exception_capability", "what its asset cannot do", known, capabilities...),
	value("exception.score", integer, "f.exception_score", "likelihood times consequence of what stays, 1 to 25", maybe),
	value("exception.age_days", integer, since("f.exception_since"), "days since the asset became an exception, over all renewals and exceptions for the same", known),
	value("exception.ends_in_days", integer, "floor(extract(epoch from f.exception_ends - {now}) / 86400)", "days until it ends; below 0 when it has", maybe),
	value("exception.renewals", integer, "f.exception_renewals", "how often it was renewed", known),
	value("exception.drifting", boolean, "f.exception_drifting", "whether a control failed or is past its test", known),
	value("exception.waiting", boolean, "f.exception_waiting", "whether a request waits for a decision", known),
	value("exception.controls", integer, "f.exception_controls", "how many controls it has in use", known),
	words("exception.reason", "exception_reason", "why the asset cannot do it", maybe, "technical", "vendor_warranty", "safety_certification", "outage_window", "cost"),
	words("exception.risk_owner", "exception_risk_owner", "the mail address of its risk owner", known),
	words("exception.requested_by", "exception_requested_by", "the mail address of who asked", known),
}

// what access_fact would call the fields of an entry x of the register.
const ofException = `x.now_state as exception_state, x.capability as exception_capability, nullif(x.residual, 0) as exception_score, x.since as exception_since,
 x.valid_to as exception_ends, x.renewals as exception_renewals, x.failed + x.overdue > 0 as exception_drifting, x.latest_state = 'submitted' as exception_waiting,
 x.controls as exception_controls, x.reason as exception_reason, x.risk_owner as exception_risk_owner, x.latest_by as exception_requested_by`

// RegisterFields lists the names of an exception and, after them, every other.
func RegisterFields() []Field {
	var all []Field
	for _, c := range register {
		c.Values = slices.Clone(c.Values)
		all = append(all, c.Field)
	}
	return append(all, Fields()...)
}

// AddToRegister adds a condition to a query over entries x of the register and
// their assets a: of these alone if it names nothing else, or else that there is
// such a grant on the asset.
func AddToRegister(w *store.Where, expr string, now time.Time) error {
	s, err := compile(expr, now, true)
	if err != nil {
		return err
	}
	from := "(select " + ofException + ", " + ofAsset + ") f where "
	for r := range s.records {
		if r != "exception" && r != "asset" {
			from = "(select g.*, " + ofException + " from access_fact g where g.asset_id = a.id) f where "
		}
	}
	condition := "exists (select from " + from + s.Number(len(w.Args)+1) + ")"
	w.Args = append(w.Args, s.Args...)
	w.Add(condition)
	return nil
}
