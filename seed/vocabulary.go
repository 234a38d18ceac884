package seed

// vocabulary fills the slots of the genres. A change of its lists makes another shop of every seed.
var vocabulary = map[string][]string{
	"composer":  composers,
	"composer2": composers,
	"instrument": {
		"cello", "clarinet", "oboe", "french horn", "harp", "viola", "bassoon", "piano", "trumpet", "double bass", "flute", "marimba",
	},
	"instrument2": {"violin", "organ", "trombone", "harpsichord", "timpani", "cor anglais", "tuba", "lute", "saxophone", "guitar"},
	"orchestra":   {"The {mood} {ensemble}", "The {mood} {ensemble}", "The {place} {ensemble}"},
	"ensemble": {
		"Orchestra", "Sinfonia", "Philharmonic", "String Quartet", "Chamber Orchestra", "Brass Band", "Consort", "Piano Trio", "Wind Band",
		"Symphony Orchestra", "Camerata", "Big Band",
	},
	"choir": {"The {mood} Singers", "The {place} Choral Society", "The {mood} Chorus", "{place} Male Voice Choir", "The {mood} Voices"},
	"mood": {
		"Midnight", "Northern", "Lighthouse", "Harbour", "Thursday", "Borrowed", "Copper", "Winter", "Morning", "Pennine", "Lamplight",
		"Westerly", "Orchard", "Kestrel", "Half Moon", "Saltmarsh", "Meridian", "Foundry", "Hourglass", "Cloudberry", "Old Street",
		"Unfinished", "Riverside", "Skylark",
	},
	"programme": {
		"Last Night of the Spring Season", "Music for a Wet Afternoon", "The Planets and Other Places", "Night Pieces", "Film Scores Live",
		"Songs Without Words", "From Bach to Bebop", "Water Music", "A Baroque Christmas", "Dances and Elegies", "Unfinished Business",
		"Enigmas", "Four Seasons in One Day", "Music of the Sea", "Lullabies for Grown-Ups", "Winter Journeys",
	},
	"band":  {"The {bandMood} {bandThings}", "The {bandMood} {bandThings}", "{bandMood} {bandThings}", "{place} {bandThings}"},
	"band2": {"The {bandMood2} {bandThings2}", "{bandMood2} {bandThings2}"},
	"bandMood": {
		"Velvet", "Paper", "Electric", "Polite", "Rusty", "Sunday", "Accidental", "Neon", "Quiet", "Invisible", "Marmalade", "Second-Hand",
		"Northbound", "Static", "Tangerine", "Reluctant", "Atomic", "Foggy", "Cardboard", "Silver", "Restless", "Left-Handed",
	},
	"bandMood2": {"Distant", "Plastic", "Clever", "Unlikely", "Cobalt", "Sleepy", "Feral", "Lunar", "Tartan", "Vintage", "Hollow", "Lucky"},
	"bandThings": {
		"Pigeons", "Lanterns", "Umbrellas", "Foxes", "Teaspoons", "Satellites", "Wardens", "Postmen", "Kettles", "Otters", "Arcades",
		"Ferries", "Turnstiles", "Magpies", "Biscuits", "Heathens", "Librarians", "Escalators", "Badgers", "Weekends", "Crossings",
	},
	"bandThings2": {"Sparrows", "Radiators", "Cousins", "Trams", "Hedgehogs", "Mondays", "Buttons", "Gables", "Wolves", "Pylons", "Moths"},
	"tour": {
		"The Long Way Home Tour", "Songs for a Delayed Train", "Twenty Years of Rain", "Live and Slightly Late", "Nothing Rhymes with Orange",
		"The Difficult Third Album", "Loud Songs about Quiet Places", "Back by Popular Mistake", "The Replacement Bus Tour",
		"Greatest Near Misses", "Left at the Roundabout", "Tea at Midnight", "The Farewell Tour, Again", "Out of Season", "Good Luck, Everyone",
	},
	"sound": {
		"indie", "ska", "northern soul", "jazz", "blues", "synth-pop", "punk", "grime", "Afrobeat", "Motown", "rock", "reggae", "Britpop",
		"bluegrass",
	},
	"folkset": {
		"Songs of Salt and Rope", "Drovers' Roads", "The Turning Year", "Ballads from the {region}", "Tunes for Short Days", "Broadside",
		"The Herring Season", "A Cuckoo in the Hedge", "Murder Ballads for the Family", "Bothy Songs", "Wassail", "Winter Lights",
	},
	"folkband": {"Ferrymen", "Hedge School", "Tinkers' Fair", "Crooked Mile Band", "Bellfounders", "Shearwaters", "Clog and Barrel Band", "Mudlarks"},
	"folk":     {"fiddle", "concertina", "uilleann pipes", "hurdy-gurdy", "banjo", "Northumbrian pipes"},
	"folk2":    {"bodhrán", "tin whistle", "bouzouki", "spoons", "accordion", "mandolin"},
	"region": {
		"Fens", "Borders", "Dales", "Highlands", "Marches", "Black Country", "West Country", "Valleys", "Glens of Antrim", "Wolds", "Hebrides",
		"Peak", "Downs", "Potteries",
	},
	"place": {
		"Whitby", "Ambleside", "Margate", "Hebden Bridge", "Aberystwyth", "Ludlow", "Oban", "Skegness", "Totnes", "Kirkwall", "Penzance",
		"Llandudno", "Bakewell", "Ely", "Dungeness", "Morpeth", "Stroud", "Ballycastle", "Lowestoft", "Todmorden", "Glossop", "Crail",
		"Tenby", "Frome",
	},
	"play": {
		"Hamlet", "Twelfth Night", "The Tempest", "Macbeth", "The Importance of Being Earnest", "The Cherry Orchard", "A Doll's House",
		"The Rivals", "Doctor Faustus", "Hedda Gabler", "Uncle Vanya", "The School for Scandal", "Much Ado About Nothing", "Antigone",
		"Tartuffe", "The Government Inspector", "She Stoops to Conquer", "Volpone", "Cyrano", "The Seagull", "King Lear", "Lysistrata",
		"The Way of the World", "Peer Gynt",
	},
	"company":  {"{mood} Theatre", "The {place} Players", "The {mood} Rep", "{place} Stage Company", "The {mood} Players"},
	"company2": {"The Cold Tea Company", "Fifth Wall Theatre", "The Prompt Corner", "Hand-Me-Down Theatre", "Understudy Rep", "Out of Breath"},
	"setting": {
		"laundrette", "lighthouse", "garden centre", "seaside hotel", "railway waiting room", "chip shop", "library", "submarine", "greenhouse",
		"caravan park", "allotment", "lift",
	},
	"person": {
		"lighthouse keeper", "bell-ringer", "piano tuner", "milkman", "cartographer", "librarian", "lollipop lady", "ferryman", "clockmaker",
		"vicar", "beekeeper", "postmistress", "signalman", "undertaker", "umpire", "ghost writer",
	},
	"relation": {"daughter", "apprentice", "wife", "cousin", "understudy", "lodger", "twin", "confession", "dinner", "secret", "alibi", "holiday"},
	"service":  {"milk", "night bus", "ferry", "plumber", "post", "piano tuner", "tram", "chimney sweep"},
	"vehicle":  {"night bus", "ferry", "sleeper", "tram", "slow train", "mail van", "steam packet"},
	"number":   {"three", "four", "seven", "nine", "eleven", "forty", "two"},
	"things":   {"teapots", "weddings", "aunts", "umbrellas", "doors", "letters", "funerals", "sandwiches"},
	"venueShort": {
		"Corn Exchange", "Winter Gardens", "Empire", "Lyric", "Hippodrome", "Tramshed", "Palace", "Assembly Rooms", "Grand", "Playhouse",
		"Alhambra", "Old Fire Station", "Royal", "Pavilion", "Maltings", "Custom House",
	},
	"venue": {"the {venueShort}", "the {venueShort}", "the {venueShort}", "St {saint}'s Hall", "the {mood} Arts Centre", "{mood} Wharf"},
	"saint": {"Bride", "Cuthbert", "Hilda", "Botolph", "Mungo", "Winifred", "Swithun", "Columba"},
	"dancers": {
		"{mood} Ballet", "The {mood} Dancers", "{place} Dance Theatre", "Ballet {place}", "{mood} Dance Company",
	},
	"ballet": {
		"Swan Lake", "Giselle", "The Nutcracker", "Coppélia", "Romeo and Juliet", "The Firebird", "La Bayadère", "Don Quixote", "Cinderella",
		"The Sleeping Beauty", "La Fille mal gardée", "Petrushka", "Les Sylphides", "The Rite of Spring",
	},
	"dancePiece": {
		"Low Tide", "Rooms without Chairs", "Everything Falls", "Salt", "The Commuters", "Borrowed Knees", "Shoulder to Shoulder", "Undertow",
		"A Partial Eclipse", "Nobody Waltzes", "Eight Small Storms", "Paper Boats", "Weight", "The Long Exhale", "After the Alarm", "Loops",
	},
	"style": {"tango", "salsa", "swing", "flamenco", "lindy hop", "bharatanatyam", "forró", "ceilidh", "bhangra", "tap", "charleston", "kizomba"},
	"object": {
		"piano", "wheelbarrow", "stepladder", "wardrobe", "bicycle", "bathtub", "teapot", "trampoline", "grandfather clock", "canoe", "sofa",
	},
	"magician":  {"The {wonder} {conjurer}", "The {wonder} {conjurer}", "{conjurer} the {wonder}"},
	"magician2": {"The Great Zucchini", "Sister Presto", "Mr Sleeves", "The Twins Abracadavies", "Uncle Dove", "Lady Levitia"},
	"conjurer": {
		"Mr Plum", "Madame Zoë", "Señor Rápido", "Doctor Foxglove", "Miss Sorcery", "Professor Quill", "Lord Vanish", "Captain Presto",
		"Granny Wand", "Herr Nebel", "Aunt Hex", "Sir Reginald Smoke", "Mistress Mirror", "Old Ned",
	},
	"wonder": {
		"Astonishing", "Improbable", "Magnificent", "Slightly Mysterious", "Unrepeatable", "Marvellous", "Modest", "Impossible", "Astounding",
		"Second-Best", "Incomparable", "Baffling", "Unblinking",
	},
	"magicShow": {
		"Pick a Card", "Nothing up My Sleeves", "Smoke and No Mirrors", "Now You See It", "The Vanishing Aunt", "Is This Your Card?",
		"The Rabbit Has Resigned", "Sleight Delay", "Sawn in Half, Twice Nightly", "The Last Illusion", "Houdini's Umbrella", "Hocus Pocus Hour",
		"Half a Miracle", "The Cabinet of Dr Fog",
	},
	"mindShow": {
		"I Knew You Would Come", "Think of a Number", "The Sixth Sense of Humour", "Look into My Eyes", "Second Sight", "You Are Feeling Sleepy",
		"The Séance", "Premonitions", "Don't Tell Me", "Open Minds",
	},
	"circus": {
		"Circus {circusName}", "Circus {circusName}", "{lastName}'s Circus", "The {wonder} {lastName} Circus", "Cirque {circusName}",
		"The {lastName} Brothers' Circus",
	},
	"circusName": {
		"Zanzibar", "Fandango", "Orlando", "Bombasto", "Meridian", "Piccolo", "Tramontana", "Étoile", "Calypso", "Ferrovia", "Lumière", "Pandora",
		"Vertigo", "Marabou", "Halcyon",
	},
	"circusShow": {
		"Without a Net", "The Greatest Small Show on Earth", "Sawdust and Stars", "Gravity's Day Off", "Upside Down", "The Human Cannonball Retires",
		"Big Shoes", "High Wire, Low Spirits", "Ladies, Gentlemen and Others", "The Flying Aunts", "Roll Up", "One Ring", "The Tightrope Season",
		"Custard", "Somersault",
	},
	"circusAct": {"fire-eater", "human cannonball", "wall of death", "Russian swing", "sword swallower", "wheel of fortune", "bicycle ballet"},
	"clown":     {"Bompo", "Custardi", "Trombetti", "Bigshoe", "Wobble", "Pastrami"},
	"troupe":    {"The {mood} Tumblers", "Compagnie {circusName}", "The Flying {lastName}s", "{circusName} Collective", "The {place} Acrobats"},
	"guest":     {"{firstName} {lastName}"},
	"guest2":    {"{firstName2} {lastName2}"},
	"firstName": firstNames, "firstName2": firstNames,
	"lastName": lastNames, "lastName2": lastNames,
}

