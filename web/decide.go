package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"interlock/internal/review"
	"interlock/web/page"
	"interlock/web/ui"
)

func (s *server) decide(w http.ResponseWriter, r *http.Request) error {
	campaign, item, err := campaignItem(r)
	if err != nil {
		return err
	}
	t := typed{answer: r.PostFormValue("answer"), to: r.PostFormValue("to"), note: r.PostFormValue("note")}
	to, _ := strconv.ParseInt(t.to, 10, 64)
	err = s.Review.Decide(r.Context(), campaign, review.Batch{
		Said: []review.Said{{Item: item, Answer: review.Answer(t.answer), ReduceTo: to, Note: t.note}}, Shown: "item", Open: s.openSince(r),
	})
	back := backOf(r)
	if t.refusal = refusal(err); t.refusal != nil {
		back.Set("item", strconv.FormatInt(item, 10))
		return s.showSheet(w, r, statuses[t.refusal.Kind], back, t)
	}
	if err != nil {
		return err
	}
	s.tell(r, said[review.Answer(t.answer)], fmt.Sprintf("/reviews/%d/items/%d/undo", campaign, item))
	s.remember(r, campaign, strconv.FormatInt(item, 10))
	return see(w, r, sheetAddress(campaign, back))
}

var said = map[review.Answer]string{
	review.Certify: "Certified.", review.Except: "Certified under the exception. It counts as excepted.", review.Revoke: "Revoked. It becomes work to do when the review closes.",
	review.Reduce: "Reduced.", review.Unsure: "Unsure. It was passed on, or counts as no answer at the end.",
}

func campaignItem(r *http.Request) (campaign, item int64, err error) {
	if campaign, err = pathID(r, "campaign"); err != nil {
		return 0, 0, err
	}
	item, err = pathID(r, "item")
	return campaign, item, err
}

// longestOpen bounds what counts as looking: beyond it the page was left open.
const longestOpen = 8 * time.Hour

// openSince is how long the facts were on the screen.
func (s *server) openSince(r *http.Request) time.Duration {
	shown, err := time.Parse(time.RFC3339Nano, r.PostFormValue("shown_at"))
	d := s.Now().Sub(shown)
	if err != nil || d < 0 || d > longestOpen {
		return 0
	}
	return d
}

// backOf is the page that a form came from, as parameters.
func backOf(r *http.Request) url.Values {
	q, err := url.ParseQuery(r.PostFormValue("back"))
	if err != nil {
		return url.Values{}
	}
	keep := url.Values{}
	for _, k := range []string{"group", "risk", "q"} {
		if q.Get(k) != "" {
			keep.Set(k, q.Get(k))
		}
	}
	return keep
}

func sheetAddress(campaign int64, q url.Values) string {
	if len(q) == 0 {
		return fmt.Sprintf("/reviews/%d", campaign)
	}
	return fmt.Sprintf("/reviews/%d?%s", campaign, q.Encode())
}

func (s *server) decideBulk(w http.ResponseWriter, r *http.Request) error {
	campaign, err := pathID(r, "campaign")
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return errNoPage
	}
	answer, note := review.Answer(r.PostFormValue("answer")), r.PostFormValue("note")
	batch := review.Batch{Bulk: true, Shown: "group", Open: s.openSince(r)}
	for _, v := range r.PostForm["item"] {
		id, _ := strconv.ParseInt(v, 10, 64)
		batch.Said = append(batch.Said, review.Said{Item: id, Answer: answer, Note: note})
	}
	err = s.Review.Decide(r.Context(), campaign, batch)
	back := backOf(r)
	if e := refusal(err); e != nil {
		t := typed{note: note, refusal: e}
		t.group, _ = strconv.ParseInt(r.PostFormValue("open"), 10, 64)
		back.Set("open", r.PostFormValue("open"))
		return s.showSheet(w, r, statuses[e.Kind], back, t)
	}
	if err != nil {
		return err
	}
	s.tell(r, ui.Plural(len(batch.Said), "item", "items")+" "+answerWords[string(answer)]+".", fmt.Sprintf("/reviews/%d/undo", campaign), r.PostForm["item"]...)
	s.remember(r, campaign, r.PostForm["item"]...)
	return see(w, r, sheetAddress(campaign, back)+"#alike")
}

func (s *server) undo(w http.ResponseWriter, r *http.Request) error {
	campaign, item, err := campaignItem(r)
	if err != nil {
		return err
	}
	return s.takeBack(w, r, campaign, []int64{item})
}

func (s *server) undoLast(w http.ResponseWriter, r *http.Request) error {
	campaign, err := pathID(r, "campaign")
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return errNoPage
	}
	var items []int64
	for _, v := range r.PostForm["item"] {
		id, _ := strconv.ParseInt(v, 10, 64)
		items = append(items, id)
	}
	return s.takeBack(w, r, campaign, items)
}

