package main_test

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/tui"
)

func TestTheSecurityDocumentNamesTestsThatExist(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("docs/security.md")
	require.NoError(t, err)
	var tests strings.Builder
	files, err := filepath.Glob("*/*_test.go")
	require.NoError(t, err)
	for _, name := range append(files, "security_test.go") {
		content, err := os.ReadFile(name)
		require.NoError(t, err)
		tests.Write(content)
	}
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| threat") {
			continue
		}
		named := regexp.MustCompile("`((?:Test|Fuzz)[A-Za-z]+)`").FindAllStringSubmatch(line, -1)
		require.NotEmpty(t, named, "nothing shows this: %s", line)
		for _, name := range named {
			require.Contains(t, tests.String(), "func "+name[1]+"(", line)
		}
	}
}

// A session can call what its interface has, and nothing else. These would let it do what its user may not.
func TestASessionHasNoOperatorsVerbs(t *testing.T) {
	t.Parallel()
	store := reflect.TypeFor[tui.Store]()
	for _, verb := range []string{"AddUser", "Dump", "Filling", "Load", "Repair", "SetPassword", "SetRole", "Snapshot", "Users", "LoginWithKey"} {
		_, has := store.MethodByName(verb)
		require.False(t, has, verb)
	}
}
