package demo

import (
	"math/rand/v2"
	"strings"
)

// tongue is a stock of first and last names that go together.
type tongue struct {
	women, men, last []string
}

var (
	nordic = tongue{
		women: []string{"Agnes", "Astrid", "Birgitta", "Cecilie", "Dagny", "Ebba", "Elsa", "Emma", "Frida", "Gry", "Hedda", "Helle", "Ida", "Inger", "Jonna", "Kaisa", "Karin", "Lisbeth", "Maja", "Merete", "Nanna", "Pernilla", "Sanna", "Signe", "Siri", "Tove", "Tuva", "Ulrika", "Viveka", "Ylva"},
		men:   []string{"Anders", "Arne", "Bjarke", "Carsten", "Edvin", "Emil", "Erik", "Filip", "Fredrik", "Gustav", "Håkan", "Hampus", "Isak", "Jens", "Kasper", "Kjell", "Lasse", "Leif", "Ludvig", "Magnus", "Nils", "Olle", "Ove", "Preben", "Sigurd", "Sten", "Teemu", "Torben", "Ulf", "Vidar"},
		last:  []string{"Almgren", "Askeland", "Bergfalk", "Bjerregaard", "Blomkvist", "Brännström", "Dahlerup", "Ekelund", "Engdahl", "Fagerlund", "Fossum", "Grahn", "Granfors", "Hedlund", "Holmbæk", "Hjelm", "Jakobsen", "Järvelä", "Kallio", "Kvarnström", "Laakso", "Ladegaard", "Lindahl", "Lundquist", "Malmros", "Nygård", "Nørskov", "Ottosson", "Palmqvist", "Rehnberg", "Rosendal", "Sandvik", "Skovgaard", "Stenmark", "Sundelin", "Söderlind", "Thorup", "Tveiten", "Vesterby", "Wallin", "Westergren", "Øvergaard"},
	}
	dutch = tongue{
		women: []string{"Anouk", "Femke", "Hanneke", "Jolanda", "Lieke", "Maaike", "Marjolein", "Nienke", "Sanne", "Wietske"},
		men:   []string{"Bas", "Coen", "Gijs", "Jeroen", "Joris", "Maarten", "Niels", "Rutger", "Sjoerd", "Thijs"},
		last:  []string{"Aarts", "Bosman", "de Graaf", "Dijkhuis", "Haverkamp", "Kuipers", "Molenaar", "Nijland", "Roelofs", "Schuurman", "ter Braak", "van Loon", "Vermeer", "Westerhof"},
	}
	german = tongue{
		women: []string{"Almut", "Carola", "Dörte", "Franziska", "Gesa", "Heike", "Katrin", "Silke", "Ulrike", "Wiebke"},
		men:   []string{"Arndt", "Bernd", "Carsten", "Detlef", "Holger", "Jürgen", "Lennart", "Matthias", "Sönke", "Volker"},
		last:  []string{"Albers", "Brinkmann", "Dierks", "Eickhoff", "Feldkamp", "Grothe", "Hinrichs", "Köster", "Lammers", "Niemann", "Rademacher", "Siebert", "Thomsen", "Wulff"},
	}
	portuguese = tongue{
		women: []string{"Ana Rita", "Beatriz", "Carla", "Catarina", "Célia", "Daniela", "Fátima", "Graça", "Joana", "Leonor", "Lúcia", "Madalena", "Mafalda", "Margarida", "Mónica", "Patrícia", "Rosa", "Sílvia", "Sofia", "Vera"},
		men:   []string{"Afonso", "António", "Bruno", "Carlos", "Diogo", "Eduardo", "Fernando", "Gonçalo", "Hélder", "Hugo", "João", "Jorge", "Luís", "Manuel", "Miguel", "Paulo", "Pedro", "Ricardo", "Sérgio", "Vasco"},
		last:  []string{"Abrantes", "Antunes", "Bettencourt", "Caldeira", "Cardoso", "Carvalhal", "Coelho", "Faria", "Fonseca", "Galvão", "Leitão", "Lourenço", "Machado", "Meireles", "Mourão", "Nogueira", "Paiva", "Pacheco", "Quintela", "Rebelo", "Sampaio", "Serrano", "Simões", "Tavares", "Teixeira", "Vilela"},
	}
	polish = tongue{
		women: []string{"Agnieszka", "Bożena", "Dorota", "Ewelina", "Iwona", "Małgorzata", "Renata", "Zuzanna"},
		men:   []string{"Adam", "Grzegorz", "Jacek", "Łukasz", "Maciej", "Piotr", "Szymon", "Zbigniew"},
		last:  []string{"Baran", "Cieślak", "Gajda", "Janik", "Krawczyk", "Mazur", "Pawlak", "Stachura", "Szewczyk", "Walczak", "Wójcik", "Zięba"},
	}
	farther = tongue{
		women: []string{"Aylin", "Deepa", "Ifeoma", "Leyla", "Mirela", "Nadia", "Priya", "Yasmin"},
		men:   []string{"Adebayo", "Arjun", "Emre", "Goran", "Hamid", "Kofi", "Selim", "Vikram"},
		last:  []string{"Aydın", "Chaudhary", "Eze", "Haidari", "Iyer", "Kovačić", "Mensah", "Okonjo", "Petrescu", "Rahmani", "Şahin", "Venkataraman"},
	}
)

// mix is how often each tongue is heard at a place, in hundredths.
type mix []struct {
	of    *tongue
	share int
}

var (
	officeMix = mix{{&nordic, 46}, {&dutch, 16}, {&german, 16}, {&polish, 6}, {&portuguese, 6}, {&farther, 10}}
	norMix    = mix{{&nordic, 64}, {&polish, 14}, {&german, 8}, {&dutch, 2}, {&portuguese, 2}, {&farther, 10}}
	valMix    = mix{{&portuguese, 84}, {&polish, 4}, {&german, 4}, {&farther, 8}}
)

// namer hands out full names, no name twice, women and men in turn.
type namer struct {
	r     *rand.Rand
	taken map[string]bool
	turn  int
}

func newNamer(r *rand.Rand) *namer { return &namer{r: r, taken: map[string]bool{}} }

// take reserves a name that a table fixed.
func (n *namer) take(name string) { n.taken[login(name)] = true }

func (n *namer) next(m mix) string {
	n.turn++
	for {
		t := n.tongue(m)
		first := t.men
		if n.turn%2 == 0 {
			first = t.women
		}
		name := first[n.r.IntN(len(first))] + " " + t.last[n.r.IntN(len(t.last))]
		if !n.taken[login(name)] {
			n.take(name)
			return name
		}
	}
}

func (n *namer) tongue(m mix) *tongue {
	roll := n.r.IntN(100)
	for _, part := range m {
		if roll < part.share {
			return part.of
		}
		roll -= part.share
	}
	return m[0].of
}

var folding = strings.NewReplacer(
	"å", "a", "ä", "a", "á", "a", "ã", "a", "â", "a", "ą", "a", "æ", "ae", "ç", "c", "ć", "c", "č", "c",
	"é", "e", "ê", "e", "ę", "e", "í", "i", "ı", "i", "ł", "l", "ń", "n", "ö", "o", "ø", "o", "ó", "o", "õ", "o",
	"ś", "s", "ş", "s", "ü", "u", "ú", "u", "ż", "z", "ź", "z", "ß", "ss",
)

// login is the name as it stands before the @ of a mail address.
func login(name string) string {
	folded := folding.Replace(strings.ToLower(name))
	first, last, _ := strings.Cut(folded, " ")
	return first + "." + strings.ReplaceAll(last, " ", "")
}
