package store

// For tests: the words of the constraints, and translate.
var Translate = translate

// Constraints lists the names that have words.
func Constraints() []string {
	var names []string
	for name := range constraints {
		names = append(names, name)
	}
	return names
}
