package page

import (
	"strconv"

	"interlock/web/ui"
)

// Exception is GET /exceptions/{exception}: one entry of the register with what
// protects the asset meanwhile, the scores and the whole history.
type Exception struct {
	Shell       ui.Shell
	ID          string
	Title       string
	Lede        string
	Base        string // /exceptions/7
	Place       ui.Place
	Asset       ui.Link
	What        string // "Kessel K7-400, installed 2009, Osterby, Line 2"
	Safety      bool
	Chips       []ui.Chip
	Steps       []ui.Step
	Warn        string // with WarnTitle: what needs somebody now
	WarnTitle   string
	Controls    []ExceptionControl
	Facts       []ui.Fact
	Scores      []ScoreRow
	History     []ui.Event
	Leaning     []LeaningRow
	LeanCount   int
	Decision    *ExceptionDecision
	Saved       string
	Edit        string // address; "" when there is nothing to edit
	Submit      bool
	Withdraw    bool
	Renew       bool
	End         bool
	Add         bool // a control
	Files       []ExceptionFile
	Attach      string // where the form posts to; "" when nothing can be attached
	AttachError string
}

// ExceptionControl is one compensating control.
type ExceptionControl struct {
	ID, Title, Evidence, Method, Owner, Tested, Due string
	Result                                          ui.Chip
	Note                                            string
	Late, Dropped                                   bool
	Mine, MayDrop                                   bool
}

// ScoreRow is one scoring; Now marks what waits for an answer or counts.
type ScoreRow struct {
	Label, Band, By                                string
	Likelihood, People, Environment, Supply, Value string
	Now                                            bool
}

// LeaningRow is a grant on the asset.
type LeaningRow struct {
	Kind, Who, Href, Right, Privilege, Used string
}

// ExceptionDecision is what a risk officer decides.
type ExceptionDecision struct {
	Title, Text string
	NoApproval  string
	Back, No    string // what follows of the other two answers
	Error       string
	Reason      string
	Chosen      string
}

// ExceptionForm is GET /exceptions/new and /exceptions/{exception}/edit.
type ExceptionForm struct {
	Shell     ui.Shell
	Crumbs    []ui.Link
	Title     string
	Lede      string
	Action    string
	Hidden    []ui.Param
	For       []GapRow
	First     bool // also asks for the risk owner and the controls
	RiskOwner string
	Reason    string
	Reasons   []ui.Option
	Why       string
	Inherent  ScoreFields
	Residual  ScoreFields
	WayOut    string
	ReplaceOn string
	Outage    string
	Budget    string
	EndsAt    string
	Controls  []ControlFields
	Auto      AutoSave
	Longest   string // how long each band may last
	Error     string
	Field     string // which the error is about
}

// AutoSave is how a form saves itself as a draft: it posts do=auto to Action and
// takes this part of the answer. Carry is what the next time has to send.
type AutoSave struct {
	Action  string
	Carry   []ui.Param
	At      string
	Problem string
}

// ScoreFields are the four ratings as typed.
type ScoreFields struct {
	Prefix, Title                           string
	Likelihood, People, Environment, Supply string
}

// ControlFields are a control as typed. It counts when an owner is given.
type ControlFields struct {
	Title, Owner, Method, Every string
}

func (f ExceptionForm) err(field string) string {
	if f.Field == field {
		return f.Error
	}
	return ""
}

var (
	likelihoodOptions  = rated(likelihoodWords)
	consequenceOptions = rated(consequenceWords)
)

// rated are the ratings 1 to 5 with their words.
func rated(words []string) []ui.Option {
	var options []ui.Option
	for i, w := range words {
		n := strconv.Itoa(i + 1)
		options = append(options, ui.Option{Value: n, Label: n + " " + w})
	}
	return options
}

// shell is the frame with what keeps a lost connection quiet.
func (f ExceptionForm) shell() ui.Shell {
	s := f.Shell
	s.Scripts = append(s.Scripts[:len(s.Scripts):len(s.Scripts)], pollJS)
	return s
}
