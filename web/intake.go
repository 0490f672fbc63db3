package web

import "strings"

func uploadHref(object string) string {
	return "/imports/uploads/" + strings.TrimPrefix(object, "upload:")
}
