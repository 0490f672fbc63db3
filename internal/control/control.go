// Package control holds evidence: the pack that an auditor takes away from a
// campaign and can check without a database, and the check itself. It reads what
// other packages wrote and changes nothing of theirs. What is made in the browser
// is made by a job and kept for a day.
package control

import (
	"interlock/internal/audit"
	"interlock/internal/store"
)

// Service makes evidence packs.
type Service struct {
	db  *store.DB
	log *audit.Sequencer
}

// New makes the service; log signs the packs.
func New(db *store.DB, log *audit.Sequencer) *Service { return &Service{db, log} }
