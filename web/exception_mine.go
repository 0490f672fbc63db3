package web

import (
	"encoding/hex"
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"time"

	"interlock/internal/authz"
	"interlock/internal/errs"
	"interlock/internal/exception"
	"interlock/web/page"
	"interlock/web/ui"
)

func (s *server) exceptionsMine(w http.ResponseWriter, r *http.Request) error {
	return s.showMine(w, r, http.StatusOK, mineTyped{})
}

// mineShown is how many controls are shown at first.
const mineShown = 20

// mineTyped is what was refused on the page, of which control.
type mineTyped struct {
	control       int64
	note, problem string
}

func (s *server) showMine(w http.ResponseWriter, r *http.Request, status int, t mineTyped) error {
	m, err := s.Exception.Mine(r.Context())
	if err != nil {
		return err
	}
	register := authz.Can(authz.From(r.Context()), "exception:read")
	p := page.ExceptionMine{Register: register, Lede: "What you test, and what you answer for."}
	p.Shell = s.shell(r, "Yours in the register", "/exceptions")
	late := 0
	for i, c := range m.Controls {
		row := s.myControl(c, register)
		if row.Late {
			late++
		}
		if i >= mineShown && r.URL.Query().Get("all") == "" && c.ID != t.control {
			p.More++
			continue
		}
		if c.ID == t.control {
			row.Typed, row.Problem = t.note, t.problem
		}
		p.Controls = append(p.Controls, row)
	}
	if late > 0 {
		p.Lede = ui.Plural(late, "control of yours is", "controls of yours are") + " past the test. Test first what is past."
	}
	for _, a := range m.Assets {
		p.Assets = append(p.Assets, s.myAsset(a, register))
	}
	return s.show(w, r, status, p.Page())
}

func (s *server) myControl(c exception.MyControl, register bool) page.MyControl {
	base := exception.Address(c.ExceptionID)
	row := page.MyControl{
		ID: strconv.FormatInt(c.ID, 10), Number: exception.Number(c.ExceptionID), Title: c.Title, Method: c.Method, Evidence: c.Evidence, Asset: c.AssetName,
		Cannot: exception.CapabilityOf(c.Capability).Words, Where: joined(text(c.SiteName), text(c.ZoneName)), Place: place(c.Level, c.Domain), Safety: c.SafetyRelated,
		Due: s.date(&c.NextDue), Late: testsCount(c.NowState) && !c.NextDue.After(s.Now()), Note: c.LastNote, Attach: base + "/attachments",
		Test: base + "/controls/" + strconv.FormatInt(c.ID, 10) + "/test",
	}
	if register {
		row.Href = base
	}
	if row.DueIn = s.within(c.NextDue); !testsCount(c.NowState) {
		row.Due, row.DueIn = "not yet", "the exception is "+exception.State(c.NowState).Words()
	}
	if c.TestedAt != nil {
		row.Tested, row.Result = s.date(c.TestedAt), testChip(c.Passed, row.Late)
	}
	return row
}

// testsCount tells whether the tests of an exception's controls count already.
func testsCount(state string) bool {
	return state == string(exception.Active) || state == string(exception.Suspended)
}

// within says how many days off a moment is.
func (s *server) within(at time.Time) string {
	days := dayNumber(at.In(s.Zone)) - dayNumber(s.Now().In(s.Zone))
	switch {
	case days < 0:
		return ui.Plural(-days, "day", "days") + " ago"
	case days == 0:
		return "today"
	}
	return "in " + ui.Plural(days, "day", "days")
}

func testChip(passed *bool, late bool) ui.Chip {
	switch {
	case passed == nil:
		return ui.Chip{Text: "not tested yet", Tone: "unknown"}
	case !*passed:
		return ui.Chip{Text: "Failed", Tone: "bad", Icon: "x"}
	case late:
		return ui.Chip{Text: "Overdue", Tone: "warn", Icon: "clock"}
	}
	return ui.Chip{Text: "Verified", Tone: "good", Icon: "shield-check"}
}

