//! Which passwords are too easy to guess: those that are made of the person's name, of words and rows of keys that
//! everybody takes, or of one thing said again and again.

/// What people take who want no trouble: words, names, rows of keys. Written as after [`plain`].
const USUAL: &str = "\
password passwort passwd pass welcome willkommen benvenuto bienvenue letmein login logon signin admin administrator root \
user guest test testing demo default changeme secret master superuser system server office company \
doorstep delivery deliveries dispatch dispatcher manager agent driver courier parcel package hub van \
qwertyuiop qwertzuiop azertyuiop qwerty qwertz azerty asdfghjkl asdfgh asdf zxcvbnm zxcvbn yxcvbnm qazwsxedc qazwsx \
1qaz 2wsx 3edc 4rfv 5tgb 6yhn 7ujm qaz wsx edc rfv tgb yhn ujm zaq xsw cde 1q 2w 3e 4r 5t 6y 7u 8i 9o 0p q1 w2 e3 r4 t5 y6 \
abc abcd abcdef abcdefg abcdefgh abcdefghij xyz aa bb \
iloveyou ilove loveyou love lovely baby honey angel princess prinzessin prince queen king monkey dragon tiger lion eagle \
football baseball basketball volleyball hockey soccer golf tennis liverpool chelsea arsenal barcelona juventus manchester \
united realmadrid sunshine sunflower summer winter spring autumn sommer herbst january february march april may june july \
august september october november december monday tuesday wednesday thursday friday saturday sunday flower butterfly \
rainbow chocolate cookie coffee pepper ginger cheese orange banana apple purple yellow silver golden diamond \
superman batman spiderman pokemon pikachu starwars starwar naruto minecraft fortnite matrix phoenix shadow hunter \
ranger killer warrior soldier wizard genius computer internet google facebook instagram samsung nokia iphone android \
windows microsoft linux oracle mustang ferrari porsche mercedes yamaha harley trustno trustnoone whatever nothing \
michael michelle jennifer jessica ashley daniel david robert thomas charlie jordan andrew matthew joshua anthony william \
nicole amanda melissa samantha elizabeth victoria alexander alexandra christopher christian benjamin jonathan nicholas \
patrick richard george maria martin peter stephanie sebastian leonardo francesco giuseppe valentina gabriel isabella \
freedom forever friend friends family mother father sister brother jesus heaven blessed peace hello goodbye please thankyou \
access account private security secure hockey money dollar million lucky star hallo geheim schatz ciao amore bonjour soleil \
malta valletta sliema london paris berlin rome roma america england italia france germany europe the my is and our new old one two \
";

/// Fewer letters than this that are nobody's usual words make a password too easy.
const OWN_LETTERS: usize = 5;
/// Fewer different characters than this are too few.
const DIFFERENT: usize = 5;

/// Whether a password of the person of that name is among the first that anybody would try.
pub(crate) fn is_too_easy(password: &str, name: &str) -> bool {
    let password = password.to_lowercase();
    let mut different: Vec<char> = password.chars().collect();
    different.sort_unstable();
    different.dedup();
    if different.len() < DIFFERENT {
        return true;
    }
    let own = name.to_lowercase();
    let backwards: String = own.chars().rev().collect();
    let mut words: Vec<&str> = USUAL.split_whitespace().chain(own.split_whitespace()).collect();
    words.extend([own.as_str(), backwards.as_str()]);
    words.retain(|word| !word.is_empty());
    words.sort_unstable_by_key(|word| std::cmp::Reverse(word.len()));
    [password.clone(), plain(&password)].iter().any(|text| own_letters(text, &words) < OWN_LETTERS)
}

/// The letters that people replace by look-alikes, put back.
fn plain(password: &str) -> String {
    let put_back = |letter: char| match letter {
        '@' | '4' => 'a',
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    };
    password.chars().map(put_back).collect()
}

/// How many characters are left when usual words, steps along the alphabet or the digits, digits and signs at the ends, and
/// what was said before are taken out.
fn own_letters(password: &str, words: &[&str]) -> usize {
    let ends = |letter: char| !letter.is_alphabetic();
    let text: Vec<char> = password.trim_matches(ends).chars().collect();
    let (mut at, mut own) = (0, 0);
    while at < text.len() {
        let rest: String = text[at..].iter().collect();
        let usual = words.iter().find(|word| rest.starts_with(**word)).map(|word| word.chars().count());
        let said = said_before(&text, at);
        let row = row(&text[at..]);
        match usual.into_iter().chain(said).chain(row).max() {
            Some(taken) => at += taken,
            None => {
                own += 1;
                at += 1;
            }
        }
    }
    own
}

/// The length of a piece of three or more that stands earlier in the text.
fn said_before(text: &[char], at: usize) -> Option<usize> {
    let longest = at.min(text.len() - at);
    (3..=longest).rev().find(|length| {
        let piece = &text[at..at + length];
        text[..at].windows(*length).any(|earlier| earlier == piece)
    })
}

/// The length of a row of three or more that stays, climbs or falls by one.
fn row(text: &[char]) -> Option<usize> {
    let step = |pair: &[char]| i64::from(u32::from(pair[1])) - i64::from(u32::from(pair[0]));
    let first = text.get(..2).map(step).filter(|step| step.abs() <= 1)?;
    let same = text.windows(2).take_while(|pair| step(pair) == first).count();
    (same >= 2).then_some(same + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_everybody_would_try_is_too_easy() {
        for easy in [
            "1234567890",
            "0987654321",
            "password123",
            "Password1!",
            "passw0rd123",
            "P@ssw0rd2026",
            "qwertyuiop",
            "1q2w3e4r5t",
            "1qaz2wsx3edc",
            "q1w2e3r4t5y6",
            "iloveyou1234",
            "aaaaaaaaaa",
            "abcabcabcabc",
            "abababababab",
            "abcdefghij",
            "welcome2026!",
            "Summer2026!!",
            "letmein12345",
            "administrator",
            "christopher1",
            "basketball99",
            "doorstep2026",
            "dispatcher1",
            "changeme1234",
            "manchester1!",
            "sunshine1234",
            "trustno1trustno1",
            "qazwsxedcrfv",
            "hunter2hunter2",
            "monkeymonkey",
            "11112222333344",
            "2026-11-28-2026",
        ] {
            assert!(is_too_easy(easy, "Somebody Else"), "{easy}");
        }
        for own in
            ["Giuseppina Vella", "giuseppina", "GIUSEPPINAVELLA", "allev anippesuig", "giuseppina1986!"]
        {
            assert!(is_too_easy(own, "Giuseppina Vella"), "{own}");
        }
    }

    #[test]
    fn a_few_words_of_ones_own_are_enough() {
        for good in [
            "correct horse battery",
            "not the first guess",
            "Kl1ppfisch-Mond",
            "tqx7Zb!mWv",
            "Il-qattus jiekol hut",
            "vier blaue Dachziegel",
            "zh4kQ9-rmP2x",
            "a-long-demo-password",
        ] {
            assert!(!is_too_easy(good, "Giuseppina Vella"), "{good}");
        }
    }
}
