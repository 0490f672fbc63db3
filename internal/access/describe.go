package access

// Describe says a scope in plain words where it is simple, or gives it back.
func Describe(expr string) string { return expr }
