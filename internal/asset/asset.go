// Package asset is the plant: sites, zones, the conduits between them, and the
// systems that grant access. It reads what imports bring; it writes nothing.
package asset

import "interlock/internal/store"

// Service shows the plant.
type Service struct{ db *store.DB }

// New makes the service.
func New(db *store.DB) *Service { return &Service{db} }
