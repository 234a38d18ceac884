package seed

// genre is one sort of event: what may stand on its poster, and what may be said about it. Slots such as {band} are
// filled from the vocabulary; {Person} is {person} with capitals, for titles.
type genre struct {
	names  []string
	abouts []string
}

// genres are the sorts of events of each type that the demo knows; other types are otherGenres.
var genres = map[string][]genre{
	"concert": {classical, classical, pop, pop, folk, choral},
	"theater": {classicPlay, classicPlay, newPlay, thriller},
	"theatre": {classicPlay, classicPlay, newPlay, thriller},
	"dance":   {ballet, ballet, modernDance, socialDance},
	"magic":   {conjuring, conjuring, mindReading},
	"circus":  {bigTop, bigTop, acrobatics},
}

var (
	classical = genre{
		names: []string{
			"{orchestra} plays {composer}", "{orchestra} plays {composer}", "{composer} by Candlelight",
			"{orchestra}: {composer} and {composer2}", "{composer} for {Instrument} and {Instrument2}",
			"{composer} in an Hour, {orchestra}", "{orchestra}: {programme}", "{programme}, with {guest}, {Instrument}",
		},
		abouts: []string{
			"An evening of {composer}, with {guest} on the {instrument} and no talking between movements.",
			"{composer} as it was meant to be heard: loud where it says loud. With a {instrument} that has its own passport.",
			"Music by {composer} and {composer2} for anyone who has ever hummed along and wondered what it was.",
			"The {instrument} gets the tune for once. {composer} would have approved; the {instrument2} section does not.",
			"{guest} conducts {composer}, {composer2} and one encore that everybody pretends not to expect.",
			"A symphony, a concerto for {instrument} and an interval long enough to queue in.",
		},
	}
	pop = genre{
		names: []string{
			"{band}: {tour}", "{band}: {tour}", "{band}", "{band} Unplugged", "{band} and {band2}", "An Evening with {band}",
			"{band}, supported by {band2}", "{Sound} Night: {band}",
		},
		abouts: []string{
			"{Sound} with a rhythm section that could move furniture. Support comes from {band2}.",
			"Two guitars, one {instrument} and eleven songs about the weather, from the {sound} favourites of {city}.",
			"The album went to number nine and so did the band. Expect all the hits, both of them, and new {sound}.",
			"{guest} sings, the others argue. Nobody else makes {sound} quite like this.",
			"A loud night of {sound}; earplugs at the bar, dancing everywhere else.",
			"They split up in March and are back in better voice than ever. {band2} open the evening.",
		},
	}
	folk = genre{
		names: []string{
			"{guest}: {folkset}", "{folkset}", "{guest} and the {folkband}", "The {folkband}: {folkset}", "{place} Folk Club: {guest}",
			"Ceilidh with the {folkband}",
		},
		abouts: []string{
			"Ballads, reels and a shipwreck or two, on {folk} and {folk2}.",
			"Songs from the {region}, where everybody in them comes to a bad end by the sixth verse. With {folk} and {folk2}.",
			"Fiddle tunes for people who say that they do not dance. A caller shows the steps.",
			"{guest} collected these songs in pubs of the {region} and has promised to return them.",
		},
	}
	choral = genre{
		names: []string{
			"{composer}, Sung by {choir}", "{choir}: {programme}", "{choir} and Friends", "Come and Sing {composer}",
			"{choir}: Songs of the {region}",
		},
		abouts: []string{
			"Sixty voices, four parts and a tenor on loan. {composer}, madrigals and something in Welsh.",
			"Choral music by {composer} and {composer2}. The audience joins in at the end, whether it likes to or not.",
			"Hymns, anthems and sea shanties, sung as if the roof had to be held up. {guest} at the organ.",
		},
	}
	classicPlay = genre{
		names: []string{
			"{play}", "{play}, Abridged", "{company}: {play}", "{company}: {play}", "{play} in a {Setting}", "{play}: The Musical",
			"{play}, with {guest}", "{play} in Forty Minutes",
		},
		abouts: []string{
			"The classic, set in a {setting} and none the worse for it. {guest} plays the lead.",
			"Love, betrayal and a duel in the second act. {company2} gives it in modern dress and sensible shoes.",
			"A new staging of {play} by {guest}, with live music and a cast of six in nineteen parts.",
			"You had to read it at school; now you may laugh. Runs two hours with an interval.",
			"{company2} returns with a lean, funny and rather wet production: the storm is real water.",
		},
	}
	newPlay = genre{
		names: []string{
			"The {Person}'s {Relation}", "The {Person} of {place}", "{company}: The {Person}'s {Relation}", "Waiting for the {Service}",
			"{Number} {Things} and a {Person}", "The Last {Vehicle} to {place}", "A {Relation} in {place}",
		},
		abouts: []string{
			"A new comedy about a {person}, a {relation} and a lost set of keys, by {guest}.",
			"A drama in two acts and one kitchen. Winner of the {place} Prize for new writing.",
			"What happens when the {service} does not come? A warm and sharp play about neighbours in {place}.",
			"{guest} stars in a family story that spans four decades and a single Sunday lunch.",
		},
	}
	thriller = genre{
		names: []string{
			"Murder at the {venueShort}", "Death of a {Person}", "The {place} Mystery", "Murder on the {Vehicle} to {place}",
			"The {Person} Did It", "{company}: Death of a {Person}", "A Body in the {Setting}", "The {place} Poisonings",
		},
		abouts: []string{
			"A {person} is found dead in a {setting}, and everybody had a reason. The audience votes on the culprit.",
			"A whodunnit with a locked door, a loose floorboard and a {person} who knows too much.",
			"Inspector {lastName} has until the interval to catch a murderer. Suspect the {person}; everyone does.",
			"An old-fashioned thriller. Please do not tell your friends about the {setting}.",
		},
	}
	ballet = genre{
		names: []string{
			"{dancers}: {ballet}", "{dancers}: {ballet}", "{ballet}", "{ballet} for Beginners", "{ballet}, Danced in a {Setting}",
			"{guest} dances {ballet}", "Gala Night: {dancers}",
		},
		abouts: []string{
			"The great ballet with full orchestra, forty dancers and a great many feathers. {guest} dances the lead.",
			"Classical ballet at its most romantic, in a new choreography by {guest}.",
			"Short enough for children and sad enough for adults; the story is told as it is danced.",
			"A reimagined {ballet} with bare feet and a live string quartet.",
		},
	}
	modernDance = genre{
		names: []string{
			"{dancers}: {dancePiece}", "{dancePiece}", "{guest}: {dancePiece}", "{dancers} in {dancePiece}", "{dancePiece}, after {composer}",
		},
		abouts: []string{
			"Contemporary dance for eight bodies and one {object}, to music by {composer}.",
			"Seventy minutes about gravity, grief and a {object}. No interval, no shoes.",
			"{guest} asks what the body remembers. The answer involves a {object} and very good lighting.",
			"A hip-hop and contemporary double bill by young choreographers from {city}.",
		},
	}
	socialDance = genre{
		names: []string{
			"{Style} Night at the {venueShort}", "{Style} with {guest}", "{city} {Style} Festival", "{Style} for Beginners",
			"Café {Style}", "{Style} until Midnight", "{guest} and the {Style} Orchestra",
		},
		abouts: []string{
			"An hour of teaching, three of dancing. No partner is needed, and two left feet are welcome.",
			"{Style} to a live band, with a show by {guest} at ten.",
			"The {style} dancers of the {region} meet for one long night. Beginners start at seven.",
		},
	}
	conjuring = genre{
		names: []string{
			"{magician}: {magicShow}", "{magician}: {magicShow}", "{magicShow}", "{magician} and {magician2}", "{magician} Live",
			"{magicShow}, with {magician}", "{place} Magic Circle: {magicShow}",
		},
		abouts: []string{
			"Cards, coins and a rabbit that has seen it all before. {magician} fools you twice and then shows you how, once.",
			"Close-up magic on a big screen; bring a banknote that you do not mind losing.",
			"Grand illusions with levitation, doves and a {object} that will not stay in its box.",
			"An assistant is sawn in half, a watch is smashed and, with luck, both are returned. For all ages.",
			"{guest} vanishes nightly at nine. The management cannot refund those who blink.",
			"Rope, rings and a borrowed wedding ring baked into a loaf. The loaf may be eaten afterwards.",
			"Tricks that were old when Queen Victoria gasped at them, and one that was invented on Tuesday.",
		},
	}
	mindReading = genre{
		names: []string{
			"{guest} Reads Your Mind", "{guest}: {mindShow}", "{mindShow}", "{mindShow}, with {guest}", "{magician}: {mindShow}",
		},
		abouts: []string{
			"A mentalist, a sealed envelope and your mother's maiden name. Sceptics sit at the front.",
			"Six strangers from the audience, a telephone book and a silence that you could cut. Then applause.",
			"Mind reading, hypnosis and one prediction locked in a safe since March.",
			"{guest} will guess the {object} that you are thinking of. You are thinking of one now.",
		},
	}
	bigTop = genre{
		names: []string{
			"{circus}: {circusShow}", "{circus}: {circusShow}", "{circus} comes to {city}", "{circus}", "{circusShow}",
			"{circus} Winter Show", "{circus}: Farewell to {place}",
		},
		abouts: []string{
			"Clowns, trapeze and a knife thrower with a steady pulse, under a heated big top.",
			"A traditional circus without animals, unless you count the {clown} family of clowns.",
			"Jugglers, tumblers and the only {circusAct} of the {region}. Popcorn is compulsory.",
			"Plate spinners, a contortionist and a very small car with a great many clowns, all of them {clown}.",
			"Two hours of daring on ropes, unicycles and each other's shoulders. The band has seen worse.",
			"The ring, the sawdust and a {circusAct} that ends with a splash. {guest} is the ringmaster.",
		},
	}
	acrobatics = genre{
		names: []string{
			"{circusShow} by {troupe}", "{troupe}: {circusShow}", "{troupe} in the Round", "Nine Acrobats and a {Object}",
			"{guest} and {troupe}: {circusShow}",
		},
		abouts: []string{
			"New circus: nine acrobats, one {object} and not a single safe idea.",
			"Aerial silks, teeterboard and a {circusAct}, told as a love story without words.",
			"Chinese pole, tightwire and {guest} on the flying trapeze, without a word and almost without a net.",
			"{troupe} climb, fall and catch each other for an hour. Gasping is allowed.",
		},
	}
	otherGenres = []genre{{
		names: []string{
			"{guest}: {tour}", "An Evening of {Type}", "{Type} with {guest}", "The {place} {Type} Festival", "{Type} at the {venueShort}",
			"Late Night {Type} with {guest}", "{guest} and {guest2}: {Type}",
		},
		abouts: []string{
			"An evening of {type} with {guest}, who has waited years to be asked.",
			"The best {type} of the {region}, on one stage and nearly on time.",
			"{guest} and {guest2} present {type} for newcomers and old hands.",
		},
	}}
)

// places and asides may follow in any description.
var (
	places = []string{
		"At {venue}.", "At {venue}, {city}.", "At {venue}; doors open an hour before.", "At {venue}, a short walk from the station.",
		"In {venue}, which is warmer than it looks.", "At {venue}. The bar takes cards and requests.",
		"At {venue}, with step-free access throughout.", "On the main stage of {venue}.", "Upstairs at {venue}; there is a lift.",
	}
	asides = []string{
		"Late-comers are seated at a suitable break.", "Suitable from six years of age.", "Signed for deaf visitors on request.",
		"Please bring a coat: the roof is mostly sky.", "Includes strobe light and one loud bang.", "Runs about two hours.",
		"There is no interval, so choose wisely at the bar.", "Programmes cost less than you fear.",
		"The last train back leaves late enough.", "Audience participation is optional and brief.", "Returns only at the door.",
		"Winner of an award that you have heard of.", "Back after a sold-out run in {place}.",
	}
)