// backToSheet answers a GET on an address that only takes forms, such as a
// reload after a refusal: the item is on the sheet.
func (s *server) backToSheet(w http.ResponseWriter, r *http.Request) error {
	campaign, err := pathID(r, "campaign")
	if err != nil {
		return err
	}
	to := fmt.Sprintf("/reviews/%d", campaign)
	if item, err := pathID(r, "item"); err == nil {
		to += fmt.Sprintf("?item=%d", item)
	}
	return see(w, r, to)
}

func (s *server) takeBack(w http.ResponseWriter, r *http.Request, campaign int64, items []int64) error {
	s.remember(r, campaign)
	if err := s.Review.Undo(r.Context(), campaign, items, ""); err != nil {
		if e := refusal(err); e != nil {
			return s.showSheet(w, r, statuses[e.Kind], backOf(r), typed{refusal: e, undo: true})
		}
		return err
	}
	back := backOf(r)
	switch len(items) {
	case 0:
		s.tell(r, "Taken back. It is open again.", "")
	case 1:
		s.tell(r, "Taken back: "+s.nameOf(r, campaign, items[0])+". It is open again.", "")
		back.Set("item", strconv.FormatInt(items[0], 10))
	default:
		s.tell(r, ui.Plural(len(items), "answer", "answers")+" taken back. They are open again.", "")
		back.Set("item", "none")
		return see(w, r, sheetAddress(campaign, back)+"#alike")
	}
	return see(w, r, sheetAddress(campaign, back))
}

// nameOf says what an item is about: who, and what where.
func (s *server) nameOf(r *http.Request, campaign, item int64) string {
	sh, err := s.Review.Sheet(r.Context(), campaign, review.Look{Item: item})
	if err != nil || sh.Case == nil {
		return "one answer"
	}
	return sh.Case.IdentityName + ", " + orElse(text(sh.Case.Privilege), "access") + " on " + sh.Case.AssetName
}

// remember keeps what was answered last in this visit, so that a key takes back
// just that, never an answer of another day; without items there is nothing.
func (s *server) remember(r *http.Request, campaign int64, items ...string) {
	s.sessions.Put(r.Context(), sessionLast, fmt.Sprintf("%d:%s", campaign, strings.Join(items, ",")))
}

// lastAnswered is what remember kept for the campaign.
func (s *server) lastAnswered(r *http.Request, campaign int64) []string {
	of, items, _ := strings.Cut(s.sessions.GetString(r.Context(), sessionLast), ":")
	if items == "" || of != strconv.FormatInt(campaign, 10) {
		return nil
	}
	return strings.Split(items, ",")
}

func (s *server) signForm(w http.ResponseWriter, r *http.Request) error {
	return s.showSign(w, r, http.StatusOK, "")
}

func (s *server) showSign(w http.ResponseWriter, r *http.Request, status int, refused string) error {
	id, err := pathID(r, "campaign")
	if err != nil {
		return err
	}
	sh, err := s.Review.Sheet(r.Context(), id, review.Look{Item: -1})
	if err != nil {
		return err
	}
	p := page.Sign{
		Shell: s.shell(r, "Sign off", "/reviews"), Review: ui.Link{Label: sh.Title, Href: fmt.Sprintf("/reviews/%d", id)}, Title: "Sign off " + sh.Title,
		Progress: progressOf(sh.Counts), Action: fmt.Sprintf("/reviews/%d/sign", id), Open: int(sh.Counts.OpenItems()), Error: refused,
		Statement: []string{review.Statement(sh.Counts.Total), "After this, none of them can change."},
	}
	if sh.SignedAt != nil {
		p.Signed, p.Statement = "Signed off by you on "+s.moment(sh.SignedAt)+".", []string{sh.Statement}
	}
	v := sheetView{server: s, sheet: sh, query: url.Values{}, base: fmt.Sprintf("/reviews/%d", id)}
	for _, g := range sh.Given {
		if g.Decision == "revoke" || g.Decision == "reduce" {
			row := v.givenRow(g)
			row.Undo = ""
			p.Revoked = append(p.Revoked, row)
		}
	}
	return s.show(w, r, status, p.Page())
}

func (s *server) sign(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "campaign")
	if err != nil {
		return err
	}
	if r.PostFormValue("agree") != "yes" {
		return s.showSign(w, r, http.StatusUnprocessableEntity, "Tick that you agree with the statement.")
	}
	if err := s.Review.Sign(r.Context(), id, ""); err != nil {
		if e := refusal(err); e != nil {
			return s.showSign(w, r, statuses[e.Kind], e.Message)
		}
		return err
	}
	s.tell(r, "Signed off. It is on record and can be read here.", "")
	return see(w, r, fmt.Sprintf("/reviews/%d/sign", id))
}
