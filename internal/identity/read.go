package identity

import (
	"time"

	"interlock/internal/authz"
	"interlock/internal/store"
)

// exporting bounds writing a list to a file.
const exporting = 10 * time.Minute

// Kinds are all kinds of identities.
var Kinds = []string{"person", "contractor", "vendor", "shared", "service", "api_key", "certificate", "workload", "agent"}

// atSites limits rows to identities that the sites may see: who holds a grant on
// an asset there, whose credential is stored on one, who owns one, and who knows
// the secret of a shared identity that holds a grant there.
func atSites(w *store.Where, s authz.Sites, id string) {
	if s.All {
		return
	}
	w.Add(id+` in (
  with there as (select a.id, a.owner_id from asset a join zone z on z.id = a.zone_id where z.site_id = any (?)),
  granted as (select g.identity_id from there join entitlement e on e.asset_id = there.id join access_grant g on g.entitlement_id = e.id where g.ended_at is null)
  select identity_id from granted
  union select h.person_id from granted join holder h on h.identity_id = granted.identity_id where h.ended_at is null
  union select c.identity_id from there join credential c on c.stored_on_id = there.id where c.ended_at is null
  union select there.owner_id from there)`, s.IDs)
}