var composers = []string{
	"Holst", "Elgar", "Purcell", "Vaughan Williams", "Vivaldi", "Bach", "Handel", "Mozart", "Dvořák", "Brahms", "Clara Schumann", "Debussy",
	"Ravel", "Sibelius", "Ethel Smyth", "Haydn", "Beethoven", "Schubert", "Fauré", "Janáček", "Tallis", "Grieg", "Fanny Mendelssohn", "Telemann",
	"Saint-Saëns", "Coleridge-Taylor",
}

var firstNames = []string{
	"Ann", "Ben", "Clara", "David", "Ella", "Finn", "Grace", "Harry", "Isla", "Jack", "Kate", "Liam", "Maya", "Noah", "Olivia", "Peter",
	"Quentin", "Rosa", "Sam", "Tess", "Uma", "Victor", "Wendy", "Xavier", "Yasmin", "Zara", "Aisha", "Bilal", "Ceri", "Dylan", "Eilidh",
	"Farah", "Gareth", "Hannah", "Imran", "Jasper", "Kieran", "Lucy", "Mohammed", "Nia", "Oscar", "Priya", "Rhys", "Siân", "Tariq", "Una",
	"Vikram", "Will", "Zoë", "Amelia", "Angus", "Beatrice", "Callum", "Daisy", "Edward", "Freya", "George", "Heather", "Idris", "Joan",
	"Kwame", "Leila", "Morag", "Nathan", "Orla", "Poppy", "Ravi", "Sophie", "Thomas", "Ursula", "Violet", "Winston", "Ailsa", "Barnaby",
	"Charlotte", "Desmond", "Edith", "Fergus", "Gwen", "Hugo", "Ivy", "James", "Kirsty", "Lewis", "Mabel", "Niamh", "Owen", "Phoebe",
	"Rowan", "Stella", "Theo", "Anjali", "Bronwen", "Chidi", "Deepa", "Emeka", "Flora", "Gemma", "Hamish", "Ines", "Jonah", "Keziah",
	"Lorna", "Marcus", "Nadia", "Oliver", "Petra", "Rory", "Shanice", "Tobias", "Verity", "Wilfred",
}

