package intake

import (
	"fmt"
	"strings"
	"testing"

	"interlock/internal/authz"
	"interlock/internal/errs"
)

const people = "id,name\nada,Ada\nbob,Bob\n"
const rights = "id,name\nr1,Right one\nr2,Right two\n"

// TestRefused gives the import one bad bundle after another. Each must be
// refused with a line that says where and why, and leave nothing behind.
func TestRefused(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for name, test := range map[string]struct {
		files files
		want  string
	}{
		"empty file":           {files{"identities.csv": ""}, "identities.csv line 1: the file is empty; it needs a header row with id, name."},
		"only a BOM":           {files{"identities.csv": "\xef\xbb\xbf"}, "the file is empty"},
		"no header":            {files{"identities.csv": "ada,Ada\nbob,Bob\n"}, `there is no column "id"; the first line must be a header row with id, name (it reads "ada,Ada")`},
		"column missing":       {files{"identities.csv": "id,email\n"}, `there is no column "name"`},
		"header twice":         {files{"identities.csv": "id,name,id\n"}, `the header names the column "id" twice`},
		"semicolons":           {files{"identities.csv": "id;name\na;b\n"}, "separated by semicolons; save the file with commas"},
		"tabs":                 {files{"identities.csv": "id\tname\na\tb\n"}, "separated by tabs"},
		"UTF-16":               {files{"identities.csv": "\xff\xfei\x00d\x00"}, "the file is UTF-16"},
		"UTF-16 without mark":  {files{"identities.csv": "i\x00d\x00,\x00n\x00"}, "holds a NUL: byte 2 of line 1"},
		"Latin-1":              {files{"identities.csv": "id,name\na,Ren\xe9\n"}, `identities.csv line 2, name: "" is not UTF-8: byte 6 of line 2 is 0xE9`},
		"Latin-1 in a quote":   {files{"identities.csv": "id,name\na,\"x\nRen\xe9\"\n"}, "byte 4 of line 3 is 0xE9"},
		"NUL":                  {files{"identities.csv": "id,name\na,A\x00B\n"}, "identities.csv line 2, name: \"\" holds a NUL: byte 4 of line 2"},
		"long line":            {files{"identities.csv": people + strings.Repeat("x", 10<<20) + "\n"}, "identities.csv line 4: the row that begins here is longer than 1 MB"},
		"open quote":           {files{"identities.csv": people + "\"x,y\nz,z\n"}, "identities.csv line 4: a quote that opens in this row is never closed"},
		"too few values":       {files{"identities.csv": people + "x\n"}, "identities.csv line 4: the row has 1 values, but the header names 2 columns."},
		"too many values":      {files{"identities.csv": people + "x,y,z\n"}, "the row has 3 values"},
		"bare quote":           {files{"identities.csv": people + "x,5\" pipe\n"}, "identities.csv line 4: the row has a quote inside a value"},
		"no id":                {files{"identities.csv": people + ",Nobody\n"}, `identities.csv line 4, id: "" is empty but required.`},
		"blank id":             {files{"identities.csv": people + "  ,Nobody\n"}, "holds only spaces"},
		"long id":              {files{"identities.csv": people + strings.Repeat("x", 1001) + ",Nobody\n"}, "longer than 1000 bytes"},
		"id twice":             {files{"identities.csv": people + "ada,Other\n"}, `identities.csv line 4, id: "ada" is the id of line 2 already.`},
		"kind":                 {files{"identities.csv": "id,name,kind\na,A,robot\n"}, `line 2, kind: "robot" is not known here; known: person, contractor,`},
		"status":               {files{"identities.csv": "id,name,status\na,A,gone\n"}, `status: "gone"`},
		"e-mail":               {files{"identities.csv": "id,name,email\na,A,not an address\n"}, "is not an e-mail address"},
		"ambiguous date":       {files{"identities.csv": "id,name,contract_end\na,A,03/04/2026\n"}, `identities.csv line 2, contract_end: "03/04/2026" is not a time; write 2026-11-30 or 2026-11-30T08:00:00Z.`},
		"unknown manager":      {files{"identities.csv": "id,name,manager\na,A,boss\n"}, `identities.csv line 2, manager: "boss" is not in identities.csv nor known from earlier imports of corp`},
		"level":                {files{"zones.csv": "id,name,level\nz,Z,3.7\n"}, `zones.csv line 2, level: "3.7" is not known here; known: 0, 1, 2, 3, 3.5, 4, 5.`},
		"domain":               {files{"zones.csv": "id,name,domain\nz,Z,cloud\n"}, `domain: "cloud"`},
		"time zone":            {files{"sites.csv": "id,name,timezone\ns,S,CEST\n"}, `timezone: "CEST" is not an IANA time zone`},
		"local time zone":      {files{"sites.csv": "id,name,timezone\ns,S,Local\n"}, "is not an IANA time zone"},
		"unknown site":         {files{"zones.csv": "id,name,site\nz,Z,s9\n"}, `zones.csv line 2, site: "s9" is not in sites.csv`},
		"conduit without zone": {files{"zones.csv": "id,name\nz,Z\n", "conduits.csv": "id,from_zone,to_zone\nc,z,\n"}, `conduits.csv line 2, to_zone: "" is empty but required.`},
		"conduit elsewhere":    {files{"zones.csv": "id,name\nz,Z\n", "conduits.csv": "id,from_zone,to_zone\nc,z,y\n"}, `conduits.csv line 2, to_zone: "y" is not in zones.csv`},
		"conduit kind":         {files{"zones.csv": "id,name\nz,Z\n", "conduits.csv": "id,from_zone,to_zone,kind\nc,z,z,pipe\n"}, `kind: "pipe"`},
		"capability":           {files{"assets.csv": "id,name,mfa\na,A,maybe\n"}, `assets.csv line 2, mfa: "maybe" is not known here; known: native, via_proxy, partial, no, unknown.`},
		"criticality":          {files{"assets.csv": "id,name,criticality\na,A,6\n"}, "is not a whole number from 1 to 5"},
		"boolean":              {files{"assets.csv": "id,name,safety_related\na,A,perhaps\n"}, "is neither yes nor no"},
		"unknown asset":        {files{"entitlements.csv": "id,name,asset\ne,E,x\n"}, `entitlements.csv line 2, asset: "x" is not in assets.csv`},
		"privilege":            {files{"entitlements.csv": "id,name,privilege\ne,E,root\n"}, `privilege: "root"`},
		"unknown implied":      {files{"entitlements.csv": rights, "implies.csv": "entitlement,implied\nr1,r9\n"}, `implies.csv line 2, implied: "r9"`},
		"implied twice":        {files{"entitlements.csv": rights, "implies.csv": "entitlement,implied\nr1,r2\nr1,r2\n"}, "implies.csv line 3: the row says the same as line 2"},
		"unknown identity":     {files{"identities.csv": people, "entitlements.csv": rights, "grants.csv": "identity,entitlement\neve,r1\n"}, `grants.csv line 2, identity: "eve" is not in identities.csv`},
		"id in capitals":       {files{"identities.csv": people, "entitlements.csv": rights, "grants.csv": "identity,entitlement\nAda,r1\n"}, `"Ada" is not in identities.csv`},
		"id with a space":      {files{"identities.csv": people, "entitlements.csv": rights, "grants.csv": "identity,entitlement\nada ,r1\n"}, `"ada " is not in identities.csv`},
		"unknown entitlement":  {files{"identities.csv": people, "entitlements.csv": rights, "grants.csv": "identity,entitlement\nada,r9\n"}, `entitlement: "r9"`},
		"unknown conduit":      {files{"identities.csv": people, "entitlements.csv": rights, "grants.csv": "identity,entitlement,via\nada,r1,c\n"}, `via: "c" is not in conduits.csv`},
		"grant twice":          {files{"identities.csv": people, "entitlements.csv": rights, "grants.csv": "identity,entitlement\nada,r1\nbob,r1\nada,r1\n"}, "grants.csv line 4: the row says the same as line 2; keep one."},
		"granted by alias":     {files{"identities.csv": people, "entitlements.csv": rights, "grants.csv": "identity,entitlement\nada,r1\ncorp:ada,r1\n"}, "grants.csv line 3: the row says the same as line 2; keep one."},
		"credential kind":      {files{"identities.csv": people, "credentials.csv": "id,identity,kind\nk,ada,\n"}, `credentials.csv line 2, kind: "" is empty but required.`},
		"credential's owner":   {files{"identities.csv": people, "credentials.csv": "id,identity,kind\nk,eve,key\n"}, `credentials.csv line 2, identity: "eve" is not in identities.csv`},
		"credential's place":   {files{"identities.csv": people, "credentials.csv": "id,identity,kind,stored_on\nk,ada,key,ews-9\n"}, `credentials.csv line 2, stored_on: "ews-9" is not in assets.csv`},
		"rotation":             {files{"identities.csv": people, "credentials.csv": "id,identity,kind,rotation_days\nk,ada,key,0\n"}, `rotation_days: "0" is not a whole number of days from 1 to 36525.`},
		"rotation in words":    {files{"identities.csv": people, "credentials.csv": "id,identity,kind,rotation_days\nk,ada,key,90d\n"}, `rotation_days: "90d" is not a whole number of days`},
		"expired before":       {files{"identities.csv": people, "credentials.csv": "id,identity,kind,issued_at,expires_at\nj,ada,key,2026-05-01,2026-05-01\nk,ada,key,2026-05-02,2026-05-01\n"}, `credentials.csv line 3, expires_at: "2026-05-01T00:00:00Z" is before issued_at.`},
		"unknown holder":       {files{"identities.csv": people, "holders.csv": "identity,person\nada,eve\n"}, `holders.csv line 2, person: "eve" is not in identities.csv`},
		"holder twice":         {files{"identities.csv": people, "holders.csv": "identity,person\nada,bob\nada,bob\n"}, "holders.csv line 3: the row says the same as line 2; keep one."},
		"held before":          {files{"identities.csv": people, "holders.csv": "identity,person,since,until\nada,bob,2026-05-02,2026-05-01\n"}, `holders.csv line 2, until: "2026-05-01T00:00:00Z" is before since.`},
		"session backwards":    {files{"identities.csv": people, "assets.csv": "id,name\na,A\n", "sessions.csv": "id,identity,asset,started_at,ended_at\ns,ada,a,2026-05-01T08:00:00Z,2026-05-01T07:59:59Z\n"}, `sessions.csv line 2, ended_at: "2026-05-01T07:59:59Z" is before started_at.`},
		"window backwards":     {files{"identities.csv": people, "assets.csv": "id,name\na,A\n", "sessions.csv": "id,identity,asset,window_from,window_to\ns,ada,a,2026-05-02,2026-05-01\n"}, `window_to: "2026-05-01T00:00:00Z" is before window_from.`},
		"session nowhere":      {files{"identities.csv": people, "sessions.csv": "id,identity,asset\ns,ada,a9\n"}, `sessions.csv line 2, asset: "a9" is not in assets.csv`},
		"unknown source":       {files{"entitlements.csv": rights, "grants.csv": "identity,entitlement\nmoon:ada,r1\n"}, `"moon:ada" is not in identities.csv`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := d.try(test.files, Options{})
			all := fmt.Sprint(err) + "\n" + strings.Join(details(err), "\n")
			if !errs.Is(err, errs.Invalid) || !strings.Contains(all, test.want) {
				t.Errorf("%v\n%s", err, all)
			}
		})
	}
	if n := ask[int](d, `select (select count(*) from identity) + (select count(*) from import) + (select count(*) from audit_event)`); n != 0 {
		t.Errorf("%d rows are left behind", n)
	}
}

