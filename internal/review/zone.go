package review

import (
	"context"

	"interlock/internal/store"
)

// zones finds the time zone in which a reviewer is told when something is due: of
// the one site where all of their items are that are at a site, else the one that
// all sites share. Where they differ there is none, and whoever tells it uses the
// installation's. Whoever tells it names the zone.
type zones struct {
	tx    *store.Tx
	known map[string]string
}

func zonesIn(tx *store.Tx) zones { return zones{tx, map[string]string{}} }

// sites are the first and the last of items' sites by name, "" for none: enough to
// tell whether there is one.
type sites struct{ first, last string }

func (s *sites) add(o sites) {
	if o.first != "" && (s.first == "" || o.first < s.first) {
		s.first = o.first
	}
	s.last = max(s.last, o.last)
}

func (z zones) of(ctx context.Context, s sites) (string, error) {
	site := s.first
	if s.first != s.last {
		site = ""
	}
	if zone, ok := z.known[site]; ok {
		return zone, nil
	}
	zone, err := z.tx.ReviewZone(ctx, site)
	z.known[site] = zone
	return zone, err
}
