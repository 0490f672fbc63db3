package web

import (
	"fmt"
	"net/http"
	"strconv"

	"interlock/internal/authz"
	"interlock/internal/mail"
	"interlock/web/page"
	"interlock/web/ui"
)

// mailPage is how many mails the list shows at once.
const mailPage = 50

func (s *server) mails(w http.ResponseWriter, r *http.Request) error {
	state := r.URL.Query().Get("state")
	list, err := s.Mail.List(r.Context(), mail.Filter{State: state, Before: number64(r, "before")})
	if err != nil {
		return err
	}
	p := page.Mails{Shell: s.shell(r, "Mail", "/mail"), Lede: "What people are told, as it was or will be sent.", NoSMTP: !s.Mailing, All: state == ""}
	for _, v := range []struct{ label, state string }{{"All", ""}, {"Waiting", "waiting"}, {"Sent", "sent"}, {"Failed", "failed"}} {
		p.Views = append(p.Views, ui.View{Label: v.label, Href: address("/mail", "state", v.state), Current: state == v.state, Count: -1})
	}
	for _, m := range list {
		p.Rows = append(p.Rows, s.mailRow(m))
	}
	p.Pager = ui.Pager{Text: ui.Plural(len(list), "mail", "mails") + ", newest first"}
	if len(list) == mailPage {
		p.Pager.Next = address("/mail", "state", state, "before", strconv.FormatInt(list[mailPage-1].ID, 10))
	}
	return s.show(w, r, http.StatusOK, p.Page())
}

func (s *server) mailRow(m mail.Summary) page.MailRow {
	row := page.MailRow{
		Href: fmt.Sprintf("/mail/%d", m.ID), Subject: m.Subject, To: ui.Person{Name: m.Name, Email: m.To}, State: m.State, When: s.moment(&m.CreatedAt), Attempts: m.Attempts, Error: m.LastError,
	}
	switch {
	case m.SentAt != nil:
		row.Next = "sent " + s.recent(*m.SentAt)
	case m.State == "failed":
		row.Next = "after " + ui.Plural(m.Attempts, "try", "tries")
	case m.DueAt != nil:
		row.Next = "next try " + s.recent(*m.DueAt)
	}
	return row
}

func (s *server) mail(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "mail")
	if err != nil {
		return err
	}
	m, err := s.Mail.Get(r.Context(), id)
	if err != nil {
		return err
	}
	p := page.Mail{
		Shell: s.shell(r, m.Subject, "/mail"), Subject: m.Subject, State: m.State, NoSMTP: !s.Mailing, Text: m.Text, LastError: m.LastError, HTMLHref: fmt.Sprintf("/mail/%d/html", id),
		Facts: []ui.Fact{{Term: "From", Text: m.From}, {Term: "To", Text: orElse(m.Name, m.To), Sub: m.To}, {Term: "Made", Text: s.moment(&m.CreatedAt)}, {Term: "Sent", Text: orElse(s.moment(m.SentAt), "not yet")}},
	}
	if m.State == "failed" && authz.Can(authz.From(r.Context()), "mail:send") {
		p.RetryAction = fmt.Sprintf("/mail/%d/retry", id)
	}
	return s.show(w, r, http.StatusOK, p.Page())
}

// mailHTML is the HTML part alone, for the sandboxed frame. Mails carry their
// style inline, which only this address allows.
func (s *server) mailHTML(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "mail")
	if err != nil {
		return err
	}
	m, err := s.Mail.Get(r.Context(), id)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, err = w.Write([]byte(m.HTML))
	return err
}

func (s *server) retryMail(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "mail")
	if err != nil {
		return err
	}
	if err := s.Mail.Retry(r.Context(), id); err != nil {
		return err
	}
	s.tell(r, "It will be tried again now.", "")
	return see(w, r, fmt.Sprintf("/mail/%d", id))
}
