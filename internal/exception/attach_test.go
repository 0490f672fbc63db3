package exception_test

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"interlock/internal/errs"
	"interlock/internal/exception"
)

func TestAttach(t *testing.T) {
	t.Parallel()
	r := newRegister(t)
	id := r.active()
	pdf := append([]byte("%PDF-1.7\n"), bytes.Repeat([]byte("x"), 100)...)
	r.must(r.Attach(asks, id, "vendor letter.pdf", pdf))
	r.refused(r.Attach(officer, id, "again.pdf", pdf), errs.Invalid, "attached already")
	r.refused(r.Attach(asks, id, "empty", nil), errs.Invalid, "empty")
	r.refused(r.Attach(asks, id, "big", make([]byte, exception.MaxFile+1)), errs.Invalid, "20 MB")
	r.must(r.Attach(asks, id, "full", make([]byte, exception.MaxFile)))
	r.refused(r.Attach(as("aud", "auditor"), id, "a", pdf), errs.NotFound, "no such exception")
	r.refused(r.Attach(as("nobody", "member"), id, "a", []byte("a")), errs.NotFound, "no such exception")
	r.must(r.Attach(as("tess", "member"), id, "seen.txt", []byte("as it should be"))) // tests a control of it
	r.refused(r.Attach(asks, 99, "a", []byte("a")), errs.NotFound, "")

	a, err := r.Open(as("aud", "auditor"), id, 1)
	r.must(err)
	if a.Name != "vendor letter.pdf" || a.Type != "application/pdf" || !bytes.Equal(a.Content, pdf) {
		t.Errorf("%s %s, %d bytes", a.Name, a.Type, len(a.Content))
	}
	_, err = r.Open(as("tess", "member"), id, 1)
	r.refused(err, errs.Forbidden, "Your roles")
	_, err = r.Open(officer, id+1, 1)
	r.refused(err, errs.NotFound, "")
	if got := r.text(`select string_agg(actor || ' ' || action, ', ' order by id) from audit_event where action like 'exception.attach%'`); got !=
		"asks@x.example exception.attach, asks@x.example exception.attach, tess@x.example exception.attach, aud@x.example exception.attachment_read" {
		t.Error(got)
	}
	for range exception.MaxFiles - 3 {
		r.exec(`insert into exception_attachment (exception_id, name, type, size, sha256, content, added_by, added_at) values (1, 'n', 't', 1, sha256('a'), 'a', 'x', now())`)
	}
	r.refused(r.Attach(asks, id, "one more", []byte("b")), errs.Conflict, "50 files")
	r.must(r.Revoke(officer, id, "Over."))
	r.refused(r.Attach(asks, id, "late", []byte("c")), errs.Conflict, "revoked")
}

// What a browser could run is told to be nothing in particular, whatever its name.
func TestSniff(t *testing.T) {
	t.Parallel()
	for content, want := range map[string]string{
		"<html><script>alert(1)</script>": "application/octet-stream", "<?xml version='1.0'?><svg onload='x'/>": "application/octet-stream",
		"   <svg xmlns='x' onload='alert(1)'>": "application/octet-stream", "\n\n<!DOCTYPE html>": "application/octet-stream", "words <script>": "application/octet-stream",
		"just words": "text/plain; charset=utf-8", "\x89PNG\r\n\x1a\n": "image/png", "%PDF-1.4": "application/pdf", "PK\x03\x04": "application/zip", "\x00\x01\x02": "application/octet-stream",
		"GIF89a<script>": "image/gif",
	} {
		if got := exception.Sniff([]byte(content)); got != want {
			t.Errorf("%q is %s, want %s", content, got, want)
		}
	}
}

func TestFileNames(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"letter.pdf": "letter.pdf", "../../etc/passwd": "passwd", `C:\Users\x\evil.exe`: "evil.exe", "a\r\nSet-Cookie: x": "aSet-Cookie_ x", "invoice\u202efdp.exe": "invoicefdp.exe",
		"": "file", "..": "file", "/": "file", "...": "file", "\x00\x01": "file", `"quoted".txt`: "_quoted_.txt", "Prüfbericht März.pdf": "Prüfbericht März.pdf", " .htaccess ": "htaccess", "a\xffb.txt": "a_b.txt",
	} {
		if got := exception.FileName(name); got != want {
			t.Errorf("%q becomes %q, want %q", name, got, want)
		}
	}
	if got := exception.FileName(strings.Repeat("ü", 500) + ".pdf"); len(got) > 200 || !strings.HasSuffix(got, "ü.pdf") {
		t.Errorf("a long name becomes %q", got)
	}
}

