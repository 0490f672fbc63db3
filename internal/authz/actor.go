// Package authz knows who acts and what their roles allow. The policy is a file
// under review (policy.csv), not rows; which roles a person holds are rows.
// Being the reviewer or owner of one particular row is not decided here but in
// the domain and its query.
package authz

import "context"

// Everywhere is the domain of a role that is not limited to one site.
const Everywhere = "*"

// Role is a role held everywhere or at one site.
type Role struct {
	Name string
	Site string // a site id, or Everywhere
}

// Actor is who does something: a signed-in person, the command line, or a named
// part of the program.
type Actor struct {
	Account int64  // 0 unless a person is signed in
	Email   string // lower case; empty unless a person
	Name    string
	Roles   []Role
	system  string
}

// ID is how the audit log names the actor.
func (a Actor) ID() string {
	if a.system != "" {
		return a.system
	}
	return a.Email
}

// IsSystem tells whether the program itself acts.
func (a Actor) IsSystem() bool { return a.system != "" }

// Nobody tells whether there is no actor at all.
func (a Actor) Nobody() bool { return a.system == "" && a.Email == "" }

type actorKey struct{}

// With puts the actor into the context.
func With(ctx context.Context, a Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, a)
}

// System puts a named part of the program into the context as the actor.
func System(ctx context.Context, component string) context.Context {
	return With(ctx, Actor{Name: component, system: "system:" + component})
}

// CommandLine puts the user of the command line into the context as the actor.
// Whoever can run commands on the data holds the data already.
func CommandLine(ctx context.Context, user string) context.Context {
	return With(ctx, Actor{Name: user, system: "cli:" + user})
}

// OnBehalf lets a job carry out what a person asked for and was allowed when
// they asked; the audit log names that person.
func OnBehalf(ctx context.Context, id string) context.Context {
	return With(ctx, Actor{Email: id, Name: id, system: id})
}

// From returns the context's actor; its Nobody is true if there is none.
func From(ctx context.Context) Actor {
	a, _ := ctx.Value(actorKey{}).(Actor)
	return a
}
