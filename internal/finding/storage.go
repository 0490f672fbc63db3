package finding

import (
	"regexp"
	"slices"
	"strings"
	"sync"
)

var (
	readableList = regexp.MustCompile(`(?s)readable_storage \(word\) as \(\s*values (.+?)\n\)`)
	quotedWord   = regexp.MustCompile(`'([a-z_]+)'`)
)

var readable = sync.OnceValue(func() (words []string) {
	if list := readableListOf(rulesText); list != "" {
		for _, m := range quotedWord.FindAllStringSubmatch(list, -1) {
			words = append(words, m[1])
		}
	}
	return words
})

func readableListOf(text string) string {
	if m := readableList.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return ""
}

// IsReadable tells whether a secret that is kept so lies open to whoever comes by:
// the rule about secrets in files and in code has the words.
func IsReadable(storage string) bool {
	return slices.Contains(readable(), strings.ToLower(storage))
}
