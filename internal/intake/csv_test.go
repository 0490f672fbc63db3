package intake

import (
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

type readRow struct {
	Line   int64
	Fields []string
	Reason string
}

func readAll(src io.Reader) (rows []readRow, broken *brokenFileError) {
	c := newCSV(&skipBOM{src: src})
	for {
		reason, err := c.read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if b, ok := errors.AsType[*brokenFileError](err); ok {
			return rows, b
		}
		if err != nil {
			panic(err)
		}
		row := readRow{Line: c.line, Reason: reason}
		for _, f := range c.fields {
			row.Fields = append(row.Fields, string(f))
		}
		if reason != "" {
			row.Fields = nil
		}
		rows = append(rows, row)
	}
}

func TestCSV(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		in   string
		want []readRow
	}{
		"plain":            {"a,b\nc,d\n", []readRow{{1, []string{"a", "b"}, ""}, {2, []string{"c", "d"}, ""}}},
		"no last newline":  {"a,b", []readRow{{1, []string{"a", "b"}, ""}}},
		"CRLF":             {"a,b\r\nc,d\r\n", []readRow{{1, []string{"a", "b"}, ""}, {2, []string{"c", "d"}, ""}}},
		"blank lines":      {"a\n\n\r\nb\n", []readRow{{1, []string{"a"}, ""}, {4, []string{"b"}, ""}}},
		"BOM":              {"\xef\xbb\xbfa\n", []readRow{{1, []string{"a"}, ""}}},
		"quoted newline":   {"\"a\nb\",c\nd,e\n", []readRow{{1, []string{"a\nb", "c"}, ""}, {3, []string{"d", "e"}, ""}}},
		"escaped quotes":   {`"say ""hi""","""",""` + "\n", []readRow{{1, []string{`say "hi"`, `"`, ""}, ""}}},
		"quote then CRLF":  {"\"a\"\r\nb\r\n", []readRow{{1, []string{"a"}, ""}, {2, []string{"b"}, ""}}},
		"spaces stay":      {" a , b\n", []readRow{{1, []string{" a ", " b"}, ""}}},
		"trailing comma":   {"a,\n", []readRow{{1, []string{"a", ""}, ""}}},
		"after bad quote":  {"5\" pipe,x\nb,c\n", []readRow{{1, nil, "has a quote inside a value that does not begin with one; quote the whole value and write the quote twice"}, {2, []string{"b", "c"}, ""}}},
		"text after quote": {"\"a\"b,x\nb,c\n", []readRow{{1, nil, "has text after a closing quote; write a quote inside a quoted value twice"}, {2, []string{"b", "c"}, ""}}},
	} {
		t.Run(name, func(t *testing.T) {
			for way, src := range map[string]io.Reader{"whole": strings.NewReader(test.in), "bytes": iotest.OneByteReader(strings.NewReader(test.in))} {
				got, broken := readAll(src)
				if diff := cmp.Diff(test.want, got); diff != "" || broken != nil {
					t.Errorf("%s: %v %s", way, broken, diff)
				}
			}
		})
	}
}

func TestCSVBreaksOff(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		in, reason string
		line       int64
	}{
		"unterminated quote": {"a\n\"b\nc\n", "never closed", 2},
		"long line":          {"a\nb\n" + strings.Repeat("x", 10<<20) + "\n", "longer than 1 MB", 3},
		"long quoted":        {"a\n\"" + strings.Repeat("x\n", 6<<20), "perhaps a quote is never closed", 2},
		"UTF-16":             {"\xff\xfea\x00", "UTF-16", 1},
	} {
		t.Run(name, func(t *testing.T) {
			_, broken := readAll(strings.NewReader(test.in))
			if broken == nil || broken.line != test.line || !strings.Contains(broken.reason, test.reason) {
				t.Errorf("%v", broken)
			}
		})
	}
}

// FuzzCSV holds the reader to two promises: it never panics and always ends, and
// what encoding/csv reads strictly it reads alike.
func FuzzCSV(f *testing.F) {
	for _, seed := range []string{"a,b\nc,d\n", "\"a\"\"b\",\r\n", "\xef\xbb\xbfid\n\n1", "\"", "a\"b\n", "\"a\"b\r", "\xff\xfe", ",\n,\r\n\"\r\n\"", "\"\"\r"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		got, broken := readAll(strings.NewReader(string(in)))
		slow, slowBroken := readAll(iotest.OneByteReader(strings.NewReader(string(in))))
		if diff := cmp.Diff(got, slow); diff != "" || (broken == nil) != (slowBroken == nil) {
			t.Fatalf("read in one piece and in many differ: %s", diff)
		}
		for _, r := range got {
			if r.Line < 1 || r.Reason == "" && len(r.Fields) == 0 {
				t.Fatalf("%+v", r)
			}
		}
		if broken == nil && plainEnough(in) {
			compareWithStandard(t, in, got)
		}
		into(t, in)
	})
}

// plainEnough leaves out what the standard reader changes or takes otherwise:
// carriage returns, and the byte order mark, which only we drop.
func plainEnough(in []byte) bool {
	return !strings.Contains(string(in), "\r") && !strings.HasPrefix(string(in), "\xef\xbb\xbf")
}

func compareWithStandard(t *testing.T, in []byte, got []readRow) {
	r := csv.NewReader(strings.NewReader(string(in)))
	r.FieldsPerRecord = -1
	want, err := r.ReadAll()
	for _, row := range got {
		if row.Reason != "" {
			if err == nil {
				t.Fatalf("the standard reader takes %q", in)
			}
			return
		}
	}
	if err != nil {
		t.Fatalf("the standard reader refuses %q: %v", in, err)
	}
	var fields [][]string
	for _, row := range got {
		fields = append(fields, row.Fields)
	}
	if diff := cmp.Diff(want, fields); diff != "" {
		t.Fatal(diff)
	}
}

// into streams the bytes as every file, to the end.
func into(t *testing.T, in []byte) {
	for _, table := range tables {
		p := newProblems(true)
		s, _ := newStream(table, strings.NewReader(string(in)), p)
		if s == nil {
			if !p.broken || p.list[0].Reason == "" {
				t.Fatalf("%s: no header and no reason", table.file)
			}
			continue
		}
		if _, err := io.Copy(io.Discard, s); err != nil {
			t.Fatal(err)
		}
	}
}
