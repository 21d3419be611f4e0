//! Names, phones and e-mail addresses of people who do not exist, put together by lot.
//!
//! The given and family names are common ones of Malta, Italy and England; who bears which is made up. Phones lie in one block
//! that is plainly made up, and e-mail addresses at a domain that is reserved for examples (RFC 2606).

use rand::{Rng, seq::IndexedRandom};

const GIVEN: [&str; 60] = [
    "Joseph",
    "Maria",
    "Anthony",
    "Rita",
    "Carmen",
    "Mario",
    "Ġorġ",
    "Ċetta",
    "Ħanna",
    "Żaren",
    "Karmnu",
    "Ġanna",
    "Paul",
    "Doris",
    "Charles",
    "Josephine",
    "Luke",
    "Martina",
    "Matthew",
    "Francesca",
    "Daniel",
    "Elena",
    "Mark",
    "Stephanie",
    "David",
    "Claire",
    "Robert",
    "Amy",
    "Kurt",
    "Rebecca",
    "Nicholas",
    "Michela",
    "Giulia",
    "Lorenzo",
    "Chiara",
    "Matteo",
    "Sofia",
    "Davide",
    "Alice",
    "Oliver",
    "Emily",
    "James",
    "Grace",
    "Harry",
    "Lucy",
    "Thomas",
    "Hannah",
    "Peter",
    "Jane",
    "Simon",
    "Katrina",
    "Ivan",
    "Nadine",
    "Omar",
    "Leila",
    "Anja",
    "Pierre",
    "Noémie",
    "José",
    "Zoë",
];
const FAMILY: [&str; 60] = [
    "Borg",
    "Camilleri",
    "Vella",
    "Farrugia",
    "Zammit",
    "Galea",
    "Micallef",
    "Grech",
    "Attard",
    "Spiteri",
    "Azzopardi",
    "Mifsud",
    "Caruana",
    "Muscat",
    "Agius",
    "Fenech",
    "Schembri",
    "Abela",
    "Sammut",
    "Gauci",
    "Debono",
    "Caruana Galea",
    "Cutajar",
    "Bonnici",
    "Cassar",
    "Ellul",
    "Tabone",
    "Bugeja",
    "Xuereb",
    "Psaila",
    "Ċassar",
    "Żahra",
    "Ħabib",
    "Buttiġieġ",
    "Saliba",
    "Pace",
    "Calleja",
    "Portelli",
    "Scicluna",
    "Busuttil",
    "Rossi",
    "Bianchi",
    "Ferrari",
    "Esposito",
    "Romano",
    "Smith",
    "Jones",
    "Taylor",
    "Brown",
    "Wilson",
    "Evans",
    "O'Neill",
    "Walker-Hughes",
    "Novak",
    "Petrov",
    "Müller",
    "Dubois",
    "García",
    "Haddad",
    "Lindqvist",
];
const TRADES: [&str; 10] = [
    "Ironmonger",
    "Stationers",
    "Clinic",
    "Dental Care",
    "Confectionery",
    "Accountants",
    "Guesthouse",
    "Salon",
    "Notary",
    "Garage",
];
/// Of people. Assumed.
const WITH_EMAIL: f64 = 0.4;
const SPEAKS_MALTESE: f64 = 0.5;
/// So many phones lie in each block of the numbers.
const A_BLOCK: usize = 10_000;
const BLOCKS: usize = 100;

/// Somebody who orders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The name.
    pub name: String,
    /// The phone.
    pub phone: String,
    /// The e-mail address.
    pub email: Option<String>,
    /// The language, for who has an e-mail address.
    pub language: Option<&'static str>,
}

/// A family name.
pub fn family(rng: &mut impl Rng) -> &'static str {
    FAMILY.choose(rng).copied().unwrap_or("Borg")
}

/// Somebody of a family; `number` is different for everybody in the town.
pub fn person(rng: &mut impl Rng, family: &str, number: usize) -> Person {
    let given = GIVEN.choose(rng).copied().unwrap_or("Maria");
    reached(rng, format!("{given} {family}"), number)
}

/// A business of a family.
pub fn business(rng: &mut impl Rng, family: &str, number: usize) -> Person {
    let trade = TRADES.choose(rng).copied().unwrap_or("Office");
    reached(rng, format!("{family} {trade}"), number)
}

fn reached(rng: &mut impl Rng, name: String, number: usize) -> Person {
    let writes = rng.random_bool(WITH_EMAIL);
    let language = if rng.random_bool(SPEAKS_MALTESE) { "mt" } else { "en" };
    Person {
        phone: format!("+356 {} {:04}", 2100 + number / A_BLOCK % BLOCKS, number % A_BLOCK),
        email: writes.then(|| format!("{}.{number}@example.org", plain(&name))),
        language: writes.then_some(language),
        name,
    }
}

/// A name in the letters of e-mail addresses.
fn plain(name: &str) -> String {
    let letter = |c: char| match c {
        'ġ' | 'Ġ' => 'g',
        'ċ' | 'Ċ' => 'c',
        'ħ' | 'Ħ' => 'h',
        'ż' | 'Ż' => 'z',
        'é' | 'ë' => 'e',
        'í' => 'i',
        'ü' => 'u',
        ' ' => '.',
        other => other.to_ascii_lowercase(),
    };
    name.chars().map(letter).filter(|c| c.is_ascii_alphanumeric() || *c == '.').collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draws::Draws;
    use std::collections::HashSet;

    #[test]
    fn everybody_has_a_phone_of_their_own_and_an_address_that_is_no_one_s() {
        let mut rng = Draws::new(1).stream("names", "");
        let all: Vec<Person> = (0..20_000)
            .map(|number| {
                let family = family(&mut rng);
                if number % 20 == 0 {
                    business(&mut rng, family, number)
                } else {
                    person(&mut rng, family, number)
                }
            })
            .collect();
        let phones: HashSet<_> = all.iter().map(|person| &person.phone).collect();
        assert_eq!(phones.len(), all.len());
        for email in all.iter().filter_map(|person| person.email.as_ref()) {
            assert!(email.is_ascii() && email.ends_with("@example.org") && !email.contains(' '), "{email}");
        }
        let names: HashSet<_> = all.iter().map(|person| &person.name).collect();
        assert!(names.len() > 3_000, "{}", names.len());
        assert_eq!(all[7].phone, "+356 2100 0007");
    }
}
