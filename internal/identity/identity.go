// Package identity is about anything that can be granted access: persons,
// contractors, vendors, shared logins, services, keys, certificates, workloads and
// agents. It knows who they are, which of them are one person, who answers for them
// and what they can do.
package identity

import "interlock/internal/store"

// Service reads identities, joins and parts persons, and hands ownership over.
type Service struct{ db *store.DB }

// New makes the service.
func New(db *store.DB) *Service { return &Service{db} }
