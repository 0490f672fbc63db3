package web

import (
	"fmt"
	"strings"

	"interlock/internal/exception"
	"interlock/internal/review"
	"interlock/web/page"
	"interlock/web/ui"
)

// unaccountable says why access to an asset cannot be certified.
func unaccountable(asset string) string {
	return "Nobody can tell the users of " + asset + " apart, and no exception covers that. Request one first."
}

// underException offers to certify under the exception that is in force, instead
// of as it is, and neither where nobody could say who did what.
func (v sheetView) underException(d *page.ReviewDecide, c review.Case) {
	first, ok := c.Now.First()
	switch {
	case c.Now.Unaccountable():
		d.Certify.Off = "nobody can tell the users of this asset apart, and no exception covers that. " + v.wayToException(c)
		d.Exception = &page.ReviewAnswer{Off: "no exception is in force for that."}
	case ok:
		number, ends := exception.Number(first.ExceptionID), v.date(&first.EndsAt)
		d.Certify.Off = "an exception covers this asset: its access is certified under that."
		d.Exception = &page.ReviewAnswer{
			Label: "Certify under exception " + number, Hint: "Ends with it on " + ends + ".",
			Then: "It counts as excepted, not as certified. When " + number + " ends, it is asked again.",
		}
	}
}

// wayToException says what a reviewer can do where only an exception helps; not all
// of them may ask for one.
func (v sheetView) wayToException(c review.Case) string {
	if v.requests {
		return "Request one first, below What is known."
	}
	owner := text(c.AssetOwnerName)
	if owner == "" {
		owner = "a plant engineer or a risk officer"
	}
	return "Ask " + owner + " to have one requested, and answer once it is in force."
}

// gaps tells what the asset cannot do, as it is now, or what it could not at launch.
func (v sheetView) gaps(c review.Case) (facts []ui.Fact) {
	if c.Again != nil {
		facts = append(facts, ui.Fact{Term: "Open again", Text: "since " + v.moment(c.Again), Sub: "you certified it under an exception that is no longer in force", Tone: "warn"})
	}
	for _, g := range c.Now {
		f := ui.Fact{Term: "Asset cannot", Text: exception.CapabilityOf(g.Capability).Words}
		if g.ExceptionID != 0 {
			f.Sub = fmt.Sprintf("%s, in force until %s", exception.Number(g.ExceptionID), v.date(&g.EndsAt))
		} else {
			f.Sub, f.Tone = "no exception is in force for that", "warn"
		}
		switch {
		case g.ExceptionID != 0 && v.register:
			f.Href = exception.Address(g.ExceptionID)
		case g.ExceptionID == 0 && v.requests:
			f.Sub, f.Href = "no exception is in force for that: request one", address("/exceptions/new", "gap", fmt.Sprintf("%d.%s", c.AssetID, g.Capability))
		}
		facts = append(facts, f)
	}
	if len(c.Now) == 0 && len(c.Gaps) > 0 {
		facts = append(facts, ui.Fact{Term: "Asset could not", Text: frozenGaps(c.Gaps), Sub: "at launch; now it can"})
	}
	return facts
}

// frozenGaps names what an asset could not do at launch.
func frozenGaps(gaps []string) string {
	var said []string
	for _, g := range gaps {
		name, _, _ := strings.Cut(g, ":")
		said = append(said, exception.CapabilityOf(name).Words)
	}
	return strings.Join(said, ", ")
}
