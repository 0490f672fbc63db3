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

// stage is the column's type in the staging table.
func (c column) stage() string {
	switch c.kind {
	case when:
		return "timestamptz"
	case flag:
		return "boolean"
	case rank:
		return "smallint"
	case days:
		return "integer"
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
	case days:
		return putDays(out, v)
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
	return append(binary.BigEndian.AppendUint32(out, uint32(len(v))), v...) //nolint:gosec // at most maxRecord
}

func putInt8(out []byte, v int64) []byte {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint32(out, 8), uint64(v)) //nolint:gosec // two's complement is what COPY wants
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

// putDays takes up to a hundred years.
func putDays(out, v []byte) ([]byte, string) {
	n := digits(v)
	if len(v) > 5 || n < 1 || n > 36_525 {
		return out, "is not a whole number of days from 1 to 36525"
	}
	return binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(out, 4), uint32(n)), ""
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
