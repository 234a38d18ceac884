package model

// OrderID makes an id for an order: twelve digits and capitals that cannot be taken for one another when read aloud (60 bits in
// Crockford's base 32). roll returns a random number from 0 to below n.
func OrderID(roll func(n int) int) string {
	const digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	id := make([]byte, 12)
	for i := range id {
		id[i] = digits[roll(len(digits))]
	}
	return string(id)
}
