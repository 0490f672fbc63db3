package web

import (
	"net/http"
	"slices"
	"strings"

	"interlock/internal/errs"
	"interlock/internal/identity"
	"interlock/web/page"
	"interlock/web/ui"
)

// offering is what a form that offers ownership holds: things that are ticked, whom
// their rows name, and one person for all instead.
type offering struct {
	ticked         []string
	to, note       string
	rows           map[string]string // by thing, an e-mail
	all            bool              // everything is to be ticked
	refused, badTo string
}

func offeringOf(r *http.Request) offering {
	o := offering{to: r.PostFormValue("to"), note: r.PostFormValue("note"), rows: map[string]string{}}
	o.ticked = r.PostForm["thing"]
	for name, values := range r.PostForm {
		if key, ok := strings.CutPrefix(name, "to-"); ok {
			o.rows[key] = values[0]
		}
	}
	return o
}

func (o offering) chosen(key string) string { return o.rows[key] }

func (o offering) offer() identity.Offer {
	offer := identity.Offer{Note: o.note}
	for _, key := range o.ticked {
		offer.Things, offer.To = append(offer.Things, thingOf(key)), append(offer.To, orElse(strings.TrimSpace(o.to), o.rows[key]))
	}
	return offer
}

func (o *offering) refuse(e *errs.Error) {
	o.refused = e.Message
	if e.Field == "to" && o.to != "" {
		o.refused, o.badTo = "", e.Message
	}
}

// done says what was offered to how many.
func (o offering) done() string {
	to := o.offer().To
	slices.Sort(to)
	return ui.Plural(len(o.ticked), "thing is", "things are") + " offered to " + ui.Plural(len(slices.Compact(to)), "person", "people") + ". They answer by mail, within 14 days."
}

// form is the foot of a table whose rows can be offered.
func (o offering) form(action, back, all string, rows []page.OwnerRow) *page.OfferForm {
	f := &page.OfferForm{Action: action, Back: back, To: o.to, Note: o.note, Error: o.refused, ToError: o.badTo, Do: "Offer what is ticked"}
	for _, r := range rows {
		if r.Waiting == "" {
			f.Some = true
			if !r.Ticked {
				f.All = all
			}
		}
	}
	return f
}
