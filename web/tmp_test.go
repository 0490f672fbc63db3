package web_test

import (
	"testing"

	"interlock/internal/sitetest"
)

func TestTmp(t *testing.T) {
	s := sitetest.Start(t, sitetest.Options{Idle: true})
	ids := furnish(s)
	b := s.SignIn("admin")
	t.Log(b.Get("/campaigns/" + ids["campaign"]).Status)
	s.Cut()
	t.Log(b.Get("/reviews").Status)
	t.Log(b.Get("/reviews").Status)
	t.Log(b.Get("/reviews").Status)
	t.Log(s.Log.String())
}
