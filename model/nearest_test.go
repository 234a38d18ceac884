package model_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/model"
)

func TestTheNearestWordIsTheOneThatWasMeant(t *testing.T) {
	t.Parallel()
	known := []string{"endpoints", "theme", "quiet", "data-dir"}
	for word, meant := range map[string]string{
		"endpoint": "endpoints", "thme": "theme", "quite": "quiet", "datadir": "data-dir", "themes": "theme", "THEME": "theme",
		"colour": "", "x": "", "": "", "größe": "",
	} {
		require.Equal(t, meant, model.Nearest(word, known), word)
	}
	require.Empty(t, model.Nearest("theme", nil))
}