func (s *server) myAsset(a exception.MyAsset, register bool) page.MyAsset {
	row := page.MyAsset{
		Number: exception.Number(a.ID), Asset: a.AssetName, Where: joined(text(a.SiteName), text(a.ZoneName)), Place: place(a.Level, a.Domain), Safety: a.SafetyRelated,
		Cannot: exception.CapabilityOf(a.Capability).Words, WayOut: a.WayOut, State: exceptionChips[exception.State(a.NowState)],
	}
	if a.Drifts && a.NowState == string(exception.Active) {
		row.State = ui.Chip{Text: "Drifting", Tone: "warn", Icon: "alert-triangle"}
	}
	if register {
		row.Href = exception.Address(a.ID)
	}
	if a.ValidTo != nil {
		row.Ends, row.EndNote = s.date(a.ValidTo), s.within(*a.ValidTo)
		row.Late = a.ValidTo.Before(s.Now().AddDate(0, 0, 30))
	}
	return row
}

// attach takes a file; from tells which page it was sent from.
func (s *server) attach(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "exception")
	if err != nil {
		return err
	}
	r.Body = http.MaxBytesReader(w, r.Body, exception.MaxFile+1<<20)
	content, name, err := attached(r)
	if err == nil {
		err = s.Exception.Attach(r.Context(), id, name, content)
	}
	e := refusal(err)
	switch {
	case e == nil && err != nil:
		return err
	case e == nil:
		s.tell(r, "Attached.", "")
		return see(w, r, s.backFrom(r, id))
	case e.Kind == errs.NotFound || e.Kind == errs.Forbidden || !authz.Can(authz.From(r.Context()), "exception:read"):
		return e
	}
	now, err := s.Exception.Get(r.Context(), id)
	if err != nil {
		return err
	}
	p := s.exceptionPage(r, now)
	p.AttachError = e.Message
	return s.show(w, r, statuses[e.Kind], p.Page())
}

// backFrom is the page that a form on an exception was sent from.
func (s *server) backFrom(r *http.Request, id int64) string {
	if r.FormValue("from") == "mine" || !authz.Can(authz.From(r.Context()), "exception:read") {
		return "/exceptions/mine"
	}
	return exception.Address(id)
}

func attached(r *http.Request) ([]byte, string, error) {
	f, h, err := r.FormFile("attachment")
	if err != nil {
		if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
			return nil, "", errs.InvalidField("attachment", "The file is larger than 20 MB: make it smaller, or attach the part that matters.")
		}
		return nil, "", errs.InvalidField("attachment", "Choose a file.")
	}
	defer func() { _ = f.Close() }()
	content, err := io.ReadAll(f)
	if err != nil {
		return nil, "", errs.InvalidField("attachment", "The file did not arrive whole. Try again.").Because(err)
	}
	return content, h.Filename, nil
}

// attachment sends a file to be saved, never to be shown: whatever it is, no page
// of ours runs it.
func (s *server) attachment(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "exception")
	if err != nil {
		return err
	}
	file, err := pathID(r, "attachment")
	if err != nil {
		return err
	}
	a, err := s.Exception.Open(r.Context(), id, file)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Content-Type", a.Type)
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": a.Name}))
	h.Set("Content-Length", strconv.Itoa(len(a.Content)))
	_, err = w.Write(a.Content)
	return err
}

func (s *server) exceptionFiles(r *http.Request, p *page.Exception, e exception.Exception) {
	for _, f := range e.Files {
		p.Files = append(p.Files, page.ExceptionFile{
			Href: p.Base + "/attachments/" + strconv.FormatInt(f.ID, 10), Name: f.Name, Type: f.Type, Size: bytesText(int64(f.Size)), Hash: hex.EncodeToString(f.Sha256), By: e.Name(f.AddedBy), When: s.date(&f.AddedAt),
		})
	}
	actor := authz.From(r.Context())
	tests := slices.ContainsFunc(p.Controls, func(c page.ExceptionControl) bool { return c.Mine })
	if !e.State.Over() && (tests || authz.Can(actor, "exception:request")) {
		p.Attach = p.Base + "/attachments"
	}
}
