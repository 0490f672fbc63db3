package page

import "interlock/web/ui"

// Mails is GET /mail: what was and is to be sent, newest first.
//
// Query: state (waiting, sent, failed; "" for all), before (what Pager carries).
type Mails struct {
	Shell  ui.Shell
	Lede   string
	NoSMTP bool // no mail server is set
	Views  []ui.View
	All    bool // the view of all is chosen
	Rows   []MailRow
	Pager  ui.Pager
}

// MailRow is one mail in the list.
type MailRow struct {
	Href     string // /mail/{id}
	Subject  string
	To       ui.Person
	State    string // waiting, sent, failed
	When     string // made: "12 Nov 2026, 14:06"
	Next     string // "sent 14:06", "next try 14:20", "after 5 tries"
	Attempts int
	Error    string // the last
}

// Mail is GET /mail/{id}. The HTML part is GET /mail/{id}/html, shown in a
// sandboxed frame: this page's policy needs frame-src 'self', and the part must
// be sent with its own policy (default-src 'none'; style-src 'unsafe-inline';
// frame-ancestors 'self'). Try again posts to RetryAction without fields.
type Mail struct {
	Shell       ui.Shell
	Subject     string
	State       string
	NoSMTP      bool
	Facts       []ui.Fact // from, to, made, sent, tries ...
	Text        string
	HTMLHref    string // /mail/{id}/html; "" when there is no such part
	Linked      bool   // a single-use link was in it, which is not shown here
	LastError   string
	RetryAction string // of a failed one
}

// MailState is the chip of a state of mails.
func MailState(state string) ui.Chip {
	switch state {
	case "waiting":
		return ui.Chip{Text: "Waiting", Icon: "hourglass"}
	case "sent":
		return ui.Chip{Text: "Sent", Icon: "send"}
	case "failed":
		return ui.Chip{Text: "Failed", Tone: "bad", Icon: "alert-triangle"}
	}
	return ui.Chip{Text: state, Tone: "unknown"}
}
