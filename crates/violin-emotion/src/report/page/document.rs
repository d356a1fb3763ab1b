//! Template, style, script and data → one HTML file that reaches out to nothing, or to the server it came from alone.

use sha2::{Digest, Sha256};

use crate::report::base64::base64;

/// What is put into a template.
pub(super) struct Part<'a> {
    pub style: &'a str,
    pub script: &'a str,
    /// JSON.
    pub data: &'a str,
    pub reach: Reach,
}

/// What a page may ask for.
#[derive(Clone, Copy)]
pub(super) enum Reach {
    Nothing,
    /// The server that it came from.
    OwnServer,
}

/// The file. Its policy lets run only this script and this style, and nothing be fetched: pictures and sounds lie in the data. With
/// [`Reach::OwnServer`] the page's own server may be asked too.
pub(super) fn document(template: &str, part: Part) -> String {
    let Part { style, script, data, reach } = part;
    let (own, asked) = match reach {
        Reach::Nothing => ("", ""),
        Reach::OwnServer => (" 'self'", "; connect-src 'self'; frame-src 'self'"),
    };
    // Elements end at these; our own files hold none, and data have no `<` left.
    debug_assert!(!style.contains("</style") && !script.contains("</script"));
    let hash = |text: &str| format!("'sha256-{}'", base64(&Sha256::digest(text)));
    let policy = format!(
        "default-src 'none'; script-src {}{own}; style-src {}; img-src data: blob:; media-src data: blob:{asked}; base-uri 'none'; form-action 'none'",
        hash(script),
        hash(style)
    );
    // In one pass: what is put in is never searched for further places.
    let mut page = String::with_capacity(template.len() + style.len() + script.len() + data.len() + policy.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        let (name, after) = after.split_once("}}").expect("a template whose places are closed");
        page += before;
        match name {
            "policy" => page += &policy,
            "style" => page += style,
            "script" => page += script,
            "data" => page += &without_tags(data),
            other => panic!("a template with the unknown place `{other}`"),
        }
        rest = after;
    }
    page + rest
}

/// JSON whose texts can neither end the element they lie in nor begin a comment: `<` stands in texts alone.
fn without_tags(json: &str) -> String {
    json.replace('<', "\\u003c")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_cannot_end_their_element_nor_stand_for_a_place() {
        let data = r#"{"name":"</script><script>alert(1)</script>{{script}}<!--"}"#;
        let part = Part { style: "b{}", script: "let a", data, reach: Reach::Nothing };
        let page = document("<p>{{data}}|{{script}}|{{style}}|{{policy}}</p>", part);
        let (json, rest) = page[3..].split_once('|').expect("data");
        assert!(!json.contains('<') && json.contains("{{script}}"), "{json}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(json).ok(), serde_json::from_str(data).ok());
        // The hash of `let a`, as any other program gives it.
        assert!(rest.contains("script-src 'sha256-") && rest.starts_with("let a|b{}|default-src 'none';"), "{rest}");
    }
}
