package web

import (
	"fmt"
	"net/http"

	"interlock/web/page"
	"interlock/web/ui"
)

// revoked shows a reviewer what revoking one of their items would take away.
func (s *server) revoked(w http.ResponseWriter, r *http.Request) error {
	campaign, err := pathID(r, "campaign")
	if err != nil {
		return err
	}
	item, err := pathID(r, "item")
	if err != nil {
		return err
	}
	c, err := s.Review.Mine(r.Context(), campaign, item)
	if err != nil {
		return err
	}
	a, err := s.Reach.Revoked(r.Context(), c.IdentityID, c.GrantID)
	if err != nil {
		return err
	}
	p := page.Revoked{
		Shell: s.shell(r, "If it were revoked", "/reviews"), Title: "If " + c.IdentityName + " lost “" + c.EntitlementName + "”", Lede: "On " + c.AssetName + ". What can no longer be reached in the end, over whatever way.",
		Back: ui.Link{Label: c.IdentityName, Href: fmt.Sprintf("/reviews/%d?item=%d#i-%d", campaign, item, item)},
	}
	switch {
	case a.Without == nil:
		p.Nothing = "The right has ended since, or its holder is not active: it leads nowhere now."
	case len(a.Lost) == 0:
		p.Nothing = "There is another way to everything that it leads to: revoke that as well if access is to end."
	default:
		whatFollows(a, &p.WhatIf)
	}
	return s.show(w, r, http.StatusOK, p.Page())
}
