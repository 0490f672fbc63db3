package page

import (
	"fmt"
	"strings"

	"interlock/web/ui"
)

// CampaignNew is GET /campaigns/new, and what POST /campaigns/preview (200, or
// 422 with what was typed) and a refused POST /campaigns (422) show.
//
// Query of GET: as (form or yaml).
//
// Both ways post to /campaigns/preview. The form posts as=form, name, title,
// scope, reviewer_1 to reviewer_4 (owner, manager, asset_owner,
// entitlement_owner, email or ""), reviewer_email_1 to reviewer_email_4 (used
// where reviewer_N is email), days, fallback (e-mails, one a line or between
// commas), fresh_within (a number of days or ""), silence_it, silence_ot,
// silence_safety (revoke, keep, escalate). With do=yaml the form asks for the
// same page with As yaml and Definition written from the form. The other way
// posts as=yaml, definition.
//
// The preview posts what it carries in Hidden to /campaigns, with do=launch or
// do=draft, and again=yes where Running is set and was ticked; that answers 303 to
// the campaign.
type CampaignNew struct {
	Shell      ui.Shell
	As         string // form or yaml
	Form       CampaignForm
	Definition string // the text in the YAML box
	DefError   string // what is wrong with it
	Error      string // what is wrong with no field of its own: "Nothing is in scope ..."
	Fields     []ScopeField
	Examples   []ScopeExample
	Preview    *CampaignPreview
}

// CampaignForm is the form as typed. Errors are by name of field, where
// reviewers and silence each stand for their group.
type CampaignForm struct {
	Name, Title, Scope string
	Reviewers          [4]CampaignChoice
	Days               string
	Fallback           string
	FreshWithin        string // a number of days
	SilenceIT          string
	SilenceOT          string
	SilenceSafety      string
	Errors             map[string]string
}

// CampaignChoice is who reviews: a rule, or the rule email and an address.
type CampaignChoice struct {
	Rule  string
	Email string
}

// ScopeField is a name that scopes know (access.Fields).
type ScopeField struct {
	Name   string
	Type   string
	Values []string
	Doc    string
}

// ScopeExample is a scope with its meaning in words.
type ScopeExample struct {
	Scope string
	Means string
}

// CampaignPreview says what a launch would make. Nothing is written yet.
type CampaignPreview struct {
	Title        string
	Scope        string
	Due          string // "26 Nov 2026, if launched today"
	Items        int
	Reviewers    int
	Fallback     int // items that go to the fallback
	Without      int // items that nobody could review: no launch
	WithoutWho   string
	Stale        []string // sources that are too old: no launch
	FreshWithin  string   // "7 days"
	Minutes      string   // "9 h 40 min"
	Critical     int
	High         int
	Medium       int
	Low          int
	Piles        []CampaignPile // the ten largest
	NotInForce   []string       // names in the definition that nothing acts on yet
	Gone         []string       // people named who are no longer active: no launch
	Warnings     []string       // what is most likely a slip
	Running      string         // "Campaign 3 of the same definition, ... is active": launching wants again=yes
	RunningText  string         // what to do about it
	AgainError   string         // what is said when that was not ticked
	Hidden       []ui.Param     // the definition, for POST /campaigns
	MayNotLaunch string         // any other reason why it cannot be launched; "" when it can
}

// CampaignPile is how much would wait for one reviewer.
type CampaignPile struct {
	Who   ui.Person
	Items int
}

var (
	reviewerRules = []ui.Option{
		{Value: "owner", Label: "Owner of the identity"}, {Value: "manager", Label: "Manager of the person"}, {Value: "asset_owner", Label: "Owner of the asset"},
		{Value: "entitlement_owner", Label: "Owner of the right"}, {Value: "email", Label: "One person, by e-mail"},
	}
	silenceRules = []ui.Option{{Value: "revoke", Label: "Revoke"}, {Value: "keep", Label: "Keep"}, {Value: "escalate", Label: "Keep and escalate"}}
	ordinals     = [4]string{"First choice", "Otherwise", "Otherwise, third", "Otherwise, fourth"}
)

func (p CampaignPreview) blocked() bool {
	return p.Items == 0 || p.Without > 0 || len(p.Stale) > 0 || len(p.Gone) > 0 || p.MayNotLaunch != ""
}

func (p CampaignPreview) figures() []ui.Figure {
	without := ui.Figure{Title: "With nobody", Value: ui.Thousands(p.Without), Sub: "every item has a reviewer"}
	if p.Without > 0 {
		without.Tone, without.Sub = "bad", "blocks the launch"
	}
	return []ui.Figure{
		{Title: "Items", Value: ui.Thousands(p.Items), Sub: "each is one grant to decide"},
		{Title: "Reviewers", Value: ui.Thousands(p.Reviewers), Sub: "told by mail at launch"},
		{Title: "Reviewer time", Value: orElse(p.Minutes, "none"), Sub: "about, all together"},
		{Title: "To the fallback", Value: ui.Thousands(p.Fallback), Of: "of " + ui.Thousands(p.Items), Sub: "no other reviewer was found"},
		without,
	}
}

func (p CampaignPreview) risks() []ui.Part {
	return []ui.Part{
		{N: p.Critical, Tone: "bad", Text: ui.Thousands(p.Critical) + " critical"}, {N: p.High, Tone: "warn", Text: ui.Thousands(p.High) + " high"},
		{N: p.Medium, Tone: "ink", Text: ui.Thousands(p.Medium) + " medium"}, {N: p.Low, Text: ui.Thousands(p.Low) + " low"},
	}
}

func (p CampaignPreview) top() int {
	most := 1
	for _, pile := range p.Piles {
		most = max(most, pile.Items)
	}
	return most
}

func (f CampaignForm) err(name string) string { return f.Errors[name] }

// fieldGroup is what a field belongs to: "identity" of identity.kind.
func (f ScopeField) group() string {
	before, _, found := strings.Cut(f.Name, ".")
	if !found {
		return "other"
	}
	return before
}

type scopeGroup struct {
	Name   string
	Fields []ScopeField
}

func scopeGroups(fields []ScopeField) []scopeGroup {
	var groups []scopeGroup
	at := map[string]int{}
	for _, f := range fields {
		i, ok := at[f.group()]
		if !ok {
			i = len(groups)
			at[f.group()] = i
			groups = append(groups, scopeGroup{Name: f.group()})
		}
		groups[i].Fields = append(groups[i].Fields, f)
	}
	return groups
}

func nth(name string, i int) string { return fmt.Sprintf("%s_%d", name, i+1) }

// andMore joins names as people do: "a, b and c".
func joined(names []string) string {
	switch n := len(names); n {
	case 0:
		return ""
	case 1:
		return names[0]
	default:
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
}
