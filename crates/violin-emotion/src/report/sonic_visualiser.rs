//! Layers of Sonic Visualiser, one file for all of them. Times are frames of the recording's own file: the program does not
//! bring other rates to it.

use super::annotation::{Answered, NoteTrack};
use super::svg::escape;
use super::words::note;
use crate::Warning;

/// A layer: what it shows, and its points.
struct Layer {
    name: String,
    /// As the program calls it: `timevalues`, `notes`, `text`.
    kind: &'static str,
    /// Attributes of the points' model.
    model: String,
    dimensions: usize,
    /// Attributes of how it looks.
    looks: String,
    points: Vec<String>,
}

/// A layer of values an emotion (or one for a scale), a point in the middle of each moment; a layer of words for warnings.
pub(super) fn answer(answered: &Answered) -> String {
    let (labels, rate) = (answered.whole.labels(), answered.sample_rate_hz);
    let layer = |name: &str, unit: &str, [least, most]: [f64; 2], value: &dyn Fn(usize) -> String| {
        let point = |at: usize| {
            let moment = &answered.timeline[at];
            let middle = frame((moment.start_s + moment.end_s) / 2.0, rate);
            format!("frame=\"{middle}\" value=\"{}\" label=\"\"", value(at))
        };
        let range = format!("minimum=\"{least}\" maximum=\"{most}\"");
        Layer {
            name: name.into(),
            kind: "timevalues",
            model: format!("{range} units=\"{}\"", escape(unit)),
            dimensions: 2,
            // Points that are joined, on one axis for all layers of the unit.
            looks: format!("plotStyle=\"2\" verticalScale=\"0\" scaleMinimum=\"{least}\" scaleMaximum=\"{most}\""),
            points: (0..answered.timeline.len()).map(point).collect(),
        }
    };
    let of = |at: usize| answered.timeline[at].emotions.soft_labels();
    let mut layers = match labels.scale() {
        Some(scale) => {
            let value = |at| of(at).value().map(|value| value.to_string()).unwrap_or_default();
            vec![layer(&scale.column, &scale.column, [scale.least, scale.most], &value)]
        }
        None => {
            let named = labels.names().iter().enumerate();
            named
                .map(|(emotion, name)| layer(name, "share", [0.0, 1.0], &|at| of(at).shares()[emotion].to_string()))
                .collect()
        }
    };
    if !answered.warnings.is_empty() {
        let point = |warning: &Warning| {
            format!("frame=\"0\" height=\"0.5\" label=\"{}\"", escape(&format!("warning: {warning}")))
        };
        layers.push(Layer {
            name: "warnings".into(),
            kind: "text",
            model: "subtype=\"text\"".into(),
            dimensions: 2,
            looks: String::new(),
            points: answered.warnings.iter().map(point).collect(),
        });
    }
    file(rate, layers)
}

/// One layer of notes, at their pitches as MIDI numbers.
pub(super) fn notes(track: &NoteTrack) -> String {
    let rate = track.sample_rate_hz;
    let point = |heard: &crate::notes::Note| {
        let onset = frame(heard.onset_s, rate);
        let duration = frame(heard.offset_s, rate) - onset;
        let (pitch, words) = (heard.pitch, escape(&note(heard)));
        format!("frame=\"{onset}\" value=\"{pitch}\" duration=\"{duration}\" level=\"1\" label=\"{words}\"")
    };
    let layer = Layer {
        name: "notes".into(),
        kind: "notes",
        model: "subtype=\"note\" valueQuantization=\"0\" units=\"MIDI Pitch\"".into(),
        dimensions: 3,
        looks: "verticalScale=\"0\"".into(),
        points: track.notes.iter().map(point).collect(),
    };
    file(rate, vec![layer])
}

fn frame(time_s: impl Into<f64>, rate_hz: u32) -> i64 {
    (time_s.into() * f64::from(rate_hz)).round() as i64
}

