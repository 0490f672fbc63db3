package demo

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// credential is a row of credentials.csv.
type credential struct {
	thing
	identity                 *identity
	kind                     string
	issued, rotated, expires time.Time
	rotationDays             int
	storage                  string
	storedOn                 *asset
}

// session is a row of sessions.csv.
type session struct {
	thing
	identity, person         *identity
	asset                    *asset
	ticket                   string
	started, ended, from, to time.Time
	recording                string
}

func (w *world) makeSecrets() {
	for _, i := range w.identities {
		if i.isPerson() || i.kind == "contractor" {
			if i.isPerson() && w.powerful(i) && w.chance(0.7) {
				w.secret(i, one(w, "password", "smart_card"), 365, "", nil)
			}
			continue
		}
		if i.kind == "vendor" {
			w.secret(i, "password", 90, "vault", w.asset("PAM"))
			continue
		}
		at := w.asset(i.storedOn)
		w.secret(i, machineKind(i), one(w, 90, 180, 180, 365), w.keeping(i, at), at)
	}
	// copies that nobody wrote down: a corporate secret on a plant machine
	w.secret(w.identity("svc-hist-sync"), "password", 180, "file", w.asset("NOR-HIST-1"))
	w.secret(w.identity("svc-patch-push"), "password", 180, "script", w.asset("NOR-EWS-2"))
	w.secret(w.identity("svc-backup"), "password", 365, "file", w.asset("VAL-BKP-1"))
	w.secret(w.identity("ews-prog"), "password", 0, "note", w.asset("NOR-EWS-1"))
}

func (w *world) identity(id string) *identity {
	for _, i := range w.identities {
		if i.id == id {
			return i
		}
	}
	panic("demo: no identity " + id)
}

// powerful tells people with an administrative right.
func (w *world) powerful(i *identity) bool {
	for _, g := range w.grants {
		if g.identity == i && g.entitlement.privilege == admin {
			return true
		}
	}
	return false
}

func machineKind(i *identity) string {
	switch i.kind {
	case "api_key", "certificate":
		return i.kind
	case "workload":
		return "token"
	case "agent":
		return "api_key"
	}
	return "password"
}

// keeping is where a machine's secret lies.
func (w *world) keeping(i *identity, at *asset) string {
	switch {
	case at.id == "CODE":
		return "code"
	case i.kind == "shared":
		return one(w, "note", "local", "local", "vault")
	case i.source == Corporate:
		return one(w, "vault", "vault", "vault", "file", "code")
	}
	return one(w, "vault", "file", "local", "script")
}

// secret issues a credential; its source is the later of identity and place.
func (w *world) secret(i *identity, kind string, rotation int, storage string, at *asset) {
	c := &credential{identity: i, kind: kind, rotationDays: rotation, storage: storage, storedOn: at}
	c.source = i.source
	if at != nil && at.source != Corporate {
		c.source = at.source
	}
	c.id = fmt.Sprintf("cred-%04d", 1+len(w.credentials))
	age := max(2, int(w.now.Sub(i.since).Hours()/24))
	c.issued = w.ago(age)
	if w.chance(0.72) {
		c.rotated = w.ago(w.between(1, min(age, max(30, rotation*9/10))))
	} else if age > 400 && w.chance(0.6) {
		c.rotated = w.ago(w.between(380, age))
	}
	if !c.rotated.IsZero() && c.rotated.Before(c.issued) {
		c.rotated = c.issued
	}
	if kind == "certificate" || (kind == "api_key" || kind == "token") && w.chance(0.5) {
		c.expires = w.ahead(one(w, -9, 6, 24, 90, 200, 330, 540))
	}
	if strings.HasPrefix(i.id, "plc-service") {
		c.rotated, c.rotationDays = time.Time{}, 365 // built into the controllers
	}
	w.credentials = append(w.credentials, c)
}

// makeSessions tells what vendors and travelling engineers did in the plants.
func (w *world) makeSessions() {
	for _, g := range w.grants {
		outside := g.identity.kind == "vendor" || g.identity.job == "groupeng"
		if !outside || !g.crosses() || g.entitlement.asset.source == Corporate || g.lastUsed.IsZero() {
			continue
		}
		count := w.between(1, 2)
		for n := range count {
			began := g.lastUsed
			if n > 0 {
				began = w.ago(w.between(int(w.now.Sub(g.lastUsed).Hours()/24)+1, int(w.now.Sub(g.lastUsed).Hours()/24)+90))
			}
			if !began.Before(g.grantedAt) {
				w.sit(g, began)
			}
		}
	}
}

func (w *world) sit(g *grant, began time.Time) {
	s := &session{thing: thing{g.source, fmt.Sprintf("ses-%05d", 1+len(w.sessions))}, identity: g.identity, asset: g.entitlement.asset, started: began}
	s.ended = began.Add(time.Duration(w.between(4, 170)) * time.Minute)
	if s.ended.After(w.now) {
		s.ended = time.Time{} // still open
	}
	if !g.identity.desk() {
		s.person = g.identity
	}
	if w.chance(0.85) {
		s.ticket = fmt.Sprintf("WO-%05d", 60000+began.Unix()/86400%10000*3+int64(w.between(0, 2)))
		s.from, s.to = began.Add(-time.Hour).Truncate(time.Hour), began.Add(4*time.Hour).Truncate(time.Hour)
		if w.chance(0.12) {
			s.from, s.to = s.from.Add(12*time.Hour), s.to.Add(12*time.Hour)
		}
	}
	if g.via != nil && g.via.recorded && w.chance(0.95) {
		s.recording = "rec/" + began.Format("2006/01/") + s.id + ".cast"
	}
	w.sessions = append(w.sessions, s)
}

func (w *world) credentialsSheet(source string) *sheet {
	s := newSheet("id", "identity", "kind", "issued_at", "rotated_at", "expires_at", "rotation_days", "storage", "stored_on")
	for _, c := range w.credentials {
		if c.source != source {
			continue
		}
		on, every := "", ""
		if c.storedOn != nil {
			on = c.storedOn.from(source)
		}
		if c.rotationDays > 0 {
			every = strconv.Itoa(c.rotationDays)
		}
		s.add(c.id, c.identity.from(source), c.kind, stamp(c.issued), stamp(c.rotated), stamp(c.expires), every, c.storage, on)
	}
	return s
}

func (w *world) sessionsSheet(source string) *sheet {
	s := newSheet("id", "identity", "asset", "person", "ticket", "started_at", "ended_at", "window_from", "window_to", "recording")
	for _, v := range w.sessions {
		if v.source == source {
			s.add(v.id, v.identity.from(source), v.asset.from(source), v.person.from(source), v.ticket, stamp(v.started), stamp(v.ended),
				stamp(v.from), stamp(v.to), v.recording)
		}
	}
	return s
}
