package main

import (
	"cmp"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"os"
	"os/user"
	"path/filepath"
	"strings"
	"time"

	"interlock/internal/errs"
	"interlock/internal/mail"
)

// settings are shared by every command. Flags win over INTERLOCK_* environment
// variables, which win over the settings files.
type settings struct {
	command string         // which command runs: "serve", "user add"
	files   *settingsFiles // for a setting of another command

	Data        string `env:"INTERLOCK_DATA" default:"${data}" help:"Data directory: embedded PostgreSQL, signing key." type:"path"`
	DatabaseURL string `name:"database-url" env:"INTERLOCK_DATABASE_URL" placeholder:"URL" help:"Use this PostgreSQL (15 or later) instead of the embedded one."`
	SigningKey  string `env:"INTERLOCK_SIGNING_KEY" help:"Private key that signs the audit log; default: a file in the data directory." hidden:""`
	Timezone    string `env:"INTERLOCK_TIMEZONE" default:"UTC" help:"IANA time zone in which times are shown."`
	LogLevel    string `env:"INTERLOCK_LOG_LEVEL" default:"info" enum:"debug,info,warn,error" help:"How much is logged: debug, info, warn or error."`

	SMTPHost     string `name:"smtp-host" env:"INTERLOCK_SMTP_HOST" placeholder:"HOST" help:"Mail server; without one, mails wait and can be read under /mail."`
	SMTPPort     int    `name:"smtp-port" env:"INTERLOCK_SMTP_PORT" placeholder:"PORT" help:"Its port; default by mode."`
	SMTPMode     string `name:"smtp-mode" env:"INTERLOCK_SMTP_MODE" default:"starttls" enum:"starttls,tls,none" help:"How the connection is secured: starttls, tls, or none (this machine only)."`
	SMTPUser     string `name:"smtp-user" env:"INTERLOCK_SMTP_USER" placeholder:"NAME" help:"User name at the mail server."`
	SMTPPassword string `name:"smtp-password" env:"INTERLOCK_SMTP_PASSWORD" help:"Password at the mail server." hidden:""`
	SMTPFrom     string `name:"smtp-from" env:"INTERLOCK_SMTP_FROM" default:"Interlock <interlock@localhost.localdomain>" help:"Sender of mails."`
	SMTPCA       string `name:"smtp-ca" env:"INTERLOCK_SMTP_CA" placeholder:"FILE" help:"File of certificates to trust instead of the system's." type:"path"`
	URL          string `env:"INTERLOCK_URL" placeholder:"URL" help:"Address of this Interlock in mails; default: where serve listens."`
}

// usualAddress is where serve listens unless it is told otherwise.
const usualAddress = "127.0.0.1:8080"

func (s *settings) mail() mail.Settings {
	return mail.Settings{
		Host: s.SMTPHost, Port: s.SMTPPort, Mode: s.SMTPMode, User: s.SMTPUser, Password: s.SMTPPassword,
		From: s.SMTPFrom, CAFile: s.SMTPCA, BaseURL: s.base(), Zone: s.Timezone,
	}
}

// base is the address that links in mails begin with.
func (s *settings) base() string {
	if s.URL != "" {
		return strings.TrimSuffix(s.URL, "/")
	}
	return linkTo(cmp.Or(os.Getenv("INTERLOCK_ADDR"), s.files.value("addr"), usualAddress))
}

// linkTo is the address of a server that listens at addr. Where that is every
// address of the machine, people know the machine by its name.
func linkTo(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return "http://" + addr
	}
	if ip, err := netip.ParseAddr(host); host == "" || err == nil && ip.IsUnspecified() {
		host, err = os.Hostname()
		if err != nil {
			host = "localhost"
		}
	}
	return "http://" + net.JoinHostPort(host, port)
}

// check refuses settings that the parser takes but that cannot be meant; origin
// names the place of one.
func (s *settings) check(origin func(flag string) string) error {
	if _, err := s.zone(); err != nil {
		return errs.Invalidf("%s is %q, which is no time zone: use an IANA name such as Europe/Stockholm.", origin("--timezone"), s.Timezone).Because(err)
	}
	if s.SMTPPort < 0 || s.SMTPPort > 65535 {
		return errs.Invalidf("%s is %d: a port is a number from 1 to 65535.", origin("--smtp-port"), s.SMTPPort)
	}
	if u, err := url.Parse(s.URL); s.URL != "" && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https") {
		return errs.Invalidf("%s is %q, which a browser cannot open: write it as https://interlock.example.com.", origin("--url"), s.URL).Because(err)
	}
	return nil
}

func (s *settings) zone() (*time.Location, error) { return time.LoadLocation(s.Timezone) }

// logger writes words to a terminal and JSON to anything else.
func (s *settings) logger(w *os.File) *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(s.LogLevel)) // one of the enum
	o := &slog.HandlerOptions{Level: level}
	if st, err := w.Stat(); err == nil && st.Mode()&os.ModeCharDevice != 0 {
		return slog.New(slog.NewTextHandler(w, o))
	}
	return slog.New(slog.NewJSONHandler(w, o))
}

// defaultData is the user's data directory; root's own home is closed to the
// unprivileged user that runs the server, so root uses /var/lib.
func defaultData() string {
	if os.Geteuid() == 0 {
		return "/var/lib/interlock"
	}
	if dir := os.Getenv("XDG_DATA_HOME"); dir != "" {
		return filepath.Join(dir, "interlock")
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "interlock-data"
	}
	return filepath.Join(home, ".local", "share", "interlock")
}

// whoami names the user of the command line for the audit log.
func whoami() string {
	if u, err := user.Current(); err == nil && u.Username != "" {
		return u.Username
	}
	return "unknown"
}
