package e2e

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"

	"interlock/internal/demo"
)

// TestScreens takes the README's pictures of the demonstration, when it is told
// where to put them.
func TestScreens(t *testing.T) {
	dir := os.Getenv("INTERLOCK_SCREENS")
	if dir == "" {
		t.Skip("INTERLOCK_SCREENS names no folder")
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	s := install(t).serve("--demo")
	c := browse(t, s.URL)
	take := func(name, path string, width, height int64, scheme string) {
		t.Helper()
		c.colours(scheme)
		c.size(width, height)
		c.open(path)
		eval[any](c, `new Promise(done => setTimeout(done, 500))`) // charts draw themselves
		png, err := chromedp.Run(context.WithoutCancel(c.ctx), chromedp.CaptureScreenshot())
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	take("login", "/login", 1440, 900, "light")
	c.signIn(person(t, "Production manager"), demo.Password)
	take("reviews", "/reviews", 1440, 900, "light")
	id := c.numbered("/reviews", demo.Running)
	take("review", "/reviews/"+id, 1440, 1100, "light")
	take("review-dark", "/reviews/"+id, 1440, 1100, "dark")
	take("review-phone", "/reviews/"+id, 390, 844, "light")
	c.size(1440, 900)
	c.click(".il-user summary")
	c.click(`form[action="/logout"] button`)
	c.until("signed out", `location.pathname === "/login"`)
	c.signIn(person(t, "Identity governance lead"), demo.Password)
	take("campaign", "/campaigns/"+id, 1440, 1100, "light")
	take("map", "/map", 1440, 1100, "light")
	take("exceptions", "/exceptions", 1440, 1100, "light")
}
