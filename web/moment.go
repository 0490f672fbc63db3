package web

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	"interlock/internal/authz"
	"interlock/web/page"
	"interlock/web/ui"
)

// moment is the time that a page of the inventory is asked to show.
type moment struct {
	at   time.Time // zero for now
	when time.Time // what ages are counted to: at, or now
	text string    // as asked: "2026-05-01"
	page page.Moment
}

// asOf reads as_of: a day, which means its beginning, or a time.
func (s *server) asOf(r *http.Request) moment {
	q := r.URL.Query()
	m := moment{text: q.Get("as_of"), when: s.Now()}
	m.page = page.Moment{Action: r.URL.Path, Typed: m.text, Keep: keptParams(q, "as_of", "after", "now")}
	if m.text == "" {
		return m
	}
	at, err := time.ParseInLocation(time.DateOnly, m.text, s.Zone)
	if err != nil {
		at, err = time.Parse(time.RFC3339, m.text)
	}
	switch {
	case err != nil || at.Year() < 1 || at.Year() > 9999:
		m.text, m.page.Error = "", "Write the day as 2026-05-01. What you see is now."
	case at.After(m.when):
		m.text, m.page.Error = "", "That day has not come yet. What you see is now."
	default:
		m.at, m.when = at, at
		m.page.Typed = at.In(s.Zone).Format(time.DateOnly)
		m.page.Said = s.moment(&at)
		m.page.Now = addressOf(r.URL.Path, m.page.Keep)
	}
	return m
}

// link keeps the moment in an address of the inventory.
func (m moment) link(path string, params ...string) string {
	return address(path, append(params, "as_of", m.text)...)
}

// keptParams are the parameters of an address but for some, in a steady order.
func keptParams(q url.Values, but ...string) []ui.Param {
	var list []ui.Param
	for name, values := range q {
		if !slices.Contains(but, name) && values[0] != "" {
			list = append(list, ui.Param{Name: name, Value: values[0]})
		}
	}
	slices.SortFunc(list, func(a, b ui.Param) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	})
	return list
}

func addressOf(path string, params []ui.Param) string {
	var flat []string
	for _, p := range params {
		flat = append(flat, p.Name, p.Value)
	}
	return address(path, flat...)
}

// inventory is what the pages of the inventory share; here is the current tab.
func (s *server) inventory(r *http.Request, title, here string, m moment) page.Inventory {
	return page.Inventory{Shell: s.shell(r, title, "/identities"), Moment: m.page, Tabs: inventoryTabs(r, here, m)}
}

// listing is the address of a list: its path and the parameters that it knows.
type listing struct {
	path  string
	query url.Values
	known []string
	m     moment
}

// with is the list with one parameter changed, from its beginning.
func (l listing) with(name, value string) string {
	var params []string
	for _, n := range l.known {
		v := l.query.Get(n)
		if n == name {
			v = value
		}
		params = append(params, n, v)
	}
	if !slices.Contains(l.known, name) {
		params = append(params, name, value)
	}
	return l.m.link(l.path, params...)
}

// sorted is a column's head, of a width: it sorts by the key, or turns that order
// round. A list begins sorted by name.
func (l listing) sorted(label, key, class string) ui.SortHeader {
	h := ui.SortHeader{Label: label, Class: class, Href: l.with("sort", key)}
	switch orElse(l.query.Get("sort"), "name") {
	case key:
		h.Sorted, h.Href = "ascending", l.with("sort", "-"+key)
	case "-" + key:
		h.Sorted = "descending"
	}
	return h
}

// filtered tells whether anything but the order and the moment is asked for.
func (l listing) filtered() bool {
	for _, n := range l.known {
		if n != "sort" && l.query.Get(n) != "" {
			return true
		}
	}
	return false
}

// inventoryTabs are the pages of the inventory that the reader may open.
func inventoryTabs(r *http.Request, here string, m moment) (tabs []ui.View) {
	for _, t := range []struct{ label, href, need string }{
		{"Identities", "/identities", "inventory:read" + atSites}, {"Assets", "/assets", "inventory:read" + atSites}, {"Vendors", "/vendors", "inventory:read" + atSites},
		{"Owners", "/owners", "inventory:read"}, {"Joined persons", "/identities/joins", "inventory:read"}, {"Imports", "/imports", "inventory:read"}, // these are not cut by site
	} {
		if check(authz.From(r.Context()), t.need) == nil {
			tabs = append(tabs, ui.View{Label: t.label, Href: m.link(t.href), Current: t.href == here, Count: -1})
		}
	}
	return tabs
}
