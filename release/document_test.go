package main

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// smallProgram documents itself as the real one does, and is built in no time.
const smallProgram = `package main

import (
	"os"
	"strconv"
	"time"
)

func main() {
	if os.Args[1] == "man" {
		os.MkdirAll(os.Args[2], 0o755)
		seconds, _ := strconv.ParseInt(os.Getenv("SOURCE_DATE_EPOCH"), 10, 64)
		os.WriteFile(os.Args[2]+"/ticketcd.1", []byte("the page of "+time.Unix(seconds, 0).Format("Jan 2006")), 0o644)
		return
	}
	os.Stdout.WriteString("for " + os.Args[2])
}
`

func TestTheDocumentsAreMadeWithoutTouchingDist(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("TZ", "Pacific/Kiritimati") // where it is December already
	committed := source{time: time.Date(2026, time.November, 30, 12, 0, 0, 0, time.UTC)}
	require.NoError(t, os.WriteFile("go.mod", []byte("module small\n"), 0o600))
	require.NoError(t, os.WriteFile("main.go", []byte(smallProgram), 0o600))
	require.NoError(t, committed.document(t.Context(), filepath.Join("bin", "documents")))
	for name, says := range map[string]string{
		"man/ticketcd.1": "the page of Nov 2026", "completions/ticketcd.bash": "for bash\n", "completions/_ticketcd": "for zsh\n",
	} {
		content, err := os.ReadFile(filepath.Join("bin", "documents", name))
		require.NoError(t, err)
		require.Equal(t, says, string(content))
	}
	require.NoDirExists(t, dist, "GoReleaser wants it empty")
}

// Who unpacks an archive reads the README there, sees its pictures and follows its links.
func TestAnArchiveHasWhatItsReadmeShowsAndLeadsTo(t *testing.T) {
	generated := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(generated, "man"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(generated, "man", "ticketcd.1"), nil, 0o600))
	t.Chdir("..")
	files, err := papers(generated)
	require.NoError(t, err)
	readme, err := os.ReadFile("README.md")
	require.NoError(t, err)
	links := regexp.MustCompile(`\]\(([^)#:]+\.[a-z]+)[)#]`).FindAllSubmatch(readme, -1)
	require.NotEmpty(t, links)
	for _, link := range links {
		require.Contains(t, files, string(link[1]))
	}
	require.Equal(t, "docs/tour.svg", filepath.ToSlash(files["docs/tour.svg"]))
	require.Contains(t, files, "deploy/ticketcd.service", "docs/deploy.md leads there")
	require.Contains(t, files, "man/ticketcd.1")
}