fn file(rate_hz: u32, layers: Vec<Layer>) -> String {
    let (mut data, mut display) = (String::new(), String::new());
    for (at, Layer { name, kind, model, dimensions, looks, points }) in layers.iter().enumerate() {
        let (name, [of_model, of_data, of_layer]) = (escape(name), [1, 2, 3].map(|part| 3 * at + part));
        data += &format!(
            "    <model id=\"{of_model}\" name=\"{name}\" sampleRate=\"{rate_hz}\" type=\"sparse\" dimensions=\"{dimensions}\" \
             resolution=\"1\" notifyOnAdd=\"true\" dataset=\"{of_data}\" {model}/>\n    \
             <dataset id=\"{of_data}\" dimensions=\"{dimensions}\">\n"
        );
        points.iter().for_each(|point| data += &format!("      <point {point}/>\n"));
        data += "    </dataset>\n";
        display +=
            &format!("    <layer id=\"{of_layer}\" type=\"{kind}\" name=\"{name}\" model=\"{of_model}\" {looks}/>\n");
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE sonic-visualiser>\n<sv>\n  <data>\n{data}  </data>\n  \
         <display>\n{display}  </display>\n</sv>\n"
    )
}

#[cfg(test)]
mod tests {
    use crate::report::Annotation::SonicVisualiser;
    use crate::report::examples::{HOSTILE, answer, on_a_scale, tracks};

    #[test]
    fn notes_stand_at_the_frames_of_their_file() {
        let [two, none] = tracks();
        assert_eq!(
            SonicVisualiser.of_notes(&two),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<!DOCTYPE sonic-visualiser>
<sv>
  <data>
    <model id=\"1\" name=\"notes\" sampleRate=\"48000\" type=\"sparse\" dimensions=\"3\" resolution=\"1\" notifyOnAdd=\"true\" dataset=\"2\" subtype=\"note\" valueQuantization=\"0\" units=\"MIDI Pitch\"/>
    <dataset id=\"2\" dimensions=\"3\">
      <point frame=\"24000\" value=\"69.03\" duration=\"36000\" level=\"1\" label=\"A4 +3 cents, vibrato 5.6 Hz ±21, slide 80 ms\"/>
      <point frame=\"60000\" value=\"72.88\" duration=\"40800\" level=\"1\" label=\"C#5 -12 cents, pizz., with another voice\"/>
    </dataset>
  </data>
  <display>
    <layer id=\"3\" type=\"notes\" name=\"notes\" model=\"1\" verticalScale=\"0\"/>
  </display>
</sv>
"
        );
        assert!(!SonicVisualiser.of_notes(&none).contains("<point"));
    }

    #[test]
    fn every_emotion_is_a_layer_of_one_file() {
        let text = SonicVisualiser.of_answer(&answer()).expect("an answer");
        let options = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
        let xml = roxmltree::Document::parse_with_options(&text, options).expect("XML");
        let all = |tag: &'static str| xml.descendants().filter(move |node| node.has_tag_name(tag));
        let of = |tag, name| all(tag).filter_map(|node| node.attribute(name)).collect::<Vec<_>>();
        let hostile = HOSTILE.replace(['\n', '\t'], " ");
        assert_eq!(of("layer", "name"), [&*hostile, "sad"]);
        assert_eq!(of("layer", "model"), of("model", "id"));
        assert_eq!(of("dataset", "id"), of("model", "dataset"));
        assert_eq!(of("point", "frame"), ["66150", "132300", "66150", "132300"]);
        assert_eq!(of("point", "value"), ["0.75", "0.4", "0.25", "0.6"]);
        let text = SonicVisualiser.of_answer(&on_a_scale()).expect("an answer");
        assert!(text.contains("minimum=\"1\" maximum=\"9\" units=\"valence\""), "{text}");
        assert_eq!(text.matches("<layer").count(), 1);
    }
}
