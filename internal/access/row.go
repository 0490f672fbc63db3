package access

import (
	"fmt"

	"interlock/internal/store"
)

// What access_fact calls the fields of an identity i and of an asset a, for a
// scope that names nothing else: then it selects rows that no grant is needed for.
var (
	ofIdentity = `i.id as identity_id, i.external_id as identity_external_id, i.kind as identity_kind, i.name as identity_name, i.email as identity_email,
 i.department as identity_department, i.organisation as identity_organisation, i.domain as identity_domain,
 case when i.ended_at is not null or exists (select from identity_standing x where x.identity_id = i.id and x.status = 'left') then 'left' else i.status end as identity_status,
 (select x.name from source x where x.id = i.source_id) as identity_source,
 (select x.external_id from identity x
   where x.id = coalesce((select y.owner_id from ownership_in_force y where y.subject = 'identity' and y.subject_id = i.id), i.owner_id)) as owner_external_id,
 (select x.external_id from identity x where x.id = i.manager_id) as manager_external_id`

	ofAsset = `a.id as asset_id, a.external_id as asset_external_id, a.name as asset_name, a.class as asset_class, a.vendor as asset_vendor, a.criticality as asset_criticality,
 a.safety_related as asset_safety_related, a.capabilities as asset_capabilities,
 (select x.name from source x where x.id = a.source_id) as asset_source,
 (select x.external_id from zone x where x.id = a.zone_id) as zone_external_id,
 (select x.level from zone x where x.id = a.zone_id) as zone_level,
 (select x.domain from zone x where x.id = a.zone_id) as zone_domain,
 (select s.external_id from zone x join site s on s.id = x.site_id where x.id = a.zone_id) as site_external_id`
)

// AddIdentity adds the scope to a query over rows i of identity: a condition of
// the identity alone if it names nothing else, or else that it has such a grant.
func (s Scope) AddIdentity(w *store.Where) {
	s.add(w, "identity", ofIdentity, "f.identity_id = i.id")
}

// AddAsset adds the scope to a query over rows a of asset: a condition of the
// asset alone if it names nothing else, or else that there is such a grant on it.
func (s Scope) AddAsset(w *store.Where) { s.add(w, "asset", ofAsset, "f.asset_id = a.id") }

func (s Scope) add(w *store.Where, record, columns, joined string) {
	condition := fmt.Sprintf("exists (select from (select %s) f where %s)", columns, s.Number(len(w.Args)+1))
	for other := range s.records {
		if other != record {
			condition = fmt.Sprintf("exists (select from access_fact f where %s and %s)", joined, s.Number(len(w.Args)+1))
		}
	}
	w.Args = append(w.Args, s.Args...)
	w.Add(condition)
}
