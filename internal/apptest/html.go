package apptest

import (
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
)

// Node is an element of a page with what is in it. Text nodes have no Tag.
type Node struct {
	Tag   string
	Attrs map[string]string
	Text  string
	Nodes []*Node
}

var void = []string{"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}

// ParseHTML reads a page of ours: every element that is opened is closed.
func ParseHTML(t testing.TB, page string) *Node {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(page))
	d.Strict, d.Entity = false, xml.HTMLEntity
	open := []*Node{{}}
	for {
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%v in a page of %d bytes", err, len(page))
		}
		here := open[len(open)-1]
		switch token := token.(type) {
		case xml.StartElement:
			n := &Node{Tag: token.Name.Local, Attrs: map[string]string{}}
			for _, a := range token.Attr {
				name := a.Name.Local
				if a.Name.Space != "" {
					name = a.Name.Space + ":" + name
				}
				n.Attrs[name] = a.Value
			}
			here.Nodes = append(here.Nodes, n)
			if !slices.Contains(void, n.Tag) {
				open = append(open, n)
			}
		case xml.EndElement:
			if slices.Contains(void, token.Name.Local) {
				continue // written as <input/>
			}
			if here.Tag != token.Name.Local {
				t.Fatalf("</%s> closes nothing: open is <%s>", token.Name.Local, here.Tag)
			}
			open = open[:len(open)-1]
		case xml.CharData:
			here.Nodes = append(here.Nodes, &Node{Text: string(token)})
		}
	}
	for _, n := range open[1:] {
		t.Errorf("never closed: <%s>", n.Tag)
	}
	return open[0]
}

// All lists the elements below n, in order, that have the tag ("" for any) and
// each of the attributes, as name, value pairs.
func (n *Node) All(tag string, attrs ...string) []*Node {
	var list []*Node
	for _, c := range n.Nodes {
		if c.Tag == "" {
			continue
		}
		if (tag == "" || c.Tag == tag) && c.has(attrs) {
			list = append(list, c)
		}
		list = append(list, c.All(tag, attrs...)...)
	}
	return list
}

func (n *Node) has(attrs []string) bool {
	for i := 0; i+1 < len(attrs); i += 2 {
		if v, ok := n.Attrs[attrs[i]]; !ok || v != attrs[i+1] {
			return false
		}
	}
	return true
}

// String is the text in n with its spaces made one.
func (n *Node) String() string {
	var b strings.Builder
	n.write(&b)
	return strings.Join(strings.Fields(b.String()), " ")
}

func (n *Node) write(b *strings.Builder) {
	b.WriteString(n.Text)
	for _, c := range n.Nodes {
		if c.Tag != "" && c.Tag != "b" && c.Tag != "a" && c.Tag != "span" {
			b.WriteByte(' ')
		}
		c.write(b)
	}
}

// CheckHTML wants a page that obeys the content policy, nests its elements, names
// each id once and labels each field.
func CheckHTML(t testing.TB, page string) {
	t.Helper()
	c := checker{T: t, ids: map[string]bool{}, labelled: map[string]bool{}}
	root := ParseHTML(t, page)
	c.collect(root)
	c.check(root, false)
}

type checker struct {
	T             testing.TB
	ids, labelled map[string]bool
}

func (c *checker) collect(n *Node) {
	if id, ok := n.Attrs["id"]; ok {
		if id == "" || c.ids[id] || strings.ContainsAny(id, " \t\n") {
			c.T.Errorf("id %q of <%s> is empty, spaced or not the only one", id, n.Tag)
		}
		c.ids[id] = true
	}
	if n.Tag == "label" {
		c.labelled[n.Attrs["for"]] = true
	}
	for _, x := range n.Nodes {
		c.collect(x)
	}
}

func (c *checker) check(n *Node, inLabel bool) {
	for name, value := range n.Attrs {
		c.attribute(n, name, value)
	}
	field := n.Tag == "select" || n.Tag == "textarea" || n.Tag == "input" && n.Attrs["type"] != "hidden"
	if field && !inLabel && !c.labelled[n.Attrs["id"]] && n.Attrs["aria-label"] == "" {
		c.T.Errorf("<%s name=%q> has no label", n.Tag, n.Attrs["name"])
	}
	if n.Tag == "form" && n.Attrs["method"] != "post" && n.Attrs["method"] != "get" {
		c.T.Errorf("<form action=%q> says neither get nor post", n.Attrs["action"])
	}
	if (n.Tag == "script" || n.Tag == "style") && n.String() != "" {
		c.T.Errorf("inline %s: %.60s", n.Tag, n)
	}
	for _, x := range n.Nodes {
		c.check(x, inLabel || n.Tag == "label")
	}
}

func (c *checker) attribute(n *Node, name, value string) {
	if name == "style" || strings.HasPrefix(name, "on") || strings.HasPrefix(name, "hx-on") {
		c.T.Errorf("<%s %s=%q> breaks the content policy", n.Tag, name, value)
	}
	if strings.HasPrefix(strings.ToLower(strings.TrimSpace(value)), "javascript:") {
		c.T.Errorf("<%s %s=%q> runs a script", n.Tag, name, value)
	}
	if name == "for" || name == "aria-labelledby" || name == "aria-describedby" {
		for ref := range strings.FieldsSeq(value) {
			if !c.ids[ref] {
				c.T.Errorf("<%s %s=%q> points nowhere", n.Tag, name, ref)
			}
		}
	}
}