func FuzzFileName(f *testing.F) {
	for _, s := range []string{"a.pdf", "../x", "\\\\srv\\share", "con", strings.Repeat("a", 400), "x." + strings.Repeat("b", 300), "\u202e"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := exception.FileName(s)
		if got == "" || len(got) > 200 || !utf8.ValidString(got) || strings.ContainsAny(got, "/\\\"<>:|?*") || strings.TrimSpace(got) == "" || got == "." || got == ".." {
			t.Errorf("%q becomes %q", s, got)
		}
		for _, r := range got {
			if !unicode.IsPrint(r) {
				t.Errorf("%q becomes %q", s, got)
			}
		}
	})
}

func TestRules(t *testing.T) {
	t.Parallel()
	r := newPeopled(t)
	rules, err := r.Rules(officer)
	r.must(err)
	if len(rules.Requirements) != 3+7+4*9-9 && len(rules.Requirements) == 0 || rules.Gaps != 3 || rules.Limits.Days(exception.High) != 90 || len(rules.Officers) != 3 {
		t.Errorf("%d requirements, %d gaps, %v, %d officers", len(rules.Requirements), rules.Gaps, rules.Limits, len(rules.Officers))
	}
	var less []exception.Requirement
	for _, q := range rules.Requirements {
		if q != (exception.Requirement{Level: "1", Capability: "rotation"}) {
			less = append(less, q)
		}
	}
	_, _, err = r.Require(asks, less)
	r.refused(err, errs.Forbidden, "Your roles")
	before, after, err := r.Require(officer, append(less, exception.Requirement{Level: "3.5", Capability: "mfa"}))
	if r.must(err); before != 3 || after != 2 {
		t.Errorf("%d gaps became %d", before, after)
	}
	_, _, err = r.Require(officer, append(less, exception.Requirement{Level: "2.5", Capability: "mfa"}))
	r.refused(err, errs.Invalid, "not known")
	if got := r.text(`select detail ->> 'dropped' from audit_event where action = 'exception.requirements_changed'`); got != `["rotation at level 1"]` {
		t.Error(got)
	}

	limit := map[exception.Band]int{exception.Low: 365, exception.Medium: 60, exception.High: 60, exception.Critical: 30}
	r.must(r.Limit(officer, limit))
	ids, err := r.Request(asks, request(r.db.Now().AddDate(0, 0, 90)))
	r.must(err)
	r.refused(r.Submit(asks, ids[0], 0), errs.Invalid, "at most 60 days")
	limit[exception.High] = 61
	r.refused(r.Limit(officer, limit), errs.Invalid, "never lasts longer")
	limit[exception.High] = 0
	r.refused(r.Limit(officer, limit), errs.Invalid, "1 to 366")

	r.refused(r.Raise(officer, "INES@x.example", exception.Critical), errs.Forbidden, "their own limit")
	r.refused(r.Raise(officer, "asks@x.example", exception.Critical), errs.NotFound, "no risk officer")
	r.refused(r.Raise(officer, "tess@x.example", "all"), errs.Invalid, "Choose")
	r.must(r.Raise(officer, "tess@x.example", exception.Low))
	r.must(r.Raise(officer, "tess@x.example", exception.Beyond))
	if got := r.text(`select email || ' ' || up_to || ' ' || added_by from exception_approver`); got != "tess@x.example beyond ines@x.example" {
		t.Error(got)
	}
}

func TestMine(t *testing.T) {
	t.Parallel()
	r := newPeopled(t)
	r.active()
	for who, want := range map[string][2]int{"tess": {1, 0}, "mara": {0, 1}, "else": {0, 0}, "asks": {0, 1}} {
		m, err := r.Mine(as(who, "member"))
		r.must(err)
		n, err := r.MineCount(as(who, "member"))
		r.must(err)
		if len(m.Controls) != want[0] || len(m.Assets) != want[1] || int(n) != want[0] {
			t.Errorf("%s: %d controls (%d), %d exceptions", who, len(m.Controls), n, len(m.Assets))
		}
	}
	_, err := r.Mine(context.Background())
	r.refused(err, errs.Unauthenticated, "")
}
