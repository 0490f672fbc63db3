package intake

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // the same time zones everywhere
	"unicode/utf8"
)

// maxKey keeps ids and e-mails within what an index takes.
const maxKey = 1000

// postgresEpoch is where PostgreSQL's binary times begin, in Unix microseconds.
const postgresEpoch = 946_684_800_000_000

// stage is the column's type in the staging table.
func (c column) stage() string {
	switch c.kind {
	case when:
		return "timestamptz"
	case flag:
		return "boolean"
	case rank:
		return "smallint"
	}
	return "text"
}

// put appends the value in COPY's binary form, or says why it cannot be taken.
// An empty value is no value.
func (c *column) put(out, v []byte) (longer []byte, reason string) {
	if len(v) == 0 {
		if c.required {
			return out, "is empty but required"
		}
		return putNull(out), ""
	}
	switch c.kind {
	case when:
		return putWhen(out, v)
	case flag:
		return putFlag(out, v)
	case rank:
		return putRank(out, v)
	}
	if reason := c.check(v); reason != "" {
		return out, reason
	}
	return putText(out, v), ""
}

func (c *column) check(v []byte) string {
	switch c.kind {
	case key, ref:
		return checkKey(v)
	case choice, capability:
		if !slices.ContainsFunc(c.words, func(w string) bool { return w == string(v) }) {
			return "is not known here; known: " + strings.Join(c.words, ", ")
		}
	case email:
		return checkEmail(v)
	case zone:
		return checkZone(string(v))
	}
	return ""
}

func checkKey(v []byte) string {
	if len(v) > maxKey {
		return fmt.Sprintf("is longer than %d bytes", maxKey)
	}
	if v[0] == ' ' && len(bytes.TrimSpace(v)) == 0 {
		return "holds only spaces"
	}
	return ""
}

func checkEmail(v []byte) string {
	at := bytes.LastIndexByte(v, '@')
	if at < 1 || at == len(v)-1 || len(v) > maxKey || bytes.ContainsAny(v, " \t\r\n,;<>") {
		return "is not an e-mail address; write name@example.com or leave it empty"
	}
	return ""
}

var knownZones sync.Map

func checkZone(name string) string {
	if _, ok := knownZones.Load(name); ok {
		return ""
	}
	if _, err := time.LoadLocation(name); err != nil || name == "Local" {
		return "is not an IANA time zone; write one such as Europe/Berlin"
	}
	knownZones.Store(name, true)
	return ""
}

func putNull(out []byte) []byte { return binary.BigEndian.AppendUint32(out, 0xffff_ffff) }

func putText(out, v []byte) []byte {
	return append(binary.BigEndian.AppendUint32(out, uint32(len(v))), v...)
}

func putInt8(out []byte, v int64) []byte {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint32(out, 8), uint64(v))
}

func putBool(out []byte, v bool) []byte {
	out = binary.BigEndian.AppendUint32(out, 1)
	if v {
		return append(out, 1)
	}
	return append(out, 0)
}

func putFlag(out, v []byte) ([]byte, string) {
	switch strings.ToLower(string(v)) {
	case "true", "yes", "1":
		return putBool(out, true), ""
	case "false", "no", "0":
		return putBool(out, false), ""
	}
	return out, "is neither yes nor no; write true, false, yes, no, 1 or 0"
}

func putRank(out, v []byte) ([]byte, string) {
	if len(v) != 1 || v[0] < '1' || v[0] > '5' {
		return out, "is not a whole number from 1 to 5"
	}
	return append(binary.BigEndian.AppendUint32(out, 2), 0, v[0]-'0'), ""
}

func putWhen(out, v []byte) ([]byte, string) {
	t, ok := parseTime(v)
	if !ok {
		return out, "is not a time; write 2026-11-30 or 2026-11-30T08:00:00Z"
	}
	return putInt8(out, t.UnixMicro()-postgresEpoch), ""
}

// parseTime takes YYYY-MM-DD, which is that midnight in UTC, and RFC 3339.
// time.Parse takes more than RFC 3339 has, and is slow for a million grants.
func parseTime(v []byte) (time.Time, bool) {
	if len(v) < 10 || v[4] != '-' || v[7] != '-' {
		return time.Time{}, false
	}
	year, month, day := digits(v[0:4]), digits(v[5:7]), digits(v[8:10])
	if year < 1 || month < 1 || month > 12 || day < 1 || day > 31 {
		return time.Time{}, false
	}
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if t.Day() != day {
		return time.Time{}, false
	}
	if len(v) == 10 {
		return t, true
	}
	d, ok := parseClock(v[10:])
	return t.Add(d), ok
}

// parseClock takes T08:00:00.5+01:00 and gives the time since that day's UTC midnight.
func parseClock(v []byte) (time.Duration, bool) {
	if len(v) < 10 || v[0] != 'T' && v[0] != 't' || v[3] != ':' || v[6] != ':' {
		return 0, false
	}
	hour, minute, second := digits(v[1:3]), digits(v[4:6]), digits(v[7:9])
	if hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59 {
		return 0, false
	}
	fraction, n, ok := parseFraction(v[9:])
	if !ok {
		return 0, false
	}
	offset, ok := parseOffset(v[9+n:])
	return time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute + time.Duration(second)*time.Second + fraction - offset, ok
}

func parseFraction(v []byte) (d time.Duration, n int, ok bool) {
	if len(v) == 0 || v[0] != '.' {
		return 0, 0, true
	}
	unit := 100 * time.Millisecond
	for n = 1; n < len(v) && v[n] >= '0' && v[n] <= '9'; n++ {
		d += time.Duration(v[n]-'0') * unit
		unit /= 10
	}
	return d.Truncate(time.Microsecond), n, n > 1
}

func parseOffset(v []byte) (time.Duration, bool) {
	if len(v) == 1 {
		return 0, v[0] == 'Z' || v[0] == 'z'
	}
	if len(v) != 6 || v[3] != ':' || v[0] != '+' && v[0] != '-' {
		return 0, false
	}
	hour, minute := digits(v[1:3]), digits(v[4:6])
	if hour < 0 || hour > 23 || minute < 0 || minute > 59 {
		return 0, false
	}
	d := time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute
	if v[0] == '-' {
		d = -d
	}
	return d, true
}

func digits(v []byte) int {
	n := 0
	for _, b := range v {
		if b < '0' || b > '9' {
			return -1
		}
		n = n*10 + int(b-'0')
	}
	return n
}

// badByte finds what no text column takes: bytes that are not UTF-8, and NUL. It
// names the line and the byte of the line, for a row that begins on line first.
func badByte(raw []byte, first int64) string {
	line, begin := first, 0
	for at := 0; at < len(raw); {
		r, size := utf8.DecodeRune(raw[at:])
		switch {
		case r == utf8.RuneError && size <= 1:
			return fmt.Sprintf("is not UTF-8: byte %d of line %d is 0x%02X; save the file as UTF-8", at-begin+1, line, raw[at])
		case r == 0:
			return fmt.Sprintf("holds a NUL: byte %d of line %d; save the file as UTF-8 text", at-begin+1, line)
		case r == '\n':
			line, begin = line+1, at+1
		}
		at += size
	}
	return ""
}

func cleanText(v []byte) bool { return utf8.Valid(v) && bytes.IndexByte(v, 0) < 0 }
