package demo

// Person is a demo sign-in and the application role it needs.
type Person struct{ Name, Email, Title, Role string }

// SignIns are the people one may sign in as, all of them active persons of the
// corporate bundle. They hold fixed positions, so they are the same for every seed.
func SignIns(_ uint64) []Person {
	var out []Person
	for _, role := range []string{"governance", "member", "risk_officer", "plant_engineer", "auditor", "admin"} {
		for _, l := range leaders {
			if l.role == role {
				out = append(out, Person{Name: l.name, Email: login(l.name) + "@" + Domain, Title: l.title, Role: role})
			}
		}
	}
	return out
}
