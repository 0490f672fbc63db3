package mail

import (
	"context"
	"crypto/tls"
	"net"
	netmail "net/mail"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// letter is a message with its words made.
type letter struct {
	id                string // Message-ID without brackets
	to, name, subject string
	text, page        string
	at                time.Time
}

// How long connecting and a whole mail may take.
const (
	connecting = 10 * time.Second
	sending    = time.Minute
)

// smtp sends letters. Each has a connection of its own: mails are few, and what
// befalls one then does not befall the next.
type smtp struct {
	Settings
	connect, whole time.Duration
}

func (s smtp) send(ctx context.Context, l letter) error {
	msg, err := s.compose(l)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, s.whole)
	defer cancel()
	client, err := s.client(ctx)
	if err != nil {
		return err
	}
	server, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return s.beforeMail(ctx, err)
	}
	err = client.SendWithSMTPClient(server, msg)
	if msg.IsDelivered() { // whatever went wrong after the server had taken it
		_ = client.CloseWithSMTPClient(server)
		return nil
	}
	return s.duringMail(ctx, err)
}

// Reach connects to the mail server as for a mail, signs in and hangs up. What
// keeps it from that is said in words.
func (s Settings) Reach(ctx context.Context) error {
	to := smtp{s, connecting, sending}
	ctx, cancel := context.WithTimeout(ctx, to.connect)
	defer cancel()
	client, err := to.client(ctx)
	if err != nil {
		return err
	}
	server, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return to.beforeMail(ctx, err)
	}
	return client.CloseWithSMTPClient(server)
}

// dialer makes connections that are cut when whole ends, however it ends: go-mail
// leaves one open when greeting, encryption or sign-in go wrong, and heeds no
// context once connected.
func (s smtp) dialer(whole context.Context, cfg *tls.Config) gomail.DialContextFunc {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		ctx, cancel := context.WithTimeout(ctx, s.connect)
		defer cancel()
		dial := new(net.Dialer).DialContext
		if s.mode() == "tls" {
			dial = (&tls.Dialer{Config: cfg}).DialContext
		}
		conn, err := dial(ctx, network, address)
		if err == nil {
			context.AfterFunc(whole, func() { _ = conn.Close() })
		}
		return conn, err
	}
}

func (s smtp) client(whole context.Context) (*gomail.Client, error) {
	cfg, err := s.tls()
	if err != nil {
		return nil, err
	}
	opts := []gomail.Option{
		gomail.WithPort(s.port()), gomail.WithTimeout(s.whole), gomail.WithTLSConfig(cfg),
		gomail.WithoutNoop(), gomail.WithoutRset(), gomail.WithDialContextFunc(s.dialer(whole, cfg)),
	}
	switch s.mode() {
	case "tls":
		opts = append(opts, gomail.WithSSL())
	case "none":
		opts = append(opts, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		opts = append(opts, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if s.User != "" {
		opts = append(opts, gomail.WithUsername(s.User), gomail.WithPassword(s.Password),
			gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthPlain, gomail.SMTPAuthLogin))
	}
	return gomail.NewClient(s.Host, opts...)
}

func (s smtp) compose(l letter) (*gomail.Msg, error) {
	from, err := netmail.ParseAddress(s.From)
	if err != nil {
		return nil, failure{"The sender that is set, " + s.From + ", is no e-mail address.", false, err}
	}
	if _, err := netmail.ParseAddress("<" + l.to + ">"); err != nil {
		return nil, failure{"The recipient is no e-mail address.", true, err}
	}
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	m.FromMailAddress(from)
	m.ToMailAddress(&netmail.Address{Name: l.name, Address: l.to})
	m.Subject(l.subject)
	m.SetMessageIDWithValue(l.id)
	m.SetDateWithValue(l.at)
	// RFC 3834: nobody's out-of-office answers this.
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetGenHeader("X-Auto-Response-Suppress", "All")
	m.SetBodyString(gomail.TypeTextPlain, l.text)
	m.AddAlternativeString(gomail.TypeTextHTML, l.page)
	return m, nil
}
