package asset

import "slices"

// Cause is why something that was done could not be laid at one person's door.
type Cause string

// Causes, those of a session first.
const (
	NobodyNamed   Cause = "nobody_named"   // a session of a shared login that names no person
	NotAHolder    Cause = "not_a_holder"   // it names one who is not known to have its secret
	Machine       Cause = "machine"        // a session of what is no person, with no person named
	NoWay         Cause = "no_way"         // a session of one who had no way there that is known
	StandingShare Cause = "standing_share" // a shared login that could act, whose secret is not one person's
	StoredSecret  Cause = "stored_secret"  // somebody could act as another, with a secret that lay open to them
	NoAccounts    Cause = "no_accounts"    // the asset does not tell its users apart, or nobody knows whether it does
	NoLog         Cause = "no_log"         // what is done on it is not logged elsewhere, or nobody knows
	Unrecorded    Cause = "unrecorded"     // a way to it of which no recording is known
)

// Doubt is something that is not attributable to one person.
type Doubt struct {
	Cause    Cause
	Identity int64 // 0 where it is about the asset or about many
	Name     string
	Kind     string
	Session  *Session
	People   []Person // who it may have been
	Known    bool     // of the asset: it is known to be so, not merely unknown
	Count    int      // of many
}

func (i *Incident) doubts() (list []Doubt) {
	seen := map[int64]bool{}
	for n := range i.Sessions {
		s := &i.Sessions[n]
		d := Doubt{Identity: s.IdentityID, Name: s.IdentityName, Kind: s.IdentityKind, Session: s, People: i.Holders[s.IdentityID]}
		if d.Cause = unattributable(*s, d.People); d.Cause != "" {
			seen[s.IdentityID] = seen[s.IdentityID] || d.Cause == NobodyNamed
			list = append(list, d)
		}
		if !i.reach[s.IdentityID] {
			d.Cause, d.People = NoWay, nil
			list = append(list, d)
		}
	}
	return append(list, i.openDoubts(seen)...)
}

// unattributable is why a session is not one person's, or "".
func unattributable(s Session, knew []Person) Cause {
	switch {
	case s.IdentityKind == "person" || s.IdentityKind == "contractor" || s.IdentityKind == "vendor":
		return ""
	case s.PersonID == nil && s.IdentityKind == "shared":
		return NobodyNamed
	case s.PersonID == nil:
		return Machine
	case s.IdentityKind == "shared" && !slices.ContainsFunc(knew, func(p Person) bool { return p.ID == *s.PersonID }):
		return NotAHolder
	}
	return ""
}

// openDoubts are those without a session: what could have been done unseen.
func (i *Incident) openDoubts(seen map[int64]bool) (list []Doubt) {
	stored, unrecorded := 0, 0
	for _, s := range i.Suspects {
		if s.Kind == "shared" && len(i.Holders[s.ID]) != 1 && !seen[s.ID] {
			list = append(list, Doubt{Cause: StandingShare, Identity: s.ID, Name: s.Name, Kind: s.Kind, People: i.Holders[s.ID]})
		}
		if s.takesSecret() {
			stored++
		}
		if !s.isRecorded() {
			unrecorded++
		}
	}
	if stored > 0 {
		list = append(list, Doubt{Cause: StoredSecret, Count: stored, Known: true})
	}
	if unrecorded > 0 {
		list = append(list, Doubt{Cause: Unrecorded, Count: unrecorded, Known: true})
	}
	for _, lack := range []struct {
		capability string
		cause      Cause
	}{{"individual_accounts", NoAccounts}, {"central_logging", NoLog}} {
		if has := i.Asset.Capability(lack.capability); has == "no" || has == "unknown" {
			list = append(list, Doubt{Cause: lack.cause, Known: has == "no"})
		}
	}
	return list
}

// takesSecret tells whether the way uses a secret that lay on an asset.
func (s Suspect) takesSecret() bool {
	for _, step := range s.Way {
		if step.Kind == "credential" {
			return true
		}
	}
	return false
}

// isRecorded tells whether the last part of the way is known to be recorded.
func (s Suspect) isRecorded() bool {
	if len(s.Way) == 0 {
		return false
	}
	c := s.Way[len(s.Way)-1].Conduit
	return c != nil && c.Recorded != nil && *c.Recorded
}
