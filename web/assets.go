package web

import (
	"io"
	"net/http"
	"strconv"
	"strings"

	"interlock/internal/access"
	"interlock/internal/asset"
	"interlock/web/page"
	"interlock/web/ui"
)

var assetParams = []string{"q", "site", "level", "domain", "class", "criticality", "safety", "owner", "capability", "support", "source", "where", "gone", "sort"}

func (s *server) assetList(r *http.Request) (listing, asset.Filter) {
	l := listing{path: "/assets", query: r.URL.Query(), known: assetParams, m: s.asOf(r)}
	get := l.query.Get
	f := asset.Filter{
		At: l.m.at, Site: number64(r, "site"), Zone: number64(r, "zone"), Level: get("level"), Domain: get("domain"), Class: get("class"), Safety: get("safety") == "yes", Owner: get("owner"),
		Capability: get("capability"), Support: get("support"), Source: get("source"), Text: get("q"), Where: get("where"), Gone: get("gone") == "yes", Sort: get("sort"), After: number64(r, "after"),
	}
	f.Criticality, _ = strconv.Atoi(get("criticality"))
	return l, f
}

func (s *server) assets(w http.ResponseWriter, r *http.Request) error {
	l, f := s.assetList(r)
	get := l.query.Get
	p := page.Assets{
		Inventory: s.inventory(r, "Assets", "/assets", l.m), CSV: l.m.link("/assets.csv", kept(l.query, assetParams)...), Filter: page.AssetFilter{
			Text: f.Text, Site: get("site"), Level: f.Level, Domain: f.Domain, Class: f.Class, Criticality: get("criticality"), Safety: get("safety"), Owner: f.Owner,
			Capability: f.Capability, Support: f.Support, Source: f.Source, Where: f.Where, Gone: get("gone"), Sort: f.Sort, AsOf: l.m.text, Filtered: l.filtered(), Clear: l.m.link("/assets"),
		},
		Head: []ui.SortHeader{
			l.sorted("Asset", "name", ""), l.sorted("Place", "level", ""), l.sorted("Class", "class", ""),
			l.sorted("Criticality", "criticality", "il-c-day"), l.sorted("Capabilities", "unknown", "il-c-chip"),
		},
	}
	err := s.fillAssets(r, l, f, &p)
	if e := refusal(err); e != nil {
		p.Filter.Error = e.Message
		return s.show(w, r, http.StatusUnprocessableEntity, p.Page())
	}
	if err != nil {
		return err
	}
	return s.show(w, r, http.StatusOK, p.Page())
}

func (s *server) fillAssets(r *http.Request, l listing, f asset.Filter, p *page.Assets) error {
	if err := s.assetChoices(r, l, p); err != nil {
		return err
	}
	views, err := s.levelViews(r, l, f)
	if err != nil {
		return err
	}
	p.Views = views
	rows, more, err := s.Asset.List(r.Context(), f, listPage)
	if err != nil {
		return err
	}
	for _, row := range rows {
		p.Rows = append(p.Rows, s.assetRow(row, l.m))
	}
	p.Pager = ui.Pager{Text: ui.Plural(len(rows), "asset", "assets")}
	if more {
		p.Pager.Text += ", and more"
		p.Pager.Next = l.with("after", strconv.FormatInt(rows[len(rows)-1].ID, 10))
	}
	return nil
}

func (s *server) assetChoices(r *http.Request, l listing, p *page.Assets) error {
	known, err := s.Asset.Known(r.Context(), l.m.at)
	if err != nil {
		return err
	}
	for _, site := range known.Sites {
		p.Sites = append(p.Sites, ui.Option{Value: strconv.FormatInt(site.ID, 10), Label: site.Name})
	}
	for _, c := range known.Classes {
		p.Classes = append(p.Classes, ui.Option{Value: c, Label: access.Class(c)})
	}
	for _, name := range known.Sources {
		p.Sources = append(p.Sources, ui.Option{Value: name, Label: name})
	}
	return nil
}

var levels = []string{"", "0", "1", "2", "3", "3.5", "4", "5", "none"}

// levelViews are the Purdue levels, with how many assets there are at each; they
// are counted unless that means reading everybody's grants.
func (s *server) levelViews(r *http.Request, l listing, f asset.Filter) ([]ui.View, error) {
	narrowed := make([]asset.Filter, len(levels))
	for i, level := range levels {
		narrowed[i] = f
		narrowed[i].Level = level
	}
	totals := make([]int64, len(levels))
	if f.Where == "" {
		var err error
		if totals, err = s.Asset.Totals(r.Context(), f.At, narrowed...); err != nil {
			return nil, err
		}
	}
	var views []ui.View
	for i, level := range levels {
		label := map[string]string{"": "All", "none": "Level unknown"}[level]
		v := ui.View{Label: orElse(label, "Level "+level), Href: l.with("level", level), Current: level == f.Level, Count: int(totals[i])}
		if f.Where != "" {
			v.Count = -1
		}
		if v.Count != 0 || v.Current || level == "" {
			views = append(views, v)
		}
	}
	return views, nil
}

func (s *server) assetRow(a asset.Row, m moment) page.AssetRow {
	row := page.AssetRow{
		Name: a.Name, Href: m.link(assetHref(a.ID)), Key: a.Source + ":" + a.Key, Class: access.Class(text(a.Class)), Maker: strings.TrimSpace(text(a.Vendor) + " " + text(a.Model)),
		Place: place(a.Level, a.Domain), Zone: text(a.Zone), Site: text(a.Site), Safety: a.Safety, Holders: int(a.Holders), Strong: int(a.Strong), Crossing: int(a.Crossing), Secrets: int(a.Secrets),
	}
	if a.Criticality != nil {
		row.Criticality = strconv.Itoa(int(*a.Criticality))
	}
	if a.Gone {
		row.Gone = "no longer in " + a.Source
	}
	if a.OwnerName != nil {
		row.Owner = page.Who{Name: *a.OwnerName, Href: m.link(identityHref(*a.OwnerID)), Gone: *a.OwnerGone}
	}
	for _, c := range asset.Capabilities {
		switch a.Capability(c) {
		case "no":
			row.Cannot++
		case "unknown":
			row.Unknown++
		default:
			row.Can++
		}
	}
	return row
}

func (s *server) assetsCSV(w http.ResponseWriter, r *http.Request) error {
	l, f := s.assetList(r)
	if l.m.page.Error != "" {
		return errNoPage
	}
	return s.download(w, r, "assets.csv", func(to io.Writer) error { return s.Asset.Export(r.Context(), f, to) })
}
