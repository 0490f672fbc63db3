package mail

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"os"
	"strconv"
	"strings"

	"interlock/internal/errs"
)

// Settings say through which server mail goes, from whom, and where its links
// lead. Without a host, mails wait.
type Settings struct {
	Host     string
	Port     int    // 0 is the mode's usual one
	Mode     string // starttls (also when empty), tls, or none: to this machine only
	User     string // empty: the server asks for none
	Password string
	From     string // interlock@example.com, or Name <interlock@example.com>
	CAFile   string // trusts these certificates instead of the system's
	BaseURL  string // https://interlock.example.com
	Zone     string // time zone in which times are told where a mail names none; UTC when empty
}

// On tells whether a mail server is set.
func (s Settings) On() bool { return s.Host != "" }

// Check refuses settings that cannot work; main calls it at start.
func (s Settings) Check() error {
	if !s.On() {
		return nil
	}
	if _, err := mail.ParseAddress(s.From); err != nil {
		return errs.InvalidField("from", "The sender of mails, %q, is no e-mail address. Set INTERLOCK_SMTP_FROM as interlock@example.com or Name <interlock@example.com>.", s.From)
	}
	if u, err := url.Parse(s.BaseURL); err != nil || u.Host == "" {
		return errs.InvalidField("url", "The address in the links of mails, %q, is not one a browser can open. Set INTERLOCK_URL as https://interlock.example.com.", s.BaseURL)
	}
	if s.mode() == "none" && !s.loopback() {
		return errs.InvalidField("mode", "Mail to %s would go over the network unencrypted. Set INTERLOCK_SMTP_MODE to starttls or tls; none is for a server on this machine.", s.Host)
	}
	if usualPort[s.mode()] == 0 {
		return errs.InvalidField("mode", "The mail server's mode %q is not known. Set INTERLOCK_SMTP_MODE to starttls, tls or none.", s.Mode)
	}
	_, err := s.tls()
	return err
}

var usualPort = map[string]int{"starttls": 587, "tls": 465, "none": 25}

func (s Settings) mode() string {
	if s.Mode == "" {
		return "starttls"
	}
	return s.Mode
}

func (s Settings) port() int {
	if s.Port == 0 {
		return usualPort[s.mode()]
	}
	return s.Port
}

// Server names the mail server and its port.
func (s Settings) Server() string { return net.JoinHostPort(s.Host, strconv.Itoa(s.port())) }

func (s Settings) loopback() bool {
	ip, err := netip.ParseAddr(s.Host)
	return s.Host == "localhost" || err == nil && ip.IsLoopback()
}

func (s Settings) tls() (*tls.Config, error) {
	cfg := &tls.Config{ServerName: s.Host, MinVersion: tls.VersionTLS12}
	if s.CAFile == "" {
		return cfg, nil
	}
	pem, err := os.ReadFile(s.CAFile)
	if err != nil {
		return nil, errs.InvalidField("ca", "The file of certificates for the mail server, %s (INTERLOCK_SMTP_CA), cannot be read.", s.CAFile).Because(err)
	}
	cfg.RootCAs = x509.NewCertPool()
	if !cfg.RootCAs.AppendCertsFromPEM(pem) {
		return nil, errs.InvalidField("ca", "The file %s (INTERLOCK_SMTP_CA) holds no certificate. It should hold one or more in PEM form.", s.CAFile)
	}
	return cfg, nil
}

func (s Settings) base() string { return strings.TrimSuffix(s.BaseURL, "/") }

// host names this installation, in mails and in their Message-ID.
func (s Settings) host() string {
	u, err := url.Parse(s.BaseURL)
	if err != nil || u.Hostname() == "" {
		return "localhost"
	}
	return u.Hostname()
}
