package sitetest

import (
	"bytes"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"

	"interlock/internal/apptest"
)

// Browser is a person's browser without scripts. It follows no redirect by itself.
type Browser struct {
	*Site
	Client *http.Client
	Header http.Header // sent with every request
}

// Browser is one that nobody signed in with.
func (s *Site) Browser() *Browser {
	jar, err := cookiejar.New(nil)
	must(s.T, err)
	return &Browser{Site: s, Header: http.Header{}, Client: &http.Client{
		Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// SignIn signs in as someone new: a role, a role limited to a site as
// governance@site-id, or an e-mail.
func (s *Site) SignIn(who string) *Browser {
	s.T.Helper()
	b := s.Browser()
	b.Enter(s.Account(who))
	return b
}

// Enter signs in with the password of all.
func (b *Browser) Enter(email string) {
	b.T.Helper()
	p := b.Get("/login").Submit("/login", "email", email, "password", Password)
	if p.Status != http.StatusSeeOther {
		b.T.Fatalf("sign in as %s: %d %s", email, p.Status, p)
	}
}

// Page is an answer.
type Page struct {
	*apptest.Node // of an HTML page
	Status        int
	Header        http.Header
	Body          string
	URL           *url.URL
	b             *Browser
}

// String is the text of the page, or its body.
func (p *Page) String() string {
	if p.Node != nil {
		return p.Node.String()
	}
	return p.Body
}

// Location is where a redirect leads; "" for none.
func (p *Page) Location() string { return p.Header.Get("Location") }

// Get asks for a page.
func (b *Browser) Get(path string) *Page {
	b.T.Helper()
	return b.send(http.MethodGet, path, nil, "", "none")
}

// Post sends a form with these fields, as name, value pairs.
func (b *Browser) Post(path string, fields ...string) *Page {
	b.T.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	return b.PostForm(path, form)
}

// PostForm sends a form.
func (b *Browser) PostForm(path string, form url.Values) *Page {
	b.T.Helper()
	return b.send(http.MethodPost, path, strings.NewReader(form.Encode()), "application/x-www-form-urlencoded", "same-origin")
}

// Upload sends a form with a file.
func (b *Browser) Upload(path, field, name string, content []byte, fields ...string) *Page {
	b.T.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for i := 0; i+1 < len(fields); i += 2 {
		must(b.T, w.WriteField(fields[i], fields[i+1]))
	}
	f, err := w.CreateFormFile(field, name)
	must(b.T, err)
	_, err = f.Write(content)
	must(b.T, err)
	must(b.T, w.Close())
	return b.send(http.MethodPost, path, &body, w.FormDataContentType(), "same-origin")
}

func (b *Browser) send(method, path string, body io.Reader, kind, site string) *Page {
	b.T.Helper()
	r, err := http.NewRequestWithContext(b.T.Context(), method, b.address(path), body)
	must(b.T, err)
	r.Header.Set("Sec-Fetch-Site", site)
	if kind != "" {
		r.Header.Set("Content-Type", kind)
		r.Header.Set("Origin", b.URL)
	}
	maps.Copy(r.Header, b.Header)
	resp, err := b.Client.Do(r)
	if err != nil {
		b.T.Fatalf("%s %s: %v", method, path, err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	must(b.T, err)
	p := &Page{Status: resp.StatusCode, Header: resp.Header, Body: string(text), URL: r.URL, b: b}
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") && strings.HasPrefix(p.Body, "<!doctype") {
		p.Node = apptest.ParseHTML(b.T, p.Body)
	}
	return p
}

func (b *Browser) address(path string) string {
	if strings.HasPrefix(path, "/") {
		return b.URL + path
	}
	return path
}

// Follow goes where a redirect leads, wherever that leads.
func (p *Page) Follow() *Page {
	p.b.T.Helper()
	for range 5 {
		if p.Status != http.StatusSeeOther {
			return p
		}
		to, err := p.URL.Parse(p.Location())
		must(p.b.T, err)
		p = p.b.Get(to.String())
	}
	p.b.T.Fatalf("redirected too often, last to %s", p.URL)
	return nil
}

// Form is what a browser would send of the form that posts to action; every
// hidden field and default is as the page has it.
func (p *Page) Form(action string) url.Values {
	p.b.T.Helper()
	if p.Node == nil {
		p.b.T.Fatalf("%s is no page: %d %.300s", p.URL, p.Status, p.Body)
	}
	forms := p.All("form", "action", action)
	if len(forms) == 0 {
		p.b.T.Fatalf("%s (%d) has no form that posts to %s: %.600s", p.URL, p.Status, action, p)
	}
	return fields(forms[0])
}

func fields(form *apptest.Node) url.Values {
	v := url.Values{}
	for _, n := range form.All("") {
		name := n.Attrs["name"]
		_, off := n.Attrs["disabled"]
		if name == "" || off {
			continue
		}
		switch n.Tag {
		case "input":
			_, checked := n.Attrs["checked"]
			if kind := n.Attrs["type"]; (kind != "radio" && kind != "checkbox") || checked {
				v.Add(name, n.Attrs["value"])
			}
		case "textarea":
			v.Add(name, n.String())
		case "select":
			v.Add(name, chosen(n))
		}
	}
	return v
}

func chosen(n *apptest.Node) string {
	options := n.All("option")
	for _, o := range options {
		if _, ok := o.Attrs["selected"]; ok {
			return o.Attrs["value"]
		}
	}
	if len(options) == 0 {
		return ""
	}
	return options[0].Attrs["value"]
}

// Submit fills in the form that posts to action and sends it.
func (p *Page) Submit(action string, fill ...string) *Page {
	p.b.T.Helper()
	form := p.Form(action)
	for i := 0; i+1 < len(fill); i += 2 {
		form.Set(fill[i], fill[i+1])
	}
	return p.b.PostForm(action, form)
}
