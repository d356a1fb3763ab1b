//! The known-answer violin: a score and cues → samples.
