package web

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"interlock/internal/review"
	"interlock/web/ui"
)

// date writes 12 Nov 2026.
func (s *server) date(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.In(s.Zone).Format("2 Jan 2006")
}

// moment writes 12 Nov 2026, 17:00 UTC.
func (s *server) moment(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.In(s.Zone).Format("2 Jan 2006, 15:04 MST")
}

// zoneOf is the time zone in which a due time is told: the named one, or the
// installation's.
func (s *server) zoneOf(name string) *time.Location {
	if zone, err := time.LoadLocation(name); err == nil && name != "" {
		return zone
	}
	return s.Zone
}

// dueOn writes Thu 19 Nov 2026, 17:00 Europe/Stockholm: always with its zone, as
// who reads it may be anywhere.
func (s *server) dueOn(t time.Time, zone string) string {
	at := t.In(s.zoneOf(zone))
	return at.Format("Mon 2 Jan 2006, 15:04 ") + at.Location().String()
}

// recent writes today 14:06, yesterday 9:12 or a date.
func (s *server) recent(t time.Time) string {
	at, now := t.In(s.Zone), s.Now().In(s.Zone)
	switch days := dayNumber(now) - dayNumber(at); days {
	case 0:
		return "today " + at.Format("15:04")
	case 1:
		return "yesterday " + at.Format("15:04")
	}
	return at.Format("2 Jan 2006")
}

// lately is recent in fewer words: today 14:06, yesterday, 9 Nov, and with the
// year once that is over.
func (s *server) lately(t time.Time) string {
	at, now := t.In(s.Zone), s.Now().In(s.Zone)
	switch days := dayNumber(now) - dayNumber(at); {
	case days == 0:
		return "today " + at.Format("15:04")
	case days == 1:
		return "yesterday"
	case days < 300:
		return at.Format("2 Jan")
	}
	return at.Format("2 Jan 2006")
}

func dayNumber(t time.Time) int {
	y, m, d := t.Date()
	return int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// ago writes 3 days ago; never for nil when the source would know, else "".
func (s *server) ago(t *time.Time) string { return s.since(t, s.Now()) }

// since is ago as seen from a moment.
func (s *server) since(t *time.Time, at time.Time) string {
	if t == nil {
		return ""
	}
	switch days := dayNumber(at.In(s.Zone)) - dayNumber(t.In(s.Zone)); {
	case days <= 0:
		return "today"
	case days == 1:
		return "yesterday"
	default:
		return ui.Thousands(days) + " days ago"
	}
}

// due says how far off a due date is, by the days of a time zone ("" for the
// installation's), and whether it has passed.
func (s *server) due(t time.Time, zone string) (words string, over bool) {
	in := s.zoneOf(zone)
	days := dayNumber(t.In(in)) - dayNumber(s.Now().In(in))
	switch {
	case t.Before(s.Now()) && days == 0:
		return "overdue since today", true
	case days < 0:
		return ui.Plural(-days, "day overdue", "days overdue"), true
	case days == 0:
		return "due today", false
	}
	return ui.Plural(days, "day left", "days left"), false
}

// ends says how far off an end is, as seen from a moment, and whether it is past.
func (s *server) ends(t, at time.Time) (words string, past bool) {
	days := dayNumber(t.In(s.Zone)) - dayNumber(at.In(s.Zone))
	switch {
	case t.Before(at) && days == 0:
		return "today", true
	case days < 0:
		return ui.Plural(-days, "day ago", "days ago"), true
	case days == 0:
		return "today", false
	}
	return "in " + ui.Plural(days, "day", "days"), false
}

func minutes(n int) string {
	switch {
	case n <= 0:
		return ""
	case n < 90:
		return fmt.Sprintf("about %d min", n)
	}
	return fmt.Sprintf("about %d h", (n+30)/60)
}

// openFor writes 0:52 for milliseconds.
func openFor(ms *int64) string {
	if ms == nil {
		return ""
	}
	sec := *ms / 1000
	return fmt.Sprintf("%d:%02d", sec/60, sec%60)
}

// level writes a Purdue level as its plate does: 3.5, 2.
func level(l *float64) string {
	if l == nil {
		return ""
	}
	return strconv.FormatFloat(*l, 'f', -1, 64)
}

func place(l *float64, domain *string) ui.Place {
	return ui.Place{Level: level(l), Domain: text(domain)}
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// actorWords says who did something, by the name the audit log keeps: a person by
// name, others as what they are.
func actorWords(id string, known review.Names) string {
	if user, ok := strings.CutPrefix(id, "cli:"); ok {
		return user + " on the command line"
	}
	if part, ok := strings.CutPrefix(id, "system:"); ok {
		return "Interlock itself (" + part + ")"
	}
	return orElse(known[id], id)
}

// called are the names of people, as far as they can be read.
func (s *server) called(r *http.Request, emails ...string) review.Names {
	known, err := s.Review.Names(r.Context(), emails...)
	if err != nil {
		s.Log.Warn("read names", "id", requestID(r), "error", err)
	}
	return known
}

// enteredFor says who entered an answer on behalf of who gave it; "" where they
// answered themselves.
func enteredFor(by *string, giver string, known review.Names) string {
	if by == nil {
		return ""
	}
	return "by " + actorWords(*by, known) + ", for " + giver
}

var kindWords = map[string]string{
	"person": "Person", "contractor": "Contractor", "vendor": "Vendor", "shared": "Shared login", "service": "Service",
	"api_key": "API key", "certificate": "Certificate", "workload": "Workload", "agent": "Agent",
}

// whoSub is the line under an identity's name: what kind, and who answers for it.
func (s *server) whoSub(r review.Row) string {
	parts := []string{kindWords[r.IdentityKind]}
	if r.IdentityKind == "person" {
		parts = nil
	}
	if d := text(r.Department); d != "" {
		parts = append(parts, d)
	}
	if o := text(r.Organisation); o != "" && r.IdentityKind == "vendor" {
		parts = append(parts, o)
	}
	if r.IdentityKind != "person" && r.IdentityKind != "contractor" {
		if o := text(r.OwnerName); o != "" {
			parts = append(parts, "owner "+o)
		} else {
			parts = append(parts, "no owner")
		}
	}
	if r.IdentityStatus != "active" {
		parts = append(parts, r.IdentityStatus)
	}
	return strings.Join(parts, ", ")
}

var conduitWords = map[string]string{
	"direct": "direct", "vpn": "VPN", "jump_host": "jump host", "remote_gateway": "remote gateway", "data_diode": "data diode",
}

var domainWords = map[string]string{"it": "office IT", "dmz": "the zone between", "ot": "the plant", "external": "outside"}

func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

func number(n int64) string { return ui.Thousands(int(n)) }

var small = []string{"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"}

// counted is Plural with small numbers in words, for sentences.
func counted(n int, one, many string) string {
	if n < 0 || n >= len(small) {
		return ui.Plural(n, one, many)
	}
	if n == 1 {
		return "one " + one
	}
	return small[n] + " " + many
}

func identityHref(id int64) string { return fmt.Sprintf("/identities/%d", id) }

func assetHref(id int64) string { return fmt.Sprintf("/assets/%d", id) }
