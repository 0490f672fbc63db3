package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/user"
	"path/filepath"
	"time"

	"github.com/alecthomas/kong"

	"interlock/internal/errs"
	"interlock/internal/mail"
)

// settings are shared by every command. Flags win over INTERLOCK_* environment
// variables, which win over the settings file.
type settings struct {
	command string // which command runs: "serve", "user add"

	Data        string `env:"INTERLOCK_DATA" default:"${data}" help:"Data directory: embedded PostgreSQL, signing key." type:"path"`
	DatabaseURL string `name:"database-url" env:"INTERLOCK_DATABASE_URL" help:"Use this PostgreSQL (15 or later) instead of the embedded one."`
	SigningKey  string `env:"INTERLOCK_SIGNING_KEY" help:"Private key that signs the audit log; default: a file in the data directory." hidden:""`
	Timezone    string `env:"INTERLOCK_TIMEZONE" default:"UTC" help:"IANA time zone in which times are shown."`
	LogLevel    string `env:"INTERLOCK_LOG_LEVEL" default:"info" enum:"debug,info,warn,error" help:"How much is logged."`

	SMTPHost     string `name:"smtp-host" env:"INTERLOCK_SMTP_HOST" help:"Mail server; without one, mails wait and can be read under /mail."`
	SMTPPort     int    `name:"smtp-port" env:"INTERLOCK_SMTP_PORT" help:"Its port; default by mode."`
	SMTPMode     string `name:"smtp-mode" env:"INTERLOCK_SMTP_MODE" default:"starttls" enum:"starttls,tls,none" help:"How the connection is secured."`
	SMTPUser     string `name:"smtp-user" env:"INTERLOCK_SMTP_USER" help:"User name at the mail server."`
	SMTPPassword string `name:"smtp-password" env:"INTERLOCK_SMTP_PASSWORD" help:"Password at the mail server." hidden:""`
	SMTPFrom     string `name:"smtp-from" env:"INTERLOCK_SMTP_FROM" default:"Interlock <interlock@localhost.localdomain>" help:"Sender of mails."`
	SMTPCA       string `name:"smtp-ca" env:"INTERLOCK_SMTP_CA" help:"File of certificates to trust instead of the system's." type:"path"`
	URL          string `env:"INTERLOCK_URL" default:"http://127.0.0.1:8080" help:"Address of this Interlock in mails."`
}

func (s *settings) mail() mail.Settings {
	return mail.Settings{
		Host: s.SMTPHost, Port: s.SMTPPort, Mode: s.SMTPMode, User: s.SMTPUser, Password: s.SMTPPassword,
		From: s.SMTPFrom, CAFile: s.SMTPCA, BaseURL: s.URL,
	}
}

func (s *settings) zone() (*time.Location, error) {
	z, err := time.LoadLocation(s.Timezone)
	if err != nil {
		return nil, errs.Invalidf("The time zone %q is not known: use an IANA name such as Europe/Stockholm.", s.Timezone)
	}
	return z, nil
}

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

func configPaths() []string {
	if file := os.Getenv("INTERLOCK_CONFIG"); file != "" {
		return []string{file}
	}
	paths := []string{"/etc/interlock/settings.json"}
	if dir, err := os.UserConfigDir(); err == nil {
		paths = append(paths, filepath.Join(dir, "interlock", "settings.json"))
	}
	return paths
}

// settingsFile reads a JSON object of flag names to values. kong would let it win
// over the environment; here it does not.
func settingsFile(r io.Reader) (kong.Resolver, error) {
	values := map[string]any{}
	if err := json.NewDecoder(r).Decode(&values); err != nil {
		return nil, fmt.Errorf("the settings file is not a JSON object: %w", err)
	}
	return kong.ResolverFunc(func(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
		for _, name := range flag.Envs {
			if _, set := os.LookupEnv(name); set {
				return nil, nil
			}
		}
		return values[flag.Name], nil
	}), nil
}

// whoami names the user of the command line for the audit log.
func whoami() string {
	if u, err := user.Current(); err == nil && u.Username != "" {
		return u.Username
	}
	return "unknown"
}
