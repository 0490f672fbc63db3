package store_test

import (
	"testing"

	"interlock/internal/apptest"
)

func TestMain(m *testing.M) { apptest.Main(m) }

func TestMigrate(t *testing.T) {
	db, _ := apptest.DB(t)
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
}
