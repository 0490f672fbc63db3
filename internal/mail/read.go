package mail

import (
	"context"
	"time"

	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// Service shows what was sent and what waits.
type Service struct {
	db       *store.DB
	settings Settings
}

// New makes the service.
func New(db *store.DB, settings Settings) *Service { return &Service{db, settings} }

// Summary is one row of the list of mails.
type Summary struct {
	ID            int64
	To, Subject   string
	Name          string // of who it is to; "" or the e-mail where none is known
	Template      string
	State         string // waiting, sent, failed
	Attempts      int
	LastError     string
	CreatedAt     time.Time
	DueAt, SentAt *time.Time // DueAt: tried next; none while no mail server is set
}

// Letter is a mail as it looks, but for its single-use link.
type Letter struct {
	Summary
	From, Text, HTML string
}

// Filter picks mails: of a state, or all, below an id, or from the newest.
type Filter struct {
	State  string
	Before int64
}

// page is how many mails a list shows.
const page = 50

// List returns the newest fifty mails of the filter.
func (s *Service) List(ctx context.Context, f Filter) ([]Summary, error) {
	var list []Summary
	err := s.db.Read(ctx, "mail:read", func(tx *store.Tx) error {
		list = nil
		rows, err := tx.MailList(ctx, sqlc.MailListParams{State: f.State, Before: f.Before, Count: page})
		for _, r := range rows {
			list = append(list, summary(r))
		}
		return err
	})
	return list, err
}

func summary(r sqlc.MailListRow) Summary {
	s := Summary{
		ID: r.ID, To: r.Recipient, Name: r.Name, Subject: r.Subject, Template: r.Template, State: r.State,
		Attempts: int(r.Attempts), CreatedAt: r.CreatedAt, DueAt: r.DueAt, SentAt: r.SentAt,
	}
	if r.LastError != nil {
		s.LastError = *r.LastError
	}
	return s
}

// Get returns one mail with its words.
func (s *Service) Get(ctx context.Context, id int64) (Letter, error) {
	var l Letter
	err := s.db.Read(ctx, "mail:read", func(tx *store.Tx) error {
		r, err := tx.MailGet(ctx, id)
		if err != nil {
			return err
		}
		v, err := s.settings.view(r.Data)
		if err != nil {
			return err
		}
		if r.Linked || r.State == "waiting" {
			v.LinkNote = later
		}
		l = Letter{From: s.settings.From, Summary: summary(sqlc.MailListRow{
			ID: r.ID, Recipient: r.Recipient, Name: v.Name, Subject: r.Subject, Template: r.Template, State: r.State, Attempts: r.Attempts,
			LastError: r.LastError, CreatedAt: r.CreatedAt, DueAt: r.DueAt, SentAt: r.SentAt,
		})}
		l.Text, l.HTML, err = render(r.Template, v)
		return err
	})
	return l, err
}
