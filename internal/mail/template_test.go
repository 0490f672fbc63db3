package mail

import (
	"encoding/json"
	"strings"
	"testing"
)

// Each mail says the same as text and as HTML: who asks, what for, until when and
// where it is done.
func TestTemplates(t *testing.T) {
	t.Parallel()
	d := digest()
	d.Zone, d.By, d.Other, d.Reason = "Europe/Stockholm", "Solveig Brattås", "Otto <Orr>", "On leave & away"
	data, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	v, err := Settings{BaseURL: "https://interlock.example.com"}.view(data)
	if err != nil {
		t.Fatal(err)
	}
	const when, items, address = "Thu 26 Nov 2026, 10:00 Europe/Stockholm", "58 items", "https://interlock.example.com/reviews/3"
	for name, says := range map[string][]string{
		"review_opened":     {when, items, address, "4 of them high risk"},
		"review_overdue":    {when, items, address, "is not finished"},
		"review_reminded":   {when, items, address, "Solveig Brattås asks you to finish"},
		"review_reassigned": {when, items, address, "Solveig Brattås gave you items of Otto <Orr>", "On leave & away"},
		"review_relieved":   {"58 open items", address, "to Otto <Orr>", "On leave & away"},
		"review_escalated":  {when, items, "https://interlock.example.com/campaigns/3"},
	} {
		text, page, err := render(name, v)
		if err != nil {
			t.Fatal(err)
		}
		page = strings.NewReplacer("<strong>", "", "</strong>", "", "&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(page)
		for _, part := range append(says, "Hello Ann Peeters,", d.Title) {
			if !strings.Contains(text, part) || !strings.Contains(page, part) {
				t.Errorf("%s does not say %q:\n%s\n%s", name, part, text, page)
			}
		}
		if strings.Contains(text, "password yet") || strings.Contains(page, "<no value>") || !strings.HasSuffix(strings.TrimSpace(page), "</html>") {
			t.Errorf("%s:\n%s\n%s", name, text, page)
		}
	}
	for _, f := range texts.Templates() {
		if name, ok := strings.CutSuffix(f.Name(), ".txt"); ok && strings.HasPrefix(name, "review_") && pages.Lookup(name+".html") == nil {
			t.Errorf("%s has no HTML", name)
		}
	}
}

// An offer says who asks, what for, until when, and where it is answered.
func TestOfferTemplate(t *testing.T) {
	t.Parallel()
	data, err := json.Marshal(Digest{
		Name: "Ann Peeters", By: "Solveig Brattås", Reason: "Gus has left.", Items: 10, Things: []string{"svc-historian", "HMI <4>"}, Path: "/ownership", Due: digest().Due,
	})
	if err != nil {
		t.Fatal(err)
	}
	v, err := Settings{BaseURL: "https://interlock.example.com"}.view(data)
	if err != nil {
		t.Fatal(err)
	}
	text, page, err := render("ownership_offered", v)
	if err != nil {
		t.Fatal(err)
	}
	page = strings.NewReplacer("<strong>", "", "</strong>", "", "&lt;", "<", "&gt;", ">").Replace(page)
	for _, part := range []string{
		"Hello Ann Peeters,", "Solveig Brattås asks you to own these 10 things", "svc-historian", "HMI <4>", "and 8 more", "Gus has left.",
		"Thu 26 Nov 2026, 09:00 UTC", "Answer the offer:", "https://interlock.example.com/ownership", "You own nothing until you accept",
	} {
		if !strings.Contains(text, part) || !strings.Contains(page, part) {
			t.Errorf("no %q:\n%s\n%s", part, text, page)
		}
	}
	v.Link = "https://interlock.example.com/password?token=x"
	if text, _, _ = render("ownership_offered", v); !strings.Contains(text, "Then answer the offer:") {
		t.Error(text)
	}
}

// What the register of exceptions tells is the same as text and as HTML, and names
// what it is about, until when and where it is seen.
func TestExceptionTemplates(t *testing.T) {
	t.Parallel()
	for name, says := range map[string][]string{
		"exception_waits": {"Ines asks for", "you may decide"}, "exception_answered": {"Ines approved what you asked for", "They write:"},
		"exception_ending": {"soon"}, "exception_drifting": {"14 days", "What the test showed:"}, "exception_suspended": {"suspended"},
		"exception_over": {"no longer", "Why:"}, "exception_tests": {"to be tested"},
	} {
		for _, n := range []int64{1, 3} {
			d := Digest{Name: "Ann Peeters", By: "Ines", Other: "approved", Reason: "A <second> way in", Items: n, Things: []string{"EX-0001, HMI <4>: high"}, Path: "/exceptions/1", Due: digest().Due}
			data, err := json.Marshal(d)
			if err != nil {
				t.Fatal(err)
			}
			v, err := Settings{BaseURL: "https://interlock.example.com"}.view(data)
			if err != nil {
				t.Fatal(err)
			}
			text, page, err := render(name, v)
			if err != nil {
				t.Fatal(err)
			}
			page = strings.NewReplacer("<strong>", "", "</strong>", "", "&lt;", "<", "&gt;", ">").Replace(page)
			if n > 1 {
				says = append(says, "and 2 more")
			}
			for _, part := range append(says, "Hello Ann Peeters,", "EX-0001, HMI <4>: high", "https://interlock.example.com/exceptions/1", "Open the register") {
				if !strings.Contains(text, part) || !strings.Contains(page, part) {
					t.Errorf("%s: no %q:\n%s\n%s", name, part, text, page)
				}
			}
		}
	}
}

func TestMoment(t *testing.T) {
	t.Parallel()
	for want, zones := range map[string][]string{
		"Thu 26 Nov 2026, 09:00 UTC":              nil,
		"Thu 26 Nov 2026, 10:00 Europe/Stockholm": {"", "Europe/Stockholm"},
		"Thu 26 Nov 2026, 04:00 America/New_York": {"America/New_York", "Europe/Stockholm"},
		"Thu 26 Nov 2026, 09:00 Europe/Lisbon":    {"Nowhere/At_All", "Europe/Lisbon"},
	} {
		if got := moment(due, zones...); got != want {
			t.Errorf("%v: %s", zones, got)
		}
	}
}
