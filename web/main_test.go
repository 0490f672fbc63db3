package web_test

import (
	"testing"

	"interlock/internal/apptest"
)

func TestMain(m *testing.M) { apptest.Main(m) }
