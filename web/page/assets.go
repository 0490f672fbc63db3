package page

import "interlock/web/ui"

// Assets is GET /assets: the systems that grant access.
//
// Query: q (text in name, id, vendor or model), site (number), level (0, 1, 2, 3,
// 3.5, 4, 5, none), domain (it, dmz, ot, external, none), class, criticality (1 to
// 5), safety (yes), owner (an e-mail, an id, a name, none or gone), support (no,
// unknown, ...) with or without capability, source, where (CEL), gone (yes), sort
// (name, level, criticality, class, unknown; with a minus to turn it round), as_of
// (a day), after (what Pager carries). /assets.csv takes the same.
type Assets struct {
	Inventory
	Filter  AssetFilter
	Views   []ui.View // by level
	Sites   []ui.Option
	Classes []ui.Option
	Sources []ui.Option
	Head    []ui.SortHeader // asset, place, class, criticality, capabilities
	Rows    []AssetRow
	Pager   ui.Pager
	CSV     string
}

// AssetFilter is the filter as typed.
type AssetFilter struct {
	Text, Site, Level, Domain, Class, Criticality, Safety, Owner, Capability, Support, Source, Where, Gone, Sort, AsOf string
	Filtered                                                                                                           bool
	Clear                                                                                                              string // address without any
	Error                                                                                                              string // of where
}

// AssetRow is one asset.
type AssetRow struct {
	Name        string
	Href        string
	Key         string // source:id
	Class       string
	Maker       string // vendor and model
	Place       ui.Place
	Zone        string
	Site        string
	Criticality string // "4"; "" for unknown
	Safety      bool
	Gone        string // "no longer in plant-a"
	Owner       Who
	Can         int // of the nine capabilities: native, by a proxy or in part
	Cannot      int
	Unknown     int
	Holders     int
	Strong      int // of them with engineer or admin
	Crossing    int // of them from the other side
	Secrets     int // stored on it
}

// CapabilityWords are the nine, as people say them.
var CapabilityWords = []ui.Option{
	{Value: "mfa", Label: "Second factor"}, {Value: "federation", Label: "Sign-in from the directory"}, {Value: "individual_accounts", Label: "Accounts of one's own"},
	{Value: "rbac", Label: "Roles"}, {Value: "central_logging", Label: "Central logging"}, {Value: "rotation", Label: "Changing secrets"},
	{Value: "encryption", Label: "Encryption"}, {Value: "lockout", Label: "Lockout"}, {Value: "service_identity", Label: "Service identities"},
}

var (
	supportOptions     = []ui.Option{{Value: "no", Label: "Cannot"}, {Value: "unknown", Label: "Unknown"}, {Value: "partial", Label: "In part"}, {Value: "via_proxy", Label: "By a proxy"}, {Value: "native", Label: "By itself"}, {Value: "able", Label: "Either of these"}}
	criticalityOptions = []ui.Option{{Value: "5", Label: "5, highest"}, {Value: "4", Label: "4"}, {Value: "3", Label: "3"}, {Value: "2", Label: "2"}, {Value: "1", Label: "1, lowest"}}
	safetyOptions      = []ui.Option{{Value: "yes", Label: "Safety-related"}}
)

func (f AssetFilter) carried() []ui.Param {
	return carry("level", f.Level, "gone", f.Gone, "sort", f.Sort, "as_of", f.AsOf)
}
