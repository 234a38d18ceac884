// Package crowd is a crowd of simulated shoppers, for demonstrations and for load. Each is one user who thinks, looks at
// what is on sale, buys a few tickets, and now and then gives an order back. They see the shop as people do, and buy
// through the same door, so that what they are told is what people would be told.
package crowd
