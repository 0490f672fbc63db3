package e2e

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

//go:embed testdata/axe.min.js
var axe string

// chrome is a browser window.
type chrome struct {
	*testing.T
	ctx    context.Context
	server string
	mu     sync.Mutex
	wrong  []string // said on the console
	seen   map[string]bool
}

// browse opens a browser; without one the test is skipped, but not where
// everything must be tested.
func browse(t *testing.T, server string) *chrome {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			path = p
			break
		}
	}
	if path == "" {
		if os.Getenv("CI") != "" {
			t.Fatal("there is no browser: make chromium installs it")
		}
		t.Skip("there is no browser: make chromium installs it")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.UserDataDir(t.TempDir()), chromedp.WindowSize(1440, 900),
		chromedp.DisableGPU, chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-quic", true), chromedp.Flag("hide-scrollbars", true))
	if os.Geteuid() == 0 {
		opts = append(opts, chromedp.NoSandbox)
	}
	ctx, cancel := chromedp.NewExecAllocator(context.WithoutCancel(t.Context()), opts...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	c := &chrome{T: t, ctx: ctx, server: server, seen: map[string]bool{}}
	c.do("start the browser")
	messages := chromedp.Console(ctx)
	go func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			if kind := string(m.Type); m.IsException() || kind == "error" || kind == "warning" {
				c.mu.Lock()
				c.wrong = append(c.wrong, m.String()+" "+m.Source)
				c.mu.Unlock()
			}
		}
	}()
	return c
}

func (c *chrome) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	c.Helper()
	ctx, cancel := context.WithTimeout(c.ctx, 30*time.Second)
	if len(steps) == 0 {
		ctx = c.ctx // the first run's context is the browser's life
	}
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		c.shoot("/tmp/e2e-failed.png")
		c.Fatalf("%s: %v (at %s)", what, err, c.where())
	}
}

func eval[T any](c *chrome, js string) T {
	c.Helper()
	ctx, cancel := context.WithTimeout(c.ctx, 30*time.Second)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](js, chromedp.EvalAwaitPromise))
	if err != nil {
		c.Fatalf("%.80s: %v", js, err)
	}
	return v
}

func (c *chrome) where() string {
	ctx, cancel := context.WithTimeout(c.ctx, 5*time.Second)
	defer cancel()
	at, _ := chromedp.Run(ctx, chromedp.Location())
	return strings.TrimPrefix(at, c.server)
}

func (c *chrome) open(path string) {
	c.Helper()
	c.do("open "+path, chromedp.Navigate(c.server+path))
}

// text is what the first element that matches shows.
func (c *chrome) text(css string) string {
	c.Helper()
	return eval[string](c, fmt.Sprintf(`(document.querySelector(%s) || {innerText: ""}).innerText`, quote(css)))
}

func quote(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}

func (c *chrome) click(css string) {
	c.Helper()
	c.do("click "+css, chromedp.Click(chromedp.CSS(css)))
}

func (c *chrome) fill(css, value string) {
	c.Helper()
	c.do("fill "+css, chromedp.SetValue(chromedp.CSS(css), value))
}

// until waits until a condition in the page holds, also over page loads.
func (c *chrome) until(what, js string) {
	c.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		ctx, cancel := context.WithTimeout(c.ctx, 5*time.Second)
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`!!(`+js+`)`))
		cancel()
		if err == nil && ok {
			return
		}
		if time.Now().After(end) {
			c.shoot("/tmp/e2e-failed.png")
			c.Fatalf("waited too long until %s at %s: %v\n%.1500s", what, c.where(), err, c.text("body"))
		}
	}
}

// press types keys where the focus is.
func (c *chrome) press(keys string, opts ...chromedp.KeyOption) {
	c.Helper()
	c.do("press "+keys, chromedp.KeyEvent(keys, opts...))
}

func (c *chrome) signIn(email, password string) {
	c.Helper()
	c.open("/login")
	c.fill("#f-email", email)
	c.fill("#f-password", password)
	c.click("main form button")
	c.until("signed in", `location.pathname !== "/login" && document.querySelector(".il-user")`)
}

func (c *chrome) size(width, height int64) {
	c.Helper()
	c.do("resize", chromedp.EmulateViewport(width, height))
}

func (c *chrome) colours(scheme string) {
	c.Helper()
	_, err := chromedp.Call(c.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}},
	})
	if err != nil {
		c.Fatal(err)
	}
}

func (c *chrome) shoot(path string) {
	ctx, cancel := context.WithTimeout(c.ctx, 20*time.Second)
	defer cancel()
	if png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot()); err == nil {
		_ = os.WriteFile(path, png, 0o644)
	}
}

// overflow names what is wider than the page.
const overflow = `(() => {
  const w = document.documentElement.clientWidth, out = [];
  if (document.documentElement.scrollWidth <= w) return "";
  for (const el of document.querySelectorAll("body *")) {
    const r = el.getBoundingClientRect();
    if (r.width && r.right > w + 1) out.push(el.tagName.toLowerCase() + "." + el.className + " to " + Math.round(r.right));
  }
  return document.documentElement.scrollWidth + " wide of " + w + ": " + out.slice(0, 6).join("; ");
})()`

const runAxe = `axe.run(document, {iframes: false, resultTypes: ["violations"], rules: {"target-size": {enabled: true}}}).then(r => r.passes.length === 0 ? '["nothing was checked"]' : JSON.stringify(r.violations.map(v =>
  v.id + " (" + v.impact + "): " + v.help + "\n      " + v.nodes.slice(0, 3).map(n => n.html.slice(0, 160) + " | " + (n.any[0] || n.all[0] || n.none[0] || {message: ""}).message).join("\n      "))))`

// sound checks the page that is open: wide and narrow, light and dark.
func (c *chrome) sound(name string) {
	c.Helper()
	if c.seen[name] {
		return
	}
	c.seen[name] = true
	for _, v := range []struct {
		width  int64
		scheme string
	}{{1440, "light"}, {1440, "dark"}, {390, "dark"}, {390, "light"}, {820, ""}} {
		c.size(v.width, 900)
		wide := ""
		for range 10 { // charts follow a change of size a moment later
			if wide = eval[string](c, overflow); wide == "" {
				break
			}
			time.Sleep(50 * time.Millisecond)
		}
		if wide != "" {
			c.Errorf("%s at %d runs over: %s", name, v.width, wide)
		}
		if v.scheme == "" {
			continue
		}
		c.colours(v.scheme)
		if !eval[bool](c, `"axe" in window`) {
			c.do("load axe", chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
				_, err := chromedp.Run(ctx, chromedp.Evaluate[any](axe+`;0`))
				return err
			}))
		}
		var found []string
		if err := json.Unmarshal([]byte(eval[string](c, runAxe)), &found); err != nil {
			c.Fatal(err)
		}
		for _, f := range found {
			c.Errorf("%s at %d, %s: axe: %s", name, v.width, v.scheme, f)
		}
	}
	c.size(1440, 900)
	c.colours("light")
	c.quiet(name)
}

// quiet wants nothing wrong on the console so far.
func (c *chrome) quiet(name string) {
	c.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, m := range c.wrong {
		c.Errorf("%s: the console says %s", name, m)
	}
	c.wrong = nil
}
