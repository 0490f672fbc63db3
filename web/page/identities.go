package page

import "interlock/web/ui"

// Identities is GET /identities: everything that can be granted access.
//
// Query: kind, q (text in name, e-mail or id), status (active, leave, disabled,
// left, gone), source, domain (it, dmz, ot, external, none), department, owner (an
// e-mail, an id, a name, none or gone), access (standing, crossing, none), contract
// (past, none), where (CEL), sort (name, kind, department, seen; with a minus to
// turn it round), as_of (a day), after (what Pager carries). /identities.csv takes
// the same.
type Identities struct {
	Inventory
	Filter  IdentityFilter
	Views   []ui.View // by kind
	Sources []ui.Option
	Head    []ui.SortHeader // identity, kind, home, last seen
	Rows    []IdentityRow
	Pager   ui.Pager
	CSV     string
}

// IdentityFilter is the filter as typed.
type IdentityFilter struct {
	Kind, Text, Status, Source, Domain, Department, Owner, Access, Contract, Where, Sort, AsOf string
	Filtered                                                                                   bool
	Clear                                                                                      string // address without any
	Error                                                                                      string // of where
}

// IdentityRow is one identity.
type IdentityRow struct {
	Who      Who
	Kind     string // "Service"
	Key      string // source:id
	Email    string
	Status   ui.Chip // without text: active
	Domain   string
	Unit     string // department or organisation
	Person   bool   // its manager answers for it, not an owner
	Owner    Who
	Grants   int
	Crossing int
	Highest  string
	Seen     string // "3 days ago"; "" for never
}

var (
	statusOptions = []ui.Option{{Value: "active", Label: "Active"}, {Value: "leave", Label: "On leave"}, {Value: "disabled", Label: "Disabled"}, {Value: "left", Label: "Left"}, {Value: "gone", Label: "No longer in its source"}}
	domainOptions = []ui.Option{{Value: "it", Label: "IT"}, {Value: "dmz", Label: "DMZ"}, {Value: "ot", Label: "OT"}, {Value: "external", Label: "External"}, {Value: "none", Label: "Unknown"}}
	accessOptions = []ui.Option{{Value: "standing", Label: "Without end date"}, {Value: "crossing", Label: "To the other side"}, {Value: "safety", Label: "Safety, in the end"}, {Value: "none", Label: "None"}}
)

// ownerOptions offers whom was asked for beside the usual questions.
func ownerOptions(asked string) []ui.Option {
	list := []ui.Option{{Value: "none", Label: "Nobody"}, {Value: "gone", Label: "Somebody who has left"}}
	if asked != "" && asked != "none" && asked != "gone" {
		list = append(list, ui.Option{Value: asked, Label: asked})
	}
	return list
}

// carried are what the form of the filter keeps although it has no field for it.
func (f IdentityFilter) carried() []ui.Param {
	return carry("kind", f.Kind, "contract", f.Contract, "sort", f.Sort, "as_of", f.AsOf)
}

// carry makes parameters of names and values, but of empty ones.
func carry(pairs ...string) (list []ui.Param) {
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			list = append(list, ui.Param{Name: pairs[i], Value: pairs[i+1]})
		}
	}
	return list
}
