package web_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"interlock/internal/sitetest"
	"interlock/web/page"
)

// drawn is the widest drawing of a page.
func drawn(t *testing.T, p *sitetest.Page) (d page.MapDrawing) {
	t.Helper()
	for _, box := range p.All("div") {
		var list []page.MapDrawing
		if data, ok := box.Attrs["data-map"]; ok && json.Unmarshal([]byte(data), &list) == nil && len(list) > 0 {
			return list[0]
		}
	}
	t.Fatalf("%s draws nothing", p.URL)
	return d
}

func boxOf(d page.MapDrawing, title string) *page.MapBox {
	if i := slices.IndexFunc(d.Boxes, func(b page.MapBox) bool { return b.Title == title }); i >= 0 {
		return &d.Boxes[i]
	}
	return nil
}

// A reach is drawn step by step: assets of a zone that are got to alike are one box,
// a line tells what guards it and what it is taken with.
func TestReachPicture(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{Idle: true})
	var assets, rights, grants strings.Builder
	for i := range 30 { // more zones than a column has room for
		fmt.Fprintf(&assets, "far%d,Far %d,far%d,server\n", i, i, i)
		fmt.Fprintf(&rights, "f%d,Watch far %d,far%d,view\n", i, i, i)
		fmt.Fprintf(&grants, "lone,f%d,\n", i)
	}
	zones := "id,name,level,domain\noffice,Office,4,it\ncell,Cell,2,ot\nline,Line,1,ot\n"
	for i := range 30 {
		zones += fmt.Sprintf("far%d,Far zone %d,4,it\n", i, i)
	}
	s.Import("works", map[string]string{
		"zones.csv":        zones,
		"conduits.csv":     "id,from_zone,to_zone,kind,recorded\nvpn-1,office,cell,vpn,false\nin,cell,line,direct,true\n",
		"identities.csv":   "id,name,kind,domain,owner\nboss,Bo Boss,person,it,\nbot,Batch bot,service,it,boss\nmaint,PLC maintenance,service,ot,boss\nlone,Lone watcher,service,it,boss\n",
		"assets.csv":       "id,name,zone,class\news,Workstation,cell,ews\np1,PLC 1,line,plc\np2,PLC 2,line,plc\np3,PLC 3,line,plc\n" + assets.String(),
		"entitlements.csv": "id,name,asset,privilege\nopen,Open projects,ews,engineer\nw1,Write PLC 1,p1,engineer\nw2,Write PLC 2,p2,engineer\nw3,Write PLC 3,p3,engineer\n" + rights.String(),
		"grants.csv":       "identity,entitlement,via\nbot,open,vpn-1\nmaint,w1,\nmaint,w2,\nmaint,w3,\n" + grants.String(),
		"credentials.csv":  "id,identity,kind,storage,stored_on\nk,maint,password,file,ews\n",
	})
	b := s.SignIn("auditor")
	path := func(key string) string { return pageOf(s, "identity", key) + "/reach" }
	d := drawn(t, b.Get(path("bot")))
	start, ews, plcs := boxOf(d, "Batch bot"), boxOf(d, "Workstation"), boxOf(d, "3 assets")
	if start == nil || ews == nil || plcs == nil || len(d.Boxes) != 3 {
		t.Fatalf("%+v", d.Boxes)
	}
	if !start.On || start.Rect[0] >= ews.Rect[0] || ews.Rect[0] >= plcs.Rect[0] || ews.Domain != "ot" || plcs.Sub != "L1 Line" || !strings.Contains(plcs.Tip, "PLC 2: engineer") {
		t.Errorf("%+v %+v %+v", start, ews, plcs)
	}
	for _, href := range []string{start.Href, ews.Href, plcs.Href} {
		if p := b.Get(href); p.Status != http.StatusOK {
			t.Errorf("the picture leads to %s: %d", href, p.Status)
		}
	}
	kinds := map[string]bool{}
	for _, l := range d.Lines {
		kinds[l.Kind] = true
	}
	words := []string{}
	for _, x := range d.Texts {
		words = append(words, x.Text+" "+x.Tone)
	}
	if slices.Sort(words); !kinds["around"] || len(kinds) != 2 || !slices.Equal(words, []string{"VPN warn", "stored secret soft"}) {
		t.Errorf("lines %v, words %q", kinds, words)
	}

	d = drawn(t, b.Get(path("lone")))
	rest := boxOf(d, "22 more assets")
	if len(d.Boxes) != 10 || rest == nil || rest.Sub != "in 22 other places" {
		t.Errorf("%d boxes, the rest is %+v", len(d.Boxes), rest)
	}
	for _, x := range d.Boxes {
		if x.Rect[0] < 0 || x.Rect[1] < 0 || x.Rect[0]+x.Rect[2] > d.Width+1 || x.Rect[1]+x.Rect[3] > d.Height {
			t.Errorf("%s stands outside: %v of %v x %v", x.Title, x.Rect, d.Width, d.Height)
		}
	}
	plc := b.Get(pageOf(s, "asset", "p2") + "/incident")
	d = drawn(t, plc)
	target, ews, bot, maint := boxOf(d, "PLC 2"), boxOf(d, "Workstation"), boxOf(d, "Batch bot"), boxOf(d, "PLC maintenance")
	if target == nil || ews == nil || bot == nil || maint == nil || len(d.Boxes) != 4 {
		t.Fatalf("%+v", d.Boxes)
	}
	if !target.On || bot.Rect[0] >= ews.Rect[0] || ews.Rect[0] >= target.Rect[0] || maint.Rect[0] != ews.Rect[0] || target.Rect[0]+target.Rect[2] > d.Width+1 {
		t.Errorf("%+v", d.Boxes)
	}
	if p := b.Get(path("maint") + "?as_of=2020-01-01"); strings.Contains(p.String(), "Step by step") {
		t.Error("a picture of nothing")
	}
}
