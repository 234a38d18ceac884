package cli

import (
	"cmp"
	"runtime/debug"
	"slices"
	"strings"
)

// What a release was built from. The linker sets them (see release/build.go); nothing else does. Elsewhere they are empty,
// and the Go command has noted the same where it built in a checkout.
var (
	releaseVersion string
	releaseCommit  string
)

// version tells the version, the commit it was built from, and Go's version, as far as they are known.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = &debug.BuildInfo{}
	}
	words := []string{cmp.Or(releaseVersion, info.Main.Version, "(unknown version)")}
	commit := releaseCommit
	if at := slices.IndexFunc(info.Settings, func(s debug.BuildSetting) bool { return s.Key == "vcs.revision" }); commit == "" && at >= 0 {
		commit = info.Settings[at].Value
	}
	if commit != "" {
		words = append(words, "commit "+commit[:min(12, len(commit))])
	}
	return strings.TrimSuffix(strings.Join(append(words, info.GoVersion), ", "), ", ")
}
