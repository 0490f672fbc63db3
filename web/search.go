package web

import (
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"

	"interlock/internal/access"
	"interlock/web/page"
	"interlock/web/ui"
)

// mostFound is how many of each sort a search shows.
const mostFound = 20

func (s *server) search(w http.ResponseWriter, r *http.Request) error {
	p := page.Search{Shell: s.shell(r, "Find", ""), Q: strings.TrimSpace(r.URL.Query().Get("q"))}
	p.Shell.Find = p.Q
	if p.Short = utf8.RuneCountInString(p.Q) < 2; p.Short {
		return s.show(w, r, http.StatusOK, p.Page())
	}
	identities, err := s.Identity.Find(r.Context(), p.Q, mostFound)
	if err != nil {
		return err
	}
	for _, i := range identities {
		p.Identities = append(p.Identities, page.FoundIdentity{
			Who: page.Who{Kind: i.Kind, Name: i.Name, Href: identityHref(i.ID)}, Kind: kindWords[i.Kind], Key: i.Source + ":" + i.Key, Email: text(i.Email),
			Unit: text(i.Organisation), Status: identityStatus(i.Status, i.Gone, i.Source),
		})
	}
	assets, err := s.Asset.Find(r.Context(), p.Q, mostFound)
	if err != nil {
		return err
	}
	for _, a := range assets {
		row := page.FoundAsset{
			Asset: ui.Link{Label: a.Name, Href: assetHref(a.ID)}, Key: a.Source + ":" + a.Key, Class: access.Class(text(a.Class)), Place: place(a.Level, a.Domain),
			Where: orElse(joined(text(a.Zone), text(a.Site)), "zone unknown"),
		}
		if a.Gone {
			row.Gone = "no longer in " + a.Source
		}
		p.Assets = append(p.Assets, row)
	}
	if len(identities) == mostFound || len(assets) == mostFound {
		p.More = fmt.Sprintf("At most %d of each are shown. The lists of identities and assets filter further.", mostFound)
	}
	return s.show(w, r, http.StatusOK, p.Page())
}
