package reach

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"interlock/internal/audit"
	"interlock/internal/authz"
	"interlock/internal/errs"
	"interlock/internal/store"
)

// Answer is how far an identity gets, as it was read from the inventory just now
// or as of a moment, with a way to everything it reaches.
type Answer struct {
	At      time.Time
	Result  Result
	Parts   []Part
	WhatIf  []Part    // what is taken away
	Without *Result   // how far it gets then; nil where nothing is taken away
	Lost    []Reached // what it no longer reaches, or with less
}

// Part is something on a way that can be taken away.
type Part struct {
	Spec  string // grant:12, conduit:3, credential:5, holder:7
	Kind  string
	Label string
	Ways  int // how many of the assets are reached over it
}

// Far asks how far an identity gets, and how far without some of what is there.
func (s *Service) Far(ctx context.Context, id int64, at time.Time, without []string) (Answer, error) {
	p, err := s.held(ctx, at)
	if err != nil {
		return Answer{}, err
	}
	who := p.byID(id)
	if who == none {
		return Answer{}, errs.NotFoundf("There is no such identity in the inventory as of %s.", p.At.Format(time.DateOnly))
	}
	return p.answer(who, without)
}

// Revoked asks what an identity would no longer reach without one grant, for who has
// that grant before them as an item of a review: to them only this is told, and the
// inventory is read on their behalf. Without is nil if the grant has ended.
func (s *Service) Revoked(ctx context.Context, identity, grant int64) (Answer, error) {
	if err := authz.Check(authz.From(ctx), "review:read"); err != nil {
		return Answer{}, err
	}
	p, err := s.held(authz.System(ctx, "reach"), time.Time{})
	if err != nil {
		return Answer{}, err
	}
	who := p.byID(identity)
	if who == none {
		return Answer{At: p.At}, nil
	}
	a, err := p.answer(who, []string{"grant:" + strconv.FormatInt(grant, 10)})
	if errs.Is(err, errs.Invalid) {
		err = nil // no longer live
	}
	return a, err
}

// Exports puts it on record that somebody takes the reach of an identity away as a
// file, or that they may not.
func (s *Service) Exports(ctx context.Context, identity int64, detail any) error {
	refusal := authz.Check(authz.From(ctx), "inventory:read")
	return audit.Exports(ctx, s.db, refusal, store.Object{Kind: "reach", ID: identity}, detail)
}

// WhatIf is Far by the identity's id in its source.
func (s *Service) WhatIf(ctx context.Context, external, source string, at time.Time, without []string) (Answer, error) {
	p, err := s.Plant(ctx, at)
	if err != nil {
		return Answer{}, err
	}
	who, err := p.Find(external, source)
	if err != nil {
		return Answer{}, err
	}
	return p.answer(who, without)
}

func (p *Plant) answer(who int32, without []string) (Answer, error) {
	a := Answer{At: p.At, Result: p.Reach(who, Without{})}
	a.Parts = p.parts(a.Result)
	taken, err := p.without(without)
	if err != nil || len(without) == 0 {
		return a, err
	}
	then := p.Reach(who, taken)
	a.WhatIf, a.Without, a.Lost = p.named(taken), &then, p.Lost(who, taken)
	return a, nil
}

func (p *Plant) byID(id int64) int32 {
	return int32(slices.IndexFunc(p.identities, func(x identity) bool { return x.id == id })) //nolint:gosec // fits
}

// without reads what is to be taken away: by id, or a conduit and a credential by
// the id they have in their source.
func (p *Plant) without(specs []string) (w Without, err error) {
	for _, spec := range specs {
		kind, name, _ := strings.Cut(spec, ":")
		var list *[]int64
		var ids []int64
		switch kind {
		case "grant":
			list, ids = &w.Grants, match(p.grants, name, func(g grant) (int64, string) { return g.id, "" })
		case "conduit":
			list, ids = &w.Conduits, match(p.conduits, name, func(c conduit) (int64, string) { return c.id, c.external })
		case "credential":
			list, ids = &w.Credentials, match(p.credentials, name, func(c credential) (int64, string) { return c.id, c.external })
		case "holder":
			list, ids = &w.Holders, match(p.holders, name, func(h holder) (int64, string) { return h.id, "" })
		default:
			return w, errs.InvalidField("without", "%q names nothing that can be taken away; write grant:12, conduit:vpn-1, credential:key-7 or holder:4.", spec)
		}
		if len(ids) == 0 {
			return w, errs.InvalidField("without", "There is no live %s %s in the inventory; --json shows the ids on every way.", kind, name)
		}
		*list = append(*list, ids...)
	}
	return w, nil
}

// match finds rows by their number here, or by the id in their source.
func match[T any](rows []T, name string, of func(T) (id int64, key string)) (ids []int64) {
	number, err := strconv.ParseInt(name, 10, 64)
	for _, row := range rows {
		if id, key := of(row); err == nil && id == number || err != nil && key != "" && key == name {
			ids = append(ids, id)
		}
	}
	return ids
}

// parts are what the ways go over, the most needed first.
func (p *Plant) parts(r Result) []Part {
	count := map[string]*Part{}
	var list []*Part
	add := func(kind string, id int64) {
		spec := kind + ":" + strconv.FormatInt(id, 10)
		if count[spec] == nil {
			count[spec] = &Part{Spec: spec, Kind: kind}
			list = append(list, count[spec])
		}
		count[spec].Ways++
	}
	for _, x := range r.Reached {
		for _, s := range x.Way {
			switch s.Kind {
			case "credential":
				add("credential", s.ID)
			case "shared":
				add("holder", s.Holder)
			case "asset":
				if add("grant", s.Grant); s.Conduit != nil {
					add("conduit", s.Conduit.ID)
				}
			}
		}
	}
	slices.SortStableFunc(list, func(a, b *Part) int { return b.Ways - a.Ways })
	parts := make([]Part, 0, min(len(list), mostParts))
	for _, x := range list[:min(len(list), mostParts)] {
		w, _ := p.without([]string{x.Spec})
		x.Label = p.named(w)[0].Label
		parts = append(parts, *x)
	}
	return parts
}

// mostParts is how many parts are offered to be taken away.
const mostParts = 40

// named says in words what is taken away.
func (p *Plant) named(w Without) (parts []Part) {
	add := func(kind string, id int64, label string) {
		parts = append(parts, Part{Spec: kind + ":" + strconv.FormatInt(id, 10), Kind: kind, Label: label})
	}
	for _, g := range p.grants {
		if slices.Contains(w.Grants, g.id) {
			e := p.entitlements[g.entitlement]
			add("grant", g.id, cmp.Or(e.privilege.String(), "unknown right")+" of "+p.identities[g.identity].name+" on "+p.assets[e.asset].name)
		}
	}
	for _, c := range p.conduits {
		if slices.Contains(w.Conduits, c.id) {
			add("conduit", c.id, strings.ReplaceAll(c.kind, "_", " ")+" "+c.external+" from "+p.zones[c.from].name+" to "+p.zones[c.to].name)
		}
	}
	for _, c := range p.credentials {
		if slices.Contains(w.Credentials, c.id) {
			add("credential", c.id, c.kind+" of "+p.identities[c.identity].name+" stored on "+p.assets[c.asset].name)
		}
	}
	for _, h := range p.holders {
		if slices.Contains(w.Holders, h.id) {
			add("holder", h.id, "what "+p.identities[h.person].name+" knows of "+p.identities[h.shared].name)
		}
	}
	return parts
}
