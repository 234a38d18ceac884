// Package seed makes the demo data: believable events, people and purchases, in the shop's own data layout.
//
// Its promise is "same number, same shop": [Generate] returns the same records, byte for byte, for the same
// configuration, seed and day. The events depend on nothing but their own part of the configuration, so the same seed
// with more users has the same programme. What it returns keeps every rule that an audit checks: counts, purchases,
// notifications and the search index agree with each other.
package seed
