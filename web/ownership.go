package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"interlock/internal/authz"
	"interlock/internal/identity"
	"interlock/internal/review"
	"interlock/web/page"
	"interlock/web/ui"
)

// answering is what was typed into the form of offers.
type answering struct {
	ticked        []string // nil is all
	note, refused string
}

func (s *server) ownership(w http.ResponseWriter, r *http.Request) error {
	return s.showOwnership(w, r, http.StatusOK, r.URL.Query(), answering{}, offering{all: r.URL.Query().Get("tick") == "all"})
}

func (s *server) showOwnership(w http.ResponseWriter, r *http.Request, status int, q url.Values, answer answering, offer offering) error {
	f := identity.OwnershipFilter{Text: q.Get("q")}
	ownerCursor(q.Get("after"), &f)
	mine, err := s.Identity.Mine(r.Context(), f)
	if err != nil {
		return err
	}
	p := page.Ownership{
		Shell: s.shell(r, "Ownership", "/ownership"), Lede: "What you are asked to answer for, and what you answer for.",
		Note: answer.note, Error: answer.refused, Text: f.Text,
	}
	if authz.Can(authz.From(r.Context()), "inventory:read") {
		p.People = "/owners"
	}
	known := s.called(r, offerers(mine)...)
	for _, o := range mine.Offers {
		p.Asked = append(p.Asked, s.asked(o, known, answer, p.People != ""))
	}
	for _, o := range mine.Made {
		p.Made = append(p.Made, s.offerRow(o, known, p.People != ""))
	}
	for _, o := range mine.Owned {
		row := s.ownerRow(o, moment{}, offer)
		row.OwnerNote = orElse(row.OwnerNote, "named by "+o.Source)
		if p.People == "" {
			row.Href = ""
		}
		p.Owned = append(p.Owned, row)
	}
	p.Offer = *offer.form("/ownership/offer", q.Encode(), address("/ownership", "q", f.Text, "after", q.Get("after"), "tick", "all"), p.Owned)
	p.Pager = ui.Pager{Text: ui.Plural(len(p.Owned), "thing", "things") + ", by name"}
	if mine.More {
		p.Pager.Next = address("/ownership", "q", f.Text, "after", ownerAfter(mine.Owned[len(mine.Owned)-1]))
	}
	return s.show(w, r, status, p.Page())
}

func offerers(m identity.Mine) (list []string) {
	for _, o := range m.Offers {
		list = append(list, o.OfferedBy)
	}
	for _, o := range m.Made {
		list = append(list, o.OfferedBy)
	}
	return list
}

func (s *server) asked(o identity.Waiting, known review.Names, typed answering, links bool) page.OwnershipAsked {
	id := strconv.FormatInt(o.ID, 10)
	a := page.OwnershipAsked{
		ID: id, Name: o.Name, Sub: thingSub(o.Subject, o.Kind, text(o.AssetName), o.Source+":"+o.ExternalID), By: actorWords(o.OfferedBy, known) + ", " + s.date(&o.OfferedAt),
		Why: proposedAs[o.Proposal], Note: o.Note, Former: text(o.FormerName), Until: s.date(&o.ExpiresAt), Ticked: typed.ticked == nil || slices.Contains(typed.ticked, id),
	}
	a.Kind, a.Icon, a.Href = thingLook(o.Subject, o.Kind, o.SubjectID, nil)
	if !links {
		a.Href = ""
	}
	if status := text(o.FormerStatus); a.Former != "" && status != "active" && status != "leave" {
		a.Former += ", who " + goneWord(status)
	}
	return a
}

// proposedAs says to whom is asked why it is them.
var proposedAs = map[string]string{
	identity.ByManager: "you manage who owned it, or it", identity.ByAssetOwner: "you own what it belongs to or works on",
	identity.ByGranter: "you granted access with it last", identity.Named: "somebody thought of you",
}

func (s *server) answerOwnership(w http.ResponseWriter, r *http.Request) error {
	typed := answering{note: r.PostFormValue("note")}
	typed.ticked = append([]string{}, r.PostForm["offer"]...)
	var ids []int64
	for _, t := range typed.ticked {
		id, _ := strconv.ParseInt(t, 10, 64)
		ids = append(ids, id)
	}
	yes := r.PostFormValue("answer") == "accept"
	err := s.Identity.Answer(r.Context(), ids, yes, typed.note)
	if e := refusal(err); e != nil {
		typed.refused = e.Message
		return s.showOwnership(w, r, statuses[e.Kind], nil, typed, offering{})
	}
	if err != nil {
		return err
	}
	said := "You own it now."
	switch {
	case !yes:
		said = "Declined. Who offered it sees why."
	case len(ids) > 1:
		said = "You own " + ui.Plural(len(ids), "thing", "things") + " more now."
	}
	s.tell(r, said, "")
	return see(w, r, "/ownership")
}

