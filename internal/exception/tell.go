package exception

import (
	"context"
	"fmt"
	"strings"
	"time"

	"interlock/internal/mail"
	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// news is what people are told of some exceptions: the mail's template and, for
// each exception, what happened to it.
type news struct {
	template string
	subject  string // before the names of what it is about
	what     map[int64]string
	reason   string
	view     string // of the register that shows all of them
	testers  bool   // whether who tests the controls is told too
}

// listed is how many exceptions a mail names; the register has the rest.
const listed = 15

// tell sends one mail to everybody concerned: the asset's owner, who asked, the
// risk owner and the risk officers.
func (n news) tell(ctx context.Context, tx *store.Tx) error {
	if len(n.what) == 0 {
		return nil
	}
	ids := make([]int64, 0, len(n.what))
	for id := range n.what {
		ids = append(ids, id)
	}
	rows, err := tx.ExceptionAudience(ctx, sqlc.ExceptionAudienceParams{Exceptions: ids, Testers: n.testers})
	if err != nil {
		return err
	}
	var mails letters
	for _, r := range rows {
		if r.Email == tx.Actor.ID() { // they did it
			continue
		}
		d := mails.to(r.Email, r.Name)
		path := Address(r.ID)
		switch {
		case !r.Reads:
			path = "/exceptions/mine"
		case d.Items > 0:
			path = n.view
		}
		enter(d, r.ID, r.AssetName, r.Capability, n.what[r.ID], path, r.ValidTo)
	}
	return mails.send(ctx, tx, n.template, n.subject, n.reason)
}

// letters are the mails of one occasion, one for each person.
type letters struct {
	order []string
	of    map[string]*mail.Digest
}

func (l *letters) to(email, name string) *mail.Digest {
	if l.of == nil {
		l.of = map[string]*mail.Digest{}
	}
	d := l.of[email]
	if d == nil {
		d = &mail.Digest{Name: name}
		l.of[email], l.order = d, append(l.order, email)
	}
	return d
}

// enter adds an exception to a mail: what it is about and what happened.
func enter(d *mail.Digest, id int64, asset, capability, what, path string, ends *time.Time) {
	name := asset + " cannot " + CapabilityOf(capability).Words
	if d.Items++; d.Items <= listed {
		d.Things = append(d.Things, joinedBy(": ", Number(id)+", "+name, what))
	}
	if d.Items == 1 {
		d.Title = name
	} else {
		d.Title = fmt.Sprintf("%d exceptions", d.Items)
	}
	if d.Path = path; ends != nil && (d.Due.IsZero() || ends.Before(d.Due)) {
		d.Due = *ends
	}
}

func joinedBy(between string, parts ...string) string {
	var said []string
	for _, p := range parts {
		if p != "" {
			said = append(said, p)
		}
	}
	return strings.Join(said, between)
}

func (l *letters) send(ctx context.Context, tx *store.Tx, template, subject, reason string) error {
	if len(l.order) == 0 {
		return nil
	}
	messages := make([]mail.Message, len(l.order))
	for i, email := range l.order {
		d := *l.of[email]
		d.Reason = reason
		if !tx.Actor.IsSystem() {
			d.By = tx.Actor.Name
		}
		messages[i] = mail.Message{To: email, Template: template, Subject: subject + d.Title, Data: d}
	}
	return mail.Enqueue(ctx, tx, messages)
}

// Number is what people call an exception by.
func Number(id int64) string { return fmt.Sprintf("EX-%04d", id) }

// Address is where an exception is shown.
func Address(id int64) string { return fmt.Sprintf("/exceptions/%d", id) }

// asked tells who may approve what waits for them; if nobody may go so high, every
// risk officer who could answer at all.
func asked(ctx context.Context, tx *store.Tx, ids []int64) error {
	rows, err := tx.ExceptionApprovers(ctx, ids)
	if err != nil {
		return err
	}
	may := map[int64]bool{}
	high := func(r sqlc.ExceptionApproversRow) bool {
		return Band(r.UpTo).rank() >= BandOf(*r.Residual).Wants(int(r.Revision)-1).rank()
	}
	for _, r := range rows {
		may[r.ID] = may[r.ID] || high(r)
	}
	var mails letters
	for _, r := range rows {
		if may[r.ID] && !high(r) {
			continue
		}
		what := string(BandOf(*r.Residual)) + " risk stays"
		if r.Revision > 1 {
			what = fmt.Sprintf("renewal %d, %s", r.Revision-1, what)
		}
		d := mails.to(r.Email, r.Name)
		path := Address(r.ID)
		if d.Items > 0 {
			path = "/exceptions?view=waiting"
		}
		enter(d, r.ID, r.AssetName, r.Capability, what, path, r.EndsAt)
	}
	return mails.send(ctx, tx, "exception_waits", "For your decision: ", "")
}

// answerWords is an answer as it is told to who asked.
var answerWords = map[State]string{Approved: "approved", ChangesRequested: "sent back for changes", Rejected: "refused"}

// tellAnswer tells who asked what became of it.
func (h held) tellAnswer(ctx context.Context, tx *store.Tx, became State, reason string) error {
	names, err := tx.ExceptionNames(ctx, []string{h.rev.RequestedBy})
	if err != nil {
		return err
	}
	name := ""
	if len(names) > 0 {
		name = names[0].Name
	}
	var mails letters
	d := mails.to(h.rev.RequestedBy, name)
	enter(d, h.ID, h.AssetName, h.Capability, "", Address(h.ID), h.rev.EndsAt)
	d.Other = answerWords[became]
	return mails.send(ctx, tx, "exception_answered", capital(answerWords[became])+": ", reason)
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// over is told when an exception no longer covers its asset.
func over(what map[int64]string, reason string) news {
	return news{template: "exception_over", subject: "No longer covered by an exception: ", what: what, reason: reason, view: "/exceptions?view=all"}
}

// drifting is told when a control failed or was not tested in time.
func drifting(what map[int64]string, reason string) news {
	return news{template: "exception_drifting", subject: "A control does not hold: ", what: what, reason: reason, view: "/exceptions?view=drifting", testers: true}
}
