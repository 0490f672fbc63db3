package page

import "interlock/web/ui"

// ExceptionMine is GET /exceptions/mine: what concerns the reader in the register.
type ExceptionMine struct {
	Shell    ui.Shell
	Register bool // the reader may open the register
	Lede     string
	Controls []MyControl
	More     int // controls that are not shown
	Assets   []MyAsset
	Error    string
}

// MyControl is a control that the reader tests.
type MyControl struct {
	ID, Number, Href, Title, Method, Evidence string
	Cannot, Asset, Where, Tested, Due, DueIn  string
	Place                                     ui.Place
	Safety, Late                              bool
	Result                                    ui.Chip
	Note                                      string // what the last test showed
	Test, Attach                              string // where the forms post to
	Typed                                     string // what was typed, when it was refused
	Problem                                   string
}

// MyAsset is the exception of an asset that the reader answers for.
type MyAsset struct {
	Number, Href, Asset, Where, Cannot, WayOut, Ends, EndNote string
	Place                                                     ui.Place
	Safety, Late                                              bool
	State                                                     ui.Chip
}

// ExceptionRules is GET /exceptions/rules: what the register goes by.
type ExceptionRules struct {
	Shell    ui.Shell
	Change   bool
	Levels   []RuleLevel
	Columns  []string // capabilities, as people say them
	Gaps     string
	Bands    []RuleBand
	Officers []RuleOfficer
	Error    string // of a form
	Field    string
}

// RuleLevel is a row of the requirements.
type RuleLevel struct {
	Level string
	What  string // "basic control"
	Boxes []RuleBox
}

// RuleBox is a requirement.
type RuleBox struct {
	Value string // 3.5.mfa
	Label string
	On    bool
}

// RuleBand is how long an exception of a band may last.
type RuleBand struct {
	Band, Label, Scores, Days string
}

// RuleOfficer is how high a risk officer may approve.
type RuleOfficer struct {
	Email, Name, Sites, UpTo, By string
	Self                         bool
}

func (p ExceptionRules) err(field string) string {
	if p.Field == field {
		return p.Error
	}
	return ""
}

var upTo = []ui.Option{
	{Value: "low", Label: "low"}, {Value: "medium", Label: "medium"}, {Value: "high", Label: "high"}, {Value: "critical", Label: "critical"},
	{Value: "beyond", Label: "critical past its renewals"},
}

// ExceptionFile is an attachment.
type ExceptionFile struct {
	Href, Name, Type, Size, Hash, By, When string
}
