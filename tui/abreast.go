package tui

const (
	// wide is the width from which a list and what is selected in it stand side by side: then there is room for both.
	wide = 120
	// leastList is how wide a list is at least beside what is selected: as a small window, so that it says no less than there.
	leastList = 80
)

// listWidth is how much of a wide window a list takes beside which stands what is selected in it.
func listWidth(width int) int { return max(width*56/100, leastList) }

// abreast draws a list and, where there is room, what is selected in it beside it.
func abreast(t theme, width, height int, list, selected func(width, height int) string) string {
	return abreastFrom(t, listWidth(width), width, height, list, selected)
}

// abreastFrom is abreast where the list takes so many columns of a wide window.
func abreastFrom(t theme, left, width, height int, list, selected func(width, height int) string) string {
	if width < wide {
		return list(width, height)
	}
	right := width - left - 3
	return beside(block(list(left, height), left, height), block(selected(right-1, height), right, height), t.border)
}
