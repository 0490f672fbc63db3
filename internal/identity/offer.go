package identity

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"interlock/internal/authz"
	"interlock/internal/errs"
	"interlock/internal/mail"
	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// Thing names what is owned: an identity that is no person, an asset, or an
// entitlement.
type Thing struct {
	Subject string `json:"subject"`
	ID      int64  `json:"id"`
}

// Offer is ownership offered to whom the e-mails name, thing by thing.
type Offer struct {
	Things []Thing
	To     []string // for each thing
	Note   string
}

const (
	// MaxOffered bounds what is offered at once.
	MaxOffered = 500
	// MaxNote bounds a note, in characters.
	MaxNote = 2000
	// waiting is how long an offer can be answered.
	waiting = 14 * 24 * time.Hour
	// listed is how many things a mail names.
	listed = 8
)

// Offer offers things to new owners and tells them by mail, all or nothing. Who may
// hand over anything needs ownership:offer; an owner may hand over what is theirs.
// Nothing changes hands until the new owner accepts.
func (s *Service) Offer(ctx context.Context, o Offer) error {
	if err := o.check(); err != nil {
		return err
	}
	return s.db.Write(ctx, "ownership:own", func(tx *store.Tx) error {
		owners, err := o.owners(ctx, tx)
		if err != nil {
			return err
		}
		owned, err := o.owned(ctx, tx)
		if err != nil {
			return err
		}
		p, err := o.params(ctx, tx, owners, owned)
		if err != nil {
			return err
		}
		if err := expire(ctx, tx); err != nil { // or they would still seem to wait
			return err
		}
		ids, err := tx.IdentityOffer(ctx, p)
		if err != nil {
			return err
		}
		tx.Record("ownership.offered", store.Object{Kind: "ownership", ID: ids[0]}, map[string]any{"offers": ids, "things": o.Things, "to": p.Emails, "note": o.Note})
		return mail.Enqueue(ctx, tx, o.letters(tx, owners, owned))
	})
}

func (o *Offer) check() error {
	o.Note = strings.TrimSpace(o.Note)
	switch {
	case len(o.Things) == 0:
		return errs.Invalidf("Nothing is ticked: tick at least one thing.")
	case len(o.Things) > MaxOffered:
		return errs.Invalidf("That is %d things at once, and at most %d can be offered together.", len(o.Things), MaxOffered)
	case len([]rune(o.Note)) > MaxNote:
		return errs.InvalidField("note", "The note is longer than %d characters: shorten it.", MaxNote)
	}
	seen := map[Thing]bool{}
	for i, t := range o.Things {
		o.To[i] = strings.ToLower(strings.TrimSpace(o.To[i]))
		switch {
		case o.To[i] == "":
			return errs.InvalidField("to", "Say who is to own each thing that is ticked: pick a proposal or name a person.")
		case seen[t]:
			return errs.Invalidf("One thing is there twice. Load the page again.")
		}
		seen[t] = true
	}
	return nil
}

// owners finds who is to own, by e-mail.
func (o *Offer) owners(ctx context.Context, tx *store.Tx) (map[string]sqlc.IdentityLivePeopleRow, error) {
	addresses := slices.Compact(slices.Sorted(slices.Values(o.To)))
	rows, err := tx.IdentityLivePeople(ctx, addresses)
	if err != nil {
		return nil, err
	}
	people := map[string]sqlc.IdentityLivePeopleRow{}
	for _, r := range rows {
		people[r.Address] = r
	}
	for _, a := range addresses {
		if people[a].IdentityID == 0 {
			return nil, errs.InvalidField("to", "Nobody who is here and active has the e-mail %s. An owner is a person in the inventory.", a)
		}
	}
	return people, nil
}

// owned finds the things, in the order of the offer, and refuses what is not the
// actor's to hand over as if it were not there.
func (o *Offer) owned(ctx context.Context, tx *store.Tx) ([]sqlc.IdentityOwnedRow, error) {
	p := sqlc.IdentityOwnedParams{Actor: tx.Actor.Email}
	for _, t := range o.Things {
		p.Subjects, p.Ids = append(p.Subjects, t.Subject), append(p.Ids, t.ID)
	}
	rows, err := tx.IdentityOwned(ctx, p)
	if err != nil {
		return nil, err
	}
	whole := authz.Can(tx.Actor, "ownership:offer")
	rows = slices.DeleteFunc(rows, func(r sqlc.IdentityOwnedRow) bool { return !whole && !r.IsMine })
	if len(rows) != len(o.Things) {
		return nil, errs.NotFoundf("Of %d things, %d are not there any longer or not yours to hand over. Load the page again.", len(o.Things), len(o.Things)-len(rows))
	}
	place := map[Thing]int{}
	for i, t := range o.Things {
		place[t] = i
	}
	slices.SortFunc(rows, func(a, b sqlc.IdentityOwnedRow) int {
		return cmp.Compare(place[Thing{a.Subject, a.SubjectID}], place[Thing{b.Subject, b.SubjectID}])
	})
	return rows, nil
}

func (o *Offer) params(ctx context.Context, tx *store.Tx, owners map[string]sqlc.IdentityLivePeopleRow, owned []sqlc.IdentityOwnedRow) (sqlc.IdentityOfferParams, error) {
	p := sqlc.IdentityOfferParams{Note: o.Note, By: tx.Actor.ID(), At: tx.Now, Until: tx.Now.Add(waiting)}
	reasons, err := proposals(ctx, tx, o.Things)
	if err != nil {
		return p, err
	}
	for i, w := range owned {
		to := owners[o.To[i]]
		if w.Standing == Owned && w.NamedBy != "asset" && w.OwnerEmail != nil && *w.OwnerEmail == to.Address {
			return p, errs.InvalidField("to", "%s owns %s already.", to.Name, w.Name)
		}
		p.Subjects, p.Ids = append(p.Subjects, w.Subject), append(p.Ids, w.SubjectID)
		p.Owners, p.Emails = append(p.Owners, to.IdentityID), append(p.Emails, to.Address)
		p.Formers = append(p.Formers, value(w.OwnerID))
		p.Proposals = append(p.Proposals, ruleOf(reasons[o.Things[i]], to.Address))
	}
	return p, nil
}

func value(id *int64) int64 {
	if id == nil {
		return 0
	}
	return *id
}

// letters is one digest for each new owner.
func (o *Offer) letters(tx *store.Tx, owners map[string]sqlc.IdentityLivePeopleRow, owned []sqlc.IdentityOwnedRow) []mail.Message {
	var messages []mail.Message
	for _, address := range slices.Compact(slices.Sorted(slices.Values(o.To))) {
		d := mail.Digest{Name: owners[address].Name, By: tx.Actor.Name, Reason: o.Note, Due: tx.Now.Add(waiting), Path: "/ownership"}
		for i, w := range owned {
			if o.To[i] != address {
				continue
			}
			if d.Items++; d.Items <= listed {
				d.Things = append(d.Things, w.Name)
			}
		}
		d.Title = fmt.Sprintf("%d things", d.Items)
		if d.Items == 1 {
			d.Title = d.Things[0]
		}
		messages = append(messages, mail.Message{To: address, Template: "ownership_offered", Subject: "Will you own " + d.Title + "?", Data: d})
	}
	return messages
}
