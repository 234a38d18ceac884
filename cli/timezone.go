package cli

import (
	"os"
	"runtime"
	"strings"
	"time"
)

// unknownZone is what TZ says where that names no time zone: Go takes it for UTC without a word, and events begin hours too early
// or too late. It is empty where all is well, and on Windows, where Go goes by the system alone.
func unknownZone() string {
	said := os.Getenv("TZ")
	zone := strings.TrimPrefix(said, ":")
	if runtime.GOOS == "windows" || zone == "" || zone == "UTC" || zone == "UTC0" || time.Local.String() != "UTC" {
		return ""
	}
	return said
}