var lastNames = []string{
	"Marsh", "Ashworth", "Bell", "Carter", "Davies", "Evans", "Fletcher", "Green", "Hughes", "Iqbal", "Jones", "Khan", "Lloyd", "Morgan",
	"Newton", "Okafor", "Patel", "Quinn", "Roberts", "Shah", "Thompson", "Underwood", "Vaughan", "Walker", "Young", "Adeyemi", "Barlow",
	"Campbell", "Drummond", "Ellis", "Fraser", "Griffiths", "Hargreaves", "Ingram", "Jenkins", "Kaur", "Lennox", "MacLeod", "Nash", "O'Hara",
	"Pemberton", "Ramsay", "Singh", "Tregenza", "Usman", "Vickers", "Whittaker", "Abbott", "Begum", "Choudhury", "Dunne", "Eastwood", "Farrow",
	"Gallagher", "Holloway", "Irvine", "Joyce", "Kelly", "Llewellyn", "McBride", "Nwosu", "Osborne", "Pryce", "Reid", "Sinclair", "Tanner",
	"Ward", "Yeung", "Akhtar", "Birch", "Crowther", "Dalton", "Entwistle", "Finch", "Gill", "Heron", "Kowalski", "Larkin", "Mistry", "Nolan",
	"Oakley", "Penhaligon", "Rafferty", "Stirling", "Thorne", "Wainwright", "Archer", "Boyd", "Chen", "Doyle", "Forsyth", "Gordon", "Hussain",
	"Kerr", "Lacey", "Mahmood", "North", "Pugh", "Rowe", "Silva", "Tully", "Winter", "Bennett", "Clegg", "Rhodes", "Sharma", "Stubbs",
}
