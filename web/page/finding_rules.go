package page

import (
	"net/url"
	"slices"

	"interlock/web/ui"
)

// Policies is GET /findings/policies: what may be used on both sides of the
// boundary. One is made on the page of the finding that it answers.
type Policies struct {
	Shell ui.Shell
	Tabs  []ui.View
	Rows  []PolicyRow
	May   bool // may make and end them
}

// PolicyRow is one crossing policy.
type PolicyRow struct {
	Who    Who
	Key    string
	Secret string // only this one; "" for all of the identity
	Why    string
	Owner  Who
	Since  string
	By     string
	Ends   string
	State  ui.Chip
	End    string // where to end it; "" for who may not, and when it is over
}

// Combinations is GET /findings/combinations: rights that must not come together.
type Combinations struct {
	Shell   ui.Shell
	Tabs    []ui.View
	Rows    []CombinationRow
	May     bool // may make and end them
	Classes []string
	Typed   url.Values // a new one that was refused
	Error   string
	Field   string
}

// CombinationRow is one of them.
type CombinationRow struct {
	ID            int64
	Name          string
	Why           string
	First, Second string // "engineer or admin on plc, ews"
	Owner         Who    // Gone without a name: nobody answers for it yet
	Made          string
	Open          ui.Link
}

func (p Combinations) at(field string) string {
	if p.Field == field {
		return p.Error
	}
	return ""
}

// elsewhere is why it was refused, when that is about no field of the form.
func (p Combinations) elsewhere() string {
	if p.Typed == nil || slices.Contains([]string{"name", "why", "owner", "first_classes", "second_classes"}, p.Field) {
		return ""
	}
	return p.Error
}

func (p Combinations) has(field, value string) bool { return slices.Contains(p.Typed[field], value) }

var (
	sideOptions      = []ui.Option{{Value: "first", Label: "One right"}, {Value: "second", Label: "The other right"}}
	privilegeOptions = []ui.Option{{Value: "view", Label: "view"}, {Value: "operate", Label: "operate"}, {Value: "engineer", Label: "engineer"}, {Value: "admin", Label: "admin"}}
)
