package exception

import (
	"context"
	"slices"
	"strings"
	"time"

	"interlock/internal/authz"
	"interlock/internal/errs"
	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// Reasons lists why an asset cannot do what is asked of it.
func Reasons() []string {
	return []string{"technical", "vendor_warranty", "safety_certification", "outage_window", "cost"}
}

// Fields is what a request says. A draft may leave anything out.
type Fields struct {
	Reason        string
	Justification string
	Inherent      Score // without the controls
	Residual      Score // with them
	WayOut        string
	ReplaceOn     *time.Time
	Outage        string
	Budget        string
	EndsAt        *time.Time
}

// Control is a compensating control as somebody writes it down.
type Control struct {
	Title, Owner, Method, Evidence string
	EveryDays                      int32
}

// Request asks for exceptions: one for each asset and capability.
type Request struct {
	Assets       []int64
	Capabilities []string
	RiskOwner    string // an e-mail; who asks when empty
	Fields       Fields
	Controls     []Control
	Submit       bool // at once, instead of keeping drafts
}

const maxText = 8000 // bytes of one of its texts

// Request opens a draft for each asset and capability, all alike, or submits them
// at once: all or, if one is refused, none. It returns them in the order of the
// assets' names.
func (s *Service) Request(ctx context.Context, r Request) (ids []int64, err error) {
	if err := r.check(); err != nil {
		return nil, err
	}
	err = s.db.Write(ctx, "exception:request", func(tx *store.Tx) error {
		ids = nil
		lacking, err := lacking(ctx, tx, r)
		if err != nil {
			return err
		}
		for _, a := range lacking {
			id, err := open(ctx, tx, a, r)
			if err != nil {
				return err
			}
			if r.Submit {
				if err := submit(ctx, tx, id, 0); err != nil {
					return err
				}
			}
			ids = append(ids, id)
		}
		if !r.Submit {
			return nil
		}
		return asked(ctx, tx, ids)
	})
	return ids, err
}

// Continue changes drafts that Request opened, all alike, and submits them if so
// asked. Its controls are added to those there are. Drafts keep their assets and
// capabilities, whatever the request says of these.
func (s *Service) Continue(ctx context.Context, ids []int64, r Request) error {
	if len(ids) == 0 || len(ids) > maxAtOnce {
		return errs.Invalidf("These are no drafts of yours. Load the page again.")
	}
	if r.RiskOwner = strings.ToLower(strings.TrimSpace(r.RiskOwner)); r.RiskOwner == "" {
		r.RiskOwner = authz.From(ctx).ID()
	}
	if err := r.Fields.check(); err != nil {
		return err
	}
	return s.db.Write(ctx, "exception:request", func(tx *store.Tx) error {
		for _, id := range slices.Sorted(slices.Values(ids)) {
			if err := r.goOn(ctx, tx, id); err != nil {
				return err
			}
		}
		switch {
		case r.Submit:
			return asked(ctx, tx, ids)
		case !tx.Recorded():
			return store.ErrNothing
		}
		return nil
	})
}

func (r Request) goOn(ctx context.Context, tx *store.Tx, id int64) error {
	h, err := hold(ctx, tx, id)
	if err != nil {
		return err
	}
	if err := h.editable(tx, 0); err != nil {
		return err
	}
	changed := differences(fieldsOf(h.rev), r.Fields)
	if h.RiskOwner != r.RiskOwner {
		changed["risk_owner"] = []string{h.RiskOwner, r.RiskOwner}
		if err := tx.ExceptionRiskOwnerSet(ctx, sqlc.ExceptionRiskOwnerSetParams{ID: id, RiskOwner: r.RiskOwner}); err != nil {
			return err
		}
	}
	if len(changed) > 0 {
		if err := tx.ExceptionRevisionSave(ctx, r.Fields.params(id, h.rev.Number)); err != nil {
			return err
		}
		if err := step(ctx, tx, id, h.rev.Number, "save", State(h.rev.State), State(h.rev.State), "", changed); err != nil {
			return err
		}
	}
	for _, c := range r.Controls {
		control, err := add(ctx, tx, id, c)
		if err != nil {
			return err
		}
		if err := step(ctx, tx, id, h.rev.Number, "add control", h.state(), h.state(), "", map[string]any{"control": control, "title": c.Title, "owner": c.Owner}); err != nil {
			return err
		}
	}
	if !r.Submit {
		return nil
	}
	return submit(ctx, tx, id, 0)
}

func (r *Request) check() error {
	switch {
	case len(r.Assets) == 0:
		return errs.InvalidField("asset", "Choose at least one asset.")
	case len(r.Capabilities) == 0:
		return errs.InvalidField("capability", "Choose what the asset cannot do.")
	case len(r.Assets)*len(r.Capabilities) > maxAtOnce:
		return errs.Invalidf("That is %d exceptions at once, more than %d: choose fewer assets.", len(r.Assets)*len(r.Capabilities), maxAtOnce)
	}
	r.RiskOwner = strings.ToLower(strings.TrimSpace(r.RiskOwner))
	return r.Fields.check()
}

// maxAtOnce bounds one request, so that each can still be read before it is approved.
const maxAtOnce = 200

// lacking are the assets with the capabilities they lack; what they can do needs
// no exception.
func lacking(ctx context.Context, tx *store.Tx, r Request) ([]sqlc.ExceptionAssetsRow, error) {
	rows, err := tx.ExceptionAssets(ctx, sqlc.ExceptionAssetsParams{Assets: r.Assets, Capabilities: r.Capabilities})
	if err != nil {
		return nil, err
	}
	if len(rows) < len(r.Assets)*len(r.Capabilities) {
		return nil, errs.NotFoundf("An asset you chose is not in the inventory any more. Load the page again.")
	}
	for _, a := range rows {
		if a.Answer == "native" || a.Answer == "via_proxy" {
			return nil, errs.InvalidField("capability", "%s can do this (%s): it needs no exception. Leave it out.", a.Name, strings.ReplaceAll(a.Answer, "_", " "))
		}
		if a.Answer == "unknown" {
			return nil, errs.InvalidField("capability", "Nobody has assessed whether %s can do this: have it assessed first, then ask.", a.Name)
		}
	}
	return rows, nil
}

func open(ctx context.Context, tx *store.Tx, a sqlc.ExceptionAssetsRow, r Request) (int64, error) {
	owner := r.RiskOwner
	if owner == "" {
		owner = tx.Actor.ID()
	}
	id, err := tx.ExceptionInsert(ctx, sqlc.ExceptionInsertParams{AssetID: a.ID, Capability: a.Capability, RiskOwner: owner, RequestedBy: tx.Actor.ID(), RequestedAt: tx.Now})
	if err != nil {
		return 0, err
	}
	if err := tx.ExceptionRevisionInsert(ctx, sqlc.ExceptionRevisionInsertParams{ExceptionID: id, Number: 1, RequestedBy: tx.Actor.ID(), CreatedAt: tx.Now}); err != nil {
		return 0, err
	}
	if err := tx.ExceptionRevisionSave(ctx, r.Fields.params(id, 1)); err != nil {
		return 0, err
	}
	for _, c := range r.Controls {
		if _, err := add(ctx, tx, id, c); err != nil {
			return 0, err
		}
	}
	return id, step(ctx, tx, id, 1, "request", "", Draft, "", map[string]any{"asset": a.Name, "capability": a.Capability})
}

func (f *Fields) check() error {
	for field, text := range map[string]*string{"justification": &f.Justification, "way_out": &f.WayOut, "outage": &f.Outage, "budget": &f.Budget} {
		if *text = strings.TrimSpace(*text); len(*text) > maxText {
			return errs.InvalidField(field, "This is longer than %d characters: shorten it.", maxText)
		}
	}
	if f.Reason != "" && !slices.Contains(Reasons(), f.Reason) {
		return errs.InvalidField("reason", "This reason is not known. Known: %s.", strings.Join(Reasons(), ", "))
	}
	for field, score := range map[string]Score{"inherent": f.Inherent, "residual": f.Residual} {
		for _, v := range []int16{score.Likelihood, score.People, score.Environment, score.Supply} {
			if v < 0 || v > 5 {
				return errs.InvalidField(field, "A score is 1 to 5.")
			}
		}
	}
	return nil
}

// whole refuses to submit what is not complete.
func (f Fields) whole(now time.Time, l Limits) error {
	band := BandOf(f.Residual.Value())
	switch {
	case f.Reason == "":
		return errs.InvalidField("reason", "Choose the reason.")
	case f.Justification == "":
		return errs.InvalidField("justification", "Say why the asset cannot do it.")
	case !f.Inherent.whole():
		return errs.InvalidField("inherent", "Score the risk without the controls: likelihood, people, environment and supply, 1 to 5 each.")
	case !f.Residual.whole():
		return errs.InvalidField("residual", "Score the risk with the controls: likelihood, people, environment and supply, 1 to 5 each.")
	case f.Residual.Value() > f.Inherent.Value():
		return errs.InvalidField("residual", "Controls do not add risk: the score with them is at most the score without.")
	case f.WayOut == "":
		return errs.InvalidField("way_out", "Say how the exception comes to its end: a replacement, a change, an outage.")
	case f.EndsAt == nil:
		return errs.InvalidField("ends_at", "Say when it ends; every exception ends.")
	case !f.EndsAt.After(now):
		return errs.InvalidField("ends_at", "It would end before it begins: choose a day ahead.")
	case f.EndsAt.After(now.Add(l[band])):
		return errs.InvalidField("ends_at", "Risk that stays %s is accepted for at most %d days: end it by %s.", band, l.Days(band), now.Add(l[band]).Format("2 Jan 2006"))
	}
	return nil
}

func (f Fields) params(id int64, number int32) sqlc.ExceptionRevisionSaveParams {
	p := sqlc.ExceptionRevisionSaveParams{
		ExceptionID: id, Number: number, Justification: f.Justification, WayOut: f.WayOut, ReplaceOn: f.ReplaceOn,
		Outage: f.Outage, Budget: f.Budget, EndsAt: f.EndsAt,
		Likelihood: rated(f.Inherent.Likelihood), People: rated(f.Inherent.People), Environment: rated(f.Inherent.Environment), Supply: rated(f.Inherent.Supply),
		LeftLikelihood: rated(f.Residual.Likelihood), LeftPeople: rated(f.Residual.People), LeftEnvironment: rated(f.Residual.Environment), LeftSupply: rated(f.Residual.Supply),
	}
	if f.Reason != "" {
		p.Reason = &f.Reason
	}
	return p
}

func rated(v int16) *int16 {
	if v == 0 {
		return nil
	}
	return &v
}

func score(likelihood, people, environment, supply *int16) Score {
	at := func(v *int16) int16 {
		if v == nil {
			return 0
		}
		return *v
	}
	return Score{at(likelihood), at(people), at(environment), at(supply)}
}

func fieldsOf(r sqlc.ExceptionRevision) Fields {
	f := Fields{
		Justification: r.Justification, WayOut: r.WayOut, ReplaceOn: r.ReplaceOn, Outage: r.Outage, Budget: r.Budget, EndsAt: r.EndsAt,
		Inherent: score(r.Likelihood, r.People, r.Environment, r.Supply),
		Residual: score(r.LeftLikelihood, r.LeftPeople, r.LeftEnvironment, r.LeftSupply),
	}
	if r.Reason != nil {
		f.Reason = *r.Reason
	}
	return f
}
