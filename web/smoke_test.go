package web_test

import (
	"testing"

	"interlock/internal/sitetest"
)

func TestSmoke(t *testing.T) {
	s := sitetest.Start(t, sitetest.Options{})
	b := s.SignIn("governance")
	p := b.Get("/campaigns")
	t.Log(p.Status, p)
	p = b.Get("/").Follow()
	t.Log(p.URL, p.Status, p)
	mend := s.Cut()
	p = b.Get("/campaigns")
	t.Log(p.URL, p.Status, p)
	mend()
	p = b.Get("/campaigns")
	t.Log(p.URL, p.Status)
}
