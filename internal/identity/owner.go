package identity

import (
	"context"
	_ "embed"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"interlock/internal/authz"
	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// How a thing stands: owned by a person who is here, by nobody, by a person who is
// gone, or by something that is no person.
const (
	Owned    = "owned"
	Nobody   = "none"
	Gone     = "gone"
	NoPerson = "no_person"
)

// Ownership is one thing with who owns it, what is offered of it, and who might own
// it if nobody does.
type Ownership struct {
	Subject        string
	ID             int64
	Source         string
	Key            string
	Name           string
	Kind           string // of an identity its kind, of an asset its class, of an entitlement its privilege
	AssetID        *int64
	AssetName      string // of an entitlement
	OwnerID        *int64
	OwnerName      string
	OwnerEmail     string
	OwnerStatus    string
	Standing       string
	NamedBy        string // source, transfer or asset
	TransferID     *int64
	Since          *time.Time // when they took it over
	SourceOwner    string     // whom the source names
	IsContradicted bool       // the source has named somebody else since
	OfferID        *int64
	OfferedTo      string
	OfferedUntil   *time.Time
	Grants         int64
	Highest        string     // privilege
	Proposals      []Proposal `db:"-"`
}

// Thing names it.
func (o Ownership) Thing() Thing { return Thing{o.Subject, o.ID} }

// OwnershipFilter narrows the list of who owns what; what is zero does not. After is
// the thing to go on from, by name.
type OwnershipFilter struct {
	At        time.Time // the zero moment is now
	Standings []string
	Class     string // one of Classes
	Disputed  bool   // the source has named somebody else since
	Subject   string // identity, asset or entitlement
	Owner     int64  // an identity
	Text      string
	After     struct {
		Name string
		Thing
	}
}

// OwnershipCounts says how many things need an owner, and how they stand.
type OwnershipCounts = sqlc.IdentityOwnershipCountsRow

// OwnershipCounts counts everything that needs an owner; what is without is None
// and Gone.
func (s *Service) OwnershipCounts(ctx context.Context) (n OwnershipCounts, err error) {
	err = s.db.Read(ctx, "inventory:read", func(tx *store.Tx) (err error) {
		n, err = tx.IdentityOwnershipCounts(ctx, tx.Now)
		return err
	})
	return n, err
}

// ClassCounts says of one class of things how many there are and how they stand.
type ClassCounts = sqlc.IdentityOwnershipClassesRow

// Classes are the classes of things that have an owner: machines are identities
// that are neither shared nor a vendor's.
func Classes() []string { return []string{"machine", "shared", "vendor", "asset", "entitlement"} }

// OwnershipClasses counts what needs an owner by class, at a moment, and the offers
// that waited then.
func (s *Service) OwnershipClasses(ctx context.Context, at time.Time) (list []ClassCounts, offered int64, err error) {
	err = s.everywhere(ctx, at, func(tx *store.Tx) (err error) {
		if list, err = tx.IdentityOwnershipClasses(ctx); err != nil {
			return err
		}
		offered, err = tx.IdentityOffersOpen(ctx, tx.At)
		return err
	})
	return list, offered, err
}

// everywhere reads the inventory as of a moment for who may see all of it: who owns
// what is not cut by site.
func (s *Service) everywhere(ctx context.Context, at time.Time, fn func(*store.Tx) error) error {
	if err := authz.Check(authz.From(ctx), "inventory:read"); err != nil {
		return err
	}
	return s.db.Inventory(ctx, "inventory:read", at, fn)
}

// Ownership returns the first fifty things that match, by name, each with who might
// own it now, and whether there are more.
func (s *Service) Ownership(ctx context.Context, f OwnershipFilter) (list []Ownership, more bool, err error) {
	err = s.everywhere(ctx, f.At, func(tx *store.Tx) (err error) {
		list, more, err = f.read(ctx, tx, "")
		if err != nil || !f.At.IsZero() {
			return err
		}
		return propose(ctx, tx, list)
	})
	return list, more, err
}

//go:embed ownership.sql
var ownershipSQL string

// things are what this person owns, or answers for as the asset's owner: to be
// looked up from the owner, for one person owns little of everything.
const things = `(
  with me as (select i.id from identity i where i.email = ?
               union select y.identity_id from identity i join identity_member x on x.identity_id = i.id join identity_member y on y.person_id = x.person_id where i.email = ?),
  taken as (select t.subject, t.subject_id from ownership_transfer t join me on me.id = t.owner_id where t.state = 'accepted'),
  mine as (select subject, subject_id from taken union select 'asset', a.id from asset a join me on me.id = a.owner_id)
  select subject, subject_id from mine
   union select 'identity', i.id from identity i join me on me.id = i.owner_id
   union select 'entitlement', e.id from entitlement e join me on me.id = e.owner_id
   union select 'entitlement', e.id from entitlement e join mine on mine.subject = 'asset' and mine.subject_id = e.asset_id) t
  join lateral (select w.* from ownership w where w.subject = t.subject and w.subject_id = t.subject_id offset 0) o on o.standing = 'owned'`

// read reads a page of the list; of what this e-mail's person owns, unless empty.
func (f OwnershipFilter) read(ctx context.Context, tx *store.Tx, email string) (list []Ownership, more bool, err error) {
	rows, err := f.query(ctx, tx, email, pageOf+1)
	if err != nil {
		return nil, false, err
	}
	list, err = pgx.CollectRows(rows, pgx.RowToStructByPos[Ownership])
	if more = len(list) > pageOf; more {
		list = list[:pageOf]
	}
	return list, more, err
}

// query asks for so many rows, or with nil for all.
func (f OwnershipFilter) query(ctx context.Context, tx *store.Tx, email string, most any) (pgx.Rows, error) {
	args := []any{tx.At, most}
	arg := func(text string, value any) string {
		args = append(args, value)
		return strings.ReplaceAll(text, "?", fmt.Sprintf("$%d", len(args)))
	}
	from := "ownership o"
	if email != "" {
		from = arg(things, email) + arg(" and is_same_person(o.owner_email, ?)", email)
	}
	sql := strings.NewReplacer("{{from}}", from, "{{where}}", strings.Join(f.conditions(arg), "\n     and ")).Replace(ownershipSQL)
	return tx.Raw().Query(ctx, sql, args...)
}

func (f OwnershipFilter) conditions(arg func(string, any) string) []string {
	all := []string{"true"}
	if len(f.Standings) > 0 {
		all = append(all, arg("o.standing = any (?)", f.Standings))
	}
	if f.Disputed {
		all = append(all, "o.is_contradicted")
	}
	if f.Subject != "" {
		all = append(all, arg("o.subject = ?", f.Subject))
	}
	switch f.Class {
	case "":
	case "machine":
		all = append(all, "o.subject = 'identity' and o.kind not in ('shared', 'vendor')")
	case "shared", "vendor":
		all = append(all, arg("o.subject = 'identity' and o.kind = ?", f.Class))
	default:
		all = append(all, arg("o.subject = ?", f.Class))
	}
	if f.Owner != 0 {
		all = append(all, arg("o.owner_id = ?", f.Owner))
	}
	if text := like(f.Text); text != "" {
		all = append(all, arg("(o.name ilike ? or o.external_id ilike ? or o.owner_name ilike ?)", text))
	}
	if f.After.ID != 0 {
		all = append(all, "(o.name, o.subject, o.subject_id) > ("+arg("?", f.After.Name)+", "+arg("?", f.After.Subject)+", "+arg("?::bigint", f.After.ID)+")")
	}
	return all
}

// propose adds who might own what nobody owns who is here and nobody is asked to.
func propose(ctx context.Context, tx *store.Tx, list []Ownership) error {
	var things []Thing
	for _, o := range list {
		if o.Standing != Owned && o.OfferID == nil {
			things = append(things, o.Thing())
		}
	}
	if len(things) == 0 {
		return nil
	}
	found, err := proposals(ctx, tx, things)
	for i := range list {
		list[i].Proposals = found[list[i].Thing()]
	}
	return err
}
