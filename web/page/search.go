package page

import "interlock/web/ui"

// Search is GET /search: whom and what a few letters find.
//
// Query: q.
type Search struct {
	Shell      ui.Shell
	Q          string
	Short      bool // too little to look for
	Identities []FoundIdentity
	Assets     []FoundAsset
	More       string // "only the first 20 of each are shown"
}

// FoundIdentity is an identity that was found.
type FoundIdentity struct {
	Who    Who
	Kind   string
	Key    string // source:id
	Email  string
	Unit   string
	Status ui.Chip
}

// FoundAsset is an asset that was found.
type FoundAsset struct {
	Asset ui.Link
	Key   string // source:id
	Class string
	Place ui.Place
	Where string
	Gone  string
}