func (s *server) handOver(w http.ResponseWriter, r *http.Request) error {
	typed := offeringOf(r)
	err := s.Identity.Offer(r.Context(), typed.offer())
	q, _ := url.ParseQuery(r.PostFormValue("back"))
	if e := refusal(err); e != nil {
		typed.refuse(e)
		return s.showOwnership(w, r, statuses[e.Kind], q, answering{}, typed)
	}
	if err != nil {
		return err
	}
	s.tell(r, typed.done(), "")
	return see(w, r, "/ownership")
}

// withdrawOffer withdraws one offer and returns to a list.
func (s *server) withdrawOffer(back string) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		id, err := pathID(r, "transfer")
		if err != nil {
			return err
		}
		if err := s.Identity.Withdraw(r.Context(), []int64{id}); err != nil {
			return err
		}
		s.tell(r, "Taken back. Nothing changed hands.", "")
		return see(w, r, back)
	}
}

func (s *server) offers(w http.ResponseWriter, r *http.Request) error {
	return s.showOffers(w, r, http.StatusOK, "")
}

func (s *server) showOffers(w http.ResponseWriter, r *http.Request, status int, refused string) error {
	q := r.URL.Query()
	f := identity.HandingFilter{Tab: q.Get("tab"), Text: q.Get("q"), Before: number64(r, "before")}
	list, more, err := s.Identity.Handings(r.Context(), f)
	if err != nil {
		return err
	}
	p := page.Offers{
		Inventory: s.inventory(r, "Ownership offered", "/owners", moment{}), Tab: f.Tab, Text: f.Text, Filtered: f.Tab != "" || f.Text != "",
		May: authz.Can(authz.From(r.Context()), "ownership:offer"), Error: refused,
	}
	for _, v := range []struct{ key, label string }{{"", "All"}, {"waiting", "Waiting"}, {"answered", "Answered"}} {
		p.Views = append(p.Views, ui.View{Label: v.label, Href: address("/owners/offers", "tab", v.key, "q", f.Text), Current: v.key == f.Tab, Count: -1})
	}
	known := s.called(r, handingPeople(list)...)
	for _, h := range list {
		p.Rows = append(p.Rows, s.offerRow(h, known, true))
	}
	p.Pager = ui.Pager{Text: ui.Plural(len(list), "offer", "offers") + ", newest first"}
	if more {
		p.Pager.Next = address("/owners/offers", "tab", f.Tab, "q", f.Text, "before", strconv.FormatInt(list[len(list)-1].ID, 10))
	}
	return s.show(w, r, status, p.Page())
}

func handingPeople(list []identity.Handing) (people []string) {
	for _, h := range list {
		people = append(people, h.OfferedBy, text(h.AnsweredBy), text(h.EndedBy))
	}
	return people
}

var offerStates = map[identity.Transfer]ui.Chip{
	identity.Offered: {Text: "waiting", Tone: "info", Icon: "hourglass"}, identity.Accepted: {Text: "accepted", Tone: "good", Icon: "check"},
	identity.Declined: {Text: "declined", Tone: "warn", Icon: "x"}, identity.Withdrawn: {Text: "taken back", Icon: "arrow-back-up"},
	identity.Expired: {Text: "not answered", Tone: "warn", Icon: "clock"}, identity.Ended: {Text: "ended", Icon: "history"},
}

var proposedBy = map[string]string{
	identity.ByManager: "proposed as manager", identity.ByAssetOwner: "proposed as the asset’s owner", identity.ByGranter: "proposed as last granter", identity.Named: "named by who offered it",
}

func (s *server) offerRow(h identity.Handing, known review.Names, links bool) page.OfferRow {
	state := identity.Transfer(h.State)
	row := page.OfferRow{
		ID: strconv.FormatInt(h.ID, 10), Name: h.Name, Sub: thingSub(h.Subject, h.Kind, "", ""), To: h.OwnerName, Email: h.Email, Former: text(h.FormerName), Why: proposedBy[h.Proposal], Note: h.Note,
		Offered: s.date(&h.OfferedAt) + " by " + actorWords(h.OfferedBy, known), State: offerStates[state], Waiting: state == identity.Offered, Counts: state == identity.Accepted,
	}
	row.Kind, row.Icon, row.Href = thingLook(h.Subject, h.Kind, h.SubjectID, nil)
	if !links {
		row.Href = ""
	}
	switch state {
	case identity.Offered:
		row.Said = "until " + s.date(&h.ExpiresAt)
	case identity.Ended:
		row.Said = joined(s.date(h.EndedAt), text(h.EndedReason))
	default:
		row.Said = joined(s.date(h.AnsweredAt), h.AnswerNote)
	}
	return row
}

func (s *server) endOwnership(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "transfer")
	if err != nil {
		return err
	}
	err = s.Identity.End(r.Context(), id, r.PostFormValue("reason"))
	if e := refusal(err); e != nil {
		return s.showOffers(w, r, statuses[e.Kind], e.Message)
	}
	if err != nil {
		return err
	}
	s.tell(r, "Ended. What the source says counts again.", "")
	return see(w, r, "/owners/offers")
}
