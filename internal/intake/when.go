package intake

import "time"

// postgresEpoch is where PostgreSQL's binary times begin, in Unix microseconds.
const postgresEpoch = 946_684_800_000_000

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
