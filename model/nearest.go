package model

// Nearest returns which of the known words somebody probably meant by one that is not among them; "" if none is near. A
// word is near if no more than a third of its letters, and one at least, are wrong, missing or too many; capitals and accents
// do not count.
func Nearest(word string, known []string) string {
	letters := []rune(Fold(word))
	meant, least := "", max((len(letters)+1)/3, 1)+1
	for _, candidate := range known {
		if d := distance(letters, []rune(Fold(candidate))); d < least {
			meant, least = candidate, d
		}
	}
	return meant
}

// distance counts how many letters have to be put in, taken out or replaced to get from one word to the other.
func distance(from, to []rune) int {
	row := make([]int, len(to)+1)
	for j := range row {
		row[j] = j
	}
	for i := range from {
		diagonal := row[0]
		row[0] = i + 1
		for j := range to {
			replaced := diagonal
			if from[i] != to[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, diagonal+1)
		}
	}
	return row[len(to)]
}
