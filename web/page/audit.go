package page

import "interlock/web/ui"

// Audit is GET /audit: what happened, newest first.
//
// Query: actor, action, object (kind:id), campaign (number), from and to (dates),
// q (text), before (what Pager carries). /audit.csv takes the same.
type Audit struct {
	Shell   ui.Shell
	Lede    string
	Head    AuditHead
	Filter  AuditFilter
	Actions []string // known, to choose from
	Events  []AuditEvent
	Pager   ui.Pager
	CSV     string
}

// AuditHead is how the log stands. Late counts events that are older than a
// minute and not in the tree: an alarm.
type AuditHead struct {
	Events   int
	Signed   int    // events under the last signed checkpoint
	SignedAt string // "12 Nov 2026, 14:06:31"; "" for never
	Late     int
	Alarm    string // anything worse, such as a log that no longer fits what was signed
}

// AuditFilter is the filter as typed.
type AuditFilter struct {
	Actor, Action, Object, Campaign, From, To, Q string
	Errors                                       map[string]string // by name of field
}

// AuditEvent is one event.
type AuditEvent struct {
	ID       string
	At       string // "12 Nov 2026, 14:06:31"
	Zone     string // "CET"
	Actor    string
	Action   string // campaign.launched
	Object   string // campaign:3
	Href     string // of the object; "" when it has no page
	Essence  string // in a few words: "Certified, 12 items"; "" where the facts are few
	Detail   []AuditDetail
	Position string // "1,204": its place in the tree; "" while it has none
}

// AuditDetail is one fact of an event.
type AuditDetail struct {
	Key   string
	Value string
}

func (f AuditFilter) any() bool {
	return f.Actor+f.Action+f.Object+f.Campaign+f.From+f.To+f.Q != ""
}

// long tells whether a detail is too much to stand in the row.
func (e AuditEvent) long() bool {
	n := 0
	for _, d := range e.Detail {
		n += len(d.Key) + len(d.Value)
	}
	return len(e.Detail) > 4 || n > 160
}

func (e AuditEvent) brief() string {
	if len(e.Detail) == 1 {
		return e.Detail[0].Key
	}
	return ui.Plural(len(e.Detail), "fact", "facts")
}

func (h AuditHead) figures() []ui.Figure {
	signed := ui.Figure{Title: "Last signed", Value: orElse(h.SignedAt, "never"), Sub: ui.Plural(h.Signed, "event is", "events are") + " under the signature"}
	late := ui.Figure{Title: "Older than a minute, not in the tree", Value: ui.Thousands(h.Late), Sub: "every event is where it belongs"}
	if h.Late > 0 {
		late.Tone, late.Sub = "bad", "see the note"
	}
	return []ui.Figure{{Title: "Events", Value: ui.Thousands(h.Events), Sub: "none is ever changed or removed"}, signed, late}
}
