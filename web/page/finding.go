package page

import (
	"net/url"

	"interlock/web/ui"
)

// Finding is GET /findings/{id}: one finding, what is known around it, what
// happened to it, and what one can do.
type Finding struct {
	Shell       ui.Shell
	Title       string
	Note        string // the fact
	Rule        ui.Link
	ID          string
	Severity    string
	Chips       []ui.Chip
	Closed      string    // that and since when it is over
	Text        *RuleText // nil for a rule that is no longer looked by
	Facts       []ui.Fact
	History     []ui.Event
	Links       []ui.Link
	Base        string
	Known       *FindingKnown // somebody lives with it now
	WhyNot      string        // why the reader may not acknowledge it
	Acknowledge *FindingForm  // each nil for who may not, or where it does not fit
	Review      *FindingForm
	Allow       *FindingForm
}

// FindingKnown is an acknowledgement that holds.
type FindingKnown struct {
	By, Since, Until, Reason string
	MayEnd                   bool
	Error                    string
}

// FindingForm is one of the forms, as typed.
type FindingForm struct {
	Reason, Until, Owner string
	First, Last          string // days that can be chosen
	Ends                 int
	Hint                 string
	Error, Field         string // what was refused, and at which field
}

// Refuse puts what was typed into a form back, with why it was refused. It is false
// when that form is not there.
func (p *Finding) Refuse(form string, typed url.Values, why, field string) bool {
	if form == "takeback" && p.Known != nil {
		p.Known.Error = why
		return true
	}
	f := map[string]*FindingForm{"acknowledge": p.Acknowledge, "review": p.Review, "allow": p.Allow}[form]
	if f == nil {
		return false
	}
	f.Reason, f.Owner, f.Error, f.Field = typed.Get(reasonField[form]), typed.Get("owner"), why, field
	if day := typed.Get("until") + typed.Get("ends"); day != "" {
		f.Until = day
	}
	return true
}

// reasonField is what each form calls its reason.
var reasonField = map[string]string{"acknowledge": "reason", "review": "note", "allow": "why"}

// at is why one field was refused.
func (f *FindingForm) at(field string) string {
	if f.Field == field {
		return f.Error
	}
	return ""
}

// whole is why the form was refused, when no field of it is to blame.
func (f *FindingForm) whole(fields ...string) string {
	for _, name := range fields {
		if f.Field == name {
			return ""
		}
	}
	return f.Error
}
