// Package db holds the schema: goose migrations, embedded, forward only. A
// migration is never edited once it has landed; numbers are consecutive.
package db

import "embed"

// Migrations are the SQL files, in the folder "migrations".
//
//go:embed migrations/*.sql
var Migrations embed.FS