func TestRefusalListsEveryValue(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	_, err := d.try(files{
		"identities.csv":   "id,name,kind,status,manager\na,A,robot,gone,\nb,,,,nobody\n",
		"entitlements.csv": rights,
		"grants.csv":       "identity,entitlement\na,r1\nb,r9\nb,r2\nb,r2\n",
	}, Options{})
	if got := details(err); len(got) != 6 {
		t.Errorf("%v\n%s", err, strings.Join(got, "\n"))
	}
	if !strings.HasPrefix(fmt.Sprint(err), "Nothing was imported: 6 values") {
		t.Error(err)
	}
}

func TestRefusalIsCapped(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	var csv strings.Builder
	csv.WriteString("id,name\n")
	for i := range maxListed + 500 {
		fmt.Fprintf(&csv, "u%d,\n", i)
	}
	_, err := d.try(files{"identities.csv": csv.String()}, Options{})
	got := details(err)
	if len(got) != maxListed+1 || got[maxListed] != "and 500 more" {
		t.Errorf("%v: %d details", err, len(got))
	}
}

func TestRefusedActorAndSource(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	b := files{"identities.csv": people}.bundle(t)
	if _, err := d.Import(t.Context(), b, Options{Source: "corp"}); !errs.Is(err, errs.Unauthenticated) {
		t.Error(err)
	}
	auditor := authz.With(d.ctx, authz.Actor{Email: "a@example.com", Roles: []authz.Role{{Name: "auditor", Site: authz.Everywhere}}})
	if _, err := d.Import(auditor, b, Options{Source: "corp"}); !errs.Is(err, errs.Forbidden) {
		t.Error(err)
	}
	if _, err := d.Import(d.ctx, b, Options{Source: "Corp Ltd"}); !errs.Is(err, errs.Invalid) {
		t.Error(err)
	}
}
