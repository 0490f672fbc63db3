package e2e

import (
	"encoding/csv"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"interlock/internal/demo"
)

// person is the demonstration's sign-in with this title.
func person(t *testing.T, title string) string {
	t.Helper()
	for _, p := range demo.SignIns(1) {
		if strings.HasPrefix(p.Title, title) {
			return p.Email
		}
	}
	t.Fatalf("nobody is %s", title)
	return ""
}

var counted = regexp.MustCompile(`(\d+) of (\d+) decided`)

// decided is how many of how many are, as the page that is open says.
func (c *chrome) decided() (n, of int) {
	c.Helper()
	m := counted.FindStringSubmatch(c.text(".il-due"))
	if m == nil {
		c.Fatalf("the page does not say how many are decided: %.300s", c.text("main"))
	}
	_, _ = fmt.Sscan(m[1]+" "+m[2], &n, &of)
	return n, of
}

// decidedIs waits until so many are decided.
func (c *chrome) decidedIs(n int) {
	c.Helper()
	c.until(fmt.Sprintf("%d are decided", n), fmt.Sprintf(`document.querySelector(".il-due").innerText.startsWith("%d of ")`, n))
}

const openItem = `(document.querySelector(".il-item.open") || {id: ""}).id`

// A manager gets sixty decisions done with the keyboard, takes one back, answers
// a group at once and signs off; the lead closes, and the pack verifies offline.
func TestManager(t *testing.T) {
	t.Parallel()
	p := install(t)
	s := p.serve("--demo")
	c := browse(t, s.URL)
	manager := person(t, "Production manager")

	c.open("/login")
	c.sound("login")
	c.signIn(manager, demo.Password)
	c.sound("reviews")
	id := c.numbered("/reviews", demo.Running)
	c.click(`main a[href="/reviews/` + id + `"]`)
	c.until("the review is open", `document.querySelector(".il-item.open")`)
	c.sound("review")
	c.everyItemFits()
	c.byKeyboard("/reviews/" + id)
	c.inBulk()
	p.decideRest(id, manager)
	c.signOff("/reviews/" + id)

	c.click(".il-user summary")
	c.click(`form[action="/logout"] button`)
	c.until("signed out", `location.pathname === "/login"`)
	c.signIn(person(t, "Identity governance lead"), demo.Password)
	c.look(p, "/campaigns/"+id)
	c.close("/campaigns/"+id, id)
	pack := c.pack("/campaigns/" + id)
	if out := p.done("evidence", "verify", pack); !strings.HasPrefix(out, "valid: ") {
		t.Errorf("the pack: %s", out)
	}
	c.quiet("the end")
}

// everyItemFits opens each item on a phone.
func (c *chrome) everyItemFits() {
	c.Helper()
	c.size(390, 900)
	for _, item := range eval[[]string](c, `[...document.querySelectorAll("[data-row][href*='item=']")].map(a => a.getAttribute("href"))`) {
		c.open(item)
		if wide := eval[string](c, overflow); wide != "" {
			c.Errorf("%s at 390 runs over: %s", item, wide)
		}
	}
	c.size(1440, 900)
}

// byKeyboard decides ten items and takes the last back, without a mouse.
func (c *chrome) byKeyboard(review string) {
	c.Helper()
	c.open(review)
	before, _ := c.decided()
	c.press("j")
	c.until("a row has the focus", `document.activeElement.matches("[data-row]")`)
	first := eval[string](c, `document.activeElement.closest(".il-item").id`)
	c.press("j")
	c.until("the next row has it", `document.activeElement.closest(".il-item").id !== `+quote(first))
	c.press("k")
	c.until("the one before has it", `document.activeElement.closest(".il-item").id === `+quote(first))
	c.press("o")
	c.until("it is open", openItem+` === `+quote(first))
	for i := range 10 {
		at := eval[string](c, openItem)
		if at == "" {
			c.Fatalf("nothing is open after %d decisions", i)
		}
		if i%3 == 2 {
			c.press("r")
		} else {
			c.press(c.keeping())
		}
		if eval[bool](c, `document.activeElement.matches("textarea")`) {
			c.press(fmt.Sprintf("Seen on the line, number %d.", i))
			c.press(kb.Enter, chromedp.KeyModifiers(chromedp.ModifierCtrl))
		} else {
			c.press(kb.Enter)
		}
		c.decidedIs(before + i + 1)
		c.until("another is open", openItem+` !== `+quote(at))
	}
	c.press("z")
	c.decidedIs(before + 9)
	c.quiet("deciding by keyboard")
}

// keeping is the key of the answer that lets the open access be: under an exception
// where the asset cannot do what its level asks for, and none where nothing covers it.
func (c *chrome) keeping() string {
	c.Helper()
	for answer, key := range map[string]string{"certify": "c", "certify_under_exception": "x"} {
		if eval[bool](c, `!!document.querySelector(".il-item.open input[name=answer][value=`+answer+`]:enabled")`) {
			return key
		}
	}
	return "r"
}

func (c *chrome) inBulk() {
	c.Helper()
	before, _ := c.decided()
	n := eval[int](c, `document.querySelectorAll("form[data-bulk] input[name=item]:checked").length`)
	if n < 2 {
		c.Fatalf("%d are ticked in the first group", n)
	}
	c.click(`form[data-bulk] button[value^=certify]`)
	c.decidedIs(before + n)
}

