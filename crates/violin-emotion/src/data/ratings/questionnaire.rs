//! The heads of a questionnaire's columns: which clip and which emotion each asks about.

/// What may stand between a clip and an emotion, the first that fits all heads.
const BETWEEN: [&str; 7] = [" - ", " [", ": ", ":", "|", "__", "_"];
/// What is left of a head's end when the emotion is taken away.
const JOINTS: [char; 7] = [' ', '-', '[', ':', '|', '_', '.'];

/// Clips that are all asked about with the same emotions.
pub(super) struct Questionnaire {
    pub emotions: Vec<String>,
    pub clips: Vec<AskedClip>,
}

/// A clip, and its columns in the order of the emotions.
pub(super) struct AskedClip {
    pub name: String,
    pub columns: Vec<usize>,
}

impl Questionnaire {
    /// Tells columns apart by their heads: by the names of the emotions if they are known, else by what stands between.
    pub fn of(heads: &[(usize, &str)], emotions: Option<&[String]>) -> Option<Self> {
        match emotions {
            Some(names) => Self::told(heads, |head| named(head, names)),
            None => BETWEEN.iter().find_map(|between| Self::told(heads, |head| parted(head, between))),
        }
    }

    /// At least two clips, each asked about with all of at least two emotions, once.
    fn told<'a>(heads: &[(usize, &'a str)], tell: impl Fn(&'a str) -> Option<(&'a str, &'a str)>) -> Option<Self> {
        let mut asked = Vec::new();
        let (mut names, mut emotions) = (Vec::new(), Vec::new());
        for (column, head) in heads {
            let (clip, emotion) = tell(head)?;
            if !names.contains(&clip) {
                names.push(clip);
            }
            if !emotions.contains(&emotion) {
                emotions.push(emotion);
            }
            asked.push((clip, emotion, *column));
        }
        if names.len() < 2 || emotions.len() < 2 || asked.len() != names.len() * emotions.len() {
            return None;
        }
        let column = |clip: &str, emotion: &str| {
            asked.iter().find(|(of, about, _)| *of == clip && *about == emotion).map(|(.., column)| *column)
        };
        let clip = |name: &&str| {
            let columns = emotions.iter().map(|emotion| column(name, emotion)).collect::<Option<_>>()?;
            Some(AskedClip { name: (*name).to_owned(), columns })
        };
        let clips = names.iter().map(clip).collect::<Option<_>>()?;
        Some(Questionnaire { emotions: emotions.into_iter().map(str::to_owned).collect(), clips })
    }
}

/// Clip and emotion, on both sides of the last `between`.
fn parted<'a>(head: &'a str, between: &str) -> Option<(&'a str, &'a str)> {
    let (clip, emotion) = head.rsplit_once(between)?;
    let (clip, emotion) = (clip.trim(), emotion.trim().trim_end_matches(']').trim());
    (!clip.is_empty() && !emotion.is_empty()).then_some((clip, emotion))
}

/// Clip and emotion, where the head ends with one of these.
fn named<'a>(head: &'a str, emotions: &'a [String]) -> Option<(&'a str, &'a str)> {
    let head = head.trim().trim_end_matches(']').trim_end();
    let ends = |emotion: &'a String| {
        let start = head.len().checked_sub(emotion.len())?;
        let clip = head.get(..start)?.trim_end_matches(JOINTS);
        (head[start..].eq_ignore_ascii_case(emotion) && !clip.is_empty()).then_some((clip, emotion.as_str()))
    };
    emotions.iter().find_map(ends)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(heads: &[&str], emotions: Option<&[String]>) -> Option<Vec<(String, Vec<usize>)>> {
        let heads: Vec<(usize, &str)> = heads.iter().copied().enumerate().collect();
        let found = Questionnaire::of(&heads, emotions)?;
        Some(found.clips.into_iter().map(|clip| (clip.name, clip.columns)).collect())
    }

    #[test]
    fn clips_and_emotions_are_told_by_what_stands_between() {
        let expected = Some(vec![("take_1".to_owned(), vec![0, 2]), ("take_2".to_owned(), vec![1, 3])]);
        assert_eq!(told(&["take_1_joy", "take_2_joy", "take_1_calm", "take_2_calm"], None), expected);
        assert_eq!(told(&["take_1 [joy]", "take_2 [joy]", "take_1 [calm]", "take_2 [calm]"], None), expected);
        assert_eq!(told(&["take_1: joy", "take_2: joy", "take_1: calm", "take_2: calm"], None), expected);
        let names = ["joy".to_owned(), "calm".to_owned()];
        assert_eq!(told(&["take_1.Joy", "take_2.Joy", "take_1.Calm", "take_2.Calm"], Some(&names)), expected);
    }

    #[test]
    fn a_clip_that_lacks_an_emotion_makes_no_questionnaire() {
        assert_eq!(told(&["a_joy", "a_calm", "b_joy"], None), None);
        assert_eq!(told(&["a_joy", "a_joy", "b_joy", "b_calm"], None), None);
        assert_eq!(told(&["a_joy", "a_calm"], None), None);
        assert_eq!(told(&["é_joy", "joy"], Some(&["joyé".to_owned(), "joy".to_owned()])), None);
    }
}
