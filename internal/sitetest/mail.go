package sitetest

import (
	"errors"
	"io"
	"log"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"

	gosmtp "github.com/emersion/go-smtp"
)

// Letter is a mail as it arrived.
type Letter struct{ To, Subject, Text, HTML string }

var linkIn = regexp.MustCompile(`https?://\S+`)

// Link is the first address in the letter that holds the words.
func (l Letter) Link(words string) string {
	for _, u := range linkIn.FindAllString(l.Text, -1) {
		if strings.Contains(u, words) {
			return u
		}
	}
	return ""
}

// postOffice is a mail server that keeps what it is given.
type postOffice struct {
	mu   sync.Mutex
	got  []Letter
	port int
}

func openPostOffice(t *testing.T) *postOffice {
	t.Helper()
	p := &postOffice{}
	srv := gosmtp.NewServer(gosmtp.BackendFunc(func(*gosmtp.Conn) (gosmtp.Session, error) { return &delivery{office: p}, nil }))
	srv.Domain, srv.ErrorLog = "mail.test", log.New(io.Discard, "", 0)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	p.port = l.Addr().(*net.TCPAddr).Port
	go func() { _ = srv.Serve(l) }()
	t.Cleanup(func() { _ = srv.Close() })
	return p
}

type delivery struct {
	office *postOffice
	to     string
}

func (d *delivery) Mail(string, *gosmtp.MailOptions) error { return nil }
func (d *delivery) Reset()                                 {}
func (d *delivery) Logout() error                          { return nil }

func (d *delivery) Rcpt(to string, _ *gosmtp.RcptOptions) error {
	d.to = to
	return nil
}

func (d *delivery) Data(r io.Reader) error {
	l, err := readLetter(r)
	if err != nil {
		return err
	}
	l.To = d.to
	d.office.mu.Lock()
	defer d.office.mu.Unlock()
	d.office.got = append(d.office.got, l)
	return nil
}

func readLetter(r io.Reader) (l Letter, err error) {
	m, err := mail.ReadMessage(r)
	if err != nil {
		return l, err
	}
	if l.Subject, err = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil {
		return l, err
	}
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		return l, err
	}
	for parts := multipart.NewReader(m.Body, params["boundary"]); ; {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return l, nil
		}
		if err != nil {
			return l, err
		}
		body, err := io.ReadAll(quotedprintable.NewReader(part))
		if err != nil {
			return l, err
		}
		if strings.HasPrefix(part.Header.Get("Content-Type"), "text/html") {
			l.HTML = string(body)
		} else {
			l.Text = string(body)
		}
	}
}

// Letters are what arrived for an e-mail, oldest first, once all jobs are done.
func (s *Site) Letters(to string) (list []Letter) {
	s.T.Helper()
	s.Settled()
	s.post.mu.Lock()
	defer s.post.mu.Unlock()
	for _, l := range s.post.got {
		if l.To == to {
			list = append(list, l)
		}
	}
	return list
}

// Lines keeps the program's log.
type Lines struct {
	mu   sync.Mutex
	text strings.Builder
}

// Write keeps a line.
func (l *Lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// String is the log so far.
func (l *Lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func writeFile(path, text string) error { return os.WriteFile(path, []byte(text), 0o600) }