// decideRest answers what is left through a file, as from an offline review.
func (p *program) decideRest(id, reviewer string) {
	p.Helper()
	rows, err := csv.NewReader(strings.NewReader(p.done("campaign", "items", id, "--csv"))).ReadAll()
	if err != nil {
		p.Fatal(err)
	}
	file := "item,decision,note\n"
	for _, r := range rows[1:] {
		if r[4] == reviewer && r[8] == "" {
			file += r[0] + "," + answerTo(r[len(r)-1]) + ",Looked at offline.\n"
		}
	}
	path := filepath.Join(p.dir, "rest.csv")
	if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
		p.Fatal(err)
	}
	p.done("campaign", "decide", id, "--reviewer", reviewer, "--file", path)
}

// answerTo keeps access as far as what the asset cannot do allows: gaps are a list
// of capabilities, each with the exception that covers it, if one does.
func answerTo(gaps string) string {
	answer := "certify"
	for gap := range strings.SplitSeq(gaps, "; ") {
		capability, exception, _ := strings.Cut(gap, ":")
		switch {
		case exception != "":
			answer = "certify_under_exception"
		case capability == "individual_accounts":
			return "revoke"
		}
	}
	return answer
}

func (c *chrome) signOff(review string) {
	c.Helper()
	c.open(review)
	if n, of := c.decided(); n != of {
		c.Fatalf("%d of %d are decided", n, of)
	}
	c.click(`.il-sign a.btn-primary`)
	c.until("the statement is shown", `location.pathname === `+quote(review+"/sign"))
	c.sound("sign")
	c.click(`input[name=agree]`)
	c.click(`form[action="` + review + `/sign"] button[type=submit]`)
	c.until("it is signed", `document.body.innerText.includes("Signed off by you on")`)
	c.sound("signed")
	c.open(review)
	if eval[bool](c, `!!document.querySelector("form[data-decide] button, [data-undo]")`) {
		c.Error("what is signed off can still be changed")
	}
	c.sound("review, read only")
}

// look visits what the governance lead sees.
func (c *chrome) look(p *program, campaign string) {
	c.Helper()
	for _, path := range []string{
		"/campaigns", campaign, "/campaigns/" + c.numbered("/campaigns", demo.Overdue), campaign + "/items", "/campaigns/new", "/campaigns/new?as=yaml", "/imports", "/imports/new", "/remediation",
		"/audit", "/mail", "/mail/1", campaign + "/evidence", campaign + "/close", campaign + "/cancel", "/nowhere",
	} {
		c.open(path)
		if path == "/nowhere" {
			c.mu.Lock()
			c.wrong = nil // the browser notes the 404 itself
			c.mu.Unlock()
		}
		c.sound(path)
	}
	c.open("/campaigns/new")
	c.fill("#f-name", "mill")
	c.fill("#f-title", "The mill")
	c.fill("#f-scope", "asset.levle <= 2.0")
	c.click(`button[value=preview]`)
	c.until("it is refused", `document.querySelector("#f-scope.is-invalid")`)
	c.mu.Lock()
	c.wrong = nil // the browser notes the 422 itself
	c.mu.Unlock()
	c.sound("new campaign, refused")
	c.fill("#f-scope", "asset.level <= 2.0")
	c.click(`button[value=preview]`)
	c.until("the preview is there", `document.querySelector('form[action="/campaigns"]')`)
	c.sound("preview")
	c.upload(p)
}

// upload imports a bundle in the browser, as far as its report.
func (c *chrome) upload(p *program) {
	c.Helper()
	zip, err := demo.Zip(demo.Bundles(1, time.Now())[1])
	if err != nil {
		c.Fatal(err)
	}
	path := filepath.Join(p.dir, "plant.zip")
	if err := os.WriteFile(path, zip, 0o600); err != nil {
		c.Fatal(err)
	}
	c.open("/imports/new")
	c.fill("#f-source", "plant-a")
	c.do("choose the file", chromedp.SetUploadFiles(chromedp.ID("f-bundle"), []string{path}))
	c.click(`form[action="/imports"] button[type=submit]`)
	c.until("the job leads on to the report", `location.pathname.startsWith("/imports/uploads/")`)
	c.sound("import report")
}

func (c *chrome) close(campaign, id string) {
	c.Helper()
	c.open(campaign + "/close")
	c.click(`form[action="` + campaign + `/close"] button[type=submit]`)
	c.until("it is closed", `location.pathname === `+quote(campaign)+` && /Remediating|Removals open|Closed/.test(document.querySelector("main").innerText) && !document.querySelector("[data-poll]")`)
	c.open(campaign)
	c.sound("campaign, closed")
	c.open("/remediation?campaign=" + id)
	c.sound("remediation, open")
}

// pack has the evidence made with the page's own button, and downloads it.
func (c *chrome) pack(campaign string) string {
	c.Helper()
	dir := c.TempDir()
	_, err := chromedp.CallBrowser(c.ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
		Behavior: browser.SetDownloadBehaviorBehaviorAllow, DownloadPath: dir,
	})
	if err != nil {
		c.Fatal(err)
	}
	c.open(campaign + "/evidence")
	c.click(`form[action="` + campaign + `/evidence"] button[type=submit]`)
	c.until("the job leads on to the pack", `document.querySelector(".il-packs .btn-primary")`)
	c.sound("evidence, made")
	c.click(".il-packs .btn-primary")
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if found, _ := filepath.Glob(filepath.Join(dir, "*-plant-access-*.zip")); len(found) == 1 {
			return found[0]
		}
	}
	c.Fatal("the pack was not downloaded")
	return ""
}

// numbered is the number of the demonstration's campaign with this title, by the
// link on a page.
func (c *chrome) numbered(page, title string) string {
	c.Helper()
	c.open(page)
	href := eval[string](c, `([...document.querySelectorAll("main a")].find(a => a.textContent.trim() === `+quote(title)+`) || {pathname: ""}).pathname`)
	if href == "" {
		c.Fatalf("%s has no link to %q", page, title)
	}
	return path.Base(href)
}
