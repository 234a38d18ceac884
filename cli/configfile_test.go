package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/model"
)

// Whatever stands in the file, it is taken as a whole or refused with a sentence that names the file.
func FuzzReadConfig(f *testing.F) {
	for _, seed := range []string{
		exampleConfig(), strings.ReplaceAll(exampleConfig(), "\n#", "\n"), "keys.help = 'h'", "[keys]\nhelp = ['h', 'f1']", "theme = 'light'",
		"endpoints = ['a:1', \"b,2\"]", "[[keys]]", "mouse = 1979-05-27T07:32:00Z", "a.b.c = [[1], {x = 2}]", "user = '''a\nb'''", "\xff = '\x00'",
		"theme = \"\\u001b[2J\"", "'' = ''", "keys = 3", "keys = {help = 'x'}", "[keys.help]", "data-dir = '~/'",
	} {
		f.Add(seed)
	}
	name := filepath.Join(f.TempDir(), "config.toml")
	f.Fuzz(func(t *testing.T, text string) {
		require.NoError(t, os.WriteFile(name, []byte(text), 0o600))
		file, err := readConfig(t.Context(), name, true)
		if err == nil {
			require.NotNil(t, file)
			return
		}
		require.Equal(t, model.CodeUsage, model.CodeOf(err))
		sentence := model.Sentence(err)
		require.Contains(t, sentence, name)
		for _, r := range sentence {
			require.True(t, r == ' ' || unicode.IsPrint(r), "the sentence has %U: %q", r, sentence)
		}
	})
}
