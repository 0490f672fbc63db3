// Package intake brings a source's inventory in. A bundle of CSV files is
// streamed by COPY into staging tables, checked there as a whole, and merged by
// one statement a table in the same transaction, so that a bundle goes in whole
// or not at all and the inventory can be read as of any earlier moment.
//
// It is not for what people type into forms, and it judges nothing: findings are
// computed from what it brought in.
package intake

import (
	"interlock/internal/store"
)

// Service imports bundles and remembers what was imported.
type Service struct{ db *store.DB }

// New makes the service.
func New(db *store.DB) *Service { return &Service{db} }

// Options say how a bundle is to be imported. Progress, if set, hears how far
// the import is; it is called by one goroutine at a time.
type Options struct {
	Source       string
	DryRun       bool
	AcceptDrop   bool
	AllowRejects bool
	Progress     func(done, total int64, what string) `json:"-"`
}

// Counts say what an import did to one table. A row that comes back after it
// had ended counts as added.
type Counts struct {
	Added   int64 `json:"added"`
	Changed int64 `json:"changed"`
	Ended   int64 `json:"ended"`
}

// Report is what an import did, or in a dry run would do. Import is 0 after a dry run.
type Report struct {
	Import         int64            `json:"import"`
	Source         string           `json:"source"`
	Sites          Counts           `json:"sites"`
	Zones          Counts           `json:"zones"`
	Conduits       Counts           `json:"conduits"`
	Assets         Counts           `json:"assets"`
	Identities     Counts           `json:"identities"`
	Entitlements   Counts           `json:"entitlements"`
	Implies        Counts           `json:"implies"`
	Grants         Counts           `json:"grants"`
	Credentials    Counts           `json:"credentials"`
	Holders        Counts           `json:"holders"`
	Sessions       Counts           `json:"sessions"`
	Joined         int64            `json:"joined"`              // pairs of identities taken for one person
	JoinedBy       map[string]int64 `json:"joined_by,omitempty"` // of them by each rule
	Parted         int64            `json:"parted"`              // pairs no longer taken for one
	Rejected       int              `json:"rejected"`
	Rejects        []Reject         `json:"rejects,omitempty"`
	IgnoredColumns []string         `json:"ignored_columns"`
	IgnoredFiles   []string         `json:"ignored_files"`
	Seconds        float64          `json:"seconds"`
}

// Reject is one value that cannot be taken, and where it stands. Row is the
// whole row as it was written; it is set only when rejects are allowed.
type Reject struct {
	File   string `json:"file"`
	Line   int64  `json:"line"`
	Column string `json:"column"`
	Value  string `json:"value"`
	Reason string `json:"reason"`
	Row    string `json:"row"`
}

func (r *Report) counts(file string) *Counts {
	switch file {
	case "sites":
		return &r.Sites
	case "zones":
		return &r.Zones
	case "conduits":
		return &r.Conduits
	case "assets":
		return &r.Assets
	case "identities":
		return &r.Identities
	case "entitlements":
		return &r.Entitlements
	case "implies":
		return &r.Implies
	case "credentials":
		return &r.Credentials
	case "holders":
		return &r.Holders
	case "sessions":
		return &r.Sessions
	}
	return &r.Grants
}
