// Package asset is about the systems that grant access: where they stand, who owns
// them, which identity capabilities they have, and who can do what on them, now or
// as of a moment. It changes none of it: the inventory comes from imports.
package asset

import (
	"time"

	"interlock/internal/authz"
	"interlock/internal/store"
)

// Service reads assets.
type Service struct{ db *store.DB }

// New makes the service.
func New(db *store.DB) *Service { return &Service{db} }

// exporting bounds writing a list to a file.
const exporting = 10 * time.Minute

// Capabilities are the nine that an asset is assessed for.
var Capabilities = []string{"mfa", "federation", "individual_accounts", "rbac", "central_logging", "rotation", "encryption", "lockout", "service_identity"}

// Support is how an asset may have a capability, from best to not known.
var Support = []string{"native", "via_proxy", "partial", "no", "unknown"}

// atSites limits rows to assets at the sites.
func atSites(w *store.Where, s authz.Sites) {
	if !s.All {
		w.Add("z.site_id = any (?)", s.IDs)
	}
}
